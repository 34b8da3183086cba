//! End-to-end measurements next to stock MLflow: the figures of docs/performance.md.
//!
//! `servers` starts them, `wrk` loads them (`operations`, `memory`), `sizes` fills them, `python` times the packages,
//! `report` writes the document. Measurements alternate between the sides, so that a busy minute of the machine hits all.

mod http;
mod ingest;
mod log_metric;
mod memory;
mod operations;
mod package;
mod peers;
#[allow(dead_code, reason = "tests use more of it")]
#[path = "../../../xtask/src/postgres.rs"]
mod postgres;
mod process;
mod python;
mod report;
mod seed;
mod servers;
mod sizes;
mod startup;
mod table;
mod workloads;
mod wrk;

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use clap::{Parser, ValueEnum};

use crate::operations::Comparison;
use crate::peers::{Programs, Who};
use crate::report::Report;
use crate::servers::{Program, Side};
use crate::workloads::Operation;
use crate::wrk::Wrk;

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

    /// The `fml` program of FastTrackML.
    #[arg(long, env = "TRAINYARD_FASTTRACKML", default_value = "target/venvs/fasttrackml/bin/fml")]
    fasttrackml: PathBuf,

    /// The load generator.
    #[arg(long, env = "TRAINYARD_WRK", default_value = "wrk")]
    wrk: PathBuf,

    /// Compare server operations with these only; all that can be had otherwise. The tables about points and runs are of both
    /// databases, or of those that are named.
    #[arg(long, value_delimiter = ',')]
    peers: Vec<Who>,

    /// Compare these server operations only.
    #[arg(long, value_delimiter = ',')]
    operations: Vec<Operation>,

    /// Seconds that each load lasts.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u64).range(1..))]
    seconds: u64,

    /// How often each load is repeated; the median counts.
    #[arg(long, default_value_t = 3)]
    rounds: usize,

    /// Seconds of the mixed load under which memory is watched, for each database.
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..))]
    memory_seconds: u64,

    /// Sizes of the table about points; 100000000 takes long.
    #[arg(long, value_delimiter = ',', default_values_t = sizes::POINTS)]
    points: Vec<u64>,

    /// Sizes of the table about runs; 1000000 takes long.
    #[arg(long, value_delimiter = ',', default_values_t = sizes::RUNS)]
    runs: Vec<u64>,

    /// Measure only these, and print instead of writing the document.
    #[arg(long, value_delimiter = ',')]
    only: Vec<Part>,

    /// With `--only`: put the tables measured now in the place of the old ones.
    #[arg(long)]
    write: bool,
}

/// What can be measured by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// Server start to first answer, memory at rest.
    Startup,
    /// Server operations under load, next to all peers.
    Operations,
    /// Memory under a mixed load.
    Memory,
    /// Bytes a point, and cost against the number of points.
    Points,
    /// Cost against the number of runs.
    Runs,
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
    let programs = Programs { ours: ours.clone(), stock: stock.clone(), fasttrackml: arguments.fasttrackml.clone() };
    if wanted(Part::Operations) {
        let comparison = Comparison {
            peers: arguments.peers.clone(),
            operations: arguments.operations,
            duration: Duration::from_secs(arguments.seconds),
            rounds: arguments.rounds.max(1),
        };
        operations::measure(&programs, &comparison, &Wrk::new(&arguments.wrk)?, &mut report)?;
    }
    if wanted(Part::Memory) {
        let duration = Duration::from_secs(arguments.memory_seconds);
        memory::measure(&programs, &Wrk::new(&arguments.wrk)?, duration, &mut report)?;
    }
    if wanted(Part::Points) {
        sizes::points::measure(&programs, &arguments.points, &arguments.peers, &mut report)?;
    }
    if wanted(Part::Runs) {
        sizes::runs::measure(&programs, &arguments.runs, &arguments.peers, &mut report)?;
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
    if !arguments.only.is_empty() && !arguments.write {
        eprintln!("==> docs/performance.md is left as it is: only a part was measured; --write puts it there");
        return Ok(());
    }
    if cfg!(debug_assertions) {
        bail!("docs/performance.md is left as it is: this is a debug build; use `cargo run --release`");
    }
    if arguments.only.is_empty() { report.write() } else { report.write_sections() }
}
