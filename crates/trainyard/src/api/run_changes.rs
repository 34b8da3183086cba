//! One change of many runs, all or none.
//!
//! ```
//! # fn main() -> Result<(), trainyard::Error> {
//! # let folder = tempfile::tempdir().expect("a folder");
//! # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
//! use trainyard::api::LifecycleStage;
//! use trainyard::api::run_changes::{ChangeRuns, RunAction};
//! use trainyard::api::runs::{CreateRun, GetRun};
//!
//! let made = [client.call(CreateRun::default())?, client.call(CreateRun::default())?];
//! let run_ids: Vec<_> = made.into_iter().map(|made| made.run.info.run_id).collect();
//! client.call(ChangeRuns {
//!     run_ids: run_ids.clone(),
//!     action: Some(RunAction::SetTag),
//!     key: "reviewed".to_owned(),
//!     value: "yes".to_owned(),
//! })?;
//! client.call(ChangeRuns { run_ids: run_ids.clone(), action: Some(RunAction::Delete), ..Default::default() })?;
//! for run_id in run_ids {
//!     let run = client.call(GetRun { run_id, ..Default::default() })?.run;
//!     assert_eq!(run.info.lifecycle_stage, LifecycleStage::Deleted);
//!     assert!(run.data.tags.iter().any(|tag| tag.key == "reviewed"));
//! }
//! # Ok(())
//! # }
//! ```

pub use trainyard_api::run_changes::{ChangeRuns, RunAction};
