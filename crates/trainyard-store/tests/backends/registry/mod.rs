pub mod aliases;
pub mod model_versions;
pub mod registered_models;
pub mod sources;
pub mod stages;
pub mod webhooks;

use trainyard_api::ErrorCode;
use trainyard_api::model_versions::{CreateModelVersion, ModelVersion};
use trainyard_api::registered_models::{CreateRegisteredModel, GetRegisteredModel, RegisteredModel};
use trainyard_store::StoreError;

use crate::backend::TestStore;

pub fn register(test: &TestStore, name: &str) {
    test.call(CreateRegisteredModel { name: name.into(), ..Default::default() }).unwrap();
}

pub fn model(test: &TestStore, name: &str) -> RegisteredModel {
    test.call(GetRegisteredModel { name: name.into() }).unwrap().registered_model
}

/// A version made from `s3://bucket/path`.
pub fn add_version(test: &TestStore, name: &str) -> ModelVersion {
    let request = CreateModelVersion { name: name.into(), source: "s3://bucket/path".into(), ..Default::default() };
    test.call(request).unwrap().model_version
}

/// The code and message that a client gets.
pub fn told<T: std::fmt::Debug>(outcome: Result<T, StoreError>) -> (ErrorCode, String) {
    let error = outcome.unwrap_err();
    (error.code(), error.to_string())
}
