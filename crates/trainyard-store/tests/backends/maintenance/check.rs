use trainyard_api::metrics::LogMetric;
use trainyard_api::runs::CreateRun;
use trainyard_api::{ApiError, ErrorCode};
use trainyard_store::maintenance::{Checked, check, stats};
use trainyard_store::{DbError, Transaction};

use super::packed_run;
use crate::backend::TestStore;

fn checked(test: &TestStore) -> Checked {
    check(&test.store, |_| {}).unwrap()
}

/// Changes something behind the store's back, and lists what a check says of it.
fn problems_after(test: &TestStore, sql: &'static str) -> Vec<String> {
    let changed = test.store.write(move |tx| Ok(tx.execute(sql, &[])?)).wait().unwrap();
    assert!(changed > 0, "{sql} changed nothing");
    checked(test).problems.into_iter().map(|problem| format!("{}: {}", problem.place, problem.message)).collect()
}

pub fn a_whole_store_has_no_problems(test: TestStore) {
    assert_eq!(checked(&test), Checked::default());
    packed_run(&test, "0", 5000);
    packed_run(&test, "0", 10);
    let mut seen = Vec::new();
    let checked = check(&test.store, |progress| seen.push((progress.series, progress.of_series))).unwrap();
    assert_eq!(checked, Checked { series: 2, points: 5010, blocks: 2, problems: Vec::new() });
    assert_eq!((seen.first(), seen.last()), (Some(&(0, 2)), Some(&(2, 2))));
}

pub fn each_fault_is_found_and_named(test: TestStore) {
    let run_id = packed_run(&test, "0", 5000);
    let faults = [
        ("UPDATE metric_summary SET count = 4999", "its summary says 4999 of their number, its points say 5000"),
        (
            "UPDATE metric_summary SET count = 5000, latest_value = 7",
            "its summary says step 4999, timestamp 4999, value 7.0 of the latest, its points say step 4999, timestamp \
             4999, value 0.0002",
        ),
        (
            "UPDATE metric_summary SET latest_is_nan = 1",
            "value NaN of the latest, its points say step 4999, timestamp 4999, value 0.0002",
        ),
        (
            "UPDATE metric_summary SET first_is_nan = 1",
            "value NaN of the first, its points say step 0, timestamp 0, value 1.0",
        ),
        ("UPDATE metric_series SET packed_count = 17", "17 points are said to be in blocks, there are 5000"),
        (
            "INSERT INTO metric_point (series, timestamp, step, value, is_nan) SELECT series, last_timestamp, last_step, \
             last_value, last_is_nan FROM metric_block WHERE last_step = 4999",
            "1 points are both rows and in blocks",
        ),
        ("UPDATE metric_block SET max_value = 2 WHERE first_step = 0", "is damaged: its row says (Some(0."),
        ("UPDATE metric_block SET count = 4000 WHERE first_step = 0", "is damaged: its row says Ends"),
    ];
    let repair = [
        "UPDATE metric_summary SET count = 5000",
        "UPDATE metric_summary SET latest_value = 0.0002",
        "UPDATE metric_summary SET latest_is_nan = 0",
        "UPDATE metric_summary SET first_is_nan = 0",
        "UPDATE metric_series SET packed_count = 5000",
        "DELETE FROM metric_point",
        "UPDATE metric_block SET max_value = 1 WHERE first_step = 0",
        "UPDATE metric_block SET count = 4096 WHERE first_step = 0",
    ];
    for ((fault, message), repair) in faults.into_iter().zip(repair) {
        let problems = problems_after(&test, fault);
        let place = format!("metric 'loss' of run {run_id}: ");
        assert!(
            problems.iter().any(|problem| problem.starts_with(&place) && problem.contains(message)),
            "{fault}: {problems:?}"
        );
        assert_eq!(problems_after(&test, repair), [""; 0], "after {repair}");
    }
}

pub fn a_summary_without_a_series_is_found(test: TestStore) {
    packed_run(&test, "0", 10);
    let problems = problems_after(&test, "INSERT INTO metric_key (id, key) VALUES (77, 'of nobody')");
    assert_eq!(problems, [""; 0]);
    let problems = problems_after(
        &test,
        "INSERT INTO metric_summary (run, metric_key, count, latest_step, latest_timestamp, latest_value, latest_is_nan,
         first_step, first_timestamp, first_value, first_is_nan) SELECT id, 77, 1, 1, 1, 1, 0, 1, 1, 1, 0 FROM run",
    );
    assert_eq!(problems, ["table metric_summary: 1 rows belong to no series of metric_series"]);
}

pub fn a_zero_and_nan_in_the_same_place_are_both_the_latest(test: TestStore) {
    let run_id = test.call(CreateRun::default()).unwrap().run.info.run_id;
    for value in [0.0, f64::NAN] {
        let point = LogMetric {
            run_id: run_id.clone(),
            key: "loss".into(),
            value: Some(value),
            timestamp: Some(1),
            step: 1,
            ..LogMetric::default()
        };
        test.call(point).unwrap();
    }
    assert_eq!(checked(&test), Checked { series: 1, points: 2, blocks: 0, problems: Vec::new() });
}

pub fn a_damaged_block_is_named_and_the_rest_is_checked(test: TestStore) {
    let (bad, _) = (packed_run(&test, "0", 5000), packed_run(&test, "0", 5000));
    for column in ["points", "outline"] {
        let flip = move |tx: &mut Transaction<'_>| {
            let sql = format!("SELECT {column} FROM metric_block WHERE first_step = 0 ORDER BY series LIMIT 1");
            let mut bytes = tx.query_one(&sql, &[], |row| row.get::<Vec<u8>>(0))?.unwrap();
            let middle = bytes.len() / 2;
            bytes[middle] ^= 0x40;
            let sql = format!(
                "UPDATE metric_block SET {column} = $1 WHERE first_step = 0
                 AND series = (SELECT MIN(series) FROM metric_block)"
            );
            Ok(tx.execute(&sql, &[bytes.into()])?)
        };
        assert_eq!(test.store.write(flip).wait(), Ok(1));
        let Checked { series, problems, .. } = checked(&test);
        assert_eq!((series, problems.len()), (2, 1), "{problems:?}");
        assert_eq!(problems[0].place, format!("metric 'loss' of run {bad}"));
        let expected = "the block that ends at timestamp 4095, step 4095 is damaged: its checksum is ";
        assert!(problems[0].message.starts_with(expected), "{problems:?}");
        test.store.write(flip).wait().unwrap();
        assert_eq!(checked(&test).problems, []);
    }
}

pub fn rows_without_what_they_refer_to_are_found(test: TestStore) {
    packed_run(&test, "0", 100);
    let path = test.folder().join("store.db");
    let other = rusqlite::Connection::open(path).unwrap();
    other.execute_batch("PRAGMA foreign_keys = OFF; INSERT INTO metric_packing VALUES (77)").unwrap();
    let problems = checked(&test).problems;
    assert_eq!(problems.len(), 1);
    assert_eq!(problems[0].place, "references");
    let message = "1 rows of metric_packing refer to rows of metric_series that are not there";
    assert_eq!(problems[0].message, message);
}

pub fn a_corrupted_page_is_reported(test: TestStore) {
    let runs: Vec<_> = (0..4).map(|_| packed_run(&test, "0", 9000)).collect();
    let closed = test.without_store();
    let path = closed.folder.path().join("store.db");
    let of_points = {
        let reader = rusqlite::Connection::open(&path).unwrap();
        let sql = "SELECT pageno FROM dbstat WHERE name = 'metric_block' AND pagetype = 'leaf' ORDER BY pageno";
        let mut statement = reader.prepare(sql).unwrap();
        let pages = statement.query_map([], |row| row.get::<_, i64>(0)).unwrap();
        pages.map(|page| page.unwrap()).collect::<Vec<_>>()
    };
    let mut bytes = std::fs::read(&path).unwrap();
    let page = of_points[of_points.len() / 2] as usize;
    bytes[(page - 1) * 4096..page * 4096].fill(0xa5);
    std::fs::write(&path, bytes).unwrap();
    let store = trainyard_store::Store::open(&closed.uri, crate::backend::options()).unwrap();
    let checked = check(&store, |_| {}).unwrap();
    assert_eq!(checked.series, runs.len() as u64);
    let places: Vec<&str> = checked.problems.iter().map(|problem| problem.place.as_str()).collect();
    assert!(places.contains(&"the database"), "{:?}", checked.problems);
    assert!(places.iter().any(|place| place.starts_with("metric 'loss'")), "{:?}", checked.problems);
    let history = store.read(|tx| tx.query("SELECT points FROM metric_block", &[], |row| row.get::<Vec<u8>>(0))).wait();
    let error = history.expect_err("a damaged page");
    assert!(matches!(error, trainyard_store::StoreError::Database(DbError::Corrupt(_))), "{error:?}");
    // For good: nobody is told to try again.
    let told = ApiError::from(error);
    assert_eq!(told.error_code, ErrorCode::InternalError);
    assert!(told.message.contains("trainyard db check"), "{told}");
}

pub fn stats_count_rows_and_blocks(test: TestStore) {
    packed_run(&test, "0", 5000);
    packed_run(&test, "0", 10);
    let stats = test.store.read(stats).wait().unwrap();
    assert_eq!(
        (stats.runs, stats.series, stats.points, stats.rows, stats.packed, stats.blocks),
        (2, 2, 5010, 10, 5000, 2)
    );
    let of_points: u64 = stats
        .tables
        .iter()
        .filter(|t| ["metric_point", "metric_block"].contains(&t.name.as_str()))
        .map(|t| t.bytes)
        .sum();
    assert_eq!(stats.bytes_per_point, Some(of_points as f64 / 5010.0));
    assert!(of_points > 5000 && stats.bytes > of_points, "{stats:?}");
    assert!(stats.tables.is_sorted_by(|one, next| one.bytes >= next.bytes));
}
