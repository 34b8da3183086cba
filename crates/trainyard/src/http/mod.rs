//! The transport to a tracking server: pooled connections, credentials, time-outs and repeats.

mod credentials;
mod exchange;
mod ingest;
mod retry;
mod tls;

pub(crate) use credentials::Credentials;
#[cfg(feature = "embedded")]
pub(crate) use exchange::query_of;
pub(crate) use exchange::{Answer, SEGMENT, refusal};
pub(crate) use retry::{Repeat, Retries};

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use trainyard_api::JsonEndpoint;
use ureq::tls::TlsConfig;
use ureq::{Agent, http};

use crate::fork::PerProcess;
use crate::tracking_uri::HttpAddress;
use crate::{Error, setting};

/// Longest wait for a connection: a server that takes longer than this to say hello is not there.
const CONNECT: Duration = Duration::from_secs(5);
/// The same for a server that has never answered; a training must not stand still because an address is wrong.
const FIRST_CONNECT: Duration = Duration::from_secs(3);

/// A tracking server reached by HTTP.
pub(crate) struct Http {
    address: HttpAddress,
    credentials: Option<Credentials>,
    settings: Settings,
    agent: PerProcess<Agent>,
    /// The one for a server that has not answered yet.
    first_agent: PerProcess<Agent>,
    /// Whether this server has ever answered; until then, patience with it is short.
    reached: AtomicBool,
    /// Until when the server asked not to be asked.
    busy_until: Mutex<Option<Instant>>,
    ingest: ingest::Support,
}

/// Knobs of the transport, from the environment.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    timeout: Duration,
    max_retries: u32,
    backoff_factor: f64,
    tls: TlsConfig,
}

impl Settings {
    fn from_env() -> Result<Self, Error> {
        Ok(Self {
            timeout: Duration::from_secs_f64(setting::number("HTTP_REQUEST_TIMEOUT", 120.0)?.clamp(0.001, 1e9)),
            max_retries: setting::number("HTTP_REQUEST_MAX_RETRIES", 7.0)? as u32,
            backoff_factor: setting::number("HTTP_REQUEST_BACKOFF_FACTOR", 2.0)?,
            tls: tls::from_env()?,
        })
    }

    fn agent(&self, connect: Duration) -> Agent {
        Agent::config_builder()
            .http_status_as_error(false)
            .user_agent(concat!("trainyard/", env!("CARGO_PKG_VERSION")))
            .tls_config(self.tls.clone())
            .timeout_connect(Some(self.timeout.min(connect)))
            // A time-out of silence, not of the whole body: large artifacts may take as long as they need.
            .timeout_recv_response(Some(self.timeout))
            .timeout_per_read(Some(self.timeout))
            .timeout_per_write(Some(self.timeout))
            .max_idle_connections(16)
            .max_idle_connections_per_host(16)
            .build()
            .into()
    }
}

impl Http {
    /// Credentials in the URI win over those of the environment.
    pub(crate) fn new(address: HttpAddress, credentials: Option<Credentials>) -> Result<Self, Error> {
        let settings = Settings::from_env()?;
        Ok(Self {
            address,
            credentials: credentials.or_else(Credentials::from_env),
            agent: PerProcess::new(settings.agent(CONNECT)),
            first_agent: PerProcess::new(settings.agent(FIRST_CONNECT)),
            settings,
            reached: AtomicBool::new(false),
            busy_until: Mutex::new(None),
            ingest: ingest::Support::default(),
        })
    }

    pub(crate) fn address(&self) -> &HttpAddress {
        &self.address
    }

    fn agent(&self) -> &Agent {
        match self.reached.load(Ordering::Relaxed) {
            true => self.agent.get(|| self.settings.agent(CONNECT)),
            false => self.first_agent.get(|| self.settings.agent(FIRST_CONNECT)),
        }
    }

    /// For how long the server has asked to be left alone, with its last answer.
    pub(crate) fn retry_after(&self) -> Option<Duration> {
        let until = *self.busy_until.lock().unwrap_or_else(PoisonError::into_inner);
        until.map(|until| until.saturating_duration_since(Instant::now())).filter(|left| !left.is_zero())
    }

    /// Notes what an answer says about further requests.
    fn answered(&self, answer: &Answer) {
        self.reached.store(true, Ordering::Relaxed);
        let asked = retry::asked_pause(answer.status, answer.retry_after.as_deref());
        let until = asked.map(|pause| Instant::now() + pause);
        *self.busy_until.lock().unwrap_or_else(PoisonError::into_inner) = until;
    }

    /// Sends a request of the REST interface.
    pub(crate) fn call<E: JsonEndpoint>(&self, request: &E, repeat: Repeat) -> Result<E::Response, Error> {
        let placed = exchange::place(request)?;
        let url = format!("{}{}{}", self.address, E::ROOT, placed.path_and_query);
        let answer = self.exchange(repeat, &url, |agent| {
            let mut request = http::Request::builder().method(exchange::method(E::METHOD)).uri(&url);
            if placed.body.is_some() {
                request = request.header("Content-Type", "application/json");
            }
            let request = self.authorized(request, &url);
            match &placed.body {
                Some(body) => agent.run(request.body(&body[..])?),
                None => agent.run(request.body(())?),
            }
        })?;
        answer.json(&url)
    }

    /// Repeats `attempt` until there is an answer that is not a passing fault, or patience ends; an answer of 400 or
    /// more is an error.
    pub(crate) fn exchange(
        &self,
        repeat: Repeat,
        url: &str,
        mut attempt: impl FnMut(&Agent) -> Result<http::Response<ureq::Body>, ureq::Error>,
    ) -> Result<Answer, Error> {
        let mut retries = self.retries(repeat);
        loop {
            match attempt(self.agent()).and_then(Answer::read) {
                Ok(answer) => {
                    self.answered(&answer);
                    if answer.status < 400 {
                        return Ok(answer);
                    }
                    if !retries.wait_after_status(answer.status, answer.retry_after.as_deref()) {
                        return Err(answer.into_error(url));
                    }
                }
                Err(error) => {
                    if !retries.wait_after_error(&error) {
                        return Err(self.unreachable(&error));
                    }
                }
            }
        }
    }

    /// One attempt whose body the caller reads; repeats are up to the caller.
    pub(crate) fn open(
        &self,
        attempt: impl FnOnce(&Agent) -> Result<http::Response<ureq::Body>, ureq::Error>,
    ) -> Result<http::Response<ureq::Body>, ureq::Error> {
        let response = attempt(self.agent())?;
        self.reached.store(true, Ordering::Relaxed);
        Ok(response)
    }

    pub(crate) fn retries(&self, repeat: Repeat) -> Retries<'_> {
        Retries::new(&self.settings, repeat, self.reached.load(Ordering::Relaxed))
    }

    /// Adds the credentials, provided that the request goes to the tracking server itself.
    pub(crate) fn authorized(&self, request: http::request::Builder, url: &str) -> http::request::Builder {
        let ours = url.strip_prefix(self.address.origin()).is_some_and(|rest| rest.starts_with('/'));
        match &self.credentials {
            Some(credentials) if ours => request.header("Authorization", credentials.header()),
            _ => request,
        }
    }

    pub(crate) fn unreachable(&self, error: &ureq::Error) -> Error {
        Error::Unreachable { uri: self.address.to_string(), reason: retry::describe(error) }
    }
}
