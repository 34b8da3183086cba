//! Tokens to tree. `OR` binds weaker than `AND`, which binds weaker than `NOT`; docs/search.md has the whole grammar.

use super::FilterError;
use super::lexer::{self, Token, TokenKind};
use super::rules::Rules;
use super::suggestions::did_you_mean;
use super::tree::{Clause, Comparator, Condition, Filter, Key, Literal, Places, Style};

/// Every clause is a subquery; the databases' limits on nesting are above this.
const MAX_CLAUSES: usize = 200;
/// A regular expression may take a megabyte or a few while it is used.
const MAX_REGULAR_EXPRESSIONS: usize = 16;
/// How many parentheses and `NOT`s can be around a clause. Parser, printer and databases go down recursively.
const MAX_DEPTH: usize = 64;

const OPERATORS: &[&str] = &[
    "=",
    "!=",
    "<",
    "<=",
    ">",
    ">=",
    "LIKE",
    "ILIKE",
    "RLIKE",
    "NOT LIKE",
    "NOT ILIKE",
    "NOT RLIKE",
    "IN",
    "NOT IN",
    "BETWEEN",
    "NOT BETWEEN",
    "IS NULL",
    "IS NOT NULL",
];
const KEYWORDS: &[&str] = &["AND", "OR", "NOT", "LIKE", "ILIKE", "RLIKE", "IN", "BETWEEN", "IS", "NULL"];

/// Reads a filter. Empty text finds everything. The rules are there for the errors alone, to say what would be valid.
pub(super) fn parse(text: &str, rules: &Rules) -> Result<Filter, FilterError> {
    read(text, Some(rules))
}

fn read(text: &str, rules: Option<&Rules>) -> Result<Filter, FilterError> {
    let tokens = lexer::tokens(text)?;
    let mut parser = Parser { text, tokens: &tokens, next: 0, rules, clauses: 0, regular_expressions: 0, depth: 0 };
    while parser.keyword("AND") {}
    if parser.peek().is_none() {
        return Ok(Filter::And(Vec::new()));
    }
    let filter = parser.alternatives()?;
    match parser.peek() {
        Some(token) => Err(parser.error_at(token, "there is no '(' that this closes")),
        None => Ok(filter),
    }
}

/// Reads one entry of an `order_by`: `key [ASC|DESC]`. The answer says whether the smallest come first.
pub(super) fn parse_order(text: &str) -> Result<(Key, bool), FilterError> {
    let order = |error: FilterError| error.of("order_by clause");
    let tokens = lexer::tokens(text).map_err(order)?;
    let mut parser =
        Parser { text, tokens: &tokens, next: 0, rules: None, clauses: 0, regular_expressions: 0, depth: 0 };
    let key = parser.key().map_err(order)?;
    let ascending = parser.keyword("ASC") || !parser.keyword("DESC");
    match parser.peek() {
        Some(token) => Err(order(parser.error_at(token, "expected ASC, DESC or the end after the key"))),
        None => Ok((key, ascending)),
    }
}

struct Parser<'t> {
    text: &'t str,
    tokens: &'t [Token],
    next: usize,
    rules: Option<&'t Rules>,
    clauses: usize,
    regular_expressions: usize,
    depth: usize,
}

impl<'t> Parser<'t> {
    fn peek(&self) -> Option<&'t Token> {
        self.tokens.get(self.next)
    }

    /// Where the next token starts; after the last one, where the text ends.
    fn place(&self) -> usize {
        self.peek().map_or(self.text.len(), |token| token.start)
    }

    fn is_keyword(&self, keyword: &str) -> bool {
        matches!(self.peek(), Some(Token { kind: TokenKind::Word(word), .. }) if word.eq_ignore_ascii_case(keyword))
    }

    /// Passes over a keyword, in any case, if it is next.
    fn keyword(&mut self, keyword: &str) -> bool {
        let found = self.is_keyword(keyword);
        self.next += usize::from(found);
        found
    }

    fn symbol(&mut self, symbol: &TokenKind) -> bool {
        let found = self.peek().is_some_and(|token| token.kind == *symbol);
        self.next += usize::from(found);
        found
    }

    fn error_at(&self, token: &Token, reason: impl Into<String>) -> FilterError {
        FilterError::at(self.text, token.start, reason)
    }

    /// What came instead of what was expected.
    fn expected<T>(&self, what: &str) -> Result<T, FilterError> {
        Err(FilterError::at(self.text, self.place(), format!("expected {what}")))
    }

    /// `a OR b OR …`
    fn alternatives(&mut self) -> Result<Filter, FilterError> {
        let mut filters = vec![self.conjunction()?];
        while self.keyword("OR") {
            filters.push(self.conjunction()?);
        }
        Ok(Filter::or(filters))
    }

    /// `a AND b AND …`. MLflow lets `AND` be doubled, left out, or stand at either end; filters put together by
    /// programs rely on it.
    fn conjunction(&mut self) -> Result<Filter, FilterError> {
        let mut filters = Vec::new();
        loop {
            while self.keyword("AND") {}
            match self.peek().map(|token| &token.kind) {
                None | Some(TokenKind::Close) => break,
                Some(TokenKind::Word(word)) if word.eq_ignore_ascii_case("OR") => break,
                Some(
                    TokenKind::Comparison(_) | TokenKind::Comma | TokenKind::Number(_) | TokenKind::SingleQuoted(_),
                ) if !filters.is_empty() => {
                    return self.expected("AND, OR or the end of the filter");
                }
                Some(_) => filters.push(self.unit()?),
            }
        }
        if filters.is_empty() {
            return self.expected("a clause, such as metrics.loss < 0.1");
        }
        Ok(Filter::and(filters))
    }

    /// A clause, `NOT` before one, or a filter in parentheses.
    fn unit(&mut self) -> Result<Filter, FilterError> {
        let start = self.place();
        let (not, open) = (self.keyword("NOT"), self.symbol(&TokenKind::Open));
        if !not && !open {
            if self.clauses == MAX_CLAUSES {
                return Err(FilterError::at(
                    self.text,
                    start,
                    format!("a filter can have at most {MAX_CLAUSES} clauses"),
                ));
            }
            self.clauses += 1;
            return self.clause().map(Filter::Clause);
        }
        let deeper = usize::from(not) + usize::from(open);
        self.depth += deeper;
        if self.depth > MAX_DEPTH {
            let reason = format!("a filter can have at most {MAX_DEPTH} parentheses and NOTs around each other");
            return Err(FilterError::at(self.text, start, reason));
        }
        let mut filter = if open { self.alternatives()? } else { self.unit()? };
        if open && !self.symbol(&TokenKind::Close) {
            return self.expected("AND, OR or ')'");
        }
        if not {
            filter = filter.negated();
        }
        self.depth -= deeper;
        Ok(filter)
    }

    fn clause(&mut self) -> Result<Clause, FilterError> {
        let mut places = Places { key: self.place(), ..Places::default() };
        let key = self.key()?;
        places.operator = self.place();
        let condition = self.condition(&key, &mut places)?;
        if matches!(condition, Condition::Match { style: Style::RLike, .. }) {
            self.regular_expressions += 1;
            if self.regular_expressions > MAX_REGULAR_EXPRESSIONS {
                let reason = format!("a filter can have at most {MAX_REGULAR_EXPRESSIONS} clauses with RLIKE");
                return Err(FilterError::at(self.text, places.operator, reason));
            }
        }
        Ok(Clause { key, condition, places })
    }

    /// A key is a word or a quoted text; either may be followed at once by the other: `` tags.`a b` ``, `` `tags`.a ``.
    fn key(&mut self) -> Result<Key, FilterError> {
        const WHAT: &str = "a key, such as metrics.loss, params.`learning rate` or an attribute's name";
        let Some(first) = self.peek() else { return self.expected(WHAT) };
        let (prefix, name) = match &first.kind {
            TokenKind::Word(word) => match word.split_once('.') {
                Some((prefix, name)) => (Some(prefix), name),
                None => (None, word.as_str()),
            },
            TokenKind::Backticked(text) | TokenKind::DoubleQuoted(text) => match self.joined(1) {
                Some(TokenKind::Word(word)) if word.starts_with('.') => {
                    self.next += 1;
                    (Some(text.as_str()), &word[1..])
                }
                _ => (None, text.as_str()),
            },
            _ => return self.expected(WHAT),
        };
        let quoted = match self.joined(1) {
            Some(TokenKind::Backticked(text) | TokenKind::DoubleQuoted(text) | TokenKind::SingleQuoted(text))
                if prefix.is_some() && name.is_empty() =>
            {
                self.next += 1;
                Some(text)
            }
            _ => None,
        };
        let key = Key { prefix: prefix.map(str::to_owned), name: quoted.map_or(name, String::as_str).to_owned() };
        if key.name.is_empty() {
            return Err(self.error_at(first, "the key has no name"));
        }
        self.next += 1;
        Ok(key)
    }

    /// The token `ahead` of the next, if nothing is between it and the one before.
    fn joined(&self, ahead: usize) -> Option<&'t TokenKind> {
        let before = self.tokens.get(self.next + ahead - 1)?;
        let token = self.tokens.get(self.next + ahead)?;
        (before.end == token.start).then_some(&token.kind)
    }

    fn condition(&mut self, key: &Key, places: &mut Places) -> Result<Condition, FilterError> {
        if let Some(Token { kind: TokenKind::Comparison(symbol), .. }) = self.peek() {
            self.next += 1;
            let comparator = match *symbol {
                "=" => Comparator::Equal,
                "!=" => Comparator::NotEqual,
                "<" => Comparator::Less,
                "<=" => Comparator::LessOrEqual,
                ">" => Comparator::Greater,
                _ => Comparator::GreaterOrEqual,
            };
            return self.literal(key, places).map(|literal| Condition::Compare(comparator, literal));
        }
        if self.keyword("IS") {
            let negated = self.keyword("NOT");
            return if self.keyword("NULL") {
                Ok(Condition::IsNull { negated })
            } else {
                self.expected(if negated { "NULL" } else { "NULL or NOT NULL" })
            };
        }
        let negated = self.keyword("NOT");
        for (keyword, style) in [("LIKE", Style::Like), ("ILIKE", Style::ILike), ("RLIKE", Style::RLike)] {
            if self.keyword(keyword) {
                let pattern = self.literal(key, places)?;
                return Ok(Condition::Match { style, pattern, negated });
            }
        }
        if self.keyword("IN") {
            return self.list(key, places).map(|values| Condition::In { values, negated });
        }
        if self.keyword("BETWEEN") {
            let low = self.literal(key, places)?;
            if !self.keyword("AND") {
                return self.expected("AND and the upper end after the lower end of BETWEEN");
            }
            let high = self.literal(key, places)?;
            return Ok(Condition::Between { low, high, negated });
        }
        Err(self.operator_expected(key, places, negated))
    }

    /// Says which operators the key takes; about a key that there is not, says that instead.
    fn operator_expected(&self, key: &Key, places: &Places, after_not: bool) -> FilterError {
        let operators = match self.rules.map(|rules| rules.operators(key)) {
            Some(Ok(operators)) => operators,
            Some(Err(reason)) => return FilterError::at(self.text, places.key, reason),
            None => OPERATORS,
        };
        let fitting: Vec<&str> = match after_not {
            true => operators.iter().filter_map(|operator| operator.strip_prefix("NOT ")).collect(),
            false => operators.to_vec(),
        };
        let hint = match self.peek() {
            Some(Token { kind: TokenKind::Word(word), .. }) => did_you_mean(word, &fitting),
            _ => String::new(),
        };
        let after = if after_not { "NOT".to_owned() } else { key.to_string() };
        let reason = if fitting.is_empty() {
            format!("expected one of {} after {key}", operators.join(", "))
        } else {
            format!(
                "expected one of {} after {after}{hint}; put keys with spaces or other special characters in backticks",
                fitting.join(", ")
            )
        };
        FilterError::at(self.text, self.place(), reason)
    }

    fn literal(&mut self, key: &Key, places: &mut Places) -> Result<Literal, FilterError> {
        let literal = match self.peek().map(|token| &token.kind) {
            Some(TokenKind::SingleQuoted(text) | TokenKind::DoubleQuoted(text)) => Literal::Text(text.clone()),
            Some(TokenKind::Number(text)) => Literal::Number(text.clone()),
            Some(TokenKind::Word(word)) if !KEYWORDS.iter().any(|keyword| word.eq_ignore_ascii_case(keyword)) => {
                Literal::Word(word.clone())
            }
            _ => {
                return match self.rules.map(|rules| rules.wanted(key)) {
                    Some(Ok(wanted)) => self.expected(wanted),
                    Some(Err(reason)) => Err(FilterError::at(self.text, places.key, reason)),
                    None => self.expected("a number or a text in quotes"),
                };
            }
        };
        places.values.push(self.place());
        self.next += 1;
        Ok(literal)
    }

    fn list(&mut self, key: &Key, places: &mut Places) -> Result<Vec<Literal>, FilterError> {
        if !self.symbol(&TokenKind::Open) {
            return self.expected("a list of values in parentheses, such as ('a', 'b') or (1, 2)");
        }
        let mut values = Vec::new();
        loop {
            values.push(self.literal(key, places)?);
            // A comma after the last value is fine.
            let more = self.symbol(&TokenKind::Comma);
            if self.symbol(&TokenKind::Close) {
                return Ok(values);
            }
            if !more {
                return self.expected("',' or ')'");
            }
        }
    }
}

#[cfg(test)]
mod tests;
