//! What is known of each metric of a run without its points: how many there are, the first, the last and both extremes.

use serde::{Deserialize, Serialize};

use crate::endpoint::endpoints;
use crate::{RunId, wire};

/// Metrics of a run, ordered by key, with the summary of each.
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
