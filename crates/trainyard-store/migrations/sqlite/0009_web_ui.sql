-- What the web UI asks for: saved views, the names that tables of runs can have columns of, and counts of runs.

-- How a page shows the runs of an experiment. `definition` is JSON that only the UI reads.
CREATE TABLE saved_view (
    id                INTEGER PRIMARY KEY,
    view_id           TEXT   NOT NULL UNIQUE,
    experiment_id     BIGINT NOT NULL REFERENCES experiment (id) ON DELETE CASCADE,
    name              TEXT   NOT NULL,
    definition        TEXT   NOT NULL,
    creation_time     BIGINT NOT NULL,
    last_update_time  BIGINT NOT NULL,
    UNIQUE (experiment_id, name)
);

-- Names of metrics, params and tags that runs of an experiment have or had: added with the first run that has one, and gone
-- with the experiment. Without it, to list names would be to look at all that was logged.
CREATE TABLE experiment_column (
    experiment_id  BIGINT NOT NULL REFERENCES experiment (id) ON DELETE CASCADE,
    kind           TEXT   NOT NULL,                -- metric | param | tag
    key            TEXT   NOT NULL,
    PRIMARY KEY (experiment_id, kind, key)
) WITHOUT ROWID;

INSERT INTO experiment_column (experiment_id, kind, key)
SELECT DISTINCT run.experiment_id, 'metric', metric_key.key FROM metric_summary
JOIN run ON run.id = metric_summary.run JOIN metric_key ON metric_key.id = metric_summary.metric_key;
INSERT INTO experiment_column (experiment_id, kind, key)
SELECT DISTINCT run.experiment_id, 'param', param.key FROM param JOIN run ON run.id = param.run;
INSERT INTO experiment_column (experiment_id, kind, key)
SELECT DISTINCT run.experiment_id, 'tag', run_tag.key FROM run_tag JOIN run ON run.id = run_tag.run;

-- Few runs are running at a time; the end of the last one tells when an experiment was last busy.
CREATE INDEX run_running ON run (experiment_id) WHERE status = 'RUNNING' AND lifecycle_stage = 'active';
CREATE INDEX run_by_end_time ON run (experiment_id, end_time) WHERE end_time IS NOT NULL;
