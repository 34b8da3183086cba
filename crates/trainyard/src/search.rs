//! Searches whose pages are fetched as they are needed.

use std::collections::VecDeque;
use std::fmt;

use trainyard_api::columns::{Column, ListColumns};
use trainyard_api::evaluation_datasets::{EvaluationDataset, SearchEvaluationDatasets};
use trainyard_api::experiments::{Experiment, GetExperimentByName, SearchExperiments};
use trainyard_api::logged_models::{LoggedModel, LoggedModelOrder, SearchLoggedModels};
use trainyard_api::metric_summaries::{GetMetricSummaries, MetricSummary};
use trainyard_api::metrics::{GetMetricHistory, Metric};
use trainyard_api::model_versions::{ModelVersion, SearchModelVersions};
use trainyard_api::registered_models::{RegisteredModel, SearchRegisteredModels};
use trainyard_api::runs::{Run, SearchRuns};
use trainyard_api::webhooks::{ListWebhooks, Webhook};
use trainyard_api::{ExperimentId, RunId, ViewType};

use crate::{Client, Error, Request, journal};

/// Experiments that are fetched at a time.
const EXPERIMENTS_PER_PAGE: i64 = 1000;

/// A search that is put together step by step, and then iterated: `for run in client.search_runs() { … }`.
///
/// Nothing is asked before the first item, and each page when it is needed. An error ends the iteration, after it was
/// handed out.
///
/// ```
/// # fn main() -> Result<(), trainyard::Error> {
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// for loss in [0.3, 0.1, 0.2] {
///     let run = client.start_run("iris", "")?;
///     run.log_metric("loss", loss, 0)?;
///     run.finish()?;
/// }
///
/// let good = client.search_runs().experiments(["iris"]).filter("metrics.loss < 0.25").order_by("metrics.loss ASC");
/// for run in good {
///     let run = run?;
///     println!("{}: {}", run.info.run_name, run.data.metrics[0].value);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
#[must_use = "a search does nothing before it is iterated"]
pub struct Search<R> {
    client: Client,
    request: R,
    /// Experiments to look into that are known by name only.
    experiments: Vec<String>,
    /// Whether experiments were named at all, be it none.
    is_limited: bool,
}

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
trait OfExperiments {
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

impl Client {
    /// Searches runs, in all experiments unless some are named.
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
    /// # client.start_run("iris", "deep")?.finish()?;
    /// let runs = client.search_runs().filter("attributes.status = 'FINISHED'");
    /// let names: Vec<String> = runs.into_iter().map(|run| Ok(run?.info.run_name)).collect::<Result<_, trainyard::Error>>()?;
    /// assert_eq!(names, ["deep"]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn search_runs(&self) -> Search<SearchRuns> {
        self.search(SearchRuns::default())
    }

    /// Searches experiments.
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
    /// # client.experiment("iris")?;
    /// let flowers = client.search_experiments().filter("name LIKE 'iri%'");
    /// assert_eq!(flowers.into_iter().count(), 1);
    /// # Ok(())
    /// # }
    /// ```
    pub fn search_experiments(&self) -> Search<SearchExperiments> {
        self.search(SearchExperiments::default())
    }

    /// Searches models that runs have logged, in all experiments unless some are named.
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
    /// for model in client.search_logged_models().filter("name = 'classifier'") {
    ///     println!("{}", model?.info.model_id);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn search_logged_models(&self) -> Search<SearchLoggedModels> {
        self.search(SearchLoggedModels::default())
    }

    /// Searches registered models.
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
    /// for model in client.search_registered_models().order_by("name ASC") {
    ///     println!("{}", model?.name);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn search_registered_models(&self) -> Search<SearchRegisteredModels> {
        self.search(SearchRegisteredModels::default())
    }

    /// Searches versions of registered models.
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
    /// for version in client.search_model_versions().filter("name = 'iris'") {
    ///     println!("{}", version?.version);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn search_model_versions(&self) -> Search<SearchModelVersions> {
        self.search(SearchModelVersions::default())
    }

    /// All points of a metric of a run, by step.
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
    /// let run = client.start_run("iris", "")?;
    /// let id = run.id().clone();
    /// for step in 0..3 {
    ///     run.log_metric("loss", 1.0, step)?;
    /// }
    /// run.finish()?;
    /// assert_eq!(client.metric_history(id, "loss").into_iter().count(), 3);
    /// # Ok(())
    /// # }
    /// ```
    pub fn metric_history(&self, run_id: impl Into<RunId>, key: &str) -> Search<GetMetricHistory> {
        let (run_id, metric_key) = (run_id.into(), key.to_owned());
        self.search(GetMetricHistory { run_id, metric_key, ..GetMetricHistory::default() })
    }

    /// The search of a request that is there already.
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
    /// use trainyard::api::runs::SearchRuns;
    ///
    /// let request = SearchRuns { experiment_ids: vec!["0".into()], ..Default::default() };
    /// assert_eq!(client.search(request).into_iter().count(), 0);
    /// # Ok(())
    /// # }
    /// ```
    pub fn search<R: Searched>(&self, request: R) -> Search<R> {
        Search { client: self.clone(), request, experiments: Vec::new(), is_limited: false }
    }
}

impl<R: Searched> Search<R> {
    /// How many items are fetched at a time; the store has a number of its own when it is not said.
    pub fn page_size(mut self, items: u32) -> Self {
        *self.request.max_results() = Some(items.into());
        self
    }

    /// The pages, for those who want to show or store them one by one.
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
    /// for page in client.search_experiments().page_size(100).pages() {
    ///     println!("{} experiments", page?.len());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn pages(self) -> Pages<R> {
        Pages { search: Some(self), begun: false }
    }
}

macro_rules! with_filter {
    ($($request:ident)+) => {$(
        impl Search<$request> {
            /// What is looked for, in the filter language of MLflow.
            pub fn filter(mut self, filter: &str) -> Self {
                filter.clone_into(&mut self.request.filter);
                self
            }
        }
    )+};
}

with_filter!(SearchRuns SearchExperiments SearchLoggedModels SearchRegisteredModels SearchModelVersions);

macro_rules! with_order {
    ($($request:ident)+) => {$(
        impl Search<$request> {
            /// An order, such as `name DESC`; each further one decides among what is equal so far.
            pub fn order_by(mut self, order: &str) -> Self {
                self.request.order_by.push(order.to_owned());
                self
            }
        }
    )+};
}

with_order!(SearchRuns SearchExperiments SearchRegisteredModels SearchModelVersions);

macro_rules! in_experiments {
    ($($request:ident)+) => {$(
        impl OfExperiments for $request {
            fn experiment_ids(&mut self) -> &mut Vec<ExperimentId> {
                &mut self.experiment_ids
            }
        }

        impl Search<$request> {
            /// Looks into the experiments of these names only; without a name nothing is found.
            pub fn experiments<N: Into<String>>(mut self, names: impl IntoIterator<Item = N>) -> Self {
                self.is_limited = true;
                self.experiments.extend(names.into_iter().map(Into::into));
                self
            }

            /// Looks into the experiments of these ids only; without an id nothing is found.
            ///
            /// ```
            /// # fn main() -> Result<(), trainyard::Error> {
            /// # let folder = tempfile::tempdir().expect("a folder");
            /// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
            /// let iris = client.experiment("iris")?;
            /// # client.start_run("iris", "")?.finish()?;
            /// assert_eq!(client.search_runs().experiment_ids([iris.clone()]).into_iter().count(), 1);
            /// assert_eq!(client.search_logged_models().experiment_ids([iris]).into_iter().count(), 0);
            /// # Ok(())
            /// # }
            /// ```
            pub fn experiment_ids<I: Into<ExperimentId>>(mut self, ids: impl IntoIterator<Item = I>) -> Self {
                self.is_limited = true;
                self.request.experiment_ids.extend(ids.into_iter().map(Into::into));
                self
            }
        }
    )+};
}

in_experiments!(SearchRuns SearchLoggedModels);

impl Search<SearchRuns> {
    /// Which runs: those in use, when it is not said, deleted ones, or both.
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
    /// use trainyard::api::ViewType;
    /// use trainyard::api::runs::DeleteRun;
    ///
    /// let run = client.start_run("iris", "")?;
    /// let id = run.id().clone();
    /// run.finish()?;
    /// client.call(DeleteRun { run_id: id })?;
    /// assert_eq!(client.search_runs().into_iter().count(), 0);
    /// assert_eq!(client.search_runs().view(ViewType::DeletedOnly).into_iter().count(), 1);
    /// # Ok(())
    /// # }
    /// ```
    pub fn view(mut self, view: ViewType) -> Self {
        self.request.run_view_type = view;
        self
    }
}

impl Search<SearchExperiments> {
    /// Which experiments: those in use, when it is not said, deleted ones, or both.
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
    /// use trainyard::api::ViewType;
    /// use trainyard::api::experiments::DeleteExperiment;
    ///
    /// let experiment_id = client.experiment("iris")?;
    /// client.call(DeleteExperiment { experiment_id })?;
    /// let deleted = client.search_experiments().view(ViewType::DeletedOnly).into_iter().next();
    /// assert_eq!(deleted.expect("one")?.name, "iris");
    /// # Ok(())
    /// # }
    /// ```
    pub fn view(mut self, view: ViewType) -> Self {
        self.request.view_type = view;
        self
    }
}

impl Search<SearchLoggedModels> {
    /// An order by an attribute or a metric, such as `metrics.accuracy`.
    pub fn order_by(mut self, field: &str, ascending: bool) -> Self {
        let field_name = field.to_owned();
        self.request.order_by.push(LoggedModelOrder { field_name, ascending, ..LoggedModelOrder::default() });
        self
    }
}

impl<R: Searched> IntoIterator for Search<R> {
    type Item = Result<R::Item, Error>;
    type IntoIter = Found<R>;

    fn into_iter(self) -> Found<R> {
        Found { pages: self.pages(), items: VecDeque::new() }
    }
}

impl<R: fmt::Debug> fmt::Debug for Search<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Search").field("request", &self.request).finish_non_exhaustive()
    }
}

/// The pages of a [`Search`].
///
/// ```
/// # fn main() -> Result<(), trainyard::Error> {
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// # client.experiment("iris")?;
/// let mut pages = client.search_experiments().page_size(1).pages();
/// assert_eq!(pages.next().expect("a page")?.len(), 1);
/// assert_eq!(pages.next().expect("another page")?.len(), 1);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Pages<R> {
    /// `None` behind the last page.
    search: Option<Search<R>>,
    begun: bool,
}

impl<R: Searched> Iterator for Pages<R> {
    type Item = Result<Vec<R::Item>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        // Behind an error nothing comes: the place in the list is lost.
        let mut search = self.search.take()?;
        if !self.begun {
            self.begun = true;
            let experiments = search.is_limited.then_some(search.experiments.as_slice());
            match search.request.prepare(&search.client, experiments) {
                Ok(Some(())) => {}
                Ok(None) => return None,
                Err(error) => return Some(Err(error)),
            }
        }
        let answer = match search.client.call(search.request.clone()) {
            Ok(answer) => answer,
            Err(error) => return Some(Err(error)),
        };
        let (items, token) = R::items(answer);
        if !token.is_empty() {
            *search.request.page_token() = token;
            self.search = Some(search);
        }
        Some(Ok(items))
    }
}

/// The items of a [`Search`], one by one.
///
/// ```
/// # fn main() -> Result<(), trainyard::Error> {
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// let mut experiments = client.search_experiments().into_iter();
/// assert_eq!(experiments.next().expect("there is always one")?.name, "Default");
/// assert!(experiments.next().is_none());
/// # Ok(())
/// # }
/// ```
pub struct Found<R: Searched> {
    pages: Pages<R>,
    items: VecDeque<R::Item>,
}

impl<R: Searched> Iterator for Found<R> {
    type Item = Result<R::Item, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(item) = self.items.pop_front() {
                return Some(Ok(item));
            }
            match self.pages.next()? {
                Ok(items) => self.items = items.into(),
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

impl<R: Searched> fmt::Debug for Found<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Found").field("fetched", &self.items.len()).finish_non_exhaustive()
    }
}
