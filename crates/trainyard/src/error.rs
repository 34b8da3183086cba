//! What can go wrong in the client, and the wire code of each.

use std::io;
use std::path::{Path, PathBuf};

use trainyard_api::{ApiError, ErrorCode};

use crate::journal::Rejections;

/// Why a call did not succeed.
///
/// ```
/// use trainyard::{Client, Error};
///
/// let refused = Client::connect("ftp://tracking.example").expect_err("no such scheme");
/// assert!(matches!(refused, Error::Uri { .. }));
/// assert_eq!(refused.code().as_str(), "INVALID_PARAMETER_VALUE");
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The server, or the embedded store, refused the request.
    #[error("{0}")]
    Api(#[from] ApiError),
    /// No answer from the server.
    #[error(
        "no answer from {uri}: {reason}. Is the server running there? `trainyard server` starts one; \
         TRAINYARD_TRACKING_URI or MLFLOW_TRACKING_URI says where to look"
    )]
    Unreachable {
        /// Address of the server, without credentials.
        uri: String,
        /// What happened to the connection.
        reason: String,
    },
    /// Something answered, but not in the way of a tracking server.
    #[error("{uri} did not answer like a tracking server: {reason}")]
    NotATrackingServer {
        /// Address of the request, without credentials.
        uri: String,
        /// Status and the beginning of the body, or what is wrong with it.
        reason: String,
    },
    /// A tracking, artifact or model URI that cannot be used.
    #[error("invalid {kind} '{uri}': {reason}")]
    Uri {
        /// Which sort of URI was expected.
        kind: &'static str,
        /// The URI, without credentials.
        uri: String,
        /// What is wrong, and what is accepted.
        reason: String,
    },
    /// A setting in the environment that cannot be used.
    #[error("invalid value '{value}' of {name}: {reason}")]
    Setting {
        /// The environment variable.
        name: String,
        /// Its value.
        value: String,
        /// What is accepted.
        reason: String,
    },
    /// There is no such artifact.
    #[error("no artifact at '{path}' in {uri}")]
    NoArtifact {
        /// Path below the root.
        path: String,
        /// The artifact root.
        uri: String,
    },
    /// An artifact path that may leave its root.
    #[error("invalid artifact path '{path}': {reason}")]
    ArtifactPath {
        /// The path as it was given.
        path: String,
        /// Which rule it breaks.
        reason: String,
    },
    /// Artifacts in an object store could not be reached.
    #[error("{uri}: {reason}")]
    ArtifactStore {
        /// The artifact root.
        uri: String,
        /// The code of the fault.
        code: ErrorCode,
        /// What the object store said.
        reason: String,
    },
    /// No model answers to a model URI.
    #[error("no model at '{uri}': {reason}")]
    NoModel {
        /// The model URI.
        uri: String,
        /// What was looked for.
        reason: String,
    },
    /// A file of a model directory that is broken, changed or not to be trusted.
    #[error("{}: {reason}", path.display())]
    Model {
        /// The file or directory.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A name, example or option of a model that cannot be used.
    #[error("invalid {field} '{value}': {reason}")]
    InvalidModel {
        /// What it was meant for.
        field: &'static str,
        /// What was given.
        value: String,
        /// What is wrong, and what is accepted.
        reason: String,
    },
    /// A model that is of another Rust type than it is to be loaded into.
    #[error(
        "{}: the model was saved as the type {saved} (rustc {rustc}) and is being loaded as {wanted}; \
         load it as {saved}, or train it again",
        path.display()
    )]
    ModelType {
        /// The file that says so.
        path: PathBuf,
        /// The type it was saved from.
        saved: String,
        /// The type that was asked for.
        wanted: String,
        /// The compiler's version when it was saved.
        rustc: String,
    },
    /// A model could not write itself. Nothing was made in the tracking store.
    #[error("the model could not be saved, and nothing was logged: {source}")]
    SaveModel {
        /// What the model said.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A model has been logged, and not registered.
    #[error(
        "the model was logged as {model_uri}, but not registered as '{name}': {source}. \
         Client::register_model(\"{model_uri}\", \"{name}\", …) registers it"
    )]
    NotRegistered {
        /// `models:/m-…`: the logged model, which is complete.
        model_uri: String,
        /// The registered model that it was meant for.
        name: String,
        /// Why it has no version of it.
        source: Box<Self>,
    },
    /// A model could not be read from its files.
    #[error("{}: the model could not be loaded: {source}", path.display())]
    LoadModel {
        /// The model directory.
        path: PathBuf,
        /// What its loader said.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A local file could not be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file or directory.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The journal cannot take what was to be logged. Nothing that was logged before is lost.
    #[error(
        "this was not logged, since the journal {} cannot take it: {source}. What was logged before is kept; \
         TRAINYARD_HOME names a folder for journals that has room",
        path.display()
    )]
    Journal {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A journal on disk cannot be read to its end.
    #[error(
        "the journal {} is damaged: {reason}. What stands before that is not lost: it is delivered. What stands there and \
         behind cannot be read; the folder is kept, to be copied or looked into, until somebody removes it",
        path.display()
    )]
    DamagedJournal {
        /// The journal's folder.
        path: PathBuf,
        /// Where, and what is wrong.
        reason: String,
    },
    /// Something that was logged has been refused by the tracking store.
    #[error("{0}")]
    Rejected(Rejections),
    /// A hyperparameter that cannot be one. Nothing of what was logged together with it was logged.
    #[error("the param '{key}' cannot be logged: {reason}")]
    Param {
        /// Its key, dots between the parts; empty for all of them.
        key: String,
        /// What is wrong with it, and what is accepted.
        reason: String,
    },
    /// Something that cannot be stored as an artifact.
    #[error("'{path}' cannot be stored: {reason}")]
    ArtifactContent {
        /// The artifact, or the local file.
        path: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A picture, or the key of a series of pictures, that cannot be one.
    #[error("{reason}")]
    Image {
        /// What is wrong with it, and what is accepted.
        reason: String,
    },
    /// Data that cannot be described as a dataset.
    #[error("the dataset '{name}' cannot be described: {reason}")]
    Dataset {
        /// Its name.
        name: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A run has ended, and what was logged to it is not with the store yet. It is kept in the journal.
    #[error(
        "not everything that was logged to run {run_id} is delivered yet: {reason}. It is kept in {}; the next program \
         that logs to this store delivers it, and so does `trainyard sync`",
        journals.display()
    )]
    Undelivered {
        /// The run.
        run_id: String,
        /// Why the store has not acknowledged it.
        reason: String,
        /// The folder of all journals.
        journals: PathBuf,
    },
    /// The run was started offline, and this needs the store.
    #[error("run {run_id} was started offline and the store does not have it yet, so there is no place for {what}")]
    Offline {
        /// What was to be stored.
        what: &'static str,
        /// The run.
        run_id: String,
    },
    /// The process was forked by something that did not announce it, while the embedded store was open.
    #[error(
        "this process was forked while the embedded store was open; SQLite cannot be used in both. \
         Call trainyard::fork::before and after around the fork, or use a tracking server"
    )]
    Forked,
    /// The caller asked to stop.
    #[error("cancelled")]
    Cancelled,
}

impl Error {
    /// The wire code that says the same.
    ///
    /// ```
    /// use trainyard::api::ErrorCode;
    ///
    /// let error = trainyard::ModelUri::parse("models:/a/b/c").expect_err("too many parts");
    /// assert_eq!(error.code(), ErrorCode::InvalidParameterValue);
    /// ```
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::Api(error) => error.error_code,
            Self::Rejected(rejections) => rejections.code(),
            Self::Journal { source, .. } if is_full(source) => ErrorCode::ResourceExhausted,
            Self::Unreachable { .. } | Self::Undelivered { .. } | Self::Offline { .. } => {
                ErrorCode::TemporarilyUnavailable
            }
            Self::NotATrackingServer { .. }
            | Self::Io { .. }
            | Self::Journal { .. }
            | Self::DamagedJournal { .. }
            | Self::Forked
            | Self::Cancelled => ErrorCode::InternalError,
            Self::ArtifactStore { code, .. } => *code,
            Self::NotRegistered { source, .. } => source.code(),
            Self::SaveModel { .. } | Self::LoadModel { .. } => ErrorCode::InternalError,
            Self::Uri { .. }
            | Self::Setting { .. }
            | Self::ArtifactPath { .. }
            | Self::ArtifactContent { .. }
            | Self::Dataset { .. }
            | Self::Image { .. }
            | Self::Param { .. }
            | Self::Model { .. }
            | Self::InvalidModel { .. }
            | Self::ModelType { .. } => ErrorCode::InvalidParameterValue,
            Self::NoArtifact { .. } | Self::NoModel { .. } => ErrorCode::ResourceDoesNotExist,
        }
    }

    /// The sentence for a person, without the code.
    ///
    /// ```
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
    /// let error = client.model_version("iris", "1").expect_err("nobody has registered it");
    /// assert_eq!(error.to_string(), format!("RESOURCE_DOES_NOT_EXIST: {}", error.message()));
    /// # Ok::<(), trainyard::Error>(())
    /// ```
    pub fn message(&self) -> String {
        match self {
            Self::Api(error) => error.message.clone(),
            other => other.to_string(),
        }
    }

    /// An error about a local file, for `map_err`.
    pub(crate) fn io(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { path, source }
    }

    /// An error of the embedded store, for `map_err`. No `From`: its type is no part of the public interface.
    #[cfg(feature = "embedded")]
    pub(crate) fn store(error: trainyard_store::StoreError) -> Self {
        Self::Api(error.into())
    }

    pub(crate) fn model(path: &Path, reason: impl Into<String>) -> Self {
        Self::Model { path: path.to_owned(), reason: reason.into() }
    }
}

fn is_full(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}

impl From<Error> for ApiError {
    fn from(error: Error) -> Self {
        ApiError::new(error.code(), error.message())
    }
}
