//! The data that the Rust examples train on: three small tables that everybody knows.
#![allow(dead_code, reason = "an example reads one or two of them")]

use trainyard::BoxError;

/// Rows of features, and what is to be predicted of each.
pub struct Table {
    pub columns: Vec<&'static str>,
    pub rows: Vec<Vec<f64>>,
    pub targets: Vec<f64>,
}

/// 150 flowers of three species by the sizes of their leaves.
pub fn iris() -> Result<Table, BoxError> {
    read(include_str!("iris.csv"))
}

/// 178 wines of three growers by their chemistry.
pub fn wine() -> Result<Table, BoxError> {
    read(include_str!("wine.csv"))
}

/// 442 patients, and how their diabetes went on.
pub fn diabetes() -> Result<Table, BoxError> {
    read(include_str!("diabetes.csv"))
}

fn read(text: &'static str) -> Result<Table, BoxError> {
    let mut lines = text.lines();
    let mut columns: Vec<&str> = lines.next().ok_or("the table is empty")?.split(',').collect();
    columns.pop();
    let mut table = Table { columns, rows: Vec::new(), targets: Vec::new() };
    for line in lines {
        let mut row = line.split(',').map(str::parse).collect::<Result<Vec<f64>, _>>()?;
        table.targets.push(row.pop().ok_or("a row is empty")?);
        table.rows.push(row);
    }
    Ok(table)
}

impl Table {
    /// Every fifth row for the test, the others to train on.
    pub fn split(self) -> (Table, Table) {
        let part = || Table { columns: self.columns.clone(), rows: Vec::new(), targets: Vec::new() };
        let (mut train, mut test) = (part(), part());
        for (index, (row, target)) in self.rows.into_iter().zip(self.targets).enumerate() {
            let part = if index % 5 == 4 { &mut test } else { &mut train };
            part.rows.push(row);
            part.targets.push(target);
        }
        (train, test)
    }

    /// The rows whose target is one of two.
    pub fn of_targets(mut self, targets: [f64; 2]) -> Table {
        let (mut rows, mut kept) = (Vec::new(), Vec::new());
        for (row, target) in self.rows.drain(..).zip(&self.targets) {
            if targets.contains(target) {
                rows.push(row);
                kept.push(*target);
            }
        }
        Table { columns: self.columns, rows, targets: kept }
    }

    /// Columns with mean 0 and deviation 1, which networks learn from sooner.
    pub fn standardised(mut self) -> Table {
        let count = self.rows.len() as f64;
        for column in 0..self.columns.len() {
            let mean = self.rows.iter().map(|row| row[column]).sum::<f64>() / count;
            let variance = self.rows.iter().map(|row| (row[column] - mean).powi(2)).sum::<f64>() / count;
            for row in &mut self.rows {
                row[column] = (row[column] - mean) / variance.sqrt();
            }
        }
        self
    }

    /// The targets as classes.
    pub fn classes(&self) -> Vec<usize> {
        self.targets.iter().map(|&target| target as usize).collect()
    }

    /// All rows, one behind the other.
    pub fn flat(&self) -> Vec<f64> {
        self.rows.concat()
    }
}

/// The share of predictions that are right.
pub fn accuracy<T: PartialEq>(predictions: &[T], truth: &[T]) -> f64 {
    let right = predictions.iter().zip(truth).filter(|(prediction, truth)| prediction == truth).count();
    right as f64 / truth.len() as f64
}

/// The root of the mean squared error.
pub fn deviation(predictions: &[f64], truth: &[f64]) -> f64 {
    let squares = predictions.iter().zip(truth).map(|(prediction, truth)| (prediction - truth).powi(2));
    (squares.sum::<f64>() / truth.len() as f64).sqrt()
}
