//! GraphQL: the web UI's read queries.

use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use axum::routing::{get, post};
use http::{HeaderMap, Method};
use trainyard_api::{ApiError, ErrorCode};

use crate::app::App;
use crate::failure::Failure;
use crate::routes::{Permission, Route, json, operation};
use crate::{body, graphql};

/// Bytes of a request; the longest of the UI names a hundred runs.
const BODY_BYTES: usize = 256 * 1024;

pub(super) fn routes() -> Vec<Route> {
    vec![
        // MLflow takes the same body with a GET, and nothing from the address.
        Route::new(Method::GET, "/graphql", Permission::Read, get(answer)),
        Route::new(Method::POST, "/graphql", Permission::Read, post(answer)),
    ]
}

async fn answer(State(app): State<App>, method: Method, headers: HeaderMap, body: Body) -> Result<Response, Failure> {
    if method == Method::POST {
        operation::check_content_type(&headers, "application/json")?;
    }
    let body = body::read(&headers, body, BODY_BYTES).await?;
    let request = serde_json::from_slice(&body)
        .map_err(|error| ApiError::new(ErrorCode::BadRequest, format!("not a GraphQL request: {error}")))?;
    json(&graphql::answer(&app, request).await)
}
