//! What keys and values of metrics, params and tags may be.

use crate::StoreError;
use trainyard_api::limits;

/// Checks the key of a metric, param or tag. `parameter` is the field that holds it and `noun` what MLflow calls it.
pub(crate) fn check(parameter: &str, noun: &str, key: &str) -> Result<(), StoreError> {
    if key.is_empty() {
        return Err(StoreError::missing(parameter));
    }
    if !key.chars().all(is_allowed) {
        return Err(invalid(
            parameter,
            key,
            "Names may only contain alphanumerics, underscores (_), dashes (-), periods (.), spaces ( ), colon(:) and \
             slashes (/).",
        ));
    }
    let resolved = normalised(key);
    if resolved != key || key == "." || key.starts_with("..") || key.starts_with('/') {
        return Err(invalid(
            parameter,
            key,
            &format!(
                "Names may be treated as files in certain cases, and must not resolve to other names when treated as \
                 such. This name would resolve to '{resolved}'"
            ),
        ));
    }
    check_length(noun, key, limits::KEY_CHARS)
}

/// Checks the key of a pair that is stored without being named in a path: it only has to be there and short enough.
pub(super) fn check_presence(parameter: &str, key: &str) -> Result<(), StoreError> {
    if key.is_empty() {
        return Err(StoreError::missing(parameter));
    }
    check_length("key", key, limits::KEY_CHARS)
}

/// Checks that a text has at most `limit` characters.
pub(crate) fn check_length(noun: &str, text: &str, limit: usize) -> Result<(), StoreError> {
    if exceeds(text, limit) {
        return Err(StoreError::invalid(format!("'{noun}' exceeds the maximum length of {limit} characters")));
    }
    Ok(())
}

/// Cuts a text to at most `limit` characters.
pub(super) fn cut(mut text: String, limit: usize) -> String {
    if exceeds(&text, limit)
        && let Some((end, _)) = text.char_indices().nth(limit)
    {
        text.truncate(end);
    }
    text
}

fn exceeds(text: &str, limit: usize) -> bool {
    // Bytes are never fewer than characters, and known without counting.
    text.len() > limit && text.chars().nth(limit).is_some()
}

fn is_allowed(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ' ' | ':' | '/')
}

/// The key as a POSIX path without `.`, `..` and doubled slashes, as far as they can be resolved.
fn normalised(key: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    let absolute = key.starts_with('/');
    for part in key.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            ".." if absolute => {}
            part => parts.push(part),
        }
    }
    match (absolute, parts.is_empty()) {
        (true, _) => format!("/{}", parts.join("/")),
        (false, true) => ".".to_owned(),
        (false, false) => parts.join("/"),
    }
}

fn invalid(parameter: &str, key: &str, reason: &str) -> StoreError {
    // A string in JSON shows control characters as escapes.
    let key = serde_json::Value::from(key);
    StoreError::invalid(format!("Invalid value {key} for parameter '{parameter}' supplied: {reason}"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn accepted(key: &str) -> bool {
        check("key", "key", key).is_ok()
    }

    #[test]
    fn what_mlflow_accepts_is_accepted() {
        for key in ["a", "a.b/c d:e", "é", " ", "a/..b", ".a", "a/.b", "½", "train/loss", &"k".repeat(250)] {
            assert!(accepted(key), "{key}");
        }
    }

    #[test]
    fn what_mlflow_refuses_is_refused() {
        let long = "k".repeat(251);
        for key in [
            "", "../a", "a//b", "/a", "a/", "a/../b", ".", "..", "..a", "a/.", "a/./b", "a\n", "a\0b", "a*b", "a\\b",
            &long,
        ] {
            assert!(!accepted(key), "{key:?}");
        }
    }

    #[test]
    fn the_message_names_field_and_value() {
        let error = check("metrics[1].name", "Metric name", "a//b").expect_err("a doubled slash");
        assert_eq!(
            error.to_string(),
            "Invalid value \"a//b\" for parameter 'metrics[1].name' supplied: Names may be treated as files in certain \
             cases, and must not resolve to other names when treated as such. This name would resolve to 'a/b'"
        );
        let error = check("key", "Param key", &"k".repeat(251)).expect_err("too long");
        assert_eq!(error.to_string(), "'Param key' exceeds the maximum length of 250 characters");
    }

    #[test]
    fn cutting_counts_characters() {
        assert_eq!(cut("éàü".to_owned(), 2), "éà");
        assert_eq!(cut("éàü".to_owned(), 3), "éàü");
        assert_eq!(cut(String::new(), 0), "");
    }

    proptest! {
        #[test]
        fn any_text_is_judged_without_a_panic(key in ".{0,300}", limit in 0_usize..300) {
            let _ = check("key", "key", &key);
            prop_assert!(cut(key, limit).chars().count() <= limit);
        }

        #[test]
        fn an_accepted_key_is_a_path_of_its_own(key in "[a-z./ :_-]{1,12}") {
            if accepted(&key) {
                // Below any folder it names a file inside of it, and no other spelling names the same.
                prop_assert_eq!(normalised(&format!("/folder/{key}")), format!("/folder/{key}"));
            }
        }

        #[test]
        fn words_joined_by_single_slashes_are_accepted(words in prop::collection::vec("[a-zA-Z0-9_][a-zA-Z0-9_.: -]{0,8}", 1..6)) {
            prop_assert!(accepted(&words.join("/")));
        }
    }
}
