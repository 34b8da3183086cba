-- Blocks as points came: many of a series in a request, yet few for a block. They are not compressed, and are packed into
-- larger ones soon.
ALTER TABLE metric_block ADD COLUMN loose BIGINT NOT NULL DEFAULT 0;
CREATE INDEX metric_block_loose ON metric_block (series, last_timestamp, last_step, last_value, last_is_nan) WHERE loose = 1;
