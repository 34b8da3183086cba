//! Registered models: names under which versions of a model are kept, with tags and aliases.
//!
//! ```
//! # fn main() -> Result<(), trainyard::Error> {
//! # let folder = tempfile::tempdir().expect("a folder");
//! # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
//! use trainyard::api::Tag;
//! use trainyard::api::logged_models::CreateLoggedModel;
//! use trainyard::api::model_versions::CreateModelVersion;
//! use trainyard::api::registered_models::{
//!     CreateRegisteredModel, DeleteRegisteredModel, DeleteRegisteredModelAlias, DeleteRegisteredModelTag,
//!     GetLatestVersions, GetModelVersionByAlias, GetRegisteredModel, ListLatestVersions, RenameRegisteredModel,
//!     SearchRegisteredModels, SetRegisteredModelAlias, SetRegisteredModelTag, UpdateRegisteredModel,
//! };
//!
//! let tags = vec![Tag::new("team", "botany"), Tag::new("draft", "yes")];
//! client.call(CreateRegisteredModel { name: "iris".to_owned(), tags, ..Default::default() })?;
//! let name = "iris-classifier".to_owned();
//! client.call(RenameRegisteredModel { name: "iris".to_owned(), new_name: name.clone() })?;
//! let description = Some("Species by petals".to_owned());
//! client.call(UpdateRegisteredModel { name: name.clone(), description })?;
//! let (key, value) = ("task".to_owned(), "classification".to_owned());
//! client.call(SetRegisteredModelTag { name: name.clone(), key, value })?;
//! client.call(DeleteRegisteredModelTag { name: name.clone(), key: "draft".to_owned() })?;
//!
//! let logged = CreateLoggedModel { experiment_id: "0".into(), ..Default::default() };
//! let model_id = client.call(logged)?.model.info.model_id;
//! let source = format!("models:/{model_id}");
//! client.call(CreateModelVersion { name: name.clone(), source, model_id, ..Default::default() })?;
//! let (alias, version) = ("champion".to_owned(), "1".to_owned());
//! client.call(SetRegisteredModelAlias { name: name.clone(), alias: alias.clone(), version })?;
//! let champion = client.call(GetModelVersionByAlias { name: name.clone(), alias: alias.clone() })?;
//! assert_eq!(champion.model_version.version, "1");
//!
//! let filter = "name LIKE 'iris%' AND tags.task = 'classification'".to_owned();
//! let found = client.call(SearchRegisteredModels { filter, ..Default::default() })?;
//! assert_eq!(found.registered_models[0].description, "Species by petals");
//! assert_eq!(found.registered_models[0].aliases[0].alias, "champion");
//! let latest = GetLatestVersions { name: name.clone(), ..Default::default() };
//! assert_eq!(client.call(latest.clone())?.model_versions.len(), 1);
//! assert_eq!(client.call(ListLatestVersions(latest))?.model_versions.len(), 1);
//!
//! client.call(DeleteRegisteredModelAlias { name: name.clone(), alias })?;
//! let stored = client.call(GetRegisteredModel { name: name.clone() })?.registered_model;
//! assert!(stored.aliases.is_empty());
//! client.call(DeleteRegisteredModel { name })?;
//! # Ok(())
//! # }
//! ```

pub use trainyard_api::registered_models::{
    Alias, CreateRegisteredModel, DeleteRegisteredModel, DeleteRegisteredModelAlias, DeleteRegisteredModelTag,
    GetLatestVersions, GetLatestVersionsResponse, GetModelVersionByAlias, GetRegisteredModel,
    GetRegisteredModelResponse, ListLatestVersions, RegisteredModel, RenameRegisteredModel, SearchRegisteredModels,
    SearchRegisteredModelsResponse, SetRegisteredModelAlias, SetRegisteredModelTag, UpdateRegisteredModel,
};
