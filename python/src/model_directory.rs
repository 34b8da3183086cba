//! Model directories: the MLmodel file, the environment files, and what a saved file needs to be loaded.

use std::path::PathBuf;

use pyo3::prelude::*;
use pythonize::{depythonize, pythonize};
use serde_json::Value;
use trainyard::internals::models::{self, Environment, Mlmodel};

use trainyard_api::ApiError;

use crate::convert::raise;

fn mlmodel(model: &Bound<'_, PyAny>) -> PyResult<Mlmodel> {
    Mlmodel::from_json(depythonize::<Value>(model)?).map_err(|reason| raise(ApiError::invalid(reason)))
}

/// The fields of a new MLmodel file: id, time and version filled in.
#[pyfunction]
pub(crate) fn new_model(py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
    Ok(pythonize(py, &Mlmodel::new().to_json())?)
}

/// Reads the MLmodel file of a model directory.
#[pyfunction]
pub(crate) fn read_model(py: Python<'_>, folder: PathBuf) -> PyResult<Bound<'_, PyAny>> {
    let model = py.detach(|| Mlmodel::read(&folder)).map_err(raise)?;
    Ok(pythonize(py, &model.to_json())?)
}

/// Completes a model directory: digests of all files, then the MLmodel file. Returns its fields.
#[pyfunction]
pub(crate) fn write_model<'py>(
    py: Python<'py>,
    folder: PathBuf,
    model: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    let mut model = mlmodel(model)?;
    py.detach(|| models::finish(&folder, &mut model)).map_err(raise)?;
    Ok(pythonize(py, &model.to_json())?)
}

/// The text of an MLmodel file.
#[pyfunction]
pub(crate) fn model_yaml(model: &Bound<'_, PyAny>) -> PyResult<String> {
    Ok(mlmodel(model)?.to_yaml())
}

/// Checks a model directory: digests where they are recorded, and no path that leaves it.
#[pyfunction]
pub(crate) fn verify_model(py: Python<'_>, folder: PathBuf) -> PyResult<()> {
    py.detach(|| models::verify(&folder)).map_err(raise)
}

/// Writes `conda.yaml`, `python_env.yaml` and `requirements.txt`; the environment is a dict of the fields of
/// [`Environment`].
#[pyfunction]
pub(crate) fn write_environment(folder: PathBuf, environment: &Bound<'_, PyAny>) -> PyResult<()> {
    depythonize::<Environment>(environment)?.write(&folder).map_err(raise)
}

/// Top-level modules and full names of types that a pickle, skops or torch file refers to, and whether that is all of them.
#[pyfunction]
pub(crate) fn scan_file(py: Python<'_>, path: PathBuf) -> PyResult<(Vec<String>, Vec<String>, bool)> {
    let scan = py.detach(|| models::scan::file(&path)).map_err(raise)?;
    Ok((scan.modules, scan.types, scan.complete))
}
