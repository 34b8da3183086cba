//! One signed request to a webhook, and what comes back.

use std::error::Error;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::header::{CONTENT_TYPE, RETRY_AFTER};
use reqwest::{Client, Response, redirect};
use ring::hmac;
use trainyard_store::webhooks::{Signing, Target, parse_url};
use url::Url;

use super::address::{CheckedResolver, Policy, literal};
use crate::WebhookConfig;

const DELIVERY_ID: &str = "x-mlflow-delivery-id";
const TIMESTAMP: &str = "x-mlflow-timestamp";
const SIGNATURE: &str = "x-mlflow-signature";
/// How much of an answer is read.
const ANSWER_BYTES: usize = 64 * 1024;
/// How long the look-up of a name may take while a client waits for the answer.
const LOOK_UP: Duration = Duration::from_secs(5);

/// Calls webhooks, and nothing but what the operator allows.
#[derive(Debug)]
pub(crate) struct Sender {
    policy: Policy,
    timeout: Duration,
    /// Made at the first call: most servers have no webhooks, and reading the system's certificates takes time.
    client: OnceLock<Client>,
}

/// An answer, as much of it as is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// How long the receiver asks to be left alone.
    pub(crate) retry_after: Option<Duration>,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    pub(crate) fn is_redirect(&self) -> bool {
        (300..400).contains(&self.status)
    }

    /// Whether the same request may have another answer later.
    pub(super) fn is_passing_fault(&self) -> bool {
        matches!(self.status, 408 | 429 | 500..)
    }
}

impl Sender {
    pub(crate) fn new(config: &WebhookConfig) -> Self {
        Self { policy: Policy::new(config), timeout: config.timeout, client: OnceLock::new() }
    }

    /// Schemes that an address may have, in lower case.
    pub(crate) fn allowed_schemes(&self) -> &[String] {
        self.policy.allowed_schemes()
    }

    /// Whether an address may be called, as far as can be told now; the reason is the end of a sentence about it.
    pub(crate) async fn check(&self, url: &Url) -> Result<(), String> {
        self.policy.check(url)?;
        match url.host_str() {
            Some(host) if literal(url).is_none() && !self.policy.allows_everything() => {
                let resolved = tokio::time::timeout(LOOK_UP, self.policy.resolve(host)).await;
                resolved.unwrap_or_else(|_| Err("could not be resolved in time".to_owned())).map(drop)
            }
            _ => Ok(()),
        }
    }

    /// Makes one request; an error says why there is no answer.
    pub(crate) async fn send(&self, target: &Target, delivery_id: &str, body: &str) -> Result<Answer, String> {
        let url = parse_url(&target.url).map_err(|error| error.to_string())?;
        self.policy.check(&url).map_err(|reason| format!("the webhook URL {reason}"))?;
        let now = SystemTime::now();
        let timestamp = now.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs().to_string();
        let mut request = self
            .client()?
            .post(url)
            .header(CONTENT_TYPE, "application/json")
            .header(DELIVERY_ID, delivery_id)
            .header(TIMESTAMP, &timestamp);
        match &target.signing {
            Signing::Unsigned => {}
            Signing::With(secret) => request = request.header(SIGNATURE, sign(secret, delivery_id, &timestamp, body)),
            Signing::Unreadable => {
                return Err("the secret of the webhook cannot be read with this server's key \
                            (TRAINYARD_WEBHOOK_SECRET_ENCRYPTION_KEY)"
                    .to_owned());
            }
        }
        // The client's own limit covers the whole exchange; this one holds as well when a look-up does not return.
        let exchange = async {
            let response = request.body(body.to_owned()).send().await?;
            read(response, now).await
        };
        match tokio::time::timeout(self.timeout, exchange).await {
            Ok(answer) => answer.map_err(describe),
            Err(_) => Err(format!("no answer within {} s", self.timeout.as_secs_f64())),
        }
    }

    fn client(&self) -> Result<&Client, String> {
        if let Some(client) = self.client.get() {
            return Ok(client);
        }
        // The HTTP client takes the process's TLS provider; one that the embedding program chose stays.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder()
            .user_agent(concat!("trainyard/", env!("CARGO_PKG_VERSION")))
            .dns_resolver(Arc::new(CheckedResolver(self.policy.clone())))
            // A redirect could lead where a webhook may not, and a proxy would be the one that is connected to.
            .redirect(redirect::Policy::none())
            .no_proxy()
            .timeout(self.timeout)
            // Each delivery connects anew, to an address that has just been checked.
            .pool_max_idle_per_host(0)
            .build()
            .map_err(|error| format!("there is no HTTP client: {}", describe(error)))?;
        Ok(self.client.get_or_init(|| client))
    }
}

/// The signature of a delivery, as MLflow's receivers check it.
fn sign(secret: &str, delivery_id: &str, timestamp: &str, body: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    let tag = hmac::sign(&key, format!("{delivery_id}.{timestamp}.{body}").as_bytes());
    format!("v1,{}", STANDARD.encode(tag))
}

async fn read(mut response: Response, now: SystemTime) -> Result<Answer, reqwest::Error> {
    let retry_after = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
    let retry_after = retry_after.and_then(|value| pause(value, now));
    let status = response.status().as_u16();
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        body.extend_from_slice(&chunk[..chunk.len().min(ANSWER_BYTES - body.len())]);
        if body.len() == ANSWER_BYTES {
            break;
        }
    }
    Ok(Answer { status, retry_after, body: String::from_utf8_lossy(&body).into_owned() })
}

/// `Retry-After` in either of its forms.
fn pause(value: &str, now: SystemTime) -> Option<Duration> {
    let value = value.trim();
    if let Ok(seconds) = value.parse::<u32>() {
        return Some(Duration::from_secs(seconds.into()));
    }
    Some(httpdate::parse_http_date(value).ok()?.duration_since(now).unwrap_or_default())
}

/// An error with its causes, and without the address, which may hold a password.
fn describe(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let inner_text = inner.to_string();
        if !text.ends_with(&inner_text) {
            text = format!("{text}: {inner_text}");
        }
        cause = inner.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_the_one_that_mlflow_makes() {
        // Made by Python's hmac over "id.1700000000.{}" with the key "s3cret".
        assert_eq!(sign("s3cret", "id", "1700000000", "{}"), "v1,E1jT1gXbthS5zn30uBh7ToafsgF7EE2I1cmPPlN15rY=");
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now = UNIX_EPOCH + Duration::from_secs(784_111_777);
        assert_eq!(pause(" 120 ", now), Some(Duration::from_secs(120)));
        assert_eq!(pause("Sun, 06 Nov 1994 08:50:37 GMT", now), Some(Duration::from_secs(60)));
        assert_eq!(pause("Sun, 06 Nov 1994 08:00:00 GMT", now), Some(Duration::ZERO));
        assert_eq!(pause("soon", now), None);
    }
}
