//! What is logged to a model once it is made: tags and params.

use serde::{Deserialize, Serialize};

use crate::endpoint::endpoints;
use crate::{Empty, ModelId, Param, Tag};

/// Sets tags of a logged model.
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::Tag;
/// use trainyard::api::logged_models::{CreateLoggedModel, GetLoggedModel, SetLoggedModelTags};
///
/// let made = client.call(CreateLoggedModel { experiment_id: "0".into(), ..Default::default() })?;
/// let model_id = made.model.info.model_id;
/// let tags = vec![Tag::new("reviewed", "yes")];
/// client.call(SetLoggedModelTags { model_id: model_id.clone(), tags: tags.clone() })?;
/// let model = client.call(GetLoggedModel { model_id, ..Default::default() })?.model;
/// assert_eq!(model.info.tags, tags);
/// # Ok::<(), trainyard::Error>(())
/// ```
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
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::Tag;
/// use trainyard::api::logged_models::{CreateLoggedModel, DeleteLoggedModelTag, GetLoggedModel};
///
/// let tags = vec![Tag::new("draft", "yes"), Tag::new("team", "botany")];
/// let made = client.call(CreateLoggedModel { experiment_id: "0".into(), tags, ..Default::default() })?;
/// let model_id = made.model.info.model_id;
/// client.call(DeleteLoggedModelTag { model_id: model_id.clone(), tag_key: "draft".to_owned() })?;
/// let model = client.call(GetLoggedModel { model_id, ..Default::default() })?.model;
/// assert_eq!(model.info.tags, [Tag::new("team", "botany")]);
/// # Ok::<(), trainyard::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct DeleteLoggedModelTag {
    /// Required.
    pub model_id: ModelId,
    /// Required.
    pub tag_key: String,
}

/// Adds params to a logged model.
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::Param;
/// use trainyard::api::logged_models::{CreateLoggedModel, GetLoggedModel, LogLoggedModelParams};
///
/// let made = client.call(CreateLoggedModel { experiment_id: "0".into(), ..Default::default() })?;
/// let model_id = made.model.info.model_id;
/// let params = vec![Param::new("max_depth", "5")];
/// client.call(LogLoggedModelParams { model_id: model_id.clone(), params: params.clone() })?;
/// let model = client.call(GetLoggedModel { model_id, ..Default::default() })?.model;
/// assert_eq!(model.data.params, params);
/// # Ok::<(), trainyard::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct LogLoggedModelParams {
    /// Required.
    pub model_id: ModelId,
    /// Params to add.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub params: Vec<Param>,
}

endpoints! {
    Patch "/logged-models/{model_id}/tags" SetLoggedModelTags => Empty;
    Delete "/logged-models/{model_id}/tags/{tag_key}" DeleteLoggedModelTag => Empty;
    Post "/logged-models/{model_id}/params" LogLoggedModelParams => Empty;
}
