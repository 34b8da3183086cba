-- Indexes that searches walk along. Summaries are kept by run, where pages of runs read them side by side.

CREATE TABLE metric_summary_new (
    run               BIGINT           NOT NULL REFERENCES run (id) ON DELETE CASCADE,
    metric_key        BIGINT           NOT NULL REFERENCES metric_key (id),
    count             BIGINT           NOT NULL,
    latest_step       BIGINT           NOT NULL,
    latest_timestamp  BIGINT           NOT NULL,
    latest_value      DOUBLE PRECISION NOT NULL,
    latest_is_nan     BIGINT           NOT NULL,
    first_step        BIGINT           NOT NULL,
    first_timestamp   BIGINT           NOT NULL,
    first_value       DOUBLE PRECISION NOT NULL,
    first_is_nan      BIGINT           NOT NULL,
    min_value         DOUBLE PRECISION,
    max_value         DOUBLE PRECISION,
    PRIMARY KEY (run, metric_key)
) WITHOUT ROWID;

INSERT INTO metric_summary_new
SELECT run, metric_key, count, latest_step, latest_timestamp, latest_value, latest_is_nan,
       first_step, first_timestamp, first_value, first_is_nan, min_value, max_value
FROM metric_summary ORDER BY run, metric_key;

DROP TABLE metric_summary;
ALTER TABLE metric_summary_new RENAME TO metric_summary;

CREATE INDEX metric_summary_by_value ON metric_summary (metric_key, latest_is_nan, latest_value, run);
CREATE INDEX param_by_key ON param (key, value, run);
CREATE INDEX run_by_start_time ON run (start_time DESC, run_id);
CREATE INDEX run_by_name ON run (name);
