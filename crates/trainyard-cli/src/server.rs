//! `trainyard server`.

use std::time::Duration;

use clap::{ArgAction, Args, ValueEnum};
use tracing::level_filters::LevelFilter;
use tracing_subscriber::EnvFilter;
use trainyard_server::{EventConfig, PostgresOptions, SecretText, ServerConfig, Ui, WebhookConfig};

use crate::failure::Failure;
use crate::{environment, mlflow_ui, output};

/// Run the tracking server until SIGTERM or Ctrl-C.
///
/// Prints one line with the URL when it is ready. Without flags everything is kept in ./yard.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  trainyard server
  trainyard server --host 0.0.0.0 --port 8080 --allowed-hosts 'yard.example.org' \\
      --backend-store-uri sqlite:////srv/yard/yard.db --artifacts-destination /srv/yard/artifacts
  trainyard server --backend-store-uri 'postgresql://yard@db.example.org/yard?sslmode=verify-full'
  trainyard server --ui mlflow

Every flag can be set by its variable; the MLFLOW_ variable of the same ending is read when ours is not set.
Exit code 0 after SIGTERM or Ctrl-C, 2 when the server cannot start.")]
pub struct ServerArgs {
    /// Address to listen on; 0.0.0.0 for all of IPv4.
    #[arg(long, env = "TRAINYARD_HOST", default_value = "127.0.0.1")]
    host: String,
    /// Port to listen on; 0 takes a free one.
    #[arg(long, short, env = "TRAINYARD_PORT", default_value_t = 5000)]
    port: u16,
    /// Database: sqlite:///relative.db, sqlite:////absolute.db or postgresql://user@host:5432/database?sslmode=verify-full.
    #[arg(long, value_name = "URI", env = "TRAINYARD_BACKEND_STORE_URI", default_value = "sqlite:///yard/yard.db")]
    // Its value may hold a password.
    #[arg(hide_env_values = true)]
    backend_store_uri: String,
    /// Connections to PostgreSQL at most; one more hears of other servers.
    #[arg(long, value_name = "N", env = "TRAINYARD_SQLALCHEMYSTORE_POOL_SIZE", default_value_t = 8)]
    #[arg(value_parser = clap::value_parser!(u16).range(3..=1000))]
    database_pool_size: u16,
    /// How long PostgreSQL may take to accept a connection.
    #[arg(long, value_name = "SECONDS", env = "TRAINYARD_DATABASE_CONNECT_TIMEOUT", default_value_t = 10)]
    #[arg(value_parser = clap::value_parser!(u64).range(1..=3600))]
    database_connect_timeout: u64,
    /// How long one statement may take in PostgreSQL; 0 for as long as it takes.
    #[arg(long, value_name = "SECONDS", env = "TRAINYARD_DATABASE_STATEMENT_TIMEOUT", default_value_t = 60)]
    #[arg(value_parser = clap::value_parser!(u64).range(0..=86400))]
    database_statement_timeout: u64,
    /// How long a request waits while PostgreSQL is away, before it is told to come again.
    #[arg(long, value_name = "SECONDS", env = "TRAINYARD_DATABASE_ACQUIRE_TIMEOUT", default_value_t = 30)]
    #[arg(value_parser = clap::value_parser!(u64).range(0..=3600))]
    database_acquire_timeout: u64,
    /// Where the server keeps artifacts: a folder, or the URI of a bucket.
    #[arg(long, value_name = "URI", env = "TRAINYARD_ARTIFACTS_DESTINATION", default_value = "./yard/artifacts")]
    artifacts_destination: String,
    /// Artifact root of new experiments [default: mlflow-artifacts:/ when artifacts are served].
    #[arg(long, value_name = "URI", env = "TRAINYARD_DEFAULT_ARTIFACT_ROOT")]
    default_artifact_root: Option<String>,
    /// Let artifacts pass through the server (the default).
    #[arg(long, env = "TRAINYARD_SERVE_ARTIFACTS", num_args = 0..=1, require_equals = true)]
    #[arg(default_value_t = true, default_missing_value = "true", action = ArgAction::Set, hide_possible_values = true)]
    #[arg(value_parser = clap::builder::BoolishValueParser::new())]
    serve_artifacts: bool,
    /// Clients reach artifacts by themselves, at --default-artifact-root.
    #[arg(long, overrides_with = "serve_artifacts")]
    no_serve_artifacts: bool,
    /// Tell clients to send large files to the bucket of --artifacts-destination themselves, in parts.
    #[arg(long, env = "TRAINYARD_ENABLE_PROXY_MULTIPART_UPLOAD", num_args = 0..=1, require_equals = true)]
    #[arg(default_value_t = false, default_missing_value = "true", action = ArgAction::Set, hide_possible_values = true)]
    #[arg(value_parser = clap::builder::BoolishValueParser::new())]
    proxy_multipart_upload: bool,
    /// Tell clients to fetch large files from that bucket themselves, in ranges.
    #[arg(long, env = "TRAINYARD_ENABLE_PROXY_MULTIPART_DOWNLOAD", num_args = 0..=1, require_equals = true)]
    #[arg(default_value_t = false, default_missing_value = "true", action = ArgAction::Set, hide_possible_values = true)]
    #[arg(value_parser = clap::builder::BoolishValueParser::new())]
    proxy_multipart_download: bool,
    /// Path below which everything is served, such as /yard.
    #[arg(long, value_name = "PATH", env = "TRAINYARD_STATIC_PREFIX", default_value = "", hide_default_value = true)]
    static_prefix: String,
    /// Web UI at the server's address.
    #[arg(long, value_enum, env = "TRAINYARD_UI", default_value_t = Shown::Trainyard)]
    ui: Shown,
    /// Folder of a built MLflow UI, instead of the installed package's.
    #[arg(long, value_name = "DIR", env = "TRAINYARD_UI_DIR")]
    ui_dir: Option<String>,
    /// Hosts that requests may name, with * for any letters, separated by commas [default: addresses and local names].
    #[arg(long, value_name = "HOSTS", env = "TRAINYARD_SERVER_ALLOWED_HOSTS", value_delimiter = ',')]
    allowed_hosts: Vec<String>,
    /// Origins whose web pages may change things, separated by commas [default: the server's own and local ones].
    #[arg(long, value_name = "ORIGINS", env = "TRAINYARD_SERVER_CORS_ALLOWED_ORIGINS", value_delimiter = ',')]
    cors_allowed_origins: Vec<String>,
    /// Cut values of params and tags that are too long (the default); with =false they are refused.
    #[arg(long, env = "TRAINYARD_TRUNCATE_LONG_VALUES", num_args = 0..=1, require_equals = true)]
    #[arg(default_value_t = true, default_missing_value = "true", action = ArgAction::Set, hide_possible_values = true)]
    #[arg(value_parser = clap::builder::BoolishValueParser::new())]
    truncate_long_values: bool,
    /// Schemes that webhook addresses may have, separated by commas.
    #[arg(long, value_name = "SCHEMES", env = "TRAINYARD_WEBHOOK_ALLOWED_SCHEMES", value_delimiter = ',')]
    #[arg(default_value = "https")]
    webhook_allowed_schemes: Vec<String>,
    /// Let webhooks reach this machine and private networks.
    #[arg(long, env = "TRAINYARD_WEBHOOK_ALLOW_PRIVATE_IPS", num_args = 0..=1, require_equals = true)]
    #[arg(default_value_t = false, default_missing_value = "true", action = ArgAction::Set, hide_possible_values = true)]
    #[arg(value_parser = clap::builder::BoolishValueParser::new())]
    webhook_allow_private_ips: bool,
    /// How long one attempt to call a webhook may take.
    #[arg(long, value_name = "SECONDS", env = "TRAINYARD_WEBHOOK_REQUEST_TIMEOUT", default_value_t = 30)]
    #[arg(value_parser = clap::value_parser!(u64).range(1..=3600))]
    webhook_timeout: u64,
    /// Further attempts after a failed one, with growing pauses.
    #[arg(long, value_name = "N", env = "TRAINYARD_WEBHOOK_REQUEST_MAX_RETRIES", default_value_t = 16)]
    webhook_max_retries: u32,
    /// Webhooks that are called at a time.
    #[arg(long, value_name = "N", env = "TRAINYARD_WEBHOOK_DELIVERY_MAX_WORKERS", default_value_t = 10)]
    #[arg(value_parser = clap::value_parser!(u16).range(1..=1000))]
    webhook_workers: u16,
    /// Pause between two looks for metric points to pack; 0 leaves packing to other servers and to `trainyard db pack`.
    #[arg(long, value_name = "SECONDS", env = "TRAINYARD_PACK_EVERY", default_value_t = 30)]
    #[arg(value_parser = clap::value_parser!(u64).range(..=86_400))]
    pack_every: u64,
    /// What to log on stderr: off, error, warn, info (every request), debug, trace, or directives as in RUST_LOG.
    #[arg(long, value_name = "LEVEL", env = "RUST_LOG", default_value = "warn")]
    log_level: String,
    /// How log lines look.
    #[arg(long, value_enum, default_value_t = LogFormat::Text)]
    log_format: LogFormat,
}

/// What is shown at the server's address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Shown {
    /// Trainyard's own.
    Trainyard,
    /// The one of the installed mlflow package.
    Mlflow,
    /// None: a page that says what this is.
    None,
}

/// How log lines look.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// Runs the server; returns after a signal, when all requests under way have been answered.
pub fn run(args: ServerArgs) -> Result<(), Failure> {
    start_logging(&args.log_level, args.log_format)?;
    trainyard_server::serve(config(args)?, |url| {
        // A server whose output nobody reads serves all the same.
        let _ = output::line(&format!("Trainyard is ready at {url}"));
    })
    .map_err(|error| Failure::Refused(error.to_string()))
}

fn config(args: ServerArgs) -> Result<ServerConfig, Failure> {
    let ui = match (args.ui_dir, args.ui) {
        (Some(folder), _) => Ui::Mlflow(folder),
        (None, Shown::Trainyard) => Ui::Trainyard,
        (None, Shown::Mlflow) => Ui::Mlflow(mlflow_ui::find()?),
        (None, Shown::None) => Ui::None,
    };
    Ok(ServerConfig {
        host: args.host,
        port: args.port,
        backend_store_uri: args.backend_store_uri,
        postgres: PostgresOptions {
            pool_size: args.database_pool_size.into(),
            connect_timeout: Duration::from_secs(args.database_connect_timeout),
            statement_timeout: Duration::from_secs(args.database_statement_timeout),
            acquire_timeout: Duration::from_secs(args.database_acquire_timeout),
        },
        artifacts_destination: args.artifacts_destination,
        default_artifact_root: args.default_artifact_root,
        serve_artifacts: args.serve_artifacts && !args.no_serve_artifacts,
        proxy_multipart_upload: args.proxy_multipart_upload,
        proxy_multipart_download: args.proxy_multipart_download,
        static_prefix: args.static_prefix,
        ui,
        allowed_hosts: args.allowed_hosts,
        cors_allowed_origins: args.cors_allowed_origins,
        truncate_long_values: args.truncate_long_values,
        events: EventConfig::default(),
        webhooks: WebhookConfig {
            allowed_schemes: args.webhook_allowed_schemes.iter().map(|scheme| scheme.trim().to_owned()).collect(),
            allow_private_ips: args.webhook_allow_private_ips,
            timeout: Duration::from_secs(args.webhook_timeout),
            max_retries: args.webhook_max_retries,
            workers: args.webhook_workers.into(),
            secret_key: environment::secret("WEBHOOK_SECRET_ENCRYPTION_KEY").map(SecretText),
            ..WebhookConfig::default()
        },
        pack_every: (args.pack_every > 0).then(|| Duration::from_secs(args.pack_every)),
    })
}

fn start_logging(level: &str, format: LogFormat) -> Result<(), Failure> {
    let filter = EnvFilter::builder()
        .with_default_directive(LevelFilter::WARN.into())
        .parse(level)
        .map_err(|error| Failure::Refused(format!("cannot use {level:?} as --log-level: {error}")))?;
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match format {
        // A process that runs the command twice, as Python may, keeps its first subscriber.
        LogFormat::Text => drop(lines.with_ansi(colours()).try_init()),
        LogFormat::Json => drop(lines.json().flatten_event(true).try_init()),
    }
    Ok(())
}

fn colours() -> bool {
    !matches!(anstream::AutoStream::choice(&std::io::stderr()), anstream::ColorChoice::Never)
}
