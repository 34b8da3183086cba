//! What is known of each metric of a run without its points: how many there are, the first, the last and both extremes.

use serde::{Deserialize, Serialize};

use crate::endpoint::endpoints;
use crate::{RunId, wire};

/// Metrics of a run, ordered by key, with the summary of each.
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::metric_summaries::GetMetricSummaries;
/// # use trainyard::api::metrics::Metric;
/// # use trainyard::api::runs::{CreateRun, LogBatch};
/// # let run_id = client.call(CreateRun::default())?.run.info.run_id;
/// # let point = |key: &str| Metric { key: key.to_owned(), value: 0.5, ..Default::default() };
/// # let metrics = vec![point("train/loss"), point("val/accuracy"), point("val/loss")];
/// # client.call(LogBatch { run_id: run_id.clone(), metrics, ..Default::default() })?;
///
/// // The run has the metrics train/loss, val/accuracy and val/loss.
/// let page = client.call(GetMetricSummaries { run_id, prefix: "val/".to_owned(), ..Default::default() })?;
/// let keys: Vec<&str> = page.metrics.iter().map(|metric| metric.key.as_str()).collect();
/// assert_eq!(keys, ["val/accuracy", "val/loss"]);
/// # Ok::<(), trainyard::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct GetMetricSummaries {
    /// Required.
    pub run_id: RunId,
    /// Only keys that hold this text, whatever its case.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub contains: String,
    /// Only keys that begin with this text.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub prefix: String,
    /// Page size, 1000 when left out, at most [`METRIC_SUMMARIES`](crate::limits::METRIC_SUMMARIES).
    #[serde(deserialize_with = "wire::optional_int64", skip_serializing_if = "Option::is_none")]
    pub max_results: Option<i64>,
    /// Where the last page ended.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub page_token: String,
}

/// Answer to [`GetMetricSummaries`].
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct GetMetricSummariesResponse {
    /// One page.
    pub metrics: Vec<MetricSummary>,
    /// Token of the next page; empty on the last.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub next_page_token: String,
}

/// One metric of a run.
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::metric_summaries::{GetMetricSummaries, MetricSummary, MetricValue};
/// # use trainyard::api::metrics::Metric;
/// # use trainyard::api::runs::{CreateRun, LogBatch};
/// # let run_id = client.call(CreateRun::default())?.run.info.run_id;
/// # let point = |(step, value)| Metric { key: "loss".to_owned(), value, step, ..Default::default() };
/// # let metrics = [(0, 0.9), (1, 0.2), (2, 0.4)].map(point).to_vec();
/// # client.call(LogBatch { run_id: run_id.clone(), metrics, ..Default::default() })?;
///
/// // The run has logged a loss of 0.9, 0.2 and 0.4.
/// let page = client.call(GetMetricSummaries { run_id, ..Default::default() })?;
/// let MetricSummary { points, last, min, .. } = &page.metrics[0];
/// assert_eq!((*points, last.step, last.value), (3, 2, 0.4));
/// assert_eq!(min, &Some(MetricValue { value: 0.2 }));
/// # Ok::<(), trainyard::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct MetricSummary {
    /// Name of the metric.
    pub key: String,
    /// How many points it has.
    #[serde(deserialize_with = "wire::int64")]
    pub points: i64,
    /// The point with the smallest step, timestamp and value.
    pub first: MetricPoint,
    /// The point with the greatest step, timestamp and value: the latest.
    pub last: MetricPoint,
    /// The smallest number among the values; none where all are NaN.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min: Option<MetricValue>,
    /// The greatest number among the values; none where all are NaN.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<MetricValue>,
}

/// A point without its key.
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::metric_summaries::{GetMetricSummaries, MetricPoint};
/// # use trainyard::api::metrics::Metric;
/// # use trainyard::api::runs::{CreateRun, LogBatch};
/// # let run_id = client.call(CreateRun::default())?.run.info.run_id;
/// # let metrics = vec![Metric { key: "loss".to_owned(), value: 0.9, step: 3, timestamp: 1000, ..Default::default() }];
/// # client.call(LogBatch { run_id: run_id.clone(), metrics, ..Default::default() })?;
///
/// // The run has logged a loss of 0.9 at step 3.
/// let page = client.call(GetMetricSummaries { run_id, ..Default::default() })?;
/// assert_eq!(page.metrics[0].first, MetricPoint { value: 0.9, step: 3, timestamp: 1000 });
/// # Ok::<(), trainyard::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct MetricPoint {
    /// The value; may be NaN or infinite.
    #[serde(with = "wire::double")]
    pub value: f64,
    /// Training step, or any other count.
    #[serde(deserialize_with = "wire::int64")]
    pub step: i64,
    /// Milliseconds since the epoch.
    #[serde(deserialize_with = "wire::int64")]
    pub timestamp: i64,
}

/// A value by itself.
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::metric_summaries::{GetMetricSummaries, MetricValue};
/// # use trainyard::api::metrics::Metric;
/// # use trainyard::api::runs::{CreateRun, LogBatch};
/// # let run_id = client.call(CreateRun::default())?.run.info.run_id;
/// # let point = |(step, value)| Metric { key: "loss".to_owned(), value, step, ..Default::default() };
/// # let metrics = [(0, 0.9), (1, f64::NAN)].map(point).to_vec();
/// # client.call(LogBatch { run_id: run_id.clone(), metrics, ..Default::default() })?;
///
/// // The run has logged a loss of 0.9 and then NaN.
/// let page = client.call(GetMetricSummaries { run_id, ..Default::default() })?;
/// assert!(page.metrics[0].last.value.is_nan());
/// assert_eq!(page.metrics[0].max, Some(MetricValue { value: 0.9 }));
/// # Ok::<(), trainyard::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct MetricValue {
    /// The value; may be infinite.
    #[serde(with = "wire::double")]
    pub value: f64,
}

endpoints! { below "/api/trainyard/v1"
    Get "/runs/metric-summaries" GetMetricSummaries => GetMetricSummariesResponse;
}
