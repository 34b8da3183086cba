//! The two servers that are compared, each started in a data folder of its own.

use std::fs::File;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use tempfile::TempDir;

use crate::http::Connection;
use crate::process::{self, Usage};

const START_TIMEOUT: Duration = Duration::from_secs(120);
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
    arguments: &'static [&'static str],
}

impl Program {
    /// `trainyard server`.
    pub fn trainyard(binary: &Path) -> Result<Self> {
        let program = std::path::absolute(binary)?;
        if !program.is_file() {
            bail!("there is no program {}: `cargo build --release -p trainyard-cli` makes it", binary.display());
        }
        Ok(Self { program, arguments: &["server"] })
    }

    /// `mlflow server --workers 1` of an interpreter.
    pub fn stock(python: &Path) -> Result<Self> {
        let program = crate::python::interpreter(python).context("--stock-python")?;
        Ok(Self { program, arguments: &["-m", "mlflow", "server", "--workers", "1"] })
    }

    /// Starts the server on a new data folder and waits for its first answer.
    pub fn start(&self) -> Result<Server> {
        let folder = tempfile::tempdir()?;
        self.start_in(folder)
    }

    /// As [`Program::start`], on a data folder that may have been used before.
    pub fn start_in(&self, folder: TempDir) -> Result<Server> {
        let address = free_address()?;
        let log = File::create(folder.path().join("server.log"))?;
        let mut command = Command::new(&self.program);
        command
            .args(self.arguments)
            .args(["--host", "127.0.0.1", "--port", &address.port().to_string()])
            .arg("--backend-store-uri")
            .arg(format!("sqlite:///{}", folder.path().join("store.db").display()))
            .arg("--artifacts-destination")
            .arg(folder.path().join("artifacts"))
            .env("MLFLOW_DISABLE_TELEMETRY", "true")
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log);
        let began = Instant::now();
        let child = command.spawn().with_context(|| format!("start {}", self.program.display()))?;
        let mut server = Server { child, address, start: Duration::ZERO, folder: Some(folder) };
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
}

impl Server {
    /// Processor time and memory of the server with its workers.
    pub fn usage(&self) -> Result<Usage> {
        process::usage(self.child.id())
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
    pub fn stop(mut self) -> Option<TempDir> {
        self.terminate();
        self.folder.take()
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

    /// Stock's workers end with their parent only when it is asked politely, so: SIGTERM first.
    fn terminate(&mut self) {
        let pid = self.child.id().to_string();
        let asked = Command::new("kill").args(["-TERM", &pid]).status().is_ok_and(|status| status.success());
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

impl Drop for Server {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            self.terminate();
        }
    }
}

fn free_address() -> Result<SocketAddr> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?)
}
