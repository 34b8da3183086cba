//! Bulk ingest over HTTP, and whether the server at the other end has it.
//!
//! Other servers of MLflow's interface do not, nor do older ones of ours; and one may be replaced by another at any time.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use trainyard_api::ingest::{CONTENT_TYPE, Ingest, IngestResponse, VERSION};
use trainyard_api::server_info::ServerInfo;
use trainyard_api::{ApiError, Endpoint, ErrorCode};
use ureq::http;

use super::{Answer, Http, Repeat};
use crate::Error;

const SERVER_INFO: &str = "/api/3.0/mlflow/server-info";
/// How long a server is taken to be without ingest before it is asked again.
const FORGET: Duration = Duration::from_secs(600);

/// What is known of the server.
#[derive(Debug, Default)]
pub(super) struct Support(Mutex<Option<Known>>);

#[derive(Debug, Clone, Copy)]
enum Known {
    Has,
    HasNot { since: Instant },
}

impl Support {
    fn get(&self) -> Option<Known> {
        let known = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.filter(|known| !matches!(known, Known::HasNot { since } if since.elapsed() > FORGET))
    }

    fn set(&self, has: bool) {
        let known = if has { Known::Has } else { Known::HasNot { since: Instant::now() } };
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(known);
    }
}

impl Http {
    /// Whether the server takes ingest batches; it is asked when that is not known, provided that it is `worth_asking`.
    pub(crate) fn takes_ingest(&self, worth_asking: bool) -> Result<bool, Error> {
        match self.ingest.get() {
            Some(Known::Has) => return Ok(true),
            Some(Known::HasNot { .. }) => return Ok(false),
            None if !worth_asking => return Ok(false),
            None => {}
        }
        let has = match self.server_info(Repeat::Never) {
            Ok(info) => info.ingest_version >= VERSION,
            // A server in trouble, too busy or without trust is asked again; until then it is given what every server
            // understands.
            Err(Error::Api(error)) if passes(&error) => return Ok(false),
            Err(Error::Api(_) | Error::NotATrackingServer { .. }) => false,
            Err(error) => return Err(error),
        };
        self.ingest.set(has);
        Ok(has)
    }

    /// What the server says of itself.
    pub(crate) fn server_info(&self, repeat: Repeat) -> Result<ServerInfo, Error> {
        let url = format!("{}{SERVER_INFO}", self.address);
        let answer =
            self.exchange(repeat, &url, |agent| agent.run(self.authorized(http::Request::get(&url), &url).body(())?))?;
        answer.json(&url)
    }

    /// Sends a batch once; `None` when the server turns out not to take it.
    pub(crate) fn ingest(&self, request: &Ingest) -> Result<Option<IngestResponse>, Error> {
        let url = format!("{}{}{}", self.address, Ingest::ROOT, Ingest::PATH);
        let sent = self.open(|agent| {
            let builder = http::Request::post(&url).header("Content-Type", CONTENT_TYPE);
            agent.run(self.authorized(builder, &url).body(&request.body()[..])?)
        });
        let answer = sent.and_then(Answer::read).map_err(|error| self.unreachable(&error))?;
        self.answered(&answer);
        match answer.status {
            0..400 => answer.json(&url).map(Some),
            // Not to be trusted with anything, or too busy: whatever the form of the request.
            401 | 403 | 408 | 429 => Err(answer.into_error(&url)),
            // No such route, or none that reads this version, or a proxy that lets no such body through.
            400..=499 | 501 => {
                self.ingest.set(false);
                Ok(None)
            }
            _ => Err(answer.into_error(&url)),
        }
    }
}

/// Whether an error says nothing about what the server can do.
fn passes(error: &ApiError) -> bool {
    matches!(
        error.error_code,
        ErrorCode::Unauthenticated | ErrorCode::PermissionDenied | ErrorCode::RequestLimitExceeded
    ) || error.error_code.http_status() >= 500
}
