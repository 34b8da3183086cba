//! What a bare word means in YAML 1.1: <https://yaml.org/type/>, as far as PyYAML goes along.

use serde_json::{Number, Value};

/// Resolves a scalar without quotes and tag.
pub(super) fn resolve(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Value::Null,
        "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => return Value::Bool(true),
        "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => return Value::Bool(false),
        _ => {}
    }
    if let Some(value) = number(text) {
        return value;
    }
    Value::String(text.to_owned())
}

/// The number that a text is. What JSON has no number for (`.inf`, `.nan`) is null.
fn number(text: &str) -> Option<Value> {
    let (negative, digits) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    if matches!(digits, ".inf" | ".Inf" | ".INF") || matches!(text, ".nan" | ".NaN" | ".NAN") {
        return Some(Value::Null);
    }
    if let Some(magnitude) = whole(digits) {
        return Some(signed(magnitude, negative));
    }
    let magnitude = fraction(digits)?;
    Some(Number::from_f64(if negative { -magnitude } else { magnitude }).map_or(Value::Null, Value::Number))
}

/// Wholes too large for 64 bits are the nearest double.
fn signed(magnitude: u128, negative: bool) -> Value {
    let exact = if negative {
        i128::try_from(magnitude).ok().and_then(|whole| i64::try_from(-whole).ok()).map(Value::from)
    } else {
        u64::try_from(magnitude).ok().map(Value::from)
    };
    #[expect(clippy::cast_precision_loss, reason = "the nearest double is what is wanted")]
    let nearest = magnitude as f64;
    exact.unwrap_or_else(|| Value::from(if negative { -nearest } else { nearest }))
}

/// `12`, `1_000`, `0b101`, `017`, `0x1f`, `1:30`; none for what does not fit into 128 bits.
fn whole(text: &str) -> Option<u128> {
    let plain = |digits: &str, radix| {
        let digits: String = digits.chars().filter(|c| *c != '_').collect();
        u128::from_str_radix(&digits, radix).ok()
    };
    let made_of =
        |digits: &str, known: &str| !digits.is_empty() && digits.chars().all(|c| c == '_' || known.contains(c));
    if let Some(digits) = text.strip_prefix("0b") {
        return if made_of(digits, "01") { plain(digits, 2) } else { None };
    }
    if let Some(digits) = text.strip_prefix("0x") {
        return if made_of(digits, "0123456789abcdefABCDEF") { plain(digits, 16) } else { None };
    }
    if text.len() > 1 && text.starts_with('0') {
        return if made_of(&text[1..], "01234567") { plain(&text[1..], 8) } else { None };
    }
    if !text.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let mut parts = text.split(':');
    let first = parts.next().filter(|first| made_of(first, "0123456789"))?;
    // Only numbers that do not begin with 0 are written in sixties.
    let mut value = plain(first, 10)?;
    for part in parts {
        value = value.checked_mul(60)?.checked_add(u128::from(sixtieth(part).filter(|_| first != "0")?))?;
    }
    Some(value)
}

/// A part of a number in sixties: 0 to 59.
fn sixtieth(part: &str) -> Option<u8> {
    let fits = matches!(part.len(), 1 | 2) && part.bytes().all(|byte| byte.is_ascii_digit());
    part.parse().ok().filter(|number| fits && *number < 60)
}

/// `1.5`, `1.`, `.5`, `6.02e+23`, `1:30.5`. There is a point, and the exponent has a sign.
fn fraction(text: &str) -> Option<f64> {
    let is_digits = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'_');
    let (whole, rest) = text.split_once('.')?;
    if let Some((first, sixties)) = whole.split_once(':') {
        if !first.starts_with(|c: char| c.is_ascii_digit()) || !is_digits(first) || !is_digits(rest) {
            return None;
        }
        let mut value = parsed(first)?;
        for part in sixties.split(':') {
            value = value * 60.0 + f64::from(sixtieth(part)?);
        }
        return Some(value + parsed(&format!("0.{rest}"))?);
    }
    let (digits, exponent) = match rest.split_once(['e', 'E']) {
        Some((digits, exponent)) => (digits, Some(exponent)),
        None => (rest, None),
    };
    let is_exponent = |exponent: &str| {
        let digits = exponent.strip_prefix(['+', '-']);
        digits.is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()))
    };
    let starts = |digits: &str| digits.starts_with(|c: char| c.is_ascii_digit());
    let is_number = is_digits(whole)
        && is_digits(digits)
        && (starts(whole) || (whole.is_empty() && starts(digits)))
        && exponent.is_none_or(is_exponent);
    if is_number { parsed(text) } else { None }
}

fn parsed(text: &str) -> Option<f64> {
    text.chars().filter(|c| *c != '_').collect::<String>().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn words_and_numbers_of_yaml_11_are_known() {
        for (text, value) in [
            ("", json!(null)),
            ("~", json!(null)),
            ("no", json!(false)),
            ("On", json!(true)),
            ("0", json!(0)),
            ("-12", json!(-12)),
            ("+1_000", json!(1000)),
            ("017", json!(15)),
            ("0b101", json!(5)),
            ("0x1F", json!(31)),
            ("1:30", json!(90)),
            ("-1:00:01", json!(-3601)),
            ("18446744073709551615", json!(u64::MAX)),
            ("-9223372036854775808", json!(i64::MIN)),
            ("340282366920938463463374607431768211456", json!("340282366920938463463374607431768211456")),
            ("1.5", json!(1.5)),
            ("1.", json!(1.0)),
            ("-.5", json!(-0.5)),
            ("6.02e+23", json!(6.02e23)),
            ("1.0e-05", json!(1e-5)),
            ("1:30.5", json!(90.5)),
            (".inf", json!(null)),
            ("-.INF", json!(null)),
            (".nan", json!(null)),
        ] {
            assert_eq!(resolve(text), value, "{text}");
        }
    }

    #[test]
    fn what_only_looks_like_a_number_is_text() {
        for text in [
            "1e5",
            "1234e567",
            "1.5e3",
            "0o17",
            "0x",
            "0b",
            "08",
            "1:60",
            "0:30",
            "1.2.3",
            ".",
            "..",
            "._",
            "_1",
            "-",
            "+",
            "- 1",
            "y",
            "N",
            "True!",
            "2026-11-24",
            "=",
            "<<",
            "1 2",
            "0x1g",
            "1..2",
            "infinity",
            "nan",
            "-.nan",
        ] {
            assert_eq!(resolve(text), json!(text), "{text}");
        }
    }
}
