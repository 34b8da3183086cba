//! How busy experiments are.

use serde::{Deserialize, Serialize};

use crate::endpoint::endpoints;
use crate::{ExperimentId, wire};

/// Counts the runs of experiments.
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::activity::GetExperimentActivity;
/// use trainyard::api::runs::CreateRun;
///
/// client.call(CreateRun::default())?;
/// let found = client.call(GetExperimentActivity { experiment_ids: vec!["0".into()] })?;
/// assert_eq!((found.experiments[0].runs, found.experiments[0].running), (1, 1));
/// # Ok::<(), trainyard::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct GetExperimentActivity {
    /// Required; at most [`ACTIVITY_EXPERIMENTS`](crate::limits::ACTIVITY_EXPERIMENTS).
    #[serde(rename = "experiment_id", deserialize_with = "wire::list", skip_serializing_if = "Vec::is_empty")]
    pub experiment_ids: Vec<ExperimentId>,
}

/// Answer to [`GetExperimentActivity`].
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct GetExperimentActivityResponse {
    /// One entry an experiment, in the order of the request; none for ids of no experiment.
    pub experiments: Vec<ExperimentActivity>,
}

/// How busy one experiment is.
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::activity::{ExperimentActivity, GetExperimentActivity};
/// use trainyard::api::runs::{CreateRun, DeleteRun};
///
/// let made = CreateRun { start_time: Some(1000), ..Default::default() };
/// let run_id = client.call(made)?.run.info.run_id;
/// client.call(DeleteRun { run_id })?;
/// let found = client.call(GetExperimentActivity { experiment_ids: vec!["0".into()] })?;
/// let ExperimentActivity { runs, deleted_runs, at_least, .. } = found.experiments[0];
/// assert_eq!((runs, deleted_runs, at_least), (0, 1, false));
/// # Ok::<(), trainyard::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ExperimentActivity {
    /// The experiment.
    pub experiment_id: ExperimentId,
    /// Runs that have not been deleted.
    #[serde(deserialize_with = "wire::int64")]
    pub runs: i64,
    /// Those of them that are `RUNNING`.
    #[serde(deserialize_with = "wire::int64")]
    pub running: i64,
    /// Runs that have been deleted.
    #[serde(deserialize_with = "wire::int64")]
    pub deleted_runs: i64,
    /// When a run last began or ended, or the experiment was last changed, in milliseconds since the epoch.
    #[serde(deserialize_with = "wire::int64")]
    pub last_activity_time: i64,
    /// Whether there may be more runs than the numbers say: one request counts
    /// [`ACTIVITY_RUNS`](crate::limits::ACTIVITY_RUNS) at most.
    #[serde(skip_serializing_if = "wire::is_default")]
    pub at_least: bool,
}

endpoints! { below "/api/trainyard/v1"
    Get "/experiments/activity" GetExperimentActivity => GetExperimentActivityResponse;
}
