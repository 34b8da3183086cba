//! Model versions: numbered models under a registered name.
//!
//! ```
//! # fn main() -> Result<(), trainyard::Error> {
//! # let folder = tempfile::tempdir().expect("a folder");
//! # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
//! use trainyard::api::Tag;
//! use trainyard::api::logged_models::CreateLoggedModel;
//! use trainyard::api::model_versions::{
//!     CreateModelVersion, DeleteModelVersion, DeleteModelVersionTag, GetModelVersion, GetModelVersionDownloadUri,
//!     ModelVersionStatus, SearchModelVersions, SetModelVersionTag, TransitionModelVersionStage, UpdateModelVersion,
//! };
//! use trainyard::api::registered_models::CreateRegisteredModel;
//!
//! let logged = CreateLoggedModel { experiment_id: "0".into(), ..Default::default() };
//! let model = client.call(logged)?.model.info;
//! let (name, version) = ("iris-classifier".to_owned(), "1".to_owned());
//! client.call(CreateRegisteredModel { name: name.clone(), ..Default::default() })?;
//! let made = client.call(CreateModelVersion {
//!     name: name.clone(),
//!     source: format!("models:/{}", model.model_id),
//!     tags: vec![Tag::new("reviewed", "no"), Tag::new("draft", "yes")],
//!     model_id: model.model_id,
//!     ..Default::default()
//! })?;
//! assert_eq!(made.model_version.version, "1");
//! assert_eq!(made.model_version.status, ModelVersionStatus::Ready);
//!
//! let description = Some("A forest of 100 trees".to_owned());
//! client.call(UpdateModelVersion { name: name.clone(), version: version.clone(), description })?;
//! let (key, value) = ("reviewed".to_owned(), "yes".to_owned());
//! client.call(SetModelVersionTag { name: name.clone(), version: version.clone(), key, value })?;
//! let key = "draft".to_owned();
//! client.call(DeleteModelVersionTag { name: name.clone(), version: version.clone(), key })?;
//! client.call(TransitionModelVersionStage {
//!     name: name.clone(),
//!     version: version.clone(),
//!     stage: "Production".to_owned(),
//!     archive_existing_versions: true,
//! })?;
//! let stored = client.call(GetModelVersion { name: name.clone(), version: version.clone() })?.model_version;
//! assert_eq!(stored.current_stage, "Production");
//! assert_eq!(stored.tags, [Tag::new("reviewed", "yes")]);
//!
//! let filter = format!("name = '{name}'");
//! let found = client.call(SearchModelVersions { filter, ..Default::default() })?;
//! assert_eq!(found.model_versions[0].description, "A forest of 100 trees");
//! let files = client.call(GetModelVersionDownloadUri { name: name.clone(), version: version.clone() })?;
//! assert_eq!(files.artifact_uri, model.artifact_uri);
//! client.call(DeleteModelVersion { name, version })?;
//! # Ok(())
//! # }
//! ```

pub use trainyard_api::model_versions::{
    CreateModelVersion, DeleteModelVersion, DeleteModelVersionTag, GetModelVersion, GetModelVersionDownloadUri,
    GetModelVersionDownloadUriResponse, GetModelVersionResponse, ModelParam, ModelVersion, ModelVersionStatus,
    SearchModelVersions, SearchModelVersionsResponse, SetModelVersionTag, TransitionModelVersionStage,
    UpdateModelVersion,
};
