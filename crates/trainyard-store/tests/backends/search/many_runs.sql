-- Twenty thousand runs in four experiments. Metric `m` of each is a number below 1 that looks random, NaN for every
-- hundredth, missing for every tenth; param `p` one of 10, tag `t` one of 20; and there are metrics, params and tags that
-- nobody asks for.
INSERT INTO experiment (id, name, lifecycle_stage, creation_time, last_update_time)
SELECT i, 'e' || i, 'active', 0, 0 FROM generate_series(1, 4) AS i;
INSERT INTO run (id, run_id, experiment_id, name, user_id, status, start_time, lifecycle_stage)
SELECT i, LPAD(TO_HEX(i), 32, '0'), 1 + i % 4, 'n' || i % 100, 'u', 'FINISHED', i / 3, 'active'
FROM generate_series(1, 20000) AS i;
INSERT INTO metric_key (id, key) SELECT i, CASE i WHEN 1 THEN 'm' ELSE 'other' || i END FROM generate_series(1, 5) AS i;
INSERT INTO metric_summary (run, metric_key, count, latest_step, latest_timestamp, latest_value, latest_is_nan,
                            first_step, first_timestamp, first_value, first_is_nan)
SELECT run.id, key.id, 1, 0, 0, CASE WHEN run.id % 100 = 1 THEN 0 ELSE run.id * 7919 % 20011 / 20011.0 END,
       CASE WHEN run.id % 100 = 1 THEN 1 ELSE 0 END, 0, 0, 0, 0
FROM run, metric_key AS key WHERE run.id % 10 <> 0 OR key.id > 1;
INSERT INTO param SELECT id, key, CASE key WHEN 'p' THEN id / 4 % 10 ELSE id END
FROM run, UNNEST('{p, q, r}'::TEXT[]) AS key;
INSERT INTO run_tag SELECT id, key, CASE key WHEN 't' THEN id / 40 % 20 ELSE id END
FROM run, UNNEST('{t, u, v}'::TEXT[]) AS key;
