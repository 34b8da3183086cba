//! How a request is laid on the wire and an answer taken off it.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use trainyard_api::{ApiError, ErrorCode, JsonEndpoint, Method};
use ureq::http;

use crate::Error;
use crate::tracking_uri::redact;

/// Largest JSON answer that is read.
const ANSWER_BYTES: u64 = 1 << 30;
/// Characters of an unexpected answer that an error quotes.
const QUOTED_CHARS: usize = 200;

/// What may stand unescaped in one segment of a path.
pub(crate) const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// Where a request goes below its root, and what it carries.
pub(super) struct Placed {
    pub(super) path_and_query: String,
    pub(super) body: Option<Vec<u8>>,
}

/// Puts the fields of a request into path, query and body.
pub(super) fn place<E: JsonEndpoint>(request: &E) -> Result<Placed, Error> {
    let unreadable = |error: serde_json::Error| ApiError::new(ErrorCode::InternalError, error.to_string());
    let mut body = None;
    let in_path = E::PATH.contains('{');
    if E::METHOD != Method::Get {
        body = Some(serde_json::to_vec(request).map_err(unreadable)?);
        if !in_path {
            return Ok(Placed { path_and_query: E::PATH.to_owned(), body });
        }
    }
    let Value::Object(mut fields) = serde_json::to_value(request).map_err(unreadable)? else {
        return Err(ApiError::new(ErrorCode::InternalError, "a request has to be an object").into());
    };
    let mut path_and_query = fill_path(E::PATH, &mut fields)?;
    if body.is_none() && !fields.is_empty() {
        path_and_query.push('?');
        path_and_query.push_str(&query(&fields));
    }
    Ok(Placed { path_and_query, body })
}

/// Replaces each `{field}` by the field's value, which is thereby used up.
fn fill_path(path: &str, fields: &mut Map<String, Value>) -> Result<String, Error> {
    let mut filled = String::new();
    for segment in path.split('/').skip(1) {
        filled.push('/');
        let Some(field) = segment.strip_prefix('{').and_then(|segment| segment.strip_suffix('}')) else {
            filled.push_str(segment);
            continue;
        };
        match fields.remove(field) {
            Some(Value::String(value)) if !value.is_empty() => filled.extend(utf8_percent_encode(&value, SEGMENT)),
            _ => return Err(ApiError::missing(field).into()),
        }
    }
    Ok(filled)
}

/// The fields of a request as a query, for exports.
#[cfg(feature = "embedded")]
pub(crate) fn query_of(request: &impl serde::Serialize) -> Result<String, Error> {
    match serde_json::to_value(request) {
        Ok(Value::Object(fields)) => Ok(query(&fields)),
        Ok(_) => Err(ApiError::new(ErrorCode::InternalError, "a request has to be an object").into()),
        Err(error) => Err(ApiError::new(ErrorCode::InternalError, error.to_string()).into()),
    }
}

/// A list becomes a key that repeats.
fn query(fields: &Map<String, Value>) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    for (key, value) in fields {
        match value {
            Value::Array(values) => {
                for value in values {
                    query.append_pair(key, &text(value));
                }
            }
            value => {
                query.append_pair(key, &text(value));
            }
        }
    }
    query.finish()
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

pub(super) fn method(method: Method) -> http::Method {
    match method {
        Method::Get => http::Method::GET,
        Method::Post => http::Method::POST,
        Method::Patch => http::Method::PATCH,
        Method::Delete => http::Method::DELETE,
    }
}

/// An answer that has been read to its end.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) retry_after: Option<String>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn read(response: http::Response<ureq::Body>) -> Result<Self, ureq::Error> {
        let retry_after =
            response.headers().get("Retry-After").and_then(|value| value.to_str().ok()).map(str::to_owned);
        let status = response.status().as_u16();
        let body = response.into_body().into_with_config().limit(ANSWER_BYTES).read_to_vec()?;
        Ok(Self { status, retry_after, body })
    }

    pub(crate) fn json<T: DeserializeOwned>(self, url: &str) -> Result<T, Error> {
        serde_json::from_slice(&self.body).map_err(|error| Error::NotATrackingServer {
            uri: redact(url),
            reason: format!("{error} in {}", quoted(&self.body)),
        })
    }

    pub(super) fn into_error(self, url: &str) -> Error {
        refusal(self.status, &self.body, url)
    }
}

/// The error that an answer of status 400 or more stands for.
pub(crate) fn refusal(status: u16, body: &[u8], url: &str) -> Error {
    if let Ok(error) = serde_json::from_slice::<ApiError>(body) {
        return error.into();
    }
    // The asynchronous routes of MLflow's server answer errors of their framework as {"detail": …}.
    let detail = serde_json::from_slice::<Map<String, Value>>(body).ok().and_then(|map| map.get("detail").map(text));
    let code = match status {
        400 | 405 | 413 | 415 | 422 => ErrorCode::BadRequest,
        401 => ErrorCode::Unauthenticated,
        403 => ErrorCode::PermissionDenied,
        404 => ErrorCode::NotFound,
        429 => ErrorCode::RequestLimitExceeded,
        501 => ErrorCode::NotImplemented,
        502 | 503 => ErrorCode::TemporarilyUnavailable,
        504 => ErrorCode::DeadlineExceeded,
        507 => ErrorCode::ResourceExhausted,
        _ => ErrorCode::InternalError,
    };
    let reason = detail.unwrap_or_else(|| quoted(body));
    ApiError::new(code, format!("{} answered {status}: {reason}", redact(url))).into()
}

fn quoted(body: &[u8]) -> String {
    if body.is_empty() {
        return "an empty body".to_owned();
    }
    let text = String::from_utf8_lossy(&body[..body.len().min(4 * QUOTED_CHARS)]);
    let text: String = text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(QUOTED_CHARS).collect();
    format!("'{text}'")
}

#[cfg(test)]
mod tests {
    use super::*;
    use trainyard_api::logged_models::{DeleteLoggedModelTag, GetLoggedModel};
    use trainyard_api::metrics::Metric;
    use trainyard_api::model_versions::SearchModelVersions;
    use trainyard_api::runs::LogBatch;

    #[test]
    fn a_get_repeats_the_key_of_a_list() {
        let order_by = vec!["name ASC".to_owned(), "version_number".to_owned()];
        let request = SearchModelVersions { filter: "name='a&b'".to_owned(), order_by, ..Default::default() };
        let placed = place(&request).expect("placed");
        assert_eq!(
            placed.path_and_query,
            "/model-versions/search?filter=name%3D%27a%26b%27&order_by=name+ASC&order_by=version_number"
        );
        assert!(placed.body.is_none());
    }

    #[test]
    fn fields_of_the_path_are_escaped_and_required() {
        let placed = place(&GetLoggedModel { model_id: "m-1/../x".into(), allow_deleted: false }).expect("placed");
        assert_eq!(placed.path_and_query, "/logged-models/m-1%2F..%2Fx");
        let request = DeleteLoggedModelTag { model_id: "m-1".into(), tag_key: "a b".to_owned() };
        assert_eq!(place(&request).expect("placed").path_and_query, "/logged-models/m-1/tags/a%20b");
        let error = place(&GetLoggedModel::default()).err().expect("refused");
        assert!(error.message().contains("'model_id'"), "{error}");
    }

    #[test]
    fn numbers_that_json_does_not_have_travel_as_words() {
        let metrics = vec![Metric { key: "a".to_owned(), value: f64::NAN, ..Default::default() }];
        let placed = place(&LogBatch { run_id: "r".into(), metrics, ..Default::default() }).expect("placed");
        let body = String::from_utf8(placed.body.expect("a body")).expect("text");
        assert!(body.contains(r#""value":"NaN""#), "{body}");
    }

    #[test]
    fn an_error_that_is_not_mlflows_names_address_status_and_body() {
        let error = refusal(404, b"<html>\n  <b>Not Found</b></html>", "http://u:pw@host/x");
        assert_eq!(error.code(), ErrorCode::NotFound);
        assert_eq!(error.message(), "http://u:***@host/x answered 404: '<html> <b>Not Found</b></html>'");
        let error = refusal(400, br#"{"detail": "Invalid path"}"#, "http://host/x");
        assert_eq!(error.message(), "http://host/x answered 400: Invalid path");
        let error = refusal(404, br#"{"error_code": "RESOURCE_DOES_NOT_EXIST", "message": "gone"}"#, "http://h/x");
        assert_eq!((error.code(), error.message().as_str()), (ErrorCode::ResourceDoesNotExist, "gone"));
    }
}
