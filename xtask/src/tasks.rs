//! The tasks themselves.

use std::fs;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

use crate::environments::{self, Environment};
use crate::postgres::Postgres;
use crate::step::{cargo, first_line, program, root, run};
use crate::wire_types::wire_types;
use crate::{chromium, debian, fresh_project, one_build, rust_frameworks, web_ui};

/// Names the database that tests make schemas in.
const POSTGRES_URL: &str = "TRAINYARD_TEST_POSTGRES_URL";
pub const TEST_ADVICE: &str = "The failing test is named above.";
pub const BUILD_ADVICE: &str = "The compiler's message is above.";
pub const CLIPPY_ADVICE: &str = "Mend what clippy names above.";
pub const RUSTDOC_ADVICE: &str = "Mend the links that rustdoc names above.";

/// Trains the iris example with the Python package and says how to look at the result.
pub fn demo() -> Result<()> {
    web_ui::build_if_possible();
    let environment = environments::with_package()?;
    let mut example = program(environment.python(), &["examples/sklearn_iris.py"]);
    example.env("TRAINYARD_TRACKING_URI", "sqlite:///yard/yard.db");
    run("Train the iris example; everything is recorded in ./yard", example, "The example's message is above.")?;
    eprintln!(
        "\nThe run and its model are in ./yard. Look at them:\n\
         \x20 .venv/bin/trainyard runs list\n\
         \x20 .venv/bin/trainyard models show iris-classifier\n\
         \x20 make serve        # the same in the browser and for every MLflow client, at http://127.0.0.1:5000"
    );
    Ok(())
}

/// Everything: Rust, Python, the stock clients, and the web UI.
pub fn test() -> Result<()> {
    // What would be missing at the end of half an hour is said at the beginning.
    environments::interpreter()?;
    web_ui::check_node()?;
    let environments = [environments::developer, environments::stock_3_18, environments::stock_2_22];
    environments::made_during(test_rust, &environments)?;
    test_python()?;
    rust_frameworks::examples()?;
    conformance()?;
    test_browser()?;
    web_ui::test()
}

/// The tests of all crates, and the examples in their documentation, on SQLite and on PostgreSQL.
pub fn test_rust() -> Result<()> {
    let postgres = postgres()?;
    let mut tests = cargo(&["test", "--workspace", "--quiet", "--no-fail-fast", "--features"]);
    tests.arg(rust_frameworks::of_every_day());
    // Examples in the documentation log as a user's program does, into a journal.
    tests.env("TRAINYARD_HOME", root().join("target/test-home"));
    if let Some(postgres) = &postgres {
        tests.env(POSTGRES_URL, postgres.url());
    }
    run("Test the Rust crates", tests, TEST_ADVICE)
}

/// A PostgreSQL server for as long as a task takes; none where the tests on it are not wanted.
fn postgres() -> Result<Option<Postgres>> {
    if std::env::var("TRAINYARD_TEST_POSTGRES").is_ok_and(|wanted| wanted == "none") {
        eprintln!("==> TRAINYARD_TEST_POSTGRES=none: nothing is tested on PostgreSQL");
        return Ok(None);
    }
    eprintln!("==> Start a PostgreSQL server for the tests");
    Postgres::start().map(Some).map_err(anyhow::Error::msg)
}

/// The tests of the Python package, also against stock MLflow where they exchange models with it.
pub fn test_python() -> Result<()> {
    let server = server_program()?;
    let environment = environments::with_package()?;
    let stock = environments::stock_3_18()?;
    // By files, whose tests share what they start; each process has servers of its own, stock's among them.
    let together = ["--numprocesses=auto", "--maxprocesses=4", "--dist=loadfile"];
    let mut tests = program(environment.python(), &["-m", "pytest", "python/tests"]);
    tests.args(together);
    tests.env("TRAINYARD_BIN", server).env("TRAINYARD_STOCK_PYTHON", stock.python());
    let postgres = postgres()?;
    if let Some(postgres) = &postgres {
        tests.env(POSTGRES_URL, postgres.url());
    }
    run("Test the Python package", tests, TEST_ADVICE)
}

/// What needs PyTorch, TensorFlow or Keras, or burn or candle: too large for every day, so in an environment of its
/// own.
pub fn test_frameworks() -> Result<()> {
    let server = server_program()?;
    let environment = environments::frameworks()?;
    let stock = environments::frameworks_stock()?;
    let mut tests = program(environment.python(), &["-m", "pytest", "python/tests", "-m", "heavy"]);
    tests.env("TRAINYARD_BIN", server).env("TRAINYARD_STOCK_PYTHON", stock.python());
    run("Test the flavors of PyTorch, TensorFlow and Keras", tests, TEST_ADVICE)?;
    rust_frameworks::all()
}

/// The interop matrix, whose results become the table in docs/interop.md.
pub fn interop() -> Result<()> {
    for (part, environment, stock) in [
        ("not heavy", environments::with_package()?, environments::stock_3_18()?),
        ("heavy", environments::frameworks()?, environments::frameworks_stock()?),
    ] {
        let mut tests = program(environment.python(), &["-m", "pytest", "python/tests/interop", "-m", part]);
        tests.env("TRAINYARD_INTEROP_TABLE", "1").env("TRAINYARD_STOCK_PYTHON", stock.python());
        run("Exchange models with stock MLflow", tests, TEST_ADVICE)?;
    }
    Ok(())
}

/// The long form of the test that kills the server and the program that logs.
pub fn test_chaos() -> Result<()> {
    let environment = environments::with_package()?;
    let mut tests = program(environment.python(), &["-m", "pytest", "python/tests/journal/test_chaos.py"]);
    tests.env("TRAINYARD_CHAOS", "full");
    run("Kill server and program while logging, for a minute", tests, TEST_ADVICE)
}

/// The stock clients, current and old, against our server.
pub fn conformance() -> Result<()> {
    let server = server_program()?;
    for environment in [environments::stock_3_18()?, environments::stock_2_22()?] {
        let mut scenarios = scenarios(&environment);
        scenarios.env("TRAINYARD_BIN", &server);
        run("Test our server with a stock MLflow client", scenarios, TEST_ADVICE)?;
    }
    Ok(())
}

/// The scenarios against stock `mlflow server`.
pub fn conformance_stock() -> Result<()> {
    let environment = environments::stock_3_18()?;
    let mut scenarios = scenarios(&environment);
    scenarios.env("TRAINYARD_CONFORMANCE_TARGET", "stock").env("TRAINYARD_STOCK_PYTHON", environment.python());
    run("Test the scenarios against stock MLflow", scenarios, TEST_ADVICE)
}

/// MLflow's web UI on our server, in Chromium.
pub fn test_browser() -> Result<()> {
    let Some(chromium) = chromium::installed()? else { return Ok(()) };
    let server = server_program()?;
    let stock = environments::stock_3_18()?;
    let environment = environments::browser()?;
    let mut tests = program(environment.python(), &["-m", "pytest", "tests/browser"]);
    tests.env("TRAINYARD_BIN", server).env("TRAINYARD_STOCK_PYTHON", stock.python());
    tests.env("TRAINYARD_CHROMIUM", chromium);
    for name in ["TRAINYARD_BROWSER_RUNS", "TRAINYARD_BROWSER_SHOTS"] {
        tests.envs(std::env::var_os(name).map(|value| (name, value)));
    }
    run("Test MLflow's web UI on our server in Chromium", tests, TEST_ADVICE)
}

/// Stock's answers to the scenarios that are data, into tests/conformance/recorded.
pub fn conformance_record() -> Result<()> {
    let environment = environments::stock_3_18()?;
    let mut record = program(environment.python(), &["tests/conformance/record_stock.py"]);
    record.env("TRAINYARD_CONFORMANCE_TARGET", "stock").env("TRAINYARD_STOCK_PYTHON", environment.python());
    run("Record the answers of stock MLflow", record, "The message above names the scenario.")?;
    scoreboard()
}

/// The scoreboard in docs/compatibility.md.
pub fn scoreboard() -> Result<()> {
    let environment = environments::stock_3_18()?;
    let scoreboard = program(environment.python(), &["tests/conformance/scoreboard.py"]);
    run("Write the scoreboard into docs/compatibility.md", scoreboard, "The message is above.")
}

fn scenarios(environment: &Environment) -> Command {
    program(environment.python(), &["-m", "pytest", "tests/conformance"])
}

/// The server on ./yard, in the place of this process, so that signals reach it alone. Its variables are the user's.
pub fn serve() -> Result<()> {
    web_ui::build_if_possible();
    let server = server_program()?;
    eprintln!("==> Serve ./yard; Ctrl-C ends it\n    $ target/debug/trainyard server");
    let error = Command::new(&server).arg("server").current_dir(root()).exec();
    Err(error).with_context(|| format!("cannot start {}. Build it again with `cargo build`", server.display()))
}

/// Builds the `trainyard` program as it is for development.
///
/// As part of the workspace and not by itself: with the same features of dependencies as in the tests and the Python
/// package, so that they are compiled once.
pub fn server_program() -> Result<PathBuf> {
    run(
        "Build the trainyard program",
        cargo(&["build", "--quiet", "--workspace", "--bin", "trainyard"]),
        BUILD_ADVICE,
    )?;
    Ok(root().join("target/debug/trainyard"))
}

/// Builds the `trainyard` program as it is given out, with the web UI's files in it.
pub fn release_program() -> Result<PathBuf> {
    let build = cargo(&["build", "--quiet", "--workspace", "--release", "--bin", "trainyard"]);
    run("Build the release program", build, BUILD_ADVICE)?;
    Ok(root().join("target/release/trainyard"))
}

/// A release wheel in target/wheels, tried in an environment that holds nothing else.
pub fn wheel() -> Result<()> {
    let wheel = release_wheel()?;
    let environment = environments::with_nothing_but(&wheel)?;
    let check = program(environment.python(), &["python/check_wheel.py"]);
    run("Record a run with nothing but the wheel installed", check, "The message above says what was expected.")?;
    eprintln!("\nInstall it with: pip install {}", wheel.strip_prefix(root()).unwrap_or(&wheel).display());
    Ok(())
}

fn release_wheel() -> Result<PathBuf> {
    web_ui::build_if_possible();
    let environment = environments::developer()?;
    let wheels = root().join("target/wheels");
    // Only the wheel of this build is left afterwards, so that its name need not be guessed.
    if wheels.exists() {
        fs::remove_dir_all(&wheels).context("cannot empty target/wheels")?;
    }
    let mut build =
        program(environment.program("maturin"), &["build", "--release", "--quiet", "--out", "target/wheels"]);
    build.args(["--manifest-path", "python/Cargo.toml", "--interpreter"]).arg(environment.python());
    run("Build the release wheel", build, BUILD_ADVICE)?;
    let built = fs::read_dir(&wheels).context("cannot list target/wheels")?.next();
    Ok(built.context("maturin left no wheel in target/wheels")??.path())
}

/// The crates that are published, in the order of their dependencies.
const PUBLISHED: [&str; 4] = ["trainyard-api", "trainyard-artifacts", "trainyard-store", "trainyard"];

/// The packages of the Rust SDK as a registry would get them, in target/package, each built from what is in it.
///
/// One command for all: cargo then takes those that a package depends on from the same folder, and no registry has to have
/// them. Nothing is uploaded, so changes that are not committed may be in them.
pub fn package() -> Result<()> {
    let mut package = cargo(&["package", "--quiet", "--allow-dirty"]);
    for name in PUBLISHED {
        package.args(["--package", name]);
    }
    run("Package the Rust SDK, and build it from its packages", package, "cargo's message is above.")?;
    eprintln!("\nThe packages are in target/package.");
    Ok(())
}

/// Measures release builds against stock MLflow and other peers; the bench writes docs/performance.md.
pub fn bench() -> Result<()> {
    debian::installed(&["wrk"], "wrk", "Install wrk, the load generator, then repeat.")?;
    let environment = environments::with_release_wheel(&release_wheel()?)?;
    let stock = environments::stock_3_18()?;
    let release = release_program()?;
    let mut bench = cargo(&["run", "--quiet", "--release", "--package", "trainyard-bench"]);
    bench
        .env("TRAINYARD_BIN", release)
        .env("TRAINYARD_PYTHON", environment.python())
        .env("TRAINYARD_STOCK_PYTHON", stock.python());
    match environments::fasttrackml() {
        Ok(fasttrackml) => {
            bench.env("TRAINYARD_FASTTRACKML", fasttrackml.program("fml"));
        }
        // The bench leaves it out and says so in the document.
        Err(error) => eprintln!("==> FastTrackML cannot be had: {error:#}"),
    }
    run("Measure against stock MLflow and FastTrackML", bench, "The bench's message is above.")
}

/// Writes what is derived from the Python package's public names: the table in docs/compatibility.md, the type stubs.
pub fn compatibility() -> Result<()> {
    let environment = environments::with_package()?;
    for (what, tool) in [("Write the table of MLflow's names", "table.py"), ("Write the type stubs", "stub_files.py")] {
        let tool = format!("python/tools/{tool}");
        run(what, program(environment.python(), &[&tool]), "The message is above.")?;
    }
    Ok(())
}

/// Formatting, clippy, ruff, and cargo-deny where it is installed.
pub fn lint() -> Result<()> {
    run("Check the format of Rust code", cargo(&["fmt", "--all", "--check"]), "Run `make format`.")?;
    one_build::check()?;
    environments::made_during(lint_rust, &[environments::developer])?;
    wire_types(true)?;
    web_ui::check()?;
    let ruff = environments::developer()?.program("ruff");
    run("Check Python code with ruff", program(&ruff, RUFF_CHECK), "Mend what ruff names above.")?;
    let check = [RUFF_FORMAT, &["--check"]].concat();
    run("Check the format of Python code", program(&ruff, &check), "Run `make format`.")?;
    if first_line(cargo(&["deny", "--version"])).is_none() {
        eprintln!(
            "==> cargo-deny is not installed: licences and advisories are not checked (`cargo install cargo-deny`)"
        );
        return Ok(());
    }
    run("Check licences, sources and advisories", cargo(&["deny", "check"]), "deny.toml holds the rules.")
}

/// clippy and rustdoc, with the frameworks of Rust; clippy also with none of the SDK's features, and how much that stands on.
fn lint_rust() -> Result<()> {
    let features = rust_frameworks::of_every_day();
    let mut clippy = cargo(&["clippy", "--workspace", "--all-targets", "--quiet", "--features", &features]);
    clippy.args(["--", "-D", "warnings"]);
    run("Check Rust code with clippy", clippy, CLIPPY_ADVICE)?;
    let mut documentation = cargo(&["doc", "--workspace", "--no-deps", "--quiet", "--features", &features]);
    documentation.env("RUSTDOCFLAGS", "-Dwarnings");
    run("Check the documentation of the Rust crates", documentation, RUSTDOC_ADVICE)?;
    fresh_project::count()?;
    let least = ["clippy", "-p", "trainyard", "--lib", "--no-default-features", "--quiet", "--", "-D", "warnings"];
    run("Check the client of a server alone with clippy", cargo(&least), CLIPPY_ADVICE)
}

/// Formats all code.
pub fn format() -> Result<()> {
    run("Format Rust code", cargo(&["fmt", "--all"]), BUILD_ADVICE)?;
    let ruff = environments::developer()?.program("ruff");
    run("Format Python code", program(&ruff, RUFF_FORMAT), "ruff's message is above.")?;
    web_ui::format()
}

/// The folders hold modules of ours, which ruff would take for somebody else's.
const RUFF_CHECK: &[&str] = &[
    "check",
    "--config",
    "python/pyproject.toml",
    "--config",
    r#"src = ["python", "python/tests", "tests/browser", "tests/conformance"]"#,
    "python",
    "examples",
    "tests",
    "crates",
];
const RUFF_FORMAT: &[&str] = &["format", "--config", "python/pyproject.toml", "python", "examples", "tests", "crates"];
