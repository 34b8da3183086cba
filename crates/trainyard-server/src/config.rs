//! What an operator can choose.

use std::fmt;
use std::time::Duration;

use trainyard_store::PostgresOptions;

/// Settings of a server; the default is what `trainyard server` without flags does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerConfig {
    /// Name or address to listen on.
    pub host: String,
    /// Port to listen on; 0 takes a free one.
    pub port: u16,
    /// Where experiments, runs and the registry are kept.
    pub backend_store_uri: String,
    /// How a PostgreSQL database is used.
    pub postgres: PostgresOptions,
    /// Where the artifact proxy keeps files: a folder or a bucket.
    pub artifacts_destination: String,
    /// Root of the artifact locations of new experiments; by default the proxy, or without it the destination.
    pub default_artifact_root: Option<String>,
    /// Whether the artifact proxy is on.
    pub serve_artifacts: bool,
    /// Whether clients are told that they may send large files to the proxy's bucket past the server, in parts.
    pub proxy_multipart_upload: bool,
    /// The same for fetching them.
    pub proxy_multipart_download: bool,
    /// Path below which everything is served, such as `/tracking`; empty for none.
    pub static_prefix: String,
    /// What people see who open the server's address.
    pub ui: Ui,
    /// Host headers to accept, `*` standing for any text; empty for addresses and local names.
    pub allowed_hosts: Vec<String>,
    /// Web origins beside the server's own and this machine's that may change things; `*` for all.
    pub cors_allowed_origins: Vec<String>,
    /// Whether values of params and tags that are too long are cut; else they are refused.
    pub truncate_long_values: bool,
    /// How registry webhooks are called.
    pub webhooks: WebhookConfig,
    /// How many pages may listen to events, and for how long.
    pub events: EventConfig,
    /// Pause between two looks for metric points to pack; without one this server packs none.
    pub pack_every: Option<Duration>,
}

impl Default for ServerConfig {
    fn default() -> Self {
        Self {
            host: "127.0.0.1".to_owned(),
            port: 5000,
            backend_store_uri: "sqlite:///yard/yard.db".to_owned(),
            postgres: PostgresOptions::default(),
            artifacts_destination: "./yard/artifacts".to_owned(),
            default_artifact_root: None,
            serve_artifacts: true,
            proxy_multipart_upload: false,
            proxy_multipart_download: false,
            static_prefix: String::new(),
            ui: Ui::Trainyard,
            allowed_hosts: Vec::new(),
            cors_allowed_origins: Vec::new(),
            truncate_long_values: true,
            webhooks: WebhookConfig::default(),
            events: EventConfig::default(),
            pack_every: Some(Duration::from_secs(30)),
        }
    }
}

/// What people see who open the server's address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ui {
    /// Trainyard's own web UI.
    Trainyard,
    /// MLflow's, from the folder of a built one, with its `index.html`.
    Mlflow(String),
    /// A page that says what this is.
    None,
}

/// How registry webhooks are called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookConfig {
    /// Schemes that their addresses may have: `https`, and `http` if the operator says so.
    pub allowed_schemes: Vec<String>,
    /// Whether they may lie on this machine or in private networks.
    pub allow_private_ips: bool,
    /// How long one attempt may take, from the name's look-up to the answer's end.
    pub timeout: Duration,
    /// Attempts after the first.
    pub max_retries: u32,
    /// Pause before the first of these; each next one is twice as long.
    pub backoff: Duration,
    /// Longest of these pauses.
    pub longest_backoff: Duration,
    /// An event that has not been delivered after this long is given up.
    pub max_age: Duration,
    /// Attempts that may be under way at a time.
    pub workers: usize,
    /// How long after the time-out of an attempt another server may take this one for dead.
    pub grace: Duration,
    /// Key of the secrets in the database, 32 bytes in base64; without one they stand there as they are.
    pub secret_key: Option<SecretText>,
}

impl Default for WebhookConfig {
    fn default() -> Self {
        Self {
            allowed_schemes: vec!["https".to_owned()],
            allow_private_ips: false,
            timeout: Duration::from_secs(30),
            max_retries: 16,
            backoff: Duration::from_secs(1),
            longest_backoff: Duration::from_secs(600),
            max_age: Duration::from_secs(24 * 60 * 60),
            workers: 10,
            grace: Duration::from_secs(30),
            secret_key: None,
        }
    }
}

/// What streams of events may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EventConfig {
    /// Streams at a time.
    pub streams: usize,
    /// A stream is ended after so long, so that one that nobody reads any more gives its place back: browsers open it anew.
    pub longest: Duration,
}

impl Default for EventConfig {
    fn default() -> Self {
        Self { streams: 500, longest: Duration::from_secs(60 * 60) }
    }
}

/// A text that logs do not show.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretText(pub String);

impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}
