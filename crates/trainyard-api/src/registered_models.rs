//! Registered models: names under which versions of a model are kept, with tags and aliases.

mod aliases;

pub use aliases::{DeleteRegisteredModelAlias, GetModelVersionByAlias, SetRegisteredModelAlias};

use serde::{Deserialize, Serialize};

use crate::endpoint::endpoints;
use crate::model_versions::ModelVersion;
use crate::{Empty, Tag, wire};

/// A name with its versions.
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::registered_models::{GetRegisteredModel, RegisteredModel};
///
/// client.register_model("s3://bucket/models/iris-1", "iris", &[])?;
/// client.register_model("s3://bucket/models/iris-2", "iris", &[])?;
/// let found = client.call(GetRegisteredModel { name: "iris".to_owned() })?;
/// let RegisteredModel { name, latest_versions, .. } = found.registered_model;
/// assert_eq!((name.as_str(), latest_versions[0].version.as_str()), ("iris", "2"));
/// # Ok::<(), trainyard::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct RegisteredModel {
    /// Unique name.
    pub name: String,
    /// Milliseconds since the epoch.
    #[serde(deserialize_with = "wire::int64")]
    pub creation_timestamp: i64,
    /// Milliseconds since the epoch.
    #[serde(deserialize_with = "wire::int64")]
    pub last_updated_timestamp: i64,
    /// Who made it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub user_id: String,
    /// Free text.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// The newest version of each stage.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub latest_versions: Vec<ModelVersion>,
    /// Tags, ordered by key.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<Tag>,
    /// Aliases, ordered by name.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<Alias>,
}

/// A second name for one version.
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::registered_models::{Alias, GetRegisteredModel};
///
/// client.register_model("s3://bucket/models/iris", "iris", &[])?;
/// client.set_model_alias("iris", "champion", "1")?;
/// let found = client.call(GetRegisteredModel { name: "iris".to_owned() })?;
/// let champion = Alias { alias: "champion".to_owned(), version: "1".to_owned() };
/// assert_eq!(found.registered_model.aliases, [champion]);
/// # Ok::<(), trainyard::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Alias {
    /// The alias.
    pub alias: String,
    /// The version number as text.
    pub version: String,
}

/// Makes a registered model.
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::registered_models::CreateRegisteredModel;
///
/// let description = "Species by petals".to_owned();
/// let request = CreateRegisteredModel { name: "iris".to_owned(), description, ..Default::default() };
/// let made = client.call(request.clone())?.registered_model;
/// assert_eq!((made.name.as_str(), made.description.as_str()), ("iris", "Species by petals"));
/// assert!(client.call(request).is_err(), "the name is taken");
/// # Ok::<(), trainyard::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct CreateRegisteredModel {
    /// Required.
    pub name: String,
    /// Tags to set.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<Tag>,
    /// Free text.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub description: String,
}

/// Answer to [`CreateRegisteredModel`], [`GetRegisteredModel`], [`RenameRegisteredModel`] and [`UpdateRegisteredModel`].
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct GetRegisteredModelResponse {
    /// The registered model.
    pub registered_model: RegisteredModel,
}

/// One registered model by name.
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::registered_models::{CreateRegisteredModel, GetRegisteredModel};
///
/// let name = "iris".to_owned();
/// assert!(client.call(GetRegisteredModel { name: name.clone() }).is_err());
/// client.call(CreateRegisteredModel { name: name.clone(), ..Default::default() })?;
/// assert_eq!(client.call(GetRegisteredModel { name })?.registered_model.name, "iris");
/// # Ok::<(), trainyard::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct GetRegisteredModel {
    /// Required.
    pub name: String,
}

/// Renames a registered model with all its versions.
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::model_versions::GetModelVersion;
/// use trainyard::api::registered_models::RenameRegisteredModel;
///
/// client.register_model("s3://bucket/models/iris", "irs", &[])?;
/// client.call(RenameRegisteredModel { name: "irs".to_owned(), new_name: "iris".to_owned() })?;
/// let version = client.call(GetModelVersion { name: "iris".to_owned(), version: "1".to_owned() })?;
/// assert_eq!(version.model_version.name, "iris");
/// # Ok::<(), trainyard::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct RenameRegisteredModel {
    /// Required.
    pub name: String,
    /// Required.
    pub new_name: String,
}

/// Changes the description, or clears it.
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::registered_models::{CreateRegisteredModel, UpdateRegisteredModel};
///
/// let name = "iris".to_owned();
/// client.call(CreateRegisteredModel { name: name.clone(), ..Default::default() })?;
/// let description = Some("Species by petals".to_owned());
/// let described = client.call(UpdateRegisteredModel { name: name.clone(), description })?;
/// assert_eq!(described.registered_model.description, "Species by petals");
/// let cleared = client.call(UpdateRegisteredModel { name, description: None })?;
/// assert_eq!(cleared.registered_model.description, "");
/// # Ok::<(), trainyard::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct UpdateRegisteredModel {
    /// Required.
    pub name: String,
    /// The new description. Left out or empty, it clears the one before, as MLflow does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// Deletes a registered model with all its versions.
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::model_versions::GetModelVersion;
/// use trainyard::api::registered_models::DeleteRegisteredModel;
///
/// client.register_model("s3://bucket/models/iris", "iris", &[])?;
/// client.call(DeleteRegisteredModel { name: "iris".to_owned() })?;
/// assert!(client.call(GetModelVersion { name: "iris".to_owned(), version: "1".to_owned() }).is_err());
/// # Ok::<(), trainyard::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct DeleteRegisteredModel {
    /// Required.
    pub name: String,
}

/// Filters, orders and pages registered models.
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::registered_models::{CreateRegisteredModel, SearchRegisteredModels};
///
/// for name in ["iris-boost", "iris-forest", "wine"] {
///     client.call(CreateRegisteredModel { name: name.to_owned(), ..Default::default() })?;
/// }
/// let (filter, order_by) = ("name LIKE 'iris%'".to_owned(), vec!["name DESC".to_owned()]);
/// let found = client.call(SearchRegisteredModels { filter, order_by, ..Default::default() })?;
/// let names: Vec<&str> = found.registered_models.iter().map(|model| model.name.as_str()).collect();
/// assert_eq!(names, ["iris-forest", "iris-boost"]);
/// # Ok::<(), trainyard::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SearchRegisteredModels {
    /// Filter text.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub filter: String,
    /// Page size, 100 when left out.
    #[serde(deserialize_with = "wire::optional_int64", skip_serializing_if = "Option::is_none")]
    pub max_results: Option<i64>,
    /// `key [ASC|DESC]`; by default by name.
    #[serde(deserialize_with = "wire::list", skip_serializing_if = "Vec::is_empty")]
    pub order_by: Vec<String>,
    /// Where the last page ended.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub page_token: String,
}

/// Answer to [`SearchRegisteredModels`].
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SearchRegisteredModelsResponse {
    /// One page.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub registered_models: Vec<RegisteredModel>,
    /// Token of the next page; empty on the last.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub next_page_token: String,
}

/// The newest version of each stage.
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::registered_models::GetLatestVersions;
///
/// client.register_model("s3://bucket/models/iris-1", "iris", &[])?;
/// client.register_model("s3://bucket/models/iris-2", "iris", &[])?;
/// let latest = client.call(GetLatestVersions { name: "iris".to_owned(), ..Default::default() })?;
/// assert_eq!((latest.model_versions.len(), latest.model_versions[0].version.as_str()), (1, "2"));
/// # Ok::<(), trainyard::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct GetLatestVersions {
    /// Required.
    pub name: String,
    /// Stages to look at; all when empty.
    #[serde(deserialize_with = "wire::list", skip_serializing_if = "Vec::is_empty")]
    pub stages: Vec<String>,
}

/// [`GetLatestVersions`] sent as a GET.
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::registered_models::{GetLatestVersions, ListLatestVersions};
///
/// client.register_model("s3://bucket/models/iris", "iris", &[])?;
/// let wanted = GetLatestVersions { name: "iris".to_owned(), stages: vec!["Production".to_owned()] };
/// let latest = client.call(ListLatestVersions(wanted))?;
/// assert!(latest.model_versions.is_empty(), "none was moved to this stage");
/// # Ok::<(), trainyard::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ListLatestVersions(pub GetLatestVersions);

/// Answer to [`GetLatestVersions`]; the GET of the same path is [`ListLatestVersions`].
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct GetLatestVersionsResponse {
    /// At most one version a stage.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub model_versions: Vec<ModelVersion>,
}

/// Sets one tag.
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::Tag;
/// use trainyard::api::registered_models::{CreateRegisteredModel, GetRegisteredModel, SetRegisteredModelTag};
///
/// let name = "iris".to_owned();
/// client.call(CreateRegisteredModel { name: name.clone(), ..Default::default() })?;
/// let (key, value) = ("team".to_owned(), "botany".to_owned());
/// client.call(SetRegisteredModelTag { name: name.clone(), key, value })?;
/// let stored = client.call(GetRegisteredModel { name })?.registered_model;
/// assert_eq!(stored.tags, [Tag::new("team", "botany")]);
/// # Ok::<(), trainyard::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SetRegisteredModelTag {
    /// Required.
    pub name: String,
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
/// use trainyard::api::registered_models::{CreateRegisteredModel, DeleteRegisteredModelTag, GetRegisteredModel};
///
/// let (name, tags) = ("iris".to_owned(), vec![Tag::new("draft", "yes"), Tag::new("team", "botany")]);
/// client.call(CreateRegisteredModel { name: name.clone(), tags, ..Default::default() })?;
/// client.call(DeleteRegisteredModelTag { name: name.clone(), key: "draft".to_owned() })?;
/// let stored = client.call(GetRegisteredModel { name })?.registered_model;
/// assert_eq!(stored.tags, [Tag::new("team", "botany")]);
/// # Ok::<(), trainyard::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct DeleteRegisteredModelTag {
    /// Required.
    pub name: String,
    /// Required.
    pub key: String,
}

endpoints! {
    Post "/registered-models/create" CreateRegisteredModel => GetRegisteredModelResponse;
    Get "/registered-models/get" GetRegisteredModel => GetRegisteredModelResponse;
    Post "/registered-models/rename" RenameRegisteredModel => GetRegisteredModelResponse;
    Patch "/registered-models/update" UpdateRegisteredModel => GetRegisteredModelResponse;
    Delete "/registered-models/delete" DeleteRegisteredModel => Empty;
    Get "/registered-models/search" SearchRegisteredModels => SearchRegisteredModelsResponse;
    Post "/registered-models/get-latest-versions" GetLatestVersions => GetLatestVersionsResponse;
    Get "/registered-models/get-latest-versions" ListLatestVersions => GetLatestVersionsResponse;
    Post "/registered-models/set-tag" SetRegisteredModelTag => Empty;
    Delete "/registered-models/delete-tag" DeleteRegisteredModelTag => Empty;
}
