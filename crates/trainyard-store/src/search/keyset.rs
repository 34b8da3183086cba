//! Pages by key: the next page is what comes after the last row of the page before, told by the values it was ordered by.
//!
//! So a page far behind costs what the first costs, and rows that come or go before it shift nothing.

use super::sql::Statement;
use crate::{Row, StoreError, Value};

/// A column that rows are ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Term {
    /// What it holds.
    pub(super) kind: Kind,
    /// Whether the greatest come first.
    pub(super) descending: bool,
    /// Whether it may be NULL, which comes last either way.
    pub(super) optional: bool,
    /// Whether it is a text, and rows have what indexes hold of it as `start`, where that is not the text itself.
    pub(super) starts: bool,
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Number,
    Text,
}

impl Term {
    pub(super) const fn required(kind: Kind, descending: bool) -> Self {
        Self { kind, descending, optional: false, starts: false }
    }

    pub(super) const fn optional(kind: Kind, descending: bool) -> Self {
        Self { kind, descending, optional: true, starts: false }
    }

    /// Whether the column can hold the value.
    pub(super) fn holds(&self, value: &Value) -> bool {
        match value {
            Value::Null => self.optional,
            Value::Integer(_) => self.kind == Kind::Number,
            Value::Real(number) => self.kind == Kind::Number && !number.is_nan(),
            Value::Text(_) => self.kind == Kind::Text,
            Value::Bytes(_) | Value::List(_) => false,
        }
    }
}

/// A row, by what it is ordered by.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Place {
    /// The row's `id`.
    pub(super) key: i64,
    /// One value a term.
    pub(super) values: Vec<Value>,
}

/// Rows of a page as they come in.
#[derive(Debug)]
pub(super) struct Rows {
    limit: usize,
    pub(super) keys: Vec<i64>,
    /// The last row that fits.
    pub(super) last: Option<Place>,
}

impl Rows {
    /// Room for `limit` rows and one more, which tells that another page follows.
    pub(super) fn new(limit: i64) -> Self {
        Self { limit: usize::try_from(limit).unwrap_or(usize::MAX), keys: Vec::new(), last: None }
    }

    /// How many more there is room for.
    pub(super) fn wanted(&self) -> i64 {
        let wanted = self.limit.saturating_add(1).saturating_sub(self.keys.len());
        i64::try_from(wanted).unwrap_or(i64::MAX)
    }

    /// Takes a row whose columns are its `id` and what it is ordered by.
    pub(super) fn add(&mut self, row: &Row<'_>, terms: usize) -> Result<(), StoreError> {
        let key = row.get(0)?;
        self.keys.push(key);
        if self.keys.len() == self.limit {
            let values = (1..=terms).map(|index| row.get(index)).collect::<Result<_, _>>()?;
            self.last = Some(Place { key, values });
        }
        Ok(())
    }
}

/// Adds the condition that a row of `q` comes after a place. The first `fixed` terms are equal in all rows of `q` and in
/// the place.
pub(super) fn after(statement: &mut Statement, terms: &[Term], values: &[Value], fixed: usize) {
    let mut open = 0;
    let last = terms.len().saturating_sub(1);
    for (index, (term, value)) in terms.iter().zip(values).enumerate().skip(fixed) {
        let column = format!("q.k{}", index + 1);
        if *value == Value::Null {
            // Nothing comes after what is missing, except by the terms behind.
            statement.push(&format!("({column} IS NULL AND "));
            open += 1;
            if index == last {
                statement.push("1 = 0");
            }
            continue;
        }
        let bind = statement.reserve(value.clone());
        let beyond = if term.descending { "<" } else { ">" };
        if index == fixed && !term.optional {
            // Says nothing new, but a range of its own is where an index can begin.
            match statement.dialect().indexed_text(&bind).filter(|_| term.starts) {
                Some(start) => drop(statement.push(&format!("q.start {beyond}= {start} AND "))),
                None => drop(statement.push(&format!("{column} {beyond}= {bind} AND "))),
            }
        }
        statement.push(&format!("({column} {beyond} {bind}"));
        open += 1;
        if term.optional {
            statement.push(&format!(" OR {column} IS NULL"));
        }
        if index < last {
            statement.push(&format!(" OR {column} = {bind} AND "));
        }
    }
    statement.push(&")".repeat(open));
}

/// Adds `ORDER BY`, without the first `fixed` terms.
pub(super) fn order_by(statement: &mut Statement, terms: &[Term], fixed: usize) {
    for (index, term) in terms.iter().enumerate().skip(fixed) {
        statement.push(if index == fixed { " ORDER BY " } else { ", " });
        let direction = if term.descending { "DESC" } else { "ASC" };
        let missing = if term.optional { " NULLS LAST" } else { "" };
        let column = format!("q.k{}", index + 1);
        if index == fixed && term.starts && statement.dialect().indexed_text(&column).is_some() {
            // Says nothing new: it is the order that an index of texts has.
            statement.push(&format!("q.start {direction}{missing}, "));
        }
        statement.push(&format!("{column} {direction}{missing}"));
    }
}
