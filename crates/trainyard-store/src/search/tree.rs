//! The tree of a filter, the same for every entity. `Display` writes a text that parses back to the same tree.

use std::fmt;

/// A condition on entities.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Filter {
    /// All of them hold; none of them: everything is found.
    And(Vec<Filter>),
    /// One key, compared with something.
    Clause(Clause),
}

/// One key, compared with something.
#[derive(Debug, Clone)]
pub(super) struct Clause {
    /// What is compared.
    pub(super) key: Key,
    /// With what.
    pub(super) condition: Condition,
    /// Where it starts in the filter's text, in bytes; for errors, and no part of what the clause means.
    pub(super) start: usize,
}

impl PartialEq for Clause {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key && self.condition == other.condition
    }
}

/// What a clause or an order is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Key {
    /// `metrics` in `metrics.loss`; none for an attribute.
    pub(super) prefix: Option<String>,
    /// `loss` in `metrics.loss`.
    pub(super) name: String,
}

/// What is asked of a key.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Condition {
    /// A comparison with one value.
    Compare(Comparator, Literal),
    /// `IN (…)` or `NOT IN (…)`.
    In {
        /// At least one text.
        values: Vec<String>,
        /// Whether it is `NOT IN`.
        negated: bool,
    },
    /// `IS NULL` or `IS NOT NULL`.
    IsNull {
        /// Whether it is `IS NOT NULL`.
        negated: bool,
    },
}

impl Condition {
    /// The operator as a person would write it.
    pub(super) fn operator(&self) -> &'static str {
        match self {
            Self::Compare(comparator, _) => comparator.as_str(),
            Self::In { negated: false, .. } => "IN",
            Self::In { negated: true, .. } => "NOT IN",
            Self::IsNull { negated: false } => "IS NULL",
            Self::IsNull { negated: true } => "IS NOT NULL",
        }
    }
}

/// How two values are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comparator {
    /// `=`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// `LIKE`: minds the case; `%` stands for any text, `_` for any character.
    Like,
    /// `ILIKE`: as `LIKE`, whatever the case.
    ILike,
}

impl Comparator {
    /// The operator as it is written.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
            Self::Like => "LIKE",
            Self::ILike => "ILIKE",
        }
    }
}

/// A value in a filter.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Literal {
    /// A number of 64 bits without fraction and exponent.
    Integer(i64),
    /// Any other number; what is too large for a double is infinite.
    Real(f64),
    /// Quoted text.
    Text(String),
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Clause(clause) => write!(f, "{clause}"),
            Self::And(filters) => {
                for (index, filter) in filters.iter().enumerate() {
                    let separator = if index == 0 { "" } else { " AND " };
                    write!(f, "{separator}{filter}")?;
                }
                Ok(())
            }
        }
    }
}

impl fmt::Display for Clause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.key, self.condition.operator())?;
        match &self.condition {
            Condition::Compare(_, literal) => write!(f, " {literal}"),
            Condition::In { values, .. } => {
                let values: Vec<String> = values.iter().map(|value| quoted(value, '\'')).collect();
                write!(f, " ({})", values.join(", "))
            }
            Condition::IsNull { .. } => Ok(()),
        }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(prefix) = &self.prefix {
            write!(f, "{prefix}.")?;
        }
        f.write_str(&quoted(&self.name, '`'))
    }
}

impl fmt::Display for Literal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Integer(value) => write!(f, "{value}"),
            Self::Real(value) if value.is_infinite() => write!(f, "{}1e999", if *value < 0.0 { "-" } else { "" }),
            Self::Real(value) => write!(f, "{value:e}"),
            Self::Text(value) => f.write_str(&quoted(value, '\'')),
        }
    }
}

fn quoted(text: &str, mark: char) -> String {
    format!("{mark}{}{mark}", text.replace(mark, &format!("{mark}{mark}")))
}
