//! From a request on the wire to the operation it names, and back: the one handler of all JSON routes.

use std::future::Future;

use axum::body::Body;
use axum::extract::{FromRequestParts, State};
use axum::handler::Handler;
use axum::routing::{MethodFilter, MethodRouter, on};
use http::request::Parts;
use http::{HeaderMap, Request, header};
use serde_json::{Map, Value};
use trainyard_api::runs::{LogBatch, SearchRuns};
use trainyard_api::{
    ApiError, DecodeError, Endpoint, JsonEndpoint, Method, decode_json, decode_map, decode_query, limits,
};
use trainyard_store::Operation;

use crate::app::App;
use crate::body;
use crate::failure::Failure;
use crate::routes::{PathParams, Permission, Route, json, with_type};

/// The route of a request that the store alone can answer.
pub(super) fn operation<O: Operation + JsonEndpoint>(permission: Permission) -> Route {
    spanning::<O, _>(permission, async |app: App, request: O| Ok(app.store.execute(request).await?))
}

/// The route of a request that is answered by a function of `crate::operations`.
pub(super) fn spanning<E, F>(permission: Permission, answer: F) -> Route
where
    E: JsonEndpoint,
    F: AsyncAnswer<E>,
{
    let handler = move |State(app): State<App>, request: Request<Body>| {
        let answer = answer.clone();
        async move {
            let request = decode::<E>(request).await?;
            json(&answer.answer(app, request).await?)
        }
    };
    route::<E, _>(permission, handler)
}

/// The route of a request whose answer is of this media type and is written elsewhere, perhaps bit by bit.
pub(super) fn written<E, F, Answer>(permission: Permission, media_type: &'static str, answer: F) -> Route
where
    E: JsonEndpoint,
    F: Fn(App, E) -> Answer + Clone + Send + Sync + 'static,
    Answer: Future<Output = Result<Body, Failure>> + Send,
{
    let handler = move |State(app): State<App>, request: Request<Body>| {
        let answer = answer.clone();
        async move {
            let request = decode::<E>(request).await?;
            Ok::<_, Failure>(with_type(media_type, answer(app, request).await?))
        }
    };
    route::<E, _>(permission, handler)
}

pub(super) fn route<E: Endpoint, Extracted: 'static>(
    permission: Permission,
    handler: impl Handler<Extracted, App>,
) -> Route {
    let (filter, method) = match E::METHOD {
        Method::Get => (MethodFilter::GET, http::Method::GET),
        Method::Post => (MethodFilter::POST, http::Method::POST),
        Method::Patch => (MethodFilter::PATCH, http::Method::PATCH),
        Method::Delete => (MethodFilter::DELETE, http::Method::DELETE),
    };
    let handler: MethodRouter<App> = on(filter, handler);
    Route::new(method, format!("{}{}", E::ROOT, E::PATH), permission, handler)
}

/// An async function from a request to its answer.
pub(super) trait AsyncAnswer<E: Endpoint>: Clone + Send + Sync + 'static {
    /// Calls the function.
    fn answer(&self, app: App, request: E) -> impl Future<Output = Result<E::Response, Failure>> + Send;
}

impl<E, F, Answer> AsyncAnswer<E> for F
where
    E: Endpoint,
    F: Fn(App, E) -> Answer + Clone + Send + Sync + 'static,
    Answer: Future<Output = Result<E::Response, Failure>> + Send,
{
    fn answer(&self, app: App, request: E) -> impl Future<Output = Result<E::Response, Failure>> + Send {
        self(app, request)
    }
}

async fn decode<E: JsonEndpoint>(request: Request<Body>) -> Result<E, Failure> {
    let (mut parts, body) = request.into_parts();
    if E::METHOD == Method::Get {
        let query = parts.uri.query().unwrap_or_default();
        let pairs = form_urlencoded::parse(query.as_bytes()).into_owned().collect::<Vec<_>>();
        let named = path_params::<E>(&mut parts).await?;
        if pairs.is_empty() {
            return get_with_body(&parts.headers, body, named).await;
        }
        // The path first: of a repeated field the first holds.
        return Ok(decode_query(named.into_iter().chain(pairs)).map_err(ApiError::from)?);
    }
    // A DELETE often has no body at all, and MLflow reads that of a PATCH whatever it is said to be.
    if E::METHOD == Method::Post {
        check_content_type(&parts.headers, "application/json")?;
    }
    let limit = if E::PATH == LOG_BATCH { limits::BATCH_BODY_BYTES } else { limits::JSON_BODY_BYTES };
    let body = body::read(&parts.headers, body, limit).await?;
    let named = path_params::<E>(&mut parts).await?;
    if named.is_empty() {
        return Ok(match decode_json(&body) {
            // Clients of MLflow are used to finding no runs by a body that is no JSON, as by an empty one.
            Err(DecodeError::Syntax(_)) if E::PATH == SEARCH_RUNS => decode_map(Map::new()),
            decoded => decoded,
        }
        .map_err(ApiError::from)?);
    }
    let mut fields: Map<String, Value> = decode_json(&body).map_err(ApiError::from)?;
    fields.extend(named.into_iter().map(|(name, value)| (name, Value::String(value))));
    Ok(decode_map(fields).map_err(ApiError::from)?)
}

/// A GET without a query has its fields in a body of JSON, as with MLflow: whatever it is said to be, and none if it is broken.
async fn get_with_body<E: JsonEndpoint>(
    headers: &HeaderMap,
    body: Body,
    named: Vec<(String, String)>,
) -> Result<E, Failure> {
    let body = body::read(headers, body, limits::JSON_BODY_BYTES).await?;
    let mut fields: Map<String, Value> = match decode_json(&body) {
        Err(DecodeError::Syntax(_)) => Map::new(),
        decoded => decoded.map_err(ApiError::from)?,
    };
    fields.extend(named.into_iter().map(|(name, value)| (name, Value::String(value))));
    Ok(decode_map(fields).map_err(ApiError::from)?)
}

const LOG_BATCH: &str = <LogBatch as Endpoint>::PATH;
const SEARCH_RUNS: &str = <SearchRuns as Endpoint>::PATH;

async fn path_params<E: Endpoint>(parts: &mut Parts) -> Result<Vec<(String, String)>, Failure> {
    if !E::PATH.contains('{') {
        return Ok(Vec::new());
    }
    Ok(PathParams::from_request_parts(parts, &()).await?.0)
}

pub(super) fn check_content_type(headers: &HeaderMap, wanted: &str) -> Result<(), Failure> {
    let Some(content_type) = headers.get(header::CONTENT_TYPE) else {
        return Err(ApiError::invalid("Bad Request. Content-Type header is missing.").into());
    };
    let media_type = content_type.to_str().unwrap_or_default().split(';').next().unwrap_or_default();
    if !media_type.trim().eq_ignore_ascii_case(wanted) {
        return Err(ApiError::invalid(format!("Bad Request. Content-Type must be one of ['{wanted}'].")).into());
    }
    Ok(())
}
