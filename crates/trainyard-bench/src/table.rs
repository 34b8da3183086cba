//! Tables of more than two columns, with what is expected of some cells.

use std::fmt::Write as _;

use crate::report::{number, verdict};

/// What a figure has to keep to.
#[derive(Debug, Clone, Copy)]
pub enum Expected {
    /// No more than this.
    AtMost(f64),
    /// No less than this.
    AtLeast(f64),
}

impl Expected {
    /// What stands behind a figure: what is expected of it, and whether that is kept.
    pub fn mark(self, value: f64) -> String {
        let (sign, limit, kept) = match self {
            Self::AtMost(limit) => ("≤", limit, value <= limit),
            Self::AtLeast(limit) => ("≥", limit, value >= limit),
        };
        format!(" ({sign} {}: {})", number(limit), verdict(kept))
    }
}

/// A table that is written row by row.
#[derive(Debug)]
pub struct Table {
    columns: Vec<String>,
    rows: Vec<String>,
}

/// One cell; `None` is what could not be measured.
pub type Cell = Option<f64>;

impl Table {
    /// The names of the columns behind the first one.
    pub fn new(columns: Vec<String>) -> Self {
        Self { columns, rows: Vec::new() }
    }

    /// Adds a row. Each expectation stands behind the figure that it is about.
    pub fn row(&mut self, name: &str, unit: &str, cells: &[(Cell, Option<Expected>)]) {
        let mut line = format!("| {name} |");
        for (value, expected) in cells {
            let Some(value) = value else {
                line += " – |";
                continue;
            };
            // Writing to a String cannot fail.
            let _ = write!(line, " {} {unit}", number(*value));
            if let Some(expected) = expected {
                line += &expected.mark(*value);
            }
            line += " |";
        }
        self.rows.push(line);
    }

    /// Adds a row of texts.
    pub fn texts(&mut self, name: &str, cells: &[String]) {
        self.rows.push(format!("| {name} | {} |", cells.join(" | ")));
    }

    /// As Markdown.
    pub fn text(&self) -> String {
        let rule = "--:|".repeat(self.columns.len());
        format!("| | {} |\n|---|{rule}\n{}\n", self.columns.join(" | "), self.rows.join("\n"))
    }
}
