//! `trainyard runs`.

use std::collections::HashMap;

use clap::{Args, Subcommand};
use trainyard_api::experiments::{Experiment, GetExperiment, SearchExperiments};
use trainyard_api::metrics::Metric;
use trainyard_api::runs::{GetRun, Run, RunInfo, SearchRuns};
use trainyard_api::{ExperimentId, KeyValue, ViewType};

use crate::clock::{duration, local_time};
use crate::experiments;
use crate::failure::Failure;
use crate::output;
use crate::tracking::{ListArgs, TrackingArgs, View, collect_pages};

/// The subcommands.
#[derive(Debug, Subcommand)]
pub enum RunsCommand {
    /// List runs, the newest first.
    #[command(after_help = "\
Examples:
  trainyard runs list --experiment iris --order-by 'metrics.accuracy DESC'
  trainyard runs list --filter \"metrics.accuracy > 0.9 and params.max_depth = '5'\" --json")]
    List(ListRuns),
    /// Show all of one run.
    #[command(after_help = "Example: trainyard runs show 0f3e9c1d2b4a4c5d8e7f60718293a4b5")]
    Show(Show),
}

/// Arguments of `list`.
#[derive(Debug, Args)]
pub struct ListRuns {
    /// Name or id of an experiment; may be repeated [default: all].
    #[arg(long = "experiment", visible_alias = "experiment-id", value_name = "NAME|ID")]
    experiments: Vec<String>,
    #[command(flatten)]
    list: ListArgs,
    /// Lifecycle stages to list.
    #[arg(long, value_enum, default_value_t = View::Active)]
    view: View,
    #[command(flatten)]
    tracking: TrackingArgs,
}

/// Arguments of `show`.
#[derive(Debug, Args)]
pub struct Show {
    /// Id of the run.
    run_id: String,
    #[command(flatten)]
    tracking: TrackingArgs,
}

/// Carries out a subcommand.
pub fn run(command: RunsCommand) -> Result<(), Failure> {
    match command {
        RunsCommand::List(args) => list(args),
        RunsCommand::Show(args) => show(args),
    }
}

fn list(args: ListRuns) -> Result<(), Failure> {
    let client = args.tracking.connect()?;
    // Runs can be deleted while their experiment is not.
    let view_type = match args.view {
        View::Active => ViewType::ActiveOnly,
        View::Deleted | View::All => ViewType::All,
    };
    let experiments: Vec<Experiment> = if args.experiments.is_empty() {
        collect_pages(u32::MAX, |max_results, page_token| {
            let page = client.call(SearchExperiments {
                max_results: Some(max_results),
                page_token,
                view_type,
                ..SearchExperiments::default()
            })?;
            Ok((page.experiments, page.next_page_token))
        })?
    } else {
        args.experiments.iter().map(|name| experiments::find(&client, name)).collect::<Result<_, _>>()?
    };
    let names: HashMap<ExperimentId, String> =
        experiments.into_iter().map(|experiment| (experiment.experiment_id, experiment.name)).collect();
    let experiment_ids: Vec<ExperimentId> = names.keys().cloned().collect();
    let runs = collect_pages(args.list.max_results, |max_results, page_token| {
        let page = client.call(SearchRuns {
            experiment_ids: experiment_ids.clone(),
            filter: args.list.filter.clone(),
            run_view_type: args.view.into(),
            max_results: Some(max_results),
            order_by: args.list.order_by.clone(),
            page_token,
            ..SearchRuns::default()
        })?;
        Ok((page.runs, page.next_page_token))
    })?;
    if args.tracking.json {
        return output::json(&runs);
    }
    let rows = runs.into_iter().map(|run| {
        let metrics = summary(&run.data.metrics);
        let info = run.info;
        vec![
            info.run_id.to_string(),
            info.run_name.clone(),
            names.get(&info.experiment_id).cloned().unwrap_or_default(),
            info.status.as_str().to_owned(),
            local_time(info.start_time),
            elapsed(&info),
            metrics,
        ]
    });
    let header = ["run id", "name", "experiment", "status", "started", "took", "metrics"];
    output::table(&header, rows.collect(), "No runs match.")
}

fn show(args: Show) -> Result<(), Failure> {
    let client = args.tracking.connect()?;
    let Run { info, data, inputs, outputs } =
        match client.call(GetRun { run_id: args.run_id.as_str().into(), ..GetRun::default() }) {
            Ok(found) if args.tracking.json => return output::json(&found.run),
            Ok(found) => found.run,
            Err(error) => return Err(Failure::from(error).with_hint("`trainyard runs list` shows the runs there are")),
        };
    let experiment = client.call(GetExperiment { experiment_id: info.experiment_id.clone() })?.experiment;
    output::fields(&[
        ("run id", info.run_id.to_string()),
        ("name", info.run_name.clone()),
        ("experiment", format!("{} (id {})", experiment.name, experiment.experiment_id)),
        ("status", info.status.as_str().to_owned()),
        ("stage", info.lifecycle_stage.as_str().to_owned()),
        ("user", info.user_id.clone()),
        ("started", local_time(info.start_time)),
        ("ended", local_time(info.end_time.unwrap_or_default())),
        ("took", elapsed(&info)),
        ("artifacts", info.artifact_uri.clone()),
    ])?;
    let metrics = data.metrics.iter().map(|metric| {
        vec![metric.key.clone(), metric.value.to_string(), metric.step.to_string(), local_time(metric.timestamp)]
    });
    output::section("metrics", &["key", "latest", "step", "logged"], metrics.collect())?;
    output::section("params", &["key", "value"], pairs(data.params))?;
    output::section("tags", &["key", "value"], pairs(data.tags))?;
    let datasets = inputs.dataset_inputs.into_iter().map(|input| {
        let context = input.tags.into_iter().find(|tag| tag.key == "mlflow.data.context");
        let dataset = input.dataset;
        vec![dataset.name, dataset.digest, dataset.source_type, context.map(|tag| tag.value).unwrap_or_default()]
    });
    output::section("datasets", &["name", "digest", "source", "context"], datasets.collect())?;
    let models = outputs
        .unwrap_or_default()
        .model_outputs
        .into_iter()
        .map(|model| vec![model.model_id.to_string(), model.step.to_string()]);
    output::section("models", &["model id", "step"], models.collect())
}

/// The first metrics of a run on one line.
fn summary(metrics: &[Metric]) -> String {
    const SHOWN: usize = 3;
    let mut words: Vec<String> =
        metrics.iter().take(SHOWN).map(|metric| format!("{}={}", metric.key, rounded(metric.value))).collect();
    if metrics.len() > SHOWN {
        words.push(format!("and {} more", metrics.len() - SHOWN));
    }
    words.join(" ")
}

/// Six digits are enough to tell runs apart; `show` has all of them.
fn rounded(value: f64) -> String {
    match format!("{value:.5e}").parse::<f64>() {
        Ok(rounded) => rounded.to_string(),
        Err(_) => value.to_string(),
    }
}

fn elapsed(info: &RunInfo) -> String {
    info.end_time.map(|end| duration(end - info.start_time)).unwrap_or_default()
}

fn pairs(pairs: Vec<KeyValue>) -> Vec<Vec<String>> {
    pairs.into_iter().map(|pair| vec![pair.key, pair.value]).collect()
}
