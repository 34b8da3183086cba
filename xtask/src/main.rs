//! Tasks that take more than one line: `make <task>`, or `cargo xtask <task>`.

mod chromium;
mod debian;
mod environments;
mod fresh_project;
mod one_build;
#[allow(dead_code, reason = "tests and the bench use more of it")]
mod postgres;
mod rust_frameworks;
#[cfg(test)]
mod sdk_examples;
mod step;
mod tasks;
mod torch_stubs;
mod web_ui;
mod wire_types;

use std::env;
use std::process::ExitCode;

use anyhow::{Result, bail};

/// Name, what it does, and the function.
type Task = (&'static str, &'static str, fn() -> Result<()>);

const TASKS: &[Task] = &[
    ("demo", "train the iris example and show what was recorded", tasks::demo),
    ("serve", "run the server on ./yard", tasks::serve),
    ("ui", "build the web UI, which release builds of the program hold", web_ui::build),
    ("test", "all tests: Rust, Python, the stock MLflow clients, and the web UI in Chromium", tasks::test),
    ("test-rust", "the tests of the Rust crates", tasks::test_rust),
    ("test-python", "the tests of the Python package", tasks::test_python),
    ("rust-frameworks", "the Rust examples, and what Python makes of the models they log", rust_frameworks::examples),
    (
        "rust-frameworks-all",
        "the Rust SDK with all frameworks: burn, candle, polars, xgb and lightgbm3 as well",
        rust_frameworks::all,
    ),
    (
        "fresh-project",
        "count the crates that the Rust client of a server stands on, and time its build from nothing",
        fresh_project::fresh_project,
    ),
    (
        "test-frameworks",
        "the tests and examples of PyTorch, TensorFlow and Keras, and of burn and candle",
        tasks::test_frameworks,
    ),
    ("interop", "exchange every kind of model with stock MLflow and write docs/interop.md", tasks::interop),
    ("test-chaos", "60 seconds of logging while server and program are killed again and again", tasks::test_chaos),
    ("conformance", "the stock MLflow clients against our server", tasks::conformance),
    (
        "conformance-stock",
        "the same scenarios against stock `mlflow server`, which proves them right",
        tasks::conformance_stock,
    ),
    (
        "conformance-record",
        "play the scenarios against stock `mlflow server` and write its answers",
        tasks::conformance_record,
    ),
    ("test-ui", "the web UI: its logic, its size, and journeys through it in Chromium", web_ui::test),
    ("test-browser", "MLflow's web UI on our server, in Chromium", tasks::test_browser),
    ("scoreboard", "write into docs/compatibility.md which scenarios are answered as by stock", tasks::scoreboard),
    ("wheel", "a release wheel of the Python package in target/wheels", tasks::wheel),
    ("package", "the packages of the Rust SDK, each built from what is in it", tasks::package),
    ("bench", "measure against stock MLflow and write docs/performance.md", tasks::bench),
    ("bench-ui", "measure the web UI in Chromium and write its section of docs/performance.md", web_ui::bench),
    ("screenshots", "take the pictures of the web UI in docs/images/ui", web_ui::screenshots),
    (
        "compatibility",
        "write the table of MLflow's names and the type stubs from the package as it is",
        tasks::compatibility,
    ),
    (
        "wire-types",
        "write the UI's types of the wire from crates/trainyard-api; with --check, say whether they are right",
        || wire_types::wire_types(false),
    ),
    ("lint", "formatting, clippy, ruff, the web UI's types, and cargo-deny where it is installed", tasks::lint),
    ("format", "format all Rust and Python code", tasks::format),
];

fn main() -> ExitCode {
    match run(&env::args().skip(1).collect::<Vec<_>>()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nerror: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(names: &[String]) -> Result<()> {
    if let [name, check] = names
        && name == "wire-types"
        && check == "--check"
    {
        return wire_types::wire_types(true);
    }
    let [name] = names else { bail!("name one task:\n{}", list()) };
    let Some((_, _, task)) = TASKS.iter().find(|(known, _, _)| known == name) else {
        bail!("there is no task {name:?}; the tasks are:\n{}", list())
    };
    task()
}

fn list() -> String {
    TASKS.iter().map(|(name, what, _)| format!("  {name:<18} {what}\n")).collect()
}
