//! Digests of tables, column by column: the same for the same values, in whatever library and however many pieces they are.

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::{Dataset, Hash, PIECE};
use crate::{Error, Schema};

/// A value of a table. Each kind has a byte of its own, so that no two sequences of values give the same bytes.
pub(super) enum Cell<'a> {
    Null,
    Boolean(bool),
    Integer(i64),
    /// An integer that is above all of `i64`'s.
    Large(u64),
    Float(f64),
    Text(&'a str),
    Bytes(&'a [u8]),
    /// That many values follow.
    List(usize),
}

/// The digest of one column while its values come in.
#[derive(Default)]
pub(super) struct Column {
    hash: Sha256,
    waiting: Vec<u8>,
}

impl Column {
    pub(super) fn add(&mut self, cell: &Cell<'_>) {
        let to = &mut self.waiting;
        match *cell {
            Cell::Null => to.push(0),
            Cell::Boolean(value) => to.extend([1, u8::from(value)]),
            Cell::Integer(value) => tagged(to, 2, &value.to_le_bytes()),
            Cell::Large(value) => tagged(to, 3, &value.to_le_bytes()),
            // One NaN is as good as another.
            Cell::Float(value) => tagged(to, 4, &if value.is_nan() { f64::NAN } else { value }.to_le_bytes()),
            Cell::Text(text) => long(to, 5, text.as_bytes()),
            Cell::Bytes(bytes) => long(to, 6, bytes),
            Cell::List(length) => tagged(to, 7, &(length as u64).to_le_bytes()),
        }
        if to.len() >= PIECE {
            self.hash.update(&*to);
            to.clear();
        }
    }

    /// Length is fixed, so that one column's values cannot be taken for the next one's.
    fn finish(mut self) -> [u8; 32] {
        self.hash.update(&self.waiting);
        self.hash.finalize().into()
    }
}

impl From<u64> for Cell<'_> {
    fn from(value: u64) -> Self {
        i64::try_from(value).map_or(Self::Large(value), Self::Integer)
    }
}

fn tagged(to: &mut Vec<u8>, tag: u8, bytes: &[u8]) {
    to.push(tag);
    to.extend_from_slice(bytes);
}

fn long(to: &mut Vec<u8>, tag: u8, bytes: &[u8]) {
    tagged(to, tag, &(bytes.len() as u64).to_le_bytes());
    to.extend_from_slice(bytes);
}

impl Dataset {
    /// A table of these columns, which have as many values as there are rows.
    pub(super) fn from_table(name: &str, schema: &Schema, columns: Vec<Column>, rows: usize) -> Result<Self, Error> {
        let schema = schema.to_json();
        let mut hash = Hash::default();
        hash.0.update(&schema);
        hash.0.update((rows as u64).to_le_bytes());
        let size = rows.saturating_mul(columns.len());
        for column in columns {
            hash.0.update(column.finish());
        }
        let dataset = Self::new(name, hash, &json!({"num_rows": rows, "num_elements": size}))?;
        let schema: Value = serde_json::from_str(&schema)
            .map_err(|error| Error::Dataset { name: name.to_owned(), reason: error.to_string() })?;
        Ok(dataset.with_schema(&json!({"mlflow_colspec": schema})))
    }
}
