//! Tests with a folder of journals of their own.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

/// Says that a process was started for one test.
const ALONE: &str = "TRAINYARD_TEST_ALONE";
/// How long a journal may take to go.
const PATIENCE: Duration = Duration::from_secs(60);

/// Runs the body in a process of its own, with an empty folder of journals and these variables.
pub fn at_home_with(test: &str, variables: &[(&str, &str)], body: impl FnOnce(&Path)) {
    if env::var_os(ALONE).is_some() {
        let home = env::var_os("TRAINYARD_HOME").unwrap();
        return body(&PathBuf::from(home).join("journal"));
    }
    let home = tempfile::tempdir().unwrap();
    let output = Command::new(env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"])
        .env("TRAINYARD_HOME", home.path())
        .env(ALONE, "1")
        .envs(variables.iter().copied())
        .output()
        .unwrap();
    let printed = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && printed.contains("1 passed"), "{printed}");
}

/// Runs the body in a process of its own, with an empty folder of journals.
pub fn at_home(test: &str, body: impl FnOnce(&Path)) {
    at_home_with(test, &[], body);
}

/// The folders that have a head, that is, the journals.
pub fn journals(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap();
    entries.map(|entry| entry.unwrap().path()).filter(|path| path.join("head").is_file()).collect()
}

/// Waits until no journal is left: one is removed soon after its last record is acknowledged.
pub fn journals_go(folder: &Path) {
    goes(|| journals(folder));
}

/// Waits until nothing is left in the folder of journals, be it a journal or not.
pub fn all_goes(folder: &Path) {
    goes(|| fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect());
}

fn goes(left: impl Fn() -> Vec<PathBuf>) {
    let since = Instant::now();
    while let [first, ..] = left().as_slice() {
        assert!(since.elapsed() < PATIENCE, "{} stays", first.display());
        std::thread::sleep(Duration::from_millis(2));
    }
}
