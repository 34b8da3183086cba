//! What the crate `trainyard` costs a new project that wants the client of a server alone: crates, and the time of a build.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, bail};

use crate::step::{cargo, root, run};
use crate::tasks::BUILD_ADVICE;

/// Fewer crates than this are built for the client of a server, itself and those of build scripts among them.
const TOO_MANY_CRATES: usize = 80;

const MAIN: &str = r#"fn main() -> Result<(), trainyard::Error> {
    let run = trainyard::Run::builder().tracking_uri("http://127.0.0.1:5000").experiment("iris").start()?;
    run.log_metric("loss", 0.5, 0)?;
    run.finish()
}
"#;

/// Counts the crates and builds the project from nothing.
pub fn fresh_project() -> Result<()> {
    let project = count()?;
    // What has to be downloaded is no part of the build.
    run("Fetch what the new project needs", within(&project, &["fetch", "--quiet"]), BUILD_ADVICE)?;
    let (began, used) = (Instant::now(), cpu_of_children());
    run("Build the new project from nothing", within(&project, &["build", "--quiet"]), BUILD_ADVICE)?;
    let seconds = began.elapsed().as_secs_f64();
    match used.zip(cpu_of_children()) {
        Some((before, after)) => {
            eprintln!("==> The build took {:.0} s of CPU in {seconds:.0} s ({})", after - before, load())
        }
        None => eprintln!("==> The build took {seconds:.0} s ({})", load()),
    }
    Ok(())
}

/// Makes a project outside of the workspace that depends on the crate by path, without its default features; counts the crates
/// that are built for it, and fails when they are too many. Nothing is built.
pub fn count() -> Result<PathBuf> {
    let project = root().join("target/fresh-project");
    let _ = fs::remove_dir_all(&project);
    write(&project)?;
    let built = crates(&project, "normal,build")?;
    let linked = crates(&project, "normal")?.len();
    eprintln!(
        "==> The client of a server is built from {} crates, itself among them; {linked} are linked",
        built.len()
    );
    if built.len() >= TOO_MANY_CRATES {
        let names: Vec<&str> = built.iter().map(String::as_str).collect();
        bail!(
            "the crate trainyard without its default features is built from {} crates, and {TOO_MANY_CRATES} are too many: {}",
            built.len(),
            names.join(", ")
        );
    }
    Ok(project)
}

fn write(project: &Path) -> Result<()> {
    let manifest = format!(
        "[package]\nname = \"fresh\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\n\
         trainyard = {{ path = \"{}\", default-features = false }}\n\n[workspace]\n",
        root().join("crates/trainyard").display()
    );
    fs::create_dir_all(project.join("src")).context("make the new project")?;
    fs::write(project.join("Cargo.toml"), manifest).context("write its manifest")?;
    fs::write(project.join("src/main.rs"), MAIN).context("write its program")?;
    // The versions of our own lock file are those that were tried.
    fs::copy(root().join("Cargo.lock"), project.join("Cargo.lock")).context("copy Cargo.lock")?;
    Ok(())
}

/// Names and versions of all crates that the program gets along such edges, without itself.
fn crates(project: &Path, edges: &str) -> Result<BTreeSet<String>> {
    let mut tree = within(project, &["tree", "--prefix", "none", "--edges", edges, "--format", "{p}"]);
    let output = tree.output().context("cannot start cargo")?;
    if !output.status.success() {
        bail!("`cargo tree` failed: {}", String::from_utf8_lossy(&output.stderr));
    }
    let listed = String::from_utf8(output.stdout).context("cargo tree")?;
    // A line is `name v1.2.3 (path) (*)`.
    let names = listed.lines().filter_map(|line| {
        let mut words = line.split_whitespace();
        Some(format!("{} {}", words.next()?, words.next()?))
    });
    Ok(names.filter(|name| !name.starts_with("fresh ")).collect())
}

/// Cargo in the project, with a target folder of its own.
fn within(project: &Path, args: &[&str]) -> Command {
    let mut command = cargo(args);
    command.current_dir(project).env("CARGO_TARGET_DIR", project.join("target"));
    command
}

/// Seconds of CPU that ended processes below this one have used. Linux counts them in hundredths, at the 16th and 17th place.
fn cpu_of_children() -> Option<f64> {
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    // The second place is the program's name in parentheses, which may hold spaces.
    let (_, places) = stat.rsplit_once(") ")?;
    let of_children = places.split_whitespace().skip(13).take(2);
    let ticks: Vec<f64> = of_children.map(|ticks| ticks.parse().ok()).collect::<Option<_>>()?;
    Some(ticks.iter().sum::<f64>() / 100.0)
}

/// How busy the machine is, without which a time says little.
fn load() -> String {
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let processors = std::thread::available_parallelism().map_or(0, usize::from);
    match load.split_whitespace().next() {
        Some(load) => format!("{processors} processors, load average of the last minute {load}"),
        None => format!("{processors} processors"),
    }
}
