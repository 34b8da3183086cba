//! Micro-benchmarks of the store: `cargo bench -p trainyard-bench`.
#![allow(clippy::unwrap_used)]

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use trainyard_api::metrics::{GetMetricHistory, GetMetricHistoryBulkInterval, LogMetric, Metric};
use trainyard_api::runs::{CreateRun, LogBatch, SearchRuns};
use trainyard_api::{Empty, RunId};
use trainyard_store::blocks::{self, Point};
use trainyard_store::{ArtifactRoot, Packer, Pending, PostgresOptions, Store, StoreOptions};

fn main() {
    divan::main();
}

/// A store in a folder of its own, which goes away with it.
fn store() -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let uri = format!("sqlite:///{}", folder.path().join("bench.db").display());
    let options = StoreOptions {
        artifact_root: ArtifactRoot::Managed("mlflow-artifacts:/".into()),
        webhook_key: None,
        postgres: PostgresOptions::default(),
    };
    let store = Store::open(&uri, options).unwrap();
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

/// A falling loss with noise, at regular steps, logged about every 130 ms.
fn loss(step: i64) -> Point {
    // Noise that looks random and is the same every time.
    let bits = (step as u64).wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let noise = (bits ^ (bits >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 11;
    let value = 2.0 / (1.0 + step as f64).powf(0.3) + 0.05 * noise as f64 / (1_u64 << 53) as f64;
    Point::with_number(1_700_000_000_000 + step * 130 + (noise % 7) as i64, step, value)
}

#[divan::bench]
fn encode_block(bencher: Bencher<'_, '_>) {
    let points: Vec<Point> = (0..blocks::FULL as i64).map(loss).collect();
    bencher.counter(ItemsCount::new(points.len())).bench(|| blocks::encode(black_box(&points)).unwrap());
}

#[divan::bench]
fn decode_block(bencher: Bencher<'_, '_>) {
    let points: Vec<Point> = (0..blocks::FULL as i64).map(loss).collect();
    let bytes = blocks::encode(&points).unwrap();
    bencher.counter(ItemsCount::new(points.len())).bench(|| blocks::decode(black_box(&bytes)).unwrap());
}

/// A store with one packed series of so many points.
fn packed_store(count: i64) -> (tempfile::TempDir, Store, RunId) {
    let (folder, store) = store();
    let run_id = new_run(&store);
    for first in (0..count).step_by(1000) {
        let point = |step| {
            let Point { step, timestamp, value, .. } = loss(step);
            Metric { key: "loss".into(), step, timestamp, value, ..Metric::default() }
        };
        let metrics = (first..(first + 1000).min(count)).map(point).collect();
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
    bencher.counter(ItemsCount::new(100_000_usize)).bench(|| {
        let (mut bytes, mut page_token) = (0, String::new());
        loop {
            let request = GetMetricHistory {
                run_id: run_id.clone(),
                metric_key: "loss".into(),
                max_results: Some(25_000),
                page_token,
                ..GetMetricHistory::default()
            };
            let page = store.execute(request).wait().unwrap();
            bytes += serde_json::to_vec(&page).unwrap().len();
            page_token = page.next_page_token;
            if page_token.is_empty() {
                return bytes;
            }
        }
    });
}

/// Filters whose reading is most of the work: the experiment they are asked of is empty.
#[divan::bench(args = [
    "metrics.loss < 0.5",
    "params.depth = '3' AND tags.team LIKE 'vis%' AND metrics.`val loss` >= 1e-3 AND status = 'FINISHED'",
])]
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

fn wait(answer: Pending<Empty>) {
    answer.wait().unwrap();
}
