//! Databases that former versions have made.

use rusqlite::Connection;
use trainyard_api::columns::{ColumnKind, ListColumns};
use trainyard_api::metrics::{GetMetricHistory, LogMetric};
use trainyard_api::runs::{CreateRun, SearchRuns};
use trainyard_store::{Store, maintenance};

use crate::backend::{self, Schema, TestStore};

/// What each version has added, in order.
macro_rules! former {
    ($database:literal) => {
        former!($database, "0001_tracking", "0002_logged_models", "0003_registry")
    };
    ($database:literal, $($name:literal),+) => {
        [$(($name, include_str!(concat!("../../../migrations/", $database, "/", $name, ".sql")))),+]
    };
}

/// The list of versions, as those versions had it.
const MIGRATION: &str =
    "CREATE TABLE migration (number BIGINT PRIMARY KEY, name TEXT NOT NULL, applied_time BIGINT NOT NULL)";

/// A run with a param, and a metric with points 3 and NaN.
const CONTENT: &str = "
    INSERT INTO experiment VALUES (0, 'Default', NULL, 'active', 1, 1);
    INSERT INTO run (id, run_id, experiment_id, name, user_id, status, start_time, lifecycle_stage)
    VALUES (1, '00000000000000000000000000000001', 0, 'first', 'u', 'FINISHED', 5, 'active');
    INSERT INTO param VALUES (1, 'lr', '0.1');
    INSERT INTO metric_key VALUES (7, 'loss');
    INSERT INTO metric_series (id, run, metric_key) VALUES (9, 1, 7);
    INSERT INTO metric_point (series, timestamp, step, value, is_nan) VALUES (9, 1, 0, 0, 1), (9, 2, 1, 3, 0);
";
/// Of the metric; in files the number of the series stands before it.
const SUMMARY: &str = "1, 7, 2, 1, 2, 3, 0, 0, 1, 0, 1, 3, 3";

/// Where numbers go on behind those of the content; SQLite knows by itself.
const NUMBERS: &str = "
    ALTER TABLE run ALTER COLUMN id RESTART WITH 2;
    ALTER TABLE metric_key ALTER COLUMN id RESTART WITH 8;
    ALTER TABLE metric_series ALTER COLUMN id RESTART WITH 10;
";

pub fn a_database_of_a_former_version_is_brought_up_to_date(test: TestStore) {
    for versions in [1, 3] {
        let path = test.folder().join(format!("of version {versions}.db"));
        let old = Connection::open(&path).unwrap();
        old.execute_batch(&former_database(&former!("sqlite")[..versions])).unwrap();
        old.execute_batch(&format!("INSERT INTO metric_summary VALUES (9, {SUMMARY})")).unwrap();
        drop(old);
        goes_on(&format!("sqlite:///{}", path.display()));
    }
}

pub fn a_schema_of_a_former_version_is_brought_up_to_date(_: TestStore) {
    for versions in [1, 3] {
        let schema = Schema::create().unwrap();
        schema.execute(&former_database(&former!("postgres")[..versions]));
        schema.execute(&format!("INSERT INTO metric_summary VALUES ({SUMMARY}); {NUMBERS}"));
        goes_on(&schema.uri());
    }
}

/// What made a database of these versions, with content.
fn former_database(versions: &[(&str, &str)]) -> String {
    let mut sql = format!("{MIGRATION};");
    for (index, (name, script)) in versions.iter().enumerate() {
        sql += &format!("{script}\n;INSERT INTO migration VALUES ({}, '{name}', 1);", index + 1);
    }
    sql + CONTENT
}

/// The content is there, and more can be added to it.
fn goes_on(uri: &str) {
    let store = Store::open(uri, backend::options()).unwrap();
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
    // New rows get numbers of their own.
    let run_id = store.execute(CreateRun::default()).wait().unwrap().run.info.run_id;
    let point = LogMetric { run_id, key: "new".into(), value: Some(1.0), timestamp: Some(4), ..Default::default() };
    store.execute(point).wait().unwrap();
    let checked = maintenance::check(&store, |_| {}).unwrap();
    assert_eq!((checked.series, checked.points, checked.problems), (2, 4, Vec::new()));
}
