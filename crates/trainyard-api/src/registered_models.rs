//! Registered models: names under which versions of a model are kept, with tags and aliases.

use serde::{Deserialize, Serialize};

use crate::endpoint::endpoints;
use crate::model_versions::{GetModelVersionResponse, ModelVersion};
use crate::{Empty, Tag, wire};

/// A name with its versions.
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
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Alias {
    /// The alias.
    pub alias: String,
    /// The version number as text.
    pub version: String,
}

/// Makes a registered model.
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

/// Answer to every request about one registered model.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct GetRegisteredModelResponse {
    /// The registered model.
    pub registered_model: RegisteredModel,
}

/// One registered model by name.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct GetRegisteredModel {
    /// Required.
    pub name: String,
}

/// Renames a registered model with all its versions.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct RenameRegisteredModel {
    /// Required.
    pub name: String,
    /// Required.
    pub new_name: String,
}

/// Changes the description.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct UpdateRegisteredModel {
    /// Required.
    pub name: String,
    /// The new description; none when left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// Deletes a registered model with all its versions.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct DeleteRegisteredModel {
    /// Required.
    pub name: String,
}

/// Filters, orders and pages registered models.
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
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct DeleteRegisteredModelTag {
    /// Required.
    pub name: String,
    /// Required.
    pub key: String,
}

/// Points an alias at a version.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SetRegisteredModelAlias {
    /// Required.
    pub name: String,
    /// Required.
    pub alias: String,
    /// Required; a number as text.
    pub version: String,
}

/// Removes an alias.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct DeleteRegisteredModelAlias {
    /// Required.
    pub name: String,
    /// Required.
    pub alias: String,
}

/// The version that an alias points at.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct GetModelVersionByAlias {
    /// Required.
    pub name: String,
    /// Required.
    pub alias: String,
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
    Post "/registered-models/alias" SetRegisteredModelAlias => Empty;
    Delete "/registered-models/alias" DeleteRegisteredModelAlias => Empty;
    Get "/registered-models/alias" GetModelVersionByAlias => GetModelVersionResponse;
}
