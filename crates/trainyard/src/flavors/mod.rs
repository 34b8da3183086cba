//! Adapters: how the models of frameworks are saved and loaded, each behind a feature of its name.
//!
//! | adapter | feature | loaded by |
//! |---|---|---|
//! | [`Json`] | – | Rust |
//! | [`SaveWith`] | – | Rust, by [`LoadWith`] |
//! | [`Xgboost`], [`Lightgbm`] | – | Rust, and every MLflow client, which predicts with it |
//! | `Cbor` | `cbor` | Rust |
//! | `Safetensors` | `safetensors` | Rust; the file is one that PyTorch and others read |
//! | `Candle` | `candle` | Rust; likewise |
//! | `Burn` | `burn` | Rust; likewise. `BurnMetrics` (`burn-train`) logs the learner's metrics |
//! | `Onnx` | `onnx` | Rust, and every MLflow client, which predicts with it |
//! | `Linfa`, `Smartcore` | `linfa`, `smartcore` | Rust, and by their ONNX copy every MLflow client |
//!
//! All record in `MLmodel` the Rust type, its crate and the compiler that saved it. Where Rust alone knows what the bytes mean,
//! loading compares them; boosters, ONNX and safetensors are files of formats with versions of their own, which whoever reads
//! them looks at.
//!
//! An adapter takes the model or a reference to it: `Json(&model)` saves without moving anything.

#[cfg(feature = "burn")]
mod burn;
#[cfg(feature = "burn-train")]
mod burn_metrics;
#[cfg(feature = "candle")]
mod candle;
#[cfg(feature = "cbor")]
mod cbor;
mod depth;
mod finite;
mod gradient_boosting;
#[cfg(any(feature = "linfa", feature = "smartcore"))]
mod input;
mod json;
#[cfg(feature = "linfa")]
mod linfa;
mod load_with;
mod made_by;
#[cfg(feature = "onnx")]
mod onnx;
#[cfg(feature = "safetensors")]
mod safetensors;
mod save_with;
#[cfg(feature = "smartcore")]
mod smartcore;

#[cfg(feature = "burn")]
pub use burn::{Burn, LoadedBurn};
#[cfg(feature = "burn-train")]
pub use burn_metrics::BurnMetrics;
#[cfg(feature = "candle")]
pub use candle::{Candle, LoadedCandle};
#[cfg(feature = "cbor")]
pub use cbor::Cbor;
pub use gradient_boosting::{Lightgbm, Xgboost};
pub use json::Json;
#[cfg(feature = "linfa")]
pub use linfa::{Label, Linfa, LinfaModel};
pub use load_with::LoadWith;
pub use made_by::MadeBy;
#[cfg(feature = "onnx")]
pub use onnx::Onnx;
#[cfg(feature = "safetensors")]
pub use safetensors::Safetensors;
pub use save_with::SaveWith;
#[cfg(feature = "smartcore")]
pub use smartcore::{Smartcore, SmartcoreModel};

/// The flavor of models that serde writes.
const RUST_SERDE: &str = "rust_serde";

/// A flavor of files that this crate hands on as they are: by which adapter of which version, and which compiler.
fn ours<Adapter>(name: &str) -> crate::Flavor {
    crate::Flavor::of::<Adapter>(name).made_by(env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION"))
}
