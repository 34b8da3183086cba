//! The figures as tables, and docs/performance.md around them.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};

const BEGIN: &str = "<!-- measured: written by `make bench`, do not edit below -->";
const END: &str = "<!-- measured: end -->";

/// Collects sections while measuring.
#[derive(Debug)]
pub struct Report {
    heading: String,
    sections: Vec<String>,
}

/// One figure of both sides.
#[derive(Debug)]
pub struct Row {
    name: String,
    unit: &'static str,
    ours: f64,
    stock: f64,
    better: Better,
    expected: Option<Expected>,
}

#[derive(Debug, Clone, Copy)]
enum Better {
    Less,
    More,
}

#[derive(Debug, Clone, Copy)]
enum Expected {
    AtMost(f64),
    TimesLess(f64),
}

impl Row {
    /// A figure that is better when smaller.
    pub fn less(name: &str, unit: &'static str, ours: f64, stock: f64) -> Self {
        Self { name: name.to_owned(), unit, ours, stock, better: Better::Less, expected: None }
    }

    /// A figure that is better when larger.
    pub fn more(name: &str, unit: &'static str, ours: f64, stock: f64) -> Self {
        Self { better: Better::More, ..Self::less(name, unit, ours, stock) }
    }

    /// Ours is expected to be no more than this.
    pub fn at_most(self, limit: f64) -> Self {
        Self { expected: Some(Expected::AtMost(limit)), ..self }
    }

    /// Ours is expected to be so many times better than stock.
    pub fn at_least_times(self, times: f64) -> Self {
        Self { expected: Some(Expected::TimesLess(times)), ..self }
    }

    fn times_better(&self) -> f64 {
        match self.better {
            Better::Less => self.stock / self.ours,
            Better::More => self.ours / self.stock,
        }
    }

    fn line(&self) -> String {
        let unit = self.unit;
        let (expected, kept) = match self.expected {
            None => (String::new(), ""),
            Some(Expected::AtMost(limit)) => (format!("≤ {limit} {unit}"), verdict(self.ours <= limit)),
            Some(Expected::TimesLess(times)) => (format!("≥ {times} ×"), verdict(self.times_better() >= times)),
        };
        let (ours, stock) = (number(self.ours), number(self.stock));
        let times = number(self.times_better());
        format!("| {} | {ours} {unit} | {stock} {unit} | {times} × | {expected} | {kept} |\n", self.name)
    }
}

fn verdict(kept: bool) -> &'static str {
    if kept { "yes" } else { "**no**" }
}

/// Three digits that count.
fn number(value: f64) -> String {
    let digits = match value.abs() {
        100.0.. => 0,
        10.0.. => 1,
        1.0.. => 2,
        _ => 4,
    };
    format!("{value:.digits$}")
}

/// The middle of the samples; they are sorted by it.
pub fn median(samples: &mut [f64]) -> f64 {
    samples.sort_by(f64::total_cmp);
    match samples.len() {
        0 => f64::NAN,
        length if length % 2 == 1 => samples[length / 2],
        length => (samples[length / 2 - 1] + samples[length / 2]) / 2.0,
    }
}

impl Report {
    /// Notes machine, date and version.
    pub fn begin() -> Result<Self> {
        let text = |path: &str| fs::read_to_string(path).unwrap_or_default();
        let field = |file: &str, name: &str| {
            let text = text(file);
            let line = text.lines().find(|line| line.starts_with(name));
            line.and_then(|line| line.split_once(':')).map(|(_, value)| value.trim().to_owned()).unwrap_or_default()
        };
        let memory = field("/proc/meminfo", "MemTotal").trim_end_matches(" kB").parse::<f64>().unwrap_or(0.0);
        let load = text("/proc/loadavg");
        let commit = Command::new("git").args(["rev-parse", "--short", "HEAD"]).output();
        let commit = commit.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned()).unwrap_or_default();
        let heading = format!(
            "{} × {}, {:.0} GiB, Linux {}; load average {} when the bench began. {}, Trainyard {} ({commit}) next to \
             stock MLflow 3.18.0.\n",
            std::thread::available_parallelism()?,
            field("/proc/cpuinfo", "model name"),
            memory / (1024.0 * 1024.0),
            text("/proc/sys/kernel/osrelease").trim(),
            load.split_whitespace().next().unwrap_or("unknown"),
            jiff::Timestamp::now().strftime("%Y-%m-%d"),
            env!("CARGO_PKG_VERSION"),
        );
        Ok(Self { heading, sections: Vec::new() })
    }

    /// Adds a table; `part` is the value of `--only` that repeats it.
    pub fn section(&mut self, title: &str, part: &str, method: &str, rows: Vec<Row>) {
        let mut text = format!("### {title}\n\n{method}\n\n");
        text += "| | Trainyard | stock MLflow | better by | expected | kept |\n|---|--:|--:|--:|--:|---|\n";
        text.extend(rows.iter().map(Row::line));
        // Writing to a String cannot fail.
        let _ = write!(text, "\n`cargo run --release -p trainyard-bench -- --only {part}`\n");
        self.sections.push(text);
    }

    /// Prints what was measured.
    pub fn print(&self) -> Result<()> {
        Ok(std::io::stdout().write_all(self.text().as_bytes())?)
    }

    /// Replaces the measured part of docs/performance.md; what is written by hand stays.
    pub fn write(&self) -> Result<()> {
        let path = PathBuf::from("docs/performance.md");
        let old = fs::read_to_string(&path).with_context(|| format!("read {}", path.display()))?;
        let (before, rest) = old.split_once(BEGIN).context("docs/performance.md has lost its line `measured`")?;
        let (_, after) = rest.split_once(END).context("docs/performance.md has lost its line `measured: end`")?;
        fs::write(&path, format!("{before}{BEGIN}\n\n{}\n{END}{after}", self.text()))?;
        eprintln!("==> wrote {}", path.display());
        Ok(())
    }

    fn text(&self) -> String {
        format!("{}\n{}", self.heading, self.sections.join("\n"))
    }
}
