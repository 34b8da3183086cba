//! Runs below others, by the tag `mlflow.parentRunId`. The roots are found by `roots_only` of
//! [`SearchRuns`](crate::runs::SearchRuns), children by a filter on the tag.

use serde::{Deserialize, Serialize};

use crate::endpoint::endpoints;
use crate::{RunId, wire};

/// How many runs have each of these for their parent.
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::Tag;
/// use trainyard::api::run_trees::CountRunChildren;
/// use trainyard::api::runs::CreateRun;
///
/// let parent = client.call(CreateRun::default())?.run.info.run_id;
/// for _fold in 0..3 {
///     let tags = vec![Tag::new("mlflow.parentRunId", parent.as_str())];
///     client.call(CreateRun { tags, ..Default::default() })?;
/// }
/// let counted = client.call(CountRunChildren { run_ids: vec![parent] })?;
/// assert_eq!(counted.counts[0].children, 3);
/// # Ok::<(), trainyard::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct CountRunChildren {
    /// Required; at most [`RUN_IDS`](crate::limits::RUN_IDS).
    #[serde(deserialize_with = "wire::list", skip_serializing_if = "Vec::is_empty")]
    pub run_ids: Vec<RunId>,
}

/// Answer to [`CountRunChildren`].
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct CountRunChildrenResponse {
    /// One entry a run, in the order of the request.
    pub counts: Vec<RunChildren>,
}

/// How many children a run has.
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::run_trees::{CountRunChildren, RunChildren};
/// use trainyard::api::runs::CreateRun;
///
/// let run_id = client.call(CreateRun::default())?.run.info.run_id;
/// let counted = client.call(CountRunChildren { run_ids: vec![run_id.clone()] })?;
/// assert_eq!(counted.counts, [RunChildren { run_id, children: 0 }]);
/// # Ok::<(), trainyard::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RunChildren {
    /// The run; ids of no run have no children.
    pub run_id: RunId,
    /// Runs in the same experiment that have not been deleted.
    #[serde(deserialize_with = "wire::int64")]
    pub children: i64,
}

endpoints! { below "/api/trainyard/v1"
    Post "/runs/children-counts" CountRunChildren => CountRunChildrenResponse;
}
