//! The store as programs hold it: open it, hand it work, wait for the answer.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, ready};

use tokio::sync::{broadcast, oneshot};

use crate::db::{Database, Place as Queued, PostgresOptions, RunNews, Signal, Sources, Transaction, lock};
use crate::gathering::{Gatherings, Group};
use crate::registry::webhooks::secret::SecretKey;
use crate::{Access, Operation, StoreError};

/// What a store needs to know beside its address.
#[derive(Debug, Clone)]
pub struct StoreOptions {
    /// URI below which new experiments keep their artifacts.
    pub artifact_root: ArtifactRoot,
    /// What the secrets of webhooks are encrypted with in the database; without it they stand there as they are.
    pub webhook_key: Option<SecretKey>,
    /// Whether values of params and tags that are too long are cut to what is kept of them; else they are refused.
    pub truncate_long_values: bool,
    /// How a PostgreSQL database is used.
    pub postgres: PostgresOptions,
}

#[cfg(test)]
impl StoreOptions {
    /// Those of a store in a test of this crate.
    pub(crate) fn for_tests() -> Self {
        Self {
            artifact_root: ArtifactRoot::Managed("mlflow-artifacts:/".to_owned()),
            webhook_key: None,
            truncate_long_values: true,
            postgres: PostgresOptions::default(),
        }
    }
}

/// Where the artifacts of experiments without a location of their own lie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ArtifactRoot {
    /// The program's own place (`mlflow-artifacts:/`, `./yard/artifacts`): resolved whenever an experiment is read,
    /// so that one data folder serves a server and embedded runs alike.
    Managed(String),
    /// Named by the operator: written into each experiment when it is made.
    Pinned(String),
}

impl ArtifactRoot {
    /// The location of an experiment that has none of its own: `<root>/<id>`.
    pub fn location(&self, experiment_id: i64) -> String {
        format!("{}/{experiment_id}", self.prefix())
    }

    /// The location that a new experiment is given for good; `None` when it is resolved on reading.
    pub fn pinned(&self, experiment_id: i64) -> Option<String> {
        match self {
            Self::Managed(_) => None,
            Self::Pinned(_) => Some(self.location(experiment_id)),
        }
    }

    /// What stands before `/<id>` in a location.
    pub fn prefix(&self) -> &str {
        let (Self::Managed(root) | Self::Pinned(root)) = self;
        root.trim_end_matches('/')
    }
}

/// A tracking store. Cheap to clone; the last clone dropped finishes its work, flushes and checkpoints.
#[derive(Clone)]
pub struct Store {
    database: Arc<Database>,
    gatherings: Arc<Gatherings>,
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store").finish_non_exhaustive()
    }
}

impl Store {
    /// Opens the store at `sqlite:///relative.db`, `sqlite:////absolute.db` or `postgresql://user@host/database`; makes and
    /// migrates it as needed.
    pub fn open(uri: &str, options: StoreOptions) -> Result<Self, StoreError> {
        Self::open_with(uri, options, Sources::default())
    }

    /// As [`Store::open`], with a clock and a source of ids of the caller's.
    pub fn open_with(uri: &str, options: StoreOptions, sources: Sources) -> Result<Self, StoreError> {
        let database = Database::open(uri, options, sources)?;
        Ok(Self { database: Arc::new(database), gatherings: Arc::default() })
    }

    /// Runs a closure in a transaction that writes; the answer comes after the commit.
    ///
    /// On PostgreSQL it may be run again, when others were in the way or a connection broke: what was done is then undone.
    /// When as many writes wait as may, this one takes its place in the queue while its answer is awaited.
    pub fn write<T, F>(&self, work: F) -> Pending<T>
    where
        T: Send + 'static,
        F: FnMut(&mut Transaction<'_>) -> Result<T, StoreError> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        // Nobody listens to the answer of a request whose client has gone away.
        let entered = self.database.write(work, move |outcome| drop(reply.send(outcome)));
        let place = match entered {
            Ok(()) => Place::Taken,
            Err(waiting) => Place::Wanted(self.clone(), waiting),
        };
        Pending { place, answer, _interest: None }
    }

    /// Runs a closure on a read-only connection. It sees every write that has been answered. Where nobody waits for its answer
    /// any more, it fails at its next statement, or in the middle of a long one.
    pub fn read<T, F>(&self, work: F) -> Pending<T>
    where
        T: Send + 'static,
        F: FnMut(&mut Transaction<'_>) -> Result<T, StoreError> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let given_up = Arc::new(AtomicBool::new(false));
        let interest = Some(Interest(Arc::clone(&given_up)));
        let mut work = work;
        let work = move |tx: &mut Transaction<'_>| {
            tx.give_up_on(&given_up)?;
            work(tx)
        };
        self.database.read(work, move |outcome| drop(reply.send(outcome)));
        Pending { place: Place::Taken, answer, _interest: interest }
    }

    /// How many writes wait for their transaction in this process. Work that can wait gives way to them.
    pub fn writes_waiting(&self) -> usize {
        self.database.writes_waiting()
    }

    /// Carries out what may not stand in a transaction; blocking.
    pub(crate) fn upkeep(&self, statements: &[String]) -> Result<(), StoreError> {
        self.database.upkeep(statements)
    }

    /// Hears of what happens from now on: on PostgreSQL whichever server wrote it, else in this process.
    pub fn signals(&self) -> broadcast::Receiver<Signal> {
        self.database.signals()
    }

    /// Hears of changes of runs from now on, after they have been committed: on PostgreSQL whichever server made them, else
    /// those of this process. Changes are only collected while somebody listens.
    pub fn run_changes(&self) -> broadcast::Receiver<RunNews> {
        self.database.run_changes()
    }

    /// Carries out a request of the REST interface.
    pub fn execute<O: Operation>(&self, request: O) -> Pending<O::Response> {
        let request = match self.gather(request) {
            Ok(pending) => return pending,
            Err(request) => request,
        };
        let repeats = self.database.repeats();
        let mut request = Some(request);
        let work = move |tx: &mut Transaction<'_>| {
            let taken = if repeats { request.clone() } else { request.take() };
            taken.ok_or(StoreError::Closed)?.execute(tx)
        };
        match O::ACCESS {
            Access::Read => self.read(work),
            Access::Write => self.write(work),
        }
    }
}

impl Store {
    /// Has a request carried out together with others, if it can be and there is a place in the queue.
    fn gather<O: Operation>(&self, request: O) -> Result<Pending<O::Response>, O> {
        let gatherings = Arc::clone(&self.gatherings);
        let Some(gathering) = request.gathering(&gatherings) else { return Err(request) };
        let submit = |group: Group<O>| {
            let group = Arc::new(Mutex::new(group));
            let answered = Arc::clone(&group);
            self.database.write(move |tx| lock(&group).execute(tx), move |outcomes| lock(&answered).answer(outcomes))
        };
        gathering.join(request, submit).map(|answer| Pending { place: Place::Taken, answer, _interest: None })
    }
}

/// An answer under way: `.await` it, or block with [`Pending::wait`] outside of async code. Dropped, a write is carried out all
/// the same, and a read is given up.
pub struct Pending<T> {
    place: Place,
    answer: oneshot::Receiver<Result<T, StoreError>>,
    /// Of a read.
    _interest: Option<Interest>,
}

/// Tells a read, when it is dropped, that nobody waits for it any more.
struct Interest(Arc<AtomicBool>);

impl Drop for Interest {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Where the work is. The store stays open for work that is not in the queue yet.
enum Place {
    Taken,
    Wanted(Store, Queued),
    Entering(Pin<Box<dyn Future<Output = ()> + Send>>),
}

impl<T> Pending<T> {
    /// Blocks until the answer is there. Panics inside an async runtime.
    pub fn wait(self) -> Result<T, StoreError> {
        match self.place {
            Place::Taken => {}
            Place::Wanted(_store, waiting) => waiting.enter_blocking(),
            Place::Entering(_) => return Err(StoreError::Closed),
        }
        self.answer.blocking_recv().unwrap_or(Err(StoreError::Closed))
    }
}

impl<T> Future for Pending<T> {
    type Output = Result<T, StoreError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if let Place::Wanted(..) = self.place
            && let Place::Wanted(store, waiting) = std::mem::replace(&mut self.place, Place::Taken)
        {
            self.place = Place::Entering(Box::pin(async move {
                waiting.enter().await;
                drop(store);
            }));
        }
        if let Place::Entering(entering) = &mut self.place {
            ready!(entering.as_mut().poll(context));
            self.place = Place::Taken;
        }
        Pin::new(&mut self.answer).poll(context).map(|answer| answer.unwrap_or(Err(StoreError::Closed)))
    }
}
