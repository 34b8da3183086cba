//! Metric points: logging one, and reading a history.

use serde::{Deserialize, Deserializer, Serialize};

use crate::endpoint::endpoints;
use crate::{Empty, ModelId, RunId, wire};

/// One point of a metric.
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::metrics::Metric;
/// use trainyard::api::runs::{CreateRun, GetRun, LogBatch};
///
/// let run_id = client.call(CreateRun::default())?.run.info.run_id;
/// let point = |step, value| Metric { key: "loss".to_owned(), value, step, timestamp: 1000 + step, ..Default::default() };
/// let metrics = vec![point(0, 0.9), point(1, 0.4)];
/// client.call(LogBatch { run_id: run_id.clone(), metrics, ..Default::default() })?;
/// // A run comes with the latest point of each metric.
/// let run = client.call(GetRun { run_id, ..Default::default() })?.run;
/// assert_eq!(run.data.metrics, [point(1, 0.4)]);
/// # Ok::<(), trainyard::Error>(())
/// ```
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
    /// Dataset that the value was computed on; only together with its digest. It is kept for the logged model: a value
    /// without `model_id` loses it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub dataset_name: String,
    /// Digest of that dataset, at most [`DATASET_DIGEST_CHARS`](crate::limits::DATASET_DIGEST_CHARS) characters; only
    /// together with its name.
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
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::metrics::LogMetric;
/// use trainyard::api::runs::{CreateRun, GetRun};
///
/// let run_id = client.call(CreateRun::default())?.run.info.run_id;
/// let (key, value, timestamp) = ("accuracy".to_owned(), Some(0.97), Some(1000));
/// client.call(LogMetric { run_id: run_id.clone(), key, value, timestamp, ..Default::default() })?;
/// let run = client.call(GetRun { run_id, ..Default::default() })?.run;
/// assert_eq!(run.data.metrics[0].value, 0.97);
/// # Ok::<(), trainyard::Error>(())
/// ```
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
    /// Dataset that the value was computed on; only together with its digest. It is kept for the logged model: a value
    /// without `model_id` loses it.
    #[serde(alias = "datasetName", skip_serializing_if = "String::is_empty")]
    pub dataset_name: String,
    /// Digest of that dataset, at most [`DATASET_DIGEST_CHARS`](crate::limits::DATASET_DIGEST_CHARS) characters; only
    /// together with its name.
    #[serde(alias = "datasetDigest", skip_serializing_if = "String::is_empty")]
    pub dataset_digest: String,
}

/// All points of one metric of one run, ordered by timestamp, step and value.
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::metrics::GetMetricHistory;
/// # use trainyard::api::metrics::Metric;
/// # use trainyard::api::runs::{CreateRun, LogBatch};
/// # let run_id = client.call(CreateRun::default())?.run.info.run_id;
/// # let point = |step| Metric { key: "loss".to_owned(), value: 0.5, step, ..Default::default() };
/// # client.call(LogBatch { run_id: run_id.clone(), metrics: (0..5).map(point).collect(), ..Default::default() })?;
///
/// // The run has five points of loss.
/// let (metric_key, max_results) = ("loss".to_owned(), Some(3));
/// let wanted = GetMetricHistory { run_id, metric_key, max_results, ..Default::default() };
/// let page = client.call(wanted.clone())?;
/// assert_eq!(page.metrics.len(), 3);
/// let next = client.call(GetMetricHistory { page_token: page.next_page_token, ..wanted })?;
/// assert_eq!((next.metrics[0].step, next.metrics.len()), (3, 2));
/// # Ok::<(), trainyard::Error>(())
/// ```
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
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::metrics::{GetMetricHistoryBulk, LogMetric};
/// use trainyard::api::runs::CreateRun;
///
/// let mut run_ids = Vec::new();
/// for value in [Some(0.9), Some(0.4)] {
///     let run_id = client.call(CreateRun::default())?.run.info.run_id;
///     let (key, timestamp) = ("loss".to_owned(), Some(1000));
///     client.call(LogMetric { run_id: run_id.clone(), key, value, timestamp, ..Default::default() })?;
///     run_ids.push(run_id);
/// }
/// let metric_key = Some("loss".to_owned());
/// let found = client.call(GetMetricHistoryBulk { run_ids: run_ids.clone(), metric_key, ..Default::default() })?;
/// let second = found.metrics.iter().find(|point| point.run_id == run_ids[1]).expect("a point of each");
/// assert_eq!(second.value, 0.4);
/// # Ok::<(), trainyard::Error>(())
/// ```
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
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::metrics::GetMetricHistoryBulkInterval;
/// # use trainyard::api::metrics::Metric;
/// # use trainyard::api::runs::{CreateRun, LogBatch};
/// # let run_id = client.call(CreateRun::default())?.run.info.run_id;
/// # let point = |step| Metric { key: "loss".to_owned(), value: 0.5, step, ..Default::default() };
/// # client.call(LogBatch { run_id: run_id.clone(), metrics: (0..10).map(point).collect(), ..Default::default() })?;
///
/// // The run has points of loss at the steps 0 to 9.
/// let found = client.call(GetMetricHistoryBulkInterval {
///     run_ids: vec![run_id],
///     metric_key: "loss".to_owned(),
///     start_step: Some(2),
///     end_step: Some(4),
///     ..Default::default()
/// })?;
/// let steps: Vec<i64> = found.metrics.iter().map(|point| point.step).collect();
/// assert_eq!(steps, [2, 3, 4]);
/// # Ok::<(), trainyard::Error>(())
/// ```
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
