//! The route of bulk ingest, whose body is binary.

use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use http::Request;
use trainyard_api::ingest::{CONTENT_TYPE, Ingest};
use trainyard_api::{ApiError, limits};

use crate::app::App;
use crate::body;
use crate::failure::Failure;
use crate::routes::operation::{check_content_type, route};
use crate::routes::{Permission, Route, json};

pub(super) fn routes() -> Vec<Route> {
    vec![route::<Ingest, _>(Permission::Edit, ingest)]
}

async fn ingest(State(app): State<App>, request: Request<Body>) -> Result<Response, Failure> {
    let (parts, body) = request.into_parts();
    check_content_type(&parts.headers, CONTENT_TYPE)?;
    let body = body::read(&parts.headers, body, limits::INGEST_BODY_BYTES).await?;
    let request = Ingest::decode(body).map_err(ApiError::from)?;
    json(&app.store.execute(request).await?)
}
