//! Experiments: named groups of runs.
//!
//! ```
//! # fn main() -> Result<(), trainyard::Error> {
//! # let folder = tempfile::tempdir().expect("a folder");
//! # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
//! use trainyard::api::experiments::{
//!     CreateExperiment, DeleteExperiment, DeleteExperimentTag, GetExperiment, GetExperimentByName, ListExperiments,
//!     RestoreExperiment, SearchExperiments, SetExperimentTag, UpdateExperiment,
//! };
//! use trainyard::api::{LifecycleStage, Tag};
//!
//! let made = CreateExperiment {
//!     name: "irs".to_owned(),
//!     tags: vec![Tag::new("team", "botany")],
//!     ..Default::default()
//! };
//! let experiment_id = client.call(made)?.experiment_id;
//! client.call(UpdateExperiment { experiment_id: experiment_id.clone(), new_name: "iris".to_owned() })?;
//! let by_name = client.call(GetExperimentByName { experiment_name: "iris".to_owned() })?.experiment;
//! assert_eq!(by_name.experiment_id, experiment_id);
//!
//! let wanted = SearchExperiments {
//!     max_results: Some(10),
//!     filter: "tags.team = 'botany'".to_owned(),
//!     order_by: vec!["name ASC".to_owned()],
//!     ..Default::default()
//! };
//! assert_eq!(client.call(wanted.clone())?.experiments[0].name, "iris");
//! assert_eq!(client.call(ListExperiments(wanted))?.experiments.len(), 1);
//!
//! let (key, value) = ("stage".to_owned(), "pilot".to_owned());
//! client.call(SetExperimentTag { experiment_id: experiment_id.clone(), key, value })?;
//! client.call(DeleteExperimentTag { experiment_id: experiment_id.clone(), key: "team".to_owned() })?;
//! let experiment = client.call(GetExperiment { experiment_id: experiment_id.clone() })?.experiment;
//! assert_eq!(experiment.tags, [Tag::new("stage", "pilot")]);
//!
//! client.call(DeleteExperiment { experiment_id: experiment_id.clone() })?;
//! let deleted = client.call(GetExperiment { experiment_id: experiment_id.clone() })?.experiment;
//! assert_eq!(deleted.lifecycle_stage, LifecycleStage::Deleted);
//! client.call(RestoreExperiment { experiment_id })?;
//! # Ok(())
//! # }
//! ```

pub use trainyard_api::experiments::{
    CreateExperiment, CreateExperimentResponse, DeleteExperiment, DeleteExperimentTag, Experiment, GetExperiment,
    GetExperimentByName, GetExperimentResponse, ListExperiments, RestoreExperiment, SearchExperiments,
    SearchExperimentsResponse, SetExperimentTag, UpdateExperiment,
};
