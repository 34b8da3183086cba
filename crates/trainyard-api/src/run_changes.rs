//! One change of many runs.

use serde::{Deserialize, Serialize};

use crate::endpoint::endpoints;
use crate::{Empty, RunId, wire};

/// Changes all of these runs or none.
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::run_changes::{ChangeRuns, RunAction};
/// use trainyard::api::runs::{CreateRun, GetRun};
///
/// let made = [client.call(CreateRun::default())?, client.call(CreateRun::default())?];
/// let run_ids = made.map(|made| made.run.info.run_id).to_vec();
/// let (key, value) = ("reviewed".to_owned(), "yes".to_owned());
/// client.call(ChangeRuns { run_ids: run_ids.clone(), action: Some(RunAction::SetTag), key, value })?;
/// for run_id in run_ids {
///     let run = client.call(GetRun { run_id, ..Default::default() })?.run;
///     assert!(run.data.tags.iter().any(|tag| tag.key == "reviewed"));
/// }
/// # Ok::<(), trainyard::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ChangeRuns {
    /// Required; at most [`RUN_IDS`](crate::limits::RUN_IDS).
    #[serde(deserialize_with = "wire::list", skip_serializing_if = "Vec::is_empty")]
    pub run_ids: Vec<RunId>,
    /// Required.
    #[serde(deserialize_with = "wire::optional_word", skip_serializing_if = "Option::is_none")]
    pub action: Option<RunAction>,
    /// The tag, for the two actions that are about one.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub key: String,
    /// Its new value.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub value: String,
}

/// What is done to each run.
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::LifecycleStage::{Active, Deleted};
/// use trainyard::api::run_changes::{ChangeRuns, RunAction};
/// use trainyard::api::runs::{CreateRun, GetRun};
///
/// let run_id = client.call(CreateRun::default())?.run.info.run_id;
/// for (action, stage) in [(RunAction::Delete, Deleted), (RunAction::Restore, Active)] {
///     client.call(ChangeRuns { run_ids: vec![run_id.clone()], action: Some(action), ..Default::default() })?;
///     let run = client.call(GetRun { run_id: run_id.clone(), ..Default::default() })?.run;
///     assert_eq!(run.info.lifecycle_stage, stage);
/// }
/// # Ok::<(), trainyard::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum RunAction {
    /// Soft-deletes it.
    #[serde(rename = "delete")]
    Delete,
    /// Undoes that.
    #[serde(rename = "restore")]
    Restore,
    /// Sets a tag.
    #[serde(rename = "set_tag")]
    SetTag,
    /// Removes a tag from those that have it.
    #[serde(rename = "delete_tag")]
    DeleteTag,
}

endpoints! { below "/api/trainyard/v1"
    Post "/runs/change" ChangeRuns => Empty;
}
