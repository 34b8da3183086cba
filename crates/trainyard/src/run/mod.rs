//! A run under way, as a value.
//!
//! What is logged goes into the run's journal (`journal`), datasets (`dataset`) as well; files and images go to the store at
//! once (`files`, `image`). `builder` starts runs, `ending` ends them, `params` makes params of anything that serde can
//! serialize, `source` says where a run comes from.

mod builder;
mod dataset;
mod ending;
mod files;
mod image;
mod params;
mod source;
#[cfg(feature = "system-metrics")]
mod system;

pub use builder::{Offline, RunBuilder};
pub use dataset::{Dataset, Element};
pub use image::Image;
pub(crate) use params::params_below;

use std::fmt::{self, Display};
#[cfg(feature = "system-metrics")]
use std::sync::Mutex;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::Serialize;
use trainyard_api::metrics::Metric;
use trainyard_api::runs::{GetRun, RunInfo};
use trainyard_api::{ErrorCode, ModelId, RunId, Tag};

use crate::journal::{self, Context, RunLog};
use crate::{ArtifactRepository, Client, Error};

/// What is left of a time-out when the store has been away for long: enough for an attempt.
const LEAST: Duration = Duration::from_secs(1);
/// A point that belongs to the run alone.
pub(crate) static PLAIN: Context =
    Context { model_id: ModelId::NONE, dataset_name: String::new(), dataset_digest: String::new() };

/// Starts a run in the experiment of that name, which is made when there is none, on the tracking URI of the environment:
/// `TRAINYARD_TRACKING_URI`, else `MLFLOW_TRACKING_URI`, else the database `./yard/yard.db`.
///
/// [`Run::builder`] has more to choose from.
///
/// ```
/// # // Where the database of this example is.
/// # let folder = tempfile::tempdir().expect("a folder");
/// # std::env::set_current_dir(folder.path()).expect("a folder");
/// let run = trainyard::start_run("iris")?;
/// run.log_metric("accuracy", 0.97, 0)?;
/// run.finish()?;
/// # Ok::<(), trainyard::Error>(())
/// ```
pub fn start_run(experiment: &str) -> Result<Run, Error> {
    Run::builder().experiment(experiment).start()
}

impl Client {
    /// Starts a run; an empty name lets one be made up.
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
    /// let run = client.start_run("iris", "first")?;
    /// assert_eq!(run.info().run_name, "first");
    /// run.finish()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn start_run(&self, experiment: &str, run_name: &str) -> Result<Run, Error> {
        Run::builder().client(self).experiment(experiment).name(run_name).start()
    }
}

/// A run under way. It may be shared between threads.
///
/// [`finish`](Self::finish) ends it well and waits until everything is delivered; dropped without that it ends as FINISHED,
/// and as FAILED while its thread panics.
///
/// Params, metrics and tags are in a journal on disk when their call returns, which takes well below a microsecond; a
/// thread delivers them. So a call may succeed although the store refuses later what was logged, because the run was deleted
/// or a param has another value there: that is the error of the next [`flush`](Self::flush) or of `finish`.
///
/// ```
/// # fn main() -> Result<(), trainyard::Error> {
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// let run = client.start_run("iris", "")?;
/// std::thread::scope(|scope| {
///     for worker in 0..4 {
///         let run = &run;
///         scope.spawn(move || run.log_metric(&format!("worker-{worker}/loss"), 0.5, 0));
///     }
/// });
/// run.finish()?;
/// # Ok(())
/// # }
/// ```
pub struct Run {
    client: Client,
    info: RunInfo,
    /// Its experiment's, where the run was started by name.
    experiment_name: Option<String>,
    /// Where the artifacts lie; unknown for a run that was started offline, until the store has it.
    artifact_uri: OnceLock<String>,
    inner: Arc<Inner>,
    #[cfg(feature = "system-metrics")]
    system: Mutex<Option<system::Monitor>>,
}

/// What outlives the value, for those that log beside it: hooks, and the thread of system metrics.
pub(crate) struct Inner {
    pub(crate) log: RunLog,
    pub(crate) ended: AtomicBool,
    /// Nothing is delivered by this process, so nothing is waited for.
    recorded_only: bool,
    /// Whether its store may be away.
    offline: Offline,
}

impl Run {
    /// What starts a run, step by step.
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let tracking_uri = format!("sqlite:///{}/yard.db", folder.path().display());
    /// use trainyard::Run;
    ///
    /// let run = Run::builder()
    ///     .tracking_uri(&tracking_uri)
    ///     .experiment("iris")
    ///     .name("deep")
    ///     .tag("team", "flowers")
    ///     .start()?;
    /// run.finish()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn builder() -> RunBuilder {
        RunBuilder::default()
    }

    /// The run's id.
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
    /// let run = client.start_run("iris", "")?;
    /// let id = run.id().clone();
    /// run.finish()?;
    /// assert_eq!(client.get_run(id)?.info.lifecycle_stage.as_str(), "active");
    /// # Ok(())
    /// # }
    /// ```
    pub fn id(&self) -> &RunId {
        &self.info.run_id
    }

    /// What was known of the run when it started.
    pub fn info(&self) -> &RunInfo {
        &self.info
    }

    /// The connection to the store that the run is in.
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
    /// let run = client.start_run("iris", "")?;
    /// assert_eq!(run.client().tracking_uri(), client.tracking_uri());
    /// # run.finish()
    /// # }
    /// ```
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Starts a run below this one, in the same experiment; an empty name lets one be made up.
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
    /// let search = client.start_run("iris", "grid search")?;
    /// for depth in [3, 5, 8] {
    ///     let trial = search.child(&format!("depth {depth}"))?;
    ///     trial.log_param("max_depth", depth)?;
    ///     trial.finish()?;
    /// }
    /// search.finish()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn child(&self, name: &str) -> Result<Self, Error> {
        Self::builder().parent(self).name(name).start()
    }

    /// Logs hyperparameters: a struct or a map, whose inner structs and maps give keys with dots, or pairs of key and
    /// value. All of them are logged or none.
    ///
    /// A list is one param, as JSON; an enum's variant without fields is its name. A param is written once: another value
    /// for the same key is an error.
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
    /// # let run = client.start_run("iris", "")?;
    /// #[derive(serde::Serialize)]
    /// struct Optimizer {
    ///     name: &'static str,
    ///     learning_rate: f64,
    /// }
    /// #[derive(serde::Serialize)]
    /// struct Config {
    ///     epochs: u32,
    ///     hidden: Vec<u32>,
    ///     optimizer: Optimizer,
    /// }
    ///
    /// let optimizer = Optimizer { name: "adam", learning_rate: 1e-3 };
    /// run.log_params(&Config { epochs: 20, hidden: vec![64, 32], optimizer })?;
    /// run.log_params([("seed", 42), ("folds", 5)])?;
    /// // epochs = 20, hidden = [64,32], optimizer.name = adam, optimizer.learning_rate = 0.001, seed = 42, folds = 5
    /// # run.finish()
    /// # }
    /// ```
    pub fn log_params(&self, params: impl Serialize) -> Result<(), Error> {
        self.inner.log.log_batch(&[], &params::of(&params)?, &[])
    }

    /// Logs hyperparameters out of an iterator of pairs. All of them are logged or none.
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
    /// # let run = client.start_run("iris", "")?;
    /// let weights = [0.2, 0.3, 0.5];
    /// run.log_param_pairs(weights.iter().enumerate().map(|(class, weight)| (format!("weight.{class}"), weight)))?;
    /// # run.finish()
    /// # }
    /// ```
    pub fn log_param_pairs<K: AsRef<str>, V: Serialize>(
        &self,
        pairs: impl IntoIterator<Item = (K, V)>,
    ) -> Result<(), Error> {
        let mut params = Vec::new();
        for (key, value) in pairs {
            params::below(key.as_ref(), &value, &mut params)?;
        }
        self.inner.log.log_batch(&[], &params, &[])
    }

    /// Logs one hyperparameter. A struct or a map gives several, with keys `key.field`.
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
    /// # let run = client.start_run("iris", "")?;
    /// run.log_param("max_depth", 5)?;
    /// let refused = run.log_param("learning_rate", f64::NAN).expect_err("no number");
    /// assert!(refused.to_string().contains("'learning_rate'"));
    /// # run.finish()
    /// # }
    /// ```
    pub fn log_param(&self, key: &str, value: impl Serialize) -> Result<(), Error> {
        self.log_param_pairs([(key, value)])
    }

    /// Logs one point of a metric, with the time of now. The value may be NaN or infinite.
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
    /// # let run = client.start_run("iris", "")?;
    /// for epoch in 0..10 {
    ///     run.log_metric("loss", 1.0 / (epoch + 1) as f64, epoch)?;
    /// }
    /// # run.finish()
    /// # }
    /// ```
    #[inline]
    pub fn log_metric(&self, key: &str, value: f64, step: i64) -> Result<(), Error> {
        self.inner.log.log_metric(key, value, step, None, &PLAIN)
    }

    /// Logs one point of a metric with a time of its own, in milliseconds since the epoch.
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
    /// # let run = client.start_run("iris", "")?;
    /// run.log_metric_at("loss", 0.5, 1, 1_767_225_600_000)?;
    /// # run.finish()
    /// # }
    /// ```
    #[inline]
    pub fn log_metric_at(&self, key: &str, value: f64, step: i64, timestamp_ms: i64) -> Result<(), Error> {
        self.inner.log.log_metric(key, value, step, Some(timestamp_ms), &PLAIN)
    }

    /// Logs one point of each of several metrics. All of them are logged or none.
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
    /// # let run = client.start_run("iris", "")?;
    /// run.log_metrics([("train/loss", 0.31), ("valid/loss", 0.42)], 7)?;
    /// # run.finish()
    /// # }
    /// ```
    pub fn log_metrics<K: Into<String>>(
        &self,
        metrics: impl IntoIterator<Item = (K, f64)>,
        step: i64,
    ) -> Result<(), Error> {
        self.log_metrics_in(metrics, step, &PLAIN)
    }

    /// Logs one point of each of several metrics that were computed with a logged model, on a dataset where one is given.
    ///
    /// They are the run's as well as the model's. Which dataset it was is kept with the model.
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
    /// # let run = client.start_run("iris", "")?;
    /// use trainyard::Dataset;
    /// use trainyard::flavors::Json;
    ///
    /// let model = run.log_model("weights", &Json(&[0.5, -1.25]))?;
    /// let valid = Dataset::from_rows("iris-valid", [(5.1, 3.5, 0), (6.2, 2.9, 1)])?;
    /// run.log_input(&valid, "validation")?;
    /// run.log_model_metrics(&model.model_id, Some(&valid), [("accuracy", 0.97), ("f1", 0.95)], 0)?;
    /// # run.finish()
    /// # }
    /// ```
    pub fn log_model_metrics<K: Into<String>>(
        &self,
        model_id: &ModelId,
        dataset: Option<&Dataset>,
        metrics: impl IntoIterator<Item = (K, f64)>,
        step: i64,
    ) -> Result<(), Error> {
        let mut context = Context { model_id: model_id.clone(), ..Context::default() };
        if let Some(dataset) = dataset {
            dataset.name().clone_into(&mut context.dataset_name);
            dataset.digest().clone_into(&mut context.dataset_digest);
        }
        self.log_metrics_in(metrics, step, &context)
    }

    fn log_metrics_in<K: Into<String>>(
        &self,
        metrics: impl IntoIterator<Item = (K, f64)>,
        step: i64,
        context: &Context,
    ) -> Result<(), Error> {
        let timestamp = now_ms();
        let points: Vec<Metric> = metrics
            .into_iter()
            .map(|(key, value)| Metric {
                key: key.into(),
                value,
                timestamp,
                step,
                model_id: context.model_id.clone(),
                dataset_name: context.dataset_name.clone(),
                dataset_digest: context.dataset_digest.clone(),
                ..Metric::default()
            })
            .collect();
        self.inner.log.log_batch(&points, &[], &[])
    }

    /// Sets a tag. Other than a param it may be changed.
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
    /// # let run = client.start_run("iris", "")?;
    /// run.set_tag("stage", "warm-up")?;
    /// run.set_tag("stage", "training")?;
    /// # run.finish()
    /// # }
    /// ```
    pub fn set_tag(&self, key: &str, value: impl Display) -> Result<(), Error> {
        self.inner.log.set_tag(key, &value.to_string())
    }

    /// Sets several tags: all of them or none.
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
    /// # let run = client.start_run("iris", "")?;
    /// run.set_tags([("team", "flowers"), ("dataset", "iris")])?;
    /// # run.finish()
    /// # }
    /// ```
    pub fn set_tags<K: Into<String>, V: Display>(&self, tags: impl IntoIterator<Item = (K, V)>) -> Result<(), Error> {
        let tags: Vec<Tag> = tags.into_iter().map(|(key, value)| Tag::new(key, value.to_string())).collect();
        self.inner.log.log_batch(&[], &[], &tags)
    }

    /// The run's artifacts, to list, read and download them.
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
    /// # let run = client.start_run("iris", "")?;
    /// run.log_text("notes.txt", "a first try")?;
    /// assert_eq!(run.artifacts()?.read("notes.txt")?, b"a first try");
    /// # run.finish()
    /// # }
    /// ```
    pub fn artifacts(&self) -> Result<ArtifactRepository, Error> {
        self.client.artifacts(self.artifact_uri("artifacts")?)
    }

    /// Where the artifacts lie. A run that was started offline may have arrived at the store in the meantime.
    pub(crate) fn artifact_uri(&self, what: &'static str) -> Result<&str, Error> {
        if let Some(uri) = self.artifact_uri.get() {
            return Ok(uri);
        }
        let offline = || Error::Offline { what, run_id: self.id().to_string() };
        if self.inner.recorded_only {
            return Err(offline());
        }
        // Whether the run has arrived, the store is asked.
        let _ = self.inner.deliver_quietly(LEAST);
        match journal::look_for_run(&self.client, self.stored_id()?.as_str()) {
            Ok(Some(run)) => Ok(self.artifact_uri.get_or_init(|| run.info.artifact_uri)),
            Ok(None) => Err(offline()),
            Err(error) if error.code() == ErrorCode::ResourceDoesNotExist => Err(offline()),
            Err(error) => Err(error),
        }
    }

    /// The id that the store knows the run by, for requests that do not go through the journal.
    pub(crate) fn stored_id(&self) -> Result<RunId, Error> {
        self.inner.log.stored_run_id()
    }

    /// The points that this process logged last at step 0, without those of logged models.
    pub(crate) fn first_points(&self) -> Vec<Metric> {
        self.inner.log.first_points()
    }

    /// Whether a point that the store tells of was logged by this process for a logged model.
    pub(crate) fn is_of_model(&self, point: &Metric) -> bool {
        self.inner.log.is_of_model(point)
    }

    pub(crate) fn inner(&self) -> &Arc<Inner> {
        &self.inner
    }
}

impl fmt::Debug for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let client = &self.client;
        f.debug_struct("Run").field("client", client).field("info", &self.info).finish_non_exhaustive()
    }
}

/// The run as it is in the store, with what this process has logged until now.
pub(crate) fn get(client: &Client, run_id: &RunId) -> Result<trainyard_api::runs::Run, Error> {
    journal::deliver_first(client);
    let ask = |run_id: RunId| client.call(GetRun { run_id, ..GetRun::default() }).map(|found| found.run);
    match ask(run_id.clone()) {
        // It may have been started offline, and have got another id from the server since.
        Err(error) if error.code() == ErrorCode::ResourceDoesNotExist => {
            let stored = journal::stored_run_id(run_id.as_str())?;
            if stored == run_id.as_str() { Err(error) } else { ask(stored.into()) }
        }
        found => found,
    }
}

/// Milliseconds since the epoch.
pub(crate) fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
