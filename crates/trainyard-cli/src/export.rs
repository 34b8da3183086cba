//! `trainyard export`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use serde::Serialize;
use trainyard::Client;
use trainyard_api::export::{ExportMetrics, ExportRuns, Format};
use trainyard_api::{ExperimentId, RunId};

use crate::artifacts::TransferBar;
use crate::experiments;
use crate::failure::Failure;
use crate::output;
use crate::tracking::{TrackingArgs, View};

/// The subcommands.
#[derive(Debug, Subcommand)]
pub enum ExportCommand {
    /// Write every point of metrics to a file, one a row.
    #[command(after_help = "\
Examples:
  trainyard export metrics --experiment iris --to iris.parquet
  trainyard export metrics --run 0f3e9c1d2b4a4c5d8e7f60718293a4b5 --key loss --to loss.csv")]
    Metrics(Metrics),
    /// Write runs to a file, one a row, with params, tags and latest metrics as columns.
    #[command(after_help = "\
Examples:
  trainyard export runs --experiment iris --to runs.parquet
  trainyard export runs --experiment iris --metric accuracy --param lr --to accuracies.csv
  trainyard export runs --filter \"metrics.accuracy > 0.9\" --to good.jsonl")]
    Runs(Runs),
}

/// Arguments of `metrics`.
#[derive(Debug, Args)]
pub struct Metrics {
    /// Name or id of an experiment whose runs to export; may be repeated.
    #[arg(
        long = "experiment",
        visible_alias = "experiment-id",
        value_name = "NAME|ID",
        required_unless_present = "runs"
    )]
    experiments: Vec<String>,
    /// Id of a run to export; may be repeated.
    #[arg(long = "run", visible_alias = "run-id", value_name = "ID")]
    runs: Vec<String>,
    /// Metric to export; may be repeated [default: all].
    #[arg(long = "key", value_name = "METRIC")]
    keys: Vec<String>,
    #[command(flatten)]
    file: FileArgs,
    #[command(flatten)]
    tracking: TrackingArgs,
}

/// Arguments of `runs`.
#[derive(Debug, Args)]
pub struct Runs {
    /// Name or id of an experiment; may be repeated [default: all].
    #[arg(long = "experiment", visible_alias = "experiment-id", value_name = "NAME|ID")]
    experiments: Vec<String>,
    /// Only what matches, in MLflow's filter language.
    #[arg(long, default_value = "", hide_default_value = true)]
    filter: String,
    /// Order, such as "start_time ASC"; may be repeated.
    #[arg(long, value_name = "KEY [ASC|DESC]")]
    order_by: Vec<String>,
    /// Metric that becomes a column; may be repeated [default: all metrics, params and tags, unless one is named].
    #[arg(long = "metric", value_name = "METRIC")]
    metrics: Vec<String>,
    /// Param that becomes a column; may be repeated.
    #[arg(long = "param", value_name = "PARAM")]
    params: Vec<String>,
    /// Tag that becomes a column; may be repeated.
    #[arg(long = "tag", value_name = "TAG")]
    tags: Vec<String>,
    /// Lifecycle stages to export.
    #[arg(long, value_enum, default_value_t = View::Active)]
    view: View,
    #[command(flatten)]
    file: FileArgs,
    #[command(flatten)]
    tracking: TrackingArgs,
}

/// Where to write what.
#[derive(Debug, Args)]
struct FileArgs {
    /// File to write; it appears when it is complete.
    #[arg(long, value_name = "FILE")]
    to: PathBuf,
    /// Form of the file [default: by the ending of its name].
    #[arg(long, value_enum)]
    format: Option<FileFormat>,
}

/// Forms of files.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum FileFormat {
    /// Apache Parquet.
    Parquet,
    /// Comma-separated values.
    Csv,
    /// One JSON object a line.
    Jsonl,
}

/// Carries out a subcommand.
pub fn run(command: ExportCommand) -> Result<(), Failure> {
    match command {
        ExportCommand::Metrics(args) => {
            let client = args.tracking.connect()?;
            let request = ExportMetrics {
                experiment_ids: find_all(&client, &args.experiments)?,
                run_ids: args.runs.iter().map(|run| RunId::from(run.as_str())).collect(),
                metric_keys: args.keys,
            };
            write(&client, request, &args.file, &args.tracking)
        }
        ExportCommand::Runs(args) => {
            let client = args.tracking.connect()?;
            let request = ExportRuns {
                experiment_ids: find_all(&client, &args.experiments)?,
                filter: args.filter,
                run_view_type: args.view.into(),
                order_by: args.order_by,
                metric_keys: args.metrics,
                param_keys: args.params,
                tag_keys: args.tags,
            };
            write(&client, request, &args.file, &args.tracking)
        }
    }
}

fn find_all(client: &Client, names: &[String]) -> Result<Vec<ExperimentId>, Failure> {
    let find = |name: &String| experiments::find(client, name).map(|experiment| experiment.experiment_id);
    names.iter().map(find).collect()
}

fn write<E: trainyard::internals::Export + Serialize>(
    client: &Client,
    request: E,
    file: &FileArgs,
    tracking: &TrackingArgs,
) -> Result<(), Failure> {
    client.export(request, file.format()?, &file.to, &TransferBar::default())?;
    if tracking.json {
        return output::json(&serde_json::json!({ "path": file.to }));
    }
    output::line(&file.to.display().to_string())
}

impl FileArgs {
    fn format(&self) -> Result<Format, Failure> {
        if let Some(format) = self.format {
            return Ok(match format {
                FileFormat::Parquet => Format::Parquet,
                FileFormat::Csv => Format::Csv,
                FileFormat::Jsonl => Format::Jsonl,
            });
        }
        let ending = self.to.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
        Format::ALL.into_iter().find(|format| format.extension().eq_ignore_ascii_case(ending)).ok_or_else(|| {
            Failure::because(format!(
                "the name of {} does not end in .parquet, .csv or .jsonl; say the form of the file with --format",
                self.to.display()
            ))
        })
    }
}
