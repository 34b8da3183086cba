//! Logged models: the models that runs record with `log_model`.
//!
//! ```
//! # fn main() -> Result<(), trainyard::Error> {
//! # let folder = tempfile::tempdir().expect("a folder");
//! # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
//! use trainyard::api::logged_models::{
//!     CreateLoggedModel, DatasetRef, DeleteLoggedModel, DeleteLoggedModelTag, FinalizeLoggedModel, GetLoggedModel,
//!     LogLoggedModelParams, LoggedModelOrder, LoggedModelStatus, SearchLoggedModels, SetLoggedModelTags,
//! };
//! use trainyard::api::metrics::LogMetric;
//! use trainyard::api::runs::CreateRun;
//! use trainyard::api::{Param, Tag};
//!
//! let run_id = client.call(CreateRun::default())?.run.info.run_id;
//! let made = CreateLoggedModel {
//!     experiment_id: "0".into(),
//!     name: "forest".to_owned(),
//!     source_run_id: run_id.clone(),
//!     ..Default::default()
//! };
//! let info = client.call(made)?.model.info;
//! assert_eq!(info.status, LoggedModelStatus::Pending);
//! let model_id = info.model_id;
//!
//! let params = vec![Param::new("max_depth", "5")];
//! client.call(LogLoggedModelParams { model_id: model_id.clone(), params })?;
//! let tags = vec![Tag::new("reviewed", "no"), Tag::new("draft", "yes")];
//! client.call(SetLoggedModelTags { model_id: model_id.clone(), tags })?;
//! client.call(DeleteLoggedModelTag { model_id: model_id.clone(), tag_key: "draft".to_owned() })?;
//! client.call(LogMetric {
//!     run_id,
//!     key: "accuracy".to_owned(),
//!     value: Some(0.97),
//!     timestamp: Some(1),
//!     model_id: model_id.clone(),
//!     dataset_name: "test".to_owned(),
//!     dataset_digest: "9a3b1c77".to_owned(),
//!     ..Default::default()
//! })?;
//! client.call(FinalizeLoggedModel { model_id: model_id.clone(), status: LoggedModelStatus::Ready })?;
//!
//! // Models that are good on this dataset, the best first.
//! let found = client.call(SearchLoggedModels {
//!     experiment_ids: vec!["0".into()],
//!     filter: "metrics.accuracy > 0.9".to_owned(),
//!     datasets: vec![DatasetRef { dataset_name: "test".to_owned(), ..Default::default() }],
//!     order_by: vec![LoggedModelOrder {
//!         field_name: "metrics.accuracy".to_owned(),
//!         ascending: false,
//!         ..Default::default()
//!     }],
//!     ..Default::default()
//! })?;
//! assert_eq!(found.models[0].data.params, [Param::new("max_depth", "5")]);
//! assert_eq!(found.models[0].info.tags, [Tag::new("reviewed", "no")]);
//!
//! client.call(DeleteLoggedModel { model_id: model_id.clone() })?;
//! assert!(client.call(GetLoggedModel { model_id: model_id.clone(), ..Default::default() }).is_err());
//! let deleted = client.call(GetLoggedModel { model_id, allow_deleted: true })?;
//! assert_eq!(deleted.model.info.name, "forest");
//! # Ok(())
//! # }
//! ```

pub use trainyard_api::logged_models::{
    CreateLoggedModel, DatasetRef, DeleteLoggedModel, DeleteLoggedModelTag, FinalizeLoggedModel, GetLoggedModel,
    GetLoggedModelResponse, LogLoggedModelParams, LoggedModel, LoggedModelData, LoggedModelInfo, LoggedModelOrder,
    LoggedModelRegistration, LoggedModelStatus, SearchLoggedModels, SearchLoggedModelsResponse, SetLoggedModelTags,
};
