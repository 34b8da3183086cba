//! Programs that Debian's packages bring, installed where they are missing.

use std::env;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use crate::step::{program, run};

/// The first of these programs in the search path; where there is none, that of a package which is then installed.
pub fn installed(names: &[&str], package: &str, advice: &str) -> Result<PathBuf> {
    if let Some(found) = search(names) {
        return Ok(found);
    }
    if search(&["apt-get"]).is_none() {
        bail!("there is no {package}. {advice}");
    }
    run("Look for Debian's packages", apt(&["update", "-qq"]), advice)?;
    let install = apt(&["install", "-qq", "-y", "--no-install-recommends", package]);
    run(&format!("Install {package} from them"), install, advice)?;
    search(names).with_context(|| format!("{package} was installed, but is not in the search path. {advice}"))
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
