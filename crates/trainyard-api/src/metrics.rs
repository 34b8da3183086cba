//! Metric points: logging one, and reading a history.

use serde::{Deserialize, Deserializer, Serialize};

use crate::endpoint::endpoints;
use crate::{Empty, ModelId, RunId, wire};

/// One point of a metric.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Metric {
    /// Name of the metric.
    pub key: String,
    /// The value; may be NaN or infinite.
    #[serde(with = "wire::double")]
    pub value: f64,
    /// Milliseconds since the epoch.
    #[serde(deserialize_with = "wire::int64")]
    pub timestamp: i64,
    /// Training step, or any other count.
    #[serde(deserialize_with = "wire::int64")]
    pub step: i64,
    /// Dataset that the value was computed on; only together with its digest.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub dataset_name: String,
    /// Digest of that dataset; only together with its name.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub dataset_digest: String,
    /// Logged model that the value belongs to.
    #[serde(skip_serializing_if = "ModelId::is_empty")]
    pub model_id: ModelId,
    /// Run that logged it, where the answer is about several.
    #[serde(skip_serializing_if = "RunId::is_empty")]
    pub run_id: RunId,
}

/// Reads the points of a request: unlike in answers, value and timestamp have to be there.
pub(crate) fn logged<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Metric>, D::Error> {
    #[derive(Deserialize)]
    #[serde(expecting = "a metric")]
    struct Logged {
        #[serde(default)]
        key: String,
        #[serde(deserialize_with = "wire::double::deserialize")]
        value: f64,
        #[serde(deserialize_with = "wire::int64")]
        timestamp: i64,
        #[serde(default, deserialize_with = "wire::int64")]
        step: i64,
        #[serde(alias = "datasetName", default)]
        dataset_name: String,
        #[serde(alias = "datasetDigest", default)]
        dataset_digest: String,
        #[serde(alias = "modelId", default)]
        model_id: ModelId,
    }

    let points = Vec::<Logged>::deserialize(deserializer)?;
    let metric = |Logged { key, value, timestamp, step, dataset_name, dataset_digest, model_id }| Metric {
        key,
        value,
        timestamp,
        step,
        dataset_name,
        dataset_digest,
        model_id,
        run_id: RunId::default(),
    };
    Ok(points.into_iter().map(metric).collect())
}

/// Logs one point.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct LogMetric {
    /// Required.
    pub run_id: RunId,
    /// Older name of `run_id`.
    #[serde(skip_serializing_if = "RunId::is_empty")]
    pub run_uuid: RunId,
    /// Required.
    pub key: String,
    /// Required.
    #[serde(with = "wire::optional_double", skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
    /// Required; milliseconds since the epoch.
    #[serde(deserialize_with = "wire::optional_int64", skip_serializing_if = "Option::is_none")]
    pub timestamp: Option<i64>,
    /// Step, 0 when left out.
    #[serde(deserialize_with = "wire::int64")]
    pub step: i64,
    /// Logged model that the value belongs to.
    #[serde(alias = "modelId", skip_serializing_if = "ModelId::is_empty")]
    pub model_id: ModelId,
    /// Dataset that the value was computed on; only together with its digest.
    #[serde(alias = "datasetName", skip_serializing_if = "String::is_empty")]
    pub dataset_name: String,
    /// Digest of that dataset; only together with its name.
    #[serde(alias = "datasetDigest", skip_serializing_if = "String::is_empty")]
    pub dataset_digest: String,
}

/// All points of one metric of one run, ordered by timestamp, step and value.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct GetMetricHistory {
    /// Required.
    pub run_id: RunId,
    /// Older name of `run_id`.
    #[serde(skip_serializing_if = "RunId::is_empty")]
    pub run_uuid: RunId,
    /// Required.
    pub metric_key: String,
    /// Where the last page ended.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub page_token: String,
    /// Page size; everything at once when left out.
    #[serde(deserialize_with = "wire::optional_int64", skip_serializing_if = "Option::is_none")]
    pub max_results: Option<i64>,
}

/// Answer to [`GetMetricHistory`].
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct GetMetricHistoryResponse {
    /// One page, or all.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub metrics: Vec<Metric>,
    /// Token of the next page; empty on the last.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub next_page_token: String,
}

/// Points of one metric of several runs, run after run, each run's ordered by timestamp, step and value.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct GetMetricHistoryBulk {
    /// Required; at most [`BULK_RUNS`](crate::limits::BULK_RUNS).
    #[serde(rename = "run_id", deserialize_with = "wire::list")]
    pub run_ids: Vec<RunId>,
    /// Required.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metric_key: Option<String>,
    /// Points of all runs together, at most and by default [`BULK_POINTS`](crate::limits::BULK_POINTS).
    #[serde(deserialize_with = "wire::optional_int64", skip_serializing_if = "Option::is_none")]
    pub max_results: Option<i64>,
}

/// Answer to [`GetMetricHistoryBulk`]; unlike elsewhere an empty list is written.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct GetMetricHistoryBulkResponse {
    /// The points, each with its run.
    pub metrics: Vec<Metric>,
}

/// A sample of one metric's points for each of several runs, for charts.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct GetMetricHistoryBulkInterval {
    /// Required; at most [`BULK_RUNS`](crate::limits::BULK_RUNS).
    #[serde(deserialize_with = "wire::list")]
    pub run_ids: Vec<RunId>,
    /// Required.
    pub metric_key: String,
    /// First step; only together with `end_step`.
    #[serde(deserialize_with = "wire::optional_int64", skip_serializing_if = "Option::is_none")]
    pub start_step: Option<i64>,
    /// Last step; only together with `start_step`.
    #[serde(deserialize_with = "wire::optional_int64", skip_serializing_if = "Option::is_none")]
    pub end_step: Option<i64>,
    /// Points of each run, at most and by default [`SAMPLE_POINTS`](crate::limits::SAMPLE_POINTS).
    #[serde(deserialize_with = "wire::optional_int64", skip_serializing_if = "Option::is_none")]
    pub max_results: Option<i64>,
}

/// Answer to [`GetMetricHistoryBulkInterval`].
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct GetMetricHistoryBulkIntervalResponse {
    /// The runs' points in the order of the request, each run's ordered by step, timestamp and value.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub metrics: Vec<Metric>,
}

endpoints! {
    Post "/runs/log-metric" LogMetric => Empty;
    Get "/metrics/get-history" GetMetricHistory => GetMetricHistoryResponse;
    Get "/metrics/get-history-bulk" GetMetricHistoryBulk => GetMetricHistoryBulkResponse;
    Get "/metrics/get-history-bulk-interval" GetMetricHistoryBulkInterval => GetMetricHistoryBulkIntervalResponse;
}
