//! What travels between a Trainyard server and its clients: entities, requests, responses, ids, limits and errors.
//!
//! Everything here is plain data with the shape of MLflow's REST interface. There is no IO and no async; the
//! rules behind the requests are in `trainyard-store`, the routes in `trainyard-server`.

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
    pub fn new(key: impl Into<String>, value: impl Into<String>) -> Self {
        Self { key: key.into(), value: value.into() }
    }
}

/// A tag of an experiment, run, logged model, registered model or model version.
pub type Tag = KeyValue;
/// A parameter of a run or logged model.
pub type Param = KeyValue;

/// Whether something is in use or has been soft-deleted.
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
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Deleted => "deleted",
        }
    }
}

/// Which lifecycle stages a search returns.
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
