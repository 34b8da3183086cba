//! `SystemSampler`: what the machine does while a run trains.

use std::sync::{Mutex, PoisonError};

use pyo3::prelude::*;

/// Samples CPU, memory, disk, network and GPUs, and averages the samples.
#[pyclass(frozen, module = "trainyard._core")]
pub(crate) struct SystemSampler {
    inner: Mutex<trainyard::internals::SystemSampler>,
}

#[pymethods]
impl SystemSampler {
    #[new]
    fn new(py: Python<'_>) -> Self {
        Self { inner: Mutex::new(py.detach(trainyard::internals::SystemSampler::new)) }
    }

    /// Looks at the machine now.
    fn sample(&self, py: Python<'_>) {
        py.detach(|| self.inner.lock().unwrap_or_else(PoisonError::into_inner).sample());
    }

    /// Averages of the samples since the last call, as pairs of name and value.
    fn take_averages(&self) -> Vec<(String, f64)> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner).take_averages()
    }
}
