//! Environment variables of MLflow stand in for those of Trainyard.

use std::env;

use clap::Command;

/// Lets every argument with a variable `TRAINYARD_X` read `MLFLOW_X` where only that one is set.
pub fn with_mlflow_names(command: Command) -> Command {
    command
        .mut_args(|arg| {
            let ours = arg.get_env().and_then(|name| name.to_str()).map(str::to_owned);
            match ours.as_deref().and_then(mlflow_name) {
                Some(theirs) if is_unset(ours.as_deref().unwrap_or_default()) && !is_unset(theirs) => arg.env(theirs),
                _ => arg,
            }
        })
        .mut_subcommands(with_mlflow_names)
}

/// The variable that means the same to MLflow.
fn mlflow_name(ours: &str) -> Option<&'static str> {
    Some(match ours {
        "TRAINYARD_TRACKING_URI" => "MLFLOW_TRACKING_URI",
        "TRAINYARD_HOST" => "MLFLOW_HOST",
        "TRAINYARD_PORT" => "MLFLOW_PORT",
        "TRAINYARD_BACKEND_STORE_URI" => "MLFLOW_BACKEND_STORE_URI",
        "TRAINYARD_SQLALCHEMYSTORE_POOL_SIZE" => "MLFLOW_SQLALCHEMYSTORE_POOL_SIZE",
        "TRAINYARD_ARTIFACTS_DESTINATION" => "MLFLOW_ARTIFACTS_DESTINATION",
        "TRAINYARD_DEFAULT_ARTIFACT_ROOT" => "MLFLOW_DEFAULT_ARTIFACT_ROOT",
        "TRAINYARD_SERVE_ARTIFACTS" => "MLFLOW_SERVE_ARTIFACTS",
        "TRAINYARD_ENABLE_PROXY_MULTIPART_UPLOAD" => "MLFLOW_ENABLE_PROXY_MULTIPART_UPLOAD",
        "TRAINYARD_ENABLE_PROXY_MULTIPART_DOWNLOAD" => "MLFLOW_ENABLE_PROXY_MULTIPART_DOWNLOAD",
        "TRAINYARD_STATIC_PREFIX" => "MLFLOW_STATIC_PREFIX",
        "TRAINYARD_SERVER_ALLOWED_HOSTS" => "MLFLOW_SERVER_ALLOWED_HOSTS",
        "TRAINYARD_SERVER_CORS_ALLOWED_ORIGINS" => "MLFLOW_SERVER_CORS_ALLOWED_ORIGINS",
        "TRAINYARD_TRUNCATE_LONG_VALUES" => "MLFLOW_TRUNCATE_LONG_VALUES",
        "TRAINYARD_WEBHOOK_ALLOWED_SCHEMES" => "MLFLOW_WEBHOOK_ALLOWED_SCHEMES",
        "TRAINYARD_WEBHOOK_ALLOW_PRIVATE_IPS" => "MLFLOW_WEBHOOK_ALLOW_PRIVATE_IPS",
        "TRAINYARD_WEBHOOK_REQUEST_TIMEOUT" => "MLFLOW_WEBHOOK_REQUEST_TIMEOUT",
        "TRAINYARD_WEBHOOK_REQUEST_MAX_RETRIES" => "MLFLOW_WEBHOOK_REQUEST_MAX_RETRIES",
        "TRAINYARD_WEBHOOK_DELIVERY_MAX_WORKERS" => "MLFLOW_WEBHOOK_DELIVERY_MAX_WORKERS",
        _ => return None,
    })
}

/// A variable that is no flag, because secrets do not belong on command lines: `TRAINYARD_<name>`, else `MLFLOW_<name>`.
pub fn secret(name: &str) -> Option<String> {
    let prefixes = ["TRAINYARD", "MLFLOW"].into_iter();
    prefixes.filter_map(|prefix| env::var(format!("{prefix}_{name}")).ok()).find(|value| !value.is_empty())
}

/// An empty variable counts as none, as it does for MLflow.
fn is_unset(name: &str) -> bool {
    env::var_os(name).is_none_or(|value| value.is_empty())
}
