-- The beginnings of texts as columns. PostgreSQL reads the table for each entry of an index of `LEFT(value, 250)`, as it does not
-- know that it has no use for `value`; of an index of this column it does not.
ALTER TABLE param ADD COLUMN value_start TEXT COLLATE "C" NOT NULL GENERATED ALWAYS AS (LEFT(value, 250)) STORED;
ALTER TABLE run_tag ADD COLUMN value_start TEXT COLLATE "C" NOT NULL GENERATED ALWAYS AS (LEFT(value, 250)) STORED;
DROP INDEX param_by_key;
CREATE INDEX param_by_key ON param (key, value_start, run);
DROP INDEX run_tag_by_key;
CREATE INDEX run_tag_by_key ON run_tag (key, value_start, run);
