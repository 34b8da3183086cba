//! Runs: one execution of training code, with its params, metrics and tags.
//!
//! A training program has [`Run`](crate::Run) for it, whose calls do not wait. These requests are answered once they are carried
//! out.
//!
//! ```
//! # fn main() -> Result<(), trainyard::Error> {
//! # let folder = tempfile::tempdir().expect("a folder");
//! # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
//! use trainyard::api::metrics::Metric;
//! use trainyard::api::runs::{
//!     CreateRun, DeleteRun, DeleteTag, GetRun, LogBatch, LogModel, LogParam, RestoreRun, RunColumns, RunStatus,
//!     SearchRuns, SetTag, UpdateRun,
//! };
//! use trainyard::api::{LifecycleStage, Param, Tag};
//!
//! let made = CreateRun { run_name: "first".to_owned(), start_time: Some(1000), ..Default::default() };
//! let run_id = client.call(made)?.run.info.run_id;
//! let (key, value) = ("max_depth".to_owned(), "5".to_owned());
//! client.call(LogParam { run_id: run_id.clone(), key, value, ..Default::default() })?;
//! let (key, value) = ("draft".to_owned(), "yes".to_owned());
//! client.call(SetTag { run_id: run_id.clone(), key: key.clone(), value, ..Default::default() })?;
//! client.call(DeleteTag { run_id: run_id.clone(), key })?;
//! client.call(LogBatch {
//!     run_id: run_id.clone(),
//!     metrics: vec![Metric { key: "accuracy".to_owned(), value: 0.97, timestamp: 2000, ..Default::default() }],
//!     params: vec![Param::new("seed", "42")],
//!     tags: vec![Tag::new("team", "botany")],
//! })?;
//! let model_json = format!(
//!     r#"{{"artifact_path": "model", "flavors": {{}}, "run_id": "{run_id}", "utc_time_created": "2026-01-01 00:00:00"}}"#
//! );
//! client.call(LogModel { run_id: run_id.clone(), model_json })?;
//! let ended = UpdateRun {
//!     run_id: run_id.clone(),
//!     status: Some(RunStatus::Finished),
//!     end_time: Some(3000),
//!     ..Default::default()
//! };
//! assert!(client.call(ended)?.run_info.status.is_terminal());
//!
//! let found = client.call(SearchRuns {
//!     experiment_ids: vec!["0".into()],
//!     filter: "metrics.accuracy > 0.9 AND params.max_depth = '5'".to_owned(),
//!     order_by: vec!["metrics.accuracy DESC".to_owned()],
//!     columns: Some(RunColumns { params: vec!["seed".to_owned()], ..Default::default() }),
//!     ..Default::default()
//! })?;
//! assert_eq!(found.runs[0].info.run_name, "first");
//! assert_eq!(found.runs[0].data.params, [Param::new("seed", "42")]);
//!
//! client.call(DeleteRun { run_id: run_id.clone() })?;
//! client.call(RestoreRun { run_id: run_id.clone() })?;
//! let run = client.call(GetRun { run_id, ..Default::default() })?.run;
//! assert_eq!(run.info.lifecycle_stage, LifecycleStage::Active);
//! assert_eq!(run.info.end_time, Some(3000));
//! # Ok(())
//! # }
//! ```

pub use trainyard_api::runs::{
    CreateRun, DeleteRun, DeleteTag, GetRun, GetRunResponse, LogBatch, LogModel, LogParam, RestoreRun, Run, RunColumns,
    RunData, RunInfo, RunStatus, SearchRuns, SearchRunsResponse, SetTag, UpdateRun, UpdateRunResponse,
};
