//! Reader threads, each with a connection of its own whose transactions refuse to write.

use std::sync::Arc;
use std::time::Instant;

use super::error::Trouble;
use super::{Session, Surroundings};
use crate::StoreError;
use crate::db::crew::Crew;
use crate::db::{DbError, Transaction, guarded};

/// Tries of one read, on a connection each: one that breaks every connection is given up.
const MOST_TRIES: u32 = 6;

/// One read on its way.
pub(super) type ReadJob = Box<dyn Read>;

/// What a read does, and who hears of it.
pub(super) trait Read: Send {
    /// Reads; the answer is kept.
    fn run(&mut self, tx: &mut Transaction<'_>);

    /// Answers with what was read last, or with why nothing could be.
    fn answer(self: Box<Self>, failed: Option<StoreError>);

    /// When it was queued.
    fn queued(&self) -> Instant;
}

/// The threads that read.
pub(super) fn readers(surroundings: Arc<Surroundings>, most: usize) -> Crew<ReadJob> {
    Crew::new("store-reader", most, move || {
        let surroundings = Arc::clone(&surroundings);
        let mut session = None;
        Box::new(move |job| run(job, &mut session, &surroundings))
    })
}

/// Wraps work and its reply into a job.
pub(super) fn job<T, F, R>(work: F, reply: R) -> ReadJob
where
    T: Send + 'static,
    F: FnMut(&mut Transaction<'_>) -> Result<T, StoreError> + Send + 'static,
    R: FnOnce(Result<T, StoreError>) + Send + 'static,
{
    Box::new(Job { work, reply, outcome: Err(StoreError::Closed), queued: Instant::now() })
}

struct Job<T, F, R> {
    work: F,
    reply: R,
    outcome: Result<T, StoreError>,
    queued: Instant,
}

impl<T, F, R> Read for Job<T, F, R>
where
    T: Send,
    F: FnMut(&mut Transaction<'_>) -> Result<T, StoreError> + Send,
    R: FnOnce(Result<T, StoreError>) + Send,
{
    fn run(&mut self, tx: &mut Transaction<'_>) {
        self.outcome = guarded(|| (self.work)(tx));
    }

    fn answer(self: Box<Self>, failed: Option<StoreError>) {
        let Self { reply, outcome, .. } = *self;
        reply(failed.map_or(outcome, Err));
    }

    fn queued(&self) -> Instant {
        self.queued
    }
}

/// Reads on one consistent state of the database. What a lost connection has spoiled is read again on another.
fn run(mut job: ReadJob, session: &mut Option<Session>, surroundings: &Surroundings) {
    let deadline = job.queued() + surroundings.connector.options.acquire_timeout;
    for _ in 0..MOST_TRIES {
        let open = match session.take() {
            Some(open) => open,
            None => match surroundings.connector.reading_until(deadline) {
                Ok(opened) => opened,
                Err(error) => return job.answer(Some(error.into())),
            },
        };
        open.forget();
        open.defer("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
        job.run(&mut surroundings.transaction(&open));
        if open.trouble() == Trouble::Lost {
            continue;
        }
        job.answer(None);
        // There is nothing to undo, and nobody has to wait for it.
        open.defer("ROLLBACK");
        if open.settle().is_ok() {
            *session = Some(open);
        }
        return;
    }
    job.answer(Some(DbError::Unavailable("the connection broke again and again".to_owned()).into()));
}
