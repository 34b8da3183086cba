//! Pages: how many results, and tokens that say where the next page starts.
//!
//! A token is base64 of JSON: a hash of the query that it belongs to, and the [`Place`] where the page before ended. Long
//! texts are only hashed, so that tokens stay short; their row is asked for them.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use super::keyset::{Place, Rows, Term};
use super::sql::Statement;
use crate::{StoreError, Transaction, Value};

/// Bytes of text that a token holds at most.
const MAX_TEXT: usize = 2048;

/// What part of the results is wanted.
#[derive(Debug)]
pub(super) struct Page {
    /// Most results.
    pub(super) limit: i64,
    query: u64,
    token: String,
}

/// A token, decoded. One letter a name: all of it travels.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Token {
    /// The query.
    q: u64,
    /// The key of the row.
    k: i64,
    /// What it was ordered by.
    v: Vec<Stored>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
enum Stored {
    #[serde(rename = "n")]
    Null,
    #[serde(rename = "i")]
    Integer(i64),
    /// As bits, because JSON has no infinities.
    #[serde(rename = "r")]
    Real(u64),
    #[serde(rename = "t")]
    Text(String),
    /// The hash of a text that is too long.
    #[serde(rename = "h")]
    Hash(u64),
}

impl Page {
    /// The page that a token stands for, the first without one. `query` is everything that decides on the results and
    /// their order: a token is good for no other query.
    pub(super) fn of(query: &impl Serialize, token: &str, limit: i64) -> Self {
        Self { limit, query: fingerprint(query), token: token.to_owned() }
    }

    /// Where the page before ended; none before the first page. `rows` is a statement up to its `WHERE`: `id` and `k1`,
    /// `k2`, … of all rows, whether they are found or not.
    pub(super) fn start(
        &self,
        tx: &mut Transaction<'_>,
        rows: &Statement,
        terms: &[Term],
    ) -> Result<Option<Place>, StoreError> {
        if self.token.is_empty() {
            return Ok(None);
        }
        let token: Option<Token> =
            URL_SAFE_NO_PAD.decode(&self.token).ok().and_then(|json| serde_json::from_slice(&json).ok());
        let Some(Token { q, k: key, v: stored }) = token else { return Err(self.not_ours()) };
        if q != self.query {
            return Err(self.invalid("it belongs to a search with another filter or order"));
        }
        if stored.len() != terms.len() {
            return Err(self.not_ours());
        }
        let mut now = None;
        if stored.iter().any(|value| matches!(value, Stored::Hash(_))) {
            let mut row = rows.clone();
            row.push(" WHERE x.id = ").bind(key);
            now = row.first(tx, terms.len())?;
        }
        let mut values = Vec::with_capacity(terms.len());
        for (index, (stored, term)) in stored.into_iter().zip(terms).enumerate() {
            let value = match stored {
                Stored::Null => Value::Null,
                Stored::Integer(value) => Value::Integer(value),
                Stored::Real(bits) => Value::Real(f64::from_bits(bits)),
                // No text that is stored has one, and none can be asked for.
                Stored::Text(text) if text.contains('\0') => return Err(self.not_ours()),
                Stored::Text(text) => Value::Text(text),
                Stored::Hash(wanted) => match now.as_ref().and_then(|place| place.values.get(index)) {
                    Some(Value::Text(text)) if hash(text.as_bytes()) == wanted => Value::Text(text.clone()),
                    _ => return Err(self.invalid("the entry that the page before ended with has changed since")),
                },
            };
            if !term.holds(&value) {
                return Err(self.not_ours());
            }
            values.push(value);
        }
        Ok(Some(Place { key, values }))
    }

    /// Cuts the row too many off; the token of the next page, empty on the last.
    pub(super) fn cut(&self, rows: Rows) -> (Vec<i64>, String) {
        let Rows { mut keys, last, .. } = rows;
        let limit = usize::try_from(self.limit).unwrap_or(usize::MAX);
        let Some(last) = last.filter(|_| keys.len() > limit) else { return (keys, String::new()) };
        keys.truncate(limit);
        (keys, self.token_after(last))
    }

    fn token_after(&self, place: Place) -> String {
        let mut room = MAX_TEXT;
        let stored = place.values.into_iter().map(|value| match value {
            Value::Null => Stored::Null,
            Value::Integer(value) => Stored::Integer(value),
            Value::Real(value) => Stored::Real(value.to_bits()),
            // No search is ordered by bytes, and no column holds a list.
            Value::Bytes(_) | Value::List(_) => Stored::Null,
            Value::Text(text) => match room.checked_sub(text.len()) {
                Some(left) => {
                    room = left;
                    Stored::Text(text)
                }
                None => Stored::Hash(hash(text.as_bytes())),
            },
        });
        let token = Token { q: self.query, k: place.key, v: stored.collect() };
        URL_SAFE_NO_PAD.encode(serde_json::to_vec(&token).unwrap_or_default())
    }

    fn not_ours(&self) -> StoreError {
        self.invalid("it was not made by this server")
    }

    fn invalid(&self, reason: &str) -> StoreError {
        let excerpt: String = self.token.chars().take(40).collect();
        StoreError::invalid(format!("Invalid page token '{excerpt}': {reason}"))
    }
}

/// Checks `max_results`, in MLflow's words.
pub(crate) fn limit(asked: Option<i64>, default: i64, most: i64) -> Result<i64, StoreError> {
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

/// What tells a query from others.
pub(crate) fn fingerprint(query: &impl Serialize) -> u64 {
    hash(&serde_json::to_vec(query).unwrap_or_default())
}

/// FNV-1a: the same in every process and version, so that any server can read another's tokens.
fn hash(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn max_results_has_a_default_and_bounds() {
        assert_eq!(limit(None, 100, 1000), Ok(100));
        assert_eq!(limit(Some(1000), 100, 1000), Ok(1000));
        let message = |asked| limit(Some(asked), 100, 1000).expect_err("out of bounds").to_string();
        assert_eq!(message(0), "Invalid value 0 for parameter 'max_results' supplied. It must be a positive integer");
        assert_eq!(message(1001), "Invalid value 1001 for parameter 'max_results' supplied. It must be at most 1000");
    }

    #[test]
    fn a_token_stays_short_however_long_the_texts_are() {
        let page = Page::of(&"query", "", 1);
        let long = Value::Text("\u{1}".repeat(100_000));
        let token = page.token_after(Place { key: 1, values: vec![long; 70] });
        assert!(token.len() < 20_000, "{}", token.len());
        let control = Value::Text("\u{1}".repeat(MAX_TEXT));
        let token = page.token_after(Place { key: 1, values: vec![control] });
        assert!(token.len() < 20_000, "{}", token.len());
    }
}
