pub mod activity;
pub mod batch;
pub mod charts;
pub mod columns;
pub mod datasets;
pub mod experiments;
pub mod gathering;
pub mod histories;
pub mod ingest;
pub mod logged_models;
pub mod metric_summaries;
pub mod metrics;
pub mod model_history;
pub mod packed_answers;
pub mod packing;
pub mod packing_among_writes;
pub mod params;
pub mod run_changes;
pub mod run_trees;
pub mod runs;
pub mod series;
pub mod tags;
pub mod views;

use trainyard_api::runs::{CreateRun, GetRun, Run};
use trainyard_api::{ApiError, ErrorCode, RunId};
use trainyard_store::StoreError;

use crate::backend::TestStore;

/// A run in the experiment `Default`.
pub fn run(test: &TestStore) -> RunId {
    test.call(CreateRun::default()).unwrap().run.info.run_id
}

fn get(test: &TestStore, run_id: &RunId) -> Run {
    test.call(GetRun { run_id: run_id.clone(), ..GetRun::default() }).unwrap().run
}

/// The code and message that a client is sent.
pub fn refused<T: std::fmt::Debug>(outcome: Result<T, StoreError>) -> (ErrorCode, String) {
    let ApiError { error_code, message } = outcome.unwrap_err().into();
    (error_code, message)
}

fn invalid(message: &str) -> (ErrorCode, String) {
    (ErrorCode::InvalidParameterValue, message.to_owned())
}

fn absent(message: &str) -> (ErrorCode, String) {
    (ErrorCode::ResourceDoesNotExist, message.to_owned())
}

fn missing(field: &str) -> (ErrorCode, String) {
    invalid(&ApiError::missing(field).message)
}
