//! Sizes and counts that a request may not exceed.
//!
//! ```
//! # fn main() -> Result<(), trainyard::Error> {
//! # let folder = tempfile::tempdir().expect("a folder");
//! # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
//! use trainyard::api::limits;
//! use trainyard::api::metrics::Metric;
//! use trainyard::api::runs::{CreateRun, GetRun, LogBatch};
//!
//! let run_id = client.call(CreateRun::default())?.run.info.run_id;
//! let point = |step| Metric { key: "loss".to_owned(), value: 1.0 / step as f64, step, timestamp: step, ..Default::default() };
//! let points: Vec<Metric> = (1..=2500).map(point).collect();
//! for some in points.chunks(limits::BATCH_METRICS) {
//!     client.call(LogBatch { run_id: run_id.clone(), metrics: some.to_vec(), ..Default::default() })?;
//! }
//! let run = client.call(GetRun { run_id, ..Default::default() })?.run;
//! assert_eq!(run.data.metrics[0].step, 2500);
//! # Ok(())
//! # }
//! ```

pub use trainyard_api::limits::*;
