//! The `trainyard` command as a library, so that the Python wheel runs the same program as the binary.
//!
//! One module per command. `server`, `db` and `gc` open a database themselves; all others talk to a tracking store through
//! `trainyard::Client` (see `tracking`). What they print goes through `output`.

#![forbid(unsafe_code)]

mod artifacts;
mod clock;
mod db;
mod environment;
mod experiments;
mod export;
mod failure;
mod gc;
mod mlflow_ui;
mod models;
mod output;
mod runs;
mod server;
mod sync;
mod tracking;

use std::ffi::OsString;

pub use artifacts::TransferBar;
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

/// Records model training: a tracking server and its command line, compatible with MLflow.
#[derive(Debug, Parser)]
#[command(name = "trainyard", version, subcommand_required = true, arg_required_else_help = true)]
#[command(after_help = "Example: trainyard server, then in Python: mlflow.set_tracking_uri(\"http://127.0.0.1:5000\")")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the tracking server.
    Server(server::ServerArgs),
    /// List and create experiments.
    #[command(subcommand, after_help = "Example: trainyard experiments list")]
    Experiments(experiments::ExperimentsCommand),
    /// List runs and show one.
    #[command(subcommand, after_help = "Example: trainyard runs list --experiment iris")]
    Runs(runs::RunsCommand),
    /// List registered models and show one.
    #[command(subcommand, after_help = "Example: trainyard models show iris-classifier")]
    Models(models::ModelsCommand),
    /// List and download artifacts.
    #[command(subcommand, after_help = "Example: trainyard artifacts list models:/iris-classifier/1")]
    Artifacts(artifacts::ArtifactsCommand),
    /// Look after a database: how large it is, whether it is whole, packing it.
    #[command(subcommand, after_help = "Example: trainyard db stats --backend-store-uri sqlite:////srv/yard/yard.db")]
    Db(db::DbCommand),
    /// Remove what is marked deleted for good.
    Gc(gc::GcArgs),
    /// Write runs or metrics to a Parquet, CSV or JSON file.
    #[command(subcommand, after_help = "Example: trainyard export runs --experiment iris --to runs.parquet")]
    Export(export::ExportCommand),
    /// Deliver what was logged while a server was away.
    Sync(sync::SyncArgs),
}

/// Runs the command line, the program's name first, and returns the exit code: 0 when all went well, 1 when what
/// was asked could not be done, 2 when it was asked wrongly or the server could not start.
pub fn main(args: impl IntoIterator<Item = OsString>) -> i32 {
    let command = environment::with_mlflow_names(Cli::command());
    let cli = match command.try_get_matches_from(args).and_then(|matches| Cli::from_arg_matches(&matches)) {
        Ok(cli) => cli,
        Err(error) => {
            // Nothing is left to be told when even the message cannot be printed.
            let _ = error.print();
            return error.exit_code();
        }
    };
    let done = match cli.command {
        Command::Server(args) => server::run(args),
        Command::Experiments(command) => experiments::run(command),
        Command::Runs(command) => runs::run(command),
        Command::Models(command) => models::run(command),
        Command::Artifacts(command) => artifacts::run(command),
        Command::Db(command) => db::run(command),
        Command::Gc(args) => gc::run(args),
        Command::Export(command) => export::run(command),
        Command::Sync(args) => sync::run(args),
    };
    match done {
        Ok(()) => 0,
        Err(failure) => failure.report(),
    }
}
