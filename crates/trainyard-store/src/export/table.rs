//! A table under way to a file: rows are collected column by column, and written in groups.

use std::io::Write;
use std::sync::Arc;

use parquet::basic::{Compression, Encoding, LogicalType, Repetition, TimeUnit, Type as Physical};
use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::{ColumnPath, Type};
use trainyard_api::export::Format;

use super::Sink;
use crate::{DbError, StoreError};

/// Rows of a group, unless it has too many cells or too much text before.
const GROUP_ROWS: usize = 100_000;
/// Cells of a group.
const GROUP_CELLS: usize = 2_000_000;
/// Bytes of texts of a group, each text counted once where it is shared.
const GROUP_TEXT: usize = 16 << 20;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Integer,
    /// Milliseconds since the epoch.
    Time,
    Number,
}

/// A column by name.
pub(super) struct Field {
    pub(super) name: String,
    pub(super) kind: Kind,
    /// Whether rows may leave it out.
    pub(super) optional: bool,
}

impl Field {
    pub(super) fn required(name: &str, kind: Kind) -> Self {
        Self { name: name.to_owned(), kind, optional: false }
    }

    pub(super) fn optional(name: impl Into<String>, kind: Kind) -> Self {
        Self { name: name.into(), kind, optional: true }
    }

    fn schema(&self) -> Result<Type, ParquetError> {
        let (physical, logical) = match self.kind {
            Kind::Text => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
            Kind::Integer => (Physical::INT64, None),
            Kind::Time => (Physical::INT64, Some(LogicalType::timestamp(true, TimeUnit::MILLIS))),
            Kind::Number => (Physical::DOUBLE, None),
        };
        let repetition = if self.optional { Repetition::OPTIONAL } else { Repetition::REQUIRED };
        Type::primitive_type_builder(&self.name, physical)
            .with_repetition(repetition)
            .with_logical_type(logical)
            .build()
    }
}

/// A text that many rows may share.
#[derive(Clone)]
pub(super) struct Text(ByteArray);

impl Text {
    pub(super) fn new(text: &str) -> Self {
        Self(ByteArray::from(text.as_bytes().to_vec()))
    }
}

/// The cells of one column that are there; `present` says which.
struct Column {
    field: Field,
    cells: Cells,
    present: Vec<i16>,
}

enum Cells {
    Texts(Vec<ByteArray>),
    Integers(Vec<i64>),
    Numbers(Vec<f64>),
}

/// A table being written.
pub(super) struct Table {
    columns: Vec<Column>,
    output: Output,
    rows: usize,
    text_bytes: usize,
}

enum Output {
    Parquet(Box<SerializedFileWriter<Vec<u8>>>),
    Csv { begun: bool },
    Jsonl,
}

impl Table {
    pub(super) fn new(format: Format, fields: Vec<Field>) -> Result<Self, StoreError> {
        let output = match format {
            Format::Parquet => Output::Parquet(Box::new(writer(&fields).map_err(failed)?)),
            Format::Csv => Output::Csv { begun: false },
            Format::Jsonl => Output::Jsonl,
        };
        let column = |field: Field| {
            let cells = match field.kind {
                Kind::Text => Cells::Texts(Vec::new()),
                Kind::Integer | Kind::Time => Cells::Integers(Vec::new()),
                Kind::Number => Cells::Numbers(Vec::new()),
            };
            Column { field, cells, present: Vec::new() }
        };
        Ok(Self { columns: fields.into_iter().map(column).collect(), output, rows: 0, text_bytes: 0 })
    }

    /// Gives the current row a text.
    pub(super) fn text(&mut self, column: usize, text: &str) {
        self.text_bytes += text.len();
        self.shared_text(column, &Text::new(text));
    }

    /// Gives the current row a text that other rows have, too.
    pub(super) fn shared_text(&mut self, column: usize, text: &Text) {
        let column = &mut self.columns[column];
        if let Cells::Texts(cells) = &mut column.cells {
            cells.push(text.0.clone());
            column.present.push(1);
        }
    }

    /// Gives the current row an integer or a time.
    pub(super) fn integer(&mut self, column: usize, integer: i64) {
        let column = &mut self.columns[column];
        if let Cells::Integers(cells) = &mut column.cells {
            cells.push(integer);
            column.present.push(1);
        }
    }

    /// Gives the current row a number.
    pub(super) fn number(&mut self, column: usize, number: f64) {
        let column = &mut self.columns[column];
        if let Cells::Numbers(cells) = &mut column.cells {
            cells.push(number);
            column.present.push(1);
        }
    }

    /// Ends the current row; what it was not given is absent.
    pub(super) fn end_row(&mut self, sink: &mut Sink<'_>) -> Result<(), StoreError> {
        self.rows += 1;
        for column in &mut self.columns {
            if column.present.len() < self.rows {
                column.present.push(0);
            }
        }
        let full =
            self.rows >= GROUP_ROWS || self.rows * self.columns.len() >= GROUP_CELLS || self.text_bytes >= GROUP_TEXT;
        if full { self.write_group(sink) } else { Ok(()) }
    }

    /// Writes what is left, and the end of the file.
    pub(super) fn finish(mut self, sink: &mut Sink<'_>) -> Result<(), StoreError> {
        self.write_group(sink)?;
        match self.output {
            Output::Parquet(writer) => sink(writer.into_inner().map_err(failed)?),
            // An empty part, so that somebody who waits for the first one hears that all is well.
            Output::Csv { .. } | Output::Jsonl => sink(Vec::new()),
        }
    }

    fn write_group(&mut self, sink: &mut Sink<'_>) -> Result<(), StoreError> {
        let part = match &mut self.output {
            Output::Parquet(_) if self.rows == 0 => Vec::new(),
            Output::Parquet(writer) => write_parquet(writer, &self.columns).map_err(failed)?,
            Output::Csv { begun } => {
                let mut part = Vec::new();
                if !std::mem::replace(begun, true) {
                    let names = self.columns.iter().map(|column| column.field.name.as_str());
                    csv_line(&mut part, names.map(|name| Some(Cell::Text(name))));
                }
                each_row(&self.columns, self.rows, |cells| csv_line(&mut part, cells.iter().copied()));
                part
            }
            Output::Jsonl => {
                let mut part = Vec::new();
                each_row(&self.columns, self.rows, |cells| json_line(&mut part, &self.columns, cells));
                part
            }
        };
        self.rows = 0;
        self.text_bytes = 0;
        for column in &mut self.columns {
            column.present.clear();
            match &mut column.cells {
                Cells::Texts(cells) => cells.clear(),
                Cells::Integers(cells) => cells.clear(),
                Cells::Numbers(cells) => cells.clear(),
            }
        }
        if part.is_empty() { Ok(()) } else { sink(part) }
    }
}

fn writer(fields: &[Field]) -> Result<SerializedFileWriter<Vec<u8>>, ParquetError> {
    let columns = fields.iter().map(|field| field.schema().map(Arc::new)).collect::<Result<Vec<_>, _>>()?;
    let schema = Type::group_type_builder("schema").with_fields(columns).build()?;
    let mut properties = WriterProperties::builder()
        .set_created_by(concat!("trainyard ", env!("CARGO_PKG_VERSION")).to_owned())
        .set_compression(Compression::SNAPPY);
    for field in fields.iter().filter(|field| field.kind != Kind::Text) {
        let path = ColumnPath::new(vec![field.name.clone()]);
        // Few numbers come twice, and steps and times mostly go up by little.
        properties = properties.set_column_dictionary_enabled(path.clone(), false);
        if field.kind != Kind::Number {
            properties = properties.set_column_encoding(path, Encoding::DELTA_BINARY_PACKED);
        }
    }
    SerializedFileWriter::new(Vec::new(), Arc::new(schema), Arc::new(properties.build()))
}

/// Writes a row group and returns the bytes of it.
fn write_parquet(writer: &mut SerializedFileWriter<Vec<u8>>, columns: &[Column]) -> Result<Vec<u8>, ParquetError> {
    let mut group = writer.next_row_group()?;
    for column in columns {
        let Some(mut to) = group.next_column()? else { break };
        let present = column.field.optional.then_some(column.present.as_slice());
        match &column.cells {
            Cells::Texts(cells) => to.typed::<ByteArrayType>().write_batch(cells, present, None)?,
            Cells::Integers(cells) => to.typed::<Int64Type>().write_batch(cells, present, None)?,
            Cells::Numbers(cells) => to.typed::<DoubleType>().write_batch(cells, present, None)?,
        };
        to.close()?;
    }
    group.close()?;
    writer.flush()?;
    // Positions are counted by the writer, whatever becomes of the bytes behind it.
    Ok(std::mem::take(writer.inner_mut()))
}

/// One cell of a text format.
#[derive(Clone, Copy)]
enum Cell<'c> {
    Text(&'c str),
    Integer(i64),
    Number(f64),
}

/// Shows the collected rows, one after the other.
fn each_row(columns: &[Column], rows: usize, mut show: impl FnMut(&[Option<Cell<'_>>])) {
    let mut taken = vec![0; columns.len()];
    for row in 0..rows {
        let cells: Vec<Option<Cell<'_>>> = columns
            .iter()
            .zip(&mut taken)
            .map(|(column, taken)| {
                if column.present.get(row) != Some(&1) {
                    return None;
                }
                let place = *taken;
                *taken += 1;
                match &column.cells {
                    Cells::Texts(cells) => {
                        cells.get(place).map(|text| Cell::Text(std::str::from_utf8(text.data()).unwrap_or_default()))
                    }
                    Cells::Integers(cells) => cells.get(place).copied().map(Cell::Integer),
                    Cells::Numbers(cells) => cells.get(place).copied().map(Cell::Number),
                }
            })
            .collect();
        show(&cells);
    }
}

/// Writing into memory does not fail.
fn put(to: &mut Vec<u8>, text: std::fmt::Arguments<'_>) {
    let _ = to.write_fmt(text);
}

fn csv_line<'c>(to: &mut Vec<u8>, cells: impl Iterator<Item = Option<Cell<'c>>>) {
    for (index, cell) in cells.enumerate() {
        if index > 0 {
            to.push(b',');
        }
        match cell {
            None => {}
            Some(Cell::Integer(integer)) => put(to, format_args!("{integer}")),
            Some(Cell::Number(number)) => put(to, format_args!("{}", word(number).unwrap_or(&format!("{number:?}")))),
            // An empty text is not the same as none.
            Some(Cell::Text(text)) if text.is_empty() || text.contains(['"', ',', '\n', '\r']) => {
                put(to, format_args!("\"{}\"", text.replace('"', "\"\"")));
            }
            Some(Cell::Text(text)) => to.extend_from_slice(text.as_bytes()),
        }
    }
    to.extend_from_slice(b"\r\n");
}

fn json_line(to: &mut Vec<u8>, columns: &[Column], cells: &[Option<Cell<'_>>]) {
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    let mut separator = '{';
    for (column, cell) in columns.iter().zip(cells) {
        let Some(cell) = cell else { continue };
        put(to, format_args!("{separator}{}:", quoted(&column.field.name)));
        separator = ',';
        match cell {
            Cell::Integer(integer) => put(to, format_args!("{integer}")),
            Cell::Number(number) => match word(*number) {
                Some(word) => put(to, format_args!("\"{word}\"")),
                None => put(to, format_args!("{number:?}")),
            },
            Cell::Text(text) => to.extend_from_slice(quoted(text).as_bytes()),
        }
    }
    to.extend_from_slice(if separator == '{' { b"{}\n" } else { b"}\n" });
}

/// What numbers are called that JSON does not have.
fn word(number: f64) -> Option<&'static str> {
    match number {
        number if number.is_nan() => Some("NaN"),
        f64::INFINITY => Some("Infinity"),
        f64::NEG_INFINITY => Some("-Infinity"),
        _ => None,
    }
}

fn failed(error: ParquetError) -> StoreError {
    DbError::Other(format!("a Parquet file could not be written: {error}")).into()
}
