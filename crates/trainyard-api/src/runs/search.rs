//! Searching runs, and what the runs that are found come with.

use serde::{Deserialize, Serialize};

use super::Run;
use crate::endpoint::endpoints;
use crate::{ExperimentId, ViewType, wire};

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

endpoints! {
    Post "/runs/search" SearchRuns => SearchRunsResponse;
}
