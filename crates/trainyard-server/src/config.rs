//! What an operator can choose.

/// Settings of a server; the default is what `trainyard server` without flags does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerConfig {
    /// Name or address to listen on.
    pub host: String,
    /// Port to listen on; 0 takes a free one.
    pub port: u16,
    /// Where experiments, runs and the registry are kept.
    pub backend_store_uri: String,
    /// Where the artifact proxy keeps files: a folder or a bucket.
    pub artifacts_destination: String,
    /// Root of the artifact locations of new experiments; by default the proxy, or without it the destination.
    pub default_artifact_root: Option<String>,
    /// Whether the artifact proxy is on.
    pub serve_artifacts: bool,
    /// Path below which everything is served, such as `/tracking`; empty for none.
    pub static_prefix: String,
    /// Host headers to accept, `*` standing for any text; empty for addresses and local names.
    pub allowed_hosts: Vec<String>,
    /// Web origins beside the server's own and this machine's that may change things; `*` for all.
    pub cors_allowed_origins: Vec<String>,
}

impl Default for ServerConfig {
    fn default() -> Self {
        Self {
            host: "127.0.0.1".to_owned(),
            port: 5000,
            backend_store_uri: "sqlite:///yard/yard.db".to_owned(),
            artifacts_destination: "./yard/artifacts".to_owned(),
            default_artifact_root: None,
            serve_artifacts: true,
            static_prefix: String::new(),
            allowed_hosts: Vec::new(),
            cors_allowed_origins: Vec::new(),
        }
    }
}
