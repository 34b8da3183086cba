//! Pages: how many results, and tokens that say where the next page starts.
//!
//! A token is base64 of the number of results before the page and a hash of the query that it belongs to.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;

use crate::StoreError;

/// What part of the results is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Page {
    /// Most results.
    pub(super) limit: i64,
    /// Results before the page.
    pub(super) offset: i64,
    query: u64,
}

impl Page {
    /// The page that a token stands for, the first without one. `query` is everything that decides on the results and
    /// their order: a token is good for no other query.
    pub(super) fn of(query: &impl Serialize, token: &str, limit: i64) -> Result<Self, StoreError> {
        let query = hash(&serde_json::to_vec(query).unwrap_or_default());
        if token.is_empty() {
            return Ok(Self { limit, offset: 0, query });
        }
        let invalid = |reason| StoreError::invalid(format!("Invalid page token '{}': {reason}", excerpt(token)));
        let bytes = URL_SAFE_NO_PAD.decode(token).map_err(|_| invalid("it was not made by this server"))?;
        let bytes: [u8; 16] = bytes.try_into().map_err(|_| invalid("it was not made by this server"))?;
        let (offset, owner) = bytes.split_at(8);
        if owner != query.to_be_bytes() {
            return Err(invalid("it belongs to a search with another filter or order"));
        }
        let offset = offset.iter().fold(0, |offset, byte| offset << 8 | i64::from(*byte));
        if offset < 0 || offset.checked_add(limit).is_none() {
            return Err(invalid("it was not made by this server"));
        }
        Ok(Self { limit, offset, query })
    }

    /// How many rows to ask for: one more than fit, to know whether this is the last page.
    pub(super) fn rows(self) -> i64 {
        self.limit + 1
    }

    /// Cuts the row too many off; the token of the next page, empty on the last.
    pub(super) fn cut<T>(self, rows: &mut Vec<T>) -> String {
        let limit = usize::try_from(self.limit).unwrap_or(usize::MAX);
        if rows.len() <= limit {
            return String::new();
        }
        rows.truncate(limit);
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&(self.offset + self.limit).to_be_bytes());
        bytes[8..].copy_from_slice(&self.query.to_be_bytes());
        URL_SAFE_NO_PAD.encode(bytes)
    }
}

/// Checks `max_results`, in MLflow's words.
pub(super) fn limit(asked: Option<i64>, default: i64, most: i64) -> Result<i64, StoreError> {
    let limit = asked.unwrap_or(default);
    let reason = if limit < 1 {
        "a positive integer".to_owned()
    } else if limit > most {
        format!("at most {most}")
    } else {
        return Ok(limit);
    };
    Err(StoreError::invalid(format!("Invalid value {limit} for parameter 'max_results' supplied. It must be {reason}")))
}

fn excerpt(token: &str) -> String {
    token.chars().take(40).collect()
}

/// FNV-1a: the same in every process and version, so that any server can read another's tokens.
fn hash(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_leads_to_the_next_page_of_its_own_query() {
        let page = Page::of(&"query", "", 2).expect("the first page");
        let mut rows = vec![1, 2, 3];
        let token = page.cut(&mut rows);
        assert_eq!(rows, [1, 2]);
        let next = Page::of(&"query", &token, 5).expect("the second page");
        assert_eq!((next.offset, next.limit), (2, 5));
        let error = Page::of(&"other", &token, 5).expect_err("another query").to_string();
        assert!(error.ends_with("it belongs to a search with another filter or order"), "{error}");
    }

    #[test]
    fn the_last_page_has_no_token() {
        let page = Page::of(&"query", "", 2).expect("the first page");
        assert_eq!(page.cut(&mut vec![1, 2]), "");
    }

    #[test]
    fn what_is_no_token_is_refused() {
        let forged = URL_SAFE_NO_PAD.encode([[255; 8], hash(b"\"query\"").to_be_bytes()].concat());
        for token in ["xyz", "@@@", "eyJvZmZzZXQiOiAyfQ==", &forged] {
            let error = Page::of(&"query", token, 5).expect_err(token).to_string();
            assert_eq!(error, format!("Invalid page token '{token}': it was not made by this server"));
        }
    }

    #[test]
    fn max_results_has_a_default_and_bounds() {
        assert_eq!(limit(None, 100, 1000), Ok(100));
        assert_eq!(limit(Some(1000), 100, 1000), Ok(1000));
        let message = |asked| limit(Some(asked), 100, 1000).expect_err("out of bounds").to_string();
        assert_eq!(message(0), "Invalid value 0 for parameter 'max_results' supplied. It must be a positive integer");
        assert_eq!(message(1001), "Invalid value 1001 for parameter 'max_results' supplied. It must be at most 1000");
    }
}
