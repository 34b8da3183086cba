//! Errors and values on their way between Rust and Python.

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyType;
use pythonize::{depythonize, pythonize};
use serde_json::Value;
use trainyard_api::ApiError;

/// The Python exception `trainyard.exceptions.MlflowException` that says the same.
pub(crate) fn raise(error: impl Into<ApiError>) -> PyErr {
    let error = error.into();
    static EXCEPTION: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    Python::attach(|py| match EXCEPTION.import(py, "trainyard.exceptions", "MlflowException") {
        Ok(exception) => PyErr::from_type(exception.clone(), (error.message, error.error_code.as_str())),
        Err(error) => error,
    })
}

/// The same for the answer of a server: `trainyard.exceptions.RestException`, as MLflow's client raises it.
pub(crate) fn raise_rest(error: impl Into<ApiError>) -> PyErr {
    let error = error.into();
    static EXCEPTION: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    Python::attach(|py| match (EXCEPTION.import(py, "trainyard.exceptions", "RestException"), pythonize(py, &error)) {
        (Ok(exception), Ok(body)) => PyErr::from_type(exception.clone(), (body.unbind(),)),
        (Err(error), _) => error,
        (_, Err(error)) => error.into(),
    })
}

/// Writes a value of dicts, lists, texts, numbers, booleans and `None` as YAML.
#[pyfunction]
pub(crate) fn to_yaml(value: &Bound<'_, PyAny>) -> PyResult<String> {
    Ok(trainyard::internals::models::to_yaml(&depythonize::<Value>(value)?))
}

/// Reads YAML.
#[pyfunction]
pub(crate) fn from_yaml<'py>(py: Python<'py>, text: &str) -> PyResult<Bound<'py, PyAny>> {
    let value = trainyard::internals::models::from_yaml(text).map_err(|reason| raise(ApiError::invalid(reason)))?;
    Ok(pythonize(py, &value)?)
}
