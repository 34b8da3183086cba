//! Errors as answers: the wire's JSON body, the status of its code.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use trainyard_api::{ApiError, ErrorCode};
use trainyard_artifacts::ArtifactError;
use trainyard_store::StoreError;

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
        ApiError::from(error).into()
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
