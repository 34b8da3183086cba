//! The program under test, in a data folder of its own.

use std::env;
use std::hash::{BuildHasher, RandomState};
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;
use trainyard::Client;

/// An empty folder to run the program in.
pub struct Yard {
    folder: TempDir,
}

impl Yard {
    pub fn new() -> Self {
        Self { folder: TempDir::new().unwrap() }
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The database that the program uses by default.
    pub fn database(&self) -> PathBuf {
        self.path().join("yard/yard.db")
    }

    /// The program in this folder, free of the settings of whoever runs the tests.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_trainyard"));
        command.args(args).current_dir(self.path()).stdin(Stdio::null());
        for (name, _) in env::vars() {
            if name.starts_with("TRAINYARD_") || name.starts_with("MLFLOW_") || name == "RUST_LOG" {
                command.env_remove(name);
            }
        }
        command
    }

    /// Runs the program to its end.
    pub fn run(&self, args: &[&str]) -> Ended {
        Ended::from(self.command(args).output().unwrap())
    }

    /// Runs the program, which has to succeed, and returns what it printed.
    pub fn ok(&self, args: &[&str]) -> String {
        let ended = self.run(args);
        assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""), "{args:?} printed {}", ended.stdout);
        ended.stdout
    }

    /// Runs the program with `--json`.
    pub fn json(&self, args: &[&str]) -> serde_json::Value {
        serde_json::from_str(&self.ok(&[args, &["--json"]].concat())).unwrap()
    }

    /// A client of the embedded store that the program uses by default.
    pub fn client(&self) -> Client {
        Client::connect(&format!("sqlite:///{}", self.database().display())).unwrap()
    }

    /// Kills the program with -9 at moments spread over the time that it takes, and looks at the folder after each.
    ///
    /// It goes on from where it was killed; where it has ended by then, it begins with the folder as it was.
    pub fn killed_at_work(&self, args: &[&str], mut check: impl FnMut(&Self)) {
        const TIMES: u32 = 12;
        let before = Self::new();
        copy(self.path(), before.path());
        let whole = Instant::now();
        self.ok(args);
        let whole = whole.elapsed();
        let mut unfinished = 0;
        let mut ended = true;
        for _ in 0..TIMES {
            if ended {
                std::fs::remove_dir_all(self.path()).unwrap();
                copy(before.path(), self.path());
            }
            ended = killed(self.command(args), whole.mul_f64((random() % 1000) as f64 / 1000.0));
            unfinished += u32::from(!ended);
            check(self);
        }
        assert!(unfinished > 0, "{args:?} was never killed at work");
    }

    /// Starts a server on a free port and waits until it is ready.
    pub fn serve(&self, args: &[&str]) -> Server {
        Server::start(self.command(&[&["server", "--port", "0"], args].concat()))
    }
}

/// Runs a command and kills it with -9 after a while, unless it has ended by then; whether it had.
pub fn killed(mut command: Command, after: Duration) -> bool {
    let mut process = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    std::thread::sleep(after);
    let ended = process.try_wait().unwrap();
    if ended.is_none() {
        process.kill().unwrap();
        process.wait().unwrap();
    }
    ended.is_some()
}

/// Waits for what has to come about by itself; fails after minutes.
pub fn wait_until(what: &str, is_so: impl Fn() -> bool) {
    let since = Instant::now();
    while !is_so() {
        assert!(since.elapsed() < Duration::from_secs(180), "waited for minutes, and it is not so that {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Copies what is in a folder, folders in it included.
fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &to);
        } else {
            std::fs::copy(entry.path(), to).unwrap();
        }
    }
}

/// A number that nobody can foresee.
pub fn random() -> u64 {
    RandomState::new().hash_one(0)
}

/// How a program ended and what it printed.
pub struct Ended {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl From<Output> for Ended {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

/// A server that is ready; killed when dropped.
pub struct Server {
    process: Child,
    stdout: BufReader<ChildStdout>,
    pub ready_line: String,
}

impl Server {
    pub fn start(mut command: Command) -> Self {
        let mut process = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut stdout = BufReader::new(process.stdout.take().unwrap());
        let mut ready_line = String::new();
        stdout.read_line(&mut ready_line).unwrap();
        if ready_line.is_empty() {
            let ended = Ended::from(process.wait_with_output().unwrap());
            panic!("the server ended with {:?}: {}", ended.code, ended.stderr);
        }
        Self { process, stdout, ready_line: ready_line.trim_end().to_owned() }
    }

    /// `http://127.0.0.1:<port>`, as the server prints it.
    pub fn url(&self) -> String {
        self.ready_line.split_whitespace().last().unwrap().to_owned()
    }

    /// `127.0.0.1:<port>`.
    pub fn address(&self) -> String {
        self.url().trim_start_matches("http://").to_owned()
    }

    pub fn signal(&self, name: &str) {
        let status = Command::new("kill").args(["-s", name, &self.process.id().to_string()]).status().unwrap();
        assert!(status.success());
    }

    /// kill -9.
    pub fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    /// Waits for the end; what was printed includes the line that said it was ready.
    pub fn end(mut self) -> Ended {
        let code = self.process.wait().unwrap().code();
        let (mut stdout, mut stderr) = (format!("{}\n", self.ready_line), String::new());
        self.stdout.read_to_string(&mut stdout).unwrap();
        self.process.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
        Ended { code, stdout, stderr }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Both fail on a process that has ended, which is what is wanted.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
