//! Runs: one execution of training code, with its params, metrics and tags.

mod logging;
mod search;

pub use logging::{DeleteTag, LogBatch, LogModel, LogParam, SetTag};
pub use search::{RunColumns, SearchRuns, SearchRunsResponse};

use serde::{Deserialize, Serialize};

use crate::datasets::{RunInputs, RunOutputs};
use crate::endpoint::endpoints;
use crate::metrics::Metric;
use crate::{Empty, ExperimentId, LifecycleStage, Param, RunId, Tag, wire};

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

endpoints! {
    Post "/runs/create" CreateRun => GetRunResponse;
    Get "/runs/get" GetRun => GetRunResponse;
    Post "/runs/update" UpdateRun => UpdateRunResponse;
    Post "/runs/delete" DeleteRun => Empty;
    Post "/runs/restore" RestoreRun => Empty;
}
