//! Comparisons of columns with what a filter asks.

use super::Statement;
use crate::db::{indexed_part, is_indexed_whole};
use crate::search::tree::{Comparator, Style};
use crate::search::values::{Ask, List};
use crate::{Dialect, Value};

impl Statement {
    /// NaN differs from every number and is otherwise out of any order.
    pub(super) fn compare_metric(&mut self, ask: &Ask) {
        self.push(if ask.is_negation() { "(is_nan = 1 OR " } else { "(is_nan = 0 AND " });
        self.compare("value", ask);
        self.push(")");
    }

    /// Compares `t.value` of a param or tag with texts, so that an index of such texts is used.
    pub(in crate::search) fn compare_value_indexed(&mut self, ask: &Ask) {
        let Some(start) = self.dialect.value_start("t") else { return self.compare("t.value", ask) };
        let is_told = match ask {
            Ask::Compare { comparator: Comparator::Equal, value: Value::Text(text), .. } => {
                self.push(&format!("{start} = ")).bind(indexed_part(text));
                is_indexed_whole(text)
            }
            Ask::In { list: List::Texts(texts), negated: false, .. } => {
                let bind = self.reserve(Value::texts(texts.iter().map(|text| indexed_part(text))));
                let list = self.dialect.texts(&bind);
                self.push(&format!("{start} IN {list}"));
                texts.iter().all(|text| is_indexed_whole(text))
            }
            _ => return self.compare("t.value", ask),
        };
        if !is_told {
            self.push(" AND ").compare("t.value", ask);
        }
    }

    /// Adds the comparison of a column.
    pub(in crate::search) fn compare(&mut self, column: &str, ask: &Ask) {
        let column = if ask.as_number() { &self.dialect.number(column) } else { column };
        match ask {
            Ask::Compare { comparator, value, .. } => self.compare_value(column, *comparator, value),
            Ask::Between { low, high, negated, .. } => {
                self.push(if *negated { "NOT (" } else { "(" });
                self.compare_value(column, low.0, &low.1);
                self.push(" AND ");
                self.compare_value(column, high.0, &high.1);
                self.push(")");
            }
            Ask::Match { style, pattern, negated } => {
                let pattern = if *style == Style::RLike { self.dialect.pattern(pattern) } else { pattern.clone() };
                let bind = self.reserve(Value::Text(pattern));
                let sql = match style {
                    Style::Like => self.dialect.like(column, &bind),
                    Style::ILike => self.dialect.ilike(column, &bind),
                    Style::RLike => self.dialect.rlike(column, &bind),
                };
                self.push(&if *negated { format!("NOT ({sql})") } else { sql });
            }
            Ask::In { list, negated, .. } => {
                let (value, list): (_, fn(Dialect, &str) -> String) = match list {
                    List::Texts(texts) => (Value::texts(texts), Dialect::texts),
                    List::Integers(integers) => (Value::integers(integers), Dialect::integers),
                    List::Numbers(numbers) => (Value::numbers(numbers), Dialect::numbers),
                };
                let bind = self.reserve(value);
                let list = list(self.dialect, &bind);
                self.push(&format!("{column} {} {list}", if *negated { "NOT IN" } else { "IN" }));
            }
            Ask::IsNull { negated, .. } => {
                self.push(&format!("{column} {}", if *negated { "IS NOT NULL" } else { "IS NULL" }));
            }
        }
    }

    fn compare_value(&mut self, column: &str, comparator: Comparator, value: &Value) {
        let operator = if comparator == Comparator::NotEqual { "<>" } else { comparator.as_str() };
        self.push(&format!("{column} {operator} ")).bind(value.clone());
    }
}
