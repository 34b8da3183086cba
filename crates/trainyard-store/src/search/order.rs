//! `order_by`: what rows are ordered by, as columns of a statement, and what a statement needs to join for them.

use super::FilterError;
use super::keyset::{Kind, Term};
use super::parser::parse_order;
use super::rules::{Rules, Subject};
use super::sql::Statement;
use super::values::Values;
use crate::StoreError;

/// Each entry may be a join; the databases allow some more.
const MAX_ENTRIES: usize = 32;

/// A checked `order_by` with what tells equals apart behind it.
#[derive(Debug)]
pub(super) struct Order {
    subjects: Vec<Subject>,
    columns: Vec<(String, Term)>,
}

impl Order {
    /// Reads the entries; each is about another key. Behind them come `ties`, of which the last are never equal.
    pub(super) fn parse(rules: &Rules, entries: &[String], ties: &[Tie]) -> Result<Self, StoreError> {
        if entries.len() > MAX_ENTRIES {
            return Err(StoreError::invalid(format!("order_by can have at most {MAX_ENTRIES} entries")));
        }
        let mut order = Self { subjects: Vec::new(), columns: Vec::new() };
        for entry in entries {
            let (key, ascending) = parse_order(entry)?;
            let subject =
                rules.order_subject(&key).map_err(|reason| FilterError::at(entry, 0, reason).of("order_by clause"))?;
            if order.subjects.contains(&subject) {
                return Err(StoreError::invalid(format!("`order_by` contains duplicate fields: {entries:?}")));
            }
            order.add(rules, subject, !ascending);
        }
        for (column, term) in ties {
            if !order.columns.iter().any(|(known, _)| known == column) {
                order.columns.push(((*column).to_owned(), *term));
            }
        }
        Ok(order)
    }

    /// What is missing comes last either way, and NaN before it, after all numbers.
    fn add(&mut self, rules: &Rules, subject: Subject, descending: bool) {
        let index = self.subjects.len();
        match &subject {
            Subject::Column(column) => {
                let kind = column_kind(rules, column);
                // The only text of an entity's own that is long and has an index.
                let term = Term { starts: index == 0 && *column == "x.name", ..Term::optional(kind, descending) };
                self.columns.push(((*column).to_owned(), term));
            }
            Subject::Metric(_) => {
                self.columns
                    .push((format!("COALESCE(o{index}.latest_is_nan, 2)"), Term::required(Kind::Number, false)));
                self.columns.push((format!("o{index}.latest_value"), Term::optional(Kind::Number, descending)));
            }
            Subject::KeyValue(table, _) => {
                let starts = index == 0 && table.owner == "run";
                let term = Term { starts, ..Term::optional(Kind::Text, descending) };
                self.columns.push((format!("o{index}.value"), term));
            }
            Subject::Dataset(_) | Subject::DatasetContext => {}
        }
        self.subjects.push(subject);
    }

    /// What is ordered by first, if anything was asked for.
    pub(super) fn first(&self) -> Option<&Subject> {
        self.subjects.first()
    }

    /// How many of the columns the first subject takes.
    pub(super) fn width_of_first(&self) -> usize {
        match self.first() {
            None => 0,
            Some(Subject::Metric(_)) => 2,
            Some(_) => 1,
        }
    }

    /// How many subjects are joined.
    pub(super) fn joined(&self) -> usize {
        self.subjects.iter().filter(|subject| matches!(subject, Subject::Metric(_) | Subject::KeyValue(..))).count()
    }

    /// The columns' terms.
    pub(super) fn terms(&self) -> Vec<Term> {
        self.columns.iter().map(|(_, term)| *term).collect()
    }

    /// Adds the columns `k1`, `k2`, … behind the first of the list of a `SELECT`.
    pub(super) fn select(&self, statement: &mut Statement) {
        self.select_with(statement, &[]);
    }

    /// As [`Order::select`], with other SQL for the first columns.
    pub(super) fn select_with(&self, statement: &mut Statement, first: &[&str]) {
        for (index, (column, _)) in self.columns.iter().enumerate() {
            let column = match first.get(index) {
                Some(column) => (*column).to_owned(),
                None => statement.column(column),
            };
            statement.push(&format!(", {column} AS k{}", index + 1));
        }
        if first.is_empty()
            && let Some((column, Term { starts: true, .. })) = self.columns.first()
        {
            let dialect = statement.dialect();
            let start = match self.first() {
                Some(Subject::KeyValue(..)) => dialect.value_start("o0"),
                _ => dialect.indexed_text(column),
            };
            if let Some(start) = start {
                statement.push(&format!(", {start} AS start"));
            }
        }
    }

    /// Joins what the columns come from.
    pub(super) fn join(&self, statement: &mut Statement) {
        for (index, subject) in self.subjects.iter().enumerate() {
            let Some(joined) = Joined::of(index, subject) else { continue };
            statement.push(&format!(" LEFT JOIN {} o{index} ON ", joined.table));
            joined.push_condition(statement, false);
        }
    }

    /// As [`Order::join`] for few rows, and without the first `skipped` subjects.
    pub(super) fn look_up(&self, statement: &mut Statement, skipped: usize) {
        for (index, subject) in self.subjects.iter().enumerate().skip(skipped) {
            let Some(joined) = Joined::of(index, subject) else { continue };
            let (before, behind) = statement.dialect().looked_up_join(joined.table, &format!("o{index}"));
            statement.push(&before);
            joined.push_condition(statement, true);
            statement.push(&behind);
        }
    }
}

/// A table that is joined to order by what is in it.
struct Joined<'s> {
    index: usize,
    table: &'static str,
    subject: &'s Subject,
}

impl<'s> Joined<'s> {
    fn of(index: usize, subject: &'s Subject) -> Option<Self> {
        let table = match subject {
            Subject::Metric(_) => "metric_summary",
            Subject::KeyValue(table, _) => table.table,
            Subject::Column(_) | Subject::Dataset(_) | Subject::DatasetContext => return None,
        };
        Some(Self { index, table, subject })
    }

    fn push_condition(&self, statement: &mut Statement, looked_up: bool) {
        let index = self.index;
        match self.subject {
            Subject::Metric(key) if looked_up => {
                statement.metric_of_run(&format!("o{index}"), "x.id", key);
            }
            Subject::Metric(key) => {
                statement.push(&format!("o{index}.run = x.id AND o{index}.metric_key = ")).metric_key(key);
            }
            Subject::KeyValue(table, key) => {
                statement.push(&format!("o{index}.{} = x.id AND o{index}.key = ", table.owner)).bind(key.as_str());
            }
            Subject::Column(_) | Subject::Dataset(_) | Subject::DatasetContext => {}
        }
    }
}

/// A column that is never missing, to tell equals apart by.
pub(super) type Tie = (&'static str, Term);

/// What a column of the entity's own holds.
pub(super) fn column_kind(rules: &Rules, column: &str) -> Kind {
    let attribute = rules.attributes.iter().find(|attribute| attribute.column == column);
    match attribute.map(|attribute| attribute.values) {
        Some(Values::Number | Values::QuotedNumber | Values::WholeNumber) => Kind::Number,
        _ => Kind::Text,
    }
}
