//! One step of a task: says what it does, shows the command, and on failure says what to do.

use std::env;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, bail};

/// The top folder of the checkout.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_owned()
}

/// A program to run in the checkout, free of the user's own MLflow and Trainyard settings, and of what cargo told this one
/// about itself: build scripts of some crates run again when that changes, as it does between `cargo` and `cargo xtask`.
pub fn program(name: impl AsRef<OsStr>, args: &[&str]) -> Command {
    let mut command = Command::new(name);
    command.args(args).current_dir(root());
    for (key, _) in env::vars_os() {
        let name = key.to_string_lossy();
        if ["MLFLOW_", "TRAINYARD_", "CARGO_MANIFEST_", "CARGO_PKG_"].iter().any(|start| name.starts_with(start)) {
            command.env_remove(&key);
        }
    }
    command
}

/// Cargo, the one that runs this program.
pub fn cargo(args: &[&str]) -> Command {
    program(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()), args)
}

/// Runs a command that has to succeed; `advice` tells a person what to do when it does not.
pub fn run(what: &str, mut command: Command, advice: &str) -> Result<()> {
    eprintln!("==> {what}\n    $ {}", shown(&command));
    let began = Instant::now();
    let status = command.status().with_context(|| format!("cannot start {:?}. {advice}", command.get_program()))?;
    if !status.success() {
        bail!("could not {}: `{}` ended with {status}. {advice}", lower_first(what), shown(&command));
    }
    eprintln!("    done in {:.1} s", began.elapsed().as_secs_f64());
    Ok(())
}

/// The first line a program prints, or nothing when it cannot be run.
pub fn first_line(mut command: Command) -> Option<String> {
    let output = command.output().ok().filter(|output| output.status.success())?;
    String::from_utf8_lossy(&output.stdout).lines().next().map(str::to_owned)
}

/// The command as a person would type it in the checkout.
fn shown(command: &Command) -> String {
    let root = format!("{}/", root().display());
    let program = command.get_program().to_string_lossy();
    let program = match program.strip_prefix(&root) {
        Some(ours) => ours,
        None => program.rsplit('/').next().unwrap_or_default(),
    };
    let arguments = command.get_args().map(|word| word.to_string_lossy().replace(&root, ""));
    std::iter::once(program.to_owned()).chain(arguments).collect::<Vec<_>>().join(" ")
}

fn lower_first(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}
