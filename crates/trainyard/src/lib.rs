//! Trainyard from Rust: training runs with their params, metrics, files and models, on a tracking server or in a database
//! inside of this program.
//!
//! ```
//! # fn main() -> Result<(), trainyard::Error> {
//! # let folder = tempfile::tempdir().expect("a folder");
//! # let tracking_uri = format!("sqlite:///{}/yard.db", folder.path().display());
//! use serde::Serialize;
//!
//! #[derive(Serialize)]
//! struct Config {
//!     max_depth: u32,
//!     learning_rate: f64,
//! }
//!
//! let run = trainyard::Run::builder().tracking_uri(&tracking_uri).experiment("iris").name("first").start()?;
//! run.log_params(&Config { max_depth: 5, learning_rate: 0.1 })?;
//! for epoch in 0..10 {
//!     run.log_metric("loss", 1.0 / (epoch + 1) as f64, epoch)?;
//! }
//! run.log_text("confusion.txt", "50 0 0\n0 47 3\n0 1 49\n")?;
//! run.finish()?;
//! # Ok(())
//! # }
//! ```
//!
//! [`start_run`] takes the tracking URI from the environment and is all that a training program needs. A call of a
//! `log_…` function appends to a journal on disk and returns; a thread delivers it. What was logged survives the end of the
//! process, also by `kill -9`, and a server that is away. [`Client`] has the rest: searches, experiments, the registry.
//!
//! # Features
//!
//! | feature | what it adds | by default |
//! |---|---|---|
//! | `embedded` | tracking URIs of databases, `sqlite:///…` and `postgresql://…`: the store runs in this process | yes |
//! | `artifact-stores` | artifacts in folders and buckets, reached without a server; part of `embedded` | yes |
//! | `system-metrics` | use of CPU, memory, disk, network and GPU as metrics of a run | yes |
//! | `model-scan` | for the Python package | yes |
//! | `asynchronous` | the module `asynchronous`, for programs on tokio | no |
//! | `tracing-layer` | the module `tracing_layer`, which makes metrics of the fields of events | no |
//! | `cbor` | [`flavors`]: models of serde that hold numbers JSON has not, `Cbor` | no |
//! | `safetensors` | [`flavors`]: tensors in a file that PyTorch and others read, `Safetensors` | no |
//! | `onnx` | [`flavors`]: models in the ONNX format, `Onnx` | no |
//! | `linfa` | [`flavors`]: models of linfa 0.8, with a copy in the ONNX format, `Linfa` | no |
//! | `smartcore` | [`flavors`]: models of smartcore 0.7, with a copy in the ONNX format, `Smartcore` | no |
//! | `candle` | [`flavors`]: models of candle 0.11, `Candle` | no |
//! | `burn` | [`flavors`]: modules of burn 0.22, `Burn` | no |
//! | `xgb` | boosters of the crate `xgb` 3 as `flavors::Xgboost`; links XGBoost | no |
//! | `lightgbm3` | boosters of the crate `lightgbm3` 1 as `flavors::Lightgbm`; builds LightGBM | no |
//! | `burn-train` | the metrics of burn's learner, `flavors::BurnMetrics` | no |
//! | `ndarray` | arrays of ndarray 0.17 as signatures, examples and datasets | no |
//! | `polars` | data frames of polars 0.55 as signatures, examples and datasets | no |
//! | `arrow` | record batches of Arrow 60 as datasets | no |
//!
//! Without any of them the client of a tracking server is left: runs with their journal, searches, models and the registry.
//! Artifacts go through the server, and exports are not there. burn needs Rust 1.95. The feature `burn-example` is for this
//! crate's own tests and example of burn.
//!
//! # Versions
//!
//! What is documented here keeps to semantic versioning as cargo has it: before 1.0 a release `0.x` may break what was, and
//! `0.x.y` does not; from 1.0 on only a major release may. In between:
//!
//! - Variants are added to enums that are marked `non_exhaustive`, such as [`Error`], [`ModelUri`] and
//!   [`api::ErrorCode`]: match them with a `_`. Other enums are complete.
//! - Fields are added to the variants of [`Error`], and to requests and answers of [`api`]: name those that you need and end
//!   patterns with `..`, requests with `..Default::default()`.
//! - Traits that say "Other crates cannot implement it" get methods, and get them for further types. [`SaveModel`],
//!   [`LoadModel`], [`Predict`] and [`Progress`] get none without a body.
//! - The wording of messages changes. [`Error`]'s variants and [`Error::code`] are what to tell errors apart by.
//! - What the journal and the files of a model look like on disk is read by later versions, not by earlier ones.
//!
//! No type of another crate stands in the interface, except serde's traits; in `asynchronous` and `tracing_layer`, what tokio
//! and tracing-subscriber need; and behind the feature of a framework its types, in the version that the table names. Taking
//! another version of it is a breaking change. `rust-version` may rise with `0.x`. What is hidden from this documentation
//! (`internals`) may change with any version.

pub mod api;
mod artifacts;
#[cfg(feature = "asynchronous")]
pub mod asynchronous;
#[cfg(feature = "artifact-stores")]
mod blocking;
mod client;
#[cfg(feature = "embedded")]
mod embedded;
mod error;
mod experiments;
#[cfg(feature = "embedded")]
mod export;
pub mod flavors;
pub mod fork;
mod http;
mod journal;
mod model;
mod model_uri;
mod models;
mod registry;
mod run;
mod search;
mod setting;
#[cfg(feature = "system-metrics")]
mod system_metrics;
#[cfg(feature = "tracing-layer")]
pub mod tracing_layer;
mod tracking_uri;

pub use artifacts::{ArtifactRepository, Progress};
pub use client::{Client, Request};
pub use error::Error;
pub use journal::{Rejection, Rejections};
pub use model::{
    BoxError, Column, DataType, Flavor, InputExample, LoadModel, ModelFolder, ModelInfo, ModelOptions, Predict,
    SaveModel, SavedModel, Schema, Signature, Tensor, TensorSpec, load_model, save_model,
};
pub use model_uri::{ModelUri, ResolvedModel};
pub use run::{Dataset, Element, Image, Offline, Run, RunBuilder, start_run};
pub use search::{Found, Pages, Search, Searched};
pub use tracking_uri::default_tracking_uri;

/// What the Python package and the `trainyard` command are built from, besides the rest of this crate.
///
/// It is public because they are other crates, and hidden because it is not for anybody else: anything in it may change with
/// any version.
#[doc(hidden)]
pub mod internals {
    #[cfg(feature = "embedded")]
    pub use trainyard_store::Export;

    #[cfg(feature = "system-metrics")]
    pub use crate::system_metrics::SystemSampler;

    pub mod journal {
        pub use crate::journal::*;
    }

    pub mod models {
        pub use crate::models::*;
    }
}
