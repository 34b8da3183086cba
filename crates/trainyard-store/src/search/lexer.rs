//! Filter text to tokens, each with its place in the text.

use super::FilterError;

/// Keeps memory bounded; enough for a list of 100,000 ids.
const MAX_TOKENS: usize = 250_000;

/// The smallest piece of a filter that means something.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum TokenKind {
    /// A keyword, or a key as far as it is written without quotes: letters, digits, `_` and `.`.
    Word(String),
    /// Text between backticks, which can only be (the end of) a key.
    Backticked(String),
    /// Text between double quotes: a value, or the end of a key.
    DoubleQuoted(String),
    /// Text between single quotes: a value, or the end of a key. `E'…'` is one as well.
    SingleQuoted(String),
    /// A number with a sign, a fraction or an exponent, as written.
    Number(String),
    /// `=`, `!=`, `<`, `<=`, `>` or `>=`.
    Comparison(&'static str),
    /// `,`
    Comma,
    /// `(`
    Open,
    /// `)`
    Close,
}

/// A token and where it stands: byte offsets into the filter.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// Takes a filter apart.
pub(super) fn tokens(text: &str) -> Result<Vec<Token>, FilterError> {
    if let Some(at) = text.find('\0') {
        return Err(FilterError::at(text, at, "the character NUL cannot be part of a filter"));
    }
    let mut lexer = Lexer { text, at: 0, tokens: Vec::new() };
    while let Some(next) = lexer.peek() {
        if next.is_whitespace() {
            lexer.at += next.len_utf8();
        } else {
            let start = lexer.at;
            if lexer.tokens.len() == MAX_TOKENS {
                return Err(FilterError::at(text, start, format!("a filter can have at most {MAX_TOKENS} parts")));
            }
            let kind = lexer.token(next)?;
            lexer.tokens.push(Token { kind, start, end: lexer.at });
        }
    }
    Ok(lexer.tokens)
}

struct Lexer<'t> {
    text: &'t str,
    at: usize,
    tokens: Vec<Token>,
}

impl Lexer<'_> {
    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn token(&mut self, next: char) -> Result<TokenKind, FilterError> {
        match next {
            ',' => Ok(self.symbol(1, TokenKind::Comma)),
            '(' => Ok(self.symbol(1, TokenKind::Open)),
            ')' => Ok(self.symbol(1, TokenKind::Close)),
            '`' => self.backticked().map(TokenKind::Backticked),
            '"' => self.quoted(next).map(TokenKind::DoubleQuoted),
            '\'' => self.quoted(next).map(TokenKind::SingleQuoted),
            'E' | 'e' if self.rest()[1..].starts_with('\'') => self.escaped().map(TokenKind::SingleQuoted),
            '=' | '!' | '<' | '>' => self.comparison(),
            '.' if self.follows_a_key() => Ok(self.word()),
            '0'..='9' | '.' | '+' | '-' => self.number(),
            _ if is_word(next) => Ok(self.word()),
            '&' | '|' => {
                Err(FilterError::at(self.text, self.at, "unexpected character; clauses are joined with AND or OR"))
            }
            _ => Err(FilterError::at(
                self.text,
                self.at,
                "unexpected character; put keys with other characters than letters, digits, '_' and '.' in backticks, \
                 and values in quotes",
            )),
        }
    }

    fn symbol(&mut self, length: usize, kind: TokenKind) -> TokenKind {
        self.at += length;
        kind
    }

    /// Whether the last token is a quoted prefix that ends right here, as in `` `params`.lr ``.
    fn follows_a_key(&self) -> bool {
        self.tokens.last().is_some_and(|last| {
            last.end == self.at && matches!(last.kind, TokenKind::Backticked(_) | TokenKind::DoubleQuoted(_))
        })
    }

    fn word(&mut self) -> TokenKind {
        let length = self.rest().find(|c| !is_word(c)).unwrap_or(self.rest().len());
        let word = self.rest()[..length].to_owned();
        self.symbol(length, TokenKind::Word(word))
    }

    /// A backtick closes the key; two of them stand for one.
    fn backticked(&mut self) -> Result<String, FilterError> {
        let start = self.at;
        let mut name = String::new();
        self.at += 1;
        while let Some(next) = self.peek() {
            self.at += next.len_utf8();
            if next != '`' {
                name.push(next);
            } else if self.peek() == Some('`') {
                self.at += 1;
                name.push('`');
            } else {
                return Ok(name);
            }
        }
        Err(self.not_closed(start, '`'))
    }

    /// Text between two quotes, in which every character stands for itself, as in MLflow. A mark that is doubled or
    /// follows a backslash belongs to the text, with what is before it, unless no other mark closes the text.
    fn quoted(&mut self, mark: char) -> Result<String, FilterError> {
        let start = self.at;
        let bytes = self.text.as_bytes();
        let is_mark = |at: usize| bytes.get(at).is_some_and(|byte| char::from(*byte) == mark);
        let mut last_resort = None;
        let mut at = start + 1;
        let end = loop {
            if at >= bytes.len() {
                break last_resort.ok_or_else(|| self.not_closed(start, mark))?;
            } else if is_mark(at) && is_mark(at + 1) {
                last_resort = Some(at);
                at += 2;
            } else if bytes[at] == b'\\' && is_mark(at + 1) {
                last_resort = Some(at + 1);
                at += 2;
            } else if is_mark(at) {
                break at;
            } else {
                at += 1;
            }
        };
        self.at = end + 1;
        Ok(self.text[start + 1..end].to_owned())
    }

    /// `E'…'`: a backslash stands before a quote or a backslash that belongs to the text.
    fn escaped(&mut self) -> Result<String, FilterError> {
        let start = self.at;
        let mut value = String::new();
        self.at += 2;
        while let Some(next) = self.peek() {
            let at = self.at;
            self.at += next.len_utf8();
            match (next, self.peek()) {
                ('\'', _) => return Ok(value),
                ('\\', Some(escaped @ ('\'' | '"' | '\\'))) => {
                    self.at += 1;
                    value.push(escaped);
                }
                ('\\', _) => {
                    let reason = r#"in E'…' a backslash stands before a quote or a backslash: \', \" or \\"#;
                    return Err(FilterError::at(self.text, at, reason));
                }
                _ => value.push(next),
            }
        }
        Err(self.not_closed(start, '\''))
    }

    fn not_closed(&self, start: usize, mark: char) -> FilterError {
        FilterError::at(self.text, start, format!("the quote {mark} is not closed"))
    }

    fn comparison(&mut self) -> Result<TokenKind, FilterError> {
        let length = self.rest().find(|c| !matches!(c, '=' | '!' | '<' | '>')).unwrap_or(self.rest().len());
        let symbol = match &self.rest()[..length] {
            "=" => "=",
            "!=" => "!=",
            "<" => "<",
            "<=" => "<=",
            ">" => ">",
            ">=" => ">=",
            other => {
                let meant = match other {
                    "==" => "; did you mean =?",
                    "<>" | "!==" => "; did you mean !=?",
                    "=<" => "; did you mean <=?",
                    "=>" => "; did you mean >=?",
                    _ => "",
                };
                let reason = format!("unknown comparison; expected one of =, !=, <, <=, >, >={meant}");
                return Err(FilterError::at(self.text, self.at, reason));
            }
        };
        Ok(self.symbol(length, TokenKind::Comparison(symbol)))
    }

    fn number(&mut self) -> Result<TokenKind, FilterError> {
        let start = self.at;
        self.skip(|c| matches!(c, '+' | '-'), 1);
        let whole = self.skip(|c| c.is_ascii_digit(), usize::MAX);
        let mut fraction = 0;
        if self.skip(|c| c == '.', 1) == 1 {
            fraction = self.skip(|c| c.is_ascii_digit(), usize::MAX);
        }
        let mut complete = whole + fraction > 0;
        if complete && self.skip(|c| matches!(c, 'e' | 'E'), 1) == 1 {
            self.skip(|c| matches!(c, '+' | '-'), 1);
            complete = self.skip(|c| c.is_ascii_digit(), usize::MAX) > 0;
        }
        if !complete || self.peek().is_some_and(is_word) {
            return Err(FilterError::at(self.text, start, "not a number; put keys with '+' or '-' in backticks"));
        }
        Ok(TokenKind::Number(self.text[start..self.at].to_owned()))
    }

    /// Passes over at most `most` characters of a kind, all of them ASCII; returns how many there were.
    fn skip(&mut self, kind: impl Fn(char) -> bool, most: usize) -> usize {
        let count = self.rest().chars().take(most).take_while(|c| kind(*c)).count();
        self.at += count;
        count
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '.')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<TokenKind> {
        tokens(text).expect("a list of tokens").into_iter().map(|token| token.kind).collect()
    }

    fn message(text: &str) -> String {
        tokens(text).expect_err("an error").to_string()
    }

    #[test]
    fn a_clause_without_spaces_is_taken_apart() {
        let expected =
            [TokenKind::Word("metrics.m".into()), TokenKind::Comparison(">="), TokenKind::Number("-1.5E+3".into())];
        assert_eq!(kinds("metrics.m>=-1.5E+3"), expected);
    }

    #[test]
    fn between_quotes_every_character_stands_for_itself() {
        for text in ["it''s", r"it\'s", "", r"C:\x", "''", "a''", r#"say "hi""#, "é\n"] {
            assert_eq!(kinds(&format!("'{text}'")), [TokenKind::SingleQuoted(text.into())], "{text}");
        }
        assert_eq!(kinds(r#""it's""#), [TokenKind::DoubleQuoted("it's".into())]);
        assert_eq!(kinds(r#""a""b\"c""#), [TokenKind::DoubleQuoted(r#"a""b\"c"#.into())]);
        assert_eq!(kinds("`a``b`"), [TokenKind::Backticked("a`b".into())]);
    }

    #[test]
    fn a_backslash_at_the_end_of_a_text_does_not_leave_it_open() {
        assert_eq!(kinds(r"'C:\x\'"), [TokenKind::SingleQuoted(r"C:\x\".into())]);
        assert_eq!(kinds("'a' 'b'"), [TokenKind::SingleQuoted("a".into()), TokenKind::SingleQuoted("b".into())]);
        assert!(message(r"'C:\x\' AND b = 'c'").contains("character 19, near \"'\": the quote ' is not closed"));
        assert!(message("'''").contains("character 3, near \"'\": the quote ' is not closed"));
    }

    #[test]
    fn escapes_write_what_quotes_cannot() {
        assert_eq!(kinds(r#"E'it\'s "\\\"'"#), [TokenKind::SingleQuoted(r#"it's "\""#.into())]);
        assert_eq!(kinds("e''"), [TokenKind::SingleQuoted(String::new())]);
        assert!(message(r"E'a\n'").contains("character 4, near \"\\\\n'\": in E'…' a backslash stands before"));
        assert!(message(r"E'a\'").contains("the quote ' is not closed"));
    }

    #[test]
    fn a_quoted_prefix_is_followed_by_a_word() {
        assert_eq!(kinds("`params`.1st"), [TokenKind::Backticked("params".into()), TokenKind::Word(".1st".into())]);
    }

    #[test]
    fn errors_name_the_place_in_characters() {
        assert_eq!(message("é = 'abc"), "Invalid filter at character 5, near \"'abc\": the quote ' is not closed");
        assert!(
            message("metrics.m == 1").starts_with("Invalid filter at character 11, near \"== 1\": unknown comparison")
        );
        assert!(message("metrics.m <> 1").ends_with("did you mean !=?"));
        assert!(message("a = 1 || b = 2").contains("near \"|| b = 2\": unexpected character; clauses are joined with"));
        assert!(message("a = 1AND").contains("near \"1AND\": not a number"));
        assert!(message("a\0").contains("NUL"));
    }

    #[test]
    fn a_filter_has_a_largest_size() {
        assert!(message(&"(".repeat(MAX_TOKENS + 1)).contains("at most 250000 parts"));
        assert!(tokens(&"a".repeat(MAX_TOKENS + 1)).is_ok());
    }
}
