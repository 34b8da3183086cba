//! Artifacts behind a tracking server: `mlflow-artifacts:/…` by way of the server's proxy routes.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use percent_encoding::utf8_percent_encode;
use serde::Deserialize;
use trainyard_api::artifact_path::ArtifactPath;
use trainyard_api::artifacts::FileInfo;
use ureq::{SendBody, http};

use super::download::Partial;
use super::{Progress, parse_directory, stop_if_cancelled};
use crate::http::{Http, Repeat, SEGMENT, refusal};
use crate::tracking_uri::redact;
use crate::{Client, Error};

/// Where the proxy's routes begin below a server's address.
const ROUTE: &str = "/api/2.0/mlflow-artifacts/artifacts";
/// Bytes that are moved at once.
const CHUNK_BYTES: usize = 256 * 1024;

/// An artifact root behind a server's proxy.
#[derive(Debug)]
pub(super) struct Proxy {
    client: Client,
    /// Address of the proxy's routes.
    routes: String,
    /// The root, seen from the proxy.
    root: ArtifactPath,
    uri: String,
}

#[derive(Deserialize)]
struct Listing {
    #[serde(default)]
    files: Vec<FileInfo>,
}

impl Proxy {
    /// `mlflow-artifacts:/path` on the tracking server, `mlflow-artifacts://host:port/path`, or the address of the
    /// proxy's routes themselves.
    pub(super) fn open(client: Client, uri: &str) -> Result<Self, Error> {
        let error = |reason: &str| Error::Uri { kind: "artifact URI", uri: redact(uri), reason: reason.to_owned() };
        let Some(http) = client.transport().http() else { return Err(error("it lies behind a tracking server")) };
        let tracking = http.address();
        let (scheme, rest) = uri.split_once(':').ok_or_else(|| error("the scheme is missing"))?;
        let (routes, path) = match (scheme.to_ascii_lowercase().as_str(), rest.strip_prefix("//")) {
            ("mlflow-artifacts", None) => (format!("{tracking}{ROUTE}"), rest),
            ("mlflow-artifacts", Some(rest)) => {
                let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
                let protocol = tracking.as_str().split("://").next().unwrap_or("http");
                let server = if host.is_empty() { tracking.to_string() } else { format!("{protocol}://{host}") };
                (format!("{server}{ROUTE}"), path)
            }
            _ => {
                let at = uri.find(ROUTE).ok_or_else(|| error("expected the address of a server's artifact proxy"))?;
                let (routes, path) = uri.split_at(at + ROUTE.len());
                (routes.to_owned(), path)
            }
        };
        let path = path.trim_matches('/');
        let root = parse_directory(path)?;
        Ok(Self { client, routes, root, uri: redact(uri) })
    }

    fn http(&self) -> &Http {
        self.client.transport().http().expect("a proxy is opened with a client of a server")
    }

    fn url(&self, path: &ArtifactPath) -> String {
        let mut url = self.routes.clone();
        for part in self.root.join(path).as_str().split('/').filter(|part| !part.is_empty()) {
            url.push('/');
            url.extend(utf8_percent_encode(part, SEGMENT));
        }
        url
    }

    pub(super) fn list(&self, directory: &ArtifactPath) -> Result<Vec<FileInfo>, Error> {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("path", self.root.join(directory).as_str());
        let url = format!("{}?{}", self.routes, query.finish());
        let answer = self.http().exchange(Repeat::Safe, &url, |agent| {
            let request = http::Request::get(&url);
            agent.run(self.http().authorized(request, &url).body(())?)
        })?;
        let listing: Listing = answer.json(&url)?;
        Ok(listing.files)
    }

    pub(super) fn delete(&self, path: &ArtifactPath) -> Result<(), Error> {
        let url = self.url(path);
        let answer = self.http().exchange(Repeat::Safe, &url, |agent| {
            let request = http::Request::delete(&url);
            agent.run(self.http().authorized(request, &url).body(())?)
        });
        answer.map(drop).map_err(|error| self.missing(error, path))
    }

    pub(super) fn write(&self, path: &ArtifactPath, bytes: &[u8]) -> Result<(), Error> {
        let url = self.url(path);
        self.http().exchange(Repeat::Safe, &url, |agent| agent.run(self.put(&url, path).body(bytes)?))?;
        Ok(())
    }

    pub(super) fn upload(
        &self,
        local: &Path,
        path: &ArtifactPath,
        size: u64,
        progress: &dyn Progress,
    ) -> Result<(), Error> {
        let url = self.url(path);
        let mut unreadable = None;
        let result = self.http().exchange(Repeat::Safe, &url, |agent| {
            let mut body = Watched { inner: File::open(local).map(|file| file.take(size)), progress, failed: None };
            let request = self.put(&url, path).header("Content-Length", size);
            let answer = agent.run(request.body(SendBody::from_reader(&mut body))?);
            match body.failed {
                // Trying again does not help against what went wrong on this side.
                Some(error) => {
                    unreadable = Some(error);
                    Err(ureq::Error::Other("the file could not be read".into()))
                }
                None => answer,
            }
        });
        match unreadable {
            Some(_) if progress.cancelled() => Err(Error::Cancelled),
            Some(error) => Err(Error::io(local)(error)),
            None => result.map(drop),
        }
    }

    fn put(&self, url: &str, path: &ArtifactPath) -> http::request::Builder {
        let request = http::Request::put(url).header("Content-Type", content_type(path.file_name()));
        self.http().authorized(request, url)
    }

    pub(super) fn read(&self, path: &ArtifactPath) -> Result<Vec<u8>, Error> {
        let url = self.url(path);
        let answer = self.http().exchange(Repeat::Safe, &url, |agent| agent.run(self.get(&url).body(())?));
        answer.map(|answer| answer.body).map_err(|error| self.missing(error, path))
    }

    fn get(&self, url: &str) -> http::request::Builder {
        // Positions in the file are counted in what is stored, not in what an encoding makes of it.
        let request = http::Request::get(url).header("Accept-Encoding", "identity");
        self.http().authorized(request, url)
    }

    /// Fetches a file; after a break it goes on where it stopped, if the server can and the file is still the same.
    pub(super) fn download(
        &self,
        path: &ArtifactPath,
        partial: &mut Partial,
        progress: &dyn Progress,
    ) -> Result<(), Error> {
        let url = self.url(path);
        let mut retries = self.http().retries(Repeat::Safe);
        let mut arrived = 0;
        let mut validator: Option<http::HeaderValue> = None;
        loop {
            let mut request = self.get(&url);
            if let (Some(validator), 1..) = (&validator, arrived) {
                request = request.header("Range", format!("bytes={arrived}-")).header("If-Range", validator);
            }
            let before = arrived;
            let fault = match self.http().open(|agent| agent.run(request.body(())?)) {
                Ok(response) if response.status().as_u16() < 300 => {
                    if response.status().as_u16() != 206 {
                        partial.clear()?;
                        arrived = 0;
                        validator = strong_validator(&response);
                    }
                    match receive(response, partial, &mut arrived, progress)? {
                        None => return Ok(()),
                        Some(fault) => fault,
                    }
                }
                Ok(response) => {
                    let status = response.status().as_u16();
                    let answer =
                        crate::http::Answer::read(response).map_err(|error| self.http().unreachable(&error))?;
                    if retries.wait_after_status(status, answer.retry_after.as_deref()) {
                        continue;
                    }
                    return Err(self.missing(refusal(status, &answer.body, &url), path));
                }
                Err(fault) => fault,
            };
            if arrived > before && validator.is_some() {
                retries.progressed();
            }
            if !retries.wait_after_error(&fault) {
                return Err(self.http().unreachable(&fault));
            }
        }
    }

    /// Says which artifact a 404 is about.
    fn missing(&self, error: Error, path: &ArtifactPath) -> Error {
        match error.code() {
            trainyard_api::ErrorCode::NotFound | trainyard_api::ErrorCode::ResourceDoesNotExist => {
                Error::NoArtifact { path: path.to_string(), uri: self.uri.clone() }
            }
            _ => error,
        }
    }
}

/// Takes the body of an answer; a fault of the network is answered, not raised, so that the caller may go on.
fn receive(
    response: http::Response<ureq::Body>,
    partial: &mut Partial,
    arrived: &mut u64,
    progress: &dyn Progress,
) -> Result<Option<ureq::Error>, Error> {
    let mut body = response.into_body().into_with_config().limit(u64::MAX).reader();
    let mut chunk = vec![0; CHUNK_BYTES];
    loop {
        stop_if_cancelled(progress)?;
        match body.read(&mut chunk) {
            Ok(0) => return Ok(None),
            Ok(count) => {
                partial.write(&chunk[..count])?;
                *arrived += count as u64;
                progress.advance(count as u64);
            }
            Err(error) => return Ok(Some(ureq::Error::Io(error))),
        }
    }
}

/// What tells this state of a file from any other; without it a break means to begin again.
fn strong_validator(response: &http::Response<ureq::Body>) -> Option<http::HeaderValue> {
    let etag = response.headers().get("ETag")?;
    (!etag.as_bytes().starts_with(b"W/")).then(|| etag.clone())
}

/// The type that a file is stored as; stock clients and the web page show `MLmodel` as text.
fn content_type(name: &str) -> String {
    if name == "MLmodel" {
        return "text/plain".to_owned();
    }
    mime_guess::from_path(name).first_or_octet_stream().to_string()
}

/// A body that tells how far it has been read, and remembers why it could not be read further.
struct Watched<'p> {
    inner: std::io::Result<std::io::Take<File>>,
    progress: &'p dyn Progress,
    failed: Option<std::io::Error>,
}

impl Watched<'_> {
    fn read_on(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.progress.cancelled() {
            return Err(std::io::Error::other("cancelled"));
        }
        match &mut self.inner {
            Ok(file) => match file.read(buffer) {
                Ok(0) if !buffer.is_empty() && file.limit() > 0 => {
                    Err(std::io::Error::other("the file became shorter while it was read"))
                }
                read => read,
            },
            Err(error) => Err(std::mem::replace(error, std::io::ErrorKind::Other.into())),
        }
    }
}

impl Read for Watched<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.read_on(buffer).map_err(|error| {
            let kind = error.kind();
            self.failed = Some(error);
            std::io::Error::from(kind)
        })?;
        self.progress.advance(count as u64);
        Ok(count)
    }
}
