//! Reader threads, each with a connection of its own that refuses to write.

use std::sync::Arc;

use super::{Session, Surroundings, connect, unavailable};
use crate::StoreError;
use crate::db::crew::Crew;
use crate::db::{Transaction, guarded};

/// Reads at the same time. More only fight for the processor and the page cache.
const MOST_THREADS: usize = 4;

/// Carries out one read and replies.
pub(super) type ReadJob = Box<dyn FnOnce(Result<(&Session, &Surroundings), StoreError>) + Send>;

/// The threads that read. The first job of each opens its connection.
pub(super) fn readers(surroundings: Arc<Surroundings>) -> Crew<ReadJob> {
    Crew::new("store-reader", MOST_THREADS, move || {
        let surroundings = Arc::clone(&surroundings);
        let mut session = None;
        Box::new(move |job| run(job, &mut session, &surroundings))
    })
}

/// Wraps work and its reply into a job.
pub(super) fn job<T, F, R>(mut work: F, reply: R) -> ReadJob
where
    T: Send + 'static,
    F: FnMut(&mut Transaction<'_>) -> Result<T, StoreError> + Send + 'static,
    R: FnOnce(Result<T, StoreError>) + Send + 'static,
{
    Box::new(move |opened| {
        reply(opened.and_then(|(session, surroundings)| in_transaction(session, surroundings, &mut work)))
    })
}

/// Runs a job on the thread's connection; one that cannot be opened is tried again by the next.
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
    let outcome = guarded(|| work(&mut surroundings.transaction(session)));
    // There is nothing to undo; ending the transaction lets checkpoints move on.
    if session.in_transaction() {
        session.execute("ROLLBACK", &[])?;
    }
    outcome
}
