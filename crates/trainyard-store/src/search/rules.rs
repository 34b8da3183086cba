//! What an entity can be searched by: prefixes, attributes, and the operators and values that each takes.

use super::FilterError;
use super::suggestions::did_you_mean;
use super::tree::{Clause, Key};
use super::values::{Ask, Values};

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

/// Of an attribute that is always there and is a number.
pub(super) const NUMBER: &[&str] = &["=", "!=", "<", "<=", ">", ">=", "BETWEEN", "NOT BETWEEN", "IN", "NOT IN"];
/// Of a number that can be missing.
pub(super) const NUMBER_OR_NULL: &[&str] =
    &["=", "!=", "<", "<=", ">", ">=", "BETWEEN", "NOT BETWEEN", "IN", "NOT IN", "IS NULL", "IS NOT NULL"];
/// Of a text.
pub(super) const TEXT: &[&str] =
    &["=", "!=", "LIKE", "ILIKE", "RLIKE", "NOT LIKE", "NOT ILIKE", "NOT RLIKE", "IN", "NOT IN"];
/// Of a text that can be missing.
pub(super) const TEXT_OR_NULL: &[&str] = &[
    "=",
    "!=",
    "LIKE",
    "ILIKE",
    "RLIKE",
    "NOT LIKE",
    "NOT ILIKE",
    "NOT RLIKE",
    "IN",
    "NOT IN",
    "IS NULL",
    "IS NOT NULL",
];
/// Of a text that can be missing and may be a number.
pub(super) const PARAM: &[&str] = &[
    "=",
    "!=",
    "<",
    "<=",
    ">",
    ">=",
    "BETWEEN",
    "NOT BETWEEN",
    "LIKE",
    "ILIKE",
    "RLIKE",
    "NOT LIKE",
    "NOT ILIKE",
    "NOT RLIKE",
    "IN",
    "NOT IN",
    "IS NULL",
    "IS NOT NULL",
];
/// Of what has no order and no parts.
pub(super) const EQUALITY: &[&str] = &["=", "!=", "IN", "NOT IN"];

/// A clause whose key is known and whose operator and values fit the key.
#[derive(Debug, PartialEq)]
pub(super) struct Test {
    pub(super) subject: Subject,
    pub(super) ask: Ask,
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

/// A key that there is.
struct Known {
    subject: Subject,
    operators: &'static [&'static str],
    values: Values,
}

impl Rules {
    /// Resolves the key of a clause and checks that operator and values fit. `text` is the whole filter, for errors.
    pub(super) fn test(&self, clause: &Clause, text: &str) -> Result<Test, FilterError> {
        let places = &clause.places;
        let known = self.known(&clause.key).map_err(|reason| FilterError::at(text, places.key, reason))?;
        let operator = clause.condition.operator();
        if !known.operators.contains(&operator) {
            let reason = format!(
                "{} cannot be compared with {operator}; expected one of {}",
                clause.key,
                known.operators.join(", ")
            );
            return Err(FilterError::at(text, places.operator, reason));
        }
        let ask = known.values.ask(&clause.condition).map_err(|wrong| {
            let place = places.values.get(wrong.index).copied().unwrap_or(places.operator);
            FilterError::at(text, place, format!("{}: {}", clause.key, wrong.reason))
        })?;
        Ok(Test { subject: known.subject, ask })
    }

    /// The operators that a key takes.
    pub(super) fn operators(&self, key: &Key) -> Result<&'static [&'static str], String> {
        self.known(key).map(|known| known.operators)
    }

    /// What a key can be compared with, in words.
    pub(super) fn wanted(&self, key: &Key) -> Result<&'static str, String> {
        self.known(key).map(|known| known.values.wanted())
    }

    fn known(&self, key: &Key) -> Result<Known, String> {
        let name = key.name.as_str();
        Ok(match self.family(key)? {
            Family::Metric => {
                Known { subject: Subject::Metric(name.to_owned()), operators: NUMBER_OR_NULL, values: Values::Double }
            }
            Family::KeyValue(table) => Known {
                subject: Subject::KeyValue(table, name.to_owned()),
                operators: table.operators,
                values: table.values,
            },
            Family::Dataset => {
                const NAMES: &[&str] = &["name", "digest", "context"];
                let subject = match name {
                    "name" => Subject::Dataset("ds.name"),
                    "digest" => Subject::Dataset("ds.digest"),
                    "context" => Subject::DatasetContext,
                    _ => {
                        let hint = did_you_mean(name, NAMES);
                        return Err(format!("datasets have no '{name}'; expected one of {}{hint}", NAMES.join(", ")));
                    }
                };
                Known { subject, operators: TEXT, values: Values::Text }
            }
            Family::Attribute => {
                let searchable = || self.attributes.iter().filter(|attribute| !attribute.operators.is_empty());
                let Some(attribute) = searchable().find(|attribute| attribute.names.contains(&name)) else {
                    let names: Vec<_> = searchable().map(|attribute| attribute.names[0]).collect();
                    let mut reason = self.unknown_attribute(name, "searched by", &names);
                    if key.prefix.is_none() && !reason.ends_with('?') {
                        reason.push_str(&self.prefixed(name));
                    }
                    return Err(reason);
                };
                Known {
                    subject: Subject::Column(attribute.column),
                    operators: attribute.operators,
                    values: attribute.values,
                }
            }
        })
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
                let (entity, hint) = (self.entity, did_you_mean(prefix, &known));
                Err(format!("unknown prefix '{prefix}' for {entity}; expected one of {}{hint}", known.join(", ")))
            }
        }
    }

    fn unknown_attribute(&self, name: &str, what_for: &str, known: &[&str]) -> String {
        let (entity, hint) = (self.entity, did_you_mean(name, known));
        format!("{entity} cannot be {what_for} attribute '{name}'; expected one of {}{hint}", known.join(", "))
    }

    /// How the key would be written if it is a metric, a param or a tag.
    fn prefixed(&self, name: &str) -> String {
        const LONGEST: usize = 40;
        let mut families: Vec<(&str, Family)> = Vec::new();
        for (prefix, family) in self.prefixes {
            let keyed = matches!(family, Family::Metric | Family::KeyValue(_));
            if keyed && !families.iter().any(|(_, known)| known == family) {
                families.push((prefix, *family));
            }
        }
        if families.is_empty() || name.chars().count() > LONGEST {
            return String::new();
        }
        let key = |prefix: &str| Key { prefix: Some(prefix.to_owned()), name: name.to_owned() }.to_string();
        let keys: Vec<String> = families.iter().map(|(prefix, _)| key(prefix)).collect();
        format!("; or with a prefix: {}", keys.join(", "))
    }
}
