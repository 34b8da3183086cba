//! Columns that tables of runs can have: the names of metrics, params and tags in experiments.

use serde::{Deserialize, Serialize};

use crate::endpoint::endpoints;
use crate::run_groups::GroupKind;
use crate::{ExperimentId, wire};

/// What a column shows of a run.
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::columns::{ColumnKind, ListColumns};
/// use trainyard::api::runs::{CreateRun, LogParam};
///
/// let run_id = client.call(CreateRun::default())?.run.info.run_id;
/// client.call(LogParam { run_id, key: "seed".to_owned(), value: "42".to_owned(), ..Default::default() })?;
/// let of = |kind| ListColumns { experiment_ids: vec!["0".into()], kind: Some(kind), ..Default::default() };
/// assert_eq!(client.call(of(ColumnKind::Param))?.columns[0].key, "seed");
/// assert!(client.call(of(ColumnKind::Metric))?.columns.is_empty());
/// # Ok::<(), trainyard::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ColumnKind {
    /// The latest value of a metric.
    #[default]
    Metric,
    /// A param.
    Param,
    /// A tag.
    Tag,
}

impl ColumnKind {
    /// The word on the wire and in the database.
    ///
    /// ```
    /// assert_eq!(trainyard::api::columns::ColumnKind::Metric.as_str(), "metric");
    /// ```
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Metric => "metric",
            Self::Param => "param",
            Self::Tag => "tag",
        }
    }
}

/// Names of one kind in experiments, ordered, each with what its newest values are like.
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::columns::{ColumnKind, ListColumns};
/// # use trainyard::api::metrics::Metric;
/// # use trainyard::api::runs::{CreateRun, LogBatch};
/// # let run_id = client.call(CreateRun::default())?.run.info.run_id;
/// # let metric = |key: &str, value| Metric { key: key.to_owned(), value, ..Default::default() };
/// # let metrics = vec![metric("loss", 0.5), metric("accuracy", 0.9), metric("val_loss", 0.75)];
/// # client.call(LogBatch { run_id, metrics, ..Default::default() })?;
///
/// // Runs of the experiment have the metrics accuracy, loss and val_loss.
/// let asked = ListColumns {
///     experiment_ids: vec!["0".into()],
///     kind: Some(ColumnKind::Metric),
///     contains: "loss".to_owned(),
///     ..Default::default()
/// };
/// let keys: Vec<String> = client.call(asked)?.columns.into_iter().map(|column| column.key).collect();
/// assert_eq!(keys, ["loss", "val_loss"]);
/// # Ok::<(), trainyard::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ListColumns {
    /// Required; at most [`COLUMN_EXPERIMENTS`](crate::limits::COLUMN_EXPERIMENTS).
    #[serde(rename = "experiment_id", deserialize_with = "wire::list", skip_serializing_if = "Vec::is_empty")]
    pub experiment_ids: Vec<ExperimentId>,
    /// Required.
    #[serde(deserialize_with = "wire::optional_word", skip_serializing_if = "Option::is_none")]
    pub kind: Option<ColumnKind>,
    /// Only names that hold this text, whatever its case.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub contains: String,
    /// Page size, 100 when left out, at most [`COLUMNS`](crate::limits::COLUMNS).
    #[serde(deserialize_with = "wire::optional_int64", skip_serializing_if = "Option::is_none")]
    pub max_results: Option<i64>,
    /// Where the last page ended.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub page_token: String,
}

/// Answer to [`ListColumns`].
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ListColumnsResponse {
    /// One page.
    pub columns: Vec<Column>,
    /// How many of the newest runs were looked at for the numbers of each column: all runs of the experiments, or
    /// [`COLUMN_RUNS`](crate::limits::COLUMN_RUNS).
    #[serde(deserialize_with = "wire::int64")]
    pub runs: i64,
    /// Token of the next page; empty on the last.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub next_page_token: String,
}

/// A column, with what its values are like among the runs that were looked at.
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::columns::{Column, ColumnKind, ListColumns};
/// # use trainyard::api::metrics::Metric;
/// # use trainyard::api::runs::{CreateRun, LogBatch};
/// # for value in [0.5, 0.25] {
/// #     let run_id = client.call(CreateRun::default())?.run.info.run_id;
/// #     let metrics = vec![Metric { key: "loss".to_owned(), value, ..Default::default() }];
/// #     client.call(LogBatch { run_id, metrics, ..Default::default() })?;
/// # }
///
/// // Two runs have ended with a loss of 0.5 and of 0.25.
/// let kind = Some(ColumnKind::Metric);
/// let found = client.call(ListColumns { experiment_ids: vec!["0".into()], kind, ..Default::default() })?;
/// let Column { key, runs, min, max, .. } = &found.columns[0];
/// assert_eq!((key.as_str(), *runs), ("loss", 2));
/// assert_eq!((*min, *max), (Some(0.25), Some(0.5)));
/// # Ok::<(), trainyard::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Column {
    /// What it shows.
    #[serde(deserialize_with = "wire::word")]
    pub kind: ColumnKind,
    /// Name of the metric, param or tag.
    pub key: String,
    /// How many of the runs have it.
    #[serde(deserialize_with = "wire::int64")]
    pub runs: i64,
    /// How many different values they have.
    #[serde(deserialize_with = "wire::int64")]
    pub distinct: i64,
    /// Of a metric: the smallest of the latest values, NaN left out.
    #[serde(with = "wire::optional_double", skip_serializing_if = "Option::is_none")]
    pub min: Option<f64>,
    /// Of a metric: the greatest of the latest values, NaN left out.
    #[serde(with = "wire::optional_double", skip_serializing_if = "Option::is_none")]
    pub max: Option<f64>,
}

/// Values that the newest runs of experiments have, those that most of them have first.
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::columns::{GroupKind, ListColumnValues};
/// # use trainyard::api::Tag;
/// # use trainyard::api::runs::CreateRun;
/// # for team in ["botany", "zoology", "botany"] {
/// #     client.call(CreateRun { tags: vec![Tag::new("team", team)], ..Default::default() })?;
/// # }
///
/// // Two runs have the tag team = botany, and one team = zoology.
/// let asked = ListColumnValues {
///     experiment_ids: vec!["0".into()],
///     kind: Some(GroupKind::Tag),
///     key: "team".to_owned(),
///     ..Default::default()
/// };
/// let values: Vec<String> = client.call(asked)?.values.into_iter().map(|found| found.value).collect();
/// assert_eq!(values, ["botany", "zoology"]);
/// # Ok::<(), trainyard::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ListColumnValues {
    /// Required; at most [`COLUMN_EXPERIMENTS`](crate::limits::COLUMN_EXPERIMENTS).
    #[serde(rename = "experiment_id", deserialize_with = "wire::list", skip_serializing_if = "Vec::is_empty")]
    pub experiment_ids: Vec<ExperimentId>,
    /// Required.
    #[serde(deserialize_with = "wire::optional_word", skip_serializing_if = "Option::is_none")]
    pub kind: Option<GroupKind>,
    /// Name of the param, tag or attribute; not told for a dataset.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub key: String,
    /// Only values that hold this text, whatever its case.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub contains: String,
    /// How many, 100 when left out, at most [`COLUMN_VALUES`](crate::limits::COLUMN_VALUES).
    #[serde(deserialize_with = "wire::optional_int64", skip_serializing_if = "Option::is_none")]
    pub max_results: Option<i64>,
}

/// Answer to [`ListColumnValues`].
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ListColumnValuesResponse {
    /// By how many runs have them, then by value. Those longer than
    /// [`COLUMN_VALUE_CHARS`](crate::limits::COLUMN_VALUE_CHARS) are left out.
    pub values: Vec<ColumnValue>,
    /// How many of the newest runs were looked at, as in [`ListColumnsResponse`].
    #[serde(deserialize_with = "wire::int64")]
    pub runs: i64,
}

/// A value, with how many of the runs that were looked at have it.
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::columns::{ColumnValue, GroupKind, ListColumnValues};
/// # use trainyard::api::runs::CreateRun;
/// # client.call(CreateRun::default())?;
///
/// let (kind, key) = (Some(GroupKind::Attribute), "status".to_owned());
/// let asked = ListColumnValues { experiment_ids: vec!["0".into()], kind, key, ..Default::default() };
/// assert_eq!(client.call(asked)?.values, [ColumnValue { value: "RUNNING".to_owned(), runs: 1 }]);
/// # Ok::<(), trainyard::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ColumnValue {
    /// The value.
    pub value: String,
    /// How many runs have it.
    #[serde(deserialize_with = "wire::int64")]
    pub runs: i64,
}

endpoints! { below "/api/trainyard/v1"
    Get "/columns" ListColumns => ListColumnsResponse;
    Get "/column-values" ListColumnValues => ListColumnValuesResponse;
}
