//! Prompts share the registry's tables with models; the tag `mlflow.prompt.is_prompt` tells them apart.
//!
//! As in MLflow, searches leave prompts out unless the filter asks for them, and the clause that says so is no ordinary
//! comparison of a tag: `!= 'true'` also finds what does not have the tag. Its client adds
//! ``tag.`mlflow.prompt.is_prompt` != 'true'`` to every search for registered models.

use super::sql::Statement;
use super::tree::{Clause, Comparator, Condition, Filter, Literal};

pub(crate) const IS_PROMPT: &str = "mlflow.prompt.is_prompt";

/// Takes the clauses about prompts out of a filter and adds to the statement what they mean. `tags` is a query of the
/// entity's tags `t`, to which conditions can be added.
pub(super) fn choose(statement: &mut Statement, filter: Filter, tags: &str) -> Filter {
    let (about, rest): (Vec<_>, Vec<_>) = match filter {
        Filter::And(filters) => filters.into_iter().partition(|filter| clause(filter).is_some()),
        single => vec![single].into_iter().partition(|filter| clause(filter).is_some()),
    };
    let mut wanted: Vec<bool> = about.iter().filter_map(clause).map(wants_prompts).collect();
    if wanted.is_empty() {
        wanted.push(false);
    }
    for prompts in wanted {
        statement.push(if prompts { "EXISTS (" } else { "NOT EXISTS (" });
        statement.push(tags).push(" AND t.key = ").bind(IS_PROMPT).push(" AND t.value = 'true') AND ");
    }
    Filter::And(rest)
}

fn clause(filter: &Filter) -> Option<&Clause> {
    match filter {
        Filter::Clause(clause) if matches!(clause.key.prefix.as_deref(), Some("tag" | "tags")) => {
            (clause.key.name == IS_PROMPT).then_some(clause)
        }
        Filter::Clause(_) | Filter::And(_) => None,
    }
}

fn wants_prompts(clause: &Clause) -> bool {
    match &clause.condition {
        Condition::Compare(Comparator::Equal, Literal::Text(value)) => value == "true",
        Condition::Compare(Comparator::NotEqual, Literal::Text(value)) => value == "false",
        _ => false,
    }
}
