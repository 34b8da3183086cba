-- Indexes that searches walk along.

CREATE INDEX metric_summary_by_value ON metric_summary (metric_key, latest_is_nan, latest_value, run);
CREATE INDEX param_by_key ON param (key, LEFT(value, 250), run);
CREATE INDEX run_by_start_time ON run (start_time DESC, run_id);
CREATE INDEX run_by_name ON run (LEFT(name, 250));
