//! A run under way, as a value.
//!
//! What is logged (`logging`) goes into the run's journal (`journal`), datasets (`dataset`) as well; files and images go to the
//! store at once (`files`, `image`). `builder` starts runs, `ending` ends them, `params` makes params of anything that serde can
//! serialize, `source` says where a run comes from.

mod builder;
mod dataset;
mod ending;
mod files;
mod image;
mod logging;
mod params;
mod source;
#[cfg(feature = "system-metrics")]
mod system;

pub use builder::{Offline, RunBuilder};
pub use dataset::{Dataset, Element};
pub use image::Image;
pub(crate) use params::params_below;

use std::fmt;
#[cfg(feature = "system-metrics")]
use std::sync::Mutex;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use trainyard_api::metrics::Metric;
use trainyard_api::runs::{GetRun, RunInfo};
use trainyard_api::{ErrorCode, ModelId, RunId};

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
    // `as_millis` divides numbers of 128 bits, which takes as long as to ask for the time.
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX).saturating_mul(1000).saturating_add(since.subsec_millis().into())
}
