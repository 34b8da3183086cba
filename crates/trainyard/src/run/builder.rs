//! What a run is started with; `start` starts it.

mod start;

use std::fmt::Display;

use trainyard_api::{ExperimentId, RunId, Tag};

use super::Run;
use crate::Client;

/// Whether a run may be started without asking the store.
///
/// A run that was started offline is written into the journal with all that is logged to it, under the id that it will
/// have. The store has it as soon as somebody delivers the journal.
///
/// ```
/// use trainyard::{Offline, Run};
///
/// // A training that goes on although the server is down for the moment.
/// let run = Run::builder().tracking_uri("http://tracking.example:5000").offline(Offline::WhenUnreachable);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Offline {
    /// A store that cannot be reached is an error.
    #[default]
    Never,
    /// When the store cannot be reached, the run is started offline; this process delivers it as soon as it can.
    WhenUnreachable,
    /// The store is not asked, and this process delivers nothing. `trainyard sync` does.
    Always,
}

/// Starts a run, step by step; see [`Run::builder`].
///
/// What is not said is taken from the environment: the tracking URI, the experiment (`MLFLOW_EXPERIMENT_NAME` or
/// `MLFLOW_EXPERIMENT_ID`), a run to go on with (`MLFLOW_RUN_ID`; it counts for the first run that the program starts),
/// whether to stay offline (`TRAINYARD_OFFLINE`), whether to record system metrics
/// (`MLFLOW_ENABLE_SYSTEM_METRICS_LOGGING`). Each may begin with `TRAINYARD_` or `MLFLOW_`.
///
/// ```
/// # fn main() -> Result<(), trainyard::Error> {
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let tracking_uri = format!("sqlite:///{}/yard.db", folder.path().display());
/// let run = trainyard::Run::builder()
///     .tracking_uri(&tracking_uri)
///     .experiment("iris")
///     .name("deep")
///     .description("Does depth help?")
///     .tags([("team", "flowers")])
///     .start()?;
/// run.finish()
/// # }
/// ```
#[derive(Debug, Clone, Default)]
#[must_use = "a run begins with `start`"]
pub struct RunBuilder {
    client: Option<Client>,
    tracking_uri: Option<String>,
    experiment: Experiment,
    name: String,
    description: String,
    tags: Vec<Tag>,
    parent: Option<RunId>,
    resumed: Option<RunId>,
    offline: Option<Offline>,
    #[cfg(feature = "system-metrics")]
    system_metrics: Option<bool>,
}

#[derive(Debug, Clone, Default)]
enum Experiment {
    #[default]
    OfEnvironment,
    Named(String),
    WithId(ExperimentId),
}

impl RunBuilder {
    /// The store, by a client that is there already.
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
    /// let run = trainyard::Run::builder().client(&client).start()?;
    /// assert_eq!(run.client().tracking_uri(), client.tracking_uri());
    /// # run.finish()
    /// # }
    /// ```
    pub fn client(mut self, client: &Client) -> Self {
        self.client = Some(client.clone());
        self
    }

    /// The store, by its URI: see [`Client::connect`].
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let tracking_uri = format!("sqlite:///{}/yard.db", folder.path().display());
    /// let run = trainyard::Run::builder().tracking_uri(&tracking_uri).experiment("iris").start()?;
    /// run.log_metric("loss", 0.5, 0)?;
    /// # run.finish()
    /// # }
    /// ```
    pub fn tracking_uri(mut self, tracking_uri: &str) -> Self {
        self.tracking_uri = Some(tracking_uri.to_owned());
        self
    }

    /// The experiment, by name; it is made when there is none.
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
    /// let run = trainyard::Run::builder().client(&client).experiment("iris").start()?;
    /// assert_eq!(run.info().experiment_id, client.experiment("iris")?);
    /// # run.finish()
    /// # }
    /// ```
    pub fn experiment(mut self, name: &str) -> Self {
        self.experiment = Experiment::Named(name.to_owned());
        self
    }

    /// The experiment, by id.
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
    /// let id = client.experiment("iris")?;
    /// let run = trainyard::Run::builder().client(&client).experiment_id(id.clone()).start()?;
    /// assert_eq!(run.info().experiment_id, id);
    /// # run.finish()
    /// # }
    /// ```
    pub fn experiment_id(mut self, id: impl Into<ExperimentId>) -> Self {
        self.experiment = Experiment::WithId(id.into());
        self
    }

    /// A name for people; one is made up when it is empty or not said.
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
    /// let run = trainyard::Run::builder().client(&client).experiment("iris").name("deep").start()?;
    /// assert_eq!(run.info().run_name, "deep");
    /// # run.finish()
    /// # }
    /// ```
    pub fn name(mut self, name: &str) -> Self {
        name.clone_into(&mut self.name);
        self
    }

    /// A longer text for people, in Markdown.
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
    /// let run = trainyard::Run::builder().client(&client).experiment("iris").description("Does *depth* help?").start()?;
    /// let tags = client.search_runs().experiments(["iris"]).into_iter().next().expect("a run")?.data.tags;
    /// assert!(tags.iter().any(|tag| tag.key == "mlflow.note.content" && tag.value == "Does *depth* help?"));
    /// # run.finish()
    /// # }
    /// ```
    pub fn description(mut self, description: &str) -> Self {
        description.clone_into(&mut self.description);
        self
    }

    /// A tag.
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
    /// let run = trainyard::Run::builder().client(&client).experiment("iris").tag("team", "flowers").tag("fold", 3).start()?;
    /// let found = client.search_runs().experiments(["iris"]).filter("tags.fold = '3'");
    /// assert_eq!(found.into_iter().count(), 1);
    /// # run.finish()
    /// # }
    /// ```
    pub fn tag(mut self, key: &str, value: impl Display) -> Self {
        self.tags.push(Tag::new(key, value.to_string()));
        self
    }

    /// Several tags.
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
    /// let run = trainyard::Run::builder().client(&client).experiment("iris").tags([("team", "flowers"), ("data", "v2")]).start()?;
    /// let found = client.search_runs().experiments(["iris"]).filter("tags.team = 'flowers' AND tags.data = 'v2'");
    /// assert_eq!(found.into_iter().count(), 1);
    /// # run.finish()
    /// # }
    /// ```
    pub fn tags<K: Into<String>, V: Display>(mut self, tags: impl IntoIterator<Item = (K, V)>) -> Self {
        self.tags.extend(tags.into_iter().map(|(key, value)| Tag::new(key, value.to_string())));
        self
    }

    /// The run above, which also says store and experiment, and whether the store may be away.
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
    /// let search = client.start_run("iris", "grid search")?;
    /// let run = trainyard::Run::builder().parent(&search).name("depth 3").start()?;
    /// assert_eq!(run.info().experiment_id, search.info().experiment_id);
    /// # search.finish()?;
    /// # run.finish()
    /// # }
    /// ```
    pub fn parent(mut self, parent: &Run) -> Self {
        self.client = Some(parent.client().clone());
        let id = &parent.info().experiment_id;
        // The id is not known of an experiment that is still to be made.
        if !id.is_empty() {
            self.experiment = Experiment::WithId(id.clone());
        } else if let Some(name) = &parent.experiment_name {
            self.experiment = Experiment::Named(name.clone());
        }
        self.parent = Some(parent.id().clone());
        self.offline = match parent.inner.offline {
            Offline::Always => Some(Offline::Always),
            of_parent => self.offline.or(Some(of_parent)),
        };
        self
    }

    /// The run above, by id.
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
    /// # let search = client.start_run("iris", "grid search")?;
    /// # let id_of_search = search.id().clone();
    /// # search.finish()?;
    /// // As another process of the same search, which was told the id.
    /// let run = trainyard::Run::builder().client(&client).experiment("iris").parent_id(id_of_search).start()?;
    /// run.log_param("max_depth", 3)?;
    /// # run.finish()
    /// # }
    /// ```
    pub fn parent_id(mut self, id: impl Into<RunId>) -> Self {
        self.parent = Some(id.into());
        self
    }

    /// Goes on with a run that is there, in its own experiment.
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
    /// # let first = client.start_run("iris", "")?;
    /// # let id = first.id().clone();
    /// # first.finish()?;
    /// let run = trainyard::Run::builder().client(&client).resume(id).start()?;
    /// run.log_metric("loss", 0.1, 100)?;
    /// run.finish()
    /// # }
    /// ```
    pub fn resume(mut self, id: impl Into<RunId>) -> Self {
        self.resumed = Some(id.into());
        self
    }

    /// Whether the run may be started without asking the store; never, when it is not said here or in the environment.
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
    /// use trainyard::Offline;
    ///
    /// let run = trainyard::Run::builder().client(&client).experiment("iris").offline(Offline::WhenUnreachable).start()?;
    /// run.log_metric("loss", 0.5, 0)?;
    /// # run.finish()
    /// # }
    /// ```
    pub fn offline(mut self, offline: Offline) -> Self {
        self.offline = Some(offline);
        self
    }

    /// Whether to record the use of CPU, memory, disk, network and GPU until the run ends, as metrics `system/…`.
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
    /// let run = trainyard::Run::builder().client(&client).experiment("iris").log_system_metrics(true).start()?;
    /// // … a training that takes a while …
    /// run.log_metric("loss", 0.5, 0)?;
    /// # run.finish()
    /// # }
    /// ```
    #[cfg(feature = "system-metrics")]
    pub fn log_system_metrics(mut self, wanted: bool) -> Self {
        self.system_metrics = Some(wanted);
        self
    }
}
