//! A stored file as an HTTP answer: ranges, conditions, and headers that keep browsers from running it.

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::header::{self, HeaderMap, HeaderName, HeaderValue};
use http::{Method, StatusCode};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use trainyard_api::ApiError;
use trainyard_artifacts::{ArtifactPath, ArtifactStore, ByteRange, FileMeta};

use crate::failure::Failure;

/// Text of some kind or other, which readers want to see and browsers are not to interpret.
const TEXT_EXTENSIONS: [&str; 27] = [
    "txt",
    "log",
    "err",
    "cfg",
    "conf",
    "cnf",
    "cf",
    "ini",
    "properties",
    "prop",
    "hocon",
    "toml",
    "yaml",
    "yml",
    "xml",
    "json",
    "js",
    "py",
    "py3",
    "csv",
    "tsv",
    "md",
    "rst",
    "mlmodel",
    "mlproject",
    "jsonl",
    "sh",
];

/// What RFC 5987 lets stand in an encoded file name.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// How a browser may show a file.
///
/// Whatever a file holds is a stranger's: shown as a page of this server, its scripts would act with the rights of whoever looks
/// at it. So it is either saved, or shut into an origin of its own that reaches nothing of this server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shown {
    /// Not: it is saved. Pictures, sounds and films are shown by the page that embeds them all the same.
    Attached,
    /// In a frame, as it stands: no script runs, nothing is loaded.
    Still,
    /// In a frame, with its scripts and what they load from the web, as figures of plotly need. What they load from here they
    /// cannot read.
    Scripts,
}

impl Shown {
    /// Of the query parameter `inline`.
    pub(crate) fn parse(inline: Option<&str>) -> Result<Self, ApiError> {
        match inline {
            None => Ok(Self::Attached),
            Some("still") => Ok(Self::Still),
            Some("false") => Ok(Self::Attached),
            Some("scripts" | "true") => Ok(Self::Scripts),
            Some(other) => Err(ApiError::invalid(format!(
                "Invalid value for parameter 'inline': '{other}' is neither 'still' nor 'scripts'"
            ))),
        }
    }

    fn disposition(self) -> &'static str {
        if self == Self::Attached { "attachment" } else { "inline" }
    }

    fn policy(self, media_type: &str) -> &'static str {
        match self {
            Self::Attached => "sandbox; default-src 'none'; frame-ancestors 'self'",
            // Browsers show these with a program of their own, in a process of its own, and not at all in a sandbox.
            Self::Still | Self::Scripts if media_type == "application/pdf" => "frame-ancestors 'self'",
            Self::Still => {
                "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data: blob:; media-src data: blob:; \
                 font-src data:; form-action 'none'; frame-ancestors 'self'"
            }
            Self::Scripts => {
                "sandbox allow-scripts; default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval' data: blob: https:; \
                 style-src 'unsafe-inline' data: https:; img-src data: blob: https:; media-src data: blob: https:; \
                 font-src data: https:; worker-src blob:; form-action 'none'; frame-ancestors 'self'"
            }
        }
    }
}

/// Answers a GET or HEAD for a file.
pub(crate) async fn answer(
    store: &ArtifactStore,
    path: &ArtifactPath,
    shown: Shown,
    method: &Method,
    asked: &HeaderMap,
) -> Result<Response, Failure> {
    let text = |name: HeaderName| asked.get(name).and_then(|value| value.to_str().ok());
    let unchanged = text(header::IF_NONE_MATCH);
    let wanted = text(header::RANGE).and_then(parse_range);
    if *method == Method::HEAD || unchanged.is_some() || (wanted.is_some() && asked.contains_key(header::IF_RANGE)) {
        let meta = store.head(path).await?;
        if unchanged.is_some_and(|tags| names(tags, &meta)) {
            return Ok((StatusCode::NOT_MODIFIED, description(path, shown, &meta)).into_response());
        }
        if *method == Method::HEAD {
            let length = HeaderValue::from(meta.size);
            return Ok((description(path, shown, &meta), [(header::CONTENT_LENGTH, length)]).into_response());
        }
        let same = text(header::IF_RANGE).is_none_or(|condition| is_version(condition, &meta));
        return stream(store, path, shown, wanted.filter(|_| same)).await;
    }
    stream(store, path, shown, wanted).await
}

async fn stream(
    store: &ArtifactStore,
    path: &ArtifactPath,
    shown: Shown,
    wanted: Option<ByteRange>,
) -> Result<Response, Failure> {
    let download = store.get(path, wanted).await?;
    let mut headers = description(path, shown, &download.meta);
    let range = download.range;
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(range.end - range.start));
    let body = Body::from_stream(download.stream);
    if wanted.is_none() {
        return Ok((headers, body).into_response());
    }
    let place = format!("bytes {}-{}/{}", range.start, range.end - 1, download.meta.size);
    headers.extend(HeaderValue::from_str(&place).ok().map(|place| (header::CONTENT_RANGE, place)));
    Ok((StatusCode::PARTIAL_CONTENT, headers, body).into_response())
}

fn description(path: &ArtifactPath, shown: Shown, meta: &FileMeta) -> HeaderMap {
    let name = path.file_name();
    let media_type = media_type(name);
    let policy = shown.policy(&media_type).to_owned();
    let values = [
        (header::CONTENT_TYPE, Some(media_type)),
        (header::CONTENT_DISPOSITION, Some(disposition(shown, name))),
        (header::CONTENT_SECURITY_POLICY, Some(policy)),
        (header::REFERRER_POLICY, Some("no-referrer".to_owned())),
        (header::ETAG, meta.etag.clone()),
        (header::LAST_MODIFIED, meta.last_modified.map(httpdate::fmt_http_date)),
        (header::ACCEPT_RANGES, Some("bytes".to_owned())),
        // Asked again each time, because files may be replaced; the tag makes that cheap.
        (header::CACHE_CONTROL, Some("no-cache".to_owned())),
    ];
    let values = values.into_iter().filter_map(|(name, value)| Some((name, HeaderValue::try_from(value?).ok()?)));
    values.collect()
}

fn media_type(name: &str) -> String {
    let extension = name.rsplit('.').next().unwrap_or(name).to_ascii_lowercase();
    if TEXT_EXTENSIONS.contains(&extension.as_str()) {
        return "text/plain".to_owned();
    }
    mime_guess::from_path(name).first_or_octet_stream().to_string()
}

fn disposition(shown: Shown, name: &str) -> String {
    let kind = shown.disposition();
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
    if name.bytes().all(plain) {
        return format!("{kind}; filename={name}");
    }
    let fallback: String = name.chars().map(|c| if c.is_ascii() && c != '"' { c } else { '_' }).collect();
    format!("{kind}; filename=\"{fallback}\"; filename*=UTF-8''{}", utf8_percent_encode(name, ENCODED))
}

/// One range of bytes. Several, or what is no range, is as if nothing had been asked: the whole file is right too.
fn parse_range(range: &str) -> Option<ByteRange> {
    let (first, last) = range.strip_prefix("bytes=")?.split_once('-')?;
    let number = |text: &str| {
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        // More digits than a number holds is simply far behind the end.
        digits.then(|| text.parse().unwrap_or(u64::MAX))
    };
    match (first.trim(), last.trim()) {
        ("", last) => number(last).map(ByteRange::Last),
        (first, "") => number(first).map(ByteRange::From),
        (first, last) => {
            let (first, last) = (number(first)?, number(last)?);
            (first <= last).then_some(ByteRange::Between(first, last))
        }
    }
}

/// Whether a list of tags, as of `If-None-Match`, names the file as it is.
pub(crate) fn names(tags: &str, meta: &FileMeta) -> bool {
    let tag = |tag: &str| Some(tag.trim().trim_start_matches("W/")) == meta.etag.as_deref();
    tags.trim() == "*" || tags.split(',').any(tag)
}

fn is_version(condition: &str, meta: &FileMeta) -> bool {
    let condition = condition.trim();
    Some(condition) == meta.etag.as_deref()
        || meta.last_modified.is_some_and(|modified| httpdate::fmt_http_date(modified) == condition)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_or_ignored() {
        assert_eq!(parse_range("bytes=0-0"), Some(ByteRange::Between(0, 0)));
        assert_eq!(parse_range("bytes=5-"), Some(ByteRange::From(5)));
        assert_eq!(parse_range("bytes=-3"), Some(ByteRange::Last(3)));
        assert_eq!(parse_range("bytes=0-99999999999999999999999"), Some(ByteRange::Between(0, u64::MAX)));
        for other in
            ["", "bytes", "bytes=", "bytes=-", "bytes=a-b", "bytes=3-2", "bytes=0-1,3-4", "lines=0-1", "bytes=+1-2"]
        {
            assert_eq!(parse_range(other), None, "{other}");
        }
    }

    #[test]
    fn file_names_survive_the_header() {
        let disposition = |name| disposition(Shown::Attached, name);
        assert_eq!(disposition("model.pkl"), "attachment; filename=model.pkl");
        assert_eq!(disposition("a \"b\".txt"), "attachment; filename=\"a _b_.txt\"; filename*=UTF-8''a%20%22b%22.txt");
        assert_eq!(disposition("日本.png"), "attachment; filename=\"__.png\"; filename*=UTF-8''%E6%97%A5%E6%9C%AC.png");
    }

    #[test]
    fn text_is_shown_as_text() {
        for name in ["MLmodel", "conda.yaml", "metrics.json", "notes.TXT"] {
            assert_eq!(media_type(name), "text/plain", "{name}");
        }
        assert_eq!(media_type("plot.png"), "image/png");
        assert_eq!(media_type("model.pkl"), "application/octet-stream");
    }
}
