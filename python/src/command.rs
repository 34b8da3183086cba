//! The `trainyard` command, run inside the interpreter's process.

use std::ffi::OsString;

use pyo3::prelude::*;

/// Runs the command line with `argv`, the program's name first, and returns its exit code.
#[pyfunction]
pub(crate) fn main(py: Python<'_>, argv: Vec<OsString>) -> i32 {
    py.detach(|| trainyard_cli::main(argv))
}
