//! `trainyard experiments`.

use clap::{Args, Subcommand};
use trainyard::Client;
use trainyard_api::experiments::{CreateExperiment, Experiment, GetExperiment, GetExperimentByName, SearchExperiments};
use trainyard_api::{ErrorCode, Tag};

use crate::clock::local_time;
use crate::failure::Failure;
use crate::output;
use crate::tracking::{ListArgs, TrackingArgs, View, collect_pages};

/// The subcommands.
#[derive(Debug, Subcommand)]
pub enum ExperimentsCommand {
    /// List experiments.
    #[command(after_help = "Example: trainyard experiments list --filter \"name LIKE 'iris%'\"")]
    List(ListExperiments),
    /// Create an experiment and print its id.
    #[command(after_help = "Example: trainyard experiments create iris --tag team=botany")]
    Create(Create),
}

/// Arguments of `list`.
#[derive(Debug, Args)]
pub struct ListExperiments {
    #[command(flatten)]
    list: ListArgs,
    /// Lifecycle stages to list.
    #[arg(long, value_enum, default_value_t = View::Active)]
    view: View,
    #[command(flatten)]
    tracking: TrackingArgs,
}

/// Arguments of `create`.
#[derive(Debug, Args)]
pub struct Create {
    /// Name of the new experiment.
    name: String,
    /// URI below which its artifacts are kept, when not in the usual place.
    #[arg(long, value_name = "URI", default_value = "", hide_default_value = true)]
    artifact_location: String,
    /// A tag; may be repeated.
    #[arg(long = "tag", value_name = "KEY=VALUE", value_parser = parse_tag)]
    tags: Vec<Tag>,
    #[command(flatten)]
    tracking: TrackingArgs,
}

/// Carries out a subcommand.
pub fn run(command: ExperimentsCommand) -> Result<(), Failure> {
    match command {
        ExperimentsCommand::List(args) => list(args),
        ExperimentsCommand::Create(args) => create(args),
    }
}

fn list(args: ListExperiments) -> Result<(), Failure> {
    let client = args.tracking.connect()?;
    let experiments = collect_pages(args.list.max_results, |max_results, page_token| {
        let page = client.call(SearchExperiments {
            max_results: Some(max_results),
            page_token,
            filter: args.list.filter.clone(),
            order_by: args.list.order_by.clone(),
            view_type: args.view.into(),
        })?;
        Ok((page.experiments, page.next_page_token))
    })?;
    if args.tracking.json {
        return output::json(&experiments);
    }
    let rows = experiments.into_iter().map(|experiment| {
        vec![
            experiment.experiment_id.to_string(),
            experiment.name,
            experiment.lifecycle_stage.as_str().to_owned(),
            local_time(experiment.creation_time),
            experiment.artifact_location,
        ]
    });
    output::table(&["id", "name", "stage", "created", "artifacts"], rows.collect(), "No experiments match.")
}

fn create(args: Create) -> Result<(), Failure> {
    let created = args.tracking.connect_or_create()?.call(CreateExperiment {
        name: args.name,
        artifact_location: args.artifact_location,
        tags: args.tags,
    })?;
    if args.tracking.json {
        return output::json(&created);
    }
    output::line(created.experiment_id.as_str())
}

/// The experiment of that name, else of that id.
pub fn find(client: &Client, name_or_id: &str) -> Result<Experiment, Failure> {
    let missing = |error: &trainyard::Error| error.code() == ErrorCode::ResourceDoesNotExist;
    match client.call(GetExperimentByName { experiment_name: name_or_id.to_owned() }) {
        Ok(found) => return Ok(found.experiment),
        Err(error) if !missing(&error) => return Err(error.into()),
        Err(_) => {}
    }
    if name_or_id.parse::<u64>().is_ok() {
        match client.call(GetExperiment { experiment_id: name_or_id.into() }) {
            Ok(found) => return Ok(found.experiment),
            Err(error) if !missing(&error) => return Err(error.into()),
            Err(_) => {}
        }
    }
    Err(Failure::because(format_args!(
        "there is no experiment with the name or id {name_or_id:?}. `trainyard experiments list` shows those there are"
    )))
}

fn parse_tag(text: &str) -> Result<Tag, String> {
    match text.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok(Tag::new(key, value)),
        _ => Err("expected KEY=VALUE".to_owned()),
    }
}
