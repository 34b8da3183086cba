-- Metric points at rest: docs/storage.md describes blocks, byte by byte.

-- How many points of a series are in blocks, and the last timestamp among them: what is logged later needs no look at them.
ALTER TABLE metric_series ADD COLUMN packed_count BIGINT NOT NULL DEFAULT 0;
ALTER TABLE metric_series ADD COLUMN packed_until BIGINT;

-- Blocks of a series do not overlap. They are found by their last point.
CREATE TABLE metric_block (
    series           BIGINT           NOT NULL REFERENCES metric_series (id) ON DELETE CASCADE,
    last_timestamp   BIGINT           NOT NULL,
    last_step        BIGINT           NOT NULL,
    last_value       DOUBLE PRECISION NOT NULL,
    last_is_nan      BIGINT           NOT NULL,
    first_timestamp  BIGINT           NOT NULL,
    first_step       BIGINT           NOT NULL,
    first_value      DOUBLE PRECISION NOT NULL,
    first_is_nan     BIGINT           NOT NULL,
    count            BIGINT           NOT NULL,
    min_step         BIGINT           NOT NULL,
    max_step         BIGINT           NOT NULL,
    in_step_order    BIGINT           NOT NULL,    -- whether the points are in the order of steps, too
    min_value        DOUBLE PRECISION,             -- NULL: all are NaN
    max_value        DOUBLE PRECISION,
    outline          BYTEA            NOT NULL,
    points           BYTEA            NOT NULL,
    PRIMARY KEY (series, last_timestamp, last_step, last_value, last_is_nan)
) PARTITION BY HASH (series);
-- They are compressed already.
ALTER TABLE metric_block ALTER COLUMN outline SET STORAGE EXTERNAL, ALTER COLUMN points SET STORAGE EXTERNAL;
DO $$
BEGIN
    FOR part IN 0..7 LOOP
        EXECUTE format('CREATE TABLE metric_block_%s PARTITION OF metric_block
                        FOR VALUES WITH (MODULUS 8, REMAINDER %s)', part, part);
    END LOOP;
END
$$;

-- Series that have points worth packing. Rows come with points and the ends of runs, and go once they are packed.
CREATE TABLE metric_packing (
    series  BIGINT PRIMARY KEY REFERENCES metric_series (id) ON DELETE CASCADE
);
INSERT INTO metric_packing (series)
SELECT series.id FROM metric_series AS series
JOIN metric_summary AS summary ON summary.run = series.run AND summary.metric_key = series.metric_key
WHERE summary.count >= 64;

-- Work that one process at a time does for all that use the database.
CREATE TABLE lease (
    name    TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    holder  TEXT COLLATE "C" NOT NULL,
    until   BIGINT NOT NULL                        -- when others may take it
);
