//! What names, addresses and events of webhooks may look like. Messages begin with MLflow's sentences where it has one.
//!
//! Which schemes and which machines may be called is the server's to decide, when a webhook is made and again whenever
//! it is called.

use trainyard_api::limits::{WEBHOOK_DESCRIPTION_CHARS, WEBHOOK_NAME_CHARS, WEBHOOK_URL_CHARS};
use trainyard_api::webhooks::WebhookEvent;
use url::Url;

use crate::StoreError;
use crate::tracking::keys;

pub(super) fn check_name(name: &str) -> Result<(), StoreError> {
    if name.is_empty() {
        return Err(StoreError::missing("name"));
    }
    let outer = |c: char| c.is_ascii_alphanumeric();
    let inner = |c: char| outer(c) || matches!(c, '.' | '_' | '-');
    if name.len() <= WEBHOOK_NAME_CHARS && name.chars().all(inner) && name.starts_with(outer) && name.ends_with(outer) {
        return Ok(());
    }
    let excerpt: String = name.chars().take(2 * WEBHOOK_NAME_CHARS).collect();
    Err(StoreError::invalid(format!(
        "Webhook name '{excerpt}' is invalid. It must start and end with a letter or digit, be at most \
         {WEBHOOK_NAME_CHARS} characters long, and contain only letters, digits, dots (.), underscores (_), and hyphens (-)."
    )))
}

pub(super) fn check_description(description: &str) -> Result<(), StoreError> {
    keys::check_length("description", description, WEBHOOK_DESCRIPTION_CHARS)
}

pub(super) fn check_events(events: &[WebhookEvent]) -> Result<(), StoreError> {
    for (index, event) in events.iter().enumerate() {
        check_event(&format!("events[{index}]"), *event)?;
    }
    Ok(())
}

/// Refuses an action that its entity does not have.
pub(super) fn check_event(parameter: &str, event: WebhookEvent) -> Result<(), StoreError> {
    let actions = event.entity.actions();
    if actions.contains(&event.action) {
        return Ok(());
    }
    let valid: Vec<_> = actions.iter().map(|action| format!("'{action}'")).collect();
    Err(StoreError::invalid(format!(
        "Invalid action '{}' for entity '{}'. Valid actions are: [{}] (parameter '{parameter}')",
        event.action,
        event.entity,
        valid.join(", ")
    )))
}

/// Reads the address of a webhook: http or https, with a host.
pub fn parse_url(text: &str) -> Result<Url, StoreError> {
    let invalid = |reason: String| {
        let excerpt: String = redact(text).chars().take(200).collect();
        StoreError::invalid(format!("Invalid value '{excerpt}' for parameter 'url' supplied: it {reason}"))
    };
    if text.is_empty() {
        return Err(StoreError::missing("url"));
    }
    if text.chars().count() > WEBHOOK_URL_CHARS {
        return Err(invalid(format!("is longer than {WEBHOOK_URL_CHARS} characters")));
    }
    // The parser mends these, each program in its own way: a text that one reads as this host is that host to another.
    if text.chars().any(|c| c.is_whitespace() || c.is_control() || c == '\\') {
        return Err(invalid("must not hold white space, control characters or backslashes".to_owned()));
    }
    check_scheme(text, &["http".to_owned(), "https".to_owned()])?;
    let url = Url::parse(text).map_err(|error| invalid(format!("cannot be read: {error}")))?;
    let written = text.split_once("://").map(|(_, rest)| rest);
    if url.host_str().is_none_or(str::is_empty) || written.is_none_or(|rest| rest.starts_with('/')) {
        return Err(invalid("must include a hostname".to_owned()));
    }
    Ok(url)
}

/// Refuses an address whose scheme is none of these; one without a scheme has the empty one.
pub fn check_scheme(text: &str, allowed: &[String]) -> Result<(), StoreError> {
    let scheme = text.split_once(':').map_or("", |(scheme, _)| scheme).to_ascii_lowercase();
    let inner = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
    let is_one = scheme.starts_with(|c: char| c.is_ascii_alphabetic()) && scheme.chars().all(inner);
    let scheme = if is_one { scheme.as_str() } else { "" };
    if allowed.iter().any(|allowed| allowed == scheme) {
        return Ok(());
    }
    let scheme: String = scheme.chars().take(200).collect();
    let allowed = allowed.join(", ");
    Err(StoreError::invalid(format!("Invalid webhook URL scheme: '{scheme}'. Allowed schemes are: {allowed}.")))
}

/// An address with its password, if any, as `***`: for answers, logs and messages.
pub fn redact(url: &str) -> String {
    let Some(start) = url.find("://").map(|at| at + 3) else { return url.to_owned() };
    let end = url[start..].find(['/', '?', '#', '\\']).map_or(url.len(), |at| start + at);
    let Some(at) = url[start..end].rfind('@').map(|at| start + at) else { return url.to_owned() };
    match url[start..at].find(':') {
        Some(colon) => format!("{}:***{}", &url[..start + colon], &url[at..]),
        None => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use trainyard_api::ErrorCode;

    use super::*;

    #[test]
    fn names_are_short_words() {
        for name in ["a", "7", "prod-hook_1.x", &"n".repeat(63)] {
            assert_eq!(check_name(name), Ok(()), "{name}");
        }
        for name in ["", "-a", "a-", ".", "a b", "ä", "a/b", &"n".repeat(64)] {
            assert!(check_name(name).is_err(), "{name}");
        }
    }

    #[test]
    fn addresses_are_http_with_a_host() {
        for url in ["https://h", "http://127.0.0.1:8/x?y=z#f", "https://u:p@h.example/a", "HTTPS://[::1]/"] {
            assert!(parse_url(url).is_ok(), "{url}");
        }
        for url in ["", "h", "ftp://h/", "http://", "http:///x", "http:x", "https://h h", "http://h\\@x", "file:///etc"]
        {
            assert!(parse_url(url).is_err(), "{url}");
        }
        let error = parse_url("https://ann:secret@/").expect_err("refused").to_string();
        assert!(error.contains("https://ann:***@/") && !error.contains("secret"), "{error}");
    }

    #[test]
    fn schemes_are_told_as_mlflow_does() {
        let https = ["https".to_owned()];
        assert_eq!(check_scheme("HTTPS://h", &https), Ok(()));
        for (url, scheme) in [("http://h", "http"), ("FTP:x", "ftp"), ("nonsense", ""), ("ä:b", ""), ("1a:b", "")] {
            let told = check_scheme(url, &https).expect_err("refused").to_string();
            assert_eq!(told, format!("Invalid webhook URL scheme: '{scheme}'. Allowed schemes are: https."));
        }
        let told = parse_url("ftp://h").expect_err("refused").to_string();
        assert_eq!(told, "Invalid webhook URL scheme: 'ftp'. Allowed schemes are: http, https.");
    }

    #[test]
    fn passwords_are_not_shown() {
        assert_eq!(redact("https://ann:p:w@h/x@y:z"), "https://ann:***@h/x@y:z");
        for url in ["https://ann@h/", "https://h/a:b@c", "https://h:8/?a@b", "nonsense"] {
            assert_eq!(redact(url), url);
        }
    }

    proptest! {
        #[test]
        fn any_text_is_refused_or_names_an_http_host(
            text in "(http|https|ftp|HTTP)?:?/{0,3}([a-z0-9.:@%\\[\\]-]{0,12}|\\PC{0,8})(/\\PC{0,6})?"
        ) {
            match parse_url(&text) {
                Ok(url) => {
                    prop_assert!(matches!(url.scheme(), "http" | "https"), "{text:?}");
                    prop_assert!(url.host_str().is_some_and(|host| !host.is_empty()), "{text:?}");
                    prop_assert!(url.port_or_known_default().is_some(), "{text:?}");
                    // What is hidden in an answer leaves the host alone.
                    let shown = Url::parse(&redact(&text)).expect("still an address");
                    prop_assert_eq!(shown.host_str(), url.host_str());
                    prop_assert!(url.password().is_none_or(|password| password.is_empty()) || shown.password() == Some("***"));
                }
                Err(error) => prop_assert_eq!(error.code(), ErrorCode::InvalidParameterValue),
            }
        }
    }
}
