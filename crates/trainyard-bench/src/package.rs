//! The Python packages as a whole: what they bring along when installed, and a script from its start to its end.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::report::{Report, Row, median};
use crate::servers::{Program, Side};

const OUR_RUNS: usize = 11;
const STOCK_RUNS: usize = 3;
const INSTALLED: &str = include_str!("installed.py");
const EXAMPLE: &str = include_str!("../../../examples/sklearn_iris.py");

/// What the wheel of MLflow asks for by way of mlflow-skinny 3.18.0, which was never published.
const SKINNY: &[&str] = &[
    "cachetools",
    "click",
    "cloudpickle",
    "databricks-sdk",
    "fastapi",
    "gitpython",
    "importlib-metadata",
    "opentelemetry-api",
    "opentelemetry-proto",
    "opentelemetry-sdk",
    "packaging",
    "protobuf",
    "pydantic",
    "python-dotenv",
    "pyyaml",
    "requests",
    "sqlparse",
    "typing-extensions",
    "uvicorn",
];

/// How the example reads for stock MLflow: other names, and the format that it does not refuse for a forest.
const FOR_STOCK: &[(&str, &str)] = &[
    ("import trainyard as mlflow", "import mlflow"),
    ("from trainyard.models", "from mlflow.models"),
    ("name=\"iris-classifier\",", "name=\"iris-classifier\", serialization_format=\"cloudpickle\","),
];

/// Number of packages and bytes on disk of either package with everything it needs.
pub fn measure_install(python: &Path, stock: &Path, report: &mut Report) -> Result<()> {
    let (ours, our_bytes) = installed(python, &["trainyard"])?;
    let (theirs, their_bytes) = installed(stock, &[&["mlflow"], SKINNY].concat())?;
    let mebibytes = |bytes: f64| bytes / (1024.0 * 1024.0);
    report.section(
        "Installed size",
        "install",
        "Packages that `pip install` brings along, itself included, and the bytes of their files with bytecode, read \
         from the metadata of the installed packages. The wheel of stock asks for mlflow-skinny of its own version, which \
         was never published; what that would ask for is counted.",
        vec![
            Row::less("installed", "packages", ours, theirs).at_most(2.0),
            Row::less("their files", "MiB", mebibytes(our_bytes), mebibytes(their_bytes)),
        ],
    );
    Ok(())
}

fn installed(python: &Path, distributions: &[&str]) -> Result<(f64, f64)> {
    let output = Command::new(python).args(["-c", INSTALLED]).args(distributions).output()?;
    if !output.status.success() {
        bail!("cannot list what {distributions:?} need: {}", String::from_utf8_lossy(&output.stderr));
    }
    let found: Value = serde_json::from_slice(&output.stdout)?;
    let names = found["names"].as_array().filter(|names| !names.is_empty());
    let count = names.with_context(|| format!("{distributions:?} are not installed as packages"))?.len();
    let bytes = found["bytes"].as_u64().context("installed.py printed no bytes")?;
    Ok((f64::from(u32::try_from(count)?), bytes as f64))
}

/// The iris example from starting Python to its end, with a server and without.
pub fn measure_example(sides: &[(Side, &Program, &PathBuf); 2], report: &mut Report) -> Result<()> {
    let mut rows = Vec::new();
    for (name, with_server) in [("against a server", true), ("without a server", false)] {
        let mut medians = Vec::new();
        for (side, program, python) in sides {
            let times = if *side == Side::Ours { OUR_RUNS } else { STOCK_RUNS };
            eprintln!("==> the example {name} of {} ({times} times)", side.name());
            let server = if with_server { Some(program.start()?) } else { None };
            if let Some(server) = &server {
                server.settle()?;
            }
            let address = server.as_ref().map(|server| format!("http://{}", server.address));
            let script = example(*side)?;
            // The first run compiles bytecode.
            run_example(python, &script, address.as_deref())?;
            let mut samples = Vec::new();
            for _ in 0..times {
                samples.push(run_example(python, &script, address.as_deref())?);
            }
            medians.push(median(&mut samples));
        }
        rows.push(Row::less(name, "s", medians[0], medians[1]));
    }
    report.section(
        "A script from start to end",
        "example",
        &format!(
            "`python examples/sklearn_iris.py`: wall time of the process, which imports scikit-learn, trains a forest, \
             records params, a metric and the model, registers it, and loads it back. Median of {OUR_RUNS} runs \
             ({STOCK_RUNS} of stock). Stock runs the same script with `import mlflow`, and with \
             `serialization_format=\"cloudpickle\"`, as it refuses the model in its default format. Without a server \
             each run makes a new SQLite file."
        ),
        rows,
    );
    Ok(())
}

fn example(side: Side) -> Result<String> {
    let mut script = EXAMPLE.to_owned();
    if side == Side::Stock {
        for (ours, theirs) in FOR_STOCK {
            if !script.contains(ours) {
                bail!("examples/sklearn_iris.py has no {ours:?} to replace for stock MLflow");
            }
            script = script.replacen(ours, theirs, 1);
        }
    }
    Ok(script)
}

fn run_example(python: &Path, script: &str, address: Option<&str>) -> Result<f64> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("sklearn_iris.py");
    std::fs::write(&path, script)?;
    let local = format!("sqlite:///{}", folder.path().join("store.db").display());
    let began = Instant::now();
    let output = Command::new(python)
        .arg(&path)
        .env("MLFLOW_TRACKING_URI", address.unwrap_or(&local))
        .env("MLFLOW_DISABLE_TELEMETRY", "true")
        .current_dir(folder.path())
        .output()?;
    let seconds = began.elapsed().as_secs_f64();
    if !output.status.success() {
        bail!("the example failed under {}: {}", python.display(), String::from_utf8_lossy(&output.stderr));
    }
    Ok(seconds)
}
