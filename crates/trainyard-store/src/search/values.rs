//! What keys can be compared with, and what becomes of the values in a clause.

use super::tree::{Comparator, Condition, Literal, Style};
use crate::Value;
use crate::db::regular_expression;

/// What a key can be compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Values {
    /// Quoted text.
    Text,
    /// Quoted text; with a number, those of its values are compared that are numbers.
    TextOrNumber,
    /// Text. What stands without quotes is compared as it is written.
    BareText,
    /// As `BareText`; operators that have to do with order compare those of its values that are numbers.
    BareTextOrNumber,
    /// A number of 64 bits, whole or not.
    Number,
    /// A number that is compared as a double: metrics.
    Double,
    /// A number, perhaps quoted.
    QuotedNumber,
    /// An id that is a whole number, quoted or not.
    WholeNumber,
    /// One of some words: as they are written, and as they are stored.
    Words(&'static [(&'static str, &'static str)]),
}

/// What is asked of a column, its values being checked. `as_number`: the column is text, compared where it is a number.
#[derive(Debug, PartialEq)]
pub(super) enum Ask {
    /// A comparison with one value.
    Compare { comparator: Comparator, value: Value, as_number: bool },
    /// A pattern.
    Match { style: Style, pattern: String, negated: bool },
    /// `IN (…)`.
    In { list: List, negated: bool, as_number: bool },
    /// Two comparisons that both hold, or one of which does not.
    Between { low: (Comparator, Value), high: (Comparator, Value), negated: bool, as_number: bool },
    /// Whether it is missing; `as_number`: whether it is no number.
    IsNull { negated: bool, as_number: bool },
}

impl Ask {
    /// Whether the column is text, to be compared where it is a number.
    pub(super) fn as_number(&self) -> bool {
        match self {
            Self::Compare { as_number, .. }
            | Self::In { as_number, .. }
            | Self::Between { as_number, .. }
            | Self::IsNull { as_number, .. } => *as_number,
            Self::Match { .. } => false,
        }
    }

    /// Whether it holds for values that are like none of those named.
    pub(super) fn is_negation(&self) -> bool {
        match self {
            Self::Compare { comparator, .. } => *comparator == Comparator::NotEqual,
            Self::Match { negated, .. }
            | Self::In { negated, .. }
            | Self::Between { negated, .. }
            | Self::IsNull { negated, .. } => *negated,
        }
    }

    /// Whether it holds for what is not there.
    pub(super) fn is_absence(&self) -> bool {
        matches!(self, Self::IsNull { negated: false, .. })
    }
}

/// Values of one type.
#[derive(Debug, PartialEq)]
pub(super) enum List {
    Texts(Vec<String>),
    Integers(Vec<i64>),
    Numbers(Vec<f64>),
}

/// Why the value at an index does not fit.
#[derive(Debug)]
pub(super) struct Wrong {
    pub(super) index: usize,
    pub(super) reason: String,
}

/// A number of a filter.
enum Number {
    Value(Value),
    /// What no double holds is greater than all values, or less, and is none of them.
    Beyond {
        greater: bool,
    },
}

/// SQLite refuses longer patterns; ILIKE may make a pattern longer by folding its case.
const MAX_PATTERN_BYTES: usize = 10_000;

impl Values {
    /// In words, after "expected".
    pub(super) fn wanted(self) -> &'static str {
        match self {
            Self::Text => "a text in quotes",
            Self::TextOrNumber => "a text in quotes or a number",
            Self::BareText | Self::BareTextOrNumber => "a text or a number",
            Self::Number | Self::Double => "a number",
            Self::QuotedNumber | Self::WholeNumber => "a whole number",
            Self::Words(_) => "a word in quotes",
        }
    }

    /// The condition with its values as the column holds them.
    pub(super) fn ask(self, condition: &Condition) -> Result<Ask, Wrong> {
        let at = |index| move |reason| Wrong { index, reason };
        Ok(match condition {
            Condition::IsNull { negated } => Ask::IsNull { negated: *negated, as_number: false },
            Condition::Compare(comparator, literal) if self.takes_number(*comparator, literal) => {
                let as_number = self.is_text();
                match self.number(literal).map_err(at(0))? {
                    Number::Value(value) => Ask::Compare { comparator: *comparator, value, as_number },
                    Number::Beyond { .. } if *comparator == Comparator::NotEqual => {
                        Ask::IsNull { negated: true, as_number }
                    }
                    Number::Beyond { greater } => {
                        let (comparator, value) = beyond(*comparator, greater);
                        Ask::Compare { comparator, value, as_number }
                    }
                }
            }
            Condition::Compare(comparator, literal) => {
                let value = if self == Self::WholeNumber {
                    Value::Integer(whole_number(literal).map_err(at(0))?)
                } else {
                    Value::Text(self.text(literal).map_err(at(0))?)
                };
                Ask::Compare { comparator: *comparator, value, as_number: false }
            }
            Condition::Between { low, high, negated } => Ask::Between {
                low: self.end(Comparator::GreaterOrEqual, low).map_err(at(0))?,
                high: self.end(Comparator::LessOrEqual, high).map_err(at(1))?,
                negated: *negated,
                as_number: self.is_text(),
            },
            Condition::Match { style, pattern, negated } => {
                let pattern = self.text(pattern).map_err(at(0))?;
                match style {
                    Style::Like | Style::ILike if pattern.len() > MAX_PATTERN_BYTES => {
                        return Err(at(0)(format!("the pattern is longer than {MAX_PATTERN_BYTES} bytes")));
                    }
                    Style::RLike => drop(regular_expression(&pattern).map_err(at(0))?),
                    Style::Like | Style::ILike => {}
                }
                Ask::Match { style: *style, pattern, negated: *negated }
            }
            Condition::In { values, negated } => {
                let list = self.list(values)?;
                let as_number = self.is_text() && matches!(list, List::Numbers(_));
                // To SQL, even what is missing is in no empty list.
                if *negated && matches!(&list, List::Numbers(numbers) if numbers.is_empty()) {
                    return Ok(Ask::IsNull { negated: true, as_number });
                }
                Ask::In { list, negated: *negated, as_number }
            }
        })
    }

    /// Whether it is stored as text.
    fn is_text(self) -> bool {
        matches!(self, Self::Text | Self::TextOrNumber | Self::BareText | Self::BareTextOrNumber | Self::Words(_))
    }

    /// Whether this comparison is one of numbers.
    fn takes_number(self, comparator: Comparator, literal: &Literal) -> bool {
        let is_equality = matches!(comparator, Comparator::Equal | Comparator::NotEqual);
        match self {
            Self::Number | Self::Double | Self::QuotedNumber => true,
            Self::TextOrNumber => !is_equality || matches!(literal, Literal::Number(_)),
            Self::BareTextOrNumber => !is_equality,
            Self::Text | Self::BareText | Self::WholeNumber | Self::Words(_) => false,
        }
    }

    fn list(self, values: &[Literal]) -> Result<List, Wrong> {
        let each = values.iter().enumerate();
        let numbers = match self {
            Self::Number | Self::Double | Self::QuotedNumber => true,
            Self::TextOrNumber => matches!(values.first(), Some(Literal::Number(_))),
            _ => false,
        };
        if self == Self::WholeNumber {
            let whole = each.map(|(index, value)| whole_number(value).map_err(|reason| Wrong { index, reason }));
            return whole.collect::<Result<_, _>>().map(List::Integers);
        }
        if !numbers {
            let texts = each.map(|(index, value)| self.text(value).map_err(|reason| Wrong { index, reason }));
            return texts.collect::<Result<_, _>>().map(List::Texts);
        }
        let mut list = Vec::with_capacity(values.len());
        for (index, value) in each {
            match self.number(value).map_err(|reason| Wrong { index, reason })? {
                Number::Value(Value::Integer(number)) => list.push(number as f64),
                Number::Value(Value::Real(number)) => list.push(number),
                // Equals no value.
                Number::Value(_) | Number::Beyond { .. } => {}
            }
        }
        Ok(List::Numbers(list))
    }

    /// One end of `BETWEEN`, as a comparison.
    fn end(self, comparator: Comparator, literal: &Literal) -> Result<(Comparator, Value), String> {
        Ok(match self.number(literal)? {
            Number::Value(value) => (comparator, value),
            Number::Beyond { greater } => beyond(comparator, greater),
        })
    }

    fn number(self, literal: &Literal) -> Result<Number, String> {
        let text = match (self, literal) {
            (_, Literal::Number(text)) => text,
            (Self::QuotedNumber, Literal::Text(text)) => match text.trim().parse() {
                Ok(number) => return Ok(Number::Value(Value::Integer(number))),
                Err(_) => return Err(format!("expected a whole number, not '{text}'")),
            },
            (_, Literal::Text(text)) => return Err(format!("expected a number without quotes, not '{text}'")),
            (_, Literal::Word(text)) => return Err(format!("expected a number, not {text}")),
        };
        if matches!(self, Self::Number | Self::QuotedNumber)
            && let Ok(number) = text.parse()
        {
            return Ok(Number::Value(Value::Integer(number)));
        }
        let number: f64 = text.parse().map_err(|_| format!("expected a number, not {text}"))?;
        Ok(if number.is_infinite() {
            Number::Beyond { greater: number > 0.0 }
        } else if self == Self::Double && number.abs() == f64::MAX {
            // Values of this size were logged as infinite: that is how they are answered.
            Number::Value(Value::Real(number.signum() * f64::INFINITY))
        } else {
            Number::Value(Value::Real(number))
        })
    }

    fn text(self, literal: &Literal) -> Result<String, String> {
        match (self, literal) {
            (Self::Words(words), Literal::Text(text) | Literal::Word(text)) => {
                match words.iter().find(|(written, stored)| written == text || stored == text) {
                    Some((_, stored)) => Ok((*stored).to_owned()),
                    None => {
                        let known: Vec<_> = words.iter().map(|(written, _)| *written).collect();
                        Err(format!("expected one of {}, not '{text}'", known.join(", ")))
                    }
                }
            }
            (_, Literal::Text(text)) => Ok(text.clone()),
            (Self::BareText | Self::BareTextOrNumber, Literal::Number(text) | Literal::Word(text)) => Ok(text.clone()),
            (_, Literal::Number(text)) => Err(format!("expected a text in quotes, not {text}")),
            (_, Literal::Word(text)) => Err(format!("expected {}; texts need quotes: '{text}'", self.wanted())),
        }
    }
}

fn whole_number(literal: &Literal) -> Result<i64, String> {
    let (Literal::Number(text) | Literal::Text(text) | Literal::Word(text)) = literal;
    text.trim().parse().map_err(|_| format!("expected a whole number, not '{text}'"))
}

/// A comparison, other than `!=`, with what is greater or less than all values: it holds for all of them or for none.
fn beyond(comparator: Comparator, greater: bool) -> (Comparator, Value) {
    let all = match comparator {
        Comparator::Less | Comparator::LessOrEqual => greater,
        Comparator::Greater | Comparator::GreaterOrEqual => !greater,
        Comparator::Equal | Comparator::NotEqual => false,
    };
    (if all { Comparator::LessOrEqual } else { Comparator::Greater }, Value::Real(f64::INFINITY))
}
