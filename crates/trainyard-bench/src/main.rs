//! End-to-end measurements next to stock MLflow: the figures of docs/performance.md.
//!
//! `servers` starts either server, `load` drives it, `python` times the packages, `report` writes the document. Every
//! measurement alternates between the two sides, so that a busy minute of the machine hits both.

mod http;
mod load;
mod log_metric;
mod package;
mod process;
mod python;
mod report;
mod servers;
mod startup;

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use clap::{Parser, ValueEnum};

use crate::report::Report;
use crate::servers::{Program, Side};

/// Measures Trainyard next to stock MLflow and writes docs/performance.md.
#[derive(Debug, Parser)]
struct Arguments {
    /// The `trainyard` program.
    #[arg(long, env = "TRAINYARD_BIN", default_value = "target/release/trainyard")]
    bin: PathBuf,

    /// A Python interpreter with the `trainyard` package and scikit-learn.
    #[arg(long, env = "TRAINYARD_PYTHON", default_value = ".venv/bin/python")]
    python: PathBuf,

    /// A Python interpreter with stock MLflow 3.18.0.
    #[arg(long, env = "TRAINYARD_STOCK_PYTHON", default_value = "target/venvs/mlflow-3.18/bin/python")]
    stock_python: PathBuf,

    /// Seconds that each load lasts.
    #[arg(long, default_value_t = 5.0)]
    seconds: f64,

    /// How often each load is repeated; the median counts.
    #[arg(long, default_value_t = 3)]
    rounds: usize,

    /// Measure only these, and print instead of writing the document.
    #[arg(long, value_delimiter = ',')]
    only: Vec<Part>,
}

/// What can be measured by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// Server start to first answer, memory at rest.
    Startup,
    /// log-metric and log-batch over HTTP.
    Load,
    /// Importing the Python packages.
    Import,
    /// Single log_metric calls from Python, and ten million of them.
    LogMetricCall,
    /// Logging the iris model.
    LogModel,
    /// Training under autologging.
    Autolog,
    /// Number and size of the packages that are installed.
    Install,
    /// The iris example from start to end.
    Example,
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    if !cfg!(target_os = "linux") {
        bail!("processor time and memory are read from /proc: run the bench on Linux");
    }
    let ours = Program::trainyard(&arguments.bin)?;
    let stock = Program::stock(&arguments.stock_python)?;
    let python = python::interpreter(&arguments.python).context("--python")?;
    let stock_python = python::interpreter(&arguments.stock_python).context("--stock-python")?;
    let wanted = |part| arguments.only.is_empty() || arguments.only.contains(&part);

    let mut report = Report::begin()?;
    if wanted(Part::Startup) {
        startup::measure(&ours, &stock, &mut report)?;
    }
    if wanted(Part::Load) {
        let duration = Duration::from_secs_f64(arguments.seconds);
        load::measure(&ours, &stock, duration, arguments.rounds.max(1), &mut report)?;
    }
    if wanted(Part::Import) {
        python::measure_import(&python, &stock_python, &mut report)?;
    }
    if wanted(Part::LogMetricCall) {
        log_metric::measure(&[(Side::Ours, &ours, &python), (Side::Stock, &stock, &stock_python)], &mut report)?;
    }
    if wanted(Part::LogModel) {
        python::measure_log_model(&[(Side::Ours, &ours, &python), (Side::Stock, &stock, &stock_python)], &mut report)?;
    }
    if wanted(Part::Autolog) {
        python::measure_autolog(&[(Side::Ours, &ours, &python), (Side::Stock, &stock, &stock_python)], &mut report)?;
    }
    if wanted(Part::Install) {
        package::measure_install(&python, &stock_python, &mut report)?;
    }
    if wanted(Part::Example) {
        package::measure_example(&[(Side::Ours, &ours, &python), (Side::Stock, &stock, &stock_python)], &mut report)?;
    }
    report.print()?;
    if !arguments.only.is_empty() {
        eprintln!("==> docs/performance.md is left as it is: only a part was measured");
        return Ok(());
    }
    if cfg!(debug_assertions) {
        bail!("docs/performance.md is left as it is: this is a debug build; use `cargo run --release`");
    }
    report.write()
}
