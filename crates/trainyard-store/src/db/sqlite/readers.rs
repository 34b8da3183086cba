//! Reader threads, each with a connection of its own that refuses to write.
//!
//! They are started when there is more to read than threads to do it: a store that only writes never has one.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use super::{Session, Surroundings, connect, guarded, unavailable};
use crate::StoreError;
use crate::db::Transaction;

/// Reads at the same time. More only fight for the processor and the page cache.
const MOST_THREADS: usize = 4;

/// Carries out one read and replies.
pub(super) type ReadJob = Box<dyn FnOnce(Result<(&Session, &Surroundings), StoreError>) + Send>;

/// The reader threads and the queue they take from.
pub(super) struct Readers {
    shared: Arc<Shared>,
    threads: Mutex<Vec<JoinHandle<()>>>,
    surroundings: Arc<Surroundings>,
}

struct Shared {
    queue: Mutex<Queue>,
    arrived: Condvar,
    /// Jobs queued or running.
    unfinished: AtomicUsize,
}

#[derive(Default)]
struct Queue {
    jobs: std::collections::VecDeque<ReadJob>,
    closed: bool,
}

impl Readers {
    pub(super) fn new(surroundings: Arc<Surroundings>) -> Self {
        let shared = Shared { queue: Mutex::default(), arrived: Condvar::new(), unfinished: AtomicUsize::new(0) };
        Self { shared: Arc::new(shared), threads: Mutex::default(), surroundings }
    }

    /// Queues a job for the next free thread.
    pub(super) fn submit(&self, job: ReadJob) {
        let unfinished = self.shared.unfinished.fetch_add(1, Ordering::Relaxed) + 1;
        lock(&self.shared.queue).jobs.push_back(job);
        self.shared.arrived.notify_one();
        let mut threads = lock(&self.threads);
        if threads.len() < unfinished.min(MOST_THREADS) {
            match start(Arc::clone(&self.shared), Arc::clone(&self.surroundings)) {
                Ok(thread) => threads.push(thread),
                Err(error) if threads.is_empty() => {
                    tracing::error!(%error, "no thread for reading could be started");
                    // Dropped jobs drop their replies, which whoever waits reads as a closed store.
                    lock(&self.shared.queue).jobs.clear();
                }
                Err(error) => tracing::warn!(%error, "no further thread for reading could be started"),
            }
        }
    }
}

impl Drop for Readers {
    fn drop(&mut self) {
        lock(&self.shared.queue).closed = true;
        self.shared.arrived.notify_all();
        for thread in std::mem::take(&mut *lock(&self.threads)) {
            // The last clone of a store may be dropped by a closure that a reader itself runs.
            if thread.thread().id() != std::thread::current().id() {
                let _ = thread.join();
            }
        }
    }
}

/// Wraps work and its reply into a job.
pub(super) fn job<T, F, R>(work: F, reply: R) -> ReadJob
where
    T: Send + 'static,
    F: FnOnce(&mut Transaction<'_>) -> Result<T, StoreError> + Send + 'static,
    R: FnOnce(Result<T, StoreError>) + Send + 'static,
{
    Box::new(move |opened| {
        reply(opened.and_then(|(session, surroundings)| in_transaction(session, surroundings, work)))
    })
}

fn start(shared: Arc<Shared>, surroundings: Arc<Surroundings>) -> std::io::Result<JoinHandle<()>> {
    std::thread::Builder::new().name("store-reader".to_owned()).spawn(move || {
        let mut session = None;
        while let Some(job) = next(&shared) {
            run(job, &mut session, &surroundings);
            shared.unfinished.fetch_sub(1, Ordering::Relaxed);
        }
    })
}

fn next(shared: &Shared) -> Option<ReadJob> {
    let mut queue = lock(&shared.queue);
    loop {
        if let Some(job) = queue.jobs.pop_front() {
            return Some(job);
        }
        if queue.closed {
            return None;
        }
        queue = shared.arrived.wait(queue).unwrap_or_else(PoisonError::into_inner);
    }
}

/// Runs a job on the thread's connection, opened by the first; one that cannot be opened is tried again by the next.
fn run(job: ReadJob, session: &mut Option<Session>, surroundings: &Surroundings) {
    if session.is_none() {
        match connect::for_reading(&surroundings.path) {
            Ok(opened) => *session = Some(opened),
            Err(error) => return job(Err(unavailable(&error))),
        }
    }
    if let Some(session) = session {
        job(Ok((session, surroundings)));
    }
}

/// Runs `work` on one consistent state of the database.
fn in_transaction<T>(
    session: &Session,
    surroundings: &Surroundings,
    work: impl FnOnce(&mut Transaction<'_>) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    session.execute("BEGIN DEFERRED", &[])?;
    let Surroundings { sources, artifact_root, outbox, .. } = surroundings;
    let outcome = guarded(|| work(&mut Transaction::new(session, sources, artifact_root, outbox)));
    // There is nothing to undo; ending the transaction lets checkpoints move on.
    if session.in_transaction() {
        session.execute("ROLLBACK", &[])?;
    }
    outcome
}

/// Locks even after a panic elsewhere: no state behind these locks is ever half-changed.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
