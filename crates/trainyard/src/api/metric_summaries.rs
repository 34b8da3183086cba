//! What is known of each metric of a run without its points: how many there are, the first, the last and both extremes.
//!
//! ```
//! # fn main() -> Result<(), trainyard::Error> {
//! # let folder = tempfile::tempdir().expect("a folder");
//! # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
//! use trainyard::api::metric_summaries::{GetMetricSummaries, MetricPoint, MetricSummary, MetricValue};
//! use trainyard::api::metrics::LogMetric;
//! use trainyard::api::runs::CreateRun;
//!
//! let run_id = client.call(CreateRun::default())?.run.info.run_id;
//! for (step, loss) in [0.9, 0.2, 0.4].into_iter().enumerate() {
//!     client.call(LogMetric {
//!         run_id: run_id.clone(),
//!         key: "loss".to_owned(),
//!         value: Some(loss),
//!         timestamp: Some(step as i64),
//!         step: step as i64,
//!         ..Default::default()
//!     })?;
//! }
//! let page = client.call(GetMetricSummaries { run_id, prefix: "lo".to_owned(), ..Default::default() })?;
//! let MetricSummary { points, first, last, min, .. } = &page.metrics[0];
//! assert_eq!(*points, 3);
//! assert_eq!(first, &MetricPoint { value: 0.9, step: 0, timestamp: 0 });
//! assert_eq!(last.value, 0.4);
//! assert_eq!(min, &Some(MetricValue { value: 0.2 }));
//! # Ok(())
//! # }
//! ```

pub use trainyard_api::metric_summaries::{
    GetMetricSummaries, GetMetricSummariesResponse, MetricPoint, MetricSummary, MetricValue,
};
