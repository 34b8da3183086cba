//! Runs what was planned: calls operations, and cuts their answers to what was asked for.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value};
use trainyard_api::datasets::SearchDatasets;
use trainyard_api::experiments::GetExperiment;
use trainyard_api::metrics::GetMetricHistoryBulkInterval;
use trainyard_api::model_versions::SearchModelVersions;
use trainyard_api::runs::{GetRun, SearchRuns};
use trainyard_api::{ApiError, ErrorCode, JsonEndpoint, decode_map};
use trainyard_store::Operation;

use super::plan::{Asked, Node, Plan, Wanted};
use super::schema::Kind;
use crate::app::App;
use crate::operations::listing;

/// Runs whose model versions are searched for at once.
const RUNS_AT_ONCE: usize = 100;

/// The `data` of the answer.
pub(super) async fn data(app: &App, plan: &Plan) -> Value {
    let mut data = Map::new();
    for asked in &plan.asked {
        let (key, value) = match asked {
            Asked::Typename(key) => (key, Value::from(plan.root)),
            Asked::Query { key, query, input, nodes } => {
                let answer = run(app, query.name, input.clone(), nodes).await;
                (key, answer.map_or_else(|error| failed(&error, nodes), |answer| selected(&answer, nodes)))
            }
        };
        data.insert(key.clone(), value);
    }
    Value::Object(data)
}

async fn run(app: &App, query: &str, input: Map<String, Value>, nodes: &[Node]) -> Result<Value, ApiError> {
    match query {
        "mlflowGetExperiment" => execute::<GetExperiment>(app, input).await,
        "mlflowGetMetricHistoryBulkInterval" => execute::<GetMetricHistoryBulkInterval>(app, input).await,
        "mlflowSearchModelVersions" => execute::<SearchModelVersions>(app, input).await,
        "mlflowSearchDatasets" => execute::<SearchDatasets>(app, input).await,
        "mlflowListArtifacts" => {
            let listed = listing::of_run(app.clone(), decode_map(input)?).await;
            to_json(&listed.map_err(|failure| failure.into_error())?)
        }
        "mlflowGetRun" => {
            let mut answer = execute::<GetRun>(app, input).await?;
            if let Some(run) = answer.get_mut("run") {
                complete_runs(app, std::slice::from_mut(run), &fields_of(nodes, "run")).await?;
            }
            Ok(answer)
        }
        "mlflowSearchRuns" => {
            let mut answer = execute::<SearchRuns>(app, input).await?;
            if let Some(Value::Array(runs)) = answer.get_mut("runs") {
                complete_runs(app, runs, &fields_of(nodes, "runs")).await?;
            }
            Ok(answer)
        }
        other => Err(ApiError::new(ErrorCode::NotImplemented, format!("'{other}' has no operation"))),
    }
}

async fn execute<O>(app: &App, input: Map<String, Value>) -> Result<Value, ApiError>
where
    O: Operation + JsonEndpoint,
{
    to_json(&app.store.execute(decode_map::<O>(input)?).await?)
}

fn to_json(answer: &impl Serialize) -> Result<Value, ApiError> {
    serde_json::to_value(answer).map_err(|error| {
        tracing::error!(%error, "an answer could not be written as JSON");
        ApiError::new(ErrorCode::InternalError, "an answer could not be written as JSON")
    })
}

/// Names of the fields wanted of every `name` of an answer, whatever its aliases.
fn fields_of<'n>(nodes: &'n [Node], name: &str) -> Vec<&'n str> {
    let mut fields = Vec::new();
    for node in nodes.iter().filter(|node| node.name == name) {
        if let Wanted::Object(nodes) | Wanted::List(nodes) = &node.value {
            fields.extend(nodes.iter().map(|node| node.name.as_str()));
        }
    }
    fields
}

/// Adds to runs what GraphQL has beside them: their experiment and the model versions made from them.
async fn complete_runs(app: &App, runs: &mut [Value], wanted: &[&str]) -> Result<(), ApiError> {
    if wanted.contains(&"experiment") {
        let mut experiments = BTreeMap::new();
        for run in runs.iter_mut() {
            let experiment_id = run["info"]["experiment_id"].as_str().unwrap_or_default().to_owned();
            if !experiments.contains_key(&experiment_id) {
                let request = GetExperiment { experiment_id: experiment_id.as_str().into() };
                let experiment = to_json(&app.store.execute(request).await?.experiment)?;
                experiments.insert(experiment_id.clone(), experiment);
            }
            run["experiment"] = experiments[&experiment_id].clone();
        }
    }
    if wanted.contains(&"modelVersions") {
        for some in runs.chunks_mut(RUNS_AT_ONCE) {
            let mut versions = model_versions(app, some).await?;
            for run in some {
                let found = versions.remove(run["info"]["run_id"].as_str().unwrap_or_default());
                run["model_versions"] = Value::Array(found.unwrap_or_default());
            }
        }
    }
    Ok(())
}

async fn model_versions(app: &App, runs: &[Value]) -> Result<BTreeMap<String, Vec<Value>>, ApiError> {
    let run_ids: Vec<_> = runs.iter().filter_map(|run| run["info"]["run_id"].as_str()).collect();
    let mut by_run: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    let filter = format!("run_id IN ('{}')", run_ids.join("', '"));
    let mut request = SearchModelVersions { filter, ..SearchModelVersions::default() };
    loop {
        let page = app.store.execute(request.clone()).await?;
        for version in &page.model_versions {
            by_run.entry(version.run_id.to_string()).or_default().push(to_json(version)?);
        }
        if page.next_page_token.is_empty() {
            return Ok(by_run);
        }
        request.page_token = page.next_page_token;
    }
}

/// An operation's refusal in place of its answer: everything null but `apiError`.
fn failed(error: &ApiError, nodes: &[Node]) -> Value {
    let error = serde_json::json!({ "code": error.error_code.as_str(), "message": error.message });
    let value = |node: &Node| match &node.value {
        Wanted::Typename(name) => Value::from(*name),
        Wanted::Failure(nodes) => selected(&error, nodes),
        _ => Value::Null,
    };
    nodes.iter().map(|node| (node.key.clone(), value(node))).collect()
}

fn selected(owner: &Value, nodes: &[Node]) -> Value {
    nodes.iter().map(|node| (node.key.clone(), value(owner.get(&node.source), &node.value))).collect()
}

fn value(source: Option<&Value>, wanted: &Wanted) -> Value {
    let source = source.unwrap_or(&Value::Null);
    match wanted {
        Wanted::Typename(name) => Value::from(*name),
        Wanted::Failure(_) => Value::Null,
        Wanted::Object(nodes) => selected(source, nodes),
        Wanted::List(nodes) => {
            let items = source.as_array().map(Vec::as_slice).unwrap_or_default();
            items.iter().map(|item| selected(item, nodes)).collect()
        }
        Wanted::Leaf(kind) => match (kind, source) {
            (Kind::Long, Value::Number(number)) => Value::from(number.to_string()),
            (Kind::Long, Value::Null) => Value::from("0"),
            // What is no number comes as a word.
            (Kind::Float, Value::String(_)) => Value::Null,
            (Kind::Float, Value::Null) => Value::from(0.0),
            (Kind::Text, Value::Null) => Value::from(""),
            (Kind::Boolean, Value::Null) => Value::from(false),
            (Kind::Texts, Value::Null) => Value::Array(Vec::new()),
            (_, source) => source.clone(),
        },
    }
}
