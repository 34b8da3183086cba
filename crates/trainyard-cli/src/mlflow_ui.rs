//! Where the web UI of an installed `mlflow` package lies. Python is asked: it knows its folders best.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::failure::Failure;

/// Reads the package's metadata and imports nothing of it: importing takes seconds. Modules of the working folder, which
/// Python would prefer, are none of the package's.
const QUESTION: &str = "\
import sys
sys.path[:] = [folder for folder in sys.path if folder]
from importlib.metadata import PackageNotFoundError, distribution
try:
    print(distribution('mlflow').locate_file('mlflow/server/js/build'))
except PackageNotFoundError:
    pass
";

/// The folder with the UI's `index.html`, of the first Python that has one.
pub fn find() -> Result<String, Failure> {
    let mut reasons = Vec::new();
    for python in pythons() {
        match ask(&python) {
            Ok(folder) => return Ok(folder),
            Err(reason) => reasons.push(format!("{} {reason}", Path::new(&python).display())),
        }
    }
    Err(Failure::Refused(format!(
        "--ui mlflow finds no UI: {}. Install it with `pip install mlflow`, name a Python that has it in \
         TRAINYARD_PYTHON, or name the UI's folder with --ui-dir.",
        reasons.join("; ")
    )))
}

/// The Python that was named, that of the virtual environment in use, the first on the search path.
fn pythons() -> Vec<OsString> {
    let set = |name: &str| env::var_os(name).filter(|value| !value.is_empty());
    if let Some(named) = set("TRAINYARD_PYTHON") {
        return vec![named];
    }
    let within = if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" };
    let environment = set("VIRTUAL_ENV").map(|folder| PathBuf::from(folder).join(within).into_os_string());
    let on_path = if cfg!(windows) { "python" } else { "python3" };
    environment.into_iter().chain([on_path.into()]).collect()
}

fn ask(python: &OsString) -> Result<String, String> {
    let asked = Command::new(python).args(["-c", QUESTION]).stdin(Stdio::null()).output();
    let answer = asked.map_err(|error| format!("cannot be run: {error}"))?;
    if !answer.status.success() {
        let words = String::from_utf8_lossy(&answer.stderr);
        return Err(format!("failed: {}", words.lines().last().unwrap_or_default()));
    }
    let folder = String::from_utf8(answer.stdout).map_err(|_| "answers with a folder that is not UTF-8".to_owned())?;
    let folder = folder.trim_end_matches(['\r', '\n']);
    if folder.is_empty() {
        return Err("has no package mlflow".to_owned());
    }
    if !Path::new(folder).join("index.html").is_file() {
        return Err(format!("has an mlflow without a UI: there is no index.html in {folder}"));
    }
    Ok(folder.to_owned())
}
