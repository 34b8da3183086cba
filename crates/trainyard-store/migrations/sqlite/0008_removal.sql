-- What `trainyard gc` has begun to remove: written down before anything goes, so that a gc that dies is gone on with by the
-- next one, and that nobody restores what has lost its artifacts.

CREATE TABLE removal (
    kind    TEXT   NOT NULL,                       -- run | logged_model | experiment
    entity  BIGINT NOT NULL,                       -- its integer key
    PRIMARY KEY (kind, entity)
) WITHOUT ROWID;

-- A row that goes takes along what refers to it; without these each would be looked for in all of the table.
CREATE INDEX logged_model_metric_by_run ON logged_model_metric (run);
CREATE INDEX run_model_input_by_model ON run_model_input (model);
CREATE INDEX run_model_output_by_model ON run_model_output (model);
