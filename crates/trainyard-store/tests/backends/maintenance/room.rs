use std::time::{Duration, Instant};

use trainyard_api::RunId;
use trainyard_api::metrics::Metric;
use trainyard_api::runs::{CreateRun, LogBatch, RunStatus, UpdateRun};
use trainyard_store::{Packer, PackingEnd};

use crate::backend::TestStore;

/// As [`a_running_run`], which ends.
fn a_run(test: &TestStore, metrics: i64, points: i64) {
    let run_id = a_running_run(test, metrics, points);
    let status = Some(RunStatus::Finished);
    test.call(UpdateRun { run_id, status, ..UpdateRun::default() }).unwrap();
}

/// Logs so many points to each of these metrics of a new run, few at a time, so that they are rows.
fn a_running_run(test: &TestStore, metrics: i64, points: i64) -> RunId {
    let run_id = test.call(CreateRun::default()).unwrap().run.info.run_id;
    let metric = |key: i64, step: i64| Metric {
        key: format!("m{key}"),
        step,
        timestamp: 1000 + step,
        value: step as f64,
        ..Metric::default()
    };
    let all: Vec<Metric> = (0..points).flat_map(|step| (0..metrics).map(move |key| metric(key, step))).collect();
    for metrics in all.chunks(100) {
        let batch = LogBatch { run_id: run_id.clone(), metrics: metrics.to_vec(), ..LogBatch::default() };
        test.call(batch).unwrap();
    }
    run_id
}

fn number(test: &TestStore, sql: &'static str) -> i64 {
    test.store.read(move |tx| tx.query_one(sql, &[], |row| row.get(0))).wait().unwrap().unwrap()
}

pub fn the_room_of_packed_points_is_given_back(test: TestStore) {
    const ROOM: &str = "SELECT CAST(SUM(pg_total_relation_size(inhrelid)) AS BIGINT) FROM pg_inherits
                        WHERE inhparent = 'metric_point'::REGCLASS";
    let empty = number(&test, ROOM);
    a_run(&test, 2, 8000);
    // Rows at the end of each partition, which stay: too few of each metric to be packed.
    a_running_run(&test, 64, 3);
    let filled = number(&test, ROOM);
    let packer = Packer::new(test.store.clone());
    let (end, packed) = packer.run(|_| true).unwrap();
    assert_eq!((end, packed.points), (PackingEnd::Done, 16_000));
    // Rows that a transaction of anybody may still see are kept until it has ended. Each partition may keep a map of its room.
    let is_given_back = |left: i64| left < empty + (filled - empty) / 4;
    for _ in 0..100 {
        packer.return_room().unwrap();
        if is_given_back(number(&test, ROOM)) {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    panic!("{empty} bytes when empty, {filled} filled, {} afterwards", number(&test, ROOM));
}

pub fn statistics_of_a_store_that_has_been_filled_are_gathered(test: TestStore) {
    const KNOWN: &str = "SELECT CAST(reltuples AS BIGINT) FROM pg_class WHERE oid = 'metric_series'::REGCLASS";
    // The database counts changes when a connection has nothing else to do, a second apart at least.
    const COUNTED: &str = "SELECT CAST(n_mod_since_analyze AS BIGINT) FROM pg_stat_user_tables
                           WHERE relid = 'metric_series'::REGCLASS";
    // Nobody else is to gather them first.
    test.schema().unwrap().execute("ALTER TABLE metric_series SET (autovacuum_enabled = off)");
    a_run(&test, 3000, 1);
    let since = Instant::now();
    while number(&test, COUNTED) < 3000 {
        assert!(since.elapsed() < Duration::from_secs(60), "changes have not been counted");
        std::thread::sleep(Duration::from_millis(200));
        test.call(CreateRun::default()).unwrap();
    }
    assert!(number(&test, KNOWN) <= 0);
    Packer::new(test.store.clone()).run(|_| true).unwrap();
    assert_eq!(number(&test, KNOWN), 3000);
    const SEEN: &str = "SELECT vacuum_count FROM pg_stat_user_tables WHERE relid = 'metric_series'::REGCLASS";
    let since = Instant::now();
    while number(&test, SEEN) == 0 {
        assert!(since.elapsed() < Duration::from_secs(60), "which pages all may see has not been noted");
        std::thread::sleep(Duration::from_millis(200));
        test.call(CreateRun::default()).unwrap();
    }
}

pub fn statistics_of_partitioned_tables_are_gathered_when_they_have_grown(test: TestStore) {
    const KNOWN: &str = "SELECT CAST(reltuples AS BIGINT) FROM pg_class WHERE oid = 'metric_summary'::REGCLASS";
    a_run(&test, 2000, 1);
    let schema = test.schema().unwrap();
    // The database counts the rows of each partition by itself, some time.
    for part in 0..8 {
        schema.execute(&format!("ANALYZE metric_summary_{part}"));
    }
    assert!(number(&test, KNOWN) <= 0, "nobody has counted the rows of the table yet");
    // Another server is at it.
    let until = test.now_ms() + 60_000;
    schema.execute(&format!("INSERT INTO lease VALUES ('statistics', 'another', {until})"));
    Packer::new(test.store.clone()).run(|_| true).unwrap();
    assert!(number(&test, KNOWN) <= 0, "two servers gather them at the same time");
    schema.execute("DELETE FROM lease");
    Packer::new(test.store.clone()).run(|_| true).unwrap();
    assert_eq!(number(&test, KNOWN), 2000);
    assert_eq!(schema.execute("SELECT 1 FROM lease"), 0, "the next one need not wait");
}
