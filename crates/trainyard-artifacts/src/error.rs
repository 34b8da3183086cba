//! Why something could not be done with an artifact, and the wire code of each reason.

use std::io;

use trainyard_api::{ApiError, ErrorCode};

use crate::{ArtifactPath, InvalidPath};

/// An error of any type.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Why something could not be done with an artifact.
#[derive(Debug, thiserror::Error)]
pub enum ArtifactError {
    /// The text does not name a place below the root.
    #[error(transparent)]
    InvalidPath(#[from] InvalidPath),
    /// The address of an artifact root cannot be read.
    #[error("Invalid artifact location '{uri}': {reason}")]
    InvalidLocation {
        /// The address.
        uri: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The address of an artifact root is of a kind that is not looked after here.
    #[error(
        "Invalid artifact location '{uri}': the scheme '{scheme}' is not supported; use a folder, file://, s3://, gs:// or \
         abfss://"
    )]
    UnsupportedScheme {
        /// The address.
        uri: String,
        /// What it begins with.
        scheme: String,
    },
    /// Nothing is stored under the path.
    #[error("No such artifact: '{0}'")]
    NotFound(ArtifactPath),
    /// A file was asked for where a directory is.
    #[error("Artifact path refers to a directory, not a file: '{0}'")]
    IsDirectory(ArtifactPath),
    /// A directory was needed where a file is.
    #[error("A part of the artifact path is a file, not a directory: '{0}'")]
    NotADirectory(ArtifactPath),
    /// The range lies behind the file's end.
    #[error("The requested range lies outside of the file's {size} bytes")]
    RangeNotSatisfiable {
        /// The file's size in bytes.
        size: u64,
    },
    /// The disk or the quota is full. Nothing was stored.
    #[error("No space left in the artifact store; '{0}' was not stored")]
    OutOfSpace(ArtifactPath),
    /// The program, not the user, lacks a right.
    #[error("The artifact store refuses access to '{path}': {reason}")]
    Denied {
        /// What was to be read or written.
        path: ArtifactPath,
        /// The system's words.
        reason: String,
    },
    /// The body of an upload ended early. Nothing was stored.
    #[error("The upload of '{path}' broke off: {source}")]
    UploadBroken {
        /// What was to be stored.
        path: ArtifactPath,
        /// What the sender's side reported.
        source: BoxError,
    },
    /// The bucket knows no such upload in parts: it was completed, aborted, or has never begun.
    #[error("There is no upload '{upload_id}' of '{path}'")]
    NoSuchUpload {
        /// What was to be stored.
        path: ArtifactPath,
        /// What the upload is called.
        upload_id: String,
    },
    /// The bucket does not make a file of the parts that it has.
    #[error("The parts of '{0}' make no file: a part was not sent, is too small, or has another ETag")]
    PartsRefused(ArtifactPath),
    /// The bucket cannot be reached.
    #[error("The artifact store cannot be reached: {0}")]
    Unavailable(BoxError),
    /// A file operation failed in a way the path did not cause.
    #[error("Reading or writing the artifact '{path}' failed: {source}")]
    Io {
        /// What was to be read or written.
        path: ArtifactPath,
        /// The system's error.
        source: io::Error,
    },
}

impl ArtifactError {
    /// The code a client sees. Exhaustive on purpose: a new variant has to choose.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::InvalidPath(_)
            | Self::InvalidLocation { .. }
            | Self::UnsupportedScheme { .. }
            | Self::IsDirectory(_)
            | Self::NotADirectory(_)
            | Self::PartsRefused(_)
            | Self::RangeNotSatisfiable { .. } => ErrorCode::InvalidParameterValue,
            Self::NotFound(_) | Self::NoSuchUpload { .. } => ErrorCode::ResourceDoesNotExist,
            Self::OutOfSpace(_) => ErrorCode::ResourceExhausted,
            Self::Denied { .. } => ErrorCode::PermissionDenied,
            Self::UploadBroken { .. } => ErrorCode::BadRequest,
            Self::Unavailable(_) => ErrorCode::TemporarilyUnavailable,
            Self::Io { .. } => ErrorCode::InternalError,
        }
    }

    pub(crate) fn io(path: &ArtifactPath, source: io::Error) -> Self {
        let path = path.clone();
        let refused = |reason| Self::InvalidPath(InvalidPath { path: path.to_string(), reason });
        match source.kind() {
            io::ErrorKind::NotFound => Self::NotFound(path),
            io::ErrorKind::IsADirectory => Self::IsDirectory(path),
            io::ErrorKind::NotADirectory => Self::NotADirectory(path),
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::OutOfSpace(path),
            io::ErrorKind::InvalidFilename => refused("has a part that is too long for the file system"),
            // The sandbox reports a link out of the root without an error number; the system always has one.
            io::ErrorKind::PermissionDenied if source.raw_os_error().is_none() => {
                refused("leads out of the artifact root")
            }
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                Self::Denied { path, reason: source.to_string() }
            }
            _ => Self::Io { path, source },
        }
    }

    pub(crate) fn bucket(path: &ArtifactPath, error: object_store::Error) -> Self {
        use object_store::Error;
        let path = path.clone();
        match error {
            Error::NotFound { .. } => Self::NotFound(path),
            Error::PermissionDenied { source, .. } | Error::Unauthenticated { source, .. } => {
                Self::Denied { path, reason: source.to_string() }
            }
            other => Self::Unavailable(other.into()),
        }
    }
}

impl From<ArtifactError> for ApiError {
    fn from(error: ArtifactError) -> Self {
        ApiError::new(error.code(), error.to_string())
    }
}
