//! The tree of a filter, the same for every entity. `Display` writes a text that parses back to the same tree.

use std::fmt;

/// A condition on entities. Made by [`Filter::and`] and [`Filter::or`], no `And` has an `And` in it and no `Or` an `Or`.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Filter {
    /// All of them hold; none of them: everything is found.
    And(Vec<Filter>),
    /// At least one of them holds; there are two or more.
    Or(Vec<Filter>),
    /// What is found is what the filter in it does not find.
    Not(Box<Filter>),
    /// One key, compared with something.
    Clause(Clause),
}

impl Filter {
    /// All of them hold.
    pub(super) fn and(filters: Vec<Filter>) -> Self {
        let mut flat = Vec::with_capacity(filters.len());
        for filter in filters {
            match filter {
                Self::And(inner) => flat.extend(inner),
                filter => flat.push(filter),
            }
        }
        if flat.len() == 1 { flat.remove(0) } else { Self::And(flat) }
    }

    /// At least one of them holds. There has to be one.
    pub(super) fn or(filters: Vec<Filter>) -> Self {
        let mut flat = Vec::with_capacity(filters.len());
        for filter in filters {
            match filter {
                Self::Or(inner) => flat.extend(inner),
                filter => flat.push(filter),
            }
        }
        if flat.len() == 1 { flat.remove(0) } else { Self::Or(flat) }
    }

    /// What this one does not find.
    pub(super) fn negated(self) -> Self {
        Self::Not(Box::new(self))
    }
}

/// One key, compared with something.
#[derive(Debug, Clone)]
pub(super) struct Clause {
    /// What is compared.
    pub(super) key: Key,
    /// With what.
    pub(super) condition: Condition,
    /// Where it stands in the filter's text; for errors, and no part of what the clause means.
    pub(super) places: Places,
}

impl PartialEq for Clause {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key && self.condition == other.condition
    }
}

/// Where the parts of a clause start in the filter's text, in bytes.
#[derive(Debug, Clone, Default)]
pub(super) struct Places {
    pub(super) key: usize,
    pub(super) operator: usize,
    /// Its values, as far as it has any.
    pub(super) values: Vec<usize>,
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
    /// `LIKE …`, `NOT LIKE …` and their relatives.
    Match {
        /// What kind of pattern it is.
        style: Style,
        /// The pattern.
        pattern: Literal,
        /// Whether `NOT` stands before the operator.
        negated: bool,
    },
    /// `IN (…)` or `NOT IN (…)`.
    In {
        /// At least one value.
        values: Vec<Literal>,
        /// Whether it is `NOT IN`.
        negated: bool,
    },
    /// `BETWEEN … AND …` or `NOT BETWEEN … AND …`; both ends belong to it.
    Between {
        /// The lower end.
        low: Literal,
        /// The upper end.
        high: Literal,
        /// Whether it is `NOT BETWEEN`.
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
            Self::Match { style: Style::Like, negated: false, .. } => "LIKE",
            Self::Match { style: Style::Like, negated: true, .. } => "NOT LIKE",
            Self::Match { style: Style::ILike, negated: false, .. } => "ILIKE",
            Self::Match { style: Style::ILike, negated: true, .. } => "NOT ILIKE",
            Self::Match { style: Style::RLike, negated: false, .. } => "RLIKE",
            Self::Match { style: Style::RLike, negated: true, .. } => "NOT RLIKE",
            Self::In { negated: false, .. } => "IN",
            Self::In { negated: true, .. } => "NOT IN",
            Self::Between { negated: false, .. } => "BETWEEN",
            Self::Between { negated: true, .. } => "NOT BETWEEN",
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
        }
    }
}

/// A kind of pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// `LIKE`: minds the case; `%` stands for any text, `_` for any character.
    Like,
    /// `ILIKE`: as `LIKE`, whatever the case.
    ILike,
    /// `RLIKE`: a regular expression that fits somewhere in the text.
    RLike,
}

/// A value in a filter.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Literal {
    /// A number as it is written: searches for logged models compare that text.
    Number(String),
    /// Text without quotes, which only searches for logged models take.
    Word(String),
    /// Quoted text.
    Text(String),
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let joined = |f: &mut fmt::Formatter<'_>, filters: &[Filter], word: &str| {
            for (index, filter) in filters.iter().enumerate() {
                f.write_str(if index == 0 { "" } else { word })?;
                // `OR` binds the weakest, so it is the only one that needs parentheses here.
                match filter {
                    Self::Or(_) => write!(f, "({filter})")?,
                    filter => write!(f, "{filter}")?,
                }
            }
            Ok(())
        };
        match self {
            Self::Clause(clause) => write!(f, "{clause}"),
            Self::And(filters) => joined(f, filters, " AND "),
            Self::Or(filters) => joined(f, filters, " OR "),
            Self::Not(filter) => match **filter {
                Self::And(_) | Self::Or(_) => write!(f, "NOT ({filter})"),
                Self::Not(_) | Self::Clause(_) => write!(f, "NOT {filter}"),
            },
        }
    }
}

impl fmt::Display for Clause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.key, self.condition.operator())?;
        match &self.condition {
            Condition::Compare(_, value) | Condition::Match { pattern: value, .. } => write!(f, " {value}"),
            Condition::In { values, .. } => {
                let values: Vec<String> = values.iter().map(ToString::to_string).collect();
                write!(f, " ({})", values.join(", "))
            }
            Condition::Between { low, high, .. } => write!(f, " {low} AND {high}"),
            Condition::IsNull { .. } => Ok(()),
        }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(prefix) = &self.prefix {
            write!(f, "{prefix}.")?;
        }
        write!(f, "`{}`", self.name.replace('`', "``"))
    }
}

impl fmt::Display for Literal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(text) | Self::Word(text) => f.write_str(text),
            // Between plain quotes every character stands for itself, so what holds the mark needs the other kind, and
            // what would be read past its end needs escapes.
            Self::Text(text) if !text.contains('\'') && !text.ends_with('\\') => write!(f, "'{text}'"),
            Self::Text(text) if !text.contains('"') && !text.ends_with('\\') => write!(f, "\"{text}\""),
            Self::Text(text) => write!(f, "E'{}'", text.replace('\\', r"\\").replace('\'', r"\'")),
        }
    }
}
