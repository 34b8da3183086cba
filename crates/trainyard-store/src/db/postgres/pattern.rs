//! Regular expressions of `RLIKE`, written for PostgreSQL.
//!
//! The two dialects differ in classes, flags, anchors and how often something may be repeated. An expression is read by the
//! parser that SQLite's matches come from, which leaves classes of characters, sequences, choices and repetitions: these are
//! written so that nothing about them is left to the database. Which match is found, the longest or the first, does not
//! matter: only whether there is one.

use std::fmt::Write;

use regex_syntax::hir::{Class, Hir, HirKind, Look};

/// Repetitions that PostgreSQL counts at most.
const MOST_REPETITIONS: u32 = 255;
/// What never matches, and what always does.
const NEVER: &str = "(?!)";

/// The expression for PostgreSQL. What cannot be read matches nothing: it has been refused before.
pub(in crate::db) fn pattern(expression: &str) -> String {
    // The director at the beginning keeps `***` of the expression from being one.
    let mut out = "***:".to_owned();
    match regex_syntax::Parser::new().parse(expression) {
        Ok(hir) => write(&mut out, &hir),
        Err(_) => out.push_str(NEVER),
    }
    out
}

fn write(out: &mut String, hir: &Hir) {
    match hir.kind() {
        HirKind::Empty => out.push_str("(?:)"),
        HirKind::Literal(literal) => String::from_utf8_lossy(&literal.0).chars().for_each(|c| character(out, c)),
        HirKind::Class(class) => write_class(out, class),
        HirKind::Look(look) => write_look(out, *look),
        HirKind::Repetition(repetition) => {
            let mut part = "(?:".to_owned();
            write(&mut part, &repetition.sub);
            part.push(')');
            repeat(out, &part, repetition.min, repetition.max);
        }
        HirKind::Capture(capture) => group(out, |out| write(out, &capture.sub)),
        HirKind::Concat(parts) => parts.iter().for_each(|part| group(out, |out| write(out, part))),
        HirKind::Alternation(parts) => group(out, |out| {
            for (index, part) in parts.iter().enumerate() {
                out.push_str(if index == 0 { "" } else { "|" });
                write(out, part);
            }
        }),
    }
}

fn group(out: &mut String, inner: impl FnOnce(&mut String)) {
    out.push_str("(?:");
    inner(out);
    out.push(')');
}

/// `part{min,max}`, in pieces where there are too many for one.
fn repeat(out: &mut String, part: &str, min: u32, max: Option<u32>) {
    let pieces = |out: &mut String, mut left: u32, optional: bool| {
        while left > 0 {
            let piece = left.min(MOST_REPETITIONS);
            let low = if optional { 0 } else { piece };
            let _ = write!(out, "{part}{{{low},{piece}}}");
            left -= piece;
        }
    };
    out.push_str("(?:");
    pieces(out, min, false);
    match max {
        None => {
            out.push_str(part);
            out.push('*');
        }
        Some(max) => pieces(out, max.saturating_sub(min), true),
    }
    out.push(')');
}

fn write_class(out: &mut String, class: &Class) {
    let ranges: Vec<(char, char)> = match class {
        Class::Unicode(class) => class.iter().map(|range| (range.start(), range.end())).collect(),
        Class::Bytes(class) => class.iter().map(|range| (char::from(range.start()), char::from(range.end()))).collect(),
    };
    // Texts hold no NUL, and PostgreSQL knows none.
    let ranges = ranges.into_iter().filter(|range| range.1 > '\0').map(|(start, end)| (start.max('\u{1}'), end));
    let mut written = String::new();
    for (start, end) in ranges {
        character(&mut written, start);
        if start != end {
            written.push('-');
            character(&mut written, end);
        }
    }
    if written.is_empty() {
        out.push_str(NEVER);
    } else {
        let _ = write!(out, "[{written}]");
    }
}

fn write_look(out: &mut String, look: Look) {
    let ascii = "[0-9A-Za-z_]";
    let word = || {
        let mut word = String::new();
        if let Ok(hir) = regex_syntax::Parser::new().parse(r"\w") {
            write(&mut word, &hir);
        }
        word
    };
    let boundary = |class: &str| format!("(?:(?<={class})(?!{class})|(?<!{class})(?={class}))");
    let within = |class: &str| format!("(?:(?<={class})(?={class})|(?<!{class})(?!{class}))");
    let written = match look {
        Look::Start => r"\A".to_owned(),
        Look::End => r"\Z".to_owned(),
        Look::StartLF => r"(?:\A|(?<=\n))".to_owned(),
        Look::EndLF => r"(?:\Z|(?=\n))".to_owned(),
        Look::StartCRLF => r"(?:\A|(?<=\n)|(?<=\r)(?!\n))".to_owned(),
        Look::EndCRLF => r"(?:\Z|(?=\r)|(?<!\r)(?=\n))".to_owned(),
        Look::WordAscii => boundary(ascii),
        Look::WordAsciiNegate => within(ascii),
        Look::WordUnicode => boundary(&word()),
        Look::WordUnicodeNegate => within(&word()),
        Look::WordStartAscii => format!("(?<!{ascii})(?={ascii})"),
        Look::WordEndAscii => format!("(?<={ascii})(?!{ascii})"),
        Look::WordStartUnicode => format!("(?<!{0})(?={0})", word()),
        Look::WordEndUnicode => format!("(?<={0})(?!{0})", word()),
        Look::WordStartHalfAscii => format!("(?<!{ascii})"),
        Look::WordEndHalfAscii => format!("(?!{ascii})"),
        Look::WordStartHalfUnicode => format!("(?<!{})", word()),
        Look::WordEndHalfUnicode => format!("(?!{})", word()),
    };
    out.push_str(&written);
}

/// A character by its number: no letter, digit or sign that could mean something.
fn character(out: &mut String, c: char) {
    if c.is_ascii_alphanumeric() {
        out.push(c);
    } else if (c as u32) <= 0xffff {
        let _ = write!(out, "\\u{:04x}", c as u32);
    } else {
        let _ = write!(out, "\\U{:08x}", c as u32);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_left_to_the_database() {
        assert_eq!(pattern("^a.c$"), r"***:(?:\A)(?:a)(?:[\u0001-\u0009\u000b-\U0010ffff])(?:c)(?:\Z)");
        assert_eq!(pattern("(?i)k"), r"***:[Kk\u212a]");
        assert_eq!(pattern("a|***"), "***:(?!)", "not an expression");
        assert_eq!(pattern("a{300}"), "***:(?:(?:a){255,255}(?:a){45,45})");
        assert_eq!(pattern("a{2,}"), "***:(?:(?:a){2,2}(?:a)*)");
    }
}
