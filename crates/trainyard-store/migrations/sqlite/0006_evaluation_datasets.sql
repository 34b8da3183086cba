-- Evaluation datasets: named collections of records. JSON is kept as text; nothing here looks into it with SQL.

CREATE TABLE evaluation_dataset (
    id                INTEGER PRIMARY KEY,
    dataset_id        TEXT   NOT NULL UNIQUE,      -- `d-` and 32 hex digits
    name              TEXT   NOT NULL,
    digest            TEXT   NOT NULL,
    schema            TEXT,                        -- JSON; NULL until there are records
    created_time      BIGINT NOT NULL,
    last_update_time  BIGINT NOT NULL,
    created_by        TEXT,
    last_updated_by   TEXT
);
CREATE INDEX evaluation_dataset_by_time ON evaluation_dataset (created_time DESC, dataset_id DESC);

CREATE TABLE evaluation_dataset_tag (
    dataset  BIGINT NOT NULL REFERENCES evaluation_dataset (id) ON DELETE CASCADE,
    key      TEXT   NOT NULL,
    value    TEXT   NOT NULL,
    PRIMARY KEY (dataset, key)
) WITHOUT ROWID;

CREATE TABLE evaluation_dataset_experiment (
    dataset        BIGINT NOT NULL REFERENCES evaluation_dataset (id) ON DELETE CASCADE,
    experiment_id  BIGINT NOT NULL REFERENCES experiment (id) ON DELETE CASCADE,
    PRIMARY KEY (dataset, experiment_id)
) WITHOUT ROWID;
CREATE INDEX evaluation_dataset_by_experiment ON evaluation_dataset_experiment (experiment_id, dataset);

CREATE TABLE evaluation_dataset_record (
    id                INTEGER PRIMARY KEY,
    record_id         TEXT   NOT NULL UNIQUE,      -- `dr-` and 32 hex digits
    dataset           BIGINT NOT NULL REFERENCES evaluation_dataset (id) ON DELETE CASCADE,
    input_hash        TEXT   NOT NULL,             -- SHA-256 of the inputs with sorted keys: equal inputs, one record
    inputs            TEXT   NOT NULL,
    outputs           TEXT,
    expectations      TEXT,
    tags              TEXT,
    source            TEXT,
    created_time      BIGINT NOT NULL,
    last_update_time  BIGINT NOT NULL,
    created_by        TEXT,
    last_updated_by   TEXT,
    UNIQUE (dataset, input_hash)
);
CREATE INDEX evaluation_dataset_record_in_order ON evaluation_dataset_record (dataset, created_time, record_id);
