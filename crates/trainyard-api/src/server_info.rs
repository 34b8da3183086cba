//! What a server can do.

use serde::{Deserialize, Serialize};

use crate::wire;

/// The MLflow version whose interface this is; `/version` answers it.
///
/// ```
/// let version = trainyard::api::server_info::MLFLOW_VERSION;
/// assert_eq!(version.split('.').next(), Some("3"), "what works with MLflow 3 works with it");
/// ```
pub const MLFLOW_VERSION: &str = "3.18.0";

/// Answer of `GET /api/3.0/mlflow/server-info`.
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::server_info::ServerInfo;
///
/// let ServerInfo { trainyard_version, artifact_serving_enabled, .. } = client.server_info()?;
/// assert!(!trainyard_version.is_empty(), "it is not a server of MLflow's");
/// assert!(!artifact_serving_enabled, "a database in this process has no artifact proxy");
/// # Ok::<(), trainyard::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ServerInfo {
    /// Kind of store; clients know `SqlStore` and `FileStore`.
    pub store_type: String,
    /// Whether objects live in workspaces.
    pub workspaces_enabled: bool,
    /// Whether traces are archived.
    pub trace_archival_enabled: bool,
    /// Whether large uploads may go to the bucket in parts.
    pub multipart_uploads_enabled: bool,
    /// Whether large downloads may come from the bucket in ranges.
    pub multipart_downloads_enabled: bool,
    /// Whether the artifact proxy is on.
    pub artifact_serving_enabled: bool,
    /// `basic-auth`, or empty when everybody may do everything.
    pub tracking_auth: String,
    /// Whether artifacts travel by presigned URLs only.
    pub artifacts_presigned_only: bool,
    /// The server's own version; empty for servers that are not Trainyard.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub trainyard_version: String,
    /// Newest version of binary ingest batches that the server reads; 0 for servers that read none.
    #[serde(skip_serializing_if = "wire::is_default")]
    pub ingest_version: u16,
}

impl Default for ServerInfo {
    fn default() -> Self {
        Self {
            store_type: "SqlStore".to_owned(),
            workspaces_enabled: false,
            trace_archival_enabled: false,
            multipart_uploads_enabled: false,
            multipart_downloads_enabled: false,
            artifact_serving_enabled: true,
            tracking_auth: String::new(),
            artifacts_presigned_only: false,
            trainyard_version: String::new(),
            ingest_version: 0,
        }
    }
}
