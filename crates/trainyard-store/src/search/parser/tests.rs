//! Trees, errors, and that what is printed is read back.

use proptest::prelude::*;

use super::super::rules::{Attribute, Family, KeyValues, Metrics, NUMBER, PARAM};
use super::super::values::Values;
use super::*;

const PARAMS: Family =
    Family::KeyValue(KeyValues { table: "param", owner: "run", operators: PARAM, values: Values::TextOrNumber });
const RULES: Rules = Rules {
    entity: "things",
    prefixes: &[("metrics", Family::Metric), ("params", PARAMS)],
    attributes: &[Attribute {
        names: &["start_time"],
        column: "x.start_time",
        values: Values::Number,
        operators: NUMBER,
        order_names: &["start_time"],
    }],
    metrics: Metrics::OfRun,
};

fn tree(text: &str) -> Filter {
    read(text, None).expect(text)
}

fn printed(text: &str) -> String {
    tree(text).to_string()
}

fn message(text: &str) -> String {
    read(text, None).expect_err(text).to_string()
}

#[test]
fn keys_can_be_quoted_in_every_way() {
    for key in ["params.lr", "params.`lr`", "params.\"lr\"", "params.'lr'", "`params`.lr", "`params`.`lr`"] {
        assert_eq!(printed(&format!("{key} = 'a'")), "params.`lr` = 'a'", "{key}");
    }
    assert_eq!(printed("tags.mlflow.runName = 'a'"), "tags.`mlflow.runName` = 'a'");
    assert_eq!(printed("`Run name` = \"it's\""), "`Run name` = \"it's\"");
}

#[test]
fn keywords_are_read_in_any_case() {
    assert_eq!(
        printed("a iLike 'x' and b not in ('y',) AND c Is nOt null oR nOT d Between 1 aNd 2"),
        "`a` ILIKE 'x' AND `b` NOT IN ('y') AND `c` IS NOT NULL OR NOT `d` BETWEEN 1 AND 2"
    );
}

#[test]
fn and_may_be_doubled_or_left_out_as_in_mlflow() {
    let expected = tree("a = 1 AND b = 2");
    for text in ["a = 1 b = 2", "AND a = 1 AND AND b = 2 AND", "a = 1 AND (AND b = 2 AND)"] {
        assert_eq!(tree(text), expected, "{text}");
    }
    assert_eq!(tree(" \n"), Filter::And(Vec::new()));
    assert_eq!(tree("and"), Filter::And(Vec::new()));
    assert_eq!(tree("a = 1 NOT b = 2"), tree("a = 1 AND NOT (b = 2)"));
}

#[test]
fn or_binds_weaker_than_and_and_not_binds_strongest() {
    assert_eq!(tree("a = 1 OR b = 2 AND NOT c = 3 OR d = 4"), tree("a = 1 OR (b = 2 AND (NOT (c = 3))) OR d = 4"));
    assert_ne!(tree("(a = 1 OR b = 2) AND c = 3"), tree("a = 1 OR b = 2 AND c = 3"));
    assert_eq!(printed("((a = 1 OR b = 2)) AND c = 3"), "(`a` = 1 OR `b` = 2) AND `c` = 3");
    assert_eq!(printed("a = 1 AND (b = 2 AND c = 3)"), "`a` = 1 AND `b` = 2 AND `c` = 3");
    assert_eq!(printed("NOT NOT (a = 1 AND b = 2)"), "NOT NOT (`a` = 1 AND `b` = 2)");
    assert_eq!(
        printed("a NOT BETWEEN -1 AND .5 AND b NOT RLIKE '^x'"),
        "`a` NOT BETWEEN -1 AND .5 AND `b` NOT RLIKE '^x'"
    );
}

#[test]
fn numbers_and_words_are_kept_as_they_are_written() {
    assert_eq!(printed("a > -5.00"), "`a` > -5.00");
    assert_eq!(printed("a IN (.5, 1e400, '1')"), "`a` IN (.5, 1e400, '1')");
    assert_eq!(printed("a = b.c"), "`a` = b.c");
}

#[test]
fn texts_are_printed_so_that_they_are_read_back() {
    assert_eq!(printed("a = 'it''s'"), "`a` = \"it''s\"");
    assert_eq!(printed(r#"a = E'\'"'"#), r#"`a` = E'\'"'"#);
    assert_eq!(printed(r"a = 'b\'"), r"`a` = E'b\\'");
}

#[test]
fn errors_say_where_and_what_was_expected() {
    for (text, expected) in [
        ("a = ", "Invalid filter at its end: expected a number or a text in quotes"),
        ("a IN ()", "character 7, near \")\": expected a number or a text in quotes"),
        ("a IN 'b'", "near \"'b'\": expected a list of values in parentheses"),
        ("a IN ('b' 'c')", "near \"'c')\": expected ',' or ')'"),
        ("1 = a", "expected a key, such as"),
        ("metrics. > 1", "the key has no name"),
        ("tags.`a`.`b` = 'c'", "expected one of =, !=, "),
        ("a LIEK 'b'", "near \"LIEK 'b'\": expected one of =, !=, <, <=, >, >=, LIKE, ILIKE"),
        ("a LIEK 'b'", "IS NOT NULL after `a`; did you mean 'LIKE'?; put keys with spaces"),
        ("a b = 'c'", "put keys with spaces or other special characters in backticks"),
        ("a NOT = 'b'", "near \"= 'b'\": expected one of LIKE, ILIKE, RLIKE, IN, BETWEEN after NOT"),
        ("a IS b", "near \"b\": expected NULL or NOT NULL"),
        ("a BETWEEN 1", "at its end: expected AND and the upper end"),
        ("a BETWEEN 1 AND", "at its end: expected a number or a text in quotes"),
        ("a = NULL", "near \"NULL\": expected a number or a text"),
        ("a = 1 OR", "at its end: expected a clause"),
        ("OR a = 1", "character 1, near \"OR a = 1\": expected a clause"),
        ("NOT", "at its end: expected a key"),
        ("()", "near \")\": expected a clause"),
        ("(a = 1", "at its end: expected AND, OR or ')'"),
        ("a = 1)", "character 6, near \")\": there is no '(' that this closes"),
        ("a = 1, b = 2", "near \", b = 2\": expected AND, OR or the end of the filter"),
    ] {
        assert!(message(text).contains(expected), "{text}: {}", message(text));
    }
}

#[test]
fn errors_know_what_the_key_takes() {
    let message = |text: &str| parse(text, &RULES).expect_err(text).to_string();
    for (text, expected) in [
        ("metrics.m IS", "at its end: expected NULL or NOT NULL"),
        (
            "start_time SINCE 1",
            "near \"SINCE 1\": expected one of =, !=, <, <=, >, >=, BETWEEN, NOT BETWEEN, IN, NOT IN after `start_time`",
        ),
        ("start_time NOT 1", "expected one of BETWEEN, IN after NOT"),
        (
            "startime SINCE 1",
            "character 1, near \"startime SINCE 1\": things cannot be searched by attribute 'startime'",
        ),
        ("startime SINCE 1", "did you mean 'start_time'?"),
        ("metrics.m > ", "at its end: expected a number"),
    ] {
        assert!(message(text).contains(expected), "{text}: {}", message(text));
    }
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
fn a_filter_is_neither_endless_nor_bottomless() {
    assert!(message(&"a = 1 AND ".repeat(201)).contains("at most 200 clauses"));
    assert!(message(&format!("({})", "a = 1 OR ".repeat(201))).contains("at most 200 clauses"));
    let expressions = |count| vec!["a RLIKE 'b'"; count].join(" OR ");
    assert!(read(&expressions(16), None).is_ok());
    assert!(message(&expressions(17)).contains("at most 16 clauses with RLIKE"));
    let nested = |depth: usize| format!("{}a = 1{}", "(".repeat(depth), ")".repeat(depth));
    assert_eq!(tree(&nested(MAX_DEPTH)), tree("a = 1"));
    for text in [nested(MAX_DEPTH + 1), nested(100_000), "NOT ".repeat(100_000) + "a = 1", "NOT (".repeat(80_000)] {
        assert!(message(&text).contains("at most 64 parentheses and NOTs around each other"));
    }
    assert!(message(&"NOT (".repeat(33)).contains("at character 161,"));
}

fn keys() -> impl Strategy<Value = Key> {
    let text = "[^\0]{1,8}".prop_map(String::from);
    let prefix = prop::option::of("[a-z][a-z0-9_]{0,6}");
    (prefix, text).prop_map(|(prefix, name)| Key { prefix, name })
}

fn literals() -> impl Strategy<Value = Literal> {
    let quotes = prop::collection::vec(prop::sample::select(vec!["'", "\"", "\\", "a", " ", "é"]), 0..6);
    prop_oneof![
        any::<i64>().prop_map(|number| Literal::Number(number.to_string())),
        prop::num::f64::NORMAL.prop_map(|number| Literal::Number(format!("{number:e}"))),
        "[^\0]{0,12}".prop_map(Literal::Text),
        quotes.prop_map(|pieces| Literal::Text(pieces.concat())),
        "[a-z_][a-z0-9_.]{0,6}"
            .prop_filter("keywords are no words", |word| !KEYWORDS.contains(&word.to_uppercase().as_str()))
            .prop_map(Literal::Word),
    ]
}

fn conditions() -> impl Strategy<Value = Condition> {
    use Comparator::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual, NotEqual};

    let comparator = prop::sample::select(vec![Equal, NotEqual, Less, LessOrEqual, Greater, GreaterOrEqual]);
    let style = prop::sample::select(vec![Style::Like, Style::ILike, Style::RLike]);
    prop_oneof![
        (comparator, literals()).prop_map(|(comparator, literal)| Condition::Compare(comparator, literal)),
        (style, literals(), any::<bool>()).prop_map(|(style, pattern, negated)| Condition::Match {
            style,
            pattern,
            negated
        }),
        (prop::collection::vec(literals(), 1..4), any::<bool>())
            .prop_map(|(values, negated)| Condition::In { values, negated }),
        (literals(), literals(), any::<bool>()).prop_map(|(low, high, negated)| Condition::Between {
            low,
            high,
            negated
        }),
        any::<bool>().prop_map(|negated| Condition::IsNull { negated }),
    ]
}

fn filters() -> impl Strategy<Value = Filter> {
    let clause = (keys(), conditions())
        .prop_map(|(key, condition)| Filter::Clause(Clause { key, condition, places: Places::default() }));
    // At most 16 clauses: more could be too many regular expressions.
    clause.prop_recursive(4, 16, 2, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 1..3).prop_map(Filter::and),
            prop::collection::vec(inner.clone(), 1..3).prop_map(Filter::or),
            inner.prop_map(Filter::negated),
        ]
    })
}

proptest! {
    #[test]
    fn a_printed_tree_is_read_back(filter in filters()) {
        prop_assert_eq!(read(&filter.to_string(), None), Ok(filter));
    }

    #[test]
    fn any_text_is_a_filter_or_an_error(text in any::<String>()) {
        if let Ok(filter) = parse(&text, &RULES) {
            prop_assert_eq!(parse(&filter.to_string(), &RULES), Ok(filter));
        }
        let _ = parse_order(&text);
    }

    #[test]
    fn any_sequence_of_tokens_is_a_filter_or_an_error(
        pieces in prop::collection::vec(prop::sample::select(vec![
            "a", "metrics.m", "params.`a b`", "=", "!=", "<", "LIKE", "RLIKE", "IN", "NOT", "IS", "NULL", "BETWEEN",
            "AND", "OR", "(", ")", ",", "'x'", "\"y\"", "E'\\''", "1", "-.5e3", "`", "'", ".", "\\",
        ]), 0..16),
    ) {
        if let Ok(filter) = read(&pieces.join(" "), None) {
            prop_assert_eq!(read(&filter.to_string(), None), Ok(filter));
        }
    }
}
