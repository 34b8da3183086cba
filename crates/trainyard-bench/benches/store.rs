//! Micro-benchmarks of the store: `cargo bench -p trainyard-bench`.
#![allow(clippy::unwrap_used)]

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use trainyard_api::RunId;
use trainyard_api::metrics::Metric;
use trainyard_api::runs::{CreateRun, LogBatch, SearchRuns};
use trainyard_store::{ArtifactRoot, PostgresOptions, Store, StoreOptions};

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
