//! Logged models: the models that runs record with `log_model`.

mod logging;
mod search;

pub use logging::{DeleteLoggedModelTag, LogLoggedModelParams, SetLoggedModelTags};
pub use search::{DatasetRef, LoggedModelOrder, SearchLoggedModels, SearchLoggedModelsResponse};

use serde::{Deserialize, Serialize};

use crate::endpoint::endpoints;
use crate::metrics::Metric;
use crate::{Empty, ExperimentId, ModelId, Param, RunId, Tag, wire};

/// Whether a logged model's files are complete.
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::logged_models::{CreateLoggedModel, FinalizeLoggedModel, LoggedModelStatus};
///
/// let made = client.call(CreateLoggedModel { experiment_id: "0".into(), ..Default::default() })?.model.info;
/// assert_eq!(made.status, LoggedModelStatus::Pending);
/// let status = LoggedModelStatus::UploadFailed;
/// let model = client.call(FinalizeLoggedModel { model_id: made.model_id, status })?.model;
/// assert_eq!(model.info.status, LoggedModelStatus::UploadFailed);
/// # Ok::<(), trainyard::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
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
    ///
    /// ```
    /// use trainyard::api::logged_models::LoggedModelStatus;
    ///
    /// assert_eq!(LoggedModelStatus::Ready.as_str(), "LOGGED_MODEL_READY");
    /// ```
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
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::Param;
/// use trainyard::api::logged_models::{CreateLoggedModel, LoggedModel};
///
/// let params = vec![Param::new("max_depth", "5")];
/// let made = CreateLoggedModel { experiment_id: "0".into(), name: "forest".to_owned(), params, ..Default::default() };
/// let LoggedModel { info, data } = client.call(made)?.model;
/// assert_eq!((info.name.as_str(), data.params[0].value.as_str()), ("forest", "5"));
/// # Ok::<(), trainyard::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct LoggedModel {
    /// Identity, place and state.
    pub info: LoggedModelInfo,
    /// Params and metrics.
    pub data: LoggedModelData,
}

/// Identity, place and state of a logged model.
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::logged_models::{CreateLoggedModel, LoggedModelInfo};
///
/// let made = client.call(CreateLoggedModel { experiment_id: "0".into(), ..Default::default() })?;
/// let LoggedModelInfo { model_id, artifact_uri, .. } = made.model.info;
/// client.artifacts(&artifact_uri)?.write("forest.json", b"{}")?;
/// assert!(artifact_uri.contains(model_id.as_str()), "each model has a folder of its own");
/// # Ok::<(), trainyard::Error>(())
/// ```
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
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::logged_models::{GetLoggedModel, LoggedModelRegistration};
/// # use trainyard::api::logged_models::CreateLoggedModel;
/// # let made = client.call(CreateLoggedModel { experiment_id: "0".into(), ..Default::default() })?;
/// # let model_id = made.model.info.model_id;
///
/// client.register_model(&format!("models:/{model_id}"), "iris", &[])?;
/// let model = client.call(GetLoggedModel { model_id, ..Default::default() })?.model;
/// let first = LoggedModelRegistration { name: "iris".to_owned(), version: "1".to_owned() };
/// assert_eq!(model.info.registrations, [first]);
/// # Ok::<(), trainyard::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LoggedModelRegistration {
    /// The registered model.
    pub name: String,
    /// The version number as text.
    pub version: String,
}

/// Params and metrics of a logged model.
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::logged_models::{CreateLoggedModel, GetLoggedModel, LoggedModelData};
/// use trainyard::api::metrics::LogMetric;
/// use trainyard::api::runs::CreateRun;
///
/// let run_id = client.call(CreateRun::default())?.run.info.run_id;
/// let made = client.call(CreateLoggedModel { experiment_id: "0".into(), ..Default::default() })?;
/// let model_id = made.model.info.model_id;
/// let (key, value, timestamp) = ("accuracy".to_owned(), Some(0.97), Some(1000));
/// client.call(LogMetric { run_id, key, value, timestamp, model_id: model_id.clone(), ..Default::default() })?;
/// let model = client.call(GetLoggedModel { model_id, ..Default::default() })?.model;
/// let LoggedModelData { params, metrics } = model.data;
/// assert_eq!((params.len(), metrics[0].value), (0, 0.97));
/// # Ok::<(), trainyard::Error>(())
/// ```
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
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::logged_models::{CreateLoggedModel, LoggedModelStatus};
/// use trainyard::api::runs::CreateRun;
///
/// let source_run_id = client.call(CreateRun::default())?.run.info.run_id;
/// let (experiment_id, name) = ("0".into(), "forest".to_owned());
/// let made = client.call(CreateLoggedModel { experiment_id, name, source_run_id, ..Default::default() })?;
/// assert_eq!(made.model.info.status, LoggedModelStatus::Pending);
/// # Ok::<(), trainyard::Error>(())
/// ```
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

/// Answer to [`CreateLoggedModel`], [`GetLoggedModel`] and [`FinalizeLoggedModel`].
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct GetLoggedModelResponse {
    /// The model.
    pub model: LoggedModel,
}

/// One logged model by id.
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::logged_models::{CreateLoggedModel, DeleteLoggedModel, GetLoggedModel};
///
/// let made = client.call(CreateLoggedModel { experiment_id: "0".into(), ..Default::default() })?;
/// let model_id = made.model.info.model_id;
/// client.call(DeleteLoggedModel { model_id: model_id.clone() })?;
/// assert!(client.call(GetLoggedModel { model_id: model_id.clone(), ..Default::default() }).is_err());
/// assert!(client.call(GetLoggedModel { model_id, allow_deleted: true }).is_ok());
/// # Ok::<(), trainyard::Error>(())
/// ```
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
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::logged_models::{CreateLoggedModel, FinalizeLoggedModel, LoggedModelStatus};
///
/// let made = client.call(CreateLoggedModel { experiment_id: "0".into(), ..Default::default() })?.model.info;
/// client.artifacts(&made.artifact_uri)?.write("forest.json", b"{}")?;
/// let status = LoggedModelStatus::Ready;
/// let model = client.call(FinalizeLoggedModel { model_id: made.model_id, status })?.model;
/// assert_eq!(model.info.status, LoggedModelStatus::Ready);
/// # Ok::<(), trainyard::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct FinalizeLoggedModel {
    /// Required.
    pub model_id: ModelId,
    /// Required: READY or UPLOAD_FAILED, or PENDING again; UNSPECIFIED, the default, is refused as missing.
    #[serde(deserialize_with = "wire::word")]
    pub status: LoggedModelStatus,
}

/// Soft-deletes a logged model.
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::logged_models::{CreateLoggedModel, DeleteLoggedModel, SearchLoggedModels};
///
/// let made = client.call(CreateLoggedModel { experiment_id: "0".into(), ..Default::default() })?;
/// client.call(DeleteLoggedModel { model_id: made.model.info.model_id })?;
/// let left = SearchLoggedModels { experiment_ids: vec!["0".into()], ..Default::default() };
/// assert!(client.call(left)?.models.is_empty());
/// # Ok::<(), trainyard::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct DeleteLoggedModel {
    /// Required.
    pub model_id: ModelId,
}

endpoints! {
    Post "/logged-models" CreateLoggedModel => GetLoggedModelResponse;
    Get "/logged-models/{model_id}" GetLoggedModel => GetLoggedModelResponse;
    Patch "/logged-models/{model_id}" FinalizeLoggedModel => GetLoggedModelResponse;
    Delete "/logged-models/{model_id}" DeleteLoggedModel => Empty;
}
