//! What metric points take at rest, and how long it takes to read them: `cargo bench -p trainyard-bench --bench at_rest`.
//!
//! Ten runs share the points, a noisy loss each, logged at regular steps. The number of points follows `--`: 10,000,000.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod series;

use std::time::{Duration, Instant};

use series::{history_as_json, loss, open, wait};
use trainyard_api::RunId;
use trainyard_api::metrics::GetMetricHistoryBulkInterval;
use trainyard_api::runs::{CreateRun, LogBatch, RunStatus, UpdateRun};
use trainyard_store::maintenance::{Shrinking, Stats, shrink, stats};
use trainyard_store::{Packer, Store};

const RUNS: i64 = 10;
const BATCH: i64 = 1000;
/// Batches that are sent at once.
const AT_ONCE: usize = 32;
/// Each reading is timed so many times.
const TIMES: usize = 21;

fn main() {
    let points: i64 = std::env::args().skip(1).find_map(|arg| arg.parse().ok()).unwrap_or(10_000_000);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bench.db");
    let store = open(&path);
    let began = Instant::now();
    let runs: Vec<RunId> = (0..RUNS).map(|run| fill(&store, run, points / RUNS)).collect();
    println!("logged {points} points, {:.0} a second", points as f64 / began.elapsed().as_secs_f64());
    report("as rows", &store);
    read("as rows", &store, &runs[0]);

    for run_id in &runs {
        let status = Some(RunStatus::Finished);
        store.execute(UpdateRun { run_id: run_id.clone(), status, ..UpdateRun::default() }).wait().unwrap();
    }
    let began = Instant::now();
    let (_, packed) = Packer::new(store.clone()).run(|_| true).unwrap();
    println!("packed {} points, {:.0} a second", packed.points, packed.points as f64 / began.elapsed().as_secs_f64());
    let began = Instant::now();
    while let Shrinking::Some(_) = store.write(shrink).wait().unwrap() {}
    println!("gave free pages back in {:.1} s", began.elapsed().as_secs_f64());
    report("in blocks", &store);
    drop(store);
    let bytes = std::fs::metadata(&path).unwrap().len();
    println!("the whole file: {:.2} bytes a point", bytes as f64 / points as f64);
    read("in blocks", &open(&path), &runs[0]);
}

/// A run with a noisy loss.
fn fill(store: &Store, run: i64, points: i64) -> RunId {
    let run_id = store.execute(CreateRun::default()).wait().unwrap().run.info.run_id;
    let mut sent = Vec::with_capacity(AT_ONCE);
    for first in (0..points).step_by(BATCH as usize) {
        let metrics = (first..(first + BATCH).min(points)).map(|step| loss(run, step)).collect();
        sent.push(store.execute(LogBatch { run_id: run_id.clone(), metrics, ..LogBatch::default() }));
        if sent.len() == AT_ONCE {
            sent.drain(..).for_each(wait);
        }
    }
    sent.into_iter().for_each(wait);
    run_id
}

fn report(how: &str, store: &Store) {
    let Stats { bytes_per_point, rows, blocks, .. } = store.read(stats).wait().unwrap();
    println!("{how}: {:.2} bytes a point ({rows} rows, {blocks} blocks)", bytes_per_point.unwrap_or_default());
}

fn read(how: &str, store: &Store, run_id: &RunId) {
    let chart = median(|| {
        let request = GetMetricHistoryBulkInterval {
            run_ids: vec![run_id.clone()],
            metric_key: "loss".into(),
            max_results: Some(1000),
            ..GetMetricHistoryBulkInterval::default()
        };
        assert_eq!(store.execute(request).wait().unwrap().metrics.len(), 1000);
    });
    println!("{how}: a chart of 1000 points from one run in {chart:.2?}");
    let mut points = 0;
    let history = median(|| points = history_as_json(store, run_id, 4));
    println!("{how}: {points} points as JSON, 25,000 a page, in {history:.2?}");
}

fn median(mut work: impl FnMut()) -> Duration {
    let time = |_| {
        let began = Instant::now();
        work();
        began.elapsed()
    };
    let mut times: Vec<Duration> = (0..TIMES).map(time).collect();
    times.sort();
    times[TIMES / 2]
}
