//! SQL functions that SQLite does not have, or has differently.

use regex::Regex;
use rusqlite::Connection;
use rusqlite::functions::{Context, FunctionFlags};
use rusqlite::types::ValueRef;

use crate::db::regular_expression;

/// Makes them known to a connection.
pub(super) fn register(connection: &Connection) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    // SQLite's own folds ASCII only.
    connection.create_scalar_function("LOWER", 1, flags, |call| Ok(text(call, 0)?.map(str::to_lowercase)))?;
    connection.create_scalar_function("NUMBER", 1, flags, |call| Ok(text(call, 0)?.and_then(number)))?;
    // `text REGEXP pattern` is REGEXP(pattern, text). The pattern is compiled once a statement.
    connection.create_scalar_function("REGEXP", 2, flags, |call| {
        let pattern =
            call.get_or_create_aux(0, |pattern| -> Result<Regex, Box<dyn std::error::Error + Send + Sync>> {
                Ok(regular_expression(pattern.as_str()?)?)
            })?;
        Ok(text(call, 1)?.map(|text| pattern.is_match(text)))
    })
}

/// An argument that is text; NULL, which functions answer with NULL, and whatever else there is, as none.
fn text<'c>(call: &'c Context<'_>, index: usize) -> rusqlite::Result<Option<&'c str>> {
    match call.get_raw(index) {
        value @ ValueRef::Text(_) => Ok(Some(value.as_str()?)),
        _ => Ok(None),
    }
}

/// The number that a whole text is, written as numbers of the filter language are: no `nan`, no `inf`, no spaces.
fn number(text: &str) -> Option<f64> {
    let has_only_its_characters =
        text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E'));
    if has_only_its_characters { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_numbers_when_all_of_them_is_one() {
        for (text, value) in [("1", 1.0), ("1.", 1.0), (".5", 0.5), ("+1e-3", 0.001), ("-2E+2", -200.0), ("007", 7.0)] {
            assert_eq!(number(text), Some(value), "{text}");
        }
        for text in
            ["", " 1", "1 ", "1e", "e5", ".", "+", "1.2.3", "1_000", "1,5", "0x10", "nan", "inf", "-Infinity", "١"]
        {
            assert_eq!(number(text), None, "{text}");
        }
        assert_eq!(number("1e999"), Some(f64::INFINITY));
    }
}
