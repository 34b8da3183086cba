//! What travels between client and store: entities, requests and answers, ids, error codes.
//!
//! Plain data in the shape of MLflow's REST interface. [`Client::call`](crate::Client::call) carries out any of
//! the requests; each module begins with an example of all of its own, and each type has a short one.
//!
//! ```
//! use trainyard::Error;
//! use trainyard::api::runs::{GetRun, RunStatus};
//! use trainyard::api::{ErrorCode, RunId};
//!
//! # fn main() -> Result<(), trainyard::Error> {
//! # let folder = tempfile::tempdir().expect("a folder");
//! # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
//! let run = client.start_run("iris", "")?;
//! let stored = client.call(GetRun { run_id: run.id().clone(), ..Default::default() })?.run;
//! assert_eq!(stored.info.status, RunStatus::Running);
//!
//! // What a store refuses is an error of the interface, with a code and a message.
//! let nobody = RunId::from("0123456789abcdef0123456789abcdef");
//! let refused = client.call(GetRun { run_id: nobody, ..Default::default() });
//! let Err(Error::Api(error)) = refused else { panic!("a run that nobody has made") };
//! assert_eq!(error.error_code, ErrorCode::ResourceDoesNotExist);
//! assert_eq!(error.error_code.http_status(), 404);
//! # Ok(())
//! # }
//! ```

// Item by item: what reads and writes the wire has types of other crates in it, and what the web UI alone asks for changes
// with it.
pub mod activity;
pub mod artifacts;
pub mod columns;
pub mod datasets;
pub mod evaluation_datasets;
pub mod experiments;
pub mod limits;
pub mod logged_models;
pub mod metric_summaries;
pub mod metrics;
pub mod model_versions;
pub mod registered_models;
pub mod run_changes;
pub mod run_trees;
pub mod runs;
pub mod server_info;
pub mod webhooks;

pub use trainyard_api::{
    ApiError, Empty, Endpoint, ErrorCode, ExperimentId, JsonEndpoint, KeyValue, LifecycleStage, Method, ModelId, Param,
    RunId, Tag, ViewType,
};
