//! Aliases: names for versions that can be moved from one to the next.

use serde::{Deserialize, Serialize};

use crate::Empty;
use crate::endpoint::endpoints;
use crate::model_versions::GetModelVersionResponse;

/// Points an alias at a version.
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::registered_models::{GetModelVersionByAlias, SetRegisteredModelAlias};
///
/// client.register_model("s3://bucket/models/iris", "iris", &[])?;
/// let (name, alias, version) = ("iris".to_owned(), "champion".to_owned(), "1".to_owned());
/// client.call(SetRegisteredModelAlias { name: name.clone(), alias: alias.clone(), version })?;
/// assert_eq!(client.call(GetModelVersionByAlias { name, alias })?.model_version.version, "1");
/// # Ok::<(), trainyard::Error>(())
/// ```
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
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::registered_models::{DeleteRegisteredModelAlias, GetModelVersionByAlias};
///
/// client.register_model("s3://bucket/models/iris", "iris", &[])?;
/// client.set_model_alias("iris", "champion", "1")?;
/// let (name, alias) = ("iris".to_owned(), "champion".to_owned());
/// client.call(DeleteRegisteredModelAlias { name: name.clone(), alias: alias.clone() })?;
/// assert!(client.call(GetModelVersionByAlias { name, alias }).is_err());
/// # Ok::<(), trainyard::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct DeleteRegisteredModelAlias {
    /// Required.
    pub name: String,
    /// Required.
    pub alias: String,
}

/// The version that an alias points at.
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::registered_models::GetModelVersionByAlias;
///
/// client.register_model("s3://bucket/models/iris-1", "iris", &[])?;
/// client.register_model("s3://bucket/models/iris-2", "iris", &[])?;
/// client.set_model_alias("iris", "champion", "1")?;
/// let asked = GetModelVersionByAlias { name: "iris".to_owned(), alias: "champion".to_owned() };
/// assert_eq!(client.call(asked)?.model_version.source, "s3://bucket/models/iris-1");
/// # Ok::<(), trainyard::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct GetModelVersionByAlias {
    /// Required.
    pub name: String,
    /// Required.
    pub alias: String,
}

endpoints! {
    Post "/registered-models/alias" SetRegisteredModelAlias => Empty;
    Delete "/registered-models/alias" DeleteRegisteredModelAlias => Empty;
    Get "/registered-models/alias" GetModelVersionByAlias => GetModelVersionResponse;
}
