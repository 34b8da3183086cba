//! The servers under test: Trainyard's and its peers, each started in a data folder of its own.

use std::fs::File;
use std::io::Write as _;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;
use tempfile::TempDir;

use crate::http::Connection;
use crate::postgres::Postgres;
use crate::process::{self, Usage};

/// Stock takes half a minute on an idle machine.
const START_TIMEOUT: Duration = Duration::from_secs(600);
/// A server is at rest when it has used less than this of one processor for a second.
const REST_SHARE: f64 = 0.03;

/// Which of the two a figure is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Trainyard.
    Ours,
    /// Stock MLflow.
    Stock,
}

impl Side {
    /// As it is called in what people read.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ours => "Trainyard",
            Self::Stock => "stock MLflow",
        }
    }
}

/// How to start one of the servers.
#[derive(Debug, Clone)]
pub struct Program {
    program: PathBuf,
    kind: Kind,
}

#[derive(Debug, Clone)]
enum Kind {
    Trainyard,
    TrainyardOnPostgres,
    Stock,
    StockDefault,
    FastTrackMl,
}

impl Program {
    /// `trainyard server` on SQLite.
    pub fn trainyard(binary: &Path) -> Result<Self> {
        let program = file(binary, "`cargo build --release -p trainyard-cli` makes it")?;
        Ok(Self { program, kind: Kind::Trainyard })
    }

    /// The same on a PostgreSQL of its own.
    pub fn on_postgres(&self) -> Self {
        Self { program: self.program.clone(), kind: Kind::TrainyardOnPostgres }
    }

    /// `mlflow server --workers 1` of an interpreter.
    pub fn stock(python: &Path) -> Result<Self> {
        let program = crate::python::interpreter(python).context("--stock-python")?;
        Ok(Self { program, kind: Kind::Stock })
    }

    /// The same with as many workers as `mlflow server` starts by itself.
    pub fn with_default_workers(&self) -> Self {
        Self { program: self.program.clone(), kind: Kind::StockDefault }
    }

    /// Runs a script with the interpreter of stock; returns what it prints.
    pub fn python(&self, script: &str, arguments: &[&str], input: &str) -> Result<String> {
        let mut child = Command::new(&self.program)
            .args(["-c", script])
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        child.stdin.take().context("the input of the script")?.write_all(input.as_bytes())?;
        let output = child.wait_with_output()?;
        ensure!(output.status.success(), "the script ended with {}", output.status);
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }

    /// Runs `trainyard db <command> --json` on the store of a server that has been stopped; returns what it prints.
    pub fn database(&self, folder: &Path, postgres: Option<&Postgres>, command: &str) -> Result<Value> {
        let store = match postgres {
            Some(postgres) => postgres.url(),
            None => format!("sqlite:///{}", folder.join("store.db").display()),
        };
        let output = Command::new(&self.program)
            .args(["db", command, "--json", "--backend-store-uri", &store])
            .current_dir(folder)
            .output()?;
        let errors = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "`trainyard db {command}` failed: {errors}");
        serde_json::from_slice(&output.stdout).with_context(|| format!("`trainyard db {command}` printed no JSON"))
    }

    /// `fml server` on SQLite.
    pub fn fasttrackml(binary: &Path) -> Result<Self> {
        let program = file(binary, "`make bench` installs FastTrackML")?;
        Ok(Self { program, kind: Kind::FastTrackMl })
    }

    /// Starts the server on a new data folder and waits for its first answer.
    pub fn start(&self) -> Result<Server> {
        let folder = tempfile::tempdir()?;
        self.start_in(folder)
    }

    /// As [`Program::start`], on a data folder that may have been used before.
    pub fn start_in(&self, folder: TempDir) -> Result<Server> {
        let postgres = match &self.kind {
            // The settings of a new cluster.
            Kind::TrainyardOnPostgres => Some(Postgres::with_settings([""; 0]).map_err(anyhow::Error::msg)?),
            _ => None,
        };
        self.start_on(folder, postgres)
    }

    /// As [`Program::start_in`], on a database server that is running.
    pub fn start_on(&self, folder: TempDir, postgres: Option<Postgres>) -> Result<Server> {
        let address = free_address()?;
        let log = File::create(folder.path().join("server.log"))?;
        let database = folder.path().join("store.db");
        let artifacts = folder.path().join("artifacts");
        let mut command = Command::new(&self.program);
        match self.kind {
            Kind::Trainyard | Kind::TrainyardOnPostgres => command.arg("server"),
            Kind::Stock => command.args(["-m", "mlflow", "server", "--workers", "1"]),
            Kind::StockDefault => command.args(["-m", "mlflow", "server"]),
            Kind::FastTrackMl => command.args(["server", "--log-level", "error"]),
        };
        if matches!(self.kind, Kind::FastTrackMl) {
            command.args(["--listen-address", &address.to_string()]);
            command.arg("--database-uri").arg(format!("sqlite://{}", database.display()));
            command.arg("--default-artifact-root").arg(artifacts);
        } else {
            command.args(["--host", "127.0.0.1", "--port", &address.port().to_string()]);
            command.arg("--backend-store-uri").arg(match &postgres {
                Some(postgres) => postgres.url(),
                None => format!("sqlite:///{}", database.display()),
            });
            command.arg("--artifacts-destination").arg(artifacts);
        }
        command
            .env("MLFLOW_DISABLE_TELEMETRY", "true")
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log);
        let began = Instant::now();
        let child = command.spawn().with_context(|| format!("start {}", self.program.display()))?;
        let mut server = Server { child, address, start: Duration::ZERO, folder: Some(folder), postgres };
        server.wait_for_answer(began)?;
        Ok(server)
    }
}

/// A running server; stopped when dropped.
#[derive(Debug)]
pub struct Server {
    child: Child,
    /// Where it listens.
    pub address: SocketAddr,
    /// From starting the process to the first answer of `/health`.
    pub start: Duration,
    folder: Option<TempDir>,
    postgres: Option<Postgres>,
}

impl Server {
    /// Processor time and memory of the server with its workers, and of its own database server.
    pub fn usage(&self) -> Result<Usage> {
        let roots: Vec<u32> =
            std::iter::once(self.child.id()).chain(self.postgres.as_ref().map(Postgres::pid)).collect();
        process::usage(&roots)
    }

    /// Resident memory in bytes of the server alone.
    pub fn resident(&self) -> Result<u64> {
        Ok(process::usage(&[self.child.id()])?.resident)
    }

    /// Waits until the server has finished what it does after its first answer: stock starts more processes then, whose
    /// start would be counted as the cost of the first requests.
    pub fn settle(&self) -> Result<()> {
        let began = Instant::now();
        let mut last = self.usage()?.cpu;
        while began.elapsed() < START_TIMEOUT {
            std::thread::sleep(Duration::from_secs(1));
            let now = self.usage()?.cpu;
            if now.saturating_sub(last).as_secs_f64() < REST_SHARE {
                return Ok(());
            }
            last = now;
        }
        bail!("the server has not come to rest in {} s", START_TIMEOUT.as_secs())
    }

    /// Stops the server and hands out its data folder.
    pub fn stop(self) -> Option<TempDir> {
        self.stop_all().0
    }

    /// Stops the server and hands out its data folder and its database server, which goes on.
    pub fn stop_all(mut self) -> (Option<TempDir>, Option<Postgres>) {
        self.terminate();
        (self.folder.take(), self.postgres.take())
    }

    fn wait_for_answer(&mut self, began: Instant) -> Result<()> {
        while began.elapsed() < START_TIMEOUT {
            if let Some(status) = self.child.try_wait()? {
                bail!("the server ended with {status}:\n{}", self.log());
            }
            if Connection::open(self.address).and_then(|mut one| one.send("GET", "/health", b"").map(|_| ())).is_ok() {
                self.start = began.elapsed();
                return Ok(());
            }
            std::thread::sleep(Duration::from_micros(200));
        }
        bail!("the server has not answered in {} s:\n{}", START_TIMEOUT.as_secs(), self.log())
    }

    fn log(&self) -> String {
        let path = self.folder.as_ref().map(|folder| folder.path().join("server.log"));
        path.and_then(|path| std::fs::read_to_string(path).ok()).unwrap_or_default()
    }

    /// Stops the server and what it has started. Stock's workers end with their parent only when it is asked politely,
    /// and its other helpers not even then: they would go on beside what is measured next.
    fn terminate(&mut self) {
        let mut helpers = process::tree(&[self.child.id()]).unwrap_or_default();
        helpers.retain(|process| process.pid != self.child.id());
        self.end_politely();
        for helper in helpers.iter().filter(|helper| helper.is_there()) {
            signal("-KILL", helper.pid);
        }
    }

    fn end_politely(&mut self) {
        let asked = signal("-TERM", self.child.id());
        let deadline = Instant::now() + Duration::from_secs(20);
        while asked && Instant::now() < deadline {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        // Already over when it fails; nothing is left to be done then.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Whether the signal could be sent.
fn signal(signal: &str, pid: u32) -> bool {
    Command::new("kill").args([signal, &pid.to_string()]).status().is_ok_and(|status| status.success())
}

impl Drop for Server {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            self.terminate();
        }
    }
}

fn file(path: &Path, advice: &str) -> Result<PathBuf> {
    let program = std::path::absolute(path)?;
    ensure!(program.is_file(), "there is no program {}: {advice}", path.display());
    Ok(program)
}

fn free_address() -> Result<SocketAddr> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?)
}

/// Bytes on disk of the store of a server that has been stopped; on PostgreSQL after a VACUUM, and with the
/// statistics that it gathers, as autovacuum would some minutes later.
pub fn size(folder: &Path, postgres: Option<&Postgres>) -> Result<u64> {
    match postgres {
        Some(postgres) => {
            let ask = |sql| postgres.query(sql).map_err(anyhow::Error::msg);
            ask("VACUUM (ANALYZE)")?;
            let text = ask("SELECT pg_database_size(current_database())")?;
            text.parse().with_context(|| format!("a size, not {text:?}"))
        }
        None => Ok(folder.join("store.db").metadata()?.len()),
    }
}
