//! From a value to text that means the same in YAML 1.1 and 1.2.

use std::fmt::Write;

use serde_json::{Map, Number, Value};

/// Writes a value in block style, with the keys of every level sorted.
pub fn to_yaml(value: &Value) -> String {
    let mut text = String::new();
    match value {
        Value::Object(map) if !map.is_empty() => write_map(&mut text, map, 0),
        Value::Array(items) if !items.is_empty() => write_list(&mut text, items, 0),
        scalar => {
            write_scalar(&mut text, scalar);
            text.push('\n');
        }
    }
    text
}

fn write_map(text: &mut String, map: &Map<String, Value>, indent: usize) {
    let mut keys: Vec<&String> = map.keys().collect();
    keys.sort();
    for (position, key) in keys.into_iter().enumerate() {
        if position > 0 {
            pad(text, indent);
        }
        write_text(text, key);
        text.push(':');
        write_below(text, &map[key], indent);
    }
}

/// A value after its key, and the end of the line.
fn write_below(text: &mut String, value: &Value, indent: usize) {
    match value {
        Value::Object(map) if !map.is_empty() => {
            text.push('\n');
            pad(text, indent + 2);
            write_map(text, map, indent + 2);
        }
        // A list stands level with its key, as PyYAML writes it.
        Value::Array(items) if !items.is_empty() => {
            text.push('\n');
            pad(text, indent);
            write_list(text, items, indent);
        }
        scalar => {
            text.push(' ');
            write_scalar(text, scalar);
            text.push('\n');
        }
    }
}

fn write_list(text: &mut String, items: &[Value], indent: usize) {
    for (position, item) in items.iter().enumerate() {
        if position > 0 {
            pad(text, indent);
        }
        text.push_str("- ");
        match item {
            Value::Object(map) if !map.is_empty() => write_map(text, map, indent + 2),
            Value::Array(items) if !items.is_empty() => write_list(text, items, indent + 2),
            scalar => {
                write_scalar(text, scalar);
                text.push('\n');
            }
        }
    }
}

fn pad(text: &mut String, indent: usize) {
    text.extend(std::iter::repeat_n(' ', indent));
}

fn write_scalar(text: &mut String, value: &Value) {
    match value {
        Value::Null => text.push_str("null"),
        Value::Bool(flag) => text.push_str(if *flag { "true" } else { "false" }),
        Value::Number(number) => write_number(text, number),
        Value::String(string) => write_text(text, string),
        Value::Array(_) => text.push_str("[]"),
        Value::Object(_) => text.push_str("{}"),
    }
}

/// A float needs a point and a signed exponent to be one in YAML 1.1.
fn write_number(text: &mut String, number: &Number) {
    let written = number.to_string();
    let Some((mantissa, exponent)) = written.split_once(['e', 'E']) else {
        text.push_str(&written);
        return;
    };
    let point = if mantissa.contains('.') { "" } else { ".0" };
    let sign = if exponent.starts_with(['+', '-']) { "" } else { "+" };
    let _ = write!(text, "{mantissa}{point}e{sign}{exponent}");
}

/// Text: bare where nothing else could be meant, else in quotes.
fn write_text(text: &mut String, string: &str) {
    if is_plain(string) {
        text.push_str(string);
    } else if string.chars().all(|c| !needs_escape(c)) {
        text.push('\'');
        text.push_str(&string.replace('\'', "''"));
        text.push('\'');
    } else {
        write_escaped(text, string);
    }
}

fn is_plain(string: &str) -> bool {
    if is_version(string) {
        return true;
    }
    let mut chars = string.chars();
    let first = chars.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_' || c == '/');
    let rest = chars.all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '/' | '=' | '<' | '>' | '-' | '+'));
    const WORDS: [&str; 10] = ["y", "n", "yes", "no", "on", "off", "true", "false", "null", "~"];
    first && rest && !WORDS.iter().any(|word| word.eq_ignore_ascii_case(string))
}

/// Two points or more make no number in either version of YAML.
fn is_version(string: &str) -> bool {
    string.split('.').count() > 2
        && string.split('.').all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Characters that are line breaks in YAML 1.1, or that PyYAML refuses to read, or that hide from the reader.
fn needs_escape(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

fn write_escaped(text: &mut String, string: &str) {
    text.push('"');
    for c in string.chars() {
        match c {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            c if needs_escape(c) => {
                let _ = write!(text, "\\u{:04x}", u32::from(c));
            }
            c => text.push(c),
        }
    }
    text.push('"');
}

#[cfg(test)]
mod tests {
    use super::super::from_yaml;
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn blocks_are_laid_out_as_pyyaml_does() {
        let value = json!({
            "flavors": {"sklearn": {"types": ["a.B", "c"], "code": null}, "empty": {}, "none": []},
            "a": [{"x": 1, "z": [1, 2]}, [], "no"],
            "b": 1e300,
        });
        assert_eq!(
            to_yaml(&value),
            "a:\n- x: 1\n  z:\n  - 1\n  - 2\n- []\n- 'no'\nb: 1.0e+300\n\
             flavors:\n  empty: {}\n  none: []\n  sklearn:\n    code: null\n    types:\n    - a.B\n    - c\n"
        );
    }

    #[test]
    fn texts_that_yaml_would_read_as_something_else_are_quoted() {
        for text in
            ["yes", "No", "~", "", "1", "1.5", "1..2", "2026-01-01 10:00:00", "1:30", "a: b", "#x", "- a", "{", "a "]
        {
            let mut written = String::new();
            write_text(&mut written, text);
            assert!(written.starts_with('\''), "{text}: {written}");
        }
        for text in ["mlflow==3.18.0", "m-0a", "a.b/c", "mlflow.sklearn", "_x", "3.18.0"] {
            let mut written = String::new();
            write_text(&mut written, text);
            assert_eq!(written, text);
        }
        let mut written = String::new();
        write_text(&mut written, "it's\n\u{85}\u{7f}\"");
        assert_eq!(written, "\"it's\\n\\u0085\\u007f\\\"\"");
    }

    #[test]
    fn single_letters_are_texts() {
        assert_eq!(
            from_yaml("a: y\nb: N\nc: true\nn: False\n"),
            Ok(json!({"a": "y", "b": "N", "c": true, "n": false}))
        );
    }

    fn any_value() -> impl Strategy<Value = Value> {
        let scalar = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            "\\PC{0,12}".prop_map(Value::from),
            any::<String>().prop_map(Value::from),
        ];
        scalar.prop_recursive(4, 40, 5, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
                prop::collection::btree_map("[a-z: '\n0-9#-]{0,6}", inner, 0..5)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back_the_same(value in any_value()) {
            let text = to_yaml(&value);
            prop_assert_eq!(from_yaml(&text).map_err(|error| format!("{error} in\n{text}")).unwrap_or_default(), value);
        }
    }
}
