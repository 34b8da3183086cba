//! `order_by` as SQL: joins for what is not a column, then the order itself.

use super::FilterError;
use super::parser::parse_order;
use super::rules::{Rules, Subject};
use super::sql::Statement;
use crate::StoreError;

/// Each entry may be a join; the databases allow some more.
const MAX_ENTRIES: usize = 32;

/// A checked `order_by`.
#[derive(Debug)]
pub(super) struct Order(Vec<(Subject, bool)>);

impl Order {
    /// Reads the entries; each is about another key.
    pub(super) fn parse(rules: &Rules, entries: &[String]) -> Result<Self, StoreError> {
        if entries.len() > MAX_ENTRIES {
            return Err(StoreError::invalid(format!("order_by can have at most {MAX_ENTRIES} entries")));
        }
        let mut order: Vec<(Subject, bool)> = Vec::new();
        for entry in entries {
            let (key, ascending) = parse_order(entry)?;
            let subject =
                rules.order_subject(&key).map_err(|reason| FilterError::at(entry, 0, reason).of("order_by clause"))?;
            if order.iter().any(|(other, _)| *other == subject) {
                return Err(StoreError::invalid(format!("`order_by` contains duplicate fields: {entries:?}")));
            }
            order.push((subject, ascending));
        }
        Ok(Self(order))
    }

    /// Whether nothing was asked for.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds the joins; they stand before `WHERE`.
    pub(super) fn joins(&self, statement: &mut Statement) {
        for (index, (subject, _)) in self.0.iter().enumerate() {
            match subject {
                Subject::Metric(key) => {
                    statement
                        .push(&format!(
                            " LEFT JOIN metric_summary o{index} ON o{index}.run = x.id AND o{index}.metric_key = "
                        ))
                        .push("(SELECT id FROM metric_key WHERE key = ")
                        .bind(key.as_str())
                        .push(")");
                }
                Subject::KeyValue(table, key) => {
                    statement
                        .push(&format!(
                            " LEFT JOIN {} o{index} ON o{index}.{} = x.id AND o{index}.key = ",
                            table.table, table.owner
                        ))
                        .bind(key.as_str());
                }
                Subject::Column(_) | Subject::Dataset(_) | Subject::DatasetContext => {}
            }
        }
    }

    /// Adds `ORDER BY`. What is missing comes last either way, and NaN before it, after all numbers. Equals are told
    /// apart by `ties`.
    pub(super) fn finish(&self, statement: &mut Statement, ties: &str) {
        statement.push(" ORDER BY ");
        for (index, (subject, ascending)) in self.0.iter().enumerate() {
            let direction = if *ascending { "ASC" } else { "DESC" };
            match subject {
                Subject::Column(column) => {
                    let column = statement.column(column);
                    statement.push(&format!("{column} {direction} NULLS LAST, "));
                }
                Subject::Metric(_) => {
                    statement
                        .push(&format!("COALESCE(o{index}.latest_is_nan, 2), o{index}.latest_value {direction}, "));
                }
                Subject::KeyValue(..) => {
                    statement.push(&format!("o{index}.value {direction} NULLS LAST, "));
                }
                Subject::Dataset(_) | Subject::DatasetContext => {}
            }
        }
        statement.push(ties);
    }
}
