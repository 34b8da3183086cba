//! A file for a run by the run's id: what the web UI uploads, such as tables that were edited there.

use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use axum::routing::post;
use bytes::Bytes;
use futures_util::{Stream, StreamExt, stream};
use http::{HeaderMap, Method, header};
use trainyard_api::runs::GetRun;
use trainyard_api::{ApiError, Empty, RunId, limits};
use trainyard_artifacts::{ArtifactError, ArtifactPath, BoxError};

use crate::app::{App, State as AppState};
use crate::body::Incoming;
use crate::failure::Failure;
use crate::operations::location;
use crate::routes::{Permission, Route, json};

pub(super) fn routes() -> Vec<Route> {
    vec![Route::new(Method::POST, "/ajax-api/2.0/mlflow/upload-artifact", Permission::Edit, post(to_run))]
}

async fn to_run(
    State(app): State<App>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Failure> {
    let mut chunks = Incoming::new(body);
    let stored = store(&app, &query.unwrap_or_default(), &headers, &mut chunks).await;
    if stored.is_err() {
        chunks.swallow(&headers);
    }
    stored?;
    json(&Empty {})
}

async fn store(app: &AppState, query: &str, headers: &HeaderMap, chunks: &mut Incoming) -> Result<(), Failure> {
    let field = |name: &str| {
        let mut pairs = form_urlencoded::parse(query.as_bytes());
        pairs.find(|(key, value)| key == name && !value.is_empty()).map(|(_, value)| value.into_owned())
    };
    let run_id = field("run_id").or_else(|| field("run_uuid"));
    let run_id = run_id.ok_or_else(|| ApiError::invalid("Request must specify run_id or run_uuid."))?;
    let path = field("path").ok_or_else(|| ApiError::invalid("Request must specify path."))?;
    let path = ArtifactPath::parse(&path).map_err(ArtifactError::from)?;
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    if announced.is_some_and(|length: usize| length > limits::UPLOADED_FILE_BYTES) {
        return Err(too_large().into());
    }
    let mut body = std::pin::pin!(chunks.stream());
    let Some(first) = first(&mut body).await else {
        return Err(ApiError::invalid("Request must specify data.").into());
    };
    let run = app.store.execute(GetRun { run_id: RunId::from(run_id), ..GetRun::default() }).await?.run;
    let (store, root) = location::open(app, &run.info.artifact_uri)?;
    let mut size = 0;
    let mut overflown = false;
    let bounded = stream::iter([first]).chain(body).map(|chunk| {
        let chunk = chunk?;
        size += chunk.len();
        overflown = size > limits::UPLOADED_FILE_BYTES;
        if overflown { Err(BoxError::from("it is too large")) } else { Ok(chunk) }
    });
    let stored = store.put(&root.join(&path), bounded).await;
    if overflown {
        return Err(too_large().into());
    }
    stored?;
    Ok(())
}

/// The first chunk that holds something.
async fn first(body: &mut (impl Stream<Item = Result<Bytes, BoxError>> + Unpin)) -> Option<Result<Bytes, BoxError>> {
    loop {
        match body.next().await? {
            Ok(chunk) if chunk.is_empty() => {}
            chunk => return Some(chunk),
        }
    }
}

fn too_large() -> ApiError {
    ApiError::invalid("Artifact size is too large. Max size is 10MB.")
}
