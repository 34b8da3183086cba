//! Which requests are repeated, after what, and how patiently.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::io::ErrorKind;
use std::thread;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use jiff::fmt::rfc2822;
use trainyard_api::{Endpoint, Method};
use ureq::Timeout;

use super::Settings;

/// Longest pause that a `Retry-After` or the growing pauses may ask for.
const MAX_PAUSE: Duration = Duration::from_secs(60);
/// Repeats granted to a server that has never answered: enough for one that is just starting.
const FIRST_CONTACT_RETRIES: u32 = 2;
/// Time after which such a server is not asked again: it has not refused, which is quick, but is silent.
const FIRST_CONTACT: Duration = Duration::from_secs(2);

/// Whether carrying out a request twice is the same as once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Repeat {
    /// It is; repeat after anything that may pass.
    Safe,
    /// It is not; repeat only when the server cannot have carried it out.
    Unsafe,
    /// The caller has a patience of its own.
    Never,
}

impl Repeat {
    /// Requests that make or rename something fail, or make a second one, when they are carried out twice; all others
    /// of the interface are idempotent (equal points are stored once, params and tags are set).
    pub(crate) fn of<E: Endpoint>() -> Self {
        let makes = E::METHOD == Method::Post
            && (E::PATH.ends_with("/create")
                || E::PATH.ends_with("/rename")
                || matches!(E::PATH, "/logged-models" | "/webhooks" | "/webhooks/{webhook_id}/test"));
        if makes { Self::Unsafe } else { Self::Safe }
    }
}

/// Counts the repeats of one request and waits before each.
pub(crate) struct Retries<'s> {
    settings: &'s Settings,
    repeat: Repeat,
    reached: bool,
    began: Instant,
    done: u32,
}

impl<'s> Retries<'s> {
    pub(super) fn new(settings: &'s Settings, repeat: Repeat, reached: bool) -> Self {
        Self { settings, repeat, reached, began: Instant::now(), done: 0 }
    }

    /// Bytes have arrived since the last fault, so patience starts anew.
    pub(crate) fn progressed(&mut self) {
        self.reached = true;
        self.done = 0;
    }

    /// Waits before the next attempt; `false` when the answer has to be taken as it is.
    pub(crate) fn wait_after_status(&mut self, status: u16, retry_after: Option<&str>) -> bool {
        self.reached = true;
        let passes = match self.repeat {
            Repeat::Safe => matches!(status, 408 | 429 | 500 | 502 | 503 | 504),
            // These two say that the request was turned away at the door.
            Repeat::Unsafe => matches!(status, 429 | 503),
            Repeat::Never => false,
        };
        passes && self.wait(retry_after.and_then(|text| parse_retry_after(text, Timestamp::now())))
    }

    /// Waits before the next attempt; `false` when the error is final.
    pub(crate) fn wait_after_error(&mut self, error: &ureq::Error) -> bool {
        let passes = match self.repeat {
            Repeat::Safe => never_sent(error) || broke_off(error),
            Repeat::Unsafe => never_sent(error),
            Repeat::Never => false,
        };
        passes && self.wait(None)
    }

    fn wait(&mut self, asked: Option<Duration>) -> bool {
        let patience = self.settings.max_retries;
        let patience = if self.reached { patience } else { patience.min(FIRST_CONTACT_RETRIES) };
        if self.done >= patience || !self.reached && self.began.elapsed() >= FIRST_CONTACT {
            return false;
        }
        let pause = asked.unwrap_or_else(|| backoff(self.settings.backoff_factor, self.done)).min(MAX_PAUSE);
        self.done += 1;
        thread::sleep(pause);
        true
    }
}

/// The pause before repeat number `done + 1`: with the default factor 0.25 s, doubled each time, and up to a half
/// more by chance, so that clients of a restarted server do not all come back in the same moment.
fn backoff(factor: f64, done: u32) -> Duration {
    let chance = RandomState::new().hash_one(done) as f64 / u64::MAX as f64;
    let seconds = factor * 0.125 * f64::from(done.min(20)).exp2() * (1.0 + chance / 2.0);
    Duration::from_secs_f64(seconds.min(MAX_PAUSE.as_secs_f64()))
}

/// `Retry-After`: seconds, or a date.
fn parse_retry_after(text: &str, now: Timestamp) -> Option<Duration> {
    let text = text.trim();
    if let Ok(seconds) = text.parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    let date = rfc2822::parse(text).ok()?.timestamp();
    Some(Duration::try_from(date.duration_since(now)).unwrap_or_default())
}

/// The pause that an answer asks for before anything else is sent.
pub(super) fn asked_pause(status: u16, retry_after: Option<&str>) -> Option<Duration> {
    let turned_away = matches!(status, 429 | 503);
    retry_after
        .filter(|_| turned_away)
        .and_then(|text| parse_retry_after(text, Timestamp::now()))
        .map(|d| d.min(MAX_PAUSE))
}

fn never_sent(error: &ureq::Error) -> bool {
    match error {
        ureq::Error::Io(error) => error.kind() == ErrorKind::ConnectionRefused,
        ureq::Error::Timeout(Timeout::Connect | Timeout::Resolve) => true,
        ureq::Error::HostNotFound | ureq::Error::ConnectionFailed => true,
        _ => false,
    }
}

fn broke_off(error: &ureq::Error) -> bool {
    tls_error(error).is_none()
        && matches!(error, ureq::Error::Io(_) | ureq::Error::Timeout(_) | ureq::Error::Protocol(_))
}

/// What the two sides could not agree on; they would not the next time either.
fn tls_error(error: &ureq::Error) -> Option<&rustls::Error> {
    match error {
        ureq::Error::Io(error) => error.get_ref()?.downcast_ref(),
        ureq::Error::Rustls(error) => Some(error),
        _ => None,
    }
}

/// What happened to a connection, for the reader of an error.
pub(super) fn describe(error: &ureq::Error) -> String {
    if let Some(rustls::Error::InvalidCertificate(reason)) = tls_error(error) {
        return format!(
            "its certificate is not accepted ({reason}); that of an authority of your own is, where \
             TRAINYARD_TRACKING_SERVER_CERT_PATH names the authority's PEM file"
        );
    }
    match error {
        ureq::Error::Io(error) if error.kind() == ErrorKind::ConnectionRefused => "connection refused".to_owned(),
        ureq::Error::HostNotFound => "there is no host of that name".to_owned(),
        ureq::Error::Timeout(_) => "timed out".to_owned(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use trainyard_api::logged_models::{CreateLoggedModel, LogLoggedModelParams};
    use trainyard_api::registered_models::RenameRegisteredModel;
    use trainyard_api::runs::{CreateRun, GetRun, LogBatch};

    #[test]
    fn only_requests_that_make_something_are_not_repeated_freely() {
        assert_eq!(Repeat::of::<CreateRun>(), Repeat::Unsafe);
        assert_eq!(Repeat::of::<CreateLoggedModel>(), Repeat::Unsafe);
        assert_eq!(Repeat::of::<RenameRegisteredModel>(), Repeat::Unsafe);
        assert_eq!(Repeat::of::<LogLoggedModelParams>(), Repeat::Safe);
        assert_eq!(Repeat::of::<LogBatch>(), Repeat::Safe);
        assert_eq!(Repeat::of::<GetRun>(), Repeat::Safe);
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now = "2026-01-01T00:00:00Z".parse().expect("a time");
        assert_eq!(parse_retry_after("3", now), Some(Duration::from_secs(3)));
        let date = "Thu, 01 Jan 2026 00:00:30 GMT";
        assert_eq!(parse_retry_after(date, now), Some(Duration::from_secs(30)));
        let past = "Wed, 31 Dec 2025 00:00:30 GMT";
        assert_eq!(parse_retry_after(past, now), Some(Duration::ZERO));
        assert_eq!(parse_retry_after("soon", now), None);
    }

    #[test]
    fn pauses_grow_and_end() {
        for done in 0..40 {
            let pause = backoff(2.0, done).as_secs_f64();
            let least = (0.25 * f64::from(done).exp2()).min(60.0);
            assert!(pause >= least && pause <= (least * 1.5).min(60.0), "{done}: {pause}");
        }
    }
}
