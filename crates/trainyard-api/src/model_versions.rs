//! Model versions: numbered models under a registered name.

use serde::{Deserialize, Serialize};

use crate::endpoint::endpoints;
use crate::metrics::Metric;
use crate::{Empty, ModelId, RunId, Tag, wire};

/// One numbered model under a registered name.
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::model_versions::ModelVersion;
///
/// let made = client.register_model("s3://bucket/models/iris", "iris", &[])?;
/// let ModelVersion { name, version, source, .. } = made;
/// assert_eq!((name.as_str(), version.as_str()), ("iris", "1"));
/// assert_eq!(source, "s3://bucket/models/iris");
/// # Ok::<(), trainyard::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ModelVersion {
    /// The registered model.
    pub name: String,
    /// The number as text.
    pub version: String,
    /// Milliseconds since the epoch.
    #[serde(deserialize_with = "wire::int64")]
    pub creation_timestamp: i64,
    /// Milliseconds since the epoch.
    #[serde(deserialize_with = "wire::int64")]
    pub last_updated_timestamp: i64,
    /// Who made it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub user_id: String,
    /// `None`, `Staging`, `Production` or `Archived`.
    pub current_stage: String,
    /// Free text; as `run_id` and `run_link` written even when empty.
    pub description: String,
    /// What it was made from: `models:/m-…` or an artifact URI.
    pub source: String,
    /// Run that made the model.
    pub run_id: RunId,
    /// Whether it can be used.
    pub status: ModelVersionStatus,
    /// More about the status.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub status_message: String,
    /// Tags, ordered by key.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<Tag>,
    /// Link to the run, for people.
    pub run_link: String,
    /// Aliases that point at it.
    #[serde(deserialize_with = "wire::list", skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// Logged model it was made from.
    #[serde(skip_serializing_if = "ModelId::is_empty")]
    pub model_id: ModelId,
    /// Params of that logged model.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub model_params: Vec<ModelParam>,
    /// Metrics of that logged model.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub model_metrics: Vec<Metric>,
}

/// Whether a version can be used.
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::model_versions::ModelVersionStatus;
///
/// let made = client.register_model("s3://bucket/models/iris", "iris", &[])?;
/// assert_eq!(made.status, ModelVersionStatus::Ready);
/// # Ok::<(), trainyard::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum ModelVersionStatus {
    /// Being copied.
    #[serde(rename = "PENDING_REGISTRATION")]
    Pending,
    /// Copying failed.
    #[serde(rename = "FAILED_REGISTRATION")]
    Failed,
    /// Can be used.
    #[default]
    #[serde(rename = "READY")]
    Ready,
}

impl ModelVersionStatus {
    /// The word on the wire and in the database.
    ///
    /// ```
    /// use trainyard::api::model_versions::ModelVersionStatus;
    ///
    /// assert_eq!(ModelVersionStatus::Pending.as_str(), "PENDING_REGISTRATION");
    /// ```
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "PENDING_REGISTRATION",
            Self::Failed => "FAILED_REGISTRATION",
            Self::Ready => "READY",
        }
    }
}

/// A parameter of a model version.
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::Param;
/// use trainyard::api::logged_models::CreateLoggedModel;
/// use trainyard::api::model_versions::{GetModelVersion, ModelParam};
///
/// let params = vec![Param::new("max_depth", "5")];
/// let made = client.call(CreateLoggedModel { experiment_id: "0".into(), params, ..Default::default() })?;
/// let version = client.register_model(&format!("models:/{}", made.model.info.model_id), "iris", &[])?.version;
/// let stored = client.call(GetModelVersion { name: "iris".to_owned(), version })?.model_version;
/// let depth = ModelParam { name: "max_depth".to_owned(), value: "5".to_owned() };
/// assert_eq!(stored.model_params, [depth]);
/// # Ok::<(), trainyard::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ModelParam {
    /// The key.
    pub name: String,
    /// The value.
    pub value: String,
}

/// Makes a version.
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::model_versions::CreateModelVersion;
/// use trainyard::api::registered_models::CreateRegisteredModel;
///
/// let (name, source) = ("iris".to_owned(), "s3://bucket/models/iris".to_owned());
/// client.call(CreateRegisteredModel { name: name.clone(), ..Default::default() })?;
/// let request = CreateModelVersion { name, source, ..Default::default() };
/// assert_eq!(client.call(request.clone())?.model_version.version, "1");
/// assert_eq!(client.call(request)?.model_version.version, "2");
/// # Ok::<(), trainyard::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct CreateModelVersion {
    /// Required.
    pub name: String,
    /// Required: `models:/m-…`, or an artifact URI.
    pub source: String,
    /// Run that made the model.
    #[serde(alias = "runId", skip_serializing_if = "RunId::is_empty")]
    pub run_id: RunId,
    /// Tags to set.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<Tag>,
    /// Link to the run, for people.
    #[serde(alias = "runLink", skip_serializing_if = "String::is_empty")]
    pub run_link: String,
    /// Free text.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// Logged model it is made from.
    #[serde(alias = "modelId", skip_serializing_if = "ModelId::is_empty")]
    pub model_id: ModelId,
}

/// Answer to [`CreateModelVersion`], [`GetModelVersion`], [`UpdateModelVersion`], [`TransitionModelVersionStage`] and
/// [`GetModelVersionByAlias`](crate::registered_models::GetModelVersionByAlias).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct GetModelVersionResponse {
    /// The version.
    pub model_version: ModelVersion,
}

/// One version.
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::model_versions::GetModelVersion;
///
/// client.register_model("s3://bucket/models/iris", "iris", &[])?;
/// let found = client.call(GetModelVersion { name: "iris".to_owned(), version: "1".to_owned() })?;
/// assert_eq!(found.model_version.source, "s3://bucket/models/iris");
/// # Ok::<(), trainyard::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct GetModelVersion {
    /// Required.
    pub name: String,
    /// Required; a number as text.
    pub version: String,
}

/// Changes the description, or clears it.
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::model_versions::UpdateModelVersion;
///
/// client.register_model("s3://bucket/models/iris", "iris", &[])?;
/// let of_first = |description: Option<&str>| UpdateModelVersion {
///     name: "iris".to_owned(),
///     version: "1".to_owned(),
///     description: description.map(str::to_owned),
/// };
/// let described = client.call(of_first(Some("A forest of 100 trees")))?;
/// assert_eq!(described.model_version.description, "A forest of 100 trees");
/// assert_eq!(client.call(of_first(None))?.model_version.description, "");
/// # Ok::<(), trainyard::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct UpdateModelVersion {
    /// Required.
    pub name: String,
    /// Required; a number as text.
    pub version: String,
    /// The new description. Left out or empty, it clears the one before, as MLflow does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// Moves a version to a stage.
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::model_versions::TransitionModelVersionStage;
///
/// client.register_model("s3://bucket/models/iris", "iris", &[])?;
/// let moved = client.call(TransitionModelVersionStage {
///     name: "iris".to_owned(),
///     version: "1".to_owned(),
///     stage: "Production".to_owned(),
///     archive_existing_versions: true,
/// })?;
/// assert_eq!(moved.model_version.current_stage, "Production");
/// # Ok::<(), trainyard::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct TransitionModelVersionStage {
    /// Required.
    pub name: String,
    /// Required; a number as text.
    pub version: String,
    /// Required.
    pub stage: String,
    /// Whether the other versions of the stage become `Archived`.
    #[serde(
        alias = "archiveExistingVersions",
        deserialize_with = "wire::boolean",
        skip_serializing_if = "wire::is_default"
    )]
    pub archive_existing_versions: bool,
}

/// Deletes one version.
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::model_versions::{DeleteModelVersion, GetModelVersion};
///
/// let (name, version) = ("iris".to_owned(), "1".to_owned());
/// client.register_model("s3://bucket/models/iris", &name, &[])?;
/// client.call(DeleteModelVersion { name: name.clone(), version: version.clone() })?;
/// assert!(client.call(GetModelVersion { name, version }).is_err());
/// # Ok::<(), trainyard::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct DeleteModelVersion {
    /// Required.
    pub name: String,
    /// Required; a number as text.
    pub version: String,
}

/// Filters, orders and pages versions.
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::Tag;
/// use trainyard::api::model_versions::SearchModelVersions;
///
/// client.register_model("s3://bucket/models/iris-1", "iris", &[])?;
/// client.register_model("s3://bucket/models/iris-2", "iris", &[Tag::new("reviewed", "yes")])?;
/// let filter = "name = 'iris' AND tags.reviewed = 'yes'".to_owned();
/// let found = client.call(SearchModelVersions { filter, ..Default::default() })?;
/// assert_eq!((found.model_versions.len(), found.model_versions[0].version.as_str()), (1, "2"));
/// # Ok::<(), trainyard::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SearchModelVersions {
    /// Filter text.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub filter: String,
    /// Page size, 10000 when left out.
    #[serde(deserialize_with = "wire::optional_int64", skip_serializing_if = "Option::is_none")]
    pub max_results: Option<i64>,
    /// `key [ASC|DESC]`.
    #[serde(deserialize_with = "wire::list", skip_serializing_if = "Vec::is_empty")]
    pub order_by: Vec<String>,
    /// Where the last page ended.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub page_token: String,
}

/// Answer to [`SearchModelVersions`].
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SearchModelVersionsResponse {
    /// One page.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub model_versions: Vec<ModelVersion>,
    /// Token of the next page; empty on the last.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub next_page_token: String,
}

/// Where the files of a version lie.
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::model_versions::GetModelVersionDownloadUri;
///
/// client.register_model("s3://bucket/models/iris", "iris", &[])?;
/// let asked = GetModelVersionDownloadUri { name: "iris".to_owned(), version: "1".to_owned() };
/// assert_eq!(client.call(asked)?.artifact_uri, "s3://bucket/models/iris");
/// # Ok::<(), trainyard::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct GetModelVersionDownloadUri {
    /// Required.
    pub name: String,
    /// Required; a number as text.
    pub version: String,
}

/// Answer to [`GetModelVersionDownloadUri`].
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct GetModelVersionDownloadUriResponse {
    /// URI of the model directory.
    pub artifact_uri: String,
}

/// Sets one tag.
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::Tag;
/// use trainyard::api::model_versions::{GetModelVersion, SetModelVersionTag};
///
/// let (name, version) = ("iris".to_owned(), "1".to_owned());
/// client.register_model("s3://bucket/models/iris", &name, &[])?;
/// let (key, value) = ("reviewed".to_owned(), "yes".to_owned());
/// client.call(SetModelVersionTag { name: name.clone(), version: version.clone(), key, value })?;
/// let stored = client.call(GetModelVersion { name, version })?.model_version;
/// assert_eq!(stored.tags, [Tag::new("reviewed", "yes")]);
/// # Ok::<(), trainyard::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SetModelVersionTag {
    /// Required.
    pub name: String,
    /// Required; a number as text.
    pub version: String,
    /// Required.
    pub key: String,
    /// The value.
    pub value: String,
}

/// Removes one tag.
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::Tag;
/// use trainyard::api::model_versions::{DeleteModelVersionTag, GetModelVersion};
///
/// let (name, version) = ("iris".to_owned(), "1".to_owned());
/// client.register_model("s3://bucket/models/iris", &name, &[Tag::new("draft", "yes")])?;
/// let key = "draft".to_owned();
/// client.call(DeleteModelVersionTag { name: name.clone(), version: version.clone(), key })?;
/// assert!(client.call(GetModelVersion { name, version })?.model_version.tags.is_empty());
/// # Ok::<(), trainyard::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct DeleteModelVersionTag {
    /// Required.
    pub name: String,
    /// Required; a number as text.
    pub version: String,
    /// Required.
    pub key: String,
}

endpoints! {
    Post "/model-versions/create" CreateModelVersion => GetModelVersionResponse;
    Get "/model-versions/get" GetModelVersion => GetModelVersionResponse;
    Patch "/model-versions/update" UpdateModelVersion => GetModelVersionResponse;
    Post "/model-versions/transition-stage" TransitionModelVersionStage => GetModelVersionResponse;
    Delete "/model-versions/delete" DeleteModelVersion => Empty;
    Get "/model-versions/search" SearchModelVersions => SearchModelVersionsResponse;
    Get "/model-versions/get-download-uri" GetModelVersionDownloadUri => GetModelVersionDownloadUriResponse;
    Post "/model-versions/set-tag" SetModelVersionTag => Empty;
    Delete "/model-versions/delete-tag" DeleteModelVersionTag => Empty;
}
