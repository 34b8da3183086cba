//! A PostgreSQL server for tests and measurements: installed where it is missing, on a port and a folder of its own, gone
//! afterwards.
//!
//! Tests that have a server to themselves and the bench use this file, too; so it needs nothing but the standard library.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// Where Debian and its relatives keep the programs of each version.
const DEBIAN: &str = "/usr/lib/postgresql";
const SUPERUSER: &str = "yard";
const PATIENCE: Duration = Duration::from_secs(120);

/// A crash of the server loses nothing without `fsync`, only one of the machine does, and tests are done sooner.
const FOR_TESTS: [&str; 3] = ["fsync=off", "max_connections=300", "shared_buffers=64MB"];

/// A running server. Dropped, it is stopped and its data are removed; it also ends when this process does.
#[derive(Debug)]
pub struct Postgres {
    bin: PathBuf,
    folder: PathBuf,
    port: u16,
    settings: Vec<String>,
    server: Child,
}

impl Postgres {
    /// Starts a server with an empty database.
    pub fn start() -> Result<Self, String> {
        Self::with_settings(FOR_TESTS)
    }

    /// The same with settings of the caller's, `name=value`, besides those of a new cluster.
    pub fn with_settings<S: Into<String>>(settings: impl IntoIterator<Item = S>) -> Result<Self, String> {
        let bin = match find() {
            Some(bin) => bin,
            None => {
                install()?;
                find().ok_or("PostgreSQL was installed, and its programs are not found")?
            }
        };
        let settings = settings.into_iter().map(Into::into).collect();
        Self::on_new_folder(bin, settings, |bin, data| {
            let mut initdb = as_user(&bin.join("initdb"));
            initdb.args(["-U", SUPERUSER, "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync", "-D"]);
            run(initdb.arg(data)).map(drop)
        })
    }

    /// Starts a standby of this server: it has all that is committed here, takes reads, and no writes until it is promoted.
    pub fn standby(&self) -> Result<Self, String> {
        Self::on_new_folder(self.bin.clone(), self.settings.clone(), |bin, data| {
            let mut copy = as_user(&bin.join("pg_basebackup"));
            copy.args(["--dbname", &self.url(), "--write-recovery-conf", "--checkpoint=fast", "--no-sync", "--pgdata"]);
            run(copy.arg(data)).map(drop)
        })
    }

    /// Makes a standby the server that takes writes; its primary has to be gone.
    pub fn promote(&self) -> Result<(), String> {
        match self.query("SELECT pg_promote()")?.as_str() {
            "t" => Ok(()),
            answer => Err(format!("the standby was not promoted: {answer}")),
        }
    }

    /// A server in a folder and on a port of its own; `fill` makes its data.
    fn on_new_folder(
        bin: PathBuf,
        settings: Vec<String>,
        fill: impl FnOnce(&Path, &Path) -> Result<(), String>,
    ) -> Result<Self, String> {
        let port = TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr());
        let port = port.map_err(|error| format!("no free port: {error}"))?.port();
        let folder = std::env::temp_dir().join(format!("trainyard-postgres-{}-{port}", std::process::id()));
        fs::create_dir_all(&folder).map_err(|error| format!("{} cannot be made: {error}", folder.display()))?;
        if let Some(user) = other_user() {
            run(Command::new("chown").arg(user).arg(&folder))?;
        }
        let made = fill(&bin, &folder.join("data")).and_then(|()| serve(&bin, &folder, port, &settings));
        let server = made.inspect_err(|_| drop(fs::remove_dir_all(&folder)))?;
        let postgres = Self { bin, folder, port, settings, server };
        postgres.wait_until_ready()?;
        Ok(postgres)
    }

    /// The address of its database, for its superuser.
    pub fn url(&self) -> String {
        self.url_of("postgres")
    }

    /// The address of another of its databases.
    pub fn url_of(&self, database: &str) -> String {
        format!("postgresql://{SUPERUSER}@127.0.0.1:{}/{database}", self.port)
    }

    /// Its data folder.
    pub fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// The port that it listens on, at 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The process whose children do the work.
    pub fn pid(&self) -> u32 {
        self.server.id()
    }

    /// Carries out SQL; returns what it answers as text.
    pub fn query(&self, sql: &str) -> Result<String, String> {
        self.query_of("postgres", sql)
    }

    /// As [`Postgres::query`], in another of its databases.
    pub fn query_of(&self, database: &str, sql: &str) -> Result<String, String> {
        let mut psql = Command::new(self.bin.join("psql"));
        psql.args(["--no-psqlrc", "--tuples-only", "--no-align", "--command", sql]).arg(self.url_of(database));
        run(&mut psql).map(|text| text.trim().to_owned())
    }

    /// Gives it a file of its own in its data folder, which nobody else may read.
    pub fn give(&self, name: &str, content: &str) -> Result<(), String> {
        let path = self.folder.join(name);
        fs::write(&path, content).map_err(|error| format!("{} cannot be written: {error}", path.display()))?;
        let owner = other_user().map_or_else(Vec::new, |user| vec!["-o", user]);
        run(Command::new("install")
            .args(owner)
            .args(["-m", "600"])
            .arg(&path)
            .arg(self.folder.join("data").join(name)))?;
        Ok(())
    }

    /// Ends the server without letting it finish anything, and starts it again on the same data.
    pub fn restart(&mut self) -> Result<(), String> {
        self.crash();
        self.start_again()
    }

    /// Ends the server without letting it finish anything; its data stay.
    pub fn crash(&mut self) {
        self.stop("-QUIT");
    }

    /// Ends the server with all of its data in their files.
    pub fn shut_down(&mut self) {
        self.stop("-INT");
    }

    /// Starts a server that has ended on the same data.
    pub fn start_again(&mut self) -> Result<(), String> {
        self.server = serve(&self.bin, &self.folder, self.port, &self.settings)?;
        self.wait_until_ready()
    }

    fn wait_until_ready(&self) -> Result<(), String> {
        let since = Instant::now();
        let port = self.port.to_string();
        while since.elapsed() < PATIENCE {
            let mut ready = Command::new(self.bin.join("pg_isready"));
            ready.args(["--quiet", "-h", "127.0.0.1", "-p", &port]);
            if ready.status().is_ok_and(|status| status.success()) {
                return Ok(());
            }
            sleep(Duration::from_millis(50));
        }
        let log = fs::read_to_string(self.folder.join("log")).unwrap_or_default();
        Err(format!("PostgreSQL did not start. Its log:\n{log}"))
    }

    fn stop(&mut self, signal: &str) {
        // The number of a process that has ended may be that of another by now.
        if !matches!(self.server.try_wait(), Ok(None)) {
            return;
        }
        let _ = Command::new("kill").args([signal, &self.server.id().to_string()]).status();
        let _ = self.server.wait();
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.stop("-QUIT");
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Starts the server itself, which stays this process's child.
fn serve(bin: &Path, folder: &Path, port: u16, settings: &[String]) -> Result<Child, String> {
    let log = fs::File::create(folder.join("log")).map_err(|error| format!("no log for PostgreSQL: {error}"))?;
    let errors = log.try_clone().map_err(|error| format!("no log for PostgreSQL: {error}"))?;
    let mut server = as_user(&bin.join("postgres"));
    server.arg("-D").arg(folder.join("data")).args(["-p", &port.to_string(), "-c", "listen_addresses=127.0.0.1"]);
    for setting in std::iter::once("unix_socket_directories=").chain(settings.iter().map(String::as_str)) {
        server.args(["-c", setting]);
    }
    let spawned = server.stdin(Stdio::null()).stdout(log).stderr(errors).spawn();
    spawned.map_err(|error| format!("PostgreSQL cannot be started: {error}"))
}

/// A program of PostgreSQL's, which refuses to be run by root. On Linux it ends with this process, however that ends.
fn as_user(program: &Path) -> Command {
    if !cfg!(target_os = "linux") {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    if let Some(user) = other_user() {
        command.args(["--reuid", user, "--regid", user_group(user), "--clear-groups"]);
    }
    command.args(["--pdeathsig", "INT"]).arg(program);
    // The folder that this process is in may be closed to that user.
    command.current_dir("/");
    command
}

/// Whom root hands the server to.
fn other_user() -> Option<&'static str> {
    let answer = |args: &[&str]| {
        let output = Command::new("id").args(args).stderr(Stdio::null()).output().ok()?;
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
    };
    if answer(&["-u"]).as_deref() != Some("0") {
        return None;
    }
    Some(if answer(&["-u", "postgres"]).is_some() { "postgres" } else { "nobody" })
}

fn user_group(user: &str) -> &'static str {
    if user == "postgres" { "postgres" } else { "nogroup" }
}

/// The folder of the newest PostgreSQL's programs.
fn find() -> Option<PathBuf> {
    let versions = fs::read_dir(DEBIAN).into_iter().flatten().flatten().map(|entry| entry.path());
    let version = |path: &Path| path.file_name().and_then(|name| name.to_str()?.parse::<u32>().ok()).unwrap_or(0);
    let newest = versions.filter(|path| path.join("bin/initdb").is_file()).max_by_key(|path| version(path));
    let elsewhere = || {
        let paths = std::env::var_os("PATH")?;
        std::env::split_paths(&paths).find(|folder| folder.join("initdb").is_file())
    };
    newest.map(|path| path.join("bin")).or_else(elsewhere)
}

/// What `postgres --version` says; none where it is not installed.
pub fn version() -> Option<String> {
    run(Command::new(find()?.join("postgres")).arg("--version")).ok().map(|text| text.trim().to_owned())
}

fn install() -> Result<(), String> {
    const ADVICE: &str = "install PostgreSQL 14 or newer (on Debian: apt install postgresql), or leave its tests out with \
                          TRAINYARD_TEST_POSTGRES=none";
    if other_user().is_none() || !Path::new("/usr/bin/apt-get").exists() {
        return Err(format!("PostgreSQL is missing: {ADVICE}"));
    }
    let apt = |args: &[&str]| {
        run(Command::new("apt-get").args(args).env("DEBIAN_FRONTEND", "noninteractive"))
            .map(drop)
            .map_err(|error| format!("{error}; {ADVICE}"))
    };
    let wanted = ["install", "--yes", "--no-install-recommends", "postgresql"];
    apt(&wanted).or_else(|_| apt(&["update"]).and_then(|()| apt(&wanted)))
}

/// Runs a program to its end; what it printed.
fn run(command: &mut Command) -> Result<String, String> {
    let output = command.stdin(Stdio::null()).output().map_err(|error| format!("{command:?}: {error}"))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    Err(format!("{command:?} ended with {}: {}", output.status, String::from_utf8_lossy(&output.stderr).trim()))
}
