//! The artifact proxy: clients without credentials for the artifact store send and fetch files here.
//!
//! Bodies are streamed in both directions, only as fast as the slower side takes them.

use axum::body::Body;
use axum::extract::{FromRequest, FromRequestParts, RawQuery, Request, State};
use axum::response::Response;
use axum::routing::{MethodRouter, delete, get, post, put};
use http::{HeaderMap, Method};
use serde::de::DeserializeOwned;
use trainyard_api::artifacts::{AbortMultipartUpload, CompleteMultipartUpload, CreateMultipartUpload, FileInfo};
use trainyard_api::{ApiError, Empty, ErrorCode, decode_json, limits};
use trainyard_artifacts::{ArtifactError, ArtifactPath, ArtifactStore};

use crate::app::{App, State as AppState};
use crate::body;
use crate::failure::Failure;
use crate::operations::download::{self, Shown};
use crate::operations::{multipart, presigned};
use crate::routes::{PathParams, Permission, Route, json, operation};

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
        route(Method::POST, "/mpu/create/{*path}", Permission::Edit, post(create_upload)),
        route(Method::POST, "/mpu/complete/{*path}", Permission::Edit, post(complete_upload)),
        route(Method::POST, "/mpu/abort/{*path}", Permission::Edit, post(abort_upload)),
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

/// A request about a file that comes in parts: JSON, with the file's directory in the address.
struct AboutParts<T> {
    store: ArtifactStore,
    directory: ArtifactPath,
    request: T,
}

impl<T: DeserializeOwned> FromRequest<App> for AboutParts<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, app: &App) -> Result<Self, Failure> {
        let (mut parts, body) = request.into_parts();
        let directory = path(&PathParams::from_request_parts(&mut parts, app).await?)?;
        let store = served(app)?.clone();
        operation::check_content_type(&parts.headers, "application/json")?;
        let body = body::read(&parts.headers, body, limits::JSON_BODY_BYTES).await?;
        Ok(Self { store, directory, request: decode_json(&body).map_err(ApiError::from)? })
    }
}

async fn create_upload(about: AboutParts<CreateMultipartUpload>) -> Result<Response, Failure> {
    json(&multipart::create(&about.store, &about.directory, about.request).await?)
}

async fn complete_upload(about: AboutParts<CompleteMultipartUpload>) -> Result<Response, Failure> {
    json(&multipart::complete(&about.store, &about.directory, about.request).await?)
}

async fn abort_upload(about: AboutParts<AbortMultipartUpload>) -> Result<Response, Failure> {
    json(&multipart::abort(&about.store, &about.directory, about.request).await?)
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
