//! The artifact proxy: clients without credentials for the artifact store send and fetch files here.
//!
//! Bodies are streamed in both directions, only as fast as the slower side takes them.

use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use axum::routing::{MethodRouter, delete, get, post, put};
use http::{HeaderMap, Method};
use trainyard_api::artifacts::FileInfo;
use trainyard_api::{ApiError, Empty, ErrorCode};
use trainyard_artifacts::{ArtifactError, ArtifactPath, ArtifactStore};

use crate::app::{App, State as AppState};
use crate::body;
use crate::failure::Failure;
use crate::operations::download::{self, Shown};
use crate::operations::presigned;
use crate::routes::{PathParams, Permission, Route, json};

const ROOT: &str = "/api/2.0/mlflow-artifacts";

pub(super) fn routes() -> Vec<Route> {
    let route = |method, path: &str, permission, handler: MethodRouter<App>| {
        Route::new(method, format!("{ROOT}{path}"), permission, handler)
    };
    vec![
        route(Method::GET, "/artifacts", Permission::Read, get(list)),
        route(Method::GET, "/artifacts/{*path}", Permission::Read, get(fetch)),
        route(Method::PUT, "/artifacts/{*path}", Permission::Edit, put(upload)),
        route(Method::DELETE, "/artifacts/{*path}", Permission::Edit, delete(remove)),
        route(Method::POST, "/mpu/create/{*path}", Permission::Edit, post(no_multipart_upload)),
        route(Method::POST, "/mpu/complete/{*path}", Permission::Edit, post(no_multipart_upload)),
        route(Method::POST, "/mpu/abort/{*path}", Permission::Edit, post(no_multipart_upload)),
        route(Method::GET, "/presigned/{*path}", Permission::Read, get(presigned_download)),
    ]
}

/// The answer to a listing; MLflow's has no root here, unlike those of runs and models.
#[derive(serde::Serialize)]
struct Listing {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    files: Vec<FileInfo>,
}

async fn list(State(app): State<App>, RawQuery(query): RawQuery) -> Result<Response, Failure> {
    let query = query.unwrap_or_default();
    let path = form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == "path");
    let path = path.map(|(_, path)| path).unwrap_or_default();
    let directory = ArtifactPath::parse_directory(&path).map_err(ArtifactError::from)?;
    json(&Listing { files: served(&app)?.list(&directory).await? })
}

async fn fetch(
    State(app): State<App>,
    params: PathParams,
    method: Method,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let store = served(&app)?;
    download::answer(store, &path(&params)?, Shown::Attached, &method, &headers).await
}

async fn upload(
    State(app): State<App>,
    params: PathParams,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Failure> {
    let mut chunks = body::Incoming::new(body);
    let stored = async { Ok(served(&app)?.put(&path(&params)?, chunks.stream()).await?) };
    let stored: Result<u64, Failure> = stored.await;
    if stored.is_err() {
        chunks.swallow(&headers);
    }
    stored?;
    json(&Empty {})
}

async fn remove(State(app): State<App>, params: PathParams) -> Result<Response, Failure> {
    match served(&app)?.delete(&path(&params)?).await {
        // As MLflow: deleting what is not there has succeeded.
        Ok(()) | Err(ArtifactError::NotFound(_)) => json(&Empty {}),
        Err(error) => Err(error.into()),
    }
}

// A part's address would have to be signed together with its number and the upload's id, which the object store client has
// no way to do: it signs addresses of whole objects. Clients then send the file in one piece, and the proxy cuts it.
async fn no_multipart_upload() -> Failure {
    not_implemented("Multipart upload is not supported for the current artifact repository")
}

async fn presigned_download(State(app): State<App>, params: PathParams) -> Result<Response, Failure> {
    json(&presigned::proxied_download(served(&app)?, &path(&params)?).await?)
}

fn path(params: &PathParams) -> Result<ArtifactPath, Failure> {
    Ok(ArtifactPath::parse(params.first()).map_err(ArtifactError::from)?)
}

// MLflow answers 503 when the proxy is off, which its client takes for "try again" for minutes.
fn served(app: &AppState) -> Result<&ArtifactStore, Failure> {
    app.artifacts.as_ref().ok_or_else(|| {
        not_implemented("Artifact serving is disabled. Start the server with --serve-artifacts to enable it.")
    })
}

fn not_implemented(message: &str) -> Failure {
    ApiError::new(ErrorCode::NotImplemented, message).into()
}
