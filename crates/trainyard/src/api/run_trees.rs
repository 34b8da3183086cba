//! Runs below others, by the tag `mlflow.parentRunId`. The roots are found by `roots_only` of
//! [`SearchRuns`](super::runs::SearchRuns), children by a filter on the tag.
//!
//! ```
//! # fn main() -> Result<(), trainyard::Error> {
//! # let folder = tempfile::tempdir().expect("a folder");
//! # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
//! use trainyard::api::Tag;
//! use trainyard::api::run_trees::{CountRunChildren, RunChildren};
//! use trainyard::api::runs::CreateRun;
//!
//! let parent = client.call(CreateRun::default())?.run.info.run_id;
//! let tags = vec![Tag::new("mlflow.parentRunId", parent.as_str())];
//! client.call(CreateRun { tags, ..Default::default() })?;
//!
//! let counted = client.call(CountRunChildren { run_ids: vec![parent.clone()] })?;
//! assert_eq!(counted.counts, [RunChildren { run_id: parent, children: 1 }]);
//! # Ok(())
//! # }
//! ```

pub use trainyard_api::run_trees::{CountRunChildren, CountRunChildrenResponse, RunChildren};
