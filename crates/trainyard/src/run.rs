//! A run under way, as a value: finished by [`Run::finish`], failed when its scope is left in another way.

use std::fmt::Display;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use trainyard_api::experiments::{CreateExperiment, GetExperimentByName};
use trainyard_api::metrics::LogMetric;
use trainyard_api::runs::{CreateRun, LogBatch, LogParam, RunInfo, RunStatus, SetTag, UpdateRun};
use trainyard_api::{ErrorCode, ExperimentId, Param, RunId, limits};

use crate::{ArtifactRepository, Client, Error};

/// Starts a run in the experiment of that name, on the tracking URI of the environment.
pub fn start_run(experiment: &str) -> Result<Run, Error> {
    Client::from_env()?.start_run(experiment, "")
}

impl Client {
    /// The experiment of that name; it is made when there is none.
    pub fn experiment(&self, name: &str) -> Result<ExperimentId, Error> {
        let find = || self.call(GetExperimentByName { experiment_name: name.to_owned() });
        match find() {
            Err(error) if error.code() == ErrorCode::ResourceDoesNotExist => {}
            found => return found.map(|found| found.experiment.experiment_id),
        }
        match self.call(CreateExperiment { name: name.to_owned(), ..Default::default() }) {
            Ok(created) => Ok(created.experiment_id),
            // Another process was faster.
            Err(error) if error.code() == ErrorCode::ResourceAlreadyExists => {
                find().map(|found| found.experiment.experiment_id)
            }
            Err(error) => Err(error),
        }
    }

    /// Starts a run; an empty name lets one be made up.
    pub fn start_run(&self, experiment: &str, run_name: &str) -> Result<Run, Error> {
        let request = CreateRun {
            experiment_id: self.experiment(experiment)?,
            run_name: run_name.to_owned(),
            start_time: Some(now_ms()),
            ..Default::default()
        };
        let info = self.call(request)?.run.info;
        Ok(Run { client: self.clone(), info, ended: false })
    }
}

/// A run under way.
///
/// Dropped without [`finish`](Self::finish), by a panic or an early return, it ends as FAILED.
#[derive(Debug)]
pub struct Run {
    client: Client,
    info: RunInfo,
    ended: bool,
}

impl Run {
    /// The run's id.
    pub fn id(&self) -> &RunId {
        &self.info.run_id
    }

    /// What was known of the run when it started.
    pub fn info(&self) -> &RunInfo {
        &self.info
    }

    /// Logs a hyperparameter. It is written once: another value for the same key is an error.
    pub fn log_param(&self, key: &str, value: impl Display) -> Result<(), Error> {
        let request =
            LogParam { run_id: self.id().clone(), key: key.to_owned(), value: value.to_string(), ..Default::default() };
        self.client.call(request).map(drop)
    }

    /// Logs hyperparameters together.
    pub fn log_params<K: Display, V: Display>(&self, params: impl IntoIterator<Item = (K, V)>) -> Result<(), Error> {
        let params: Vec<Param> =
            params.into_iter().map(|(key, value)| Param::new(key.to_string(), value.to_string())).collect();
        for params in params.chunks(limits::BATCH_PARAMS) {
            let request = LogBatch { run_id: self.id().clone(), params: params.to_vec(), ..Default::default() };
            self.client.call(request)?;
        }
        Ok(())
    }

    /// Logs one point of a metric, with the time of now.
    pub fn log_metric(&self, key: &str, value: f64, step: i64) -> Result<(), Error> {
        let request = LogMetric {
            run_id: self.id().clone(),
            key: key.to_owned(),
            value: Some(value),
            timestamp: Some(now_ms()),
            step,
            ..Default::default()
        };
        self.client.call(request).map(drop)
    }

    /// Sets a tag.
    pub fn set_tag(&self, key: &str, value: impl Display) -> Result<(), Error> {
        let request =
            SetTag { run_id: self.id().clone(), key: key.to_owned(), value: value.to_string(), ..Default::default() };
        self.client.call(request).map(drop)
    }

    /// Stores a file, or a folder with everything in it, in the directory `artifact_path` of the run's artifacts.
    pub fn log_artifact(&self, local: &Path, artifact_path: &str) -> Result<(), Error> {
        let artifacts = self.artifacts()?;
        if local.is_dir() {
            return artifacts.upload_dir(local, artifact_path, &());
        }
        let name = local.file_name().unwrap_or_default().to_string_lossy();
        let path = if artifact_path.is_empty() { name.into_owned() } else { format!("{artifact_path}/{name}") };
        artifacts.upload(&[(local.to_owned(), path)], &())
    }

    /// The run's artifacts.
    pub fn artifacts(&self) -> Result<ArtifactRepository, Error> {
        self.client.artifacts(&self.info.artifact_uri)
    }

    /// Ends the run well.
    pub fn finish(mut self) -> Result<(), Error> {
        self.end(RunStatus::Finished)
    }

    /// The connection that the run was started on.
    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    fn end(&mut self, status: RunStatus) -> Result<(), Error> {
        self.ended = true;
        let request = UpdateRun {
            run_id: self.id().clone(),
            status: Some(status),
            end_time: Some(now_ms()),
            ..Default::default()
        };
        self.client.call(request).map(drop)
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        if self.ended {
            return;
        }
        if let Err(error) = self.end(RunStatus::Failed) {
            tracing::warn!(run.id = %self.info.run_id, %error, "the end of the run could not be recorded");
        }
    }
}

/// Milliseconds since the epoch.
pub(crate) fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
