//! Views: how a web page shows the runs of an experiment, saved under a name.

use serde::{Deserialize, Serialize};

use crate::endpoint::endpoints;
use crate::{Empty, ExperimentId, wire};

/// A saved view.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct View {
    /// The id.
    pub view_id: String,
    /// The experiment whose runs it shows.
    pub experiment_id: ExperimentId,
    /// Unique in the experiment.
    pub name: String,
    /// A JSON object; only the web UI knows what is in it.
    pub definition: String,
    /// Milliseconds since the epoch.
    #[serde(deserialize_with = "wire::int64")]
    pub creation_time: i64,
    /// Milliseconds since the epoch.
    #[serde(deserialize_with = "wire::int64")]
    pub last_update_time: i64,
}

/// Saves a view.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct CreateView {
    /// Required; at most [`VIEWS`](crate::limits::VIEWS) views belong to an experiment.
    pub experiment_id: ExperimentId,
    /// Required; at most [`VIEW_NAME_CHARS`](crate::limits::VIEW_NAME_CHARS).
    pub name: String,
    /// Required: a JSON object of at most [`VIEW_DEFINITION_BYTES`](crate::limits::VIEW_DEFINITION_BYTES).
    pub definition: String,
}

/// Renames a view, or changes what it shows.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct UpdateView {
    /// Required.
    pub view_id: String,
    /// The new name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The new definition.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub definition: Option<String>,
}

/// Removes a view for good.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct DeleteView {
    /// Required.
    pub view_id: String,
}

/// One view.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct GetView {
    /// Required.
    pub view_id: String,
}

/// Answer to [`CreateView`], [`UpdateView`] and [`GetView`].
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct GetViewResponse {
    /// The view.
    pub view: View,
}

/// All views of an experiment.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ListViews {
    /// Required.
    pub experiment_id: ExperimentId,
}

/// Answer to [`ListViews`].
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ListViewsResponse {
    /// The views, ordered by name.
    pub views: Vec<View>,
}

endpoints! { below "/api/trainyard/v1"
    Post "/views/create" CreateView => GetViewResponse;
    Patch "/views/update" UpdateView => GetViewResponse;
    Delete "/views/delete" DeleteView => Empty;
    Get "/views/get" GetView => GetViewResponse;
    Get "/views/list" ListViews => ListViewsResponse;
}
