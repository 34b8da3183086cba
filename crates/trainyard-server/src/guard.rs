//! Which hosts and origins are answered.
//!
//! A web page that lets its own name resolve to this machine (DNS rebinding) comes with that name in the Host header,
//! so only names that no stranger can own are accepted unless the operator lists others. Pages of other origins may
//! not change anything unless the operator lists them.

use std::net::IpAddr;

use axum::response::{IntoResponse, Response};
use http::header::{self, HeaderValue};
use http::{HeaderMap, Method, Request, StatusCode};
use trainyard_api::{ApiError, ErrorCode};

use crate::ServerConfig;
use crate::failure::Failure;

/// The rules for Host and Origin headers.
#[derive(Debug)]
pub(crate) struct Guard {
    bound_host: String,
    allowed_hosts: Vec<String>,
    allowed_origins: Vec<String>,
    /// Asked by load balancers, which send any Host.
    exempt: [String; 2],
}

impl Guard {
    pub(crate) fn new(config: &ServerConfig) -> Self {
        Self {
            bound_host: config.host.to_ascii_lowercase(),
            allowed_hosts: config.allowed_hosts.iter().map(|host| host.to_ascii_lowercase()).collect(),
            allowed_origins: config.cors_allowed_origins.clone(),
            exempt: ["/health", "/version"].map(|path| format!("{}{path}", config.static_prefix)),
        }
    }

    /// Refuses a request, or answers it when it is a browser's question in advance.
    pub(crate) fn check<B>(&self, request: &Request<B>) -> Option<Response> {
        let headers = request.headers();
        let host = request.uri().authority().map(|authority| authority.as_str());
        let host = host.or_else(|| text(headers, header::HOST)).unwrap_or_default();
        if !self.exempt.iter().any(|path| path == request.uri().path()) && !self.allows_host(host) {
            tracing::warn!(host, "refused a request for another host");
            let message = format!(
                "Invalid Host header '{host}': possible DNS rebinding attack. If this is the server's name, start it \
                 with --allowed-hosts."
            );
            return Some(Failure::from(ApiError::new(ErrorCode::PermissionDenied, message)).into_response());
        }
        let origin = text(headers, header::ORIGIN)?;
        if self.allows_origin(origin, host) {
            let asked =
                request.method() == Method::OPTIONS && headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
            return asked.then(|| preflight(headers));
        }
        if matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS) {
            return None;
        }
        tracing::warn!(origin, "refused a change asked for by a page of another origin");
        let message = format!("Cross-origin request from '{origin}' blocked; --cors-allowed-origins lists who may.");
        Some(Failure::from(ApiError::new(ErrorCode::PermissionDenied, message)).into_response())
    }

    /// Headers of every answer: nothing is to be guessed, framed or read by other origins.
    pub(crate) fn seal(&self, origin: Option<&HeaderValue>, host: Option<&HeaderValue>, response: &mut Response) {
        let headers = response.headers_mut();
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("SAMEORIGIN"));
        let Some(origin) = origin else { return };
        headers.append(header::VARY, HeaderValue::from_static("Origin"));
        let host = host.and_then(|host| host.to_str().ok()).unwrap_or_default();
        if origin.to_str().is_ok_and(|origin| self.allows_origin(origin, host)) {
            headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
            headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("*"));
            // With a bare `*` anybody's page would act with the login of whoever looks at it.
            if !self.allowed_origins.iter().any(|allowed| allowed == "*") {
                headers.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
            }
        }
    }

    fn allows_host(&self, host: &str) -> bool {
        let host = host.to_ascii_lowercase();
        let name = without_port(&host);
        if !self.allowed_hosts.is_empty() {
            return self.allowed_hosts.iter().any(|allowed| matches(allowed, &host) || matches(allowed, name));
        }
        // Nobody can register an address, `localhost`, or a name of a single label (as in a compose file).
        let local = !name.is_empty() && !name.contains('.');
        local || is_address(name) || name == self.bound_host || name.ends_with(".localhost")
    }

    fn allows_origin(&self, origin: &str, host: &str) -> bool {
        let Some((_, origin_host)) = origin.split_once("://") else { return false };
        let name = without_port(origin_host);
        origin_host.eq_ignore_ascii_case(host)
            || matches!(name, "localhost" | "127.0.0.1" | "[::1]")
            || self.allowed_origins.iter().any(|allowed| matches(allowed, origin))
    }
}

fn text(headers: &HeaderMap, name: header::HeaderName) -> Option<&str> {
    // A header that is not text matches nothing.
    headers.get(name).map(|value| value.to_str().unwrap_or("\u{fffd}."))
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) && !name.is_empty() => name,
        _ => host,
    }
}

fn is_address(name: &str) -> bool {
    let bare = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name);
    bare.parse::<IpAddr>().is_ok()
}

/// Whether `text` has the form of `pattern`, where `*` stands for any text.
fn matches(pattern: &str, text: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else { return pattern == text };
    let Some(mut left) = text.strip_prefix(start) else { return false };
    let mut pieces = rest.split('*').peekable();
    while let Some(piece) = pieces.next() {
        if pieces.peek().is_none() {
            return left.ends_with(piece);
        }
        let Some(at) = left.find(piece) else { return false };
        left = &left[at + piece.len()..];
    }
    true
}

fn preflight(asked: &HeaderMap) -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    let headers = response.headers_mut();
    let methods = HeaderValue::from_static("GET, POST, PUT, PATCH, DELETE, OPTIONS");
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, methods);
    headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600"));
    if let Some(names) = asked.get(header::ACCESS_CONTROL_REQUEST_HEADERS) {
        headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, names.clone());
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guard(hosts: &[&str], origins: &[&str]) -> Guard {
        Guard::new(&ServerConfig {
            host: "yard.example.org".to_owned(),
            allowed_hosts: hosts.iter().map(|&host| host.to_owned()).collect(),
            cors_allowed_origins: origins.iter().map(|&origin| origin.to_owned()).collect(),
            ..ServerConfig::default()
        })
    }

    #[test]
    fn addresses_and_local_names_are_answered_by_default() {
        let guard = guard(&[], &[]);
        for host in
            ["localhost", "LOCALHOST:5000", "127.0.0.1:5000", "[::1]:5000", "192.168.1.7", "8.8.8.8:80", "mlflow:5000"]
        {
            assert!(guard.allows_host(host), "{host}");
        }
        assert!(guard.allows_host("Yard.example.org:5000"));
        for host in
            ["", "evil.com", "127.0.0.1.evil.com", "localhost.evil.com:5000", "10.evil.com", "a.b:", "\u{fffd}."]
        {
            assert!(!guard.allows_host(host), "{host}");
        }
    }

    #[test]
    fn a_list_of_hosts_replaces_the_default() {
        let guard = guard(&["yard.example.org", "*.corp.net", "db:*"], &[]);
        for host in ["yard.example.org", "yard.example.org:8080", "a.corp.net:1", "db:7"] {
            assert!(guard.allows_host(host), "{host}");
        }
        for host in ["localhost", "corp.net", "yard.example.org.evil.com", "a.corp.net.evil.com"] {
            assert!(!guard.allows_host(host), "{host}");
        }
    }

    #[test]
    fn an_origin_is_the_servers_own_local_or_listed() {
        let guard = guard(&[], &["https://ui.example.org", "https://*.corp.net"]);
        for origin in ["http://yard:5000", "http://localhost:3000", "https://ui.example.org", "https://a.corp.net"] {
            assert!(guard.allows_origin(origin, "yard:5000"), "{origin}");
        }
        for origin in
            ["null", "http://evil.com", "http://yard:5001", "http://ui.example.org", "http://localhost.evil.com"]
        {
            assert!(!guard.allows_origin(origin, "yard:5000"), "{origin}");
        }
    }
}
