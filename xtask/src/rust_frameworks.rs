//! The Rust SDK with the training frameworks of Rust, each behind a feature of it.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use crate::step::{cargo, first_line, program, root, run};
use crate::tasks::{BUILD_ADVICE, CLIPPY_ADVICE, RUSTDOC_ADVICE, TEST_ADVICE};
use crate::{debian, environments};

/// Those that build in a minute or two.
const OF_EVERY_DAY: [&str; 7] = ["arrow", "cbor", "linfa", "ndarray", "onnx", "safetensors", "smartcore"];
const LARGE: [&str; 5] = ["burn-example", "candle", "lightgbm3", "polars", "xgb"];

type Variables = [(&'static str, PathBuf)];

/// The features of the SDK that are checked and tested with the workspace, for `--features`.
pub fn of_every_day() -> String {
    OF_EVERY_DAY.map(|feature| format!("trainyard/{feature}")).join(",")
}

/// The Rust examples, on an embedded store and a server, and what Python makes of the models they log.
pub fn examples() -> Result<()> {
    // As the tests of the workspace build them.
    let mut build = cargo(&["build", "--quiet", "--workspace", "--examples", "--features"]);
    build.arg(of_every_day());
    run_examples(build, &[])
}

fn run_examples(build: Command, variables: &Variables) -> Result<()> {
    run("Build the Rust examples", build, BUILD_ADVICE)?;
    let environment = environments::with_package()?;
    let stock = environments::stock_3_18()?;
    let mut tests = program(environment.python(), &["-m", "pytest", "python/tests/test_rust_models.py"]);
    tests.envs(variables.iter().cloned());
    tests.env("TRAINYARD_RUST_EXAMPLES", root().join("target/debug/examples"));
    tests.env("TRAINYARD_STOCK_PYTHON", stock.python());
    run("Run the Rust examples, and predict with their models from Python", tests, TEST_ADVICE)
}

/// The SDK with all frameworks: clippy, rustdoc, tests, and the examples.
pub fn all() -> Result<()> {
    let variables = native_boosters()?;
    let features = [OF_EVERY_DAY.as_slice(), &LARGE].concat().join(",");
    let sdk = |task: &str, targets: &[&str]| {
        let mut command = cargo(&[task, "--quiet", "-p", "trainyard", "--features", &features]);
        command.args(targets).envs(variables.iter().cloned());
        command
    };
    let clippy = sdk("clippy", &["--all-targets", "--", "-D", "warnings"]);
    run("Check the adapters for frameworks of Rust with clippy", clippy, CLIPPY_ADVICE)?;
    let mut documentation = sdk("doc", &["--no-deps"]);
    documentation.env("RUSTDOCFLAGS", "-Dwarnings");
    run("Check the documentation of the Rust SDK", documentation, RUSTDOC_ADVICE)?;
    let tests = sdk("test", &["--lib", "--test", "client"]);
    run("Test the adapters for frameworks of Rust", tests, TEST_ADVICE)?;
    let mut documentation = sdk("test", &["--doc"]);
    documentation.env("TRAINYARD_HOME", root().join("target/test-home"));
    run("Run the examples in their documentation", documentation, TEST_ADVICE)?;
    run_examples(sdk("build", &["--examples"]), &variables)
}

/// Variables of the environment by which the crates `xgb` and `lightgbm3` find what they are built with: the XGBoost of the
/// Python package, so that both are of one version, and CMake. libclang reads the headers.
fn native_boosters() -> Result<Vec<(&'static str, PathBuf)>> {
    debian::installed(&["clang"], "clang", "Install clang with libclang, then repeat.")?;
    let find = "import pathlib, xgboost; print(pathlib.Path(xgboost.__file__).parent / 'lib')";
    let folder = first_line(program(environments::with_package()?.python(), &["-c", find]));
    let xgboost = PathBuf::from(folder.context("the Python package xgboost cannot be found in .venv")?);
    let cmake = environments::boosters()?.program("cmake");
    Ok(vec![("CMAKE", cmake), ("XGBOOST_LIB_DIR", xgboost.clone()), ("LD_LIBRARY_PATH", xgboost)])
}
