//! Regular expressions of `RLIKE`: what one may be, and how large.

use regex::{Regex, RegexBuilder};
use regex_syntax::hir::{Hir, HirKind, Look};

/// In the pattern's text.
const MAX_BYTES: usize = 1000;
/// Compiled. A repetition of a repetition is a short text for much work.
const MAX_SIZE_BYTES: usize = 1 << 20;
const MAX_NESTING: u32 = 50;
/// To PostgreSQL each is told by four lists of all letters there are, some 40 kB.
const MAX_WORD_BOUNDARIES: usize = 8;

/// Reads a regular expression, or says why it is none, and where. Matching takes time in proportion to the text, whatever
/// the expression: there is no backtracking.
pub(crate) fn regular_expression(pattern: &str) -> Result<Regex, String> {
    if pattern.len() > MAX_BYTES {
        return Err(format!("the regular expression is longer than {MAX_BYTES} bytes"));
    }
    let parsed = regex_syntax::ParserBuilder::new().nest_limit(MAX_NESTING).build().parse(pattern);
    if let Err(error) = &parsed {
        let (reason, at) = match error {
            regex_syntax::Error::Parse(error) => (error.kind().to_string(), error.span().start.offset),
            regex_syntax::Error::Translate(error) => (error.kind().to_string(), error.span().start.offset),
            _ => (error.to_string(), 0),
        };
        let character = pattern.get(..at).map_or(1, |before| before.chars().count() + 1);
        return Err(format!("not a regular expression at character {character} of the pattern: {reason}"));
    }
    if parsed.is_ok_and(|parsed| word_boundaries(&parsed) > MAX_WORD_BOUNDARIES) {
        return Err(format!("the regular expression has more than {MAX_WORD_BOUNDARIES} boundaries of words"));
    }
    RegexBuilder::new(pattern)
        .nest_limit(MAX_NESTING)
        .size_limit(MAX_SIZE_BYTES)
        .dfa_size_limit(MAX_SIZE_BYTES)
        .build()
        .map_err(|_| "the regular expression is too large; repeat less".to_owned())
}

fn word_boundaries(expression: &Hir) -> usize {
    match expression.kind() {
        HirKind::Look(look) => usize::from(!matches!(
            look,
            Look::Start | Look::End | Look::StartLF | Look::EndLF | Look::StartCRLF | Look::EndCRLF
        )),
        HirKind::Repetition(repetition) => word_boundaries(&repetition.sub),
        HirKind::Capture(capture) => word_boundaries(&capture.sub),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => parts.iter().map(word_boundaries).sum(),
        HirKind::Empty | HirKind::Literal(_) | HirKind::Class(_) => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bad_expression_is_told_where() {
        let reason = |pattern: &str| regular_expression(pattern).expect_err(pattern);
        assert_eq!(reason("é(b"), "not a regular expression at character 2 of the pattern: unclosed group");
        assert!(reason("a*b{2,1}").contains("of the pattern: invalid repetition count range"));
        assert!(reason(r"\1").contains("character 1 of the pattern: backreferences are not supported"));
    }

    #[test]
    fn expressions_have_a_largest_size() {
        assert!(regular_expression(&"a".repeat(1000)).is_ok());
        assert!(regular_expression(&"a".repeat(1001)).expect_err("too long").contains("longer than 1000 bytes"));
        assert!(regular_expression(&r"\bcat".repeat(8)).is_ok());
        assert!(regular_expression(&r"(\b|a)*".repeat(9)).expect_err("too many").contains("more than 8 boundaries"));
        assert!(regular_expression("((a{100}){100}){100}").expect_err("too large").contains("too large"));
        assert!(regular_expression(&format!("{}a{}", "(".repeat(60), ")".repeat(60))).is_err());
    }
}
