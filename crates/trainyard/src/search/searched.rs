//! The requests that are searches: where their pages are, and what is looked up before the first.

use trainyard_api::ExperimentId;
use trainyard_api::columns::{Column, ListColumns};
use trainyard_api::evaluation_datasets::{EvaluationDataset, SearchEvaluationDatasets};
use trainyard_api::experiments::{Experiment, GetExperimentByName, SearchExperiments};
use trainyard_api::logged_models::{LoggedModel, SearchLoggedModels};
use trainyard_api::metric_summaries::{GetMetricSummaries, MetricSummary};
use trainyard_api::metrics::{GetMetricHistory, Metric};
use trainyard_api::model_versions::{ModelVersion, SearchModelVersions};
use trainyard_api::registered_models::{RegisteredModel, SearchRegisteredModels};
use trainyard_api::runs::{Run, SearchRuns};
use trainyard_api::webhooks::{ListWebhooks, Webhook};

use crate::{Client, Error, Request, journal};

/// Experiments that are fetched at a time.
const EXPERIMENTS_PER_PAGE: i64 = 1000;

/// A request that is answered page by page.
///
/// ```
/// fn first<R: trainyard::Searched>(search: trainyard::Search<R>) -> Option<R::Item> {
///     search.into_iter().next()?.ok()
/// }
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// let experiment = first(client.search_experiments()).expect("there is always the experiment Default");
/// # Ok::<(), trainyard::Error>(())
/// ```
pub trait Searched: sealed::Paged {
    /// What the pages hold.
    type Item: Send + 'static;

    #[doc(hidden)]
    fn items(answer: Self::Response) -> (Vec<Self::Item>, String);
}

mod sealed {
    use super::{Client, Error, Experiments, Request};

    pub trait Paged: Request {
        fn page_token(&mut self) -> &mut String;
        fn max_results(&mut self) -> &mut Option<i64>;
        /// Last preparations before the first page; `None` when there is nothing to look into.
        fn prepare(&mut self, _client: &Client, _experiments: Experiments<'_>) -> Result<Option<()>, Error> {
            Ok(Some(()))
        }
    }
}

macro_rules! searched {
    ($($request:ident => $field:ident: $item:ty $(, $prepare:ident)?;)+) => {$(
        impl Searched for $request {
            type Item = $item;

            fn items(answer: Self::Response) -> (Vec<$item>, String) {
                (answer.$field, answer.next_page_token)
            }
        }

        impl sealed::Paged for $request {
            fn page_token(&mut self) -> &mut String {
                &mut self.page_token
            }

            fn max_results(&mut self) -> &mut Option<i64> {
                &mut self.max_results
            }

            $(fn prepare(&mut self, client: &Client, experiments: Experiments<'_>) -> Result<Option<()>, Error> {
                // What this process has logged belongs into the answer.
                journal::deliver_first(client);
                $prepare(self, client, experiments)
            })?
        }
    )+};
}

searched! {
    SearchRuns => runs: Run, look_into;
    SearchExperiments => experiments: Experiment, sized;
    SearchLoggedModels => models: LoggedModel, look_into;
    SearchRegisteredModels => registered_models: RegisteredModel;
    SearchModelVersions => model_versions: ModelVersion;
    GetMetricHistory => metrics: Metric, none;
    GetMetricSummaries => metrics: MetricSummary, none;
    ListColumns => columns: Column, none;
    ListWebhooks => webhooks: Webhook;
    SearchEvaluationDatasets => datasets: EvaluationDataset;
}

/// A search that is about the runs of some experiments.
pub(super) trait OfExperiments {
    fn experiment_ids(&mut self) -> &mut Vec<ExperimentId>;
}

/// The experiments that a search was told to look into by name; `None` when it was not told any, by id neither.
type Experiments<'a> = Option<&'a [String]>;

/// Adds the ids of the experiments with these names; without any, those of all experiments.
fn look_into(search: &mut impl OfExperiments, client: &Client, names: Experiments<'_>) -> Result<Option<()>, Error> {
    let ids = search.experiment_ids();
    for name in names.unwrap_or_default() {
        let request = GetExperimentByName { experiment_name: name.clone() };
        ids.push(client.call(request)?.experiment.experiment_id);
    }
    // A request that was handed over whole may name experiments, too.
    if ids.is_empty() && names.is_none() {
        for experiment in client.search_experiments() {
            ids.push(experiment?.experiment_id);
        }
    }
    // Servers refuse a search in no experiment at all, and there is nothing in none.
    Ok((!ids.is_empty()).then_some(()))
}

/// Names the size of a page where it is not said: servers have none of their own for experiments, and refuse.
fn sized(search: &mut SearchExperiments, _: &Client, _: Experiments<'_>) -> Result<Option<()>, Error> {
    search.max_results.get_or_insert(EXPERIMENTS_PER_PAGE);
    Ok(Some(()))
}

/// Nothing to look up.
fn none<R>(_: &mut R, _: &Client, _: Experiments<'_>) -> Result<Option<()>, Error> {
    Ok(Some(()))
}
