//! Error codes and the error body of the wire.

use serde::{Deserialize, Serialize};

macro_rules! error_codes {
    ($($(#[$doc:meta])* $variant:ident $text:literal $status:literal;)+) => {
        /// The `error_code` of an error body. Codes this version does not know read as `InternalError`.
        ///
        /// ```
        /// # let folder = tempfile::tempdir().expect("a folder");
        /// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
        /// use trainyard::api::ErrorCode;
        /// use trainyard::api::experiments::GetExperiment;
        ///
        /// let refused = client.call(GetExperiment { experiment_id: "12".into() }).expect_err("nobody has made it");
        /// assert_eq!(refused.code(), ErrorCode::ResourceDoesNotExist);
        /// # Ok::<(), trainyard::Error>(())
        /// ```
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[non_exhaustive]
        pub enum ErrorCode {
            $($(#[$doc])* #[serde(rename = $text)] $variant,)+
            /// Any code not listed here.
            #[serde(other, rename = "INTERNAL_ERROR")]
            InternalError,
        }

        impl ErrorCode {
            /// The code as it stands on the wire.
            ///
            /// ```
            /// assert_eq!(trainyard::api::ErrorCode::NotFound.as_str(), "NOT_FOUND");
            /// ```
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ Self::InternalError => "INTERNAL_ERROR" }
            }

            /// The HTTP status that carries the code.
            ///
            /// ```
            /// assert_eq!(trainyard::api::ErrorCode::PermissionDenied.http_status(), 403);
            /// ```
            pub fn http_status(self) -> u16 {
                match self { $(Self::$variant => $status,)+ Self::InternalError => 500 }
            }
        }
    };
}

error_codes! {
    /// A value is missing, malformed or out of range.
    InvalidParameterValue "INVALID_PARAMETER_VALUE" 400;
    /// The name is taken.
    ResourceAlreadyExists "RESOURCE_ALREADY_EXISTS" 400;
    /// The request cannot be read at all.
    BadRequest "BAD_REQUEST" 400;
    /// No credentials, or wrong ones.
    Unauthenticated "UNAUTHENTICATED" 401;
    /// The user may not do this.
    PermissionDenied "PERMISSION_DENIED" 403;
    /// There is no such entity.
    ResourceDoesNotExist "RESOURCE_DOES_NOT_EXIST" 404;
    /// There is nothing at this address.
    NotFound "NOT_FOUND" 404;
    /// There is no such route.
    EndpointNotFound "ENDPOINT_NOT_FOUND" 404;
    /// Another request changed the same thing.
    ResourceConflict "RESOURCE_CONFLICT" 409;
    /// Too many requests.
    RequestLimitExceeded "REQUEST_LIMIT_EXCEEDED" 429;
    /// Disk, quota or memory is used up.
    ResourceExhausted "RESOURCE_EXHAUSTED" 429;
    /// The request is out of order with the state it meets.
    InvalidState "INVALID_STATE" 500;
    /// This server does not do that.
    NotImplemented "NOT_IMPLEMENTED" 501;
    /// Try again later.
    TemporarilyUnavailable "TEMPORARILY_UNAVAILABLE" 503;
    /// The answer took too long.
    DeadlineExceeded "DEADLINE_EXCEEDED" 504;
}

/// The body of an error answer.
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::Error;
/// use trainyard::api::experiments::CreateExperiment;
/// use trainyard::api::{ApiError, ErrorCode};
///
/// client.call(CreateExperiment { name: "iris".to_owned(), ..Default::default() })?;
/// let refused = client.call(CreateExperiment { name: "iris".to_owned(), ..Default::default() });
/// let Err(Error::Api(ApiError { error_code, message })) = refused else { panic!("the name is taken") };
/// assert_eq!(error_code, ErrorCode::ResourceAlreadyExists);
/// assert!(message.contains("iris"), "{message}");
/// # Ok::<(), trainyard::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{}: {message}", error_code.as_str())]
pub struct ApiError {
    /// What kind of error it is.
    pub error_code: ErrorCode,
    /// One sentence or more for a person.
    #[serde(default)]
    pub message: String,
}

impl ApiError {
    /// An error of any code.
    ///
    /// ```
    /// use trainyard::api::{ApiError, ErrorCode};
    ///
    /// let error = ApiError::new(ErrorCode::TemporarilyUnavailable, "the database is busy");
    /// assert_eq!(error.to_string(), "TEMPORARILY_UNAVAILABLE: the database is busy");
    /// ```
    pub fn new(error_code: ErrorCode, message: impl Into<String>) -> Self {
        Self { error_code, message: message.into() }
    }

    /// `INVALID_PARAMETER_VALUE` with a message that names the field and the value.
    ///
    /// ```
    /// use trainyard::api::{ApiError, ErrorCode};
    ///
    /// assert_eq!(ApiError::invalid("max_depth is not a number").error_code, ErrorCode::InvalidParameterValue);
    /// ```
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::InvalidParameterValue, message)
    }

    /// The error for a required field that is absent or empty, in MLflow's words (clients match on them).
    ///
    /// ```
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
    /// use trainyard::api::ApiError;
    /// use trainyard::api::runs::GetRun;
    ///
    /// let Err(trainyard::Error::Api(error)) = client.call(GetRun::default()) else { panic!("no run was named") };
    /// assert_eq!(error, ApiError::missing("run_id"));
    /// # Ok::<(), trainyard::Error>(())
    /// ```
    pub fn missing(field: &str) -> Self {
        Self::invalid(format!(
            "Missing value for required parameter '{field}'. See the API docs for more information about request parameters."
        ))
    }
}
