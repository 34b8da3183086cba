//! Trainyard's own web UI: one page for all addresses of its pages, and the files that it loads.
//!
//! The files are those of `ui/dist`, made by `make ui`: part of the program in release builds, read from the folder in debug
//! builds. A program that was built without them shows a page that says how to make them.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::header::{self, HeaderMap, HeaderName, HeaderValue};
use http::{Method, StatusCode};
use rust_embed::{Embed, EmbeddedFile};
use trainyard_api::{ApiError, ErrorCode};
use trainyard_artifacts::ArtifactPath;

use crate::app::App;
use crate::failure::Failure;
use crate::routes::{PathParams, Permission, Route};

/// What a browser may load for a page: files of this server, and what scripts have made of its answers.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; \
    font-src 'self'; media-src 'self' blob:; connect-src 'self'; frame-src 'self' blob:; frame-ancestors 'none'; \
    base-uri 'none'; form-action 'none'";
/// The same for the page that stands there where no UI does; its style is part of it.
const PLAIN_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; \
    form-action 'none'";

/// Addresses of pages beside `/`; the script of the page knows what each shows.
const PAGES: [&str; 9] = [
    "/experiments",
    "/experiments/",
    "/experiments/{*rest}",
    "/runs/{*rest}",
    "/compare",
    "/models",
    "/models/",
    "/models/{*rest}",
    "/logged-models/{*rest}",
];

const CODINGS: [(&str, &str); 2] = [("br", "br"), ("gzip", "gz")];

#[derive(Embed)]
#[folder = "../../ui/dist"]
#[allow_missing = true]
struct Built;

/// The routes that are there with this UI only; its page at `/` is answered by `service`.
pub(super) fn routes() -> Vec<Route> {
    let mut routes = vec![Route::new(Method::GET, "/assets/{*path}", Permission::Open, get(file))];
    routes.extend(PAGES.map(|path| Route::new(Method::GET, path, Permission::Open, get(deep_page))));
    routes
}

/// The page, at whichever of its addresses.
pub(super) fn page(app: &App, asked: &HeaderMap) -> Response {
    page_of::<Built>(&app.static_prefix, asked)
}

/// What stands at `/` where no UI does.
pub(super) fn plain_page(asked: &HeaderMap) -> Response {
    let tag = concat!('"', env!("CARGO_PKG_VERSION"), '"').to_owned();
    answer_page(include_str!("home.html").to_owned(), tag, PLAIN_POLICY, asked)
}

async fn deep_page(State(app): State<App>, asked: HeaderMap) -> Response {
    page(&app, &asked)
}

async fn file(params: PathParams, asked: HeaderMap) -> Result<Response, Failure> {
    file_of::<Built>(params.first(), &asked)
}

/// The UI's build refers to its files relatively, but the page stands at addresses of any depth: so each reference is made
/// absolute, below the static prefix. The script finds out the prefix from its own address.
fn page_of<Files: Embed>(static_prefix: &str, asked: &HeaderMap) -> Response {
    let Some(index) = Files::get("index.html") else { return plain_page(asked) };
    let text = String::from_utf8_lossy(&index.data).replace("=\"./", &format!("=\"{}/", attribute(static_prefix)));
    answer_page(text, tag(&index), CONTENT_SECURITY_POLICY, asked)
}

fn answer_page(text: String, tag: String, policy: &'static str, asked: &HeaderMap) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::REFERRER_POLICY, "same-origin"),
        // Asked for anew each time: it names the files that belong together.
        (header::CACHE_CONTROL, "no-cache"),
    ];
    answer(headers.map(|(name, value)| (name, value.to_owned())), tag, text.into_bytes(), asked)
}

fn file_of<Files: Embed>(path: &str, asked: &HeaderMap) -> Result<Response, Failure> {
    // What a debug build reads from the folder stays below `assets/`.
    let stored = ArtifactPath::parse(path).ok().map(|path| format!("assets/{path}"));
    let mut found = None;
    for (coding, ending) in CODINGS {
        if let Some(stored) = stored.as_ref().filter(|_| found.is_none() && accepts(asked, coding)) {
            found = Files::get(&format!("{stored}.{ending}")).map(|file| (file, Some(coding)));
        }
    }
    let Some((file, coding)) = found.or_else(|| Some((Files::get(&stored?)?, None))) else {
        let message = format!("the web UI has no file '{path}'; it may belong to another version: load the page anew");
        return Err(ApiError::new(ErrorCode::ResourceDoesNotExist, message).into());
    };
    let mut media_type = mime_guess::from_path(path).first_or_octet_stream().to_string();
    if media_type.starts_with("text/") {
        media_type += "; charset=utf-8";
    }
    let headers = [
        (header::CONTENT_TYPE, media_type),
        // The hash of a file's content is part of its name: under that name there will never be another.
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable".to_owned()),
        (header::VARY, "Accept-Encoding".to_owned()),
    ];
    let coding = coding.map(|coding| (header::CONTENT_ENCODING, coding.to_owned()));
    Ok(answer(headers.into_iter().chain(coding), tag(&file), file.data.into_owned(), asked))
}

fn answer(
    headers: impl IntoIterator<Item = (HeaderName, String)>,
    tag: String,
    body: Vec<u8>,
    asked: &HeaderMap,
) -> Response {
    let known = asked.get(header::IF_NONE_MATCH).and_then(|tags| tags.to_str().ok()).unwrap_or_default();
    let unchanged = known.trim() == "*" || known.split(',').any(|known| known.trim().trim_start_matches("W/") == tag);
    let mut response = if unchanged { StatusCode::NOT_MODIFIED.into_response() } else { body.into_response() };
    for (name, value) in headers.into_iter().chain([(header::ETAG, tag)]) {
        if let Ok(value) = HeaderValue::try_from(value) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

fn tag(file: &EmbeddedFile) -> String {
    let hash = file.metadata.sha256_hash();
    let digits: String = hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    format!("\"{digits}\"")
}

/// Whether a client reads a content coding.
pub(super) fn accepts(asked: &HeaderMap, coding: &str) -> bool {
    let accepted = asked.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    accepted.split(',').any(|entry| {
        let mut parts = entry.split(';').map(str::trim);
        let named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case(coding));
        named && !parts.any(|part| part.strip_prefix("q=").is_some_and(|weight| weight.parse() == Ok(0.0)))
    })
}

/// A text inside of an HTML attribute.
fn attribute(text: &str) -> String {
    text.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// A UI of a page and two files.
    #[derive(Embed)]
    #[folder = "tests/routes/ui"]
    struct Small;

    /// One that has not been built.
    #[derive(Embed)]
    #[folder = "tests/routes/no-ui"]
    #[allow_missing = true]
    struct Missing;

    async fn shown(response: Response) -> (u16, HeaderMap, String) {
        let (parts, body) = response.into_parts();
        let body = axum::body::to_bytes(body, 100_000).await.unwrap();
        (parts.status.as_u16(), parts.headers, String::from_utf8(body.to_vec()).unwrap())
    }

    fn asking(name: HeaderName, value: &str) -> HeaderMap {
        HeaderMap::from_iter([(name, HeaderValue::from_str(value).unwrap())])
    }

    #[tokio::test]
    async fn references_of_the_page_are_absolute_below_the_static_prefix() {
        let (status, headers, text) = shown(page_of::<Small>("", &HeaderMap::new())).await;
        assert_eq!(status, 200);
        assert!(text.contains(r#"<script type="module" crossorigin src="/assets/index-abc.js">"#), "{text}");
        assert_eq!(headers[header::CACHE_CONTROL], "no-cache");
        assert_eq!(headers[header::REFERRER_POLICY], "same-origin");
        assert_eq!(headers[header::CONTENT_SECURITY_POLICY], CONTENT_SECURITY_POLICY);
        let (_, _, text) = shown(page_of::<Small>("/a/\"><b>&", &HeaderMap::new())).await;
        assert!(text.contains(r#"src="/a/&quot;>&lt;b>&amp;/assets/index-abc.js""#), "{text}");
    }

    #[tokio::test]
    async fn a_page_that_has_not_changed_is_not_sent_again() {
        let (_, headers, _) = shown(page_of::<Small>("", &HeaderMap::new())).await;
        let known = headers[header::ETAG].to_str().unwrap();
        for tags in [known, &format!("\"other\", W/{known}"), "*"] {
            let (status, again, text) = shown(page_of::<Small>("", &asking(header::IF_NONE_MATCH, tags))).await;
            assert_eq!((status, text.as_str()), (304, ""), "{tags}");
            assert_eq!(again[header::ETAG], headers[header::ETAG]);
        }
        let (status, _, _) = shown(page_of::<Small>("", &asking(header::IF_NONE_MATCH, "\"other\""))).await;
        assert_eq!(status, 200);
    }

    #[tokio::test]
    async fn a_file_is_sent_as_the_browser_reads_it_and_kept_for_good() {
        for (accepted, coding, content) in [
            ("gzip, deflate, br", Some("br"), "brotli\n"),
            ("br;q=0, GZIP;q=0.5", Some("gzip"), "gzip\n"),
            ("br;q=0, zstd", None, "export {};\n"),
        ] {
            let asked = asking(header::ACCEPT_ENCODING, accepted);
            let (status, headers, text) = shown(file_of::<Small>("index-abc.js", &asked).unwrap()).await;
            assert_eq!((status, text.as_str()), (200, content), "{accepted}");
            assert_eq!(headers.get(header::CONTENT_ENCODING).map(|value| value.to_str().unwrap()), coding);
            assert_eq!(headers[header::CONTENT_TYPE], "text/javascript; charset=utf-8");
            assert_eq!(headers[header::CACHE_CONTROL], "public, max-age=31536000, immutable");
            assert_eq!(headers[header::VARY], "Accept-Encoding");
        }
        // Where there is no compressed one, the file itself.
        let (_, headers, text) =
            shown(file_of::<Small>("plain-abc.css", &asking(header::ACCEPT_ENCODING, "br")).unwrap()).await;
        assert_eq!((text.as_str(), headers.get(header::CONTENT_ENCODING)), ("a {\n  color: red;\n}\n", None));
    }

    #[test]
    fn only_files_of_the_ui_are_sent() {
        for path in ["nothing.js", "", "../../../ui.rs", "/etc/passwd", "../index.html/x"] {
            assert!(file_of::<Small>(path, &HeaderMap::new()).is_err(), "{path}");
        }
    }

    #[tokio::test]
    async fn without_the_files_a_page_says_how_to_make_them() {
        let (status, headers, text) = shown(page_of::<Missing>("", &HeaderMap::new())).await;
        assert!(status == 200 && text.contains("make ui"), "{text}");
        assert_eq!(headers[header::CONTENT_SECURITY_POLICY], PLAIN_POLICY);
    }
}
