//! `Client`: a connection to a tracking store, by HTTP or inside this process.

use std::ffi::OsString;
use std::path::PathBuf;

use pyo3::prelude::*;
use pyo3::types::PyDict;
use trainyard::Error;
use trainyard_api::metrics::{LogMetric, Metric};
use trainyard_api::runs::LogBatch;
use trainyard_api::{KeyValue, ModelId};

use crate::artifacts::ArtifactRepository;
use crate::convert::{raise, raise_rest};
use crate::operations;

/// A point as Python hands it over: key, value, timestamp, step, model id, dataset name, dataset digest.
type Point = (String, f64, i64, i64, Option<String>, Option<String>, Option<String>);

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

    /// Sends the request of this name and returns its answer as a dict.
    fn call<'py>(&self, py: Python<'py>, name: &str, request: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        operations::call(self, py, name, request)
    }

    /// Logs one point of a metric.
    #[pyo3(signature = (run_id, key, value, timestamp, step, model_id=None, dataset_name=None, dataset_digest=None))]
    #[expect(clippy::too_many_arguments, reason = "one per field of the request, without a dict in between")]
    fn log_metric(
        &self,
        py: Python<'_>,
        run_id: &str,
        key: String,
        value: f64,
        timestamp: i64,
        step: i64,
        model_id: Option<String>,
        dataset_name: Option<String>,
        dataset_digest: Option<String>,
    ) -> PyResult<()> {
        let request = LogMetric {
            run_id: run_id.into(),
            key,
            value: Some(value),
            timestamp: Some(timestamp),
            step,
            model_id: optional_id(model_id),
            dataset_name: dataset_name.unwrap_or_default(),
            dataset_digest: dataset_digest.unwrap_or_default(),
            ..LogMetric::default()
        };
        self.wait(py, |client| client.call(request))?;
        Ok(())
    }

    /// Logs points, params and tags in one request.
    fn log_batch(
        &self,
        py: Python<'_>,
        run_id: &str,
        metrics: Vec<Point>,
        params: Vec<(String, String)>,
        tags: Vec<(String, String)>,
    ) -> PyResult<()> {
        let request = LogBatch {
            run_id: run_id.into(),
            metrics: metrics.into_iter().map(metric).collect(),
            params: params.into_iter().map(|(key, value)| KeyValue { key, value }).collect(),
            tags: tags.into_iter().map(|(key, value)| KeyValue { key, value }).collect(),
        };
        self.wait(py, |client| client.call(request))?;
        Ok(())
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

fn metric((key, value, timestamp, step, model_id, dataset_name, dataset_digest): Point) -> Metric {
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

fn optional_id(id: Option<String>) -> ModelId {
    id.unwrap_or_default().into()
}
