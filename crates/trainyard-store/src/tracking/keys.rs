//! What keys and values of metrics, params and tags may be: the rules of `trainyard-api`, and cutting.

use crate::{StoreError, Transaction};
use trainyard_api::{limits, rules};

/// Checks the key of a metric, param or tag. `parameter` is the field that holds it and `noun` what MLflow calls it.
pub(crate) fn check(parameter: &str, noun: &str, key: &str) -> Result<(), StoreError> {
    Ok(rules::key(parameter, noun, key)?)
}

/// Checks the key of a pair that is stored without being named in a path: it only has to be there and short enough.
pub(super) fn check_presence(parameter: &str, key: &str) -> Result<(), StoreError> {
    if key.is_empty() {
        return Err(StoreError::missing(parameter));
    }
    check_length("key", key, limits::KEY_CHARS)
}

/// Refuses a text that no database can hold. Of requests that are carried out together each has to be checked: a statement
/// that binds the texts of all of them would refuse all of them.
pub(super) fn check_storable(parameter: &str, text: &str) -> Result<(), StoreError> {
    let Some(at) = text.find('\0') else { return Ok(()) };
    let before = text[..at].chars().rev().take(40).collect::<Vec<_>>().into_iter().rev().collect::<String>();
    Err(StoreError::invalid(format!(
        "Invalid value for parameter '{parameter}' supplied: '{before}\\0…' contains the character NUL, which cannot be stored"
    )))
}

/// Checks that a text has at most `limit` characters.
pub(crate) fn check_length(noun: &str, text: &str, limit: usize) -> Result<(), StoreError> {
    Ok(rules::length(noun, text, limit)?)
}

/// A value as it is stored: what is longer than `limit` characters is cut or, where the operator wants that, refused.
/// `noun` is what MLflow calls the value.
pub(super) fn fit(tx: &Transaction<'_>, noun: &str, text: String, limit: usize) -> Result<String, StoreError> {
    if !tx.truncates_long_values() {
        check_length(noun, &text, limit)?;
    }
    Ok(cut(text, limit))
}

/// Cuts a text to at most `limit` characters.
fn cut(mut text: String, limit: usize) -> String {
    if rules::exceeds(&text, limit)
        && let Some((end, _)) = text.char_indices().nth(limit)
    {
        text.truncate(end);
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn cutting_counts_characters() {
        assert_eq!(cut("éàü".to_owned(), 2), "éà");
        assert_eq!(cut("éàü".to_owned(), 3), "éàü");
        assert_eq!(cut(String::new(), 0), "");
    }

    #[test]
    fn a_nul_is_refused_with_the_field_and_what_stands_before() {
        assert_eq!(check_storable("user_id", "ann"), Ok(()));
        let message = check_storable("tags[2].value", "é\0b").expect_err("a NUL").to_string();
        assert!(message.contains("'tags[2].value'") && message.contains("'é\\0…'"), "{message}");
    }

    proptest! {
        #[test]
        fn any_text_is_cut_to_its_limit(key in ".{0,300}", limit in 0_usize..300) {
            prop_assert!(cut(key, limit).chars().count() <= limit);
        }
    }
}
