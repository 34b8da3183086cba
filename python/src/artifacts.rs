//! `ArtifactRepository`: the files below one artifact root.

use std::ffi::OsString;
use std::path::PathBuf;

use pyo3::prelude::*;
use pythonize::pythonize;

use crate::convert::raise;
use crate::transfer::Transfer;

/// The files of one run or model.
#[pyclass(frozen, module = "trainyard._core")]
pub(crate) struct ArtifactRepository(trainyard::ArtifactRepository);

impl ArtifactRepository {
    pub(crate) fn new(inner: trainyard::ArtifactRepository) -> Self {
        Self(inner)
    }
}

#[pymethods]
impl ArtifactRepository {
    /// The root's URI.
    #[getter]
    fn uri(&self) -> &str {
        self.0.uri()
    }

    /// The files and folders in one folder.
    fn list<'py>(&self, py: Python<'py>, path: &str) -> PyResult<Bound<'py, PyAny>> {
        let files = py.detach(|| self.0.list(path)).map_err(raise)?;
        Ok(pythonize(py, &files)?)
    }

    /// Sends a local file, or the contents of a local folder, into a folder.
    fn upload(&self, py: Python<'_>, local: PathBuf, folder: &str, transfer: &Transfer) -> PyResult<()> {
        py.detach(|| {
            if local.is_dir() {
                return self.0.upload_dir(&local, folder, transfer);
            }
            let name = local.file_name().unwrap_or_default().to_string_lossy();
            let path = if folder.is_empty() { name.into_owned() } else { format!("{folder}/{name}") };
            self.0.upload(&[(local.clone(), path)], transfer)
        })
        .map_err(raise)
    }

    /// Sends local files, each to the path beside it, while another thread may watch or end it through `transfer`.
    fn send(&self, py: Python<'_>, files: Vec<(PathBuf, String)>, transfer: &Transfer) -> PyResult<()> {
        py.detach(|| self.0.upload(&files, transfer)).map_err(raise)
    }

    /// Writes bytes into one file.
    fn write(&self, py: Python<'_>, path: &str, content: &[u8]) -> PyResult<()> {
        py.detach(|| self.0.write(path, content)).map_err(raise)
    }

    /// Fetches a file or folder into a local folder and returns where it lies now.
    fn download(&self, py: Python<'_>, path: &str, folder: PathBuf, transfer: &Transfer) -> PyResult<OsString> {
        Ok(py.detach(|| self.0.download(path, &folder, transfer)).map_err(raise)?.into_os_string())
    }

    /// Removes a file or folder.
    fn delete(&self, py: Python<'_>, path: &str) -> PyResult<()> {
        py.detach(|| self.0.delete(path)).map_err(raise)
    }
}
