//! Metric points: logging one, and reading histories.
//!
//! ```
//! # fn main() -> Result<(), trainyard::Error> {
//! # let folder = tempfile::tempdir().expect("a folder");
//! # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
//! use trainyard::api::metrics::{
//!     GetMetricHistory, GetMetricHistoryBulk, GetMetricHistoryBulkInterval, LogMetric, Metric,
//! };
//! use trainyard::api::runs::CreateRun;
//!
//! let run_id = client.call(CreateRun::default())?.run.info.run_id;
//! for step in 0..10 {
//!     client.call(LogMetric {
//!         run_id: run_id.clone(),
//!         key: "loss".to_owned(),
//!         value: Some(1.0 / (step + 1) as f64),
//!         timestamp: Some(1000 + step),
//!         step,
//!         ..Default::default()
//!     })?;
//! }
//! let metric_key = "loss".to_owned();
//! let wanted = GetMetricHistory {
//!     run_id: run_id.clone(),
//!     metric_key: metric_key.clone(),
//!     max_results: Some(4),
//!     ..Default::default()
//! };
//! let page = client.call(wanted.clone())?;
//! assert_eq!((page.metrics.len(), page.metrics[3].step), (4, 3));
//! let next = client.call(GetMetricHistory { page_token: page.next_page_token, ..wanted })?;
//! assert_eq!(next.metrics[0].step, 4);
//!
//! // Of several runs at once: all points, or a sample for a chart.
//! let run_ids = vec![run_id];
//! let all = client.call(GetMetricHistoryBulk {
//!     run_ids: run_ids.clone(),
//!     metric_key: Some(metric_key.clone()),
//!     ..Default::default()
//! })?;
//! assert_eq!(all.metrics.len(), 10);
//! let between = GetMetricHistoryBulkInterval {
//!     run_ids,
//!     metric_key,
//!     start_step: Some(2),
//!     end_step: Some(5),
//!     ..Default::default()
//! };
//! let steps: Vec<i64> = client.call(between)?.metrics.iter().map(|Metric { step, .. }| *step).collect();
//! assert_eq!(steps, [2, 3, 4, 5]);
//! # Ok(())
//! # }
//! ```

pub use trainyard_api::metrics::{
    GetMetricHistory, GetMetricHistoryBulk, GetMetricHistoryBulkInterval, GetMetricHistoryBulkIntervalResponse,
    GetMetricHistoryBulkResponse, GetMetricHistoryResponse, LogMetric, Metric,
};
