//! `log-model`: what clients of MLflow 2 note on a run about the models that they save among its artifacts.
//!
//! The notes are one tag, a list as JSON. Logged models, which have tables of their own, took its place.

use serde_json::{Value, json};
use trainyard_api::run_events::RunChangeKind;
use trainyard_api::runs::LogModel;
use trainyard_api::{Empty, limits};

use super::{runs, tags};
use crate::{Access, Operation, StoreError, Transaction};

const HISTORY: &str = "mlflow.log-model.history";
const MANDATORY: [&str; 4] = ["artifact_path", "flavors", "run_id", "utc_time_created"];

impl Operation for LogModel {
    const ACCESS: Access = Access::Write;

    fn execute(self, tx: &mut Transaction<'_>) -> Result<Empty, StoreError> {
        let run_id = runs::id("run_id", self.run_id, Default::default())?;
        if self.model_json.is_empty() {
            return Err(StoreError::missing("model_json"));
        }
        let note = note(&self.model_json)?;
        let run = runs::active(tx, run_id)?;
        // The tag is read and written: two at once would lose a note.
        let lock = format!("SELECT id FROM run WHERE id = $1{}", tx.dialect().for_update());
        tx.query_one(&lock, &[run.key.into()], |row| row.get::<i64>(0))?;
        let history: Option<String> = tx.query_one(
            "SELECT value FROM run_tag WHERE run = $1 AND key = $2",
            &[run.key.into(), HISTORY.into()],
            |row| row.get(0),
        )?;
        let history = append(history.as_deref(), note)?;
        // Not cut like other tags: half a list is none.
        tags::store(tx, &run, HISTORY, &history)?;
        runs::note(tx, &run, RunChangeKind::Models);
        Ok(Empty {})
    }
}

/// What of a model's description is noted.
fn note(model_json: &str) -> Result<Value, StoreError> {
    let malformed = |reason: &str| StoreError::invalid(format!("Malformed model info. \n {model_json} \n {reason}"));
    let model: Value = serde_json::from_str(model_json).map_err(|_| malformed("is not a valid JSON."))?;
    let Value::Object(mut model) = model else { return Err(malformed("is not a JSON object.")) };
    let missing: Vec<_> = MANDATORY.iter().filter(|field| !model.contains_key(**field)).collect();
    if !missing.is_empty() {
        let missing = missing.iter().map(|field| format!("'{field}'")).collect::<Vec<_>>().join(", ");
        return Err(StoreError::invalid(format!("Model json is missing mandatory fields: {{{missing}}}")));
    }
    let mut take = |field: &str| model.remove(field).unwrap_or_default();
    let Value::Object(mut flavors) = take("flavors") else {
        return Err(malformed("has flavors that are not an object."));
    };
    // Settings of a flavor can be long, and are with the model.
    for flavor in flavors.values_mut().filter_map(Value::as_object_mut) {
        flavor.remove("config");
    }
    Ok(json!({
        "run_id": take("run_id"),
        "artifact_path": take("artifact_path"),
        "utc_time_created": take("utc_time_created"),
        "model_uuid": take("model_uuid"),
        "flavors": flavors,
    }))
}

/// The list with one note more. The tag is anybody's to set, so it may hold something else.
fn append(history: Option<&str>, note: Value) -> Result<String, StoreError> {
    let unusable = |error| StoreError::invalid(format!("The run's tag '{HISTORY}' is no list of models: {error}"));
    let mut notes: Vec<Value> = history.map_or(Ok(Vec::new()), serde_json::from_str).map_err(unusable)?;
    notes.push(note);
    let history = Value::Array(notes).to_string();
    if history.len() > limits::MODEL_HISTORY_BYTES {
        let limit = limits::MODEL_HISTORY_BYTES;
        return Err(StoreError::invalid(format!(
            "The models of the run take more than {limit} bytes in its tag '{HISTORY}'"
        )));
    }
    Ok(history)
}
