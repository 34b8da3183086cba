//! Python virtual environments: `.venv` with our package, and `target/venvs/` with stock MLflow.
//!
//! Each remembers the recipe that made it and is made anew only when the recipe changes.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;

use anyhow::{Context, Result, bail};

use crate::step::{first_line, program, root, run};
use crate::torch_stubs;

const PYTHON_ADVICE: &str = "Install Python 3.11 or newer with venv and pip (Debian: `apt install python3-venv`), \
or name one with the variable PYTHON, then repeat.";
const PIP_ADVICE: &str = "pip needs the Python package index: check the network and pip's settings, then repeat.";

/// A virtual environment.
pub struct Environment {
    folder: PathBuf,
}

impl Environment {
    /// The Python interpreter.
    pub fn python(&self) -> PathBuf {
        self.folder.join("bin/python")
    }

    /// A program that one of the packages installs.
    pub fn program(&self, name: &str) -> PathBuf {
        self.folder.join("bin").join(name)
    }

    /// The folder, for `VIRTUAL_ENV`.
    pub fn folder(&self) -> &Path {
        &self.folder
    }
}

/// `.venv`: what developing, testing and the examples need, without our own package.
pub fn developer() -> Result<Environment> {
    prepare(root().join(".venv"), &[&["-r", "python/requirements-dev.txt"]])
}

/// Does the work of the processors while the environments are made, which mostly waits for the network.
pub fn made_during(work: impl FnOnce() -> Result<()>, environments: &[fn() -> Result<Environment>]) -> Result<()> {
    thread::scope(|scope| {
        let made = scope.spawn(|| environments.iter().try_for_each(|make| make().map(drop)));
        work()?;
        made.join().unwrap_or_else(|_| bail!("making the virtual environments has ended with an error"))
    })
}

/// `.venv` with our package built from this checkout.
pub fn with_package() -> Result<Environment> {
    let environment = developer()?;
    build_package_into(&environment)?;
    Ok(environment)
}

fn build_package_into(environment: &Environment) -> Result<()> {
    let mut build = program(environment.program("maturin"), &["develop"]);
    build.args(["--manifest-path", "python/Cargo.toml", "--quiet"]);
    build.env("VIRTUAL_ENV", environment.folder());
    let what = format!("Build the Python package into {}", shown(environment.folder()));
    run(&what, build, "The compiler's message is above.")
}

/// A folder as it is called in the checkout.
fn shown(folder: &Path) -> String {
    folder.strip_prefix(root()).unwrap_or(folder).display().to_string()
}

/// `target/venvs/bench`: the release wheel and what the examples need, as a user would install it.
pub fn with_release_wheel(wheel: &Path) -> Result<Environment> {
    let environment = prepare(root().join("target/venvs/bench"), &[&["-r", "python/requirements-dev.txt"]])?;
    let mut install = program(environment.python(), &["-m", "pip", "install", "--quiet", "--no-deps"]);
    install.arg("--force-reinstall").arg(wheel);
    run("Install the release wheel", install, PIP_ADVICE)?;
    Ok(environment)
}

/// `target/venvs/wheel`: the wheel and what it brings along, made anew each time.
pub fn with_nothing_but(wheel: &Path) -> Result<Environment> {
    let environment = Environment { folder: root().join("target/venvs/wheel") };
    let mut create = program(interpreter()?, &["-m", "venv", "--clear"]);
    create.arg(&environment.folder);
    run("Make an empty virtual environment", create, PYTHON_ADVICE)?;
    let mut install =
        program(environment.python(), &["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]);
    install.arg(wheel);
    run("Install the wheel into it", install, PIP_ADVICE)?;
    Ok(environment)
}

/// `target/venvs/mlflow-3.18`: the current stock client and server.
pub fn stock_3_18() -> Result<Environment> {
    // The wheel asks for mlflow-skinny of its own version, which was never published and which it does not need.
    prepare(
        root().join("target/venvs/mlflow-3.18"),
        &[&["-r", "tests/conformance/requirements-3.18.txt"], &["--no-deps", "mlflow==3.18.0"]],
    )
}

/// `target/venvs/mlflow-2.22`: the last stock client of the 2.x line.
pub fn stock_2_22() -> Result<Environment> {
    prepare(root().join("target/venvs/mlflow-2.22"), &[&["-r", "tests/conformance/requirements-2.22.txt"]])
}

/// `target/venvs/fasttrackml`: the `fml` program, which needs none of the packages that its own asks for.
pub fn fasttrackml() -> Result<Environment> {
    prepare(root().join("target/venvs/fasttrackml"), &[&["--no-deps", "fasttrackml==0.6.0"]])
}

/// `target/venvs/browser`: what drives Chromium.
pub fn browser() -> Result<Environment> {
    prepare(root().join("target/venvs/browser"), &[&["-r", "tests/browser/requirements.txt"]])
}

/// `target/venvs/frameworks`: PyTorch, Lightning, TensorFlow and Keras, with our package built from this checkout.
pub fn frameworks() -> Result<Environment> {
    let environment = prepare_with(
        root().join("target/venvs/frameworks"),
        &[&["-r", "python/requirements-dev.txt"], FRAMEWORKS],
        |made| torch_stubs::install(&made.python()),
    )?;
    build_package_into(&environment)?;
    Ok(environment)
}

/// `target/venvs/frameworks-stock`: the same frameworks with stock MLflow.
pub fn frameworks_stock() -> Result<Environment> {
    prepare_with(
        root().join("target/venvs/frameworks-stock"),
        &[&["-r", "tests/conformance/requirements-3.18.txt"], FRAMEWORKS, &["--no-deps", "mlflow==3.18.0"]],
        |made| torch_stubs::install(&made.python()),
    )
}

/// `target/venvs/boosters`: the CMake that LightGBM asks for, which is newer than that of some systems.
pub fn boosters() -> Result<Environment> {
    prepare(root().join("target/venvs/boosters"), &[&["cmake==4.4.5"]])
}

/// Exact and complete; torch would ask for the NVIDIA packages besides.
const FRAMEWORKS: &[&str] = &["--no-deps", "-r", "python/requirements-frameworks.txt"];

/// Makes the environment unless it is there and made by the same recipe: one `pip install` per list of arguments.
fn prepare(folder: PathBuf, installs: &[&[&str]]) -> Result<Environment> {
    prepare_with(folder, installs, |_| Ok(()))
}

/// The same, with something to do after the installs.
fn prepare_with(
    folder: PathBuf,
    installs: &[&[&str]],
    finish: impl FnOnce(&Environment) -> Result<()>,
) -> Result<Environment> {
    let python = interpreter()?;
    let environment = Environment { folder };
    let stamp = environment.folder.join("recipe.txt");
    let recipe = recipe(&python, installs)?;
    if fs::read_to_string(&stamp).is_ok_and(|made_by| made_by == recipe) {
        return Ok(environment);
    }
    let name = shown(&environment.folder);
    let mut create = program(&python, &["-m", "venv", "--clear"]);
    create.arg(&environment.folder);
    run(&format!("Make the virtual environment {name}"), create, PYTHON_ADVICE)?;
    for arguments in installs {
        let mut install =
            program(environment.python(), &["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]);
        install.args(*arguments);
        run(&format!("Install packages into {name} (first time: some minutes)"), install, PIP_ADVICE)?;
    }
    finish(&environment)?;
    fs::write(&stamp, recipe).with_context(|| format!("cannot write {}", stamp.display()))?;
    Ok(environment)
}

/// Everything that decides what the environment holds: Python, the arguments, and the files they name.
fn recipe(python: &str, installs: &[&[&str]]) -> Result<String> {
    let version = first_line(program(python, &["-c", "import sys; print(sys.executable, sys.version)"]));
    let mut recipe = version.unwrap_or_default();
    for arguments in installs {
        recipe += &format!("\npip install {}\n", arguments.join(" "));
        for file in arguments.iter().filter(|argument| argument.ends_with(".txt")) {
            recipe += &fs::read_to_string(root().join(file)).with_context(|| format!("cannot read {file}"))?;
        }
    }
    Ok(recipe)
}

/// The Python interpreter that environments are made with.
pub fn interpreter() -> Result<String> {
    let python = std::env::var("PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let check = program(&python, &["-c", "import sys; print(sys.version_info >= (3, 11))"]);
    match first_line(check).as_deref() {
        Some("True") => Ok(python),
        Some(_) => bail!("{python} is older than 3.11. {PYTHON_ADVICE}"),
        None => bail!("cannot run {python}. {PYTHON_ADVICE}"),
    }
}
