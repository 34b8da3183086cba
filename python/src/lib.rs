//! The extension module `trainyard._core`: what the Python package needs of the client, the model directories and the
//! command line. The interpreter is released around everything that waits.

mod artifacts;
mod client;
mod command;
mod convert;
mod fork;
mod journal;
mod model_directory;
mod operations;
mod system_metrics;
mod transfer;

use pyo3::prelude::*;

#[pymodule]
fn _core(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    module.add("COMPAT_VERSION", trainyard::internals::models::COMPAT_VERSION)?;
    module.add_class::<client::Client>()?;
    module.add_class::<artifacts::ArtifactRepository>()?;
    module.add_class::<system_metrics::SystemSampler>()?;
    module.add_class::<transfer::Transfer>()?;
    module.add_class::<journal::RunLog>()?;
    module.add_function(wrap_pyfunction!(journal::flush_all, module)?)?;
    module.add_function(wrap_pyfunction!(journal::end_run_timeout, module)?)?;
    module.add_function(wrap_pyfunction!(journal::is_offline, module)?)?;
    module.add_function(wrap_pyfunction!(journal::stored_run_id, module)?)?;
    module.add_function(wrap_pyfunction!(fork::after_fork_in_child, module)?)?;
    module.add_function(wrap_pyfunction!(client::default_tracking_uri, module)?)?;
    module.add_function(wrap_pyfunction!(command::main, module)?)?;
    module.add_function(wrap_pyfunction!(fork::before_fork, module)?)?;
    module.add_function(wrap_pyfunction!(fork::after_fork, module)?)?;
    module.add_function(wrap_pyfunction!(model_directory::new_model, module)?)?;
    module.add_function(wrap_pyfunction!(model_directory::read_model, module)?)?;
    module.add_function(wrap_pyfunction!(model_directory::write_model, module)?)?;
    module.add_function(wrap_pyfunction!(model_directory::model_yaml, module)?)?;
    module.add_function(wrap_pyfunction!(model_directory::verify_model, module)?)?;
    module.add_function(wrap_pyfunction!(model_directory::write_environment, module)?)?;
    module.add_function(wrap_pyfunction!(model_directory::scan_file, module)?)?;
    module.add_function(wrap_pyfunction!(convert::to_yaml, module)?)?;
    module.add_function(wrap_pyfunction!(convert::from_yaml, module)?)?;
    Ok(())
}
