//! The client: one interface over a tracking server and an embedded store.

use std::fmt;
use std::sync::Arc;

use trainyard_api::ingest::{Ingest, IngestResponse};
use trainyard_api::server_info::ServerInfo;

#[cfg(feature = "embedded")]
use crate::embedded::Embedded;
use crate::http::{Http, Repeat};
use crate::tracking_uri::{TrackingUri, default_tracking_uri, redact};
use crate::{ArtifactRepository, Error};

/// A connection to a tracking server or an embedded store. Cheap to clone and to share between threads.
///
/// Every method blocks until it is done, so none is for async code. A client made before a `fork` works in the child; for
/// the embedded store see [`fork`](crate::fork).
///
/// ```
/// use trainyard::Client;
/// use trainyard::api::experiments::{CreateExperiment, GetExperiment};
/// # fn main() -> Result<(), trainyard::Error> {
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let tracking_uri = format!("sqlite:///{}/yard.db", folder.path().display());
/// let client = Client::connect(&tracking_uri)?;
///
/// // Whatever the REST interface has is a request of `trainyard::api`.
/// let made = client.call(CreateExperiment { name: "iris".to_owned(), ..Default::default() })?;
/// let found = client.call(GetExperiment { experiment_id: made.experiment_id })?;
/// assert_eq!(found.experiment.name, "iris");
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Client {
    inner: Arc<Inner>,
}

struct Inner {
    tracking_uri: String,
    transport: Transport,
}

pub(crate) enum Transport {
    Http(Box<Http>),
    #[cfg(feature = "embedded")]
    Embedded(Embedded),
}

impl Transport {
    /// The server, where there is one.
    pub(crate) fn http(&self) -> Option<&Http> {
        match self {
            Self::Http(http) => Some(http),
            #[cfg(feature = "embedded")]
            Self::Embedded(_) => None,
        }
    }
}

/// A request that a [`Client`] carries out: any of [`api`](crate::api) that travels as JSON or as a query, except those of
/// artifacts, for which there is [`ArtifactRepository`]. Types of other crates cannot be requests.
///
/// ```
/// fn name<R: trainyard::Request>(_request: &R) -> &'static str {
///     R::PATH
/// }
/// assert_eq!(name(&trainyard::api::runs::GetRun::default()), "/runs/get");
/// ```
pub trait Request: sealed::Carried {}

impl<R: sealed::Carried> Request for R {}

/// The same requests whatever the crate was built with. With the embedded store they are asked to be operations of it as
/// well, which all that are `Stored` are.
mod sealed {
    use trainyard_api::{JsonEndpoint, Stored};

    #[cfg(feature = "embedded")]
    pub trait Carried: trainyard_store::Operation + JsonEndpoint + Stored {}
    #[cfg(feature = "embedded")]
    impl<R: trainyard_store::Operation + JsonEndpoint + Stored> Carried for R {}

    #[cfg(not(feature = "embedded"))]
    pub trait Carried: JsonEndpoint + Stored {}
    #[cfg(not(feature = "embedded"))]
    impl<R: JsonEndpoint + Stored> Carried for R {}
}

impl Client {
    /// A client of the server at `http(s)://…`, or of the database at `sqlite:///…` or `postgresql://…`.
    ///
    /// Nothing is contacted and no file is made before the first call.
    ///
    /// ```
    /// let client = trainyard::Client::connect("http://ann:secret@tracking.example:5000")?;
    /// assert_eq!(client.tracking_uri(), "http://ann:***@tracking.example:5000");
    /// # Ok::<(), trainyard::Error>(())
    /// ```
    pub fn connect(tracking_uri: &str) -> Result<Self, Error> {
        let transport = match TrackingUri::parse(tracking_uri)? {
            TrackingUri::Http { address, credentials } => Transport::Http(Box::new(Http::new(address, credentials)?)),
            #[cfg(feature = "embedded")]
            TrackingUri::Sqlite { database } => Transport::Embedded(Embedded::in_file(database)),
            #[cfg(feature = "embedded")]
            TrackingUri::Postgres { uri } => Transport::Embedded(Embedded::in_postgres(uri)),
            #[cfg(not(feature = "embedded"))]
            TrackingUri::Sqlite { .. } | TrackingUri::Postgres { .. } => {
                return Err(Error::Uri {
                    kind: "tracking URI",
                    uri: redact(tracking_uri),
                    reason: "this program was built without the embedded store; give it the address of a server, \
                             http://host:port, or build it with the feature `embedded` of the crate trainyard"
                        .to_owned(),
                });
            }
        };
        Ok(Self { inner: Arc::new(Inner { tracking_uri: redact(tracking_uri), transport }) })
    }

    /// A client of a URI as [`lasting_uri`](Self::lasting_uri) returns it; user and password are those of the environment.
    #[doc(hidden)]
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
    ///
    /// ```
    /// let client = trainyard::Client::from_env()?;
    /// println!("runs are kept in {}", client.tracking_uri());
    /// # Ok::<(), trainyard::Error>(())
    /// ```
    pub fn from_env() -> Result<Self, Error> {
        Self::connect(&default_tracking_uri())
    }

    /// The URI that the client was connected with; a password in it reads `***`.
    ///
    /// ```
    /// let client = trainyard::Client::connect("http://localhost:5000")?;
    /// assert_eq!(client.tracking_uri(), "http://localhost:5000");
    /// # Ok::<(), trainyard::Error>(())
    /// ```
    pub fn tracking_uri(&self) -> &str {
        &self.inner.tracking_uri
    }

    /// Carries out a request and waits for the answer.
    ///
    /// What this process has logged and not delivered yet does not show in answers; [`Run::flush`](crate::Run::flush)
    /// waits for it.
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
    /// use trainyard::api::experiments::CreateExperiment;
    ///
    /// let made = client.call(CreateExperiment { name: "iris".to_owned(), ..Default::default() })?;
    /// println!("experiment {}", made.experiment_id);
    /// # Ok(())
    /// # }
    /// ```
    pub fn call<R: Request>(&self, request: R) -> Result<R::Response, Error> {
        match &self.inner.transport {
            Transport::Http(http) => http.call(&request, Repeat::of::<R>()),
            #[cfg(feature = "embedded")]
            Transport::Embedded(embedded) => embedded.call(request),
        }
    }

    /// Carries out a request without repeating it: for callers with a patience of their own.
    pub(crate) fn attempt<R: Request>(&self, request: R) -> Result<R::Response, Error> {
        match &self.inner.transport {
            Transport::Http(http) => http.call(&request, Repeat::Never),
            #[cfg(feature = "embedded")]
            Transport::Embedded(embedded) => embedded.call(request),
        }
    }

    /// What the store can do, and its version. An older server of MLflow's does not tell, which is an error.
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
    /// let server = client.server_info()?;
    /// assert!(!server.trainyard_version.is_empty(), "a server, but none of Trainyard");
    /// # Ok(())
    /// # }
    /// ```
    pub fn server_info(&self) -> Result<ServerInfo, Error> {
        match &self.inner.transport {
            Transport::Http(http) => http.server_info(Repeat::Safe),
            #[cfg(feature = "embedded")]
            Transport::Embedded(_) => Ok(ServerInfo {
                artifact_serving_enabled: false,
                trainyard_version: env!("CARGO_PKG_VERSION").to_owned(),
                ingest_version: trainyard_api::ingest::VERSION,
                ..ServerInfo::default()
            }),
        }
    }

    /// For how long the store has asked to be left alone.
    pub(crate) fn retry_after(&self) -> Option<std::time::Duration> {
        self.inner.transport.http().and_then(Http::retry_after)
    }

    /// Whether the store takes ingest batches. A server that was not asked yet is asked if that is `worth_asking`.
    pub(crate) fn takes_ingest(&self, worth_asking: bool) -> Result<bool, Error> {
        match &self.inner.transport {
            Transport::Http(http) => http.takes_ingest(worth_asking),
            #[cfg(feature = "embedded")]
            Transport::Embedded(_) => Ok(true),
        }
    }

    /// Sends an ingest batch without repeating it; `None` when the server turns out not to take such.
    pub(crate) fn attempt_ingest(&self, request: Ingest) -> Result<Option<IngestResponse>, Error> {
        match &self.inner.transport {
            Transport::Http(http) => http.ingest(&request),
            #[cfg(feature = "embedded")]
            Transport::Embedded(embedded) => embedded.call(request).map(Some),
        }
    }

    /// The tracking URI as another process has to write it: without a password, and with an absolute path.
    #[doc(hidden)]
    pub fn lasting_uri(&self) -> String {
        match &self.inner.transport {
            Transport::Http(_) => self.inner.tracking_uri.clone(),
            #[cfg(feature = "embedded")]
            Transport::Embedded(embedded) => embedded.lasting_uri(),
        }
    }

    /// The artifacts below a URI, as found in `artifact_uri` of a run or logged model.
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
    /// # let run = client.start_run("iris", "")?;
    /// let artifacts = client.artifacts(&run.info().artifact_uri)?;
    /// artifacts.write("notes.txt", b"a first try")?;
    /// assert_eq!(artifacts.list("")?[0].path, "notes.txt");
    /// # Ok(())
    /// # }
    /// ```
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
