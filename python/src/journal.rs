//! `RunLog`: logging to one run by way of its journal, and waiting for deliveries.

use std::time::{Duration, Instant};

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use trainyard::internals::journal::{self, Context, Flush, FlushState};
use trainyard_api::runs::RunStatus;
use trainyard_api::{ApiError, KeyValue};

use crate::client::{Point, metric, optional_id};
use crate::convert::raise;
use crate::operations::read;

/// How often a wait looks whether Ctrl-C was pressed.
const SLICE: Duration = Duration::from_millis(100);
/// What is left of a time-out when the store has been away for long: enough for an attempt.
const LEAST: Duration = Duration::from_secs(1);

/// The log of one run. A call returns when what it logs is in the journal.
#[pyclass(frozen, module = "trainyard._core")]
pub(crate) struct RunLog(pub(crate) journal::RunLog);

#[pymethods]
impl RunLog {
    /// The run's id.
    #[getter]
    fn run_id(&self) -> &str {
        self.0.run_id()
    }

    /// Whether the run was started without asking the tracking store.
    #[getter]
    fn started_offline(&self) -> bool {
        self.0.started_offline()
    }

    /// Logs one point of a metric; the interpreter is not released, since nothing is waited for.
    #[pyo3(signature = (key, value, step=None, timestamp=None, model_id=None, dataset_name=None, dataset_digest=None))]
    #[expect(clippy::too_many_arguments, reason = "one per field, passed by position without a dict in between")]
    fn log_metric(
        &self,
        key: &str,
        value: &Bound<'_, PyAny>,
        step: Option<&Bound<'_, PyAny>>,
        timestamp: Option<&Bound<'_, PyAny>>,
        model_id: Option<String>,
        dataset_name: Option<String>,
        dataset_digest: Option<String>,
    ) -> PyResult<()> {
        let number = match value.extract::<f64>() {
            Ok(number) => number,
            Err(_) => number(key, value)?,
        };
        let step = step.map_or(Ok(0), |step| integer("step", key, step))?;
        let timestamp = timestamp.map(|timestamp| integer("timestamp", key, timestamp)).transpose()?;
        let context = Context {
            model_id: optional_id(model_id),
            dataset_name: dataset_name.unwrap_or_default(),
            dataset_digest: dataset_digest.unwrap_or_default(),
        };
        self.0.log_metric(key, number, step, timestamp, &context).map_err(raise)
    }

    /// Logs points, params and tags: none of them when one is refused here.
    fn log_batch(
        &self,
        metrics: Vec<Point>,
        params: Vec<(String, String)>,
        tags: Vec<(String, String)>,
    ) -> PyResult<()> {
        let metrics: Vec<_> = metrics.into_iter().map(metric).collect();
        self.0.log_batch(&metrics, &pairs(params), &pairs(tags)).map_err(raise)
    }

    /// Logs one param.
    fn log_param(&self, key: &str, value: &str) -> PyResult<()> {
        self.0.log_param(key, value).map_err(raise)
    }

    /// Sets one tag.
    fn set_tag(&self, key: &str, value: &str) -> PyResult<()> {
        self.0.set_tag(key, value).map_err(raise)
    }

    /// Names datasets and logged models, lists as they travel, as inputs of the run.
    fn log_inputs(&self, datasets: &Bound<'_, PyAny>, models: &Bound<'_, PyAny>) -> PyResult<()> {
        self.0.log_inputs(read(datasets)?, read(models)?).map_err(raise)
    }

    /// Names logged models, a list as it travels, as outputs of the run.
    fn log_outputs(&self, models: &Bound<'_, PyAny>) -> PyResult<()> {
        self.0.log_outputs(read(models)?).map_err(raise)
    }

    /// Records the end of the run.
    #[pyo3(signature = (status, end_time=None))]
    fn end(&self, status: &str, end_time: Option<i64>) -> PyResult<()> {
        let status =
            [RunStatus::Running, RunStatus::Scheduled, RunStatus::Finished, RunStatus::Failed, RunStatus::Killed]
                .into_iter()
                .find(|known| known.as_str() == status)
                .ok_or_else(|| raise(ApiError::invalid(format!("'{status}' is no status of a run"))))?;
        self.0.end(status, end_time).map_err(raise)
    }

    /// Lets go of the journal, which is removed when it is delivered.
    fn close(&self) {
        self.0.close();
    }

    /// The points logged last at step 0, without those of logged models.
    fn first_points(&self) -> Vec<(String, f64, i64, String, String)> {
        let points = self.0.first_points().into_iter();
        points
            .map(|point| (point.key, point.value, point.timestamp, point.dataset_name, point.dataset_digest))
            .collect()
    }

    /// Waits for the delivery of what was logged to this run until now; `None`, or the reason why it is still to come.
    #[pyo3(signature = (timeout=None, give_up=false))]
    fn flush(&self, py: Python<'_>, timeout: Option<f64>, give_up: bool) -> PyResult<Option<String>> {
        wait(py, vec![self.0.flush()], timeout, give_up)
    }
}

/// Waits for the delivery of what this process has logged until now to all tracking stores.
#[pyfunction]
#[pyo3(signature = (timeout=None, give_up=false))]
pub(crate) fn flush_all(py: Python<'_>, timeout: Option<f64>, give_up: bool) -> PyResult<Option<String>> {
    wait(py, journal::flush_all(), timeout, give_up)
}

/// How long the end of a run waits for deliveries, in seconds.
#[pyfunction]
pub(crate) fn end_run_timeout() -> PyResult<f64> {
    Ok(journal::end_run_timeout().map_err(raise)?.as_secs_f64())
}

/// Whether this process delivers nothing, as `TRAINYARD_OFFLINE` asks for.
#[pyfunction]
pub(crate) fn is_offline() -> PyResult<bool> {
    journal::is_offline().map_err(raise)
}

/// The id that the store knows a run by which was started offline, as far as this user's programs have delivered its start.
#[pyfunction]
pub(crate) fn stored_run_id(run_id: &str) -> PyResult<String> {
    journal::stored_run_id(run_id).map_err(raise)
}

/// Waits with the interpreter released; Ctrl-C ends the wait, and nothing else.
///
/// Returns the reason when `timeout` is over or, with `give_up`, as soon as an attempt fails. What was refused is raised.
pub(crate) fn wait(
    py: Python<'_>,
    flushes: Vec<Flush>,
    timeout: Option<f64>,
    give_up: bool,
) -> PyResult<Option<String>> {
    let began = Instant::now();
    let timeout = timeout.map(|seconds| Duration::from_secs_f64(seconds.clamp(0.0, 1e9)));
    let mut unfinished = None;
    for mut flush in flushes {
        let mut reason = String::new();
        // A store that has been away for long is not waited for again and again.
        let timeout = timeout.map(|timeout| timeout.saturating_sub(flush.failing_for()).max(timeout.min(LEAST)));
        unfinished = loop {
            let left = timeout.map_or(SLICE, |timeout| timeout.saturating_sub(began.elapsed()));
            match py.detach(|| flush.wait(left.min(SLICE))) {
                FlushState::Done => break unfinished,
                FlushState::Failing { reason, .. } if give_up => break Some(reason),
                FlushState::Failing { reason: newest, .. } => reason = newest,
                FlushState::Waiting => {}
            }
            py.check_signals()?;
            if left.is_zero() {
                let uri = flush.tracking_uri();
                break Some(if reason.is_empty() { format!("{uri} has not acknowledged it yet") } else { reason });
            }
        };
        if let Some(trouble) = flush.trouble() {
            return Err(raise(trouble));
        }
    }
    Ok(unfinished)
}

/// A value that is no plain number, as the package reads it.
fn number(key: &str, value: &Bound<'_, PyAny>) -> PyResult<f64> {
    static NUMBER: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let py = value.py();
    let number = NUMBER.import(py, "trainyard.tracking.numbers", "number")?;
    number.call1((key, value))?.extract()
}

/// A step or a time; what is no plain integer is read by the package, since frameworks also hand over floats.
fn integer(field: &str, key: &str, value: &Bound<'_, PyAny>) -> PyResult<i64> {
    static WHOLE: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    if let Ok(integer) = value.extract::<i64>() {
        return Ok(integer);
    }
    let py = value.py();
    WHOLE.import(py, "trainyard.tracking.numbers", "whole")?.call1((field, key, value))?.extract()
}

fn pairs(pairs: Vec<(String, String)>) -> Vec<KeyValue> {
    pairs.into_iter().map(|(key, value)| KeyValue { key, value }).collect()
}
