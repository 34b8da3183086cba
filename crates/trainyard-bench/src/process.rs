//! What /proc says about processes and their descendants: processor time and memory.

use std::fs;
use std::time::Duration;

use anyhow::{Context, Result};

/// Linux reports times to programs in hundredths of a second, whatever the kernel's own clock.
const TICKS_PER_SECOND: f64 = 100.0;

/// One moment of process trees.
#[derive(Debug, Clone, Copy, Default)]
pub struct Usage {
    /// User and system time of all processes, with that of descendants that have ended.
    pub cpu: Duration,
    /// Resident memory in bytes; pages that processes share are counted in each.
    pub resident: u64,
    /// How many processes there are.
    pub processes: usize,
}

/// Reads the usage of `roots` and everything they have started.
pub fn usage(roots: &[u32]) -> Result<Usage> {
    let mut usage = Usage::default();
    for stat in tree(roots)? {
        usage.cpu += Duration::from_secs_f64(stat.ticks as f64 / TICKS_PER_SECOND);
        usage.resident += resident(stat.pid);
        usage.processes += 1;
    }
    Ok(usage)
}

/// The processes that there are of `roots` and of everything they have started.
pub fn tree(roots: &[u32]) -> Result<Vec<Stat>> {
    let all = stats()?;
    let mut tree = roots.to_vec();
    let mut seen = 0;
    while seen < tree.len() {
        let parent = tree[seen];
        seen += 1;
        tree.extend(all.iter().filter(|stat| stat.parent == parent).map(|stat| stat.pid));
    }
    Ok(all.into_iter().filter(|stat| tree.contains(&stat.pid)).collect())
}

/// One process.
#[derive(Debug)]
pub struct Stat {
    /// Its number.
    pub pid: u32,
    /// When it was started: with the number, this names it for as long as the machine runs.
    started: u64,
    parent: u32,
    ticks: u64,
}

impl Stat {
    /// Whether it has not ended since it was listed.
    pub fn is_there(&self) -> bool {
        let text = fs::read_to_string(format!("/proc/{}/stat", self.pid)).unwrap_or_default();
        parse(self.pid, &text).is_some_and(|now| now.started == self.started)
    }
}

fn stats() -> Result<Vec<Stat>> {
    let mut found = Vec::new();
    for entry in fs::read_dir("/proc").context("read /proc")? {
        let name = entry?.file_name();
        let Some(pid) = name.to_str().and_then(|name| name.parse().ok()) else { continue };
        // A process may end between the listing and the reading.
        let Ok(text) = fs::read_to_string(format!("/proc/{pid}/stat")) else { continue };
        if let Some(stat) = parse(pid, &text) {
            found.push(stat);
        }
    }
    Ok(found)
}

/// The fields after the name, which stands in brackets and may hold anything: state, parent, …, utime, stime, both
/// again for children that have been waited for, …, start time.
fn parse(pid: u32, text: &str) -> Option<Stat> {
    let fields: Vec<&str> = text[text.rfind(')')? + 1..].split_whitespace().collect();
    let number = |index: usize| fields.get(index)?.parse::<u64>().ok();
    let ticks = number(11)? + number(12)? + number(13)? + number(14)?;
    Some(Stat { pid, started: number(19)?, parent: number(1)? as u32, ticks })
}

fn resident(pid: u32) -> u64 {
    let Ok(text) = fs::read_to_string(format!("/proc/{pid}/status")) else { return 0 };
    let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kibibytes = line.and_then(|line| line.trim().trim_end_matches("kB").trim().parse::<u64>().ok());
    kibibytes.unwrap_or(0) * 1024
}
