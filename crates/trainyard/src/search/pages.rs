//! The pages of a search, and its items one by one.

use std::collections::VecDeque;
use std::fmt;

use super::{Search, Searched};
use crate::Error;

impl<R: Searched> Search<R> {
    /// How many items are fetched at a time; the store has a number of its own when it is not said.
    pub fn page_size(mut self, items: u32) -> Self {
        *self.request.max_results() = Some(items.into());
        self
    }

    /// The pages, for those who want to show or store them one by one.
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
    /// for page in client.search_experiments().page_size(100).pages() {
    ///     println!("{} experiments", page?.len());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn pages(self) -> Pages<R> {
        Pages { search: Some(self), begun: false }
    }
}

impl<R: Searched> IntoIterator for Search<R> {
    type Item = Result<R::Item, Error>;
    type IntoIter = Found<R>;

    fn into_iter(self) -> Found<R> {
        Found { pages: self.pages(), items: VecDeque::new() }
    }
}

/// The pages of a [`Search`].
///
/// ```
/// # fn main() -> Result<(), trainyard::Error> {
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// # client.experiment("iris")?;
/// let mut pages = client.search_experiments().page_size(1).pages();
/// assert_eq!(pages.next().expect("a page")?.len(), 1);
/// assert_eq!(pages.next().expect("another page")?.len(), 1);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Pages<R> {
    /// `None` behind the last page.
    search: Option<Search<R>>,
    begun: bool,
}

impl<R: Searched> Iterator for Pages<R> {
    type Item = Result<Vec<R::Item>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        // Behind an error nothing comes: the place in the list is lost.
        let mut search = self.search.take()?;
        if !self.begun {
            self.begun = true;
            let experiments = search.is_limited.then_some(search.experiments.as_slice());
            match search.request.prepare(&search.client, experiments) {
                Ok(Some(())) => {}
                Ok(None) => return None,
                Err(error) => return Some(Err(error)),
            }
        }
        let answer = match search.client.call(search.request.clone()) {
            Ok(answer) => answer,
            Err(error) => return Some(Err(error)),
        };
        let (items, token) = R::items(answer);
        if !token.is_empty() {
            *search.request.page_token() = token;
            self.search = Some(search);
        }
        Some(Ok(items))
    }
}

/// The items of a [`Search`], one by one.
///
/// ```
/// # fn main() -> Result<(), trainyard::Error> {
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// let mut experiments = client.search_experiments().into_iter();
/// assert_eq!(experiments.next().expect("there is always one")?.name, "Default");
/// assert!(experiments.next().is_none());
/// # Ok(())
/// # }
/// ```
pub struct Found<R: Searched> {
    pages: Pages<R>,
    items: VecDeque<R::Item>,
}

impl<R: Searched> Iterator for Found<R> {
    type Item = Result<R::Item, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(item) = self.items.pop_front() {
                return Some(Ok(item));
            }
            match self.pages.next()? {
                Ok(items) => self.items = items.into(),
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

impl<R: Searched> fmt::Debug for Found<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Found").field("fetched", &self.items.len()).finish_non_exhaustive()
    }
}
