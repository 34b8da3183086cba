//! Who the client is to the server. Never shown: neither by `Debug` nor in an error.

use std::fmt;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use ureq::http::HeaderValue;

use crate::setting;

/// The value of the `Authorization` header.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Credentials(HeaderValue);

impl Credentials {
    /// A user name with a password.
    pub(crate) fn basic(user: &str, password: &str) -> Self {
        Self::header_of(format!("Basic {}", BASE64_STANDARD.encode(format!("{user}:{password}"))))
            .expect("base64 is a valid header")
    }

    fn header_of(text: String) -> Option<Self> {
        let mut value = HeaderValue::try_from(text).ok()?;
        value.set_sensitive(true);
        Some(Self(value))
    }

    /// `…_TRACKING_USERNAME` with `…_TRACKING_PASSWORD`, else `…_TRACKING_TOKEN`.
    pub(crate) fn from_env() -> Option<Self> {
        let value = |name: &str| setting::text(name).map(|(_, value)| value);
        match (value("TRACKING_USERNAME"), value("TRACKING_PASSWORD")) {
            (Some(user), Some(password)) => Some(Self::basic(&user, &password)),
            _ => value("TRACKING_TOKEN").and_then(|token| Self::header_of(format!("Bearer {}", token.trim()))),
        }
    }

    pub(crate) fn header(&self) -> HeaderValue {
        self.0.clone()
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials(***)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_not_shown() {
        let shown = format!("{:?}", Credentials::basic("ann", "s3cret"));
        assert!(!shown.contains("s3cret") && !shown.contains(&BASE64_STANDARD.encode("ann:s3cret")), "{shown}");
    }
}
