//! The client of Trainyard: talks to a tracking server over HTTP or runs the store inside this process, moves
//! artifacts, resolves model URIs and reads and writes model directories.
//!
//! ```
//! # fn main() -> Result<(), trainyard::Error> {
//! # let folder = tempfile::tempdir().expect("a folder");
//! # let tracking_uri = format!("sqlite:///{}/yard.db", folder.path().display());
//! let client = trainyard::Client::connect(&tracking_uri)?;
//! let run = client.start_run("iris", "")?;
//! run.log_param("max_depth", 5)?;
//! run.log_metric("accuracy", 0.97, 0)?;
//! run.finish()?;
//! # Ok(())
//! # }
//! ```

mod artifacts;
mod client;
mod embedded;
mod error;
mod export;
pub mod flavors;
pub mod fork;
mod http;
pub mod journal;
mod model;
mod model_uri;
pub mod models;
mod registry;
mod run;
mod setting;
mod system_metrics;
mod tracking_uri;

pub use trainyard_api as api;
pub use trainyard_store::Export;

pub use artifacts::{ArtifactRepository, Progress};
pub use client::Client;
pub use error::Error;
pub use model::{
    BoxError, Column, DataType, Flavor, InputExample, LoadModel, ModelFolder, ModelInfo, ModelOptions, Predict,
    SaveModel, SavedModel, Schema, Signature, Tensor, TensorSpec, load_model, save_model,
};
pub use model_uri::{ModelUri, ResolvedModel};
pub use run::{Run, start_run};
pub use system_metrics::SystemSampler;
pub use tracking_uri::default_tracking_uri;
