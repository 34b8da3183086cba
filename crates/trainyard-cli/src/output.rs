//! What people and machines read: aligned tables, and JSON.

use std::borrow::Cow;
use std::io::Write;

use comfy_table::{Cell, Table, presets};
use serde::Serialize;

use crate::failure::Failure;

/// Prints a value as indented JSON.
pub fn json(value: &impl Serialize) -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(value).map_err(Failure::because)?;
    line(&text)
}

/// Prints one line.
pub fn line(text: &str) -> Result<(), Failure> {
    Ok(writeln!(anstream::stdout().lock(), "{text}")?)
}

/// Prints rows under a header, columns aligned; `empty` instead when there are none.
pub fn table(header: &[&str], rows: Vec<Vec<String>>, empty: &str) -> Result<(), Failure> {
    if rows.is_empty() {
        return line(empty);
    }
    let mut table = columns();
    table.set_header(header.iter().map(|title| Cell::new(title.to_uppercase())));
    table.add_rows(rows.iter().map(|row| row.iter().map(|cell| harmless(cell))));
    print(table)
}

/// Prints names and values side by side; values that are empty are left out.
pub fn fields(rows: &[(&str, String)]) -> Result<(), Failure> {
    let mut table = columns();
    table.add_rows(
        rows.iter().filter(|(_, value)| !value.is_empty()).map(|(name, value)| [Cow::from(*name), harmless(value)]),
    );
    print(table)
}

/// Prints a titled table after an empty line; nothing when there are no rows.
pub fn section(title: &str, header: &[&str], rows: Vec<Vec<String>>) -> Result<(), Failure> {
    if rows.is_empty() {
        return Ok(());
    }
    line(&format!("\n\x1b[1m{title}\x1b[0m"))?;
    table(header, rows, "")
}

/// What others have logged may not steer the terminal: control characters are shown as what they are.
fn harmless(text: &str) -> Cow<'_, str> {
    let steers = |letter: char| letter.is_control() && letter != '\n';
    if !text.contains(steers) {
        return text.into();
    }
    let mut shown = String::with_capacity(text.len() + 8);
    for letter in text.chars() {
        match steers(letter) {
            true => shown.extend(letter.escape_default()),
            false => shown.push(letter),
        }
    }
    shown.into()
}

fn print(mut table: Table) -> Result<(), Failure> {
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    line(&table.trim_fmt())
}

fn columns() -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table
}
