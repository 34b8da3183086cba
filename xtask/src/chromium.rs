//! The browser of the tests: the one that is installed, else Debian's.

use std::env;
use std::path::PathBuf;

use anyhow::{Result, bail};

use crate::step::{program, run};

const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const ADVICE: &str =
    "Install Chromium yourself, or name its program with the variable TRAINYARD_CHROMIUM, then repeat.";

/// The program, installed from Debian's packages where it is missing and that is possible.
pub fn installed() -> Result<PathBuf> {
    if let Some(named) = env::var_os("TRAINYARD_CHROMIUM") {
        return Ok(named.into());
    }
    if let Some(found) = search(&NAMES) {
        return Ok(found);
    }
    if search(&["apt-get"]).is_none() {
        bail!("there is no Chromium. {ADVICE}");
    }
    run("Look for Debian's packages", apt(&["update", "-qq"]), ADVICE)?;
    run("Install Chromium from them", apt(&["install", "-qq", "-y", "--no-install-recommends", "chromium"]), ADVICE)?;
    match search(&NAMES) {
        Some(found) => Ok(found),
        None => bail!("Chromium was installed, but is not in the search path. {ADVICE}"),
    }
}

fn apt(arguments: &[&str]) -> std::process::Command {
    let mut apt = program("apt-get", arguments);
    apt.env("DEBIAN_FRONTEND", "noninteractive");
    apt
}

/// The first of these names in the search path.
fn search(names: &[&str]) -> Option<PathBuf> {
    let folders = env::var_os("PATH")?;
    let folders: Vec<PathBuf> = env::split_paths(&folders).collect();
    names.iter().find_map(|name| folders.iter().map(|folder| folder.join(name)).find(|file| file.is_file()))
}
