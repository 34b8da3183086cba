//! The client for async code, and its searches.

use std::fmt;

use tokio::task::{JoinHandle, spawn_blocking};

use super::{blocking, outcome};
use crate::{Error, Request, Search, Searched};

/// A connection to a tracking store, for async code. Cheap to clone.
///
/// ```
/// # #[tokio::main] async fn main() -> Result<(), trainyard::Error> {
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let tracking_uri = format!("sqlite:///{}/yard.db", folder.path().display());
/// use trainyard::asynchronous::Client;
///
/// let client = Client::from(trainyard::Client::connect(&tracking_uri)?);
/// let mut pages = client.pages(client.blocking().search_experiments());
/// while let Some(page) = pages.next().await {
///     println!("{} experiments", page?.len());
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Client {
    client: crate::Client,
}

impl From<crate::Client> for Client {
    fn from(client: crate::Client) -> Self {
        Self { client }
    }
}

impl Client {
    /// The client whose calls block, for those that need no waiting and for other threads.
    ///
    /// ```
    /// let client = trainyard::asynchronous::Client::from(trainyard::Client::connect("http://localhost:5000")?);
    /// assert_eq!(client.blocking().tracking_uri(), "http://localhost:5000");
    /// # Ok::<(), trainyard::Error>(())
    /// ```
    pub fn blocking(&self) -> &crate::Client {
        &self.client
    }

    /// Carries out a request; see [`crate::Client::call`].
    ///
    /// ```
    /// # #[tokio::main] async fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
    /// use trainyard::api::experiments::GetExperiment;
    ///
    /// let client = trainyard::asynchronous::Client::from(client);
    /// let found = client.call(GetExperiment { experiment_id: "0".into() }).await?;
    /// assert_eq!(found.experiment.name, "Default");
    /// # Ok(())
    /// # }
    /// ```
    pub async fn call<R: Request>(&self, request: R) -> Result<R::Response, Error> {
        let client = self.client.clone();
        blocking(move || client.call(request)).await
    }

    /// Does several things with the client on a thread that may be blocked.
    ///
    /// ```
    /// # #[tokio::main] async fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
    /// let client = trainyard::asynchronous::Client::from(client);
    /// let version = client.with(|client| client.register_model("s3://bucket/models/iris", "iris", &[])).await?;
    /// assert_eq!(version.version, "1");
    /// # Ok(())
    /// # }
    /// ```
    pub async fn with<T: Send + 'static>(
        &self,
        work: impl FnOnce(&crate::Client) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let client = self.client.clone();
        blocking(move || work(&client)).await
    }

    /// The pages of a search.
    ///
    /// ```
    /// # #[tokio::main] async fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
    /// let client = trainyard::asynchronous::Client::from(client);
    /// let mut pages = client.pages(client.blocking().search_experiments().filter("name = 'Default'"));
    /// let page = pages.next().await.expect("a page")?;
    /// assert_eq!(page[0].name, "Default");
    /// # Ok(())
    /// # }
    /// ```
    pub fn pages<R: Searched>(&self, search: Search<R>) -> Pages<R> {
        Pages { pages: Some(search.pages()), fetching: None }
    }
}

/// The pages of a search, for async code; see [`Client::pages`].
///
/// ```
/// # #[tokio::main] async fn main() -> Result<(), trainyard::Error> {
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use std::time::Duration;
///
/// let client = trainyard::asynchronous::Client::from(client);
/// let mut pages = client.pages(client.blocking().search_experiments());
/// // A page that did not arrive in time is not lost: the next call waits for the same one.
/// while let Ok(Some(page)) = tokio::time::timeout(Duration::from_secs(60), pages.next()).await {
///     println!("{} experiments", page?.len());
/// }
/// # Ok(())
/// # }
/// ```
pub struct Pages<R: Searched> {
    /// `None` while a page is under way, and behind an error.
    pages: Option<crate::Pages<R>>,
    /// The page under way. It stays here when nobody waits for it any more.
    fetching: Option<JoinHandle<Fetched<R>>>,
}

/// The pages that are left, and the next one.
type Fetched<R> = (crate::Pages<R>, Option<Result<Vec<<R as Searched>::Item>, Error>>);

impl<R: Searched> Pages<R> {
    /// The next page; `None` behind the last one. When the wait is given up, the next call goes on with it.
    pub async fn next(&mut self) -> Option<Result<Vec<R::Item>, Error>> {
        if let Some(mut pages) = self.pages.take() {
            self.fetching = Some(spawn_blocking(move || {
                let page = pages.next();
                (pages, page)
            }));
        }
        let fetched = self.fetching.as_mut()?.await;
        self.fetching = None;
        match outcome(fetched) {
            Ok((pages, page)) => {
                self.pages = Some(pages);
                page
            }
            Err(error) => Some(Err(error)),
        }
    }
}

impl<R: Searched> fmt::Debug for Pages<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages").field("fetching", &self.fetching.is_some()).finish_non_exhaustive()
    }
}
