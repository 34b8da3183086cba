//! Tokens to tree: `clause [AND clause]*`.

use super::FilterError;
use super::lexer::{self, Token, TokenKind};
use super::tree::{Clause, Comparator, Condition, Filter, Key, Literal};

/// Every clause is a subquery; the databases' limits on nesting are above this.
const MAX_CLAUSES: usize = 200;

/// Reads a filter. Empty text finds everything.
pub(super) fn parse(text: &str) -> Result<Filter, FilterError> {
    let tokens = lexer::tokens(text)?;
    let mut parser = Parser { text, tokens: &tokens, next: 0 };
    let mut clauses = Vec::new();
    // MLflow lets `AND` be doubled, left out, or stand at either end; filters put together by programs rely on it.
    loop {
        while parser.keyword("AND") {}
        let Some(token) = parser.peek() else { break };
        if clauses.len() == MAX_CLAUSES {
            return Err(parser.error_at(token, format!("a filter can have at most {MAX_CLAUSES} clauses")));
        }
        clauses.push(Filter::Clause(parser.clause()?));
    }
    match clauses.pop() {
        Some(only) if clauses.is_empty() => Ok(only),
        Some(last) => {
            clauses.push(last);
            Ok(Filter::And(clauses))
        }
        None => Ok(Filter::And(clauses)),
    }
}

/// Reads one entry of an `order_by`: `key [ASC|DESC]`. The answer says whether the smallest come first.
pub(super) fn parse_order(text: &str) -> Result<(Key, bool), FilterError> {
    let order = |error: FilterError| error.of("order_by clause");
    let tokens = lexer::tokens(text).map_err(order)?;
    let mut parser = Parser { text, tokens: &tokens, next: 0 };
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
}

impl<'t> Parser<'t> {
    fn peek(&self) -> Option<&'t Token> {
        self.tokens.get(self.next)
    }

    fn advance(&mut self) -> Option<&'t Token> {
        let token = self.peek();
        self.next += usize::from(token.is_some());
        token
    }

    /// Passes over a keyword, in any case, if it is next.
    fn keyword(&mut self, keyword: &str) -> bool {
        let found = matches!(self.peek(), Some(Token { kind: TokenKind::Word(word), .. }) if word.eq_ignore_ascii_case(keyword));
        self.next += usize::from(found);
        found
    }

    fn error_at(&self, token: &Token, reason: impl Into<String>) -> FilterError {
        FilterError::at(self.text, token.start, reason)
    }

    /// What came instead of what was expected.
    fn expected<T>(&self, what: &str) -> Result<T, FilterError> {
        let at = self.peek().map_or(self.text.len(), |token| token.start);
        Err(FilterError::at(self.text, at, format!("expected {what}")))
    }

    fn clause(&mut self) -> Result<Clause, FilterError> {
        let start = self.peek().map_or(0, |token| token.start);
        let key = self.key()?;
        let condition = self.condition()?;
        Ok(Clause { key, condition, start })
    }

    /// A key is a word or a quoted text; either may be followed at once by the other: `` tags.`a b` ``, `` `tags`.a ``.
    fn key(&mut self) -> Result<Key, FilterError> {
        const WHAT: &str = "a key, such as metrics.loss, params.`learning rate` or an attribute's name";
        let Some(first) = self.peek() else { return self.expected(WHAT) };
        let (prefix, name) = match &first.kind {
            TokenKind::Word(word) if ["OR", "NOT"].iter().any(|keyword| word.eq_ignore_ascii_case(keyword)) => {
                return self.expected("a clause; clauses can only be joined with AND");
            }
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
            TokenKind::Open => return self.expected("a clause; parentheses can only stand after IN"),
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

    fn condition(&mut self) -> Result<Condition, FilterError> {
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
            return self.literal().map(|literal| Condition::Compare(comparator, literal));
        }
        if self.keyword("LIKE") {
            return self.literal().map(|literal| Condition::Compare(Comparator::Like, literal));
        }
        if self.keyword("ILIKE") {
            return self.literal().map(|literal| Condition::Compare(Comparator::ILike, literal));
        }
        if self.keyword("IS") {
            let negated = self.keyword("NOT");
            return if self.keyword("NULL") { Ok(Condition::IsNull { negated }) } else { self.expected("NULL") };
        }
        let negated = self.keyword("NOT");
        if self.keyword("IN") {
            return self.list().map(|values| Condition::In { values, negated });
        }
        self.expected(if negated {
            "IN after NOT"
        } else {
            "a comparison (=, !=, <, <=, >, >=, LIKE, ILIKE, IN, NOT IN, IS NULL, IS NOT NULL); put keys with spaces or \
             other special characters in backticks"
        })
    }

    fn literal(&mut self) -> Result<Literal, FilterError> {
        let literal = match self.peek().map(|token| &token.kind) {
            Some(TokenKind::SingleQuoted(text) | TokenKind::DoubleQuoted(text)) => Literal::Text(text.clone()),
            Some(TokenKind::Number(text)) => match (text.parse(), text.parse()) {
                (Ok(integer), _) => Literal::Integer(integer),
                (_, Ok(real)) => Literal::Real(real),
                _ => return self.expected("a number"),
            },
            _ => return self.expected("a number or a text in quotes"),
        };
        self.next += 1;
        Ok(literal)
    }

    fn list(&mut self) -> Result<Vec<String>, FilterError> {
        const WHAT: &str = "a list of at least one quoted text in parentheses, such as ('a', 'b')";
        if !matches!(self.peek(), Some(Token { kind: TokenKind::Open, .. })) {
            return self.expected(WHAT);
        }
        self.next += 1;
        let mut values = Vec::new();
        loop {
            match self.peek().map(|token| &token.kind) {
                Some(TokenKind::SingleQuoted(text) | TokenKind::DoubleQuoted(text)) => values.push(text.clone()),
                // A comma after the last text is fine.
                Some(TokenKind::Close) if !values.is_empty() => break,
                _ => return self.expected(WHAT),
            }
            self.next += 1;
            match self.peek().map(|token| &token.kind) {
                Some(TokenKind::Comma) => self.next += 1,
                Some(TokenKind::Close) => break,
                _ => return self.expected("',' or ')'"),
            }
        }
        self.advance();
        Ok(values)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn printed(text: &str) -> String {
        parse(text).expect("a filter").to_string()
    }

    fn message(text: &str) -> String {
        parse(text).expect_err("an error").to_string()
    }

    #[test]
    fn keys_can_be_quoted_in_every_way() {
        for key in ["params.lr", "params.`lr`", "params.\"lr\"", "params.'lr'", "`params`.lr", "`params`.`lr`"] {
            assert_eq!(printed(&format!("{key} = 'a'")), "params.`lr` = 'a'", "{key}");
        }
        assert_eq!(printed("tags.mlflow.runName = 'a'"), "tags.`mlflow.runName` = 'a'");
        assert_eq!(printed("`Run name` = \"it's\""), "`Run name` = 'it''s'");
    }

    #[test]
    fn keywords_are_read_in_any_case() {
        assert_eq!(
            printed("a iLike 'x' and b not in ('y',) AND c Is nOt null"),
            "`a` ILIKE 'x' AND `b` NOT IN ('y') AND `c` IS NOT NULL"
        );
    }

    #[test]
    fn and_may_be_doubled_or_left_out_as_in_mlflow() {
        let expected = parse("a = 1 AND b = 2").expect("a filter");
        for text in ["a = 1 b = 2", "AND a = 1 AND AND b = 2 AND"] {
            assert_eq!(parse(text).expect("a filter"), expected, "{text}");
        }
        assert_eq!(parse(" \n").expect("a filter"), Filter::And(Vec::new()));
    }

    #[test]
    fn numbers_keep_their_kind() {
        assert_eq!(printed("a > -5"), "`a` > -5");
        assert_eq!(printed("a > .5"), "`a` > 5e-1");
        assert_eq!(printed("a > 99999999999999999999"), "`a` > 1e20");
        assert_eq!(printed("a < 1e400"), "`a` < 1e999");
    }

    #[test]
    fn what_is_not_supported_is_named() {
        assert_eq!(
            message("a = 1 OR b = 2"),
            "Invalid filter at character 7, near \"OR b = 2\": expected a clause; clauses can only be joined with AND"
        );
        assert!(message("NOT a = 1").contains("character 1,"));
        assert!(message("(a = 1)").contains("parentheses can only stand after IN"));
        assert!(message("a BETWEEN 1 AND 2").contains("near \"BETWEEN 1 AND 2\": expected a comparison"));
        assert!(message("a NOT LIKE 'b'").contains("near \"LIKE 'b'\": expected IN after NOT"));
        assert!(message("a = ").contains("at its end: expected a number or a text in quotes"));
        assert!(message("a IN ()").contains("expected a list of at least one quoted text"));
        assert!(message("1 = a").contains("expected a key"));
        assert!(message("metrics. > 1").contains("the key has no name"));
        assert!(message("tags.`a`.`b` = 'c'").contains("expected a comparison"));
        assert!(message("a = b").contains("near \"b\": expected a number or a text in quotes"));
    }

    #[test]
    fn orders_have_a_key_and_a_direction() {
        let key = |name: &str| Key { prefix: Some("metrics".into()), name: name.into() };
        assert_eq!(parse_order("metrics.`a b` DESC").expect("an order"), (key("a b"), false));
        assert_eq!(parse_order("metrics.DESC").expect("an order"), (key("DESC"), true));
        assert_eq!(parse_order(" metrics.m  asc ").expect("an order"), (key("m"), true));
        let message = parse_order("metrics.m FOO").expect_err("an error").to_string();
        assert_eq!(
            message,
            "Invalid order_by clause at character 11, near \"FOO\": expected ASC, DESC or the end after the key"
        );
        assert!(parse_order("").expect_err("an error").to_string().contains("at its end: expected a key"));
    }

    #[test]
    fn a_filter_cannot_be_endless() {
        assert!(message(&"a = 1 AND ".repeat(201)).contains("at most 200 clauses"));
    }

    fn keys() -> impl Strategy<Value = Key> {
        let text = "[^\0]{1,8}".prop_map(String::from);
        let prefix = prop::option::of("[a-z][a-z0-9_]{0,6}").prop_filter("keywords begin clauses", |prefix| {
            !prefix.as_deref().is_some_and(|prefix| matches!(prefix, "and" | "or" | "not"))
        });
        (prefix, text).prop_map(|(prefix, name)| Key { prefix, name })
    }

    fn conditions() -> impl Strategy<Value = Condition> {
        use Comparator::{Equal, Greater, GreaterOrEqual, ILike, Less, LessOrEqual, Like, NotEqual};

        let comparator =
            prop::sample::select(vec![Equal, NotEqual, Less, LessOrEqual, Greater, GreaterOrEqual, Like, ILike]);
        let text = || "[^\0]{0,12}".prop_map(String::from);
        let literal = prop_oneof![
            any::<i64>().prop_map(Literal::Integer),
            prop_oneof![Just(f64::INFINITY), Just(f64::NEG_INFINITY), prop::num::f64::NORMAL].prop_map(Literal::Real),
            text().prop_map(Literal::Text),
        ];
        prop_oneof![
            (comparator, literal).prop_map(|(comparator, literal)| Condition::Compare(comparator, literal)),
            (prop::collection::vec(text(), 1..4), any::<bool>())
                .prop_map(|(values, negated)| Condition::In { values, negated }),
            any::<bool>().prop_map(|negated| Condition::IsNull { negated }),
        ]
    }

    proptest! {
        #[test]
        fn a_printed_tree_is_read_back(clauses in prop::collection::vec((keys(), conditions()), 0..6)) {
            let mut filters: Vec<Filter> =
                clauses.into_iter().map(|(key, condition)| Filter::Clause(Clause { key, condition, start: 0 })).collect();
            let filter = if filters.len() == 1 { filters.remove(0) } else { Filter::And(filters) };
            prop_assert_eq!(parse(&filter.to_string()), Ok(filter));
        }

        #[test]
        fn any_text_is_a_filter_or_an_error(text in any::<String>()) {
            if let Ok(filter) = parse(&text) {
                prop_assert_eq!(parse(&filter.to_string()), Ok(filter));
            }
            let _ = parse_order(&text);
        }
    }
}
