//! From a builder to a run: what the store is asked, and what is recorded where it is not.

use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use trainyard_api::runs::{CreateRun, RunInfo, RunStatus, UpdateRun};
use trainyard_api::{ApiError, LifecycleStage, RunId, Tag, rules};

use super::{Experiment, Offline, RunBuilder};
use crate::journal::{self, NewRun, RunLog};
#[cfg(feature = "system-metrics")]
use crate::run::system;
use crate::run::{self, Inner, Run, now_ms, source};
use crate::{Client, Error, setting};

const DESCRIPTION: &str = "mlflow.note.content";
const PARENT: &str = "mlflow.parentRunId";
const NAME: &str = "mlflow.runName";

impl RunBuilder {
    /// Starts the run.
    ///
    /// What can be known to be wrong is refused before the store is asked, so that nothing half-made is left there.
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
    /// let run = trainyard::Run::builder().client(&client).experiment("iris").start()?;
    /// let refused = trainyard::Run::builder().client(&client).tag("", "no key").start();
    /// assert!(refused.is_err());
    /// # run.finish()
    /// # }
    /// ```
    pub fn start(self) -> Result<Run, Error> {
        for tag in &self.tags {
            rules::tag_key(&tag.key)?;
        }
        let client = match (&self.client, &self.tracking_uri) {
            (Some(client), None) => client.clone(),
            (_, Some(uri)) => Client::connect(uri)?,
            (None, None) => Client::from_env()?,
        };
        let offline = match self.offline {
            Some(offline) => offline,
            None if journal::is_offline()? => Offline::Always,
            None => Offline::Never,
        };
        #[cfg(feature = "system-metrics")]
        let system_metrics = match self.system_metrics {
            Some(wanted) => wanted,
            None => setting::flag("ENABLE_SYSTEM_METRICS_LOGGING", false)?,
        };
        #[cfg(feature = "system-metrics")]
        let system_metrics = system_metrics.then(system::Settings::from_env).transpose()?;
        let of_environment = run_of_environment();
        let resumed = self.resumed.clone().or(of_environment);
        let started = match resumed {
            Some(run_id) => self.go_on(client, run_id, offline)?,
            None => self.begin(client, offline)?,
        };
        let artifact_uri = OnceLock::new();
        if !started.info.artifact_uri.is_empty() {
            let _ = artifact_uri.set(started.info.artifact_uri.clone());
        }
        let recorded_only = offline == Offline::Always;
        let inner = Arc::new(Inner { log: started.log, ended: AtomicBool::new(false), recorded_only, offline });
        #[cfg(feature = "system-metrics")]
        let monitor =
            system_metrics.and_then(|settings| system::Monitor::start(inner.clone(), settings, started.system_step));
        Ok(Run {
            #[cfg(feature = "system-metrics")]
            system: std::sync::Mutex::new(monitor),
            client: started.client,
            info: started.info,
            experiment_name: started.experiment_name,
            artifact_uri,
            inner,
        })
    }

    /// Starts a new run.
    fn begin(self, client: Client, offline: Offline) -> Result<Started, Error> {
        let mut tags = source::tags()?;
        let mut set = |tag: Tag| {
            tags.retain(|other| other.key != tag.key);
            tags.push(tag);
        };
        self.tags.into_iter().for_each(&mut set);
        for (key, value) in [(DESCRIPTION, &self.description), (NAME, &self.name)] {
            if !value.is_empty() {
                set(Tag::new(key, value));
            }
        }
        if let Some(parent) = &self.parent {
            set(Tag::new(PARENT, parent.as_str()));
        }
        let user = tags.iter().find(|tag| tag.key == source::USER).map(|tag| tag.value.clone()).unwrap_or_default();
        let mut request =
            CreateRun { user_id: user, run_name: self.name, start_time: Some(now_ms()), tags, ..CreateRun::default() };
        let experiment = match self.experiment {
            Experiment::OfEnvironment => experiment_of_environment(),
            chosen => chosen,
        };
        let name = match &experiment {
            Experiment::Named(name) => Some(name.clone()),
            Experiment::WithId(id) => {
                request.experiment_id = id.clone();
                None
            }
            Experiment::OfEnvironment => None,
        };
        if offline != Offline::Always {
            for tag in request.tags.iter_mut().filter(|tag| tag.key == PARENT) {
                if offline == Offline::WhenUnreachable {
                    // A parent that was started offline gets its id with its delivery.
                    journal::deliver_first(&client);
                }
                tag.value = journal::stored_run_id(&tag.value)?;
            }
            let reached = match &name {
                Some(name) => client.experiment(name).map(|id| request.experiment_id = id),
                None => Ok(()),
            };
            match reached.and_then(|()| journal::start(&client, &mut request)) {
                Ok(run) => {
                    let log = RunLog::of(&client, run.info.run_id.as_str(), false, false);
                    return Ok(Started { client, info: run.info, log, experiment_name: name, system_step: 0 });
                }
                Err(error) if offline == Offline::WhenUnreachable && journal::is_away(&error) => {
                    tracing::warn!(%error, "the run is started offline, and delivered when there is an answer");
                }
                Err(error) => return Err(error),
            }
        }
        let experiment_name = if request.experiment_id.is_empty() { name.clone() } else { None };
        let new = NewRun { experiment_name: experiment_name.unwrap_or_default(), request };
        let (log, request) = RunLog::record(&client, new, offline == Offline::Always)?;
        let info = RunInfo {
            run_id: request.run_id.clone(),
            run_uuid: request.run_id,
            run_name: request.run_name,
            experiment_id: request.experiment_id,
            user_id: request.user_id,
            status: RunStatus::Running,
            start_time: request.start_time.unwrap_or_default(),
            ..RunInfo::default()
        };
        Ok(Started { client, info, log, experiment_name: name, system_step: 0 })
    }

    /// Goes on with a run.
    fn go_on(self, client: Client, run_id: RunId, offline: Offline) -> Result<Started, Error> {
        let recorded_only = offline == Offline::Always;
        let found = if recorded_only { None } else { self.find(&client, &run_id, offline)? };
        // A server that was away when the run started may know it by another id than the one that is asked for.
        let run_id = found.as_ref().map_or(run_id, |run| run.info.run_id.clone());
        let log = RunLog::of(&client, run_id.as_str(), found.is_none(), recorded_only);
        let mut info = RunInfo { run_id, status: RunStatus::Running, ..RunInfo::default() };
        let mut system_step = 0;
        if let Some(run) = found {
            let steps = run.data.metrics.iter().filter(|metric| metric.key.starts_with("system/"));
            system_step = steps.map(|metric| metric.step + 1).max().unwrap_or(0);
            info = run.info;
        }
        let mut tags = self.tags;
        if !self.description.is_empty() {
            tags.push(Tag::new(DESCRIPTION, self.description));
        }
        if !tags.is_empty() {
            log.log_batch(&[], &[], &tags)?;
        }
        Ok(Started { client, info, log, experiment_name: None, system_step })
    }

    /// The run to go on with, set to running; `None` when the store is away and that is no error.
    fn find(
        &self,
        client: &Client,
        run_id: &RunId,
        offline: Offline,
    ) -> Result<Option<trainyard_api::runs::Run>, Error> {
        let found = run::get(client, run_id);
        let mut run = match found {
            Ok(run) => run,
            Err(error) if offline == Offline::WhenUnreachable && journal::is_away(&error) => return Ok(None),
            Err(error) => return Err(error),
        };
        if run.info.lifecycle_stage == LifecycleStage::Deleted {
            let reason = format!("Cannot start run with ID {run_id} because it is in the deleted state.");
            return Err(ApiError::invalid(reason).into());
        }
        let change = UpdateRun {
            run_id: run.info.run_id.clone(),
            status: Some(RunStatus::Running),
            run_name: self.name.clone(),
            ..UpdateRun::default()
        };
        run.info = RunInfo { run_id: run.info.run_id, ..client.call(change)?.run_info };
        Ok(Some(run))
    }
}

/// What becomes a [`Run`].
struct Started {
    client: Client,
    info: RunInfo,
    log: RunLog,
    experiment_name: Option<String>,
    /// First step of its system metrics.
    #[cfg_attr(not(feature = "system-metrics"), expect(dead_code, reason = "there are none"))]
    system_step: i64,
}

/// The run that the environment names, for whoever asks first: the runs that a program starts after it are others.
fn run_of_environment() -> Option<RunId> {
    static TAKEN: Mutex<Option<String>> = Mutex::new(None);
    let (_, id) = setting::text("RUN_ID")?;
    let mut taken = TAKEN.lock().unwrap_or_else(PoisonError::into_inner);
    (taken.as_ref() != Some(&id)).then(|| {
        *taken = Some(id.clone());
        id.as_str().into()
    })
}

/// The experiment that the environment names, else the one called Default.
fn experiment_of_environment() -> Experiment {
    if let Some((_, id)) = setting::text("EXPERIMENT_ID") {
        return Experiment::WithId(id.as_str().into());
    }
    match setting::text("EXPERIMENT_NAME") {
        Some((_, name)) => Experiment::Named(name),
        None => Experiment::WithId("0".into()),
    }
}
