//! The figures as tables, and docs/performance.md around them.

use std::fs;
use std::io::Write as _;
use std::process::Command;

use anyhow::{Context, Result};

const PATH: &str = "docs/performance.md";
const BEGIN: &str = "<!-- measured: written by `make bench`, do not edit below -->";
const END: &str = "<!-- measured: end -->";

/// Collects sections while measuring.
#[derive(Debug)]
pub struct Report {
    heading: String,
    version: String,
    processor: String,
    sections: Vec<String>,
}

/// One figure of both sides, better when smaller.
#[derive(Debug)]
pub struct Row {
    name: String,
    unit: &'static str,
    ours: f64,
    stock: f64,
    limit: Option<f64>,
}

impl Row {
    /// A figure of which nothing is expected.
    pub fn less(name: &str, unit: &'static str, ours: f64, stock: f64) -> Self {
        Self { name: name.to_owned(), unit, ours, stock, limit: None }
    }

    /// Ours is expected to be no more than this.
    pub fn at_most(self, limit: f64) -> Self {
        Self { limit: Some(limit), ..self }
    }

    fn line(&self) -> String {
        let unit = self.unit;
        let (expected, kept) = match self.limit {
            None => (String::new(), ""),
            Some(limit) => (format!("≤ {limit} {unit}"), verdict(self.ours <= limit)),
        };
        let (ours, stock) = (number(self.ours), number(self.stock));
        let times = number(self.stock / self.ours);
        format!("| {} | {ours} {unit} | {stock} {unit} | {times} × | {expected} | {kept} |\n", self.name)
    }
}

/// Whether an expectation was kept.
pub fn verdict(kept: bool) -> &'static str {
    if kept { "yes" } else { "**no**" }
}

/// Three digits that count, and thousands apart.
pub fn number(value: f64) -> String {
    if value.abs() >= 10_000.0 {
        return grouped(&format!("{value:.0}"));
    }
    let digits = match value.abs() {
        100.0.. => 0,
        10.0.. => 1,
        1.0.. => 2,
        _ => 4,
    };
    format!("{value:.digits$}")
}

fn grouped(digits: &str) -> String {
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && digit.is_ascii_digit() && (digits.len() - index).is_multiple_of(3) && !text.ends_with('-') {
            text.push(',');
        }
        text.push(digit);
    }
    text
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
        let commit = Command::new("git").args(["rev-parse", "--short", "HEAD"]).output();
        let commit = commit.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned()).unwrap_or_default();
        let date = jiff::Timestamp::now().strftime("%Y-%m-%d");
        let version = format!("{date}, Trainyard {} ({commit})", env!("CARGO_PKG_VERSION"));
        let processor = format!("{} × {}", std::thread::available_parallelism()?, field("/proc/cpuinfo", "model name"));
        let heading = format!(
            "{processor}, {:.0} GiB, Linux {}; load average {} when the bench began. {version} next to stock MLflow 3.18.0. A \
             table that was measured at another time says so.\n",
            memory / (1024.0 * 1024.0),
            text("/proc/sys/kernel/osrelease").trim(),
            load_average(),
        );
        Ok(Self { heading, version, processor, sections: Vec::new() })
    }

    /// Adds a table; `part` is the value of `--only` that repeats it.
    pub fn section(&mut self, title: &str, part: &str, method: &str, rows: Vec<Row>) {
        let mut table =
            String::from("| | Trainyard | stock MLflow | better by | expected | kept |\n|---|--:|--:|--:|--:|---|\n");
        table.extend(rows.iter().map(Row::line));
        self.add(title, part, &format!("{method}\n\n{table}"));
    }

    /// Adds a section with a body of its own.
    pub fn add(&mut self, title: &str, part: &str, body: &str) {
        let Self { version, processor, .. } = self;
        let body = body.trim_end();
        let repeat = format!("`cargo run --release -p trainyard-bench -- --only {part}`");
        // Sections are measured at different times, some of them on another machine than their neighbours.
        let place = format!("{processor}, load average {} at its end", load_average());
        self.sections.push(format!("### {title}\n\n{body}\n\n{repeat}; {version}; {place}\n"));
    }

    /// Prints what was measured.
    pub fn print(&self) -> Result<()> {
        Ok(std::io::stdout().write_all(self.text().as_bytes())?)
    }

    /// Replaces what has been measured now in docs/performance.md, and what it says of the machine. Other sections stay, such
    /// as those of sizes that take hours; new ones go to the end.
    pub fn write(&self) -> Result<()> {
        let document = Document::read()?;
        let measured = replaced(&document.measured, Some(&self.heading), &self.sections);
        document.write(&measured)
    }

    /// As [`Report::write`], of some sections only: what is said of the machine is about the others.
    pub fn write_sections(&self) -> Result<()> {
        let document = Document::read()?;
        let measured = replaced(&document.measured, None, &self.sections);
        document.write(&measured)
    }

    fn text(&self) -> String {
        format!("{}\n{}", self.heading, self.sections.join("\n"))
    }
}

/// How busy the machine has been for a minute.
fn load_average() -> String {
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    load.split_whitespace().next().unwrap_or("unknown").to_owned()
}

/// The measured part with new sections in the place of those with the same title, and a new heading if there is one.
fn replaced(measured: &str, heading: Option<&str>, new: &[String]) -> String {
    let text = format!("\n{measured}");
    let mut sections: Vec<&str> = text.split("\n### ").map(str::trim).collect();
    if let (Some(old), Some(heading)) = (sections.first_mut(), heading) {
        *old = heading.trim();
    }
    for section in new {
        let section = section.trim().trim_start_matches("### ");
        let title = section.lines().next();
        match sections.iter_mut().skip(1).find(|old| old.lines().next() == title) {
            Some(old) => *old = section,
            None => sections.push(section),
        }
    }
    sections.join("\n\n### ") + "\n"
}

/// docs/performance.md: what is written by hand, and what is measured.
struct Document {
    before: String,
    measured: String,
    after: String,
}

impl Document {
    fn read() -> Result<Self> {
        let text = fs::read_to_string(PATH).with_context(|| format!("read {PATH}"))?;
        let (before, rest) = text.split_once(BEGIN).with_context(|| format!("{PATH} has lost its line `measured`"))?;
        let (measured, after) =
            rest.split_once(END).with_context(|| format!("{PATH} has lost its line `measured: end`"))?;
        Ok(Self { before: before.to_owned(), measured: measured.trim().to_owned(), after: after.to_owned() })
    }

    fn write(&self, measured: &str) -> Result<()> {
        fs::write(PATH, format!("{}{BEGIN}\n\n{measured}\n{END}{}", self.before, self.after))?;
        eprintln!("==> wrote {PATH}");
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_section_takes_the_place_of_its_older_one_or_goes_to_the_end() {
        let old = "machine\n\n### First\n\nold\n\n### Second\n\nkept\n";
        let new = ["### First\n\nnew\n".to_owned(), "### Third\n\nadded\n".to_owned()];
        let sections = "### First\n\nnew\n\n### Second\n\nkept\n\n### Third\n\nadded\n";
        assert_eq!(replaced(old, None, &new), format!("machine\n\n{sections}"));
        assert_eq!(replaced(old, Some("another\n"), &new), format!("another\n\n{sections}"));
    }

    #[test]
    fn a_section_tells_where_and_under_which_load_it_was_measured() {
        let mut report = Report {
            heading: String::new(),
            version: "today".to_owned(),
            processor: "2 × abacus".to_owned(),
            sections: Vec::new(),
        };
        report.add("Title", "part", "body");
        let footer = "--only part`; today; 2 × abacus, load average ";
        assert!(report.sections[0].contains(footer), "{:?}", report.sections);
    }

    #[test]
    fn numbers_have_three_digits_that_count_and_their_thousands_apart() {
        let shown = [0.012_34, 1.234, 12.34, 123.4, 1234.5, 12_345.6, 1_234_567.0].map(number);
        assert_eq!(shown, ["0.0123", "1.23", "12.3", "123", "1234", "12,346", "1,234,567"]);
    }
}
