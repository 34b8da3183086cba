//! Tokens of lists that are ordered by what their entries are called by: a hash of the query, and where the page before ended.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::page::fingerprint;
use crate::StoreError;

/// Reads the token of a query's page, the first without one.
pub(crate) fn read<P: DeserializeOwned>(query: &impl Serialize, token: &str) -> Result<Option<P>, StoreError> {
    if token.is_empty() {
        return Ok(None);
    }
    let invalid = |reason: &str| {
        let excerpt: String = token.chars().take(40).collect();
        StoreError::invalid(format!("Invalid page token '{excerpt}': {reason}"))
    };
    let read: Option<(u64, P)> = URL_SAFE_NO_PAD.decode(token).ok().and_then(|json| serde_json::from_slice(&json).ok());
    match read {
        None => Err(invalid("it was not made by this server")),
        Some((hash, _)) if hash != fingerprint(query) => Err(invalid("it belongs to another query")),
        Some((_, place)) => Ok(Some(place)),
    }
}

/// The token of the page behind a place.
pub(crate) fn token(query: &impl Serialize, place: &impl Serialize) -> String {
    URL_SAFE_NO_PAD.encode(serde_json::to_vec(&(fingerprint(query), place)).unwrap_or_default())
}

/// Cuts the entry too many off that tells that another page follows; the token of that page, empty on the last.
pub(crate) fn cut<T, P: Serialize>(
    query: &impl Serialize,
    entries: &mut Vec<T>,
    limit: i64,
    place: impl Fn(&T) -> P,
) -> String {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    if entries.len() <= limit {
        return String::new();
    }
    entries.truncate(limit);
    entries.last().map(|last| token(query, &place(last))).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_good_for_its_query_only() {
        let mut entries = vec!["a", "b", "c"];
        let token = cut(&"query", &mut entries, 2, |entry| (*entry).to_owned());
        assert_eq!(entries, ["a", "b"]);
        assert_eq!(read::<String>(&"query", &token), Ok(Some("b".to_owned())));
        assert_eq!(cut(&"query", &mut entries, 2, |entry| (*entry).to_owned()), "");
        assert_eq!(read::<String>(&"query", ""), Ok(None));
        for (query, token) in [("other", token.as_str()), ("query", "x"), ("query", "bnVsbA")] {
            assert!(read::<String>(&query, token).is_err(), "{query} {token}");
        }
    }
}
