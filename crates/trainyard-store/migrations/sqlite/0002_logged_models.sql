-- Logged models: what `log_model` records, with params, tags, metrics and the runs that made or used them.

CREATE TABLE logged_model (
    id                 INTEGER PRIMARY KEY,
    model_id           TEXT   NOT NULL UNIQUE,     -- `m-` and 32 hex digits
    experiment_id      BIGINT NOT NULL REFERENCES experiment (id) ON DELETE CASCADE,
    name               TEXT   NOT NULL,
    model_type         TEXT,
    status             TEXT   NOT NULL,            -- LOGGED_MODEL_PENDING | _READY | _UPLOAD_FAILED
    status_message     TEXT,
    source_run_id      TEXT,
    lifecycle_stage    TEXT   NOT NULL,
    creation_time      BIGINT NOT NULL,
    last_updated_time  BIGINT NOT NULL
);
CREATE INDEX logged_model_by_experiment ON logged_model (experiment_id, lifecycle_stage, creation_time DESC);
CREATE INDEX logged_model_by_source_run ON logged_model (source_run_id);

CREATE TABLE logged_model_param (
    model  BIGINT NOT NULL REFERENCES logged_model (id) ON DELETE CASCADE,
    key    TEXT   NOT NULL,
    value  TEXT   NOT NULL,
    PRIMARY KEY (model, key)
) WITHOUT ROWID;

CREATE TABLE logged_model_tag (
    model  BIGINT NOT NULL REFERENCES logged_model (id) ON DELETE CASCADE,
    key    TEXT   NOT NULL,
    value  TEXT   NOT NULL,
    PRIMARY KEY (model, key)
) WITHOUT ROWID;

-- Points logged with a model_id; they are in the run's own series as well. Of points without a dataset both of its
-- columns are empty. An exact duplicate is stored once.
CREATE TABLE logged_model_metric (
    model           BIGINT           NOT NULL REFERENCES logged_model (id) ON DELETE CASCADE,
    metric_key      BIGINT           NOT NULL REFERENCES metric_key (id),
    timestamp       BIGINT           NOT NULL,
    step            BIGINT           NOT NULL,
    run             BIGINT           NOT NULL REFERENCES run (id) ON DELETE CASCADE,
    value           DOUBLE PRECISION NOT NULL,
    is_nan          BIGINT           NOT NULL,
    dataset_name    TEXT             NOT NULL,
    dataset_digest  TEXT             NOT NULL,
    PRIMARY KEY (model, metric_key, timestamp, step, run, value, is_nan, dataset_name, dataset_digest)
) WITHOUT ROWID;

CREATE TABLE run_model_input (
    run    BIGINT NOT NULL REFERENCES run (id) ON DELETE CASCADE,
    model  BIGINT NOT NULL REFERENCES logged_model (id) ON DELETE CASCADE,
    PRIMARY KEY (run, model)
) WITHOUT ROWID;

CREATE TABLE run_model_output (
    run    BIGINT NOT NULL REFERENCES run (id) ON DELETE CASCADE,
    model  BIGINT NOT NULL REFERENCES logged_model (id) ON DELETE CASCADE,
    step   BIGINT NOT NULL,
    PRIMARY KEY (run, model)
) WITHOUT ROWID;
