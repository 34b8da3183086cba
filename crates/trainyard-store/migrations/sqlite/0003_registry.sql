-- The model registry: registered models, their versions, tags and aliases.

CREATE TABLE registered_model (
    id                 INTEGER PRIMARY KEY,
    name               TEXT   NOT NULL UNIQUE,
    description        TEXT,
    next_version       BIGINT NOT NULL,            -- numbers of deleted versions are not given out again
    creation_time      BIGINT NOT NULL,
    last_updated_time  BIGINT NOT NULL
);

CREATE TABLE registered_model_tag (
    model  BIGINT NOT NULL REFERENCES registered_model (id) ON DELETE CASCADE,
    key    TEXT   NOT NULL,
    value  TEXT   NOT NULL,
    PRIMARY KEY (model, key)
) WITHOUT ROWID;

CREATE TABLE model_version (
    id                 INTEGER PRIMARY KEY,
    model              BIGINT NOT NULL REFERENCES registered_model (id) ON DELETE CASCADE,
    version            BIGINT NOT NULL,
    source             TEXT   NOT NULL,            -- as the client gave it: `models:/m-…`, `runs:/…`, an artifact URI
    storage_location   TEXT   NOT NULL,            -- the artifact URI that `source` stood for when registered
    run_id             TEXT,
    run_link           TEXT,
    model_id           TEXT,
    user_id            TEXT,
    current_stage      TEXT   NOT NULL,            -- None | Staging | Production | Archived
    description        TEXT,
    status             TEXT   NOT NULL,            -- READY | PENDING_REGISTRATION | FAILED_REGISTRATION
    status_message     TEXT,
    creation_time      BIGINT NOT NULL,
    last_updated_time  BIGINT NOT NULL,
    UNIQUE (model, version)
);
CREATE INDEX model_version_by_model_id ON model_version (model_id);
CREATE INDEX model_version_by_run ON model_version (run_id);

CREATE TABLE model_version_tag (
    version_row  BIGINT NOT NULL REFERENCES model_version (id) ON DELETE CASCADE,
    key          TEXT   NOT NULL,
    value        TEXT   NOT NULL,
    PRIMARY KEY (version_row, key)
) WITHOUT ROWID;

CREATE TABLE registered_model_alias (
    model    BIGINT NOT NULL REFERENCES registered_model (id) ON DELETE CASCADE,
    alias    TEXT   NOT NULL,
    version  BIGINT NOT NULL,
    PRIMARY KEY (model, alias)
) WITHOUT ROWID;
