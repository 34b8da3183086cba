//! wrk, the load generator: its scripts, one run of it, and what it counted.
//!
//! Its requests come from the Lua scripts in `wrk/`. One thread of it sends more than any of the servers answers.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;
use tempfile::TempDir;

const BEGIN: &str = include_str!("wrk/begin.lua");
const QUICK_ACK: &str = include_str!("wrk/quick_ack.c");

/// The requests to send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Script {
    /// log-metric, to the runs of a file.
    LogMetric,
    /// log-batch of 1000, to the runs of a file.
    LogBatch,
    /// runs/create in an experiment.
    CreateRun,
    /// runs/search with the body of a file.
    Search,
    /// GET of the paths of a file.
    Get,
    /// Everything a team does: runs of a file, experiment, milliseconds to wait before each request.
    Mixed,
}

impl Script {
    fn text(self) -> &'static str {
        match self {
            Self::LogMetric => include_str!("wrk/log_metric.lua"),
            Self::LogBatch => include_str!("wrk/log_batch.lua"),
            Self::CreateRun => include_str!("wrk/create_run.lua"),
            Self::Search => include_str!("wrk/search.lua"),
            Self::Get => include_str!("wrk/get.lua"),
            Self::Mixed => include_str!("wrk/mixed.lua"),
        }
    }
}

/// What one run of wrk came to.
#[derive(Debug, Clone, Copy)]
pub struct Outcome {
    /// Requests that were answered with success.
    pub requests: u64,
    /// Requests that were answered with an error.
    pub refused: u64,
    /// Connections, reads and writes that failed or took more than a minute.
    pub failed: u64,
    /// How long it lasted.
    pub seconds: f64,
    /// Half of the answers came within.
    pub p50_ms: f64,
    /// 99 of 100 answers came within.
    pub p99_ms: f64,
}

impl Outcome {
    /// Of requests that were all answered with success, by how long each took in milliseconds; none where there were none.
    pub fn of_times(mut times: Vec<f64>, elapsed: Duration) -> Option<Self> {
        times.sort_by(f64::total_cmp);
        let at = |share: f64| times.get((times.len().checked_sub(1)? as f64 * share) as usize).copied();
        let (p50_ms, p99_ms) = (at(0.5)?, at(0.99)?);
        let seconds = elapsed.as_secs_f64();
        Some(Self { requests: times.len() as u64, refused: 0, failed: 0, seconds, p50_ms, p99_ms })
    }
}

/// The program and a folder for what it reads.
#[derive(Debug)]
pub struct Wrk {
    program: PathBuf,
    folder: TempDir,
    quick_ack: PathBuf,
}

/// A run of wrk that goes on.
#[derive(Debug)]
pub struct Running(Child);

impl Wrk {
    /// Looks for the program, and compiles the library that has it acknowledge at once.
    pub fn new(program: &Path) -> Result<Self> {
        // wrk answers `--version` with its usage and an exit code of 1.
        if Command::new(program).arg("--version").output().is_err() {
            bail!("cannot run {}: `make bench` installs wrk (Debian: `apt install wrk`)", program.display());
        }
        let folder = tempfile::tempdir()?;
        let (source, quick_ack) = (folder.path().join("quick_ack.c"), folder.path().join("quick_ack.so"));
        fs::write(&source, QUICK_ACK)?;
        let output = Command::new("cc").args(["-shared", "-fPIC", "-O2", "-o"]).arg(&quick_ack).arg(&source).output();
        let output = output.context("cannot run the C compiler `cc`")?;
        ensure!(output.status.success(), "cc failed: {}", String::from_utf8_lossy(&output.stderr));
        Ok(Self { program: program.to_owned(), folder, quick_ack })
    }

    /// A file of lines for a script to read.
    pub fn file(&self, name: &str, lines: &[String]) -> Result<String> {
        let path = self.folder.path().join(name);
        fs::write(&path, lines.join("\n") + "\n")?;
        Ok(path.display().to_string())
    }

    /// Starts a run; whole seconds, as wrk takes no others.
    pub fn start(
        &self,
        server: SocketAddr,
        script: Script,
        connections: u32,
        duration: Duration,
        quick_ack: bool,
        arguments: &[String],
    ) -> Result<Running> {
        let path = self.folder.path().join(format!("{script:?}.lua"));
        fs::write(&path, format!("{BEGIN}\n{}", script.text()))?;
        let mut command = Command::new(&self.program);
        command
            .args(["--threads", "1", "--timeout", "60s", "--connections", &connections.to_string()])
            .arg("--duration")
            .arg(format!("{}s", duration.as_secs().max(1)))
            .arg("--script")
            .arg(&path)
            .arg(format!("http://{server}"))
            .arg("--")
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        if quick_ack {
            command.env("LD_PRELOAD", &self.quick_ack);
        }
        Ok(Running(command.spawn()?))
    }
}

impl Running {
    /// Waits for the end.
    pub fn finish(self) -> Result<Outcome> {
        let output = self.0.wait_with_output()?;
        let text = String::from_utf8_lossy(&output.stdout);
        let errors = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success() && errors.is_empty(), "wrk failed: {text}{errors}");
        let line = text.lines().find(|line| line.starts_with('{'));
        let found: Value = serde_json::from_str(line.with_context(|| format!("wrk printed no counts: {text}"))?)?;
        let number = |name: &str| found[name].as_u64().with_context(|| format!("wrk printed no {name}: {found}"));
        let refused = number("refused")?;
        Ok(Outcome {
            requests: number("requests")?.saturating_sub(refused),
            refused,
            failed: number("failed")?,
            seconds: number("microseconds")? as f64 / 1e6,
            p50_ms: number("p50")? as f64 / 1e3,
            p99_ms: number("p99")? as f64 / 1e3,
        })
    }

    /// Whether it is over.
    pub fn is_over(&mut self) -> Result<bool> {
        Ok(self.0.try_wait()?.is_some())
    }
}
