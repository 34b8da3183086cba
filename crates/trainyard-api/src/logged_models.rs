//! Logged models: the models that runs record with `log_model`.

use serde::{Deserialize, Serialize};

use crate::endpoint::endpoints;
use crate::metrics::Metric;
use crate::{Empty, ExperimentId, ModelId, Param, RunId, Tag, wire};

/// Whether a logged model's files are complete.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum LoggedModelStatus {
    /// Left out of a request.
    #[default]
    #[serde(rename = "LOGGED_MODEL_STATUS_UNSPECIFIED", alias = "0")]
    Unspecified,
    /// Files are on their way.
    #[serde(rename = "LOGGED_MODEL_PENDING", alias = "1")]
    Pending,
    /// Complete.
    #[serde(rename = "LOGGED_MODEL_READY", alias = "2")]
    Ready,
    /// Writing the files failed.
    #[serde(rename = "LOGGED_MODEL_UPLOAD_FAILED", alias = "3")]
    UploadFailed,
}

impl LoggedModelStatus {
    /// The word on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unspecified => "LOGGED_MODEL_STATUS_UNSPECIFIED",
            Self::Pending => "LOGGED_MODEL_PENDING",
            Self::Ready => "LOGGED_MODEL_READY",
            Self::UploadFailed => "LOGGED_MODEL_UPLOAD_FAILED",
        }
    }
}

/// A model with what was logged about it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct LoggedModel {
    /// Identity, place and state.
    pub info: LoggedModelInfo,
    /// Params and metrics.
    pub data: LoggedModelData,
}

/// Identity, place and state of a logged model.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct LoggedModelInfo {
    /// `m-` and 32 hex digits.
    pub model_id: ModelId,
    /// The experiment it belongs to.
    pub experiment_id: ExperimentId,
    /// Name; not unique.
    pub name: String,
    /// Milliseconds since the epoch.
    #[serde(deserialize_with = "wire::int64")]
    pub creation_timestamp_ms: i64,
    /// Milliseconds since the epoch.
    #[serde(deserialize_with = "wire::int64")]
    pub last_updated_timestamp_ms: i64,
    /// URI of the model directory.
    pub artifact_uri: String,
    /// Whether its files are complete.
    pub status: LoggedModelStatus,
    /// Free text; as `source_run_id` written even when empty.
    pub model_type: String,
    /// Run that made it.
    pub source_run_id: RunId,
    /// More about the status.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub status_message: String,
    /// Tags, ordered by key.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<Tag>,
    /// Model versions made from it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub registrations: Vec<LoggedModelRegistration>,
}

/// A model version made from a logged model.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LoggedModelRegistration {
    /// The registered model.
    pub name: String,
    /// The version number as text.
    pub version: String,
}

/// Params and metrics of a logged model.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct LoggedModelData {
    /// Params, ordered by key.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub params: Vec<Param>,
    /// Metrics that were logged with its id.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub metrics: Vec<Metric>,
}

/// Makes a logged model in state PENDING.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct CreateLoggedModel {
    /// Required.
    pub experiment_id: ExperimentId,
    /// Name; one is made up when empty.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Free text.
    #[serde(alias = "modelType", skip_serializing_if = "String::is_empty")]
    pub model_type: String,
    /// Run that makes it.
    #[serde(alias = "sourceRunId", skip_serializing_if = "RunId::is_empty")]
    pub source_run_id: RunId,
    /// Params.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub params: Vec<Param>,
    /// Tags.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<Tag>,
}

/// Answer to every request about one logged model.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct GetLoggedModelResponse {
    /// The model.
    pub model: LoggedModel,
}

/// One logged model by id.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct GetLoggedModel {
    /// Required.
    pub model_id: ModelId,
    /// Whether to answer with a model that has been deleted.
    #[serde(deserialize_with = "wire::boolean", skip_serializing_if = "wire::is_default")]
    pub allow_deleted: bool,
}

/// Says that the files are complete, or never will be.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct FinalizeLoggedModel {
    /// Required.
    pub model_id: ModelId,
    /// Required: READY or UPLOAD_FAILED, or PENDING again.
    #[serde(deserialize_with = "wire::word")]
    pub status: LoggedModelStatus,
}

/// Soft-deletes a logged model.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct DeleteLoggedModel {
    /// Required.
    pub model_id: ModelId,
}

/// Sets tags of a logged model.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SetLoggedModelTags {
    /// Required.
    pub model_id: ModelId,
    /// Tags to set.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<Tag>,
}

/// Removes one tag of a logged model.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct DeleteLoggedModelTag {
    /// Required.
    pub model_id: ModelId,
    /// Required.
    pub tag_key: String,
}

/// Adds params to a logged model.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct LogLoggedModelParams {
    /// Required.
    pub model_id: ModelId,
    /// Params to add.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub params: Vec<Param>,
}

/// Filters, orders and pages logged models.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SearchLoggedModels {
    /// Experiments to look in.
    #[serde(deserialize_with = "wire::list", skip_serializing_if = "Vec::is_empty")]
    pub experiment_ids: Vec<ExperimentId>,
    /// Filter text.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub filter: String,
    /// Metric clauses of the filter look only at points on these datasets.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub datasets: Vec<DatasetRef>,
    /// Page size, 100 when left out.
    #[serde(alias = "maxResults", deserialize_with = "wire::optional_int64", skip_serializing_if = "Option::is_none")]
    pub max_results: Option<i64>,
    /// Order; by default the newest first.
    #[serde(alias = "orderBy", skip_serializing_if = "Vec::is_empty")]
    pub order_by: Vec<LoggedModelOrder>,
    /// Where the last page ended.
    #[serde(alias = "pageToken", skip_serializing_if = "String::is_empty")]
    pub page_token: String,
}

/// A dataset by name, and by digest when given.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct DatasetRef {
    /// Required.
    #[serde(alias = "datasetName")]
    pub dataset_name: String,
    /// Any digest when empty.
    #[serde(alias = "datasetDigest", skip_serializing_if = "String::is_empty")]
    pub dataset_digest: String,
}

/// One column of the order of logged models.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LoggedModelOrder {
    /// Attribute, or `metrics.<key>`.
    #[serde(alias = "fieldName")]
    pub field_name: String,
    /// Smallest first.
    pub ascending: bool,
    /// For a metric: only points on this dataset.
    #[serde(alias = "datasetName", skip_serializing_if = "String::is_empty")]
    pub dataset_name: String,
    /// For a metric: only points on a dataset of this digest.
    #[serde(alias = "datasetDigest", skip_serializing_if = "String::is_empty")]
    pub dataset_digest: String,
}

impl Default for LoggedModelOrder {
    fn default() -> Self {
        Self { field_name: String::new(), ascending: true, dataset_name: String::new(), dataset_digest: String::new() }
    }
}

/// Answer to [`SearchLoggedModels`].
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SearchLoggedModelsResponse {
    /// One page.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub models: Vec<LoggedModel>,
    /// Token of the next page; empty on the last.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub next_page_token: String,
}

endpoints! {
    Post "/logged-models" CreateLoggedModel => GetLoggedModelResponse;
    Post "/logged-models/search" SearchLoggedModels => SearchLoggedModelsResponse;
    Get "/logged-models/{model_id}" GetLoggedModel => GetLoggedModelResponse;
    Patch "/logged-models/{model_id}" FinalizeLoggedModel => GetLoggedModelResponse;
    Delete "/logged-models/{model_id}" DeleteLoggedModel => Empty;
    Patch "/logged-models/{model_id}/tags" SetLoggedModelTags => Empty;
    Delete "/logged-models/{model_id}/tags/{tag_key}" DeleteLoggedModelTag => Empty;
    Post "/logged-models/{model_id}/params" LogLoggedModelParams => Empty;
}
