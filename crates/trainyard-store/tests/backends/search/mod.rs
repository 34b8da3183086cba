pub mod any_text;
pub mod documentation;
pub mod experiment_search;
pub mod language;
pub mod logged_model_search;
pub mod naive;
pub mod pages;
pub mod plans;
pub mod registry_search;
pub mod run_groups;
pub mod run_search;

use trainyard_api::experiments::CreateExperiment;
use trainyard_api::metrics::Metric;
use trainyard_api::runs::{CreateRun, LogBatch, SearchRuns};
use trainyard_api::{ErrorCode, ExperimentId, Param, RunId, Tag};
use trainyard_store::StoreError;

use crate::backend::TestStore;

/// What a test logs to a run.
#[derive(Debug, Clone, Default)]
pub struct RunSpec {
    pub name: String,
    pub start_time: i64,
    pub metrics: Vec<(String, f64)>,
    pub params: Vec<(String, String)>,
    pub tags: Vec<(String, String)>,
}

pub fn experiment(test: &TestStore, name: &str) -> ExperimentId {
    test.call(CreateExperiment { name: name.into(), ..Default::default() }).unwrap().experiment_id
}

pub fn add_run(test: &TestStore, experiment_id: &ExperimentId, spec: &RunSpec) -> RunId {
    add_run_of(test, experiment_id, spec, "someone")
}

pub fn add_run_of(test: &TestStore, experiment_id: &ExperimentId, spec: &RunSpec, user_id: &str) -> RunId {
    let request = CreateRun {
        experiment_id: experiment_id.clone(),
        run_name: spec.name.clone(),
        user_id: user_id.into(),
        start_time: Some(spec.start_time),
        ..Default::default()
    };
    let run_id = test.call(request).unwrap().run.info.run_id;
    let metric = |(key, value): &(String, f64)| Metric { key: key.clone(), value: *value, ..Default::default() };
    let batch = LogBatch {
        run_id: run_id.clone(),
        metrics: spec.metrics.iter().map(metric).collect(),
        params: spec.params.iter().map(|(key, value)| Param::new(key, value)).collect(),
        tags: spec.tags.iter().map(|(key, value)| Tag::new(key, value)).collect(),
    };
    test.call(batch).unwrap();
    run_id
}

/// Names of the runs that a search finds, in their order.
pub fn run_names(test: &TestStore, request: SearchRuns) -> Result<Vec<String>, StoreError> {
    test.call(request).map(|found| found.runs.into_iter().map(|run| run.info.run_name).collect())
}

/// The message of a search that is refused.
pub fn refused<T: std::fmt::Debug>(outcome: Result<T, StoreError>) -> String {
    let error = outcome.unwrap_err();
    assert_eq!(error.code(), ErrorCode::InvalidParameterValue, "{error}");
    error.to_string()
}
