//! Experiments: named groups of runs.

use serde::{Deserialize, Serialize};

use crate::endpoint::endpoints;
use crate::{Empty, ExperimentId, LifecycleStage, Tag, ViewType, wire};

/// A named group of runs with a place for their artifacts.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Experiment {
    /// Decimal number as text.
    pub experiment_id: ExperimentId,
    /// Unique name.
    pub name: String,
    /// URI below which the artifacts of its runs and models lie.
    pub artifact_location: String,
    /// Active or deleted.
    pub lifecycle_stage: LifecycleStage,
    /// Milliseconds since the epoch.
    #[serde(deserialize_with = "wire::int64")]
    pub last_update_time: i64,
    /// Milliseconds since the epoch.
    #[serde(deserialize_with = "wire::int64")]
    pub creation_time: i64,
    /// Tags, ordered by key.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<Tag>,
}

/// Makes an experiment.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct CreateExperiment {
    /// Unique name, required.
    pub name: String,
    /// Where artifacts go; empty for the server's default.
    #[serde(alias = "artifactLocation", skip_serializing_if = "String::is_empty")]
    pub artifact_location: String,
    /// Tags to set.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<Tag>,
}

/// Answer to [`CreateExperiment`].
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct CreateExperimentResponse {
    /// The new id.
    pub experiment_id: ExperimentId,
}

/// One experiment by id.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct GetExperiment {
    /// Required.
    pub experiment_id: ExperimentId,
}

/// One experiment by name.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct GetExperimentByName {
    /// Required.
    pub experiment_name: String,
}

/// Answer to [`GetExperiment`] and [`GetExperimentByName`].
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct GetExperimentResponse {
    /// The experiment.
    pub experiment: Experiment,
}

/// Pages through experiments.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SearchExperiments {
    /// Page size, required, 1 to [`SEARCH_MAX_RESULTS`](crate::limits::SEARCH_MAX_RESULTS).
    #[serde(alias = "maxResults", deserialize_with = "wire::optional_int64", skip_serializing_if = "Option::is_none")]
    pub max_results: Option<i64>,
    /// Where the last page ended.
    #[serde(alias = "pageToken", skip_serializing_if = "String::is_empty")]
    pub page_token: String,
    /// Filter text.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub filter: String,
    /// `key [ASC|DESC]`.
    #[serde(alias = "orderBy", deserialize_with = "wire::list", skip_serializing_if = "Vec::is_empty")]
    pub order_by: Vec<String>,
    /// Lifecycle stages to return.
    #[serde(alias = "viewType", deserialize_with = "wire::word", skip_serializing_if = "wire::is_default")]
    pub view_type: ViewType,
}

/// Answer to [`SearchExperiments`]; the GET of the same path is [`ListExperiments`].
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SearchExperimentsResponse {
    /// One page.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub experiments: Vec<Experiment>,
    /// Token of the next page; empty on the last.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub next_page_token: String,
}

/// [`SearchExperiments`] sent as a GET.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ListExperiments(pub SearchExperiments);

/// Renames an experiment.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct UpdateExperiment {
    /// Required.
    pub experiment_id: ExperimentId,
    /// The new name; nothing happens without one.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub new_name: String,
}

/// Soft-deletes an experiment and its runs.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct DeleteExperiment {
    /// Required.
    pub experiment_id: ExperimentId,
}

/// Undoes [`DeleteExperiment`].
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct RestoreExperiment {
    /// Required.
    pub experiment_id: ExperimentId,
}

/// Sets one tag of an experiment.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SetExperimentTag {
    /// Required.
    pub experiment_id: ExperimentId,
    /// Required.
    pub key: String,
    /// The value.
    pub value: String,
}

/// Removes one tag of an experiment.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct DeleteExperimentTag {
    /// Required.
    pub experiment_id: ExperimentId,
    /// Required.
    pub key: String,
}

endpoints! {
    Post "/experiments/create" CreateExperiment => CreateExperimentResponse;
    Get "/experiments/get" GetExperiment => GetExperimentResponse;
    Get "/experiments/get-by-name" GetExperimentByName => GetExperimentResponse;
    Post "/experiments/search" SearchExperiments => SearchExperimentsResponse;
    Get "/experiments/search" ListExperiments => SearchExperimentsResponse;
    Post "/experiments/update" UpdateExperiment => Empty;
    Post "/experiments/delete" DeleteExperiment => Empty;
    Post "/experiments/restore" RestoreExperiment => Empty;
    Post "/experiments/set-experiment-tag" SetExperimentTag => Empty;
    Post "/experiments/delete-experiment-tag" DeleteExperimentTag => Empty;
}
