//! How the secrets of webhooks are kept: encrypted where the operator gave a key, as they are otherwise.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use trainyard_api::limits::WEBHOOK_SECRET_CHARS;

use crate::tracking::keys;
use crate::{DbError, StoreError, Transaction, Value};

/// The key that secrets are encrypted with.
#[derive(Clone)]
pub struct SecretKey(LessSafeKey);

impl SecretKey {
    /// Reads 32 bytes in base64, as `MLFLOW_WEBHOOK_SECRET_ENCRYPTION_KEY` has them.
    pub fn parse(text: &str) -> Result<Self, StoreError> {
        let plain = text.trim().trim_end_matches('=');
        let bytes = URL_SAFE_NO_PAD.decode(plain).or_else(|_| STANDARD_NO_PAD.decode(plain)).unwrap_or_default();
        let key = UnboundKey::new(&AES_256_GCM, &bytes)
            .map_err(|_| StoreError::invalid("the key of webhook secrets has to be 32 bytes in URL-safe base64"))?;
        Ok(Self(LessSafeKey::new(key)))
    }

    /// Encrypts a secret for one webhook; in the row of another it cannot be read.
    fn seal(&self, nonce: [u8; NONCE_LEN], webhook_id: &str, secret: &str) -> Option<String> {
        let mut sealed = secret.as_bytes().to_vec();
        let nonce_value = Nonce::assume_unique_for_key(nonce);
        self.0.seal_in_place_append_tag(nonce_value, Aad::from(webhook_id.as_bytes()), &mut sealed).ok()?;
        Some(URL_SAFE_NO_PAD.encode([&nonce[..], &sealed].concat()))
    }

    fn open(&self, webhook_id: &str, sealed: &str) -> Option<String> {
        let mut bytes = URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let (nonce, sealed) = bytes.split_at_mut_checked(NONCE_LEN)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
        let secret = self.0.open_in_place(nonce, Aad::from(webhook_id.as_bytes()), sealed).ok()?;
        String::from_utf8(secret.to_vec()).ok()
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretKey")
    }
}

/// How deliveries to a webhook are signed.
#[derive(Clone, PartialEq, Eq)]
pub enum Signing {
    /// It has no secret.
    Unsigned,
    /// With this secret.
    With(String),
    /// It has a secret that this store's key does not open.
    Unreadable,
}

/// The columns `secret` and `sealed_secret` for a secret; an empty one is none.
pub(super) fn kept(tx: &mut Transaction<'_>, webhook_id: &str, secret: &str) -> Result<(Value, Value), StoreError> {
    keys::check_length("secret", secret, WEBHOOK_SECRET_CHARS)?;
    if secret.is_empty() {
        return Ok((Value::Null, Value::Null));
    }
    let random = tx.random().to_be_bytes();
    match tx.outbox().key() {
        None => Ok((secret.into(), Value::Null)),
        Some(key) => {
            let mut nonce = [0; NONCE_LEN];
            nonce.copy_from_slice(&random[random.len() - NONCE_LEN..]);
            let sealed = key.seal(nonce, webhook_id, secret);
            let sealed = sealed.ok_or_else(|| DbError::Other("a secret could not be encrypted".to_owned()))?;
            Ok((Value::Null, sealed.into()))
        }
    }
}

/// What the two columns say.
pub(super) fn read(tx: &Transaction<'_>, webhook_id: &str, plain: Option<String>, sealed: Option<String>) -> Signing {
    match (plain, sealed) {
        (Some(secret), _) => Signing::With(secret),
        (None, None) => Signing::Unsigned,
        (None, Some(sealed)) => match tx.outbox().key().and_then(|key| key.open(webhook_id, &sealed)) {
            Some(secret) => Signing::With(secret),
            None => Signing::Unreadable,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";

    #[test]
    fn a_sealed_secret_is_opened_by_its_key_for_its_webhook_only() {
        let key = SecretKey::parse(KEY).expect("a key");
        let sealed = key.seal([7; NONCE_LEN], "w1", "söcret").expect("sealed");
        assert!(!sealed.contains("cret"));
        assert_eq!(key.open("w1", &sealed).as_deref(), Some("söcret"));
        assert_eq!(key.open("w2", &sealed), None);
        let other = SecretKey::parse(&URL_SAFE_NO_PAD.encode([1; 32])).expect("a key");
        assert_eq!(other.open("w1", &sealed), None);
        for broken in ["", "AAAA", "@", &sealed[1..]] {
            assert_eq!(key.open("w1", broken), None, "{broken}");
        }
    }

    #[test]
    fn a_key_is_32_bytes() {
        for text in ["", "short", &URL_SAFE_NO_PAD.encode([0; 31]), &URL_SAFE_NO_PAD.encode([0; 33])] {
            assert!(SecretKey::parse(text).is_err(), "{text}");
        }
        assert!(SecretKey::parse(&format!(" {} ", KEY.trim_end_matches('='))).is_ok());
    }
}
