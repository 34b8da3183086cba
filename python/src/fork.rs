//! For `os.register_at_fork`: embedded stores are closed while the process forks.

use pyo3::prelude::*;

/// Closes the embedded stores, after the calls that are under way.
#[pyfunction]
pub(crate) fn before_fork(py: Python<'_>) {
    py.detach(trainyard::fork::before);
}

/// In the child: gives up its share in the parent's journals, and lets calls through again.
#[pyfunction]
pub(crate) fn after_fork_in_child() {
    trainyard::fork::after_in_child();
}

/// In the parent: lets calls through again.
#[pyfunction]
pub(crate) fn after_fork() {
    trainyard::fork::after();
}
