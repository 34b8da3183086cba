//! What an entity can be searched by: prefixes, attributes, and the operators and values that each takes.

use super::FilterError;
use super::tree::{Clause, Comparator, Condition, Key, Literal};

/// What an entity can be searched by. Its rows are called `x` in SQL, and each has a column `id`.
#[derive(Debug)]
pub(super) struct Rules {
    /// The entity in the plural, for messages.
    pub(super) entity: &'static str,
    /// Prefixes of keys; without one a key is an attribute.
    pub(super) prefixes: &'static [(&'static str, Family)],
    /// Its attributes.
    pub(super) attributes: &'static [Attribute],
    /// Where its metrics are.
    pub(super) metrics: Metrics,
}

/// Where the metrics of an entity are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Metrics {
    /// It has none.
    None,
    /// `metric_summary`, by run.
    OfRun,
    /// `logged_model_metric`, by model.
    OfLoggedModel,
}

/// What a prefix leads to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Family {
    /// A column of the entity's own.
    Attribute,
    /// The latest point of a metric.
    Metric,
    /// A table of keys and values.
    KeyValue(KeyValues),
    /// Datasets that a run used.
    Dataset,
}

/// A table of keys and values: tags or params.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct KeyValues {
    /// The table.
    pub(super) table: &'static str,
    /// Its column with the `id` of the owner.
    pub(super) owner: &'static str,
    /// Operators that its values can be compared with.
    pub(super) operators: &'static [&'static str],
    /// What its values can be compared with.
    pub(super) values: Values,
}

/// An attribute that can be searched or ordered by.
#[derive(Debug)]
pub(super) struct Attribute {
    /// Its names; the first is the one in messages.
    pub(super) names: &'static [&'static str],
    /// SQL of the value; see [`Statement::column`](super::sql::Statement::column).
    pub(super) column: &'static str,
    /// What it can be compared with.
    pub(super) values: Values,
    /// Operators that it can be compared with; none when it can only be ordered by.
    pub(super) operators: &'static [&'static str],
    /// Names that `order_by` knows; none when it can only be searched by.
    pub(super) order_names: &'static [&'static str],
}

/// What a key can be compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Values {
    /// Quoted text.
    Text,
    /// Quoted text; a bare number is taken for its text.
    TextOrNumber,
    /// A number.
    Number,
    /// A number, perhaps quoted.
    QuotedNumber,
    /// One of some words: as they are written, and as they are stored.
    Words(&'static [(&'static str, &'static str)]),
}

pub(super) const ORDER: &[&str] = &["=", "!=", "<", "<=", ">", ">="];
pub(super) const TEXT: &[&str] = &["=", "!=", "LIKE", "ILIKE"];
pub(super) const TEXT_OR_NULL: &[&str] = &["=", "!=", "LIKE", "ILIKE", "IS NULL", "IS NOT NULL"];
pub(super) const TEXT_OR_LIST: &[&str] = &["=", "!=", "LIKE", "ILIKE", "IN", "NOT IN"];
pub(super) const EQUALITY_OR_LIST: &[&str] = &["=", "!=", "IN", "NOT IN"];

/// A clause whose key is known and whose operator and values fit the key.
#[derive(Debug, PartialEq)]
pub(super) struct Test {
    pub(super) subject: Subject,
    pub(super) condition: Condition,
}

/// What is compared or ordered by.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Subject {
    /// SQL of an attribute.
    Column(&'static str),
    /// The latest point of a metric.
    Metric(String),
    /// The value under a key.
    KeyValue(KeyValues, String),
    /// Column of a dataset that a run used.
    Dataset(&'static str),
    /// Tag `mlflow.data.context` of such a use.
    DatasetContext,
}

/// SQLite refuses longer patterns; ILIKE may make a pattern longer by folding its case.
const MAX_PATTERN_BYTES: usize = 10_000;

impl Rules {
    /// Resolves the key of a clause and checks that operator and value fit. `text` is the whole filter, for errors.
    pub(super) fn test(&self, clause: &Clause, text: &str) -> Result<Test, FilterError> {
        self.resolve(clause).map_err(|reason| FilterError::at(text, clause.start, reason))
    }

    fn resolve(&self, clause: &Clause) -> Result<Test, String> {
        let name = clause.key.name.as_str();
        let (subject, operators, values) = match self.family(&clause.key)? {
            Family::Metric => (Subject::Metric(name.to_owned()), ORDER, Values::Number),
            Family::KeyValue(table) => (Subject::KeyValue(table, name.to_owned()), table.operators, table.values),
            Family::Dataset => {
                let subject = match name {
                    "name" => Subject::Dataset("d.name"),
                    "digest" => Subject::Dataset("d.digest"),
                    "context" => Subject::DatasetContext,
                    _ => return Err(format!("datasets have no '{name}'; expected one of name, digest, context")),
                };
                (subject, TEXT_OR_LIST, Values::Text)
            }
            Family::Attribute => {
                let searchable = || self.attributes.iter().filter(|attribute| !attribute.operators.is_empty());
                let Some(attribute) = searchable().find(|attribute| attribute.names.contains(&name)) else {
                    let names: Vec<_> = searchable().map(|attribute| attribute.names[0]).collect();
                    return Err(self.unknown_attribute(name, "searched by", &names));
                };
                (Subject::Column(attribute.column), attribute.operators, attribute.values)
            }
        };
        let operator = clause.condition.operator();
        if !operators.contains(&operator) {
            return Err(format!(
                "{} cannot be compared with {operator}; expected one of {}",
                clause.key,
                operators.join(", ")
            ));
        }
        let condition = values.check(&clause.condition).map_err(|reason| format!("{}: {reason}", clause.key))?;
        Ok(Test { subject, condition })
    }

    /// What `order_by` can name.
    pub(super) fn order_subject(&self, key: &Key) -> Result<Subject, String> {
        let name = key.name.as_str();
        match self.family(key)? {
            Family::Metric => Ok(Subject::Metric(name.to_owned())),
            Family::KeyValue(table) if self.metrics == Metrics::OfRun => Ok(Subject::KeyValue(table, name.to_owned())),
            Family::Attribute => {
                let names = || self.attributes.iter().flat_map(|attribute| attribute.order_names);
                match self.attributes.iter().find(|attribute| attribute.order_names.contains(&name)) {
                    Some(attribute) => Ok(Subject::Column(attribute.column)),
                    None => Err(self.unknown_attribute(name, "ordered by", &names().copied().collect::<Vec<_>>())),
                }
            }
            Family::KeyValue(_) | Family::Dataset => Err(format!("{} cannot be ordered by {key}", self.entity)),
        }
    }

    fn family(&self, key: &Key) -> Result<Family, String> {
        let Some(prefix) = key.prefix.as_deref() else { return Ok(Family::Attribute) };
        match self.prefixes.iter().find(|(known, _)| *known == prefix) {
            Some((_, family)) => Ok(*family),
            None => {
                let known: Vec<_> = self.prefixes.iter().map(|(known, _)| *known).collect();
                Err(format!("unknown prefix '{prefix}' for {}; expected one of {}", self.entity, known.join(", ")))
            }
        }
    }

    fn unknown_attribute(&self, name: &str, what_for: &str, known: &[&str]) -> String {
        format!("{} cannot be {what_for} attribute '{name}'; expected one of {}", self.entity, known.join(", "))
    }
}

impl Values {
    /// The condition with its values as the column holds them.
    fn check(self, condition: &Condition) -> Result<Condition, String> {
        Ok(match condition {
            Condition::IsNull { .. } => condition.clone(),
            Condition::In { values, negated } => {
                let values = values.iter().map(|value| self.word(value)).collect::<Result<_, _>>()?;
                Condition::In { values, negated: *negated }
            }
            Condition::Compare(Comparator::Like | Comparator::ILike, Literal::Text(pattern))
                if pattern.len() > MAX_PATTERN_BYTES =>
            {
                return Err(format!("the pattern is longer than {MAX_PATTERN_BYTES} bytes"));
            }
            Condition::Compare(comparator, literal) => Condition::Compare(*comparator, self.literal(literal)?),
        })
    }

    fn literal(self, literal: &Literal) -> Result<Literal, String> {
        match (self, literal) {
            (Self::Text | Self::TextOrNumber | Self::Words(_), Literal::Text(text)) => {
                self.word(text).map(Literal::Text)
            }
            (Self::TextOrNumber, Literal::Integer(number)) => Ok(Literal::Text(number.to_string())),
            (Self::TextOrNumber, Literal::Real(number)) => Ok(Literal::Text(number.to_string())),
            (Self::Number | Self::QuotedNumber, Literal::Integer(_)) => Ok(literal.clone()),
            // Values of this size were logged as infinite: that is how they are answered.
            (Self::Number | Self::QuotedNumber, Literal::Real(number)) if number.abs() == f64::MAX => {
                Ok(Literal::Real(number.signum() * f64::INFINITY))
            }
            (Self::Number | Self::QuotedNumber, Literal::Real(_)) => Ok(literal.clone()),
            (Self::QuotedNumber, Literal::Text(text)) => match text.parse() {
                Ok(number) => Ok(Literal::Integer(number)),
                Err(_) => Err(format!("expected a whole number, not '{text}'")),
            },
            (Self::Number, Literal::Text(text)) => Err(format!("expected a number without quotes, not '{text}'")),
            (Self::Text | Self::Words(_), number) => Err(format!("expected a text in quotes, not {number}")),
        }
    }

    fn word(self, text: &str) -> Result<String, String> {
        let Self::Words(words) = self else { return Ok(text.to_owned()) };
        match words.iter().find(|(written, stored)| *written == text || *stored == text) {
            Some((_, stored)) => Ok((*stored).to_owned()),
            None => {
                let known: Vec<_> = words.iter().map(|(written, _)| *written).collect();
                Err(format!("expected one of {}, not '{text}'", known.join(", ")))
            }
        }
    }
}
