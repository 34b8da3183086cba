//! Experiments: named groups of runs.

use serde::{Deserialize, Serialize};

use crate::endpoint::endpoints;
use crate::{Empty, ExperimentId, LifecycleStage, Tag, ViewType, wire};

/// A named group of runs with a place for their artifacts.
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::experiments::{CreateExperiment, Experiment, GetExperiment};
///
/// let made = CreateExperiment { name: "iris".to_owned(), ..Default::default() };
/// let experiment_id = client.call(made)?.experiment_id;
/// let found = client.call(GetExperiment { experiment_id })?.experiment;
/// let Experiment { name, creation_time, last_update_time, .. } = found;
/// assert_eq!(name, "iris");
/// assert_eq!(creation_time, last_update_time, "nobody has changed it");
/// # Ok::<(), trainyard::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Experiment {
    /// Decimal number as text.
    pub experiment_id: ExperimentId,
    /// Unique name.
    pub name: String,
    /// URI below which the artifacts of its runs and models lie.
    pub artifact_location: String,
    /// Active or deleted.
    pub lifecycle_stage: LifecycleStage,
    /// Milliseconds since the epoch.
    #[serde(deserialize_with = "wire::int64")]
    pub last_update_time: i64,
    /// Milliseconds since the epoch.
    #[serde(deserialize_with = "wire::int64")]
    pub creation_time: i64,
    /// Tags, ordered by key.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<Tag>,
}

/// Makes an experiment.
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::experiments::CreateExperiment;
///
/// let request = CreateExperiment { name: "iris".to_owned(), ..Default::default() };
/// let first = client.call(request.clone())?.experiment_id;
/// assert_eq!(first.as_str(), "1", "0 is the experiment that is always there");
/// assert!(client.call(request).is_err(), "the name is taken");
/// # Ok::<(), trainyard::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct CreateExperiment {
    /// Unique name, required.
    pub name: String,
    /// Where artifacts go; empty for the server's default.
    #[serde(alias = "artifactLocation", skip_serializing_if = "String::is_empty")]
    pub artifact_location: String,
    /// Tags to set.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<Tag>,
}

/// Answer to [`CreateExperiment`].
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct CreateExperimentResponse {
    /// The new id.
    pub experiment_id: ExperimentId,
}

/// One experiment by id.
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::experiments::GetExperiment;
///
/// let found = client.call(GetExperiment { experiment_id: "0".into() })?;
/// assert_eq!(found.experiment.name, "Default");
/// # Ok::<(), trainyard::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct GetExperiment {
    /// Required.
    pub experiment_id: ExperimentId,
}

/// One experiment by name.
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::experiments::GetExperimentByName;
///
/// let found = client.call(GetExperimentByName { experiment_name: "Default".to_owned() })?;
/// assert_eq!(found.experiment.experiment_id.as_str(), "0");
/// # Ok::<(), trainyard::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct GetExperimentByName {
    /// Required.
    pub experiment_name: String,
}

/// Answer to [`GetExperiment`] and [`GetExperimentByName`].
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct GetExperimentResponse {
    /// The experiment.
    pub experiment: Experiment,
}

/// Pages through experiments.
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::experiments::{CreateExperiment, SearchExperiments};
///
/// for name in ["iris", "iris-pilot", "wine"] {
///     client.call(CreateExperiment { name: name.to_owned(), ..Default::default() })?;
/// }
/// let filter = "name LIKE 'iris%'".to_owned();
/// let order_by = vec!["name DESC".to_owned()];
/// let found = client.call(SearchExperiments { max_results: Some(10), filter, order_by, ..Default::default() })?;
/// let names: Vec<&str> = found.experiments.iter().map(|experiment| experiment.name.as_str()).collect();
/// assert_eq!(names, ["iris-pilot", "iris"]);
/// # Ok::<(), trainyard::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SearchExperiments {
    /// Page size, required, 1 to [`SEARCH_MAX_RESULTS`](crate::limits::SEARCH_MAX_RESULTS).
    #[serde(alias = "maxResults", deserialize_with = "wire::optional_int64", skip_serializing_if = "Option::is_none")]
    pub max_results: Option<i64>,
    /// Where the last page ended.
    #[serde(alias = "pageToken", skip_serializing_if = "String::is_empty")]
    pub page_token: String,
    /// Filter text.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub filter: String,
    /// `key [ASC|DESC]`.
    #[serde(alias = "orderBy", deserialize_with = "wire::list", skip_serializing_if = "Vec::is_empty")]
    pub order_by: Vec<String>,
    /// Lifecycle stages to return.
    #[serde(alias = "viewType", deserialize_with = "wire::word", skip_serializing_if = "wire::is_default")]
    pub view_type: ViewType,
}

/// Answer to [`SearchExperiments`]; the GET of the same path is [`ListExperiments`].
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SearchExperimentsResponse {
    /// One page.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub experiments: Vec<Experiment>,
    /// Token of the next page; empty on the last.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub next_page_token: String,
}

/// [`SearchExperiments`] sent as a GET.
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::experiments::{ListExperiments, SearchExperiments};
///
/// let wanted = SearchExperiments { max_results: Some(10), ..Default::default() };
/// let found = client.call(ListExperiments(wanted))?;
/// assert_eq!(found.experiments[0].name, "Default");
/// # Ok::<(), trainyard::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ListExperiments(pub SearchExperiments);

/// Renames an experiment.
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::experiments::{GetExperiment, UpdateExperiment};
///
/// client.call(UpdateExperiment { experiment_id: "0".into(), new_name: "iris".to_owned() })?;
/// let found = client.call(GetExperiment { experiment_id: "0".into() })?;
/// assert_eq!(found.experiment.name, "iris");
/// # Ok::<(), trainyard::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct UpdateExperiment {
    /// Required.
    pub experiment_id: ExperimentId,
    /// The new name; nothing happens without one.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub new_name: String,
}

/// Soft-deletes an experiment and its runs.
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::LifecycleStage;
/// use trainyard::api::experiments::{CreateExperiment, DeleteExperiment, GetExperiment};
///
/// let made = CreateExperiment { name: "iris".to_owned(), ..Default::default() };
/// let experiment_id = client.call(made)?.experiment_id;
/// client.call(DeleteExperiment { experiment_id: experiment_id.clone() })?;
/// let deleted = client.call(GetExperiment { experiment_id })?.experiment;
/// assert_eq!(deleted.lifecycle_stage, LifecycleStage::Deleted);
/// # Ok::<(), trainyard::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct DeleteExperiment {
    /// Required.
    pub experiment_id: ExperimentId,
}

/// Undoes [`DeleteExperiment`].
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::LifecycleStage;
/// use trainyard::api::experiments::{CreateExperiment, DeleteExperiment, GetExperiment, RestoreExperiment};
///
/// let made = CreateExperiment { name: "iris".to_owned(), ..Default::default() };
/// let experiment_id = client.call(made)?.experiment_id;
/// client.call(DeleteExperiment { experiment_id: experiment_id.clone() })?;
/// client.call(RestoreExperiment { experiment_id: experiment_id.clone() })?;
/// let restored = client.call(GetExperiment { experiment_id })?.experiment;
/// assert_eq!(restored.lifecycle_stage, LifecycleStage::Active);
/// # Ok::<(), trainyard::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct RestoreExperiment {
    /// Required.
    pub experiment_id: ExperimentId,
}

/// Sets one tag of an experiment.
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::Tag;
/// use trainyard::api::experiments::{GetExperiment, SetExperimentTag};
///
/// let (key, value) = ("team".to_owned(), "botany".to_owned());
/// client.call(SetExperimentTag { experiment_id: "0".into(), key, value })?;
/// let found = client.call(GetExperiment { experiment_id: "0".into() })?;
/// assert_eq!(found.experiment.tags, [Tag::new("team", "botany")]);
/// # Ok::<(), trainyard::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SetExperimentTag {
    /// Required.
    pub experiment_id: ExperimentId,
    /// Required.
    pub key: String,
    /// The value.
    pub value: String,
}

/// Removes one tag of an experiment.
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::Tag;
/// use trainyard::api::experiments::{CreateExperiment, DeleteExperimentTag, GetExperiment};
///
/// let tags = vec![Tag::new("draft", "yes"), Tag::new("team", "botany")];
/// let made = CreateExperiment { name: "iris".to_owned(), tags, ..Default::default() };
/// let experiment_id = client.call(made)?.experiment_id;
/// client.call(DeleteExperimentTag { experiment_id: experiment_id.clone(), key: "draft".to_owned() })?;
/// assert_eq!(client.call(GetExperiment { experiment_id })?.experiment.tags, [Tag::new("team", "botany")]);
/// # Ok::<(), trainyard::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct DeleteExperimentTag {
    /// Required.
    pub experiment_id: ExperimentId,
    /// Required.
    pub key: String,
}

endpoints! {
    Post "/experiments/create" CreateExperiment => CreateExperimentResponse;
    Get "/experiments/get" GetExperiment => GetExperimentResponse;
    Get "/experiments/get-by-name" GetExperimentByName => GetExperimentResponse;
    Post "/experiments/search" SearchExperiments => SearchExperimentsResponse;
    Get "/experiments/search" ListExperiments => SearchExperimentsResponse;
    Post "/experiments/update" UpdateExperiment => Empty;
    Post "/experiments/delete" DeleteExperiment => Empty;
    Post "/experiments/restore" RestoreExperiment => Empty;
    Post "/experiments/set-experiment-tag" SetExperimentTag => Empty;
    Post "/experiments/delete-experiment-tag" DeleteExperimentTag => Empty;
}
