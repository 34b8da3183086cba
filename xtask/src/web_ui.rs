//! The web UI: its packages, its build, its checks and tests.

use std::env;
use std::fs;
use std::process::Command;

use anyhow::{Result, bail};

use crate::step::{first_line, program, root, run};
use crate::tasks::{BUILD_ADVICE, TEST_ADVICE, release_program, server_program};
use crate::{chromium, environments};

/// Minutes that the bench watches a live run for; ten where it is not set.
const LIVE_MINUTES: &str = "TRAINYARD_BENCH_LIVE_MINUTES";

fn npm(arguments: &[&str]) -> Command {
    let mut npm = program("npm", arguments);
    npm.current_dir(root().join("ui"));
    npm
}

/// The oldest Node.js that the packages of the UI run on, as in ui/package.json.
const NODE: (u32, u32) = (20, 19);

/// Why the UI cannot be built here, if so.
fn missing() -> Option<String> {
    let Some(version) = first_line(program("node", &["--version"])) else {
        return Some("Node.js is missing".to_owned());
    };
    if !is_new_enough(&version) {
        return Some(format!("Node.js {} is too old", version.trim_start_matches('v')));
    }
    first_line(npm(&["--version"])).is_none().then(|| "npm is missing".to_owned())
}

/// Whether `node --version` says enough, such as `v22.11.0`.
fn is_new_enough(version: &str) -> bool {
    let mut numbers = version.trim_start_matches('v').split('.').map_while(|number| number.parse::<u32>().ok());
    numbers.next().zip(numbers.next()).is_some_and(|version| version >= NODE)
}

/// Fails where the UI cannot be built.
pub fn check_node() -> Result<()> {
    let (major, minor) = NODE;
    match missing() {
        Some(missing) => {
            bail!("{missing}: the web UI needs Node.js {major}.{minor} or newer, with npm (https://nodejs.org)")
        }
        None => Ok(()),
    }
}

/// The packages that the lock file names, where they are not there yet.
fn packages() -> Result<()> {
    check_node()?;
    let changed = |path: &str| fs::metadata(root().join(path)).and_then(|file| file.modified()).ok();
    let (wanted, installed) = (changed("ui/package-lock.json"), changed("ui/node_modules/.package-lock.json"));
    if installed.is_some() && wanted <= installed {
        return Ok(());
    }
    run("Install the packages of the web UI", npm(&["ci", "--no-audit", "--no-fund"]), "npm's message is above.")
}

/// The files of the web UI in ui/dist.
pub fn build() -> Result<()> {
    packages()?;
    run("Build the web UI", npm(&["run", "--silent", "build"]), BUILD_ADVICE)
}

/// As [`build`], where that is possible. Where it is not, one line says what the server shows instead.
pub fn build_if_possible() {
    let reason = match missing() {
        Some(missing) => missing,
        None => match build() {
            Ok(()) => return,
            Err(error) => format!("{error:#}"),
        },
    };
    eprintln!("==> The server shows a plain page in the place of its web UI (`make ui` builds it): {reason}");
}

/// Types, style and format of the UI's sources.
pub fn check() -> Result<()> {
    packages()?;
    run("Check the web UI's sources", npm(&["run", "--silent", "check"]), "`make format` mends the format.")
}

/// The format of the UI's sources, where Node.js is there.
pub fn format() -> Result<()> {
    if missing().is_some() {
        return Ok(());
    }
    packages()?;
    run("Format the web UI's sources", npm(&["run", "--silent", "format"]), BUILD_ADVICE)
}

/// The UI's logic, the sizes of its files, and journeys through it in Chromium on a server of their own.
pub fn test() -> Result<()> {
    build()?;
    run("Test the web UI's logic", npm(&["run", "--silent", "test"]), TEST_ADVICE)?;
    run("Weigh the web UI's files", npm(&["run", "--silent", "budget"]), "The table above has the sizes.")?;
    let Some(chromium) = chromium::installed()? else { return Ok(()) };
    let mut journeys = npm(&["run", "--silent", "journeys"]);
    journeys.env("TRAINYARD_BIN", server_program()?).env("TRAINYARD_CHROMIUM", chromium);
    run("Go through the web UI in Chromium", journeys, TEST_ADVICE)
}

/// Measures the release program's web UI in Chromium, beside MLflow's own, and writes the section of docs/performance.md.
pub fn bench() -> Result<()> {
    build()?;
    let Some(chromium) = chromium::installed()? else { return Ok(()) };
    let stock = environments::stock_3_18()?;
    let mut bench = npm(&["run", "--silent", "bench"]);
    bench.env("TRAINYARD_BIN", release_program()?).env("TRAINYARD_CHROMIUM", chromium);
    bench.env("TRAINYARD_STOCK_PYTHON", stock.python());
    bench.envs(env::var_os(LIVE_MINUTES).map(|minutes| (LIVE_MINUTES, minutes)));
    run("Measure the web UI beside that of stock MLflow", bench, "The failing measurement is named above.")
}

/// Pictures of every page, dark and light, in docs/images/ui.
pub fn screenshots() -> Result<()> {
    build()?;
    let Some(chromium) = chromium::installed()? else { return Ok(()) };
    let mut pictures = npm(&["run", "--silent", "screenshots"]);
    pictures.env("TRAINYARD_BIN", server_program()?).env("TRAINYARD_CHROMIUM", chromium);
    run("Take pictures of the web UI", pictures, "The page that could not be shown is named above.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_of_node_is_compared_by_its_numbers() {
        for (version, enough) in [
            ("v20.19.0", true),
            ("v20.20.1", true),
            ("v22.1.0", true),
            ("v100.0.0", true),
            ("v20.18.9", false),
            ("v18.20.4", false),
            ("v9.99.0", false),
            ("v20", false),
            ("", false),
            ("node", false),
        ] {
            assert_eq!(is_new_enough(version), enough, "{version}");
        }
    }
}
