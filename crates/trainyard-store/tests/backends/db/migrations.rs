//! Databases that former versions have made.

use rusqlite::Connection;
use trainyard_api::columns::{ColumnKind, ListColumns};
use trainyard_api::metrics::{GetMetricHistory, LogMetric};
use trainyard_api::runs::SearchRuns;
use trainyard_store::Store;

use crate::backend::{self, TestStore};

/// What each version has added, in order.
const FORMER: [(&str, &str); 3] = [
    ("0001_tracking", include_str!("../../../migrations/sqlite/0001_tracking.sql")),
    ("0002_logged_models", include_str!("../../../migrations/sqlite/0002_logged_models.sql")),
    ("0003_registry", include_str!("../../../migrations/sqlite/0003_registry.sql")),
];

/// A run with a param, and a metric with points 3 and NaN.
const CONTENT: &str = "
    INSERT INTO experiment VALUES (0, 'Default', NULL, 'active', 1, 1);
    INSERT INTO run (id, run_id, experiment_id, name, user_id, status, start_time, lifecycle_stage)
    VALUES (1, '00000000000000000000000000000001', 0, 'first', 'u', 'FINISHED', 5, 'active');
    INSERT INTO param VALUES (1, 'lr', '0.1');
    INSERT INTO metric_key VALUES (7, 'loss');
    INSERT INTO metric_series VALUES (9, 1, 7);
    INSERT INTO metric_point VALUES (9, 1, 0, 0, 1), (9, 2, 1, 3, 0);
    INSERT INTO metric_summary VALUES (9, 1, 7, 2, 1, 2, 3, 0, 0, 1, 0, 1, 3, 3);
";

pub fn a_database_of_a_former_version_is_brought_up_to_date(test: TestStore) {
    for versions in [1, 3] {
        let path = test.folder().join(format!("of version {versions}.db"));
        let old = Connection::open(&path).unwrap();
        old.execute_batch(
            "CREATE TABLE migration (number INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_time BIGINT NOT NULL)",
        )
        .unwrap();
        for (index, (name, sql)) in FORMER[..versions].iter().enumerate() {
            old.execute_batch(sql).unwrap();
            old.execute("INSERT INTO migration VALUES (?1, ?2, 1)", (index as i64 + 1, name)).unwrap();
        }
        old.execute_batch(CONTENT).unwrap();
        drop(old);

        let store = Store::open(&format!("sqlite:///{}", path.display()), backend::options()).unwrap();
        let search = || {
            let request = SearchRuns {
                experiment_ids: vec!["0".into()],
                filter: "metrics.loss >= 3 AND params.lr = '0.1'".into(),
                order_by: vec!["metrics.loss DESC".into()],
                ..Default::default()
            };
            let mut runs = store.execute(request).wait().unwrap().runs;
            assert_eq!(runs.len(), 1);
            runs.remove(0)
        };
        let run = search();
        assert_eq!((run.info.run_name.as_str(), run.data.metrics[0].value), ("first", 3.0));
        // Names that were logged before there was a list of them are in it.
        for (kind, name) in [(ColumnKind::Metric, "loss"), (ColumnKind::Param, "lr")] {
            let (experiment_ids, kind) = (vec!["0".into()], Some(kind));
            let request = ListColumns { experiment_ids, kind, ..ListColumns::default() };
            let columns = store.execute(request).wait().unwrap().columns;
            assert_eq!((columns.len(), columns[0].key.as_str(), columns[0].runs), (1, name, 1));
        }
        let run_id = run.info.run_id;
        let point = LogMetric {
            run_id: run_id.clone(),
            key: "loss".into(),
            value: Some(4.0),
            timestamp: Some(3),
            step: 2,
            ..Default::default()
        };
        store.execute(point).wait().unwrap();
        assert_eq!(search().data.metrics[0].value, 4.0);
        let history = GetMetricHistory { run_id, metric_key: "loss".into(), ..Default::default() };
        assert_eq!(store.execute(history).wait().unwrap().metrics.len(), 3);
    }
}
