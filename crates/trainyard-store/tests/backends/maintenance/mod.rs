pub mod check;
pub mod column_names;
pub mod removal;
pub mod room;

use trainyard_api::RunId;
use trainyard_api::metrics::Metric;
use trainyard_api::runs::{CreateRun, LogBatch, RunStatus, UpdateRun};
use trainyard_store::Packer;

use crate::backend::TestStore;

/// A run of an experiment with `count` points of `loss`; finished and packed.
fn packed_run(test: &TestStore, experiment_id: &str, count: i64) -> RunId {
    let request = CreateRun { experiment_id: experiment_id.into(), ..CreateRun::default() };
    let run_id = test.call(request).unwrap().run.info.run_id;
    let point =
        |i: i64| Metric { key: "loss".into(), step: i, timestamp: i, value: 1.0 / (i + 1) as f64, ..Metric::default() };
    let points: Vec<Metric> = (0..count).map(point).collect();
    for metrics in points.chunks(500) {
        test.call(LogBatch { run_id: run_id.clone(), metrics: metrics.to_vec(), ..LogBatch::default() }).unwrap();
    }
    let status = Some(RunStatus::Finished);
    test.call(UpdateRun { run_id: run_id.clone(), status, ..UpdateRun::default() }).unwrap();
    Packer::new(test.store.clone()).run(|_| true).unwrap();
    run_id
}
