//! Where the files of a new version lie: what `source` may be, and what it stands for.
//!
//! A server later serves what is at the location, so a source must not reach files that its sender could not name
//! otherwise: local paths and proxied artifacts have to lie within the run or logged model that the request names.

use serde_json::json;
use trainyard_api::model_versions::CreateModelVersion;
use trainyard_api::{ModelId, RunId};

use super::address::Address;
use super::registered_models::is_prompt;
use super::{aliases, model_versions, names, registered_models, stages};
use crate::tracking::experiments;
use crate::{DbError, Entity, StoreError, Transaction};

/// What MLflow's clients and stores give as the source of prompts, which have no files.
const PROMPT_SOURCES: [&str; 2] = ["dummy-source", "prompt-template"];
/// Tag of a logged model that lists the versions made from it, as JSON.
const VERSIONS_TAG: &str = "mlflow.modelVersions";

/// What a source stands for.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Origin {
    pub(super) source: String,
    pub(super) storage_location: String,
    pub(super) run_id: RunId,
    pub(super) model_id: ModelId,
}

/// Checks the source of a new version and finds its files.
pub(super) fn resolve(tx: &mut Transaction<'_>, request: &CreateModelVersion) -> Result<Origin, StoreError> {
    let source = request.source.as_str();
    let mut origin = Origin {
        source: source.to_owned(),
        storage_location: source.to_owned(),
        run_id: request.run_id.clone(),
        model_id: request.model_id.clone(),
    };
    if is_prompt(&request.tags) {
        if !PROMPT_SOURCES.contains(&source) {
            let reason = "Prompt sources must use an MLflow placeholder.";
            return Err(StoreError::invalid(format!("Invalid prompt source: '{source}'. {reason}")));
        }
        return Ok(origin);
    }
    let logged = logged_model(tx, &request.model_id)?;
    if let Some(logged) = logged.as_ref().filter(|_| origin.run_id.is_empty()) {
        origin.run_id = logged.source_run_id.clone();
    }
    let address = Address::parse(source);
    if address.scheme == "models" {
        return match address.path.trim_start_matches('/') {
            id if id.starts_with("m-") && !id.contains(['/', '@']) => match logged {
                Some(logged) if request.model_id.as_str() == id => {
                    Ok(Origin { storage_location: logged.artifact_uri, ..origin })
                }
                _ => Err(elsewhere(source, "model_id")),
            },
            version => copy(tx, source, version, origin),
        };
    }
    if address.scheme.is_empty() || address.scheme == "file" {
        return match local_home(tx, request, logged.as_ref())? {
            Some(home) if address.is_within(&home) => Ok(origin),
            _ => Err(local(source, if request.model_id.is_empty() { "run_id" } else { "model_id" })),
        };
    }
    if matches!(address.scheme.as_str(), "http" | "https" | "ftp" | "sftp" | "hdfs" | "viewfs")
        || (address.scheme == "mlflow-artifacts" && address.has_host)
    {
        return Err(StoreError::invalid(format!(
            "'source' cannot use the '{scheme}' scheme with a host: the server would connect to the host named in \
             the URI",
            scheme = address.scheme
        )));
    }
    if !address.is_absolute() {
        return Err(StoreError::invalid(format!(
            "Invalid model version source: '{source}'. If supplying a source as an http, https, local file path, ftp, \
             objectstore, or mlflow-artifacts uri, an absolute path must be provided without relative path references \
             present. Please provide an absolute path."
        )));
    }
    match address.scheme.as_str() {
        "runs" => {
            let run = address.path.trim_start_matches('/').split('/').next().unwrap_or_default();
            if run != request.run_id.as_str() {
                return Err(elsewhere(source, "run_id"));
            }
            run_artifacts(tx, &request.run_id)?;
        }
        "mlflow-artifacts" => match local_home(tx, request, logged.as_ref())? {
            Some(home) if address.is_within(&home) => {}
            _ => return Err(elsewhere(source, if request.model_id.is_empty() { "run_id" } else { "model_id" })),
        },
        _ => {}
    }
    Ok(origin)
}

/// Adds a version to the list that the logged model carries as a tag.
pub(super) fn note_on_logged_model(
    tx: &mut Transaction<'_>,
    model_id: &ModelId,
    name: &str,
    version: i64,
) -> Result<(), StoreError> {
    // The list is read, made longer and written back: one at a time.
    let sql = format!("SELECT id FROM logged_model WHERE model_id = $1{}", tx.dialect().for_update());
    let model: Option<i64> = tx.query_one(&sql, &[model_id.into()], |row| row.get(0))?;
    let Some(model) = model else { return Ok(()) };
    let tag: Option<String> = tx.query_one(
        "SELECT value FROM logged_model_tag WHERE model = $1 AND key = $2",
        &[model.into(), VERSIONS_TAG.into()],
        |row| row.get(0),
    )?;
    let mut versions: Vec<serde_json::Value> = tag.and_then(|tag| serde_json::from_str(&tag).ok()).unwrap_or_default();
    let entry = json!({"name": name, "version": version});
    if !versions.contains(&entry) {
        versions.push(entry);
    }
    let value = serde_json::Value::Array(versions).to_string();
    tx.execute(
        "INSERT INTO logged_model_tag (model, key, value) VALUES ($1, $2, $3) \
         ON CONFLICT (model, key) DO UPDATE SET value = excluded.value",
        &[model.into(), VERSIONS_TAG.into(), value.into()],
    )?;
    Ok(())
}

/// The origin of another version: `name/1`, `name/latest`, `name/Production`, `name@alias`.
fn copy(tx: &mut Transaction<'_>, source: &str, version: &str, origin: Origin) -> Result<Origin, StoreError> {
    let key = if let Some((name, alias)) = version.split_once('@') {
        aliases::version_key(tx, name, alias)?
    } else {
        let Some((name, which)) = version.split_once('/') else { return Err(elsewhere(source, "model_id")) };
        let model = registered_models::key(tx, name)?;
        if names::is_latest(which) {
            aliases::version_key(tx, name, which)?
        } else if which.parse::<i64>().is_ok() {
            model_versions::key(tx, name, which)?
        } else {
            let stage = names::stage(which)?;
            let newest = stages::latest(tx, &[model], &[stage])?;
            newest.first().map(|(_, version)| *version).ok_or_else(|| {
                StoreError::invalid(format!("No versions of model with name '{name}' and stage '{stage}' found"))
            })?
        }
    };
    let copied = tx.query_one(
        "SELECT m.name, v.version, v.storage_location, v.run_id, v.model_id FROM model_version v \
         JOIN registered_model m ON m.id = v.model WHERE v.id = $1",
        &[key.into()],
        |row| {
            let (name, version): (String, i64) = (row.get(0)?, row.get(1)?);
            Ok(Origin {
                source: format!("models:/{name}/{version}"),
                storage_location: row.get(2)?,
                run_id: row.get::<Option<RunId>>(3)?.unwrap_or_default(),
                model_id: row.get::<Option<ModelId>>(4)?.unwrap_or_default(),
            })
        },
    )?;
    let mut copied = copied.ok_or_else(|| DbError::Other(format!("model version {key} is gone")))?;
    if !origin.run_id.is_empty() {
        copied.run_id = origin.run_id;
    }
    if !origin.model_id.is_empty() {
        copied.model_id = origin.model_id;
    }
    Ok(copied)
}

#[derive(Debug)]
struct Logged {
    artifact_uri: String,
    source_run_id: RunId,
}

fn logged_model(tx: &mut Transaction<'_>, model_id: &ModelId) -> Result<Option<Logged>, StoreError> {
    if model_id.is_empty() {
        return Ok(None);
    }
    let root = tx.artifact_root().clone();
    let model = tx.query_one(
        "SELECT e.id, e.artifact_location, l.source_run_id FROM logged_model l \
         JOIN experiment e ON e.id = l.experiment_id WHERE l.model_id = $1 AND l.lifecycle_stage = 'active'",
        &[model_id.into()],
        |row| {
            let location = experiments::location(&root, row.get(0)?, row.get(1)?);
            Ok(Logged {
                artifact_uri: experiments::below(&location, &format!("models/{model_id}/artifacts")),
                source_run_id: row.get::<Option<RunId>>(2)?.unwrap_or_default(),
            })
        },
    )?;
    model.map(Some).ok_or_else(|| StoreError::not_found(Entity::LoggedModel, model_id))
}

fn run_artifacts(tx: &mut Transaction<'_>, run_id: &RunId) -> Result<String, StoreError> {
    let root = tx.artifact_root().clone();
    let uri = tx.query_one(
        "SELECT e.id, e.artifact_location FROM run r JOIN experiment e ON e.id = r.experiment_id WHERE r.run_id = $1",
        &[run_id.into()],
        |row| {
            let location = experiments::location(&root, row.get(0)?, row.get(1)?);
            Ok(experiments::below(&location, &format!("{run_id}/artifacts")))
        },
    )?;
    uri.ok_or_else(|| StoreError::not_found(Entity::Run, run_id))
}

/// Artifact URI of what the request says the source belongs to.
fn local_home(
    tx: &mut Transaction<'_>,
    request: &CreateModelVersion,
    logged: Option<&Logged>,
) -> Result<Option<String>, StoreError> {
    match logged {
        Some(logged) => Ok(Some(logged.artifact_uri.clone())),
        None if request.run_id.is_empty() => Ok(None),
        None => run_artifacts(tx, &request.run_id).map(Some),
    }
}

fn elsewhere(source: &str, parameter: &str) -> StoreError {
    StoreError::invalid(format!(
        "Invalid model version source: '{source}'. The {parameter} request parameter must identify the resource that \
         contains the source."
    ))
}

fn local(source: &str, parameter: &str) -> StoreError {
    StoreError::invalid(format!(
        "Invalid model version source: '{source}'. To use a local path as a model version source, the {parameter} \
         request parameter has to be specified and the local path has to be contained within the artifact directory \
         of the run specified by the {parameter}."
    ))
}
