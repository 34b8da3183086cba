//! What a server can do, as [`Client::server_info`](crate::Client::server_info) tells it.
//!
//! ```
//! # fn main() -> Result<(), trainyard::Error> {
//! # let folder = tempfile::tempdir().expect("a folder");
//! # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
//! use trainyard::api::server_info::{MLFLOW_VERSION, ServerInfo};
//!
//! let ServerInfo { ingest_version, artifact_serving_enabled, .. } = client.server_info()?;
//! assert!(ingest_version >= 1, "this store takes binary batches");
//! assert!(!artifact_serving_enabled, "a database in this process has no artifact proxy");
//! assert!(MLFLOW_VERSION.starts_with("3."), "the interface that servers have");
//! # Ok(())
//! # }
//! ```

pub use trainyard_api::server_info::{MLFLOW_VERSION, ServerInfo};
