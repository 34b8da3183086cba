//! From the artifact URI of a run or model to the store that holds its files.

use trainyard_api::{ApiError, ErrorCode};
use trainyard_artifacts::{ArtifactError, ArtifactPath, ArtifactStore};

use crate::app::State;
use crate::failure::Failure;

/// Opens an artifact URI: the store, and the URI's place in it.
///
/// Clients choose the locations of their experiments, so a folder of this machine is opened only if it is the
/// operator's: otherwise an experiment at `/etc` would be a way to read it.
pub(crate) fn open(app: &State, artifact_uri: &str) -> Result<(ArtifactStore, ArtifactPath), Failure> {
    Ok(resolve(app.artifacts.as_ref(), &app.artifact_roots, artifact_uri)?)
}

/// Why an artifact URI leads to no store.
#[derive(Debug)]
pub(crate) enum Unresolved {
    /// It is a folder of this machine that is not the operator's.
    Outside(String),
    /// The store behind the proxy is not served.
    NotServed,
    /// It cannot be read, or the store cannot be opened.
    Failed(ArtifactError),
}

impl<E: Into<ArtifactError>> From<E> for Unresolved {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

impl From<Unresolved> for Failure {
    fn from(unresolved: Unresolved) -> Self {
        let (code, message) = match unresolved {
            Unresolved::Failed(error) => return error.into(),
            Unresolved::Outside(uri) => (
                ErrorCode::PermissionDenied,
                format!("The artifact location '{uri}' is outside of this server's artifact roots."),
            ),
            Unresolved::NotServed => (
                ErrorCode::NotImplemented,
                "Artifact serving is disabled. Start the server with --serve-artifacts to enable it.".to_owned(),
            ),
        };
        ApiError::new(code, message).into()
    }
}

/// As [`open`], for the store behind `mlflow-artifacts:` and the operator's other locations.
pub(crate) fn resolve(
    proxied: Option<&ArtifactStore>,
    roots: &[String],
    artifact_uri: &str,
) -> Result<(ArtifactStore, ArtifactPath), Unresolved> {
    if let Some(path) = artifact_uri.strip_prefix("mlflow-artifacts:") {
        let path = match path.strip_prefix("//") {
            Some(rest) => rest.split_once('/').map(|(_, path)| path).unwrap_or_default(),
            None => path,
        };
        let path = ArtifactPath::parse_directory(path.trim_start_matches('/'))?;
        return Ok((proxied.cloned().ok_or(Unresolved::NotServed)?, path));
    }
    for root in roots {
        let root = root.trim_end_matches('/');
        if let Some(below) = artifact_uri.strip_prefix(root)
            && (below.is_empty() || below.starts_with('/'))
        {
            let path = ArtifactPath::parse_directory(below.trim_start_matches('/'))?;
            return Ok((ArtifactStore::open(root)?, path));
        }
    }
    let bucket = artifact_uri.split_once("://").is_some_and(|(scheme, _)| !scheme.eq_ignore_ascii_case("file"));
    if !bucket {
        return Err(Unresolved::Outside(artifact_uri.to_owned()));
    }
    Ok((ArtifactStore::open(artifact_uri)?, ArtifactPath::root()))
}
