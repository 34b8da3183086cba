//! Runs in groups, by what they have in common, with aggregates of their metrics.

use serde::{Deserialize, Serialize};

use crate::endpoint::endpoints;
use crate::{ExperimentId, ViewType, wire};

/// Groups the runs that a filter finds.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct GroupRuns {
    /// Experiments to look in; none finds nothing.
    #[serde(deserialize_with = "wire::list", skip_serializing_if = "Vec::is_empty")]
    pub experiment_ids: Vec<ExperimentId>,
    /// Filter text, as of [`SearchRuns`](crate::runs::SearchRuns).
    #[serde(skip_serializing_if = "String::is_empty")]
    pub filter: String,
    /// Lifecycle stages of the runs.
    #[serde(deserialize_with = "wire::word", skip_serializing_if = "wire::is_default")]
    pub run_view_type: ViewType,
    /// Required, one to [`GROUP_KEYS`](crate::limits::GROUP_KEYS).
    pub group_by: Vec<GroupKey>,
    /// Metrics whose latest values are aggregated, at most [`GROUP_METRICS`](crate::limits::GROUP_METRICS).
    #[serde(deserialize_with = "wire::list", skip_serializing_if = "Vec::is_empty")]
    pub metrics: Vec<String>,
    /// What groups are ordered by before their values. Whether the metrics that are aggregated hold it does not matter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order_by: Option<GroupOrder>,
    /// Page size, 100 when left out, at most [`GROUPS`](crate::limits::GROUPS).
    #[serde(deserialize_with = "wire::optional_int64", skip_serializing_if = "Option::is_none")]
    pub max_results: Option<i64>,
    /// Where the last page ended.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub page_token: String,
}

/// What runs of a group have in common.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct GroupKey {
    /// Where the value is.
    #[serde(deserialize_with = "wire::word")]
    pub kind: GroupKind,
    /// Name of the param, tag or attribute; not told for a dataset.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub key: String,
}

/// What groups are ordered by. What is missing, and NaN, comes last in both directions.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct GroupOrder {
    /// What of a group.
    #[serde(deserialize_with = "wire::word")]
    pub by: GroupOrderBy,
    /// The place in `group_by` of the key whose value it is, from 0; for `value` only.
    #[serde(deserialize_with = "wire::int64", skip_serializing_if = "wire::is_default")]
    pub index: i64,
    /// The metric; required for `metric`, and for that only.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub key: String,
    /// What of the metric's values; for `metric` only.
    #[serde(deserialize_with = "wire::word", skip_serializing_if = "wire::is_default")]
    pub aggregate: GroupAggregate,
    /// Whether the greatest come first.
    #[serde(skip_serializing_if = "wire::is_default")]
    pub descending: bool,
}

/// What of a group groups are ordered by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum GroupOrderBy {
    /// One of its values.
    #[default]
    Value,
    /// An aggregate of a metric.
    Metric,
    /// How many runs there are.
    Runs,
    /// When the newest of them began.
    #[serde(rename = "latest_start_time")]
    LatestStartTime,
}

/// An aggregate of the latest values of a metric.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum GroupAggregate {
    /// Their mean.
    #[default]
    Mean,
    /// The smallest.
    Min,
    /// The greatest.
    Max,
    /// Their standard deviation.
    Std,
    /// How many there are.
    Count,
}

/// Where the value is that runs of a group have in common.
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::columns::{GroupKind, ListColumnValues};
/// use trainyard::api::runs::CreateRun;
///
/// client.call(CreateRun { run_name: "first".to_owned(), ..Default::default() })?;
/// let (kind, key) = (Some(GroupKind::Attribute), "run_name".to_owned());
/// let asked = ListColumnValues { experiment_ids: vec!["0".into()], kind, key, ..Default::default() };
/// assert_eq!(client.call(asked)?.values[0].value, "first");
/// # Ok::<(), trainyard::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum GroupKind {
    /// A param.
    #[default]
    Param,
    /// A tag.
    Tag,
    /// The name of a dataset that the run used. A run that used several is in the group of each.
    Dataset,
    /// `status`, `user_id` or `run_name`.
    Attribute,
}

/// Answer to [`GroupRuns`].
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct GroupRunsResponse {
    /// One page, in the order that was asked for, among equals by the values: numbers by what they are, then texts, then what is
    /// missing.
    pub groups: Vec<RunGroup>,
    /// How many groups there are on all pages.
    #[serde(deserialize_with = "wire::int64")]
    pub total: i64,
    /// Token of the next page; empty on the last.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub next_page_token: String,
}

/// Runs with the same values.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct RunGroup {
    /// One a key of the request; null where the runs have none.
    pub values: Vec<Option<String>>,
    /// How many runs there are.
    #[serde(deserialize_with = "wire::int64")]
    pub runs: i64,
    /// Those of them that are `RUNNING`.
    #[serde(deserialize_with = "wire::int64")]
    pub running: i64,
    /// When the newest of them began, in milliseconds since the epoch.
    #[serde(deserialize_with = "wire::int64")]
    pub latest_start_time: i64,
    /// One a metric of the request, in that order.
    pub metrics: Vec<MetricAggregate>,
}

/// The latest values of one metric in the runs of a group, NaN left out.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct MetricAggregate {
    /// Name of the metric.
    pub key: String,
    /// How many values there are. Without any the rest is left out.
    #[serde(deserialize_with = "wire::int64")]
    pub count: i64,
    /// Their mean.
    #[serde(with = "wire::optional_double", skip_serializing_if = "Option::is_none")]
    pub mean: Option<f64>,
    /// The smallest.
    #[serde(with = "wire::optional_double", skip_serializing_if = "Option::is_none")]
    pub min: Option<f64>,
    /// The greatest.
    #[serde(with = "wire::optional_double", skip_serializing_if = "Option::is_none")]
    pub max: Option<f64>,
    /// The standard deviation of a sample (by n - 1); none of a single value.
    #[serde(with = "wire::optional_double", skip_serializing_if = "Option::is_none")]
    pub std: Option<f64>,
}

endpoints! { below "/api/trainyard/v1"
    Post "/runs/groups" GroupRuns => GroupRunsResponse;
}
