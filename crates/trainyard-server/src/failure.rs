//! Errors as answers: the wire's JSON body, the status of its code.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use trainyard_api::{ApiError, ErrorCode};
use trainyard_artifacts::ArtifactError;
use trainyard_store::{DbError, StoreError};

/// An answer that is an error.
#[derive(Debug)]
pub(crate) struct Failure {
    status: StatusCode,
    error: ApiError,
    /// The size of the file whose range was asked for, in the words of HTTP.
    content_range: Option<HeaderValue>,
}

impl Failure {
    /// An error whose status is not the usual one of its code.
    pub(crate) fn with_status(status: StatusCode, error: ApiError) -> Self {
        Self { status, error, content_range: None }
    }

    /// The error by itself.
    pub(crate) fn into_error(self) -> ApiError {
        self.error
    }
}

impl From<ApiError> for Failure {
    fn from(error: ApiError) -> Self {
        let status = match error.error_code {
            // MLflow's 429 for this code makes clients try again for minutes; a full disk stays full. The stock client
            // shows 507 at once.
            ErrorCode::ResourceExhausted => StatusCode::INSUFFICIENT_STORAGE,
            code => StatusCode::from_u16(code.http_status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
        };
        Self::with_status(status, error)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        // What stays as it is has no status of those (408, 429, 500, 502, 503, 504) after which stock clients ask again
        // for minutes.
        let status = match &error {
            StoreError::TooSlow { .. } => Some(StatusCode::BAD_REQUEST),
            StoreError::Database(DbError::Corrupt(_)) => Some(StatusCode::INSUFFICIENT_STORAGE),
            _ => None,
        };
        let error = ApiError::from(error);
        match status {
            Some(status) => Self::with_status(status, error),
            None => error.into(),
        }
    }
}

impl From<ArtifactError> for Failure {
    fn from(error: ArtifactError) -> Self {
        if let ArtifactError::RangeNotSatisfiable { size } = error {
            let content_range = HeaderValue::from_str(&format!("bytes */{size}")).ok();
            return Self { status: StatusCode::RANGE_NOT_SATISFIABLE, error: error.into(), content_range };
        }
        if matches!(error, ArtifactError::Io { .. } | ArtifactError::OutOfSpace(_) | ArtifactError::Denied { .. }) {
            tracing::error!(%error, "an artifact operation failed");
        }
        ApiError::from(error).into()
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let body = serde_json::to_vec(&self.error).unwrap_or_default();
        let mut response = (self.status, [(header::CONTENT_TYPE, "application/json")], body).into_response();
        response.headers_mut().extend(self.content_range.map(|range| (header::CONTENT_RANGE, range)));
        response
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn what_stays_as_it_is_has_no_status_after_which_clients_ask_again() {
        let slow = StoreError::TooSlow { limit: Duration::from_secs(60) };
        let damaged = StoreError::Database(DbError::Corrupt("page 7".to_owned()));
        for (error, status) in [
            (slow, 400),
            (damaged, 507),
            (StoreError::Database(DbError::DiskFull), 507),
            (StoreError::Database(DbError::TimedOut("a lock".to_owned())), 503),
            (StoreError::Database(DbError::Busy), 503),
        ] {
            let shown = error.to_string();
            assert_eq!(Failure::from(error).into_response().status(), status, "{shown}");
        }
    }
}
