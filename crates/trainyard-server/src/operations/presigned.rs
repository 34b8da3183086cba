//! Addresses with which clients fetch and store files in a bucket themselves, instead of through this server.

use std::collections::BTreeMap;
use std::time::Duration;

use trainyard_api::artifacts::{
    CreatePresignedDownloadUrl, CreatePresignedDownloadUrlResponse, CreatePresignedUploadUrl,
    CreatePresignedUploadUrlResponse, GetPresignedDownloadUrlResponse,
};
use trainyard_api::logged_models::GetLoggedModel;
use trainyard_api::runs::GetRun;
use trainyard_api::{ApiError, ErrorCode, limits};
use trainyard_artifacts::{ArtifactError, ArtifactPath, ArtifactStore, SignedAccess};

use crate::app::App;
use crate::failure::Failure;
use crate::operations::location;

pub(crate) async fn upload(
    app: App,
    request: CreatePresignedUploadUrl,
) -> Result<CreatePresignedUploadUrlResponse, Failure> {
    let CreatePresignedUploadUrl { run_id, model_id, path, expiration } = request;
    if path.is_empty() {
        return Err(ApiError::missing("path").into());
    }
    if run_id.is_empty() == model_id.is_empty() {
        return Err(ApiError::invalid("Exactly one of run_id and model_id must be provided.").into());
    }
    let path = ArtifactPath::parse(&path).map_err(ArtifactError::from)?;
    let lifetime = lifetime(expiration)?;
    let artifact_uri = if model_id.is_empty() {
        app.store.execute(GetRun { run_id, ..GetRun::default() }).await?.run.info.artifact_uri
    } else {
        let request = GetLoggedModel { model_id, allow_deleted: false };
        app.store.execute(request).await?.model.info.artifact_uri
    };
    if let Some(scheme) = proxied(&artifact_uri) {
        return Err(ApiError::invalid(format!(
            "Presigned upload is not supported for proxied artifact storage (artifact URI scheme: {scheme}). This \
             endpoint requires a direct cloud storage artifact URI."
        ))
        .into());
    }
    let (store, root) = location::open(&app, &artifact_uri)?;
    let presigned_url = sign(&store, &root.join(&path), SignedAccess::Write, lifetime).await?;
    // Azure takes an upload for a block blob only if it says so; the other two need nothing.
    let azure = artifact_uri.starts_with("abfs");
    let headers = azure.then(|| ("x-ms-blob-type".to_owned(), "BlockBlob".to_owned()));
    Ok(CreatePresignedUploadUrlResponse { presigned_url, headers: headers.into_iter().collect() })
}

pub(crate) async fn download(
    app: App,
    request: CreatePresignedDownloadUrl,
) -> Result<CreatePresignedDownloadUrlResponse, Failure> {
    let CreatePresignedDownloadUrl { run_id, path, expiration } = request;
    if run_id.is_empty() {
        return Err(ApiError::missing("run_id").into());
    }
    if path.is_empty() {
        return Err(ApiError::missing("path").into());
    }
    let path = ArtifactPath::parse(&path).map_err(ArtifactError::from)?;
    let lifetime = lifetime(expiration)?;
    let artifact_uri = app.store.execute(GetRun { run_id, ..GetRun::default() }).await?.run.info.artifact_uri;
    if let Some(scheme) = proxied(&artifact_uri) {
        return Err(ApiError::invalid(format!(
            "Presigned download is not supported for runs with proxied artifact storage (artifact URI scheme: \
             {scheme}). This endpoint requires a run with a direct cloud storage artifact URI."
        ))
        .into());
    }
    let (store, root) = location::open(&app, &artifact_uri)?;
    let path = root.join(&path);
    let presigned_url = sign(&store, &path, SignedAccess::Read, lifetime).await?;
    let file_size = store.head(&path).await?.size;
    let file_size = Some(i64::try_from(file_size).unwrap_or(i64::MAX));
    Ok(CreatePresignedDownloadUrlResponse { presigned_url, headers: BTreeMap::new(), file_size })
}

/// The same for a file of the artifact proxy, whose root may be a bucket: clients fetch it from there in ranges.
pub(crate) async fn proxied_download(
    store: &ArtifactStore,
    path: &ArtifactPath,
) -> Result<GetPresignedDownloadUrlResponse, Failure> {
    let lifetime = lifetime(None)?;
    let Some(url) = store.sign(path, SignedAccess::Read, lifetime).await? else {
        let message = "Multipart download is not supported for the current artifact repository";
        return Err(ApiError::new(ErrorCode::NotImplemented, message).into());
    };
    let file_size = i64::try_from(store.head(path).await?.size).unwrap_or(i64::MAX);
    Ok(GetPresignedDownloadUrlResponse { url, headers: BTreeMap::new(), file_size: Some(file_size) })
}

async fn sign(
    store: &ArtifactStore,
    path: &ArtifactPath,
    access: SignedAccess,
    lifetime: Duration,
) -> Result<String, Failure> {
    let what = match access {
        SignedAccess::Read => "download",
        SignedAccess::Write => "upload",
    };
    let missing = || {
        let message = format!("Presigned {what} is not supported for the current artifact repository");
        ApiError::new(ErrorCode::NotImplemented, message)
    };
    Ok(store.sign(path, access, lifetime).await?.ok_or_else(missing)?)
}

/// The scheme of a location that clients reach through a server.
fn proxied(artifact_uri: &str) -> Option<&str> {
    let (scheme, _) = artifact_uri.split_once(':')?;
    matches!(scheme, "http" | "https" | "mlflow-artifacts").then_some(scheme)
}

/// Clouds refuse longer lifetimes only when the address is used.
fn lifetime(expiration: Option<i64>) -> Result<Duration, Failure> {
    let seconds = expiration.unwrap_or(limits::SIGNED_URL_DEFAULT_SECONDS);
    let longest = limits::SIGNED_URL_SECONDS;
    match u64::try_from(seconds) {
        Ok(whole) if (1..=longest).contains(&seconds) => Ok(Duration::from_secs(whole)),
        _ => {
            let message = format!("expiration must be between 1 and {longest} seconds (got {seconds}).");
            Err(ApiError::invalid(message).into())
        }
    }
}
