//! Searches: MLflow's filter language and orders to SQL, page by page.
//!
//! The way of a filter: text → tokens (`lexer`) → tree (`parser`, `tree`), the same for every entity; then, with the
//! keys, operators and values that the entity has (`rules`, `values`), SQL with binds (`sql`). No text of a user becomes
//! part of SQL. docs/search.md says what the language is.
//!
//! `order` does the same for `order_by`; `page` reads and writes page tokens, and `keyset` makes conditions of them. One
//! module an entity holds its keys and its operation; `plan` decides by which index runs are found.

mod evaluation_datasets;
mod experiments;
mod keyset;
mod lexer;
mod logged_models;
mod model_versions;
mod order;
pub(crate) mod page;
mod parser;
pub(crate) mod place;
mod plan;
pub(crate) mod prompts;
mod registered_models;
mod rules;
pub(crate) mod run_groups;
pub(crate) mod runs;
mod sql;
mod suggestions;
mod tree;
mod values;

pub(crate) use page::fingerprint;
use parser::parse;
pub(crate) use plan::Plans;

use trainyard_api::{ExperimentId, ViewType};

use crate::tracking::experiments::parse_id;
use crate::{StoreError, Value};
use sql::Statement;

/// Why a filter or an order is refused, and where in its text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("Invalid {subject} {place}: {reason}")]
pub(crate) struct FilterError {
    subject: &'static str,
    place: String,
    reason: String,
}

impl FilterError {
    /// An error at a byte offset of a filter.
    fn at(text: &str, start: usize, reason: impl Into<String>) -> Self {
        const EXCERPT: usize = 40;
        const REASON: usize = 1000;
        let rest: String = text[start..].trim_end().chars().take(EXCERPT).collect();
        let place = if rest.is_empty() {
            "at its end".to_owned()
        } else {
            format!("at character {}, near {rest:?}", text[..start].chars().count() + 1)
        };
        Self { subject: "filter", place, reason: reason.into().chars().take(REASON).collect() }
    }

    /// The same error, about something that is not a filter.
    fn of(self, subject: &'static str) -> Self {
        Self { subject, ..self }
    }
}

impl From<FilterError> for StoreError {
    fn from(error: FilterError) -> Self {
        Self::invalid(error.to_string())
    }
}

/// The keys of experiments, for `WHERE`, each once. What is not a number cannot be an id; a number that is none finds nothing.
pub(crate) fn experiment_keys(ids: &[ExperimentId]) -> Result<Vec<i64>, StoreError> {
    let mut keys = Vec::with_capacity(ids.len());
    for id in ids {
        match parse_id(id) {
            Ok(key) => keys.push(key),
            Err(StoreError::NotFound { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    keys.sort_unstable();
    keys.dedup();
    Ok(keys)
}

/// Narrows a search to experiments. One of them is compared directly, so that an index also gives the order.
fn in_experiments(statement: &mut Statement, keys: &[i64]) {
    statement.push("x.experiment_id");
    is_one_of(statement, keys);
}

fn is_one_of(statement: &mut Statement, keys: &[i64]) {
    if let [key] = keys {
        statement.push(" = ").bind(*key);
    } else {
        let bind = statement.reserve(Value::integers(keys));
        let list = statement.dialect().integers(&bind);
        statement.push(" IN ").push(&list);
    }
}

/// Narrows a search to lifecycle stages.
fn in_stages(statement: &mut Statement, table: &str, view: ViewType) {
    let stage = match view {
        ViewType::ActiveOnly => trainyard_api::LifecycleStage::Active,
        ViewType::DeletedOnly => trainyard_api::LifecycleStage::Deleted,
        ViewType::All => return,
    };
    statement.push(&format!(" AND {table}.lifecycle_stage = ")).bind(stage);
}
