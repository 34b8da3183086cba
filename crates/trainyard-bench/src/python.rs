//! The Python packages: what an import costs over a bare interpreter, and logging the iris model.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::report::{Report, Row, median};
use crate::servers::{Program, Side};

const OUR_IMPORTS: usize = 41;
const STOCK_IMPORTS: usize = 5;
const OUR_MODELS: usize = 11;
const STOCK_MODELS: usize = 3;
const OUR_FITS: usize = 11;
const STOCK_FITS: usize = 3;
const AUTOLOG: &str = include_str!("autolog.py");
const LOG_MODEL: &str = include_str!("log_model.py");

/// The absolute path of an interpreter; its links are kept, since a virtual environment is known by its path.
pub fn interpreter(path: &Path) -> Result<PathBuf> {
    if !path.is_file() {
        bail!("there is no Python interpreter at {}: `make bench` makes both", path.display());
    }
    Ok(std::path::absolute(path)?)
}

/// `import trainyard` and `import mlflow`, each against the same interpreter that imports nothing.
pub fn measure_import(python: &Path, stock: &Path, report: &mut Report) -> Result<()> {
    let [ours, ours_bare] = imports(python, "trainyard", OUR_IMPORTS)?;
    let [theirs, theirs_bare] = imports(stock, "mlflow", STOCK_IMPORTS)?;
    report.section(
        "Import",
        "import",
        &format!(
            "Wall time of `python -c 'import …'` in turns with `python -c pass` of the same interpreter: medians of \
             {OUR_IMPORTS} ({STOCK_IMPORTS} of stock) and their difference. The first import, which compiles, is not \
             counted."
        ),
        vec![
            Row::less("bare interpreter", "ms", ours_bare, theirs_bare),
            Row::less("with the import", "ms", ours, theirs),
            Row::less("import over bare", "ms", ours - ours_bare, theirs - theirs_bare).at_most(40.0),
        ],
    );
    Ok(())
}

/// Medians in milliseconds with and without the import.
fn imports(python: &Path, module: &str, times: usize) -> Result<[f64; 2]> {
    eprintln!("==> import {module} ({times} times)");
    let import = format!("import {module}");
    run(python, &import)?;
    let (mut with, mut bare) = (Vec::new(), Vec::new());
    for _ in 0..times {
        bare.push(run(python, "pass")?);
        with.push(run(python, &import)?);
    }
    Ok([median(&mut with), median(&mut bare)])
}

fn run(python: &Path, code: &str) -> Result<f64> {
    let began = Instant::now();
    let output = Command::new(python).args(["-c", code]).output()?;
    if !output.status.success() {
        bail!("{} -c {code:?} failed: {}", python.display(), String::from_utf8_lossy(&output.stderr));
    }
    Ok(began.elapsed().as_secs_f64() * 1e3)
}

/// `sklearn.log_model` and `load_model` of the iris forest by each package against its own server.
pub fn measure_log_model(sides: &[(Side, &Program, &PathBuf); 2], report: &mut Report) -> Result<()> {
    let (mut first, mut later) = (Vec::new(), Vec::new());
    let (mut first_load, mut later_loads) = (Vec::new(), Vec::new());
    for (side, program, python) in sides {
        let times = if *side == Side::Ours { OUR_MODELS } else { STOCK_MODELS };
        let seconds = against_server(LOG_MODEL, "log_model", times, *side, program, python)?;
        for (key, first, later) in [("log", &mut first, &mut later), ("load", &mut first_load, &mut later_loads)] {
            let mut times = milliseconds(&seconds[key])?;
            first.push(times.remove(0));
            later.push(median(&mut times));
        }
    }
    report.section(
        "log_model of the iris model",
        "log-model",
        &format!(
            "`sklearn.log_model(model, name=…)` inside a run, `RandomForestClassifier(n_estimators=100, max_depth=5, \
             random_state=42)` fitted on iris, each package against its own server. The first call of a process \
             imports what it needs; later calls are the median of {} ({} of stock). Default arguments, except that \
             stock is given `serialization_format=\"cloudpickle\"`: with its defaults this very call raises. \
             `load_model` loads the last of them from `models:/m-…`, files and digests included.",
            OUR_MODELS - 1,
            STOCK_MODELS - 1
        ),
        vec![
            Row::less("first call", "ms", first[0], first[1]),
            Row::less("later calls", "ms", later[0], later[1]).at_most(150.0),
            Row::less("first load_model", "ms", first_load[0], first_load[1]),
            Row::less("later load_model", "ms", later_loads[0], later_loads[1]),
        ],
    );
    Ok(())
}

/// `RandomForestClassifier.fit` on iris under `sklearn.autolog`, each package against its own server.
pub fn measure_autolog(sides: &[(Side, &Program, &PathBuf); 2], report: &mut Report) -> Result<()> {
    let (mut first, mut later, mut bare) = (Vec::new(), Vec::new(), Vec::new());
    for (side, program, python) in sides {
        let times = if *side == Side::Ours { OUR_FITS } else { STOCK_FITS };
        let seconds = against_server(AUTOLOG, "autologged fit", times, *side, program, python)?;
        bare.push(seconds["bare"].as_f64().context("the time without autologging")? * 1e3);
        let mut times = milliseconds(&seconds["fits"])?;
        first.push(times.remove(0));
        later.push(median(&mut times));
    }
    report.section(
        "fit under sklearn.autolog",
        "autolog",
        &format!(
            "`RandomForestClassifier(n_estimators=100, max_depth=5, random_state=42).fit` on iris after \
             `sklearn.autolog()`, each package against its own server: a run with params, training metrics, dataset, \
             confusion matrix and model. The first fit of a process imports what recording needs; later fits are the \
             median of {} ({} of stock).",
            OUR_FITS - 1,
            STOCK_FITS - 1
        ),
        vec![
            Row::less("fit without autologging", "ms", bare[0], bare[1]),
            Row::less("first fit", "ms", first[0], first[1]),
            Row::less("later fits", "ms", later[0], later[1]),
        ],
    );
    Ok(())
}

/// Runs a script with a package's name, the URI of a server of its own and a count; returns the JSON it prints.
fn against_server(
    script: &str,
    what: &str,
    times: usize,
    side: Side,
    program: &Program,
    python: &Path,
) -> Result<Value> {
    let module = match side {
        Side::Ours => "trainyard",
        Side::Stock => "mlflow",
    };
    eprintln!("==> {what} of {} ({times} times)", side.name());
    let server = program.start()?;
    server.settle()?;
    let folder = tempfile::tempdir()?;
    let uri = format!("http://{}", server.address);
    let output = Command::new(python)
        .args(["-c", script, module, &uri, &times.to_string()])
        .env("MLFLOW_DISABLE_TELEMETRY", "true")
        .current_dir(folder.path())
        .output()?;
    if !output.status.success() {
        bail!("{what} of {} failed: {}", side.name(), String::from_utf8_lossy(&output.stderr));
    }
    let text = String::from_utf8(output.stdout)?;
    let line = text.lines().last().with_context(|| format!("{what} printed nothing"))?;
    serde_json::from_str(line).with_context(|| format!("{what} printed {line:?} instead of its times"))
}

/// The times of a list of seconds, two at least.
fn milliseconds(seconds: &Value) -> Result<Vec<f64>> {
    let seconds = seconds.as_array().into_iter().flatten();
    let times: Vec<f64> = seconds.filter_map(Value::as_f64).map(|seconds| seconds * 1e3).collect();
    if times.len() < 2 {
        bail!("fewer than two times were printed");
    }
    Ok(times)
}
