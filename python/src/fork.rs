//! For `os.register_at_fork`: embedded stores are closed while the process forks.

use pyo3::prelude::*;

/// Closes the embedded stores, after the calls that are under way.
#[pyfunction]
pub(crate) fn before_fork(py: Python<'_>) {
    py.detach(trainyard::fork::before);
}

/// Lets calls through again, in the parent and in the child.
#[pyfunction]
pub(crate) fn after_fork() {
    trainyard::fork::after();
}
