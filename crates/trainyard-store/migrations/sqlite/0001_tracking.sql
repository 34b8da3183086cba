-- Experiments, runs and what is logged to them. Times are milliseconds since the epoch.
-- Large tables are keyed by integers; the texts clients use stand once, in the table that owns them.

CREATE TABLE experiment (
    id                INTEGER PRIMARY KEY,         -- the experiment_id of the wire, as a number; 0 is `Default`
    name              TEXT   NOT NULL UNIQUE,
    artifact_location TEXT,                        -- NULL: `<artifact root in force>/<id>`, resolved when read
    lifecycle_stage   TEXT   NOT NULL,             -- active | deleted
    creation_time     BIGINT NOT NULL,
    last_update_time  BIGINT NOT NULL
);

CREATE TABLE experiment_tag (
    experiment_id BIGINT NOT NULL REFERENCES experiment (id) ON DELETE CASCADE,
    key           TEXT   NOT NULL,
    value         TEXT   NOT NULL,
    PRIMARY KEY (experiment_id, key)
) WITHOUT ROWID;

CREATE TABLE run (
    id              INTEGER PRIMARY KEY,
    run_id          TEXT   NOT NULL UNIQUE,
    experiment_id   BIGINT NOT NULL REFERENCES experiment (id) ON DELETE CASCADE,
    name            TEXT   NOT NULL,
    user_id         TEXT   NOT NULL,
    status          TEXT   NOT NULL,               -- RUNNING | SCHEDULED | FINISHED | FAILED | KILLED
    start_time      BIGINT NOT NULL,
    end_time        BIGINT,
    lifecycle_stage TEXT   NOT NULL,
    deleted_time    BIGINT
);
CREATE INDEX run_by_experiment ON run (experiment_id, lifecycle_stage, start_time DESC, run_id);

CREATE TABLE param (
    run    BIGINT NOT NULL REFERENCES run (id) ON DELETE CASCADE,
    key    TEXT   NOT NULL,
    value  TEXT   NOT NULL,
    PRIMARY KEY (run, key)
) WITHOUT ROWID;

CREATE TABLE run_tag (
    run    BIGINT NOT NULL REFERENCES run (id) ON DELETE CASCADE,
    key    TEXT   NOT NULL,
    value  TEXT   NOT NULL,
    PRIMARY KEY (run, key)
) WITHOUT ROWID;
CREATE INDEX run_tag_by_key ON run_tag (key, value, run);

CREATE TABLE metric_key (
    id   INTEGER PRIMARY KEY,
    key  TEXT NOT NULL UNIQUE
);

CREATE TABLE metric_series (
    id          INTEGER PRIMARY KEY,
    run         BIGINT NOT NULL REFERENCES run (id) ON DELETE CASCADE,
    metric_key  BIGINT NOT NULL REFERENCES metric_key (id),
    UNIQUE (run, metric_key)
);

-- One row a point, in the order histories are read. The key is the whole row: an exact duplicate is stored once.
-- SQLite turns NaN into NULL, so a NaN is `value = 0` with `is_nan = 1`.
CREATE TABLE metric_point (
    series     BIGINT           NOT NULL REFERENCES metric_series (id) ON DELETE CASCADE,
    timestamp  BIGINT           NOT NULL,
    step       BIGINT           NOT NULL,
    value      DOUBLE PRECISION NOT NULL,
    is_nan     BIGINT           NOT NULL,
    PRIMARY KEY (series, timestamp, step, value, is_nan)
) WITHOUT ROWID;

-- Kept by the transaction that adds points; searches and run pages read only this.
-- `latest_*` is the point with the greatest (step, timestamp, value); minima and maxima leave NaN out.
CREATE TABLE metric_summary (
    series            INTEGER PRIMARY KEY REFERENCES metric_series (id) ON DELETE CASCADE,
    run               BIGINT           NOT NULL,
    metric_key        BIGINT           NOT NULL,
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
    max_value         DOUBLE PRECISION
);
CREATE UNIQUE INDEX metric_summary_by_run ON metric_summary (run, metric_key);

CREATE TABLE dataset (
    id             INTEGER PRIMARY KEY,
    experiment_id  BIGINT NOT NULL REFERENCES experiment (id) ON DELETE CASCADE,
    name           TEXT   NOT NULL,
    digest         TEXT   NOT NULL,
    source_type    TEXT   NOT NULL,
    source         TEXT   NOT NULL,
    schema         TEXT,
    profile        TEXT,
    UNIQUE (experiment_id, name, digest)
);

CREATE TABLE run_dataset_input (
    run      BIGINT NOT NULL REFERENCES run (id) ON DELETE CASCADE,
    dataset  BIGINT NOT NULL REFERENCES dataset (id) ON DELETE CASCADE,
    PRIMARY KEY (run, dataset)
) WITHOUT ROWID;
CREATE INDEX run_dataset_input_by_dataset ON run_dataset_input (dataset);

CREATE TABLE run_dataset_input_tag (
    run      BIGINT NOT NULL,
    dataset  BIGINT NOT NULL,
    key      TEXT   NOT NULL,
    value    TEXT   NOT NULL,
    PRIMARY KEY (run, dataset, key),
    FOREIGN KEY (run, dataset) REFERENCES run_dataset_input (run, dataset) ON DELETE CASCADE
) WITHOUT ROWID;
