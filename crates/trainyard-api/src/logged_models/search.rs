//! Searching logged models, with metrics on datasets.

use serde::{Deserialize, Serialize};

use super::LoggedModel;
use crate::endpoint::endpoints;
use crate::{ExperimentId, wire};

/// Filters, orders and pages logged models.
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::Param;
/// use trainyard::api::logged_models::{CreateLoggedModel, SearchLoggedModels};
///
/// for depth in ["3", "5"] {
///     let params = vec![Param::new("max_depth", depth)];
///     client.call(CreateLoggedModel { experiment_id: "0".into(), params, ..Default::default() })?;
/// }
/// let filter = "params.max_depth = '5'".to_owned();
/// let wanted = SearchLoggedModels { experiment_ids: vec!["0".into()], filter, ..Default::default() };
/// assert_eq!(client.call(wanted)?.models.len(), 1);
/// # Ok::<(), trainyard::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SearchLoggedModels {
    /// Experiments to look in.
    #[serde(deserialize_with = "wire::list", skip_serializing_if = "Vec::is_empty")]
    pub experiment_ids: Vec<ExperimentId>,
    /// Filter text.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub filter: String,
    /// Metric clauses of the filter look only at points on these datasets.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub datasets: Vec<DatasetRef>,
    /// Page size, 100 when left out.
    #[serde(alias = "maxResults", deserialize_with = "wire::optional_int64", skip_serializing_if = "Option::is_none")]
    pub max_results: Option<i64>,
    /// Order; by default the newest first.
    #[serde(alias = "orderBy", skip_serializing_if = "Vec::is_empty")]
    pub order_by: Vec<LoggedModelOrder>,
    /// Where the last page ended.
    #[serde(alias = "pageToken", skip_serializing_if = "String::is_empty")]
    pub page_token: String,
}

/// A dataset by name, and by digest when given.
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::logged_models::{DatasetRef, SearchLoggedModels};
/// # use trainyard::api::logged_models::CreateLoggedModel;
/// # use trainyard::api::metrics::LogMetric;
/// # let run_id = client.call(trainyard::api::runs::CreateRun::default())?.run.info.run_id;
/// # let made = client.call(CreateLoggedModel { experiment_id: "0".into(), ..Default::default() })?;
/// # let (key, value, timestamp) = ("accuracy".to_owned(), Some(0.97), Some(1000));
/// # let (dataset_name, dataset_digest) = ("iris-test".to_owned(), "9a3b1c77".to_owned());
/// # let model_id = made.model.info.model_id;
/// # client.call(LogMetric { run_id, key, value, timestamp, model_id, dataset_name, dataset_digest, ..Default::default() })?;
///
/// // A model has an accuracy of 0.97 on the dataset iris-test.
/// let on = |name: &str| SearchLoggedModels {
///     experiment_ids: vec!["0".into()],
///     filter: "metrics.accuracy > 0.9".to_owned(),
///     datasets: vec![DatasetRef { dataset_name: name.to_owned(), ..Default::default() }],
///     ..Default::default()
/// };
/// assert_eq!(client.call(on("iris-test"))?.models.len(), 1);
/// assert_eq!(client.call(on("iris-train"))?.models.len(), 0);
/// # Ok::<(), trainyard::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct DatasetRef {
    /// Required.
    #[serde(alias = "datasetName")]
    pub dataset_name: String,
    /// Any digest when empty.
    #[serde(alias = "datasetDigest", skip_serializing_if = "String::is_empty")]
    pub dataset_digest: String,
}

/// One column of the order of logged models.
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::logged_models::{CreateLoggedModel, LoggedModelOrder, SearchLoggedModels};
///
/// for name in ["forest", "boost"] {
///     client.call(CreateLoggedModel { experiment_id: "0".into(), name: name.to_owned(), ..Default::default() })?;
/// }
/// let order_by = vec![LoggedModelOrder { field_name: "name".to_owned(), ..Default::default() }];
/// let found = client.call(SearchLoggedModels { experiment_ids: vec!["0".into()], order_by, ..Default::default() })?;
/// assert_eq!((found.models[0].info.name.as_str(), found.models[1].info.name.as_str()), ("boost", "forest"));
/// # Ok::<(), trainyard::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LoggedModelOrder {
    /// Attribute, or `metrics.<key>`.
    #[serde(alias = "fieldName")]
    pub field_name: String,
    /// Smallest first.
    pub ascending: bool,
    /// For a metric: only points on this dataset.
    #[serde(alias = "datasetName", skip_serializing_if = "String::is_empty")]
    pub dataset_name: String,
    /// For a metric: only points on a dataset of this digest.
    #[serde(alias = "datasetDigest", skip_serializing_if = "String::is_empty")]
    pub dataset_digest: String,
}

impl Default for LoggedModelOrder {
    fn default() -> Self {
        Self { field_name: String::new(), ascending: true, dataset_name: String::new(), dataset_digest: String::new() }
    }
}

/// Answer to [`SearchLoggedModels`].
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SearchLoggedModelsResponse {
    /// One page.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub models: Vec<LoggedModel>,
    /// Token of the next page; empty on the last.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub next_page_token: String,
}

endpoints! {
    Post "/logged-models/search" SearchLoggedModels => SearchLoggedModelsResponse;
}
