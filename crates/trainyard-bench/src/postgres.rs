//! A private PostgreSQL: a cluster in a folder of its own, on a free port, with the settings a new cluster comes with.

use std::fs::{self, File};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use tempfile::TempDir;

const START_TIMEOUT: Duration = Duration::from_secs(60);
const USER: &str = "trainyard";

/// Where the programs are, and whose rights they take: PostgreSQL refuses to run as root.
#[derive(Debug, Clone)]
pub struct Programs {
    folder: PathBuf,
    owner: Option<(u32, u32)>,
    /// What `postgres --version` says.
    pub version: String,
}

impl Programs {
    /// Looks in `PATH` and where Debian puts them.
    pub fn find() -> Result<Self> {
        let mut folders: Vec<PathBuf> =
            std::env::var_os("PATH").iter().flat_map(|path| std::env::split_paths(path).collect::<Vec<_>>()).collect();
        let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
        folders.extend(versions.map(|entry| entry.path().join("bin")));
        let complete = |folder: &PathBuf| ["initdb", "postgres", "psql"].iter().all(|name| folder.join(name).is_file());
        let Some(folder) = folders.into_iter().find(complete) else {
            bail!("no folder with initdb, postgres and psql (Debian: `apt install postgresql`)")
        };
        let output = Command::new(folder.join("postgres")).arg("--version").output()?;
        let version = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        Ok(Self { folder, owner: owner()?, version })
    }

    /// Makes a cluster and waits until it takes connections.
    pub fn start(&self) -> Result<Postgres> {
        let folder = tempfile::tempdir()?;
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o700))?;
        if let Some((user, group)) = self.owner {
            chown(folder.path(), Some(user), Some(group))?;
        }
        let cluster = folder.path().join("cluster");
        let output = self
            .command("initdb", folder.path())
            .args(["--auth", "trust", "--username", USER, "--encoding", "UTF8", "--locale", "C", "--pgdata"])
            .arg(&cluster)
            .output()?;
        ensure!(output.status.success(), "initdb failed: {}", String::from_utf8_lossy(&output.stderr));
        let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?;
        let log = File::create(folder.path().join("postgres.log"))?;
        let child = self
            .command("postgres", folder.path())
            .arg("-D")
            .arg(&cluster)
            .args(["-c", "listen_addresses=127.0.0.1", "-c", &format!("port={}", address.port())])
            .arg("-c")
            .arg(format!("unix_socket_directories={}", folder.path().display()))
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()?;
        let mut postgres = Postgres { child, address, programs: self.clone(), folder };
        postgres.wait_for_answer()?;
        Ok(postgres)
    }

    fn command(&self, name: &str, folder: &Path) -> Command {
        let mut command = Command::new(self.folder.join(name));
        command.current_dir(folder).stdin(Stdio::null()).env("LC_ALL", "C");
        if let Some((user, group)) = self.owner {
            command.uid(user).gid(group);
        }
        command
    }
}

/// A running cluster; stopped when dropped.
#[derive(Debug)]
pub struct Postgres {
    child: Child,
    address: SocketAddr,
    programs: Programs,
    folder: TempDir,
}

impl Postgres {
    /// As a server takes it.
    pub fn uri(&self) -> String {
        format!("postgresql://{USER}@{}/postgres", self.address)
    }

    /// The postmaster, whose children are the backends.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Bytes of the database with its indexes, after a VACUUM.
    pub fn size(&self) -> Result<u64> {
        self.query("VACUUM")?;
        let text = self.query("SELECT pg_database_size(current_database())")?;
        text.parse().with_context(|| format!("a size, not {text:?}"))
    }

    fn query(&self, sql: &str) -> Result<String> {
        let output = self
            .programs
            .command("psql", self.folder.path())
            .args(["--no-psqlrc", "--tuples-only", "--no-align", "--command", sql])
            .arg(self.uri())
            .output()?;
        ensure!(output.status.success(), "psql failed: {}", String::from_utf8_lossy(&output.stderr));
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }

    fn wait_for_answer(&mut self) -> Result<()> {
        let began = Instant::now();
        while began.elapsed() < START_TIMEOUT {
            let log = || fs::read_to_string(self.folder.path().join("postgres.log")).unwrap_or_default();
            if let Some(status) = self.child.try_wait()? {
                bail!("postgres ended with {status}:\n{}", log());
            }
            if TcpStream::connect(self.address).is_ok() && self.query("SELECT 1").is_ok() {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        bail!("postgres has not answered in {} s", START_TIMEOUT.as_secs())
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // SIGINT is the fast shutdown: sessions are ended, the store is left in order.
        let asked = Command::new("kill").args(["-INT", &self.child.id().to_string()]).status();
        if !asked.is_ok_and(|status| status.success()) {
            drop(self.child.kill());
        }
        drop(self.child.wait());
    }
}

/// User and group to change to: nothing unless this runs as root.
fn owner() -> Result<Option<(u32, u32)>> {
    let status = fs::read_to_string("/proc/self/status")?;
    let user = status.lines().find_map(|line| line.strip_prefix("Uid:")).and_then(|ids| ids.split_whitespace().next());
    if user != Some("0") {
        return Ok(None);
    }
    let users = fs::read_to_string("/etc/passwd")?;
    for name in ["postgres", "nobody"] {
        let line = users.lines().map(|line| line.split(':').collect::<Vec<_>>()).find(|fields| fields[0] == name);
        if let Some([_, _, user, group, ..]) = line.as_deref() {
            return Ok(Some((user.parse()?, group.parse()?)));
        }
    }
    bail!("PostgreSQL does not run as root, and there is neither a user postgres nor nobody")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_private_cluster_takes_connections_and_tells_its_size() {
        let programs = match Programs::find() {
            Ok(programs) => programs,
            Err(reason) => {
                eprintln!("skipped: {reason:#}");
                return;
            }
        };
        let postgres = programs.start().expect("a cluster starts");
        let before = postgres.size().expect("a size");
        postgres.query("CREATE TABLE numbers AS SELECT generate_series(1, 100000) AS number").expect("a table");
        assert!(postgres.size().expect("a size") > before + 1_000_000);
    }
}
