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
    let all = stats()?;
    let mut tree = roots.to_vec();
    let mut seen = 0;
    while seen < tree.len() {
        let parent = tree[seen];
        seen += 1;
        tree.extend(all.iter().filter(|stat| stat.parent == parent).map(|stat| stat.pid));
    }
    let mut usage = Usage::default();
    for stat in all.iter().filter(|stat| tree.contains(&stat.pid)) {
        usage.cpu += Duration::from_secs_f64(stat.ticks as f64 / TICKS_PER_SECOND);
        usage.resident += resident(stat.pid);
        usage.processes += 1;
    }
    Ok(usage)
}

struct Stat {
    pid: u32,
    parent: u32,
    ticks: u64,
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

/// The fields after the name, which stands in brackets and may hold anything: state, parent, …, utime, stime, and both
/// again for children that have been waited for.
fn parse(pid: u32, text: &str) -> Option<Stat> {
    let fields: Vec<&str> = text[text.rfind(')')? + 1..].split_whitespace().collect();
    let number = |index: usize| fields.get(index)?.parse::<u64>().ok();
    Some(Stat { pid, parent: number(1)? as u32, ticks: number(11)? + number(12)? + number(13)? + number(14)? })
}

fn resident(pid: u32) -> u64 {
    let Ok(text) = fs::read_to_string(format!("/proc/{pid}/status")) else { return 0 };
    let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kibibytes = line.and_then(|line| line.trim().trim_end_matches("kB").trim().parse::<u64>().ok());
    kibibytes.unwrap_or(0) * 1024
}
