//! Prompts share the registry's tables with models; the tag `mlflow.prompt.is_prompt` tells them apart.
//!
//! As in MLflow, searches leave prompts out unless the filter asks for them, and clauses that say that they should are
//! no ordinary comparison of a tag: `!= 'true'` also finds what does not have the tag. MLflow's client adds
//! ``tag.`mlflow.prompt.is_prompt` != 'true'`` to every search for registered models, behind whatever the filter is.

use super::tree::{Clause, Comparator, Condition, Filter, Key, Literal, Places, Style};

pub(crate) const IS_PROMPT: &str = "mlflow.prompt.is_prompt";

/// What a clause about the tag says.
#[derive(Clone, Copy, PartialEq)]
enum Says {
    /// Prompts are wanted. The clause means what it would mean for any tag.
    Prompts,
    /// Prompts are not wanted, whatever else may be known of the tag.
    NoPrompts,
}

/// The filter with what it leaves unsaid about prompts.
pub(super) fn choose(filter: Filter) -> Filter {
    let asks = asks(&filter, Says::Prompts);
    let filter = plain(filter);
    if asks { filter } else { Filter::and(vec![is_prompt().negated(), filter]) }
}

/// Whether a clause says this, or under `NOT` the contrary.
fn asks(filter: &Filter, wanted: Says) -> bool {
    match filter {
        Filter::And(filters) | Filter::Or(filters) => filters.iter().any(|filter| asks(filter, wanted)),
        Filter::Not(filter) => asks(filter, if wanted == Says::Prompts { Says::NoPrompts } else { Says::Prompts }),
        Filter::Clause(clause) => says(clause) == Some(wanted),
    }
}

/// The filter with clauses of their usual meaning only.
fn plain(filter: Filter) -> Filter {
    match filter {
        Filter::And(filters) => Filter::and(filters.into_iter().map(plain).collect()),
        Filter::Or(filters) => Filter::or(filters.into_iter().map(plain).collect()),
        Filter::Not(filter) => plain(*filter).negated(),
        Filter::Clause(clause) if says(&clause) == Some(Says::NoPrompts) => is_prompt().negated(),
        Filter::Clause(clause) => Filter::Clause(clause),
    }
}

/// What a clause says about prompts; nothing if it is about something else or will be refused.
fn says(clause: &Clause) -> Option<Says> {
    let about_prompts = matches!(clause.key.prefix.as_deref(), Some("tag" | "tags")) && clause.key.name == IS_PROMPT;
    let is = |literal: &Literal, word: &str| matches!(literal, Literal::Text(text) if text.eq_ignore_ascii_case(word));
    let prompts = match &clause.condition {
        Condition::Compare(Comparator::Equal, value @ Literal::Text(_)) => is(value, "true"),
        Condition::Compare(Comparator::NotEqual, value @ Literal::Text(_)) => is(value, "false"),
        Condition::In { values, negated } if values.iter().all(|value| matches!(value, Literal::Text(_))) => {
            values.iter().any(|value| is(value, "true")) != *negated
        }
        Condition::Match { style: Style::Like | Style::ILike, pattern: Literal::Text(_), negated: false } => false,
        Condition::IsNull { negated } => *negated,
        _ => return None,
    };
    about_prompts.then_some(if prompts { Says::Prompts } else { Says::NoPrompts })
}

fn is_prompt() -> Filter {
    Filter::Clause(Clause {
        key: Key { prefix: Some("tag".to_owned()), name: IS_PROMPT.to_owned() },
        condition: Condition::Compare(Comparator::Equal, Literal::Text("true".to_owned())),
        places: Places::default(),
    })
}
