//! What logging to a series reads of a database that has grown since its statements were prepared.

use trainyard_api::metrics::LogMetric;
use trainyard_api::{Empty, RunId};
use trainyard_store::{Operation, StoreError, Transaction};

use crate::backend::TestStore;

/// Two thousand runs with ten metrics each.
const FILL: &str = "
    INSERT INTO run (id, run_id, experiment_id, name, user_id, status, start_time, lifecycle_stage)
    SELECT 1000 + i, 'filled-' || i, 0, 'n', 'u', 'FINISHED', i, 'active' FROM generate_series(1, 2000) AS i;
    INSERT INTO metric_key (id, key) SELECT 1000 + i, 'other-' || i FROM generate_series(1, 2000) AS i;
    INSERT INTO metric_series (id, run, metric_key)
    SELECT 100000 + i, 1001 + i % 2000, 1001 + (i / 2000 * 7 + i) % 2000 FROM generate_series(0, 19999) AS i;
    INSERT INTO metric_summary (run, metric_key, count, latest_step, latest_timestamp, latest_value, latest_is_nan,
                                first_step, first_timestamp, first_value, first_is_nan)
    SELECT run, metric_key, 1, 0, 0, 0, 0, 0, 0, 0, 0 FROM metric_series WHERE id >= 100000;
    INSERT INTO metric_point SELECT id, 0, 0, 0, 0 FROM metric_series WHERE id >= 100000";

/// Points of ten metrics of one run, as they are logged together.
fn log(tx: &mut Transaction<'_>, run_id: &RunId, step: i64) -> Result<Vec<Result<Empty, StoreError>>, StoreError> {
    let point = |key: i64| LogMetric {
        run_id: run_id.clone(),
        key: format!("m{key}"),
        value: Some(0.5),
        timestamp: Some(1000 + step),
        step,
        ..LogMetric::default()
    };
    LogMetric::execute_all((0..10).map(point).collect(), tx)
}

/// Rows that the transaction has read by walking through tables that grow.
fn walked(tx: &mut Transaction<'_>) -> Result<Vec<(String, i64)>, StoreError> {
    tx.query(
        "SELECT relname::TEXT, seq_tup_read FROM pg_stat_xact_user_tables
         WHERE schemaname = current_schema() AND relname ~ '^(run|metric_.*)$' AND seq_tup_read > 0 ORDER BY 1",
        &[],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

pub fn plans_made_for_an_empty_store_do_not_read_a_full_one_through(test: TestStore) {
    let run_id = super::run(&test);
    // More often than PostgreSQL plans a prepared statement for its values, before it may keep one plan for all of them.
    for step in 0..8 {
        let run_id = run_id.clone();
        let logged = test.store.write(move |tx| log(tx, &run_id, step)).wait().unwrap();
        assert!(logged.iter().all(Result::is_ok), "{logged:?}");
    }
    test.schema().unwrap().execute(FILL);
    let write = test.store.write(move |tx| {
        log(tx, &run_id, 8)?;
        walked(tx)
    });
    assert_eq!(write.wait().unwrap(), Vec::new());
}
