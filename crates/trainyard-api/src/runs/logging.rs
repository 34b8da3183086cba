//! What is logged to a run: params, tags, points in batches, models among its artifacts.

use serde::{Deserialize, Serialize};

use crate::endpoint::endpoints;
use crate::metrics::{self, Metric};
use crate::{Empty, Param, RunId, Tag};

/// Logs one param.
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::Param;
/// use trainyard::api::runs::{CreateRun, GetRun, LogParam};
///
/// let run_id = client.call(CreateRun::default())?.run.info.run_id;
/// let (key, value) = ("max_depth".to_owned(), "5".to_owned());
/// client.call(LogParam { run_id: run_id.clone(), key, value, ..Default::default() })?;
/// let run = client.call(GetRun { run_id, ..Default::default() })?.run;
/// assert_eq!(run.data.params, [Param::new("max_depth", "5")]);
/// # Ok::<(), trainyard::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct LogParam {
    /// Required.
    pub run_id: RunId,
    /// Older name of `run_id`.
    #[serde(skip_serializing_if = "RunId::is_empty")]
    pub run_uuid: RunId,
    /// Required.
    pub key: String,
    /// The value.
    pub value: String,
}

/// Sets one tag of a run.
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::Tag;
/// use trainyard::api::runs::{CreateRun, GetRun, SetTag};
///
/// let run_id = client.call(CreateRun::default())?.run.info.run_id;
/// let (key, value) = ("reviewed".to_owned(), "yes".to_owned());
/// client.call(SetTag { run_id: run_id.clone(), key, value, ..Default::default() })?;
/// let run = client.call(GetRun { run_id, ..Default::default() })?.run;
/// assert!(run.data.tags.contains(&Tag::new("reviewed", "yes")));
/// # Ok::<(), trainyard::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SetTag {
    /// Required.
    pub run_id: RunId,
    /// Older name of `run_id`.
    #[serde(skip_serializing_if = "RunId::is_empty")]
    pub run_uuid: RunId,
    /// Required.
    pub key: String,
    /// The value.
    pub value: String,
}

/// Removes one tag of a run.
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::Tag;
/// use trainyard::api::runs::{CreateRun, DeleteTag, GetRun};
///
/// let made = CreateRun { tags: vec![Tag::new("draft", "yes")], ..Default::default() };
/// let run_id = client.call(made)?.run.info.run_id;
/// client.call(DeleteTag { run_id: run_id.clone(), key: "draft".to_owned() })?;
/// let run = client.call(GetRun { run_id, ..Default::default() })?.run;
/// assert!(run.data.tags.iter().all(|tag| tag.key != "draft"));
/// # Ok::<(), trainyard::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct DeleteTag {
    /// Required.
    pub run_id: RunId,
    /// Required.
    pub key: String,
}

/// Logs points, params and tags together: all of them or none.
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::Param;
/// use trainyard::api::metrics::Metric;
/// use trainyard::api::runs::{CreateRun, GetRun, LogBatch};
///
/// let run_id = client.call(CreateRun::default())?.run.info.run_id;
/// let metrics = vec![Metric { key: "accuracy".to_owned(), value: 0.97, timestamp: 1000, ..Default::default() }];
/// let params = vec![Param::new("seed", "42")];
/// client.call(LogBatch { run_id: run_id.clone(), metrics, params, ..Default::default() })?;
/// let run = client.call(GetRun { run_id, ..Default::default() })?.run;
/// assert_eq!((run.data.metrics[0].value, run.data.params[0].value.as_str()), (0.97, "42"));
/// # Ok::<(), trainyard::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct LogBatch {
    /// Required.
    pub run_id: RunId,
    /// Points; each has a value and a timestamp.
    #[serde(deserialize_with = "metrics::logged", skip_serializing_if = "Vec::is_empty")]
    pub metrics: Vec<Metric>,
    /// Params.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub params: Vec<Param>,
    /// Tags.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<Tag>,
}

/// Notes on a run that a model was saved among its artifacts; clients of MLflow 2 do so with every model.
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::runs::{CreateRun, GetRun, LogModel};
///
/// let run_id = client.call(CreateRun::default())?.run.info.run_id;
/// let description = serde_json::json!({
///     "artifact_path": "model",
///     "flavors": {},
///     "run_id": run_id,
///     "utc_time_created": "2026-01-01 00:00:00",
/// });
/// client.call(LogModel { run_id: run_id.clone(), model_json: description.to_string() })?;
/// let run = client.call(GetRun { run_id, ..Default::default() })?.run;
/// let history = run.data.tags.iter().find(|tag| tag.key == "mlflow.log-model.history").expect("a tag");
/// assert!(history.value.contains("model"));
/// # Ok::<(), trainyard::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct LogModel {
    /// Required.
    pub run_id: RunId,
    /// Required: the model's description as JSON, an object with `artifact_path`, `flavors`, `run_id` and
    /// `utc_time_created`.
    pub model_json: String,
}

endpoints! {
    Post "/runs/log-parameter" LogParam => Empty;
    Post "/runs/set-tag" SetTag => Empty;
    Post "/runs/delete-tag" DeleteTag => Empty;
    Post "/runs/log-batch" LogBatch => Empty;
    Post "/runs/log-model" LogModel => Empty;
}
