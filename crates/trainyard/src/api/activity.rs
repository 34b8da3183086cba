//! How busy experiments are.
//!
//! ```
//! # fn main() -> Result<(), trainyard::Error> {
//! # let folder = tempfile::tempdir().expect("a folder");
//! # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
//! use trainyard::api::activity::{ExperimentActivity, GetExperimentActivity, GetExperimentActivityResponse};
//! use trainyard::api::experiments::CreateExperiment;
//! use trainyard::api::runs::CreateRun;
//!
//! let experiment = CreateExperiment { name: "iris".to_owned(), ..Default::default() };
//! let experiment_id = client.call(experiment)?.experiment_id;
//! client.call(CreateRun { experiment_id: experiment_id.clone(), ..Default::default() })?;
//!
//! let asked = GetExperimentActivity { experiment_ids: vec![experiment_id] };
//! let GetExperimentActivityResponse { experiments } = client.call(asked)?;
//! let ExperimentActivity { runs, running, at_least, .. } = experiments[0];
//! assert_eq!((runs, running, at_least), (1, 1, false));
//! # Ok(())
//! # }
//! ```

pub use trainyard_api::activity::{ExperimentActivity, GetExperimentActivity, GetExperimentActivityResponse};
