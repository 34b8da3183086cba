//! MLflow's own web UI, served from the folder of an installed `mlflow` package.
//!
//! The UI also asks for parts of MLflow that this server leaves out. Where one of its training pages does, the answer
//! is the truth in the form that the page expects: there are none. Only with the UI: other clients are told
//! that these routes do not exist.

use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, on};
use http::header::{self, HeaderMap, HeaderValue};
use http::{Method, StatusCode};
use trainyard_api::{ApiError, ErrorCode, limits};
use trainyard_artifacts::{ArtifactError, ArtifactPath, ArtifactStore, FileMeta};

use crate::app::{App, ServedUi};
use crate::failure::Failure;
use crate::operations::download;
use crate::routes::{PathParams, Permission, Route, ui};
use crate::{StartError, body};

/// What the browser may load for the UI's pages.
///
/// The UI draws some charts with functions made from text (`unsafe-eval`), and shows HTML artifacts in a sandboxed frame
/// that inherits this policy: figures of plotly come with scripts of their own and a library from the web, and would stay
/// blank without `unsafe-inline` and `https:`. What scripts may talk to stays this server alone.
const CONTENT_SECURITY_POLICY: &str = "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' https:; \
    style-src 'self' 'unsafe-inline' https:; img-src 'self' data: blob: https:; font-src 'self' data: https:; \
    media-src 'self' data: blob: https:; worker-src 'self' blob:; frame-src 'self' data: blob:; connect-src 'self'; \
    object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'";

const INDEX: &str = "index.html";

/// A route that this server leaves out, and what the UI is told there.
type Absent = (Method, &'static str, &'static str);

const ABSENT: [Absent; 13] = [
    (Method::GET, "/ajax-api/2.0/mlflow/users/current", "{}"),
    (Method::GET, "/ajax-api/2.0/mlflow/traces", "{}"),
    (Method::GET, "/ajax-api/2.0/mlflow/gateway-proxy", r#"{"endpoints":[]}"#),
    (Method::POST, "/ajax-api/2.0/mlflow/gateway-proxy", r#"{"endpoints":[]}"#),
    (
        Method::GET,
        "/ajax-api/3.0/mlflow/assistant/config",
        r#"{"providers":{},"projects":{},"remote_access_allowed":false,"can_edit_server_settings":false}"#,
    ),
    (Method::GET, "/ajax-api/3.0/mlflow/assistant/providers", r#"{"providers":[]}"#),
    (Method::POST, "/ajax-api/3.0/mlflow/issues/search", "{}"),
    (Method::GET, "/ajax-api/3.0/mlflow/scorers/list", "{}"),
    (Method::POST, "/ajax-api/3.0/mlflow/traces/metrics", "{}"),
    (Method::POST, "/ajax-api/3.0/mlflow/traces/search", "{}"),
    (
        Method::GET,
        "/ajax-api/3.0/mlflow/ui-telemetry",
        r#"{"disable_ui_telemetry":true,"disable_ui_events":[],"ui_rollout_percentage":0}"#,
    ),
    (Method::POST, "/ajax-api/3.0/mlflow/ui-telemetry", r#"{"status":"disabled"}"#),
    (Method::GET, "/ajax-api/3.0/mlflow/gateway/endpoints/list", r#"{"endpoints":[]}"#),
];

/// Opens the folder of a built UI.
pub(crate) async fn open(folder: &str) -> Result<ArtifactStore, StartError> {
    let files = ArtifactStore::open(folder)?;
    let index = ArtifactPath::parse(INDEX).map_err(ArtifactError::from)?;
    let described = files.head(&index).await;
    described.map_err(|error| StartError::Ui { folder: folder.to_owned(), reason: error.to_string() })?;
    Ok(files)
}

/// The routes that are there only with the UI; its page itself is at `/`.
pub(super) fn routes() -> Vec<Route> {
    let mut routes =
        vec![Route::new(Method::GET, "/static-files/{*path}", Permission::Open, on(MethodFilter::GET, file))];
    for (method, path, answer) in ABSENT {
        let filter = if method == Method::POST { MethodFilter::POST } else { MethodFilter::GET };
        let handler = on(filter, async move |headers: HeaderMap, body: Body| {
            body::read(&headers, body, limits::BATCH_BODY_BYTES).await?;
            Ok::<_, Failure>(([(header::CONTENT_TYPE, "application/json")], answer))
        });
        routes.push(Route::new(method, path, Permission::Read, handler));
    }
    routes
}

/// The page that loads all others.
pub(super) async fn index(files: &ArtifactStore, method: &Method, asked: &HeaderMap) -> Result<Response, Failure> {
    let mut response = answer(files, INDEX, method, asked).await?;
    let policy = HeaderValue::from_static(CONTENT_SECURITY_POLICY);
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    Ok(response)
}

async fn file(
    State(app): State<App>,
    params: PathParams,
    method: Method,
    asked: HeaderMap,
) -> Result<Response, Failure> {
    let ServedUi::Mlflow(files) = &app.ui else {
        return Err(ApiError::new(ErrorCode::EndpointNotFound, "this server serves no UI").into());
    };
    answer(files, params.first(), &method, &asked).await
}

async fn answer(files: &ArtifactStore, name: &str, method: &Method, asked: &HeaderMap) -> Result<Response, Failure> {
    let path = ArtifactPath::parse(name).map_err(ArtifactError::from)?;
    let (stored, encoding) = compressed(files, &path, asked).await.unwrap_or((path.clone(), None));
    let meta = match files.head(&stored).await {
        Err(ArtifactError::IsDirectory(path) | ArtifactError::NotADirectory(path)) => {
            return Err(ArtifactError::NotFound(path).into());
        }
        described => described?,
    };
    let mut headers = description(path.file_name(), &meta);
    headers.extend(encoding.map(|encoding| (header::CONTENT_ENCODING, HeaderValue::from_static(encoding))));
    let known = asked.get(header::IF_NONE_MATCH).and_then(|tags| tags.to_str().ok());
    if known.is_some_and(|tags| download::names(tags, &meta)) {
        return Ok((StatusCode::NOT_MODIFIED, headers).into_response());
    }
    if *method == Method::HEAD {
        headers.insert(header::CONTENT_LENGTH, HeaderValue::from(meta.size));
        return Ok(headers.into_response());
    }
    let download = files.get(&stored, None).await?;
    // Of the file that is now open, should it have been replaced in between.
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(download.meta.size));
    set_tag(&mut headers, &download.meta);
    Ok((headers, Body::from_stream(download.stream)).into_response())
}

/// The compressed file beside a file, if there is one that the browser reads.
async fn compressed(
    files: &ArtifactStore,
    path: &ArtifactPath,
    asked: &HeaderMap,
) -> Option<(ArtifactPath, Option<&'static str>)> {
    for (encoding, ending) in [("br", "br"), ("gzip", "gz")] {
        let beside = ArtifactPath::parse(&format!("{path}.{ending}")).ok()?;
        if ui::accepts(asked, encoding) && files.head(&beside).await.is_ok() {
            return Some((beside, Some(encoding)));
        }
    }
    None
}

fn description(name: &str, meta: &FileMeta) -> HeaderMap {
    let mut media_type = mime_guess::from_path(name).first_or_octet_stream().to_string();
    if media_type.starts_with("text/") {
        media_type += "; charset=utf-8";
    }
    // The hash of a file's content is part of its name: under that name there will never be another.
    let caching = if has_hash(name) { "public, max-age=31536000, immutable" } else { "no-cache" };
    let mut headers = HeaderMap::new();
    headers.extend(HeaderValue::try_from(media_type).ok().map(|value| (header::CONTENT_TYPE, value)));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    headers.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    set_tag(&mut headers, meta);
    headers
}

fn set_tag(headers: &mut HeaderMap, meta: &FileMeta) {
    if let Some(Ok(tag)) = meta.etag.as_deref().map(HeaderValue::try_from) {
        headers.insert(header::ETAG, tag);
    }
}

fn has_hash(name: &str) -> bool {
    name.split('.').any(|part| part.len() >= 8 && part.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_with_a_hash_are_kept_for_good() {
        for name in ["main.00d66947.js", "9735.26533251.chunk.css", "x.d0f8ea2c83c08b63528f.worker.js"] {
            assert!(has_hash(name), "{name}");
        }
        for name in ["index.html", "favicon.ico", "manifest.json", "asset-manifest.json", "main.js", "decade.js"] {
            assert!(!has_hash(name), "{name}");
        }
    }
}
