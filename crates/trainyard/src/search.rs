//! Searches whose pages are fetched as they are needed.

mod pages;
mod searched;

pub use pages::{Found, Pages};
pub use searched::Searched;

use std::fmt;

use trainyard_api::experiments::SearchExperiments;
use trainyard_api::logged_models::{LoggedModelOrder, SearchLoggedModels};
use trainyard_api::metrics::GetMetricHistory;
use trainyard_api::model_versions::SearchModelVersions;
use trainyard_api::registered_models::SearchRegisteredModels;
use trainyard_api::runs::SearchRuns;
use trainyard_api::{ExperimentId, RunId, ViewType};

use crate::Client;
use searched::OfExperiments;

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

impl<R: fmt::Debug> fmt::Debug for Search<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Search").field("request", &self.request).finish_non_exhaustive()
    }
}
