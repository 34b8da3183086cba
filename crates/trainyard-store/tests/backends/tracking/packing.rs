use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};

use trainyard_api::RunId;
use trainyard_api::ingest::{Ingest, RunAnswer, RunBatch, Series};
use trainyard_api::metrics::*;
use trainyard_api::runs::{GetRun, LogBatch, RunStatus, UpdateRun};
use trainyard_store::maintenance::check;
use trainyard_store::{Packed, Packer, PackingEnd, Store};

use crate::backend::TestStore;

fn points(range: impl IntoIterator<Item = i64>) -> Vec<Metric> {
    range.into_iter().map(|i| point(i, 1000 + i, (i as f64 * 0.37).sin())).collect()
}

pub(super) fn point(step: i64, timestamp: i64, value: f64) -> Metric {
    Metric { key: "m".into(), step, timestamp, value, ..Metric::default() }
}

/// Logs points few at a time, so that they are rows.
pub(super) fn log(test: &TestStore, run_id: &RunId, metrics: &[Metric]) {
    log_in_parts(test, run_id, metrics, 63);
}

pub(super) fn log_in_parts(test: &TestStore, run_id: &RunId, metrics: &[Metric], size: usize) {
    for metrics in metrics.chunks(size) {
        let batch = LogBatch { run_id: run_id.clone(), metrics: metrics.to_vec(), ..LogBatch::default() };
        test.call(batch).unwrap();
    }
}

fn finish(test: &TestStore, run_id: &RunId) {
    let status = Some(RunStatus::Finished);
    test.call(UpdateRun { run_id: run_id.clone(), status, ..UpdateRun::default() }).unwrap();
}

pub(super) fn pack(test: &TestStore) -> Packed {
    let (end, packed) = Packer::new(test.store.clone()).run(|_| true).unwrap();
    assert_eq!(end, PackingEnd::Done);
    packed
}

/// A number out of the database; `sql` has one bind, a run's id, and sees the run's series as `s`.
fn count(test: &TestStore, run_id: &RunId, sql: &'static str) -> i64 {
    let sql = format!(
        "WITH s AS (SELECT series.id, series.packed_count FROM metric_series AS series JOIN run ON run.id = series.run
         WHERE run.run_id = $1) {sql}"
    );
    let run_id = run_id.clone();
    test.store.read(move |tx| tx.query_one(&sql, &[(&run_id).into()], |row| row.get(0))).wait().unwrap().unwrap()
}

pub(super) fn rows(test: &TestStore, run_id: &RunId) -> i64 {
    count(test, run_id, "SELECT COUNT(*) FROM metric_point WHERE series IN (SELECT id FROM s)")
}

fn blocks(test: &TestStore, run_id: &RunId) -> i64 {
    count(test, run_id, "SELECT COUNT(*) FROM metric_block WHERE series IN (SELECT id FROM s)")
}

pub(super) fn packed(test: &TestStore, run_id: &RunId) -> i64 {
    count(test, run_id, "SELECT packed_count FROM s")
}

pub(super) fn summary_count(test: &TestStore, run_id: &RunId) -> i64 {
    count(
        test,
        run_id,
        "SELECT summary.count FROM metric_summary AS summary JOIN metric_series AS series
          ON series.run = summary.run AND series.metric_key = summary.metric_key WHERE series.id IN (SELECT id FROM s)",
    )
}

/// Points as what has to be the same bit for bit.
pub(super) fn bits(metrics: Vec<Metric>) -> Vec<(i64, i64, u64)> {
    metrics.into_iter().map(|metric| (metric.timestamp, metric.step, metric.value.to_bits())).collect()
}

pub(super) fn history(test: &TestStore, run_id: &RunId) -> Vec<(i64, i64, u64)> {
    let request = GetMetricHistory { run_id: run_id.clone(), metric_key: "m".into(), ..GetMetricHistory::default() };
    bits(test.call(request).unwrap().metrics)
}

pub fn a_series_is_packed_as_it_grows_and_wholly_when_its_run_ends(test: TestStore) {
    let run_id = super::run(&test);
    log(&test, &run_id, &points(0..10_000));
    let before = history(&test, &run_id);
    assert_eq!(pack(&test).points, 8192);
    assert_eq!((blocks(&test, &run_id), rows(&test, &run_id), packed(&test, &run_id)), (2, 1808, 8192));
    assert_eq!(history(&test, &run_id), before);
    assert_eq!(pack(&test).points, 0);
    finish(&test, &run_id);
    assert_eq!(pack(&test), Packed { series: 1, points: 1808 });
    assert_eq!((blocks(&test, &run_id), rows(&test, &run_id), packed(&test, &run_id)), (3, 0, 10_000));
    assert_eq!(history(&test, &run_id), before);
    // The run goes on: its last block, which was short, is filled up.
    log(&test, &run_id, &points(10_000..16_000));
    let before = history(&test, &run_id);
    pack(&test);
    assert_eq!((blocks(&test, &run_id), rows(&test, &run_id), packed(&test, &run_id)), (4, 0, 16_000));
    assert_eq!((history(&test, &run_id), before.len()), (before, 16_000));
}

/// Blocks of a run that wait to become part of larger ones.
fn loose(test: &TestStore, run_id: &RunId) -> i64 {
    count(test, run_id, "SELECT COUNT(*) FROM metric_block WHERE loose = 1 AND series IN (SELECT id FROM s)")
}

pub fn points_that_come_by_the_hundred_are_loose_blocks_until_they_fill_one(test: TestStore) {
    let run_id = super::run(&test);
    log_in_parts(&test, &run_id, &points(0..10_000), 100);
    assert_eq!((blocks(&test, &run_id), loose(&test, &run_id), rows(&test, &run_id)), (100, 100, 0));
    let before = history(&test, &run_id);
    assert_eq!(before, bits(points(0..10_000)));
    // The block that the second full one ends in is loose again for what is left of it.
    assert_eq!(pack(&test).points, 8192);
    assert_eq!((blocks(&test, &run_id), loose(&test, &run_id), packed(&test, &run_id)), (21, 19, 10_000));
    assert_eq!(history(&test, &run_id), before);
    assert_eq!((pack(&test).points, Packer::new(test.store.clone()).waiting()), (0, Ok(0)));
    // A request once more, in other parts.
    log_in_parts(&test, &run_id, &points(0..10_000), 333);
    assert_eq!((rows(&test, &run_id), summary_count(&test, &run_id)), (0, 10_000));
    finish(&test, &run_id);
    assert_eq!(pack(&test).points, 1808);
    assert_eq!((blocks(&test, &run_id), loose(&test, &run_id), packed(&test, &run_id)), (3, 0, 10_000));
    assert_eq!(history(&test, &run_id), before);
    // What comes after the end is packed as well, into the last block as long as that is short.
    log_in_parts(&test, &run_id, &points(10_000..10_100), 100);
    assert_eq!(loose(&test, &run_id), 1);
    pack(&test);
    assert_eq!((blocks(&test, &run_id), loose(&test, &run_id), packed(&test, &run_id)), (3, 0, 10_100));
    assert_eq!(check(&test.store, |_| ()).unwrap().problems, []);
}

pub fn more_loose_blocks_than_a_step_takes_are_packed_in_several(test: TestStore) {
    let run_id = super::run(&test);
    log_in_parts(&test, &run_id, &points(0..30_000), 100);
    assert_eq!(pack(&test).points, 7 * 4096);
    // Of what fills no block, one is what is left of the last that was taken.
    assert_eq!((blocks(&test, &run_id), loose(&test, &run_id), packed(&test, &run_id)), (21, 14, 30_000));
    assert_eq!(history(&test, &run_id), bits(points(0..30_000)));
    assert_eq!(check(&test.store, |_| ()).unwrap().problems, []);
}

pub fn points_for_good_leave_nothing_to_pack(test: TestStore) {
    let run_id = super::run(&test);
    finish(&test, &run_id);
    log_in_parts(&test, &run_id, &points(0..9000), 900);
    assert_eq!((blocks(&test, &run_id), loose(&test, &run_id)), (10, 0));
    assert_eq!(Packer::new(test.store.clone()).waiting(), Ok(0));
}

pub fn loose_blocks_are_packed_between_rows_and_long_ones(test: TestStore) {
    let run_id = super::run(&test);
    let (mut all, mut first) = (Vec::new(), 0);
    for size in [100, 20, 100, 100, 1000, 70, 600, 63, 64, 5000, 90, 90, 10].repeat(3) {
        log_in_parts(&test, &run_id, &points(first..first + size), size.min(1000) as usize);
        all.extend(points(first..first + size));
        first += size;
    }
    // Rows from before their time, too.
    let late: Vec<Metric> = (0..40).map(|i| point(50_000 + i, 1000 + 500 * i, 0.5)).collect();
    log(&test, &run_id, &late);
    let mut whole = bits([all, late].concat());
    whole.sort_by_key(|(timestamp, step, _)| (*timestamp, *step));
    assert_eq!(history(&test, &run_id), whole);
    for end in [false, true] {
        if end {
            finish(&test, &run_id);
        }
        pack(&test);
        assert_eq!(history(&test, &run_id), whole);
        assert_eq!(check(&test.store, |_| ()).unwrap().problems, []);
    }
    assert_eq!((loose(&test, &run_id), rows(&test, &run_id)), (0, 0));
    assert_eq!(packed(&test, &run_id), whole.len() as i64);
}

pub fn a_short_series_stays_as_rows(test: TestStore) {
    let run_id = super::run(&test);
    log(&test, &run_id, &points(0..63));
    finish(&test, &run_id);
    Packer::new(test.store.clone()).mark_all().unwrap();
    assert_eq!(pack(&test), Packed::default());
    assert_eq!((blocks(&test, &run_id), rows(&test, &run_id)), (0, 63));
}

pub fn a_request_repeated_after_packing_changes_nothing(test: TestStore) {
    let run_id = super::run(&test);
    let all = points(0..5000);
    log(&test, &run_id, &all);
    finish(&test, &run_id);
    pack(&test);
    let before = history(&test, &run_id);
    log(&test, &run_id, &all);
    log(&test, &run_id, &all[4000..]);
    assert_eq!((rows(&test, &run_id), summary_count(&test, &run_id)), (0, 5000));
    assert_eq!(history(&test, &run_id), before);
}

pub fn late_points_are_read_in_their_place_and_merged(test: TestStore) {
    let run_id = super::run(&test);
    log(&test, &run_id, &points((0..10_000).filter(|i| i % 10 != 7)));
    finish(&test, &run_id);
    pack(&test);
    // Some are new, some are packed.
    log(&test, &run_id, &points((0..10_000).filter(|i| i % 5 == 2)));
    let whole = bits(points(0..10_000));
    assert_eq!((rows(&test, &run_id), summary_count(&test, &run_id)), (1000, 10_000));
    assert_eq!(history(&test, &run_id), whole);
    finish(&test, &run_id);
    assert_eq!(pack(&test).points, 1000);
    assert_eq!((rows(&test, &run_id), packed(&test, &run_id)), (0, 10_000));
    assert_eq!(history(&test, &run_id), whole);
}

pub fn points_that_come_after_the_end_of_their_run_are_packed_too(test: TestStore) {
    let [long, short, running] = [5000, 10, 5000].map(|count| {
        let run_id = super::run(&test);
        log(&test, &run_id, &points(0..count));
        run_id
    });
    finish(&test, &long);
    finish(&test, &short);
    pack(&test);
    assert_eq!((rows(&test, &long), rows(&test, &short), rows(&test, &running)), (0, 10, 904));
    // As they come from a program that is late: behind all others, and between them.
    let after = points(5000..5100);
    let between: Vec<Metric> = (0..50).map(|i| point(10_000 + i, 1000 + 90 * i, 0.5)).collect();
    for run_id in [&long, &short, &running] {
        for point in after.iter().chain(&between) {
            log(&test, run_id, std::slice::from_ref(point));
        }
    }
    let mut whole = bits([points(0..5000), after, between].concat());
    whole.sort_by_key(|(timestamp, step, _)| (*timestamp, *step));
    let of_short = history(&test, &short);
    assert_eq!((history(&test, &long), rows(&test, &long)), (whole.clone(), 150), "rows are read with the blocks");
    assert_eq!(Packer::new(test.store.clone()).waiting(), Ok(2), "a run that goes on has its time");
    pack(&test);
    assert_eq!((rows(&test, &long), packed(&test, &long)), (0, 5150));
    assert_eq!((rows(&test, &short), packed(&test, &short)), (0, 160));
    assert_eq!((rows(&test, &running), packed(&test, &running)), (1054, 4096));
    assert_eq!((history(&test, &long), history(&test, &short)), (whole, of_short));
    // Points that are too few for a block are not worth writing one anew.
    log(&test, &long, &points(5100..5163));
    assert_eq!(Packer::new(test.store.clone()).waiting(), Ok(0));
    assert_eq!(history(&test, &long).len(), 5213);
    log(&test, &long, &points(5163..5164));
    pack(&test);
    assert_eq!((rows(&test, &long), packed(&test, &long), summary_count(&test, &long)), (0, 5214, 5214));
    assert_eq!(check(&test.store, |_| ()).unwrap().problems, []);
}

pub fn packing_that_was_stopped_goes_on_where_it_was(test: TestStore) {
    let run_id = super::run(&test);
    log(&test, &run_id, &points(0..40_000));
    let before = history(&test, &run_id);
    let mut steps = 0;
    let stopped = Packer::new(test.store.clone()).run(|_| {
        steps += 1;
        steps <= 1
    });
    assert_eq!(stopped.unwrap().0, PackingEnd::Stopped);
    let first = packed(&test, &run_id);
    assert!((1..40_000).contains(&first), "{first}");
    assert_eq!((rows(&test, &run_id), history(&test, &run_id)), (40_000 - first, before.clone()));
    let test = test.reopened();
    pack(&test);
    assert_eq!((packed(&test, &run_id), history(&test, &run_id)), (36_864, before));
}

pub fn one_packs_at_a_time_and_a_dead_one_is_followed(test: TestStore) {
    let run_id = super::run(&test);
    log(&test, &run_id, &points(0..9000));
    let take = |holder: &'static str, until: i64| {
        test.store
            .write(move |tx| {
                tx.execute("DELETE FROM lease", &[])?;
                let lease = "INSERT INTO lease (name, holder, until) VALUES ('packing', $1, $2)";
                Ok(tx.execute(lease, &[holder.into(), until.into()])?)
            })
            .wait()
            .unwrap()
    };
    let packer = Packer::new(test.store.clone());
    take("somebody", test.now_ms() + 30_000);
    assert_eq!(packer.run(|_| true).unwrap(), (PackingEnd::Elsewhere, Packed::default()));
    test.advance_ms(30_001);
    assert_eq!(packer.run(|_| true).unwrap().0, PackingEnd::Done);
    assert_eq!(packed(&test, &run_id), 8192);
    // A clock that was ahead has been set back: what was taken then would last for days.
    log(&test, &run_id, &points(9000..14_000));
    take("somebody", test.now_ms() + 86_400_000);
    assert_eq!(packer.run(|_| true).unwrap().0, PackingEnd::Done);
    assert_eq!(packed(&test, &run_id), 12_288);
}

/// Changes a byte in the middle of the points of every block that a condition holds for; how many there are.
fn damage(test: &TestStore, condition: &'static str) -> usize {
    let flip = move |tx: &mut trainyard_store::Transaction<'_>| {
        let sql = format!("SELECT series, last_timestamp, points FROM metric_block WHERE {condition}");
        let blocks = tx.query(&sql, &[], |row| Ok((row.get::<i64>(0)?, row.get::<i64>(1)?, row.get::<Vec<u8>>(2)?)))?;
        for (series, last, mut bytes) in blocks.clone() {
            let middle = bytes.len() / 2;
            bytes[middle] ^= 1;
            let update = "UPDATE metric_block SET points = $1 WHERE series = $2 AND last_timestamp = $3";
            tx.execute(update, &[bytes.into(), series.into(), last.into()])?;
        }
        Ok(blocks.len())
    };
    test.store.write(flip).wait().unwrap()
}

/// Blocks that are not looked at may be damaged.
pub fn a_page_and_an_interval_read_no_blocks_but_those_they_need(test: TestStore) {
    const BLOCK: i64 = 4096;
    let run_id = super::run(&test);
    let all = points(0..4 * BLOCK);
    log(&test, &run_id, &all);
    pack(&test);
    assert_eq!((blocks(&test, &run_id), rows(&test, &run_id)), (4, 0));
    // Points have the timestamp 1000 + step: the second and the fourth block.
    assert_eq!(damage(&test, "last_timestamp IN (9191, 17383)"), 2);

    let page = |token: &str, most| {
        let (run_id, page_token) = (run_id.clone(), token.to_owned());
        let metric_key = "m".to_owned();
        let max_results = Some(most);
        test.call(GetMetricHistory { run_id, metric_key, max_results, page_token, ..GetMetricHistory::default() })
    };
    // Whether there is a next page is told by the next point.
    let first = page("", BLOCK - 1).unwrap();
    assert_eq!(bits(first.metrics), bits(all[..BLOCK as usize - 1].to_vec()));
    let error = page(&first.next_page_token, 10).unwrap_err();
    assert!(error.to_string().contains("is damaged"), "{error}");
    let interval = |start, end| {
        let request = GetMetricHistoryBulkInterval {
            run_ids: vec![run_id.clone()],
            metric_key: "m".into(),
            start_step: Some(start),
            end_step: Some(end),
            max_results: Some(2500),
        };
        test.call(request)
    };
    let within = interval(2 * BLOCK + 10, 2 * BLOCK + 2009).unwrap();
    assert_eq!(bits(within.metrics), bits(all[2 * BLOCK as usize + 10..][..2000].to_vec()));
    assert!(interval(BLOCK + 10, BLOCK + 2009).is_err());
}

pub fn a_damaged_block_is_an_error_that_harms_nothing_else(test: TestStore) {
    let (bad, good) = (super::run(&test), super::run(&test));
    log(&test, &bad, &points(0..5000));
    pack(&test);
    assert_eq!(damage(&test, "1 = 1"), 1);
    let request = GetMetricHistory { run_id: bad.clone(), metric_key: "m".into(), ..GetMetricHistory::default() };
    let error = test.call(request).unwrap_err();
    assert!(error.to_string().contains("is damaged: its checksum is"), "{error}");
    log(&test, &bad, &points(5000..10_000));
    log(&test, &good, &points(0..5000));
    finish(&test, &bad);
    pack(&test);
    assert_eq!((packed(&test, &good), history(&test, &good).len()), (4096, 5000));
    let run = test.call(GetRun { run_id: bad, ..GetRun::default() }).unwrap().run;
    assert_eq!(run.data.metrics.len(), 1);
}

pub fn a_corrupted_page_stops_the_packing_of_its_series_only(test: TestStore) {
    let runs = [super::run(&test), super::run(&test)];
    for run_id in &runs {
        log(&test, run_id, &points(0..9000));
    }
    let closed = test.without_store();
    let path = closed.folder.path().join("store.db");
    // Pages in the order of their points: the first quarter is of the first run.
    let page: i64 = rusqlite::Connection::open(&path)
        .unwrap()
        .query_row(
            "WITH leaf AS (SELECT pageno, ROW_NUMBER() OVER (ORDER BY path) AS place, COUNT(*) OVER () AS pages FROM dbstat
                           WHERE name = 'metric_point' AND pagetype = 'leaf')
             SELECT pageno FROM leaf WHERE place = pages / 8",
            [],
            |row| row.get(0),
        )
        .unwrap();
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[(page as usize - 1) * 4096..page as usize * 4096].fill(0xa5);
    std::fs::write(&path, bytes).unwrap();

    let store = Store::open(&closed.uri, crate::backend::options()).unwrap();
    let (end, done) = Packer::new(store.clone()).run(|_| true).unwrap();
    assert_eq!((end, done), (PackingEnd::Done, Packed { series: 1, points: 8192 }));
    let counts = store.read(|tx| {
        let sql = "SELECT (SELECT COUNT(*) FROM lease), (SELECT COUNT(*) FROM metric_packing),
                          (SELECT packed_count FROM metric_series ORDER BY id LIMIT 1)";
        tx.query_one(sql, &[], |row| Ok((row.get::<i64>(0)?, row.get::<i64>(1)?, row.get::<i64>(2)?)))
    });
    assert_eq!(counts.wait(), Ok(Some((0, 1, 0))), "the lease is given back, and what could not be packed still waits");
    let request = GetMetricHistory { run_id: runs[1].clone(), metric_key: "m".into(), ..GetMetricHistory::default() };
    assert_eq!(bits(store.execute(request).wait().unwrap().metrics), bits(points(0..9000)));
}

pub fn a_run_that_ends_while_it_is_packed_is_packed_whole(test: TestStore) {
    let run_id = super::run(&test);
    log(&test, &run_id, &points(0..5000));
    let mut running = true;
    let packer = Packer::new(test.store.clone());
    packer
        .run(|_| {
            if std::mem::take(&mut running) {
                finish(&test, &run_id);
            }
            true
        })
        .unwrap();
    pack(&test);
    assert_eq!((rows(&test, &run_id), packed(&test, &run_id)), (0, 5000));
}

pub fn packing_beside_writers_loses_nothing(test: TestStore) {
    const WRITERS: i64 = 3;
    let run_id = super::run(&test);
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| {
                let (store, run_id) = (test.another(), &run_id);
                scope.spawn(move || {
                    for round in 0..12 {
                        // Some come many at a time, between those of the others, and some twice.
                        let count = if round % 3 == 0 { 2000 } else { 150 };
                        let times = (0..count).map(|i| (round * 2000 + i) * WRITERS + writer).collect::<Vec<_>>();
                        let series = Series {
                            key: "m".into(),
                            values: times.iter().map(|time| *time as f64).collect(),
                            timestamps: times.clone(),
                            steps: times,
                            ..Series::default()
                        };
                        let part = RunBatch { run_id: run_id.clone(), series: vec![series], ..RunBatch::default() };
                        for _ in 0..1 + round % 2 {
                            let answer = store.execute(Ingest::encode(std::slice::from_ref(&part)).unwrap()).wait();
                            assert_eq!(answer.unwrap().runs, [RunAnswer::accepted(run_id.clone())]);
                        }
                    }
                })
            })
            .collect();
        let (packer, done) = (Packer::new(test.another()), &done);
        scope.spawn(move || {
            while !done.load(Ordering::Relaxed) {
                packer.mark_all().unwrap();
                packer.run(|_| true).unwrap();
            }
        });
        for writer in writers {
            writer.join().unwrap();
        }
        done.store(true, Ordering::Relaxed);
    });
    finish(&test, &run_id);
    pack(&test);
    let expected: BTreeSet<i64> = (0..12)
        .flat_map(|round| (0..if round % 3 == 0 { 2000 } else { 150 }).map(move |i| round * 2000 + i))
        .flat_map(|i| (0..WRITERS).map(move |writer| i * WRITERS + writer))
        .collect();
    let found: Vec<i64> = history(&test, &run_id).iter().map(|point| point.1).collect();
    assert_eq!(found, expected.into_iter().collect::<Vec<_>>());
    assert_eq!(check(&test.store, |_| ()).unwrap().problems, []);
}
