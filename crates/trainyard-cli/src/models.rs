//! `trainyard models`: registered models and their versions.

use clap::{Args, Subcommand};
use trainyard_api::model_versions::{ModelVersion, SearchModelVersions};
use trainyard_api::registered_models::{GetRegisteredModel, RegisteredModel, SearchRegisteredModels};

use crate::clock::local_time;
use crate::failure::Failure;
use crate::output;
use crate::tracking::{ListArgs, TrackingArgs, collect_pages};

/// The subcommands.
#[derive(Debug, Subcommand)]
pub enum ModelsCommand {
    /// List registered models.
    #[command(after_help = "Example: trainyard models list --filter \"name LIKE 'iris%'\"")]
    List(ListModels),
    /// Show a registered model and its versions.
    #[command(after_help = "Example: trainyard models show iris-classifier")]
    Show(Show),
}

/// Arguments of `list`.
#[derive(Debug, Args)]
pub struct ListModels {
    #[command(flatten)]
    list: ListArgs,
    #[command(flatten)]
    tracking: TrackingArgs,
}

/// Arguments of `show`.
#[derive(Debug, Args)]
pub struct Show {
    /// Name of the registered model.
    name: String,
    #[command(flatten)]
    tracking: TrackingArgs,
}

/// Carries out a subcommand.
pub fn run(command: ModelsCommand) -> Result<(), Failure> {
    match command {
        ModelsCommand::List(args) => list(args),
        ModelsCommand::Show(args) => show(args),
    }
}

fn list(args: ListModels) -> Result<(), Failure> {
    let client = args.tracking.connect()?;
    let models = collect_pages(args.list.max_results, |max_results, page_token| {
        let page = client.call(SearchRegisteredModels {
            filter: args.list.filter.clone(),
            max_results: Some(max_results),
            order_by: args.list.order_by.clone(),
            page_token,
        })?;
        Ok((page.registered_models, page.next_page_token))
    })?;
    if args.tracking.json {
        return output::json(&models);
    }
    let rows = models.into_iter().map(|model| {
        vec![
            model.name.clone(),
            newest(&model).map(|version| version.version.clone()).unwrap_or_default(),
            aliases(&model),
            local_time(model.last_updated_timestamp),
            model.description,
        ]
    });
    let header = ["name", "version", "aliases", "updated", "description"];
    output::table(&header, rows.collect(), "No registered models match.")
}

fn show(args: Show) -> Result<(), Failure> {
    let client = args.tracking.connect()?;
    let model = match client.call(GetRegisteredModel { name: args.name.clone() }) {
        Ok(found) => found.registered_model,
        Err(error) => return Err(Failure::from(error).with_hint("`trainyard models list` shows the models there are")),
    };
    let versions = collect_pages(u32::MAX, |max_results, page_token| {
        let page = client.call(SearchModelVersions {
            filter: name_filter(&args.name),
            max_results: Some(max_results),
            page_token,
            ..SearchModelVersions::default()
        })?;
        Ok((page.model_versions, page.next_page_token))
    })?;
    if args.tracking.json {
        return output::json(&serde_json::json!({ "registered_model": model, "model_versions": versions }));
    }
    output::fields(&[
        ("name", model.name.clone()),
        ("created", local_time(model.creation_timestamp)),
        ("updated", local_time(model.last_updated_timestamp)),
        ("description", model.description.clone()),
        ("aliases", aliases(&model)),
    ])?;
    let tags = model.tags.into_iter().map(|tag| vec![tag.key, tag.value]);
    output::section("tags", &["key", "value"], tags.collect())?;
    let rows = versions.into_iter().map(|version| {
        vec![
            version.version,
            version.aliases.join(", "),
            version.status.as_str().to_owned(),
            local_time(version.creation_timestamp),
            version.run_id.to_string(),
            version.source,
        ]
    });
    output::section("versions", &["version", "aliases", "status", "created", "run id", "source"], rows.collect())
}

/// A filter for one name; the language has no escapes, but two kinds of quotes.
fn name_filter(name: &str) -> String {
    let quote = if name.contains('\'') { '"' } else { '\'' };
    format!("name = {quote}{name}{quote}")
}

fn newest(model: &RegisteredModel) -> Option<&ModelVersion> {
    model.latest_versions.iter().max_by_key(|version| version.version.parse::<u64>().unwrap_or_default())
}

fn aliases(model: &RegisteredModel) -> String {
    let texts: Vec<String> = model.aliases.iter().map(|alias| format!("{}={}", alias.alias, alias.version)).collect();
    texts.join(", ")
}
