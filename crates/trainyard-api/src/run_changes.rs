//! One change of many runs.

use serde::{Deserialize, Serialize};

use crate::endpoint::endpoints;
use crate::{Empty, RunId, wire};

/// Changes all of these runs or none.
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
