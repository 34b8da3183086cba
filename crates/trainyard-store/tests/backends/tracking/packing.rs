use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use trainyard_api::RunId;
use trainyard_api::ingest::{Ingest, RunAnswer, RunBatch, Series};
use trainyard_api::metrics::*;
use trainyard_api::runs::{GetRun, LogBatch, RunStatus, UpdateRun};
use trainyard_store::maintenance::check;
use trainyard_store::{Packed, Packer, PackingEnd};

use crate::backend::TestStore;

fn points(range: impl IntoIterator<Item = i64>) -> Vec<Metric> {
    range.into_iter().map(|i| point(i, 1000 + i, (i as f64 * 0.37).sin())).collect()
}

fn point(step: i64, timestamp: i64, value: f64) -> Metric {
    Metric { key: "m".into(), step, timestamp, value, ..Metric::default() }
}

fn log(test: &TestStore, run_id: &RunId, metrics: &[Metric]) {
    for metrics in metrics.chunks(1000) {
        let batch = LogBatch { run_id: run_id.clone(), metrics: metrics.to_vec(), ..LogBatch::default() };
        test.call(batch).unwrap();
    }
}

fn finish(test: &TestStore, run_id: &RunId) {
    let status = Some(RunStatus::Finished);
    test.call(UpdateRun { run_id: run_id.clone(), status, ..UpdateRun::default() }).unwrap();
}

fn pack(test: &TestStore) -> Packed {
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

fn rows(test: &TestStore, run_id: &RunId) -> i64 {
    count(test, run_id, "SELECT COUNT(*) FROM metric_point WHERE series IN (SELECT id FROM s)")
}

fn blocks(test: &TestStore, run_id: &RunId) -> i64 {
    count(test, run_id, "SELECT COUNT(*) FROM metric_block WHERE series IN (SELECT id FROM s)")
}

fn packed(test: &TestStore, run_id: &RunId) -> i64 {
    count(test, run_id, "SELECT packed_count FROM s")
}

fn summary_count(test: &TestStore, run_id: &RunId) -> i64 {
    count(
        test,
        run_id,
        "SELECT summary.count FROM metric_summary AS summary JOIN metric_series AS series
          ON series.run = summary.run AND series.metric_key = summary.metric_key WHERE series.id IN (SELECT id FROM s)",
    )
}

/// Points as what has to be the same bit for bit.
fn bits(metrics: Vec<Metric>) -> Vec<(i64, i64, u64)> {
    metrics.into_iter().map(|metric| (metric.timestamp, metric.step, metric.value.to_bits())).collect()
}

fn history(test: &TestStore, run_id: &RunId) -> Vec<(i64, i64, u64)> {
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

pub fn a_damaged_block_is_an_error_that_harms_nothing_else(test: TestStore) {
    let (bad, good) = (super::run(&test), super::run(&test));
    log(&test, &bad, &points(0..5000));
    pack(&test);
    let flip = |tx: &mut trainyard_store::Transaction<'_>| {
        let bytes = tx.query_one("SELECT points FROM metric_block", &[], |row| row.get::<Vec<u8>>(0))?;
        let mut bytes = bytes.unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        Ok(tx.execute("UPDATE metric_block SET points = $1", &[bytes.into()])?)
    };
    assert_eq!(test.store.write(flip).wait(), Ok(1));
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

/// What a case of the property test does to both of its runs.
#[derive(Debug, Clone, Copy)]
enum Act {
    /// Points in the order of time.
    Go { count: usize, seed: u64 },
    /// Points of one time.
    Stand { count: usize, seed: u64 },
    /// Points anywhere in the past.
    Late { count: usize, seed: u64 },
    /// A batch from before.
    Repeat { seed: u64 },
    /// Packing, of one of the runs.
    Pack { finished: bool },
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let count = 1_usize..3000;
    let act = prop_oneof![
        3 => (count.clone(), any::<u64>()).prop_map(|(count, seed)| Act::Go { count, seed }),
        1 => (count.clone(), any::<u64>()).prop_map(|(count, seed)| Act::Stand { count, seed }),
        2 => (1_usize..200, any::<u64>()).prop_map(|(count, seed)| Act::Late { count, seed }),
        1 => any::<u64>().prop_map(|seed| Act::Repeat { seed }),
        3 => any::<bool>().prop_map(|finished| Act::Pack { finished }),
    ];
    prop::collection::vec(act, 1..12)
}

/// Numbers that look random; the same for the same seed.
fn numbers(seed: u64) -> impl FnMut() -> u64 {
    let mut state = seed | 1;
    move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    }
}

fn any_value(number: u64) -> f64 {
    match number % 16 {
        0 => f64::NAN,
        1 => f64::INFINITY,
        2 => f64::NEG_INFINITY,
        3 => -0.0,
        4 => 0.0,
        5 => f64::from_bits(number),
        _ => (number >> 20) as f64 / 1e6,
    }
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

pub fn packing_changes_no_answer(test: TestStore) {
    // Few cases, since each writes thousands of points twice.
    let mut runner = TestRunner::new(Config { cases: 12, failure_persistence: None, ..Config::default() });
    runner
        .run(&(acts(), any::<bool>()), |(acts, steps_go_back)| {
            let (plain, packed) = (super::run(&test), super::run(&test));
            let mut batches: Vec<Vec<Metric>> = Vec::new();
            let mut now = 1000;
            for act in &acts {
                let mut batch = Vec::new();
                match *act {
                    Act::Go { count, seed } | Act::Stand { count, seed } | Act::Late { count, seed } => {
                        let mut number = numbers(seed);
                        for _ in 0..count {
                            let timestamp = match act {
                                Act::Go { .. } => {
                                    now += 1 + (number() % 3) as i64;
                                    now
                                }
                                Act::Stand { .. } => now,
                                _ => (number() % (now as u64 + 1)) as i64,
                            };
                            let step = if steps_go_back { (number() % 50) as i64 } else { timestamp };
                            batch.push(point(step, timestamp, any_value(number())));
                        }
                    }
                    Act::Repeat { seed } if !batches.is_empty() => {
                        batch = batches[seed as usize % batches.len()].clone();
                    }
                    Act::Repeat { .. } => {}
                    Act::Pack { finished } => pack_one(&test, &packed, finished),
                }
                log(&test, &plain, &batch);
                log(&test, &packed, &batch);
                if !batch.is_empty() {
                    batches.push(batch);
                }
            }
            if !batches.is_empty() {
                compare(&test, &plain, &packed, now)?;
            }
            Ok(())
        })
        .unwrap();
}

fn pack_one(test: &TestStore, run_id: &RunId, finished: bool) {
    let status = Some(if finished { RunStatus::Finished } else { RunStatus::Running });
    test.call(UpdateRun { run_id: run_id.clone(), status, ..UpdateRun::default() }).unwrap();
    let listed = run_id.clone();
    test.store
        .write(move |tx| {
            tx.execute("DELETE FROM metric_packing", &[])?;
            let list = "INSERT INTO metric_packing (series) SELECT series.id FROM metric_series AS series
                        JOIN run ON run.id = series.run WHERE run.run_id = $1";
            Ok(tx.execute(list, &[(&listed).into()])?)
        })
        .wait()
        .unwrap();
    pack(test);
}

fn compare(test: &TestStore, plain: &RunId, packed: &RunId, now: i64) -> Result<(), TestCaseError> {
    prop_assert_eq!(history(test, plain), history(test, packed));
    prop_assert_eq!(summary_count(test, plain), summary_count(test, packed));
    prop_assert_eq!(summary_count(test, packed), rows(test, packed) + self::packed(test, packed));
    let latest = |run_id: &RunId| {
        bits(test.call(GetRun { run_id: run_id.clone(), ..GetRun::default() }).unwrap().run.data.metrics)
    };
    prop_assert_eq!(latest(plain), latest(packed));
    for max_results in [701, 5000] {
        // Tokens belong to a run, places do not: both runs are paged by their own.
        let pages = |run_id: &RunId| {
            let (mut pages, mut page_token) = (Vec::new(), String::new());
            loop {
                let request = GetMetricHistory {
                    run_id: run_id.clone(),
                    metric_key: "m".into(),
                    max_results: Some(max_results),
                    page_token,
                    ..GetMetricHistory::default()
                };
                let page = test.call(request).unwrap();
                pages.push(bits(page.metrics));
                if page.next_page_token.is_empty() {
                    return pages;
                }
                page_token = page.next_page_token;
            }
        };
        prop_assert_eq!(pages(plain), pages(packed));
    }
    for most in [1, 2, 3, 7, 40, 999, 2500] {
        for steps in [None, Some((0, 20)), Some((now / 3, now / 2)), Some((now / 2, i64::MAX))] {
            let sample = |run_id: &RunId| {
                let request = GetMetricHistoryBulkInterval {
                    run_ids: vec![run_id.clone()],
                    metric_key: "m".into(),
                    start_step: steps.map(|(start, _)| start),
                    end_step: steps.map(|(_, end)| end),
                    max_results: Some(most),
                };
                bits(test.call(request).unwrap().metrics)
            };
            prop_assert_eq!(sample(plain), sample(packed), "{} of {:?}", most, steps);
        }
    }
    for max_results in [1, 4097, 20_000] {
        let bulk = |run_id: &RunId| {
            let run_ids = vec![run_id.clone()];
            let request =
                GetMetricHistoryBulk { run_ids, metric_key: Some("m".into()), max_results: Some(max_results) };
            bits(test.call(request).unwrap().metrics)
        };
        prop_assert_eq!(bulk(plain), bulk(packed));
    }
    Ok(())
}
