//! Micro-benchmarks of the store: `cargo bench -p trainyard-bench`.
#![allow(clippy::unwrap_used)]

mod series;

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use series::{loss, wait};
use trainyard_api::RunId;
use trainyard_api::metrics::{GetMetricHistoryBulkInterval, LogMetric, Metric};
use trainyard_api::runs::{CreateRun, LogBatch, SearchRuns};
use trainyard_store::blocks::{self, Point};
use trainyard_store::{Packer, Store};

fn main() {
    divan::main();
}

/// A store in a folder of its own, which goes away with it.
fn store() -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = series::open(&folder.path().join("bench.db"));
    (folder, store)
}

fn new_run(store: &Store) -> RunId {
    store.execute(CreateRun::default()).wait().unwrap().run.info.run_id
}

fn batch(run_id: &RunId, points: usize, first_step: i64) -> LogBatch {
    let metrics = (0..points as i64).map(|point| Metric {
        key: format!("key{}", point % 10),
        value: point as f64,
        timestamp: 1_700_000_000_000 + first_step + point,
        step: first_step + point,
        ..Metric::default()
    });
    LogBatch { run_id: run_id.clone(), metrics: metrics.collect(), ..LogBatch::default() }
}

#[divan::bench(args = [1, 10, 100, 1000])]
fn log_batch(bencher: Bencher<'_, '_>, points: usize) {
    let (_folder, store) = store();
    let run_id = new_run(&store);
    let mut step = 0;
    bencher
        .counter(ItemsCount::new(points))
        .with_inputs(|| {
            step += points as i64;
            batch(&run_id, points, step)
        })
        .bench_local_values(|request| store.execute(request).wait().unwrap());
}

/// Single points, so many sent at once: they share a transaction and a sync of the disk.
#[divan::bench(args = [1, 8, 32, 128])]
fn group_commit(bencher: Bencher<'_, '_>, writes: usize) {
    let (_folder, store) = store();
    let run_id = new_run(&store);
    let mut step = 0;
    bencher.counter(ItemsCount::new(writes)).bench_local(|| {
        let point = |step| LogMetric {
            run_id: run_id.clone(),
            key: "loss".into(),
            value: Some(0.5),
            timestamp: Some(step),
            step,
            ..LogMetric::default()
        };
        let first = step;
        step += writes as i64;
        let sent: Vec<_> = (first..step).map(|step| store.execute(point(step))).collect();
        sent.into_iter().for_each(wait);
    });
}

/// The points of one block.
fn block() -> Vec<Point> {
    let point = |step| {
        let Metric { step, timestamp, value, .. } = loss(1, step);
        Point::with_number(timestamp, step, value)
    };
    (0..blocks::FULL as i64).map(point).collect()
}

#[divan::bench]
fn encode_block(bencher: Bencher<'_, '_>) {
    let points = block();
    bencher.counter(ItemsCount::new(points.len())).bench(|| blocks::encode(black_box(&points)).unwrap());
}

#[divan::bench]
fn decode_block(bencher: Bencher<'_, '_>) {
    let points = block();
    let bytes = blocks::encode(&points).unwrap();
    bencher.counter(ItemsCount::new(points.len())).bench(|| blocks::decode(black_box(&bytes)).unwrap());
}

/// A store with one packed series of so many points.
fn packed_store(count: i64) -> (tempfile::TempDir, Store, RunId) {
    let (folder, store) = store();
    let run_id = new_run(&store);
    for first in (0..count).step_by(1000) {
        let metrics = (first..(first + 1000).min(count)).map(|step| loss(1, step)).collect();
        store.execute(LogBatch { run_id: run_id.clone(), metrics, ..LogBatch::default() }).wait().unwrap();
    }
    Packer::new(store.clone()).run(|_| true).unwrap();
    (folder, store, run_id)
}

/// A chart of a long series.
#[divan::bench(args = [100_000, 1_000_000], sample_count = 20)]
fn sample_1000_points(bencher: Bencher<'_, '_>, count: i64) {
    let (_folder, store, run_id) = packed_store(count);
    let request = GetMetricHistoryBulkInterval {
        run_ids: vec![run_id],
        metric_key: "loss".into(),
        max_results: Some(1000),
        ..GetMetricHistoryBulkInterval::default()
    };
    bencher.bench(|| store.execute(request.clone()).wait().unwrap());
}

/// A history of 100,000 points as JSON, 25,000 a page.
#[divan::bench(sample_count = 20)]
fn history_as_json(bencher: Bencher<'_, '_>) {
    let (_folder, store, run_id) = packed_store(100_000);
    bencher
        .counter(ItemsCount::new(100_000_usize))
        .bench(|| assert_eq!(series::history_as_json(&store, &run_id, 5), 100_000));
}

const FILTERS: [&str; 2] = [
    "metrics.loss < 0.5",
    "params.depth = '3' AND tags.team LIKE 'vis%' AND metrics.`val loss` >= 1e-3 AND status = 'FINISHED'",
];

/// Reading filters and writing their SQL, without asking the database; so many in a row that the way to its thread is little.
#[divan::bench(args = FILTERS)]
fn compile_filter(bencher: Bencher<'_, '_>, text: &str) {
    const TIMES: usize = 1000;
    let (_folder, store) = store();
    bencher.counter(ItemsCount::new(TIMES)).bench(|| {
        let text = text.to_owned();
        let all =
            store.read(move |tx| (0..TIMES).try_for_each(|_| trainyard_store::compile_filter(tx, black_box(&text))));
        all.wait().unwrap();
    });
}

/// Searches that are little more than the reading of their filters: the experiment they are asked of is empty.
#[divan::bench(args = FILTERS)]
fn filter(bencher: Bencher<'_, '_>, text: &str) {
    let (_folder, store) = store();
    let request = SearchRuns { experiment_ids: vec!["0".into()], filter: text.to_owned(), ..SearchRuns::default() };
    bencher.bench(|| store.execute(black_box(request.clone())).wait().unwrap());
}

/// One page out of a thousand runs, filtered and ordered by a metric.
#[divan::bench]
fn search_page(bencher: Bencher<'_, '_>) {
    let (_folder, store) = store();
    for _ in 0..1000 {
        let run_id = new_run(&store);
        store.execute(batch(&run_id, 10, 0)).wait().unwrap();
    }
    let request = SearchRuns {
        experiment_ids: vec!["0".into()],
        filter: "metrics.key5 > 1".into(),
        order_by: vec!["metrics.key5 DESC".into()],
        max_results: Some(100),
        ..SearchRuns::default()
    };
    bencher.bench(|| store.execute(request.clone()).wait().unwrap());
}
