//! What travels between a Trainyard server and its clients: entities, requests, responses, ids, limits and errors.
//!
//! Everything here is plain data with the shape of MLflow's REST interface. There is no IO and no async; the
//! rules behind the requests are in `trainyard-store`, the routes in `trainyard-server`.
//!
//! Examples are written for users of the SDK, which passes these types on as `trainyard::api`.

#![forbid(unsafe_code)]

pub mod artifact_path;
mod decode;
mod endpoint;
mod error;
mod id;
pub mod limits;
pub mod rules;
mod wire;

pub mod activity;
pub mod artifacts;
pub mod charts;
pub mod columns;
pub mod datasets;
pub mod evaluation_datasets;
pub mod experiments;
pub mod export;
pub mod ingest;
pub mod logged_models;
pub mod metric_summaries;
pub mod metrics;
pub mod model_versions;
pub mod registered_models;
pub mod run_changes;
pub mod run_events;
pub mod run_groups;
pub mod run_trees;
pub mod runs;
pub mod server_info;
pub mod views;
pub mod webhooks;

pub use decode::{DecodeError, decode_json, decode_map, decode_query};
#[doc(hidden)]
pub use endpoint::Stored;
pub use endpoint::{Empty, Endpoint, JsonEndpoint, Method};
pub use error::{ApiError, ErrorCode};
pub use id::{ExperimentId, ModelId, RunId};

use serde::{Deserialize, Serialize};

/// A key with a text value: tags of any entity, and parameters.
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::KeyValue;
/// use trainyard::api::runs::{CreateRun, GetRun, SetTag};
///
/// let run_id = client.call(CreateRun::default())?.run.info.run_id;
/// let KeyValue { key, value } = KeyValue::new("team", "botany");
/// client.call(SetTag { run_id: run_id.clone(), key, value, ..Default::default() })?;
/// let run = client.call(GetRun { run_id, ..Default::default() })?.run;
/// assert!(run.data.tags.contains(&KeyValue::new("team", "botany")));
/// # Ok::<(), trainyard::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct KeyValue {
    /// The key, unique within its owner.
    pub key: String,
    /// The value.
    pub value: String,
}

impl KeyValue {
    /// A pair from anything that is text.
    ///
    /// ```
    /// let pair = trainyard::api::KeyValue::new("max_depth", 5.to_string());
    /// assert_eq!((pair.key.as_str(), pair.value.as_str()), ("max_depth", "5"));
    /// ```
    pub fn new(key: impl Into<String>, value: impl Into<String>) -> Self {
        Self { key: key.into(), value: value.into() }
    }
}

/// A tag of an experiment, run, logged model, registered model or model version.
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::Tag;
/// use trainyard::api::experiments::{CreateExperiment, GetExperimentByName};
///
/// let tags = vec![Tag::new("team", "botany")];
/// client.call(CreateExperiment { name: "iris".to_owned(), tags, ..Default::default() })?;
/// let found = client.call(GetExperimentByName { experiment_name: "iris".to_owned() })?;
/// assert_eq!(found.experiment.tags[0].value, "botany");
/// # Ok::<(), trainyard::Error>(())
/// ```
pub type Tag = KeyValue;
/// A parameter of a run or logged model.
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::Param;
/// use trainyard::api::runs::{CreateRun, GetRun, LogBatch};
///
/// let run_id = client.call(CreateRun::default())?.run.info.run_id;
/// let params = vec![Param::new("max_depth", "5"), Param::new("seed", "42")];
/// client.call(LogBatch { run_id: run_id.clone(), params, ..Default::default() })?;
/// let run = client.call(GetRun { run_id, ..Default::default() })?.run;
/// assert_eq!(run.data.params[1], Param::new("seed", "42"));
/// # Ok::<(), trainyard::Error>(())
/// ```
pub type Param = KeyValue;

/// Whether something is in use or has been soft-deleted.
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::LifecycleStage;
/// use trainyard::api::runs::{CreateRun, DeleteRun, GetRun};
///
/// let run_id = client.call(CreateRun::default())?.run.info.run_id;
/// client.call(DeleteRun { run_id: run_id.clone() })?;
/// let run = client.call(GetRun { run_id, ..Default::default() })?.run;
/// assert_eq!(run.info.lifecycle_stage, LifecycleStage::Deleted);
/// # Ok::<(), trainyard::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LifecycleStage {
    /// In use.
    #[default]
    Active,
    /// Soft-deleted; can be restored.
    Deleted,
}

impl LifecycleStage {
    /// The word on the wire and in the database.
    ///
    /// ```
    /// assert_eq!(trainyard::api::LifecycleStage::Active.as_str(), "active");
    /// ```
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Deleted => "deleted",
        }
    }
}

/// Which lifecycle stages a search returns.
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::ViewType;
/// use trainyard::api::runs::{CreateRun, DeleteRun, SearchRuns};
///
/// let run_id = client.call(CreateRun::default())?.run.info.run_id;
/// client.call(DeleteRun { run_id })?;
/// let of = |run_view_type| SearchRuns { experiment_ids: vec!["0".into()], run_view_type, ..Default::default() };
/// assert_eq!(client.call(of(ViewType::ActiveOnly))?.runs.len(), 0);
/// assert_eq!(client.call(of(ViewType::DeletedOnly))?.runs.len(), 1);
/// assert_eq!(client.call(of(ViewType::All))?.runs.len(), 1);
/// # Ok::<(), trainyard::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum ViewType {
    /// Only what is in use.
    #[default]
    #[serde(rename = "ACTIVE_ONLY", alias = "1")]
    ActiveOnly,
    /// Only what has been deleted.
    #[serde(rename = "DELETED_ONLY", alias = "2")]
    DeletedOnly,
    /// Both.
    #[serde(rename = "ALL", alias = "3")]
    All,
}
