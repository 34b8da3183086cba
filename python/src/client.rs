//! `Client`: a connection to a tracking store, by HTTP or inside this process.

use std::ffi::OsString;
use std::path::PathBuf;

use pyo3::prelude::*;
use pyo3::types::PyDict;
use pythonize::pythonize;
use trainyard::Error;
use trainyard::internals::journal::{self, NewRun};
use trainyard_api::ModelId;
use trainyard_api::metrics::Metric;
use trainyard_api::runs::CreateRun;

use crate::artifacts::ArtifactRepository;
use crate::convert::{raise, raise_rest};
use crate::journal::{RunLog, wait};
use crate::operations;

/// A point as Python hands it over: key, value, timestamp, step, model id, dataset name, dataset digest.
pub(crate) type Point = (String, f64, i64, i64, Option<String>, Option<String>, Option<String>);

/// For how many seconds the removal of a tag waits for what was logged before it.
const DELIVERED_FIRST: f64 = 10.0;

/// The tracking URI of the environment, or the embedded store in `./yard`.
#[pyfunction]
pub(crate) fn default_tracking_uri() -> String {
    trainyard::default_tracking_uri()
}

/// A connection to a tracking store; made without touching disk or network.
#[pyclass(frozen, module = "trainyard._core")]
pub(crate) struct Client {
    inner: trainyard::Client,
    is_remote: bool,
}

impl Client {
    /// Calls with the interpreter released, and turns an error into a Python exception.
    pub(crate) fn wait<T: Send>(
        &self,
        py: Python<'_>,
        call: impl FnOnce(&trainyard::Client) -> Result<T, Error> + Send,
    ) -> PyResult<T> {
        py.detach(|| call(&self.inner)).map_err(|error| self.error(error))
    }

    fn error(&self, error: Error) -> PyErr {
        match error {
            Error::Api(error) if self.is_remote => raise_rest(error),
            error => raise(error),
        }
    }
}

#[pymethods]
impl Client {
    #[new]
    fn new(tracking_uri: &str) -> PyResult<Self> {
        let inner = trainyard::Client::connect(tracking_uri).map_err(raise)?;
        let is_remote = tracking_uri.trim_start().get(..4).is_some_and(|scheme| scheme.eq_ignore_ascii_case("http"));
        Ok(Self { inner, is_remote })
    }

    /// The tracking URI, without a password.
    #[getter]
    fn tracking_uri(&self) -> &str {
        self.inner.tracking_uri()
    }

    /// Sends the request of this name and returns its answer as a dict. What this process has logged goes first where
    /// the answer shows it.
    fn call<'py>(&self, py: Python<'py>, name: &str, request: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        if operations::shows_runs(name) {
            // A store that is away now is so for the request too, whose error says it better.
            wait(py, vec![journal::flush(&self.inner)], None, true)?;
        }
        operations::call(self, py, name, request)
    }

    /// Starts a run, under an id of our making where the store takes it; `None` when the store cannot be reached.
    ///
    /// The log of the run and, when the store was reached, the run.
    fn start_run<'py>(
        &self,
        py: Python<'py>,
        request: &Bound<'py, PyAny>,
    ) -> PyResult<(RunLog, Option<Bound<'py, PyAny>>)> {
        let mut request: CreateRun = operations::read(request)?;
        let made = self.wait(py, |client| journal::try_start(client, &mut request))?;
        let (run_id, offline) = match &made {
            Some(run) => (run.info.run_id.as_str(), false),
            None => (request.run_id.as_str(), true),
        };
        let log = if offline {
            journal::RunLog::start_offline(&self.inner, NewRun { request, ..NewRun::default() })
        } else {
            journal::RunLog::new(&self.inner, run_id, false)
        };
        let run = made.map(|run| pythonize(py, &run)).transpose()?;
        Ok((RunLog(log.map_err(raise)?), run))
    }

    /// Starts a run without asking the store, in an experiment that is named by its id or, when that is empty, its name.
    fn start_offline(&self, request: &Bound<'_, PyAny>, experiment_name: String) -> PyResult<RunLog> {
        let request = operations::read(request)?;
        let log = journal::RunLog::start_offline(&self.inner, NewRun { experiment_name, request });
        Ok(RunLog(log.map_err(raise)?))
    }

    /// The log of a run that is there, or of one that was started offline.
    #[pyo3(signature = (run_id, started_offline=false))]
    fn run_log(&self, run_id: &str, started_offline: bool) -> PyResult<RunLog> {
        Ok(RunLog(journal::RunLog::new(&self.inner, run_id, started_offline).map_err(raise)?))
    }

    /// Removes a tag of a run: at once where the store answers, so that one that is not there is an error, else by way of the
    /// run's journal.
    fn delete_tag(&self, py: Python<'_>, log: &RunLog, key: &str) -> PyResult<()> {
        let undelivered = wait(py, vec![log.0.flush()], Some(DELIVERED_FIRST), true)?;
        if undelivered.is_none() && self.wait(py, |_| log.0.delete_tag_at_once(key))? {
            return Ok(());
        }
        log.0.delete_tag(key).map_err(raise)
    }

    /// Asks once for a run; `None` when the store cannot be reached.
    fn look_for_run<'py>(&self, py: Python<'py>, run_id: &str) -> PyResult<Option<Bound<'py, PyAny>>> {
        let found = self.wait(py, |client| journal::look_for_run(client, run_id))?;
        Ok(found.map(|run| pythonize(py, &run)).transpose()?)
    }

    /// Waits for the delivery of what this process has logged to the store until now; `None`, or the reason why it is
    /// still to come.
    #[pyo3(signature = (timeout=None, give_up=false))]
    fn flush(&self, py: Python<'_>, timeout: Option<f64>, give_up: bool) -> PyResult<Option<String>> {
        wait(py, vec![journal::flush(&self.inner)], timeout, give_up)
    }

    /// The files below an artifact root.
    fn artifacts(&self, py: Python<'_>, uri: &str) -> PyResult<ArtifactRepository> {
        Ok(ArtifactRepository::new(self.wait(py, |client| client.artifacts(uri))?))
    }

    /// Fetches a model directory, checks its digests, and returns where it lies now.
    fn download_model(&self, py: Python<'_>, uri: &str, folder: PathBuf) -> PyResult<OsString> {
        Ok(self.wait(py, |client| client.download_model(uri, &folder, &()))?.into_os_string())
    }

    /// Where a model URI leads: artifact URI, and as far as known model id, run id, registered name and version.
    fn resolve_model<'py>(&self, py: Python<'py>, uri: &str) -> PyResult<Bound<'py, PyDict>> {
        let model = self.wait(py, |client| client.resolve_model(uri))?;
        let (name, version) = model.registered.unzip();
        let answer = PyDict::new(py);
        answer.set_item("artifact_uri", model.artifact_uri)?;
        answer.set_item("model_id", model.model_id.map(|id| id.to_string()))?;
        answer.set_item("run_id", model.run_id.map(|id| id.to_string()))?;
        answer.set_item("name", name)?;
        answer.set_item("version", version)?;
        Ok(answer)
    }
}

pub(crate) fn metric((key, value, timestamp, step, model_id, dataset_name, dataset_digest): Point) -> Metric {
    Metric {
        key,
        value,
        timestamp,
        step,
        model_id: optional_id(model_id),
        dataset_name: dataset_name.unwrap_or_default(),
        dataset_digest: dataset_digest.unwrap_or_default(),
        ..Metric::default()
    }
}

pub(crate) fn optional_id(id: Option<String>) -> ModelId {
    id.unwrap_or_default().into()
}
