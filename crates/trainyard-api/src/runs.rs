//! Runs: one execution of training code, with its params, metrics and tags.

use serde::{Deserialize, Serialize};

use crate::datasets::{RunInputs, RunOutputs};
use crate::endpoint::endpoints;
use crate::metrics::{self, Metric};
use crate::{Empty, ExperimentId, LifecycleStage, Param, RunId, Tag, ViewType, wire};

/// How far a run has come.
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::runs::{CreateRun, RunStatus, UpdateRun};
///
/// let made = client.call(CreateRun::default())?.run.info;
/// assert_eq!(made.status, RunStatus::Running);
/// let status = Some(RunStatus::Killed);
/// let ended = client.call(UpdateRun { run_id: made.run_id, status, ..Default::default() })?;
/// assert_eq!(ended.run_info.status, RunStatus::Killed);
/// # Ok::<(), trainyard::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum RunStatus {
    /// In progress.
    #[default]
    #[serde(rename = "RUNNING", alias = "1")]
    Running,
    /// Will start later.
    #[serde(rename = "SCHEDULED", alias = "2")]
    Scheduled,
    /// Ended well.
    #[serde(rename = "FINISHED", alias = "3")]
    Finished,
    /// Ended with an error.
    #[serde(rename = "FAILED", alias = "4")]
    Failed,
    /// Stopped by somebody.
    #[serde(rename = "KILLED", alias = "5")]
    Killed,
}

impl RunStatus {
    /// The word on the wire and in the database.
    ///
    /// ```
    /// assert_eq!(trainyard::api::runs::RunStatus::Finished.as_str(), "FINISHED");
    /// ```
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Running => "RUNNING",
            Self::Scheduled => "SCHEDULED",
            Self::Finished => "FINISHED",
            Self::Failed => "FAILED",
            Self::Killed => "KILLED",
        }
    }

    /// Whether the run has come to an end.
    ///
    /// ```
    /// use trainyard::api::runs::RunStatus;
    ///
    /// assert!(RunStatus::Failed.is_terminal());
    /// assert!(!RunStatus::Scheduled.is_terminal());
    /// ```
    pub fn is_terminal(self) -> bool {
        matches!(self, Self::Finished | Self::Failed | Self::Killed)
    }
}

/// A run with everything that was logged to it; of each metric the latest point.
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::runs::{CreateRun, GetRun, Run};
///
/// let made = CreateRun { run_name: "first".to_owned(), ..Default::default() };
/// let run_id = client.call(made)?.run.info.run_id;
/// let Run { info, data, inputs, .. } = client.call(GetRun { run_id, ..Default::default() })?.run;
/// assert_eq!(info.run_name, "first");
/// assert!(data.metrics.is_empty() && inputs.dataset_inputs.is_empty());
/// # Ok::<(), trainyard::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Run {
    /// Who, when, where, how it ended.
    pub info: RunInfo,
    /// Metrics, params and tags.
    pub data: RunData,
    /// Datasets and models used.
    pub inputs: RunInputs,
    /// Models made; not told of a run that is just being made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outputs: Option<RunOutputs>,
}

/// Who, when, where and how a run ended.
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::runs::{CreateRun, RunInfo};
///
/// let made = CreateRun { start_time: Some(1000), ..Default::default() };
/// let RunInfo { run_id, experiment_id, start_time, end_time, .. } = client.call(made)?.run.info;
/// assert_eq!((run_id.as_str().len(), experiment_id.as_str()), (32, "0"));
/// assert_eq!((start_time, end_time), (1000, None));
/// # Ok::<(), trainyard::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct RunInfo {
    /// The id.
    pub run_id: RunId,
    /// The id once more, under its older name.
    pub run_uuid: RunId,
    /// Name for people; not unique.
    pub run_name: String,
    /// The experiment it belongs to.
    pub experiment_id: ExperimentId,
    /// Who started it.
    pub user_id: String,
    /// How far it has come.
    pub status: RunStatus,
    /// Milliseconds since the epoch.
    #[serde(deserialize_with = "wire::int64")]
    pub start_time: i64,
    /// Milliseconds since the epoch.
    #[serde(deserialize_with = "wire::optional_int64", skip_serializing_if = "Option::is_none")]
    pub end_time: Option<i64>,
    /// URI below which its artifacts lie.
    pub artifact_uri: String,
    /// Active or deleted.
    pub lifecycle_stage: LifecycleStage,
}

/// What was logged to a run.
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::Param;
/// use trainyard::api::runs::{CreateRun, GetRun, LogParam, RunData};
///
/// let run_id = client.call(CreateRun::default())?.run.info.run_id;
/// let (key, value) = ("seed".to_owned(), "42".to_owned());
/// client.call(LogParam { run_id: run_id.clone(), key, value, ..Default::default() })?;
/// let RunData { params, metrics, .. } = client.call(GetRun { run_id, ..Default::default() })?.run.data;
/// assert_eq!(params, [Param::new("seed", "42")]);
/// assert!(metrics.is_empty());
/// # Ok::<(), trainyard::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct RunData {
    /// The latest point of each metric, ordered by key.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub metrics: Vec<Metric>,
    /// Params, ordered by key.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub params: Vec<Param>,
    /// Tags, ordered by key.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<Tag>,
}

/// Starts a run.
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::Tag;
/// use trainyard::api::runs::{CreateRun, RunStatus};
///
/// let made = client.call(CreateRun {
///     experiment_id: "0".into(),
///     run_name: "first".to_owned(),
///     tags: vec![Tag::new("team", "botany")],
///     ..Default::default()
/// })?;
/// assert_eq!(made.run.info.status, RunStatus::Running);
/// assert!(made.run.data.tags.contains(&Tag::new("team", "botany")));
/// # Ok::<(), trainyard::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct CreateRun {
    /// The experiment; empty for `0`.
    #[serde(alias = "experimentId")]
    pub experiment_id: ExperimentId,
    /// Who starts it.
    #[serde(alias = "userId", skip_serializing_if = "String::is_empty")]
    pub user_id: String,
    /// Name; the tag `mlflow.runName`, else one is made up.
    #[serde(alias = "runName", skip_serializing_if = "String::is_empty")]
    pub run_name: String,
    /// Milliseconds since the epoch.
    #[serde(alias = "startTime", deserialize_with = "wire::optional_int64", skip_serializing_if = "Option::is_none")]
    pub start_time: Option<i64>,
    /// Tags to set.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<Tag>,
    /// The id that a client has given to a run it started without a server: 32 lower-case hex digits. Ours alone: other
    /// servers ignore it and make an id. A run that is there already is answered as it is.
    #[serde(skip_serializing_if = "RunId::is_empty")]
    pub run_id: RunId,
}

/// Answer to [`CreateRun`] and [`GetRun`].
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct GetRunResponse {
    /// The run.
    pub run: Run,
}

/// One run by id.
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::runs::{CreateRun, GetRun};
///
/// let made = client.call(CreateRun::default())?.run.info;
/// let found = client.call(GetRun { run_id: made.run_id.clone(), ..Default::default() })?.run.info;
/// assert_eq!(found, made);
/// # Ok::<(), trainyard::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct GetRun {
    /// Required.
    pub run_id: RunId,
    /// Older name of `run_id`.
    #[serde(skip_serializing_if = "RunId::is_empty")]
    pub run_uuid: RunId,
}

/// Changes status, end time or name of a run.
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::runs::{CreateRun, RunStatus, UpdateRun};
///
/// let run_id = client.call(CreateRun::default())?.run.info.run_id;
/// let (status, end_time) = (Some(RunStatus::Finished), Some(3000));
/// let run_name = "the best".to_owned();
/// let now = client.call(UpdateRun { run_id, status, end_time, run_name, ..Default::default() })?.run_info;
/// assert_eq!((now.run_name.as_str(), now.end_time), ("the best", Some(3000)));
/// # Ok::<(), trainyard::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct UpdateRun {
    /// Required.
    pub run_id: RunId,
    /// Older name of `run_id`.
    #[serde(skip_serializing_if = "RunId::is_empty")]
    pub run_uuid: RunId,
    /// New status.
    #[serde(deserialize_with = "wire::optional_word", skip_serializing_if = "Option::is_none")]
    pub status: Option<RunStatus>,
    /// Milliseconds since the epoch.
    #[serde(alias = "endTime", deserialize_with = "wire::optional_int64", skip_serializing_if = "Option::is_none")]
    pub end_time: Option<i64>,
    /// New name.
    #[serde(alias = "runName", skip_serializing_if = "String::is_empty")]
    pub run_name: String,
}

/// Answer to [`UpdateRun`].
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct UpdateRunResponse {
    /// The run as it is now.
    pub run_info: RunInfo,
}

/// Soft-deletes a run.
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::runs::{CreateRun, DeleteRun, SearchRuns};
///
/// let run_id = client.call(CreateRun::default())?.run.info.run_id;
/// client.call(DeleteRun { run_id })?;
/// let left = client.call(SearchRuns { experiment_ids: vec!["0".into()], ..Default::default() })?;
/// assert!(left.runs.is_empty());
/// # Ok::<(), trainyard::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct DeleteRun {
    /// Required.
    pub run_id: RunId,
}

/// Undoes [`DeleteRun`].
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::LifecycleStage;
/// use trainyard::api::runs::{CreateRun, DeleteRun, GetRun, RestoreRun};
///
/// let run_id = client.call(CreateRun::default())?.run.info.run_id;
/// client.call(DeleteRun { run_id: run_id.clone() })?;
/// client.call(RestoreRun { run_id: run_id.clone() })?;
/// let run = client.call(GetRun { run_id, ..Default::default() })?.run;
/// assert_eq!(run.info.lifecycle_stage, LifecycleStage::Active);
/// # Ok::<(), trainyard::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct RestoreRun {
    /// Required.
    pub run_id: RunId,
}

/// Filters, orders and pages runs of some experiments.
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::runs::SearchRuns;
/// # use trainyard::api::metrics::LogMetric;
/// # use trainyard::api::runs::CreateRun;
/// # for (name, accuracy) in [("first", 0.5), ("second", 0.97), ("third", 0.93)] {
/// #     let made = CreateRun { run_name: name.to_owned(), ..Default::default() };
/// #     let run_id = client.call(made)?.run.info.run_id;
/// #     let (key, value, timestamp) = ("accuracy".to_owned(), Some(accuracy), Some(1000));
/// #     client.call(LogMetric { run_id, key, value, timestamp, ..Default::default() })?;
/// # }
///
/// // Three runs have an accuracy of 0.5, 0.97 and 0.93.
/// let found = client.call(SearchRuns {
///     experiment_ids: vec!["0".into()],
///     filter: "metrics.accuracy > 0.9".to_owned(),
///     order_by: vec!["metrics.accuracy DESC".to_owned()],
///     ..Default::default()
/// })?;
/// let names: Vec<&str> = found.runs.iter().map(|run| run.info.run_name.as_str()).collect();
/// assert_eq!(names, ["second", "third"]);
/// # Ok::<(), trainyard::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SearchRuns {
    /// Experiments to look in; none finds nothing.
    #[serde(alias = "experimentIds", deserialize_with = "wire::list", skip_serializing_if = "Vec::is_empty")]
    pub experiment_ids: Vec<ExperimentId>,
    /// Filter text.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub filter: String,
    /// Lifecycle stages to return.
    #[serde(alias = "runViewType", deserialize_with = "wire::word", skip_serializing_if = "wire::is_default")]
    pub run_view_type: ViewType,
    /// Page size, 1000 when left out, at most [`SEARCH_MAX_RESULTS`](crate::limits::SEARCH_MAX_RESULTS).
    #[serde(alias = "maxResults", deserialize_with = "wire::optional_int64", skip_serializing_if = "Option::is_none")]
    pub max_results: Option<i64>,
    /// Only runs whose parent, by the tag `mlflow.parentRunId`, is not among the runs of these experiments and stages. Ours
    /// alone: other servers ignore it.
    #[serde(deserialize_with = "wire::boolean", skip_serializing_if = "wire::is_default")]
    pub roots_only: bool,
    /// What the runs of the answer come with; all that was logged to them where it is left out. It does not matter for the
    /// filter, the order and page tokens. Ours alone: other servers ignore it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub columns: Option<RunColumns>,
    /// `key [ASC|DESC]`; by default the newest first.
    #[serde(alias = "orderBy", deserialize_with = "wire::list", skip_serializing_if = "Vec::is_empty")]
    pub order_by: Vec<String>,
    /// Where the last page ended.
    #[serde(alias = "pageToken", skip_serializing_if = "String::is_empty")]
    pub page_token: String,
}

/// What runs of an answer come with. Pages of runs with thousands of metrics stay small when few of them are asked for.
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::Param;
/// use trainyard::api::runs::{CreateRun, LogBatch, RunColumns, SearchRuns};
///
/// let run_id = client.call(CreateRun::default())?.run.info.run_id;
/// let params = vec![Param::new("max_depth", "5"), Param::new("seed", "42")];
/// client.call(LogBatch { run_id, params, ..Default::default() })?;
/// let columns = Some(RunColumns { params: vec!["seed".to_owned()], ..Default::default() });
/// let found = client.call(SearchRuns { experiment_ids: vec!["0".into()], columns, ..Default::default() })?;
/// assert_eq!(found.runs[0].data.params, [Param::new("seed", "42")]);
/// # Ok::<(), trainyard::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RunColumns {
    /// Keys of metrics; with params and tags at most [`RUN_COLUMNS`](crate::limits::RUN_COLUMNS).
    #[serde(deserialize_with = "wire::list", skip_serializing_if = "Vec::is_empty")]
    pub metrics: Vec<String>,
    /// Keys of params.
    #[serde(deserialize_with = "wire::list", skip_serializing_if = "Vec::is_empty")]
    pub params: Vec<String>,
    /// Keys of tags.
    #[serde(deserialize_with = "wire::list", skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Datasets that the run used, with names, digests and types of sources only.
    #[serde(deserialize_with = "wire::boolean", skip_serializing_if = "wire::is_default")]
    pub datasets: bool,
    /// Logged models that the run used and made.
    #[serde(deserialize_with = "wire::boolean", skip_serializing_if = "wire::is_default")]
    pub models: bool,
}

/// Answer to [`SearchRuns`].
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SearchRunsResponse {
    /// One page.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub runs: Vec<Run>,
    /// Token of the next page; empty on the last.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub next_page_token: String,
}

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
    Post "/runs/create" CreateRun => GetRunResponse;
    Get "/runs/get" GetRun => GetRunResponse;
    Post "/runs/update" UpdateRun => UpdateRunResponse;
    Post "/runs/delete" DeleteRun => Empty;
    Post "/runs/restore" RestoreRun => Empty;
    Post "/runs/search" SearchRuns => SearchRunsResponse;
    Post "/runs/log-parameter" LogParam => Empty;
    Post "/runs/set-tag" SetTag => Empty;
    Post "/runs/delete-tag" DeleteTag => Empty;
    Post "/runs/log-batch" LogBatch => Empty;
    Post "/runs/log-model" LogModel => Empty;
}
