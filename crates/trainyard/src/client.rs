//! The client: one interface over a tracking server and an embedded store.

use std::fmt;
use std::sync::Arc;

use trainyard_api::JsonEndpoint;
use trainyard_api::ingest::{Ingest, IngestResponse};
use trainyard_store::Operation;

use crate::embedded::Embedded;
use crate::http::{Http, Repeat};
use crate::tracking_uri::{TrackingUri, default_tracking_uri, redact};
use crate::{ArtifactRepository, Error};

/// A connection to a tracking server or an embedded store. Cheap to clone and to share between threads.
///
/// Every method blocks until it is done, so none is for async code. A client made before a `fork` works in the child; for the embedded store
/// see [`fork`](crate::fork).
#[derive(Clone)]
pub struct Client {
    inner: Arc<Inner>,
}

struct Inner {
    tracking_uri: String,
    transport: Transport,
}

pub(crate) enum Transport {
    Http(Http),
    Embedded(Embedded),
}

impl Client {
    /// A client of the server at `http(s)://…`, or of the database at `sqlite:///…` or
    /// `postgresql://…`.
    ///
    /// Nothing is contacted and no file is made before the first call.
    pub fn connect(tracking_uri: &str) -> Result<Self, Error> {
        let transport = match TrackingUri::parse(tracking_uri)? {
            TrackingUri::Http { address, credentials } => Transport::Http(Http::new(address, credentials)?),
            TrackingUri::Sqlite { database } => Transport::Embedded(Embedded::in_file(database)),
            TrackingUri::Postgres { uri } => Transport::Embedded(Embedded::in_postgres(uri)),
        };
        Ok(Self { inner: Arc::new(Inner { tracking_uri: redact(tracking_uri), transport }) })
    }

    /// A client of a URI as [`lasting_uri`](Self::lasting_uri) returns it; user and password are those of the environment.
    pub fn connect_without_password(lasting_uri: &str) -> Result<Self, Error> {
        let uri = match lasting_uri.split_once("://") {
            Some((scheme, rest)) if scheme.starts_with("http") => match rest.split_once('@') {
                Some((userinfo, address)) if !userinfo.contains('/') => format!("{scheme}://{address}"),
                _ => lasting_uri.to_owned(),
            },
            _ => lasting_uri.to_owned(),
        };
        Self::connect(&uri)
    }

    /// A client of [`default_tracking_uri`].
    pub fn from_env() -> Result<Self, Error> {
        Self::connect(&default_tracking_uri())
    }

    /// The URI that the client was connected with; a password in it reads `***`.
    pub fn tracking_uri(&self) -> &str {
        &self.inner.tracking_uri
    }

    /// Carries out a request and waits for the answer.
    pub fn call<O: Operation + JsonEndpoint>(&self, request: O) -> Result<O::Response, Error> {
        match &self.inner.transport {
            Transport::Http(http) => http.call(&request, Repeat::of::<O>()),
            Transport::Embedded(embedded) => embedded.call(request),
        }
    }

    /// Carries out a request without repeating it: for callers with a patience of their own.
    pub(crate) fn attempt<O: Operation + JsonEndpoint>(&self, request: O) -> Result<O::Response, Error> {
        match &self.inner.transport {
            Transport::Http(http) => http.call(&request, Repeat::Never),
            Transport::Embedded(embedded) => embedded.call(request),
        }
    }

    /// Whether the store takes ingest batches. A server that was not asked yet is asked if that is `worth_asking`.
    pub(crate) fn takes_ingest(&self, worth_asking: bool) -> Result<bool, Error> {
        match &self.inner.transport {
            Transport::Http(http) => http.takes_ingest(worth_asking),
            Transport::Embedded(_) => Ok(true),
        }
    }

    /// Sends an ingest batch without repeating it; `None` when the server turns out not to take such.
    pub(crate) fn attempt_ingest(&self, request: Ingest) -> Result<Option<IngestResponse>, Error> {
        match &self.inner.transport {
            Transport::Http(http) => http.ingest(&request),
            Transport::Embedded(embedded) => embedded.call(request).map(Some),
        }
    }

    /// The tracking URI as another process has to write it: without a password, and with an absolute path.
    pub fn lasting_uri(&self) -> String {
        match &self.inner.transport {
            Transport::Http(_) => self.inner.tracking_uri.clone(),
            Transport::Embedded(embedded) => embedded.lasting_uri(),
        }
    }

    /// The artifacts below a URI, as found in `artifact_uri` of a run or logged model.
    pub fn artifacts(&self, artifact_uri: &str) -> Result<ArtifactRepository, Error> {
        ArtifactRepository::open(self.clone(), artifact_uri)
    }

    pub(crate) fn transport(&self) -> &Transport {
        &self.inner.transport
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("tracking_uri", &self.inner.tracking_uri).finish_non_exhaustive()
    }
}
