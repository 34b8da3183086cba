//! The writer thread: group commit.
//!
//! All waiting writes go into one transaction, each in a savepoint of its own, so that a bad one fails alone and one
//! sync of the disk serves them all. They are answered after the commit.

use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TrySendError;

use super::{Session, Surroundings};
use crate::StoreError;
use crate::db::{DbError, Transaction, Waiting, guarded};
use crate::tracking::columns;

/// Writes that may wait; whoever brings more waits for a place.
const QUEUE: usize = 256;
/// A transaction takes no further writes after this long, so that those in it are answered.
const LONGEST_TRANSACTION: Duration = Duration::from_millis(50);
/// With no pause between transactions other processes would never find the file unlocked.
const LONGEST_TURN: Duration = Duration::from_millis(200);
/// Longer than other processes sleep between two tries.
const PAUSE: Duration = Duration::from_millis(3);

/// Carries out one write inside the open transaction; what it returns tells the caller how the commit went.
pub(in crate::db) type WriteJob = Box<dyn FnOnce(Opened<'_>) -> Answer + Send>;
/// An open transaction, or why there is none.
type Opened<'c> = Result<Turn<'c>, DbError>;
type Answer = Box<dyn FnOnce(Result<(), DbError>)>;

/// The thread that owns the only connection that writes.
pub(super) struct Writer {
    queue: Option<mpsc::Sender<WriteJob>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    pub(super) fn start(session: Session, surroundings: Arc<Surroundings>) -> Result<Self, StoreError> {
        let (queue, jobs) = mpsc::channel(QUEUE);
        let thread = std::thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || run(&session, &surroundings, jobs))
            .map_err(|error| DbError::Unavailable(format!("no thread for the writer: {error}")))?;
        Ok(Self { queue: Some(queue), thread: Some(thread) })
    }

    /// How many jobs are in the queue.
    pub(super) fn waiting(&self) -> usize {
        self.queue.as_ref().map_or(0, |queue| queue.max_capacity() - queue.capacity())
    }

    /// Queues a job, or hands it back when the queue is full.
    pub(super) fn submit(&self, job: WriteJob) -> Result<(), Waiting<WriteJob>> {
        let Some(queue) = &self.queue else { return Ok(()) };
        match queue.try_send(job) {
            Err(TrySendError::Full(job)) => Err(Waiting { queue: queue.clone(), job }),
            // A job dropped with its reply is read as "closed" by whoever waits for it.
            Ok(()) | Err(TrySendError::Closed(_)) => Ok(()),
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        drop(self.queue.take());
        if let Some(thread) = self.thread.take()
            // The last clone of a store may be dropped by a closure that the writer itself runs.
            && thread.thread().id() != std::thread::current().id()
        {
            let _ = thread.join();
        }
    }
}

/// Wraps work and its reply into a job.
pub(super) fn job<T, F, R>(mut work: F, reply: R) -> WriteJob
where
    T: Send + 'static,
    F: FnMut(&mut Transaction<'_>) -> Result<T, StoreError> + Send + 'static,
    R: FnOnce(Result<T, StoreError>) + Send + 'static,
{
    Box::new(move |opened| {
        let outcome = match opened {
            Ok(turn) => turn.take(&mut work),
            Err(error) => Err(error.into()),
        };
        Box::new(move |commit| reply(outcome.and_then(|value| commit.map(|()| value).map_err(StoreError::from))))
    })
}

fn run(session: &Session, surroundings: &Surroundings, mut jobs: mpsc::Receiver<WriteJob>) {
    let mut turn = Instant::now();
    loop {
        let job = match jobs.try_recv() {
            Ok(job) => job,
            Err(_) => match jobs.blocking_recv() {
                Some(job) => {
                    turn = Instant::now();
                    job
                }
                None => break,
            },
        };
        if turn.elapsed() > LONGEST_TURN {
            std::thread::sleep(PAUSE);
            turn = Instant::now();
        }
        transact(session, surroundings, job, &mut jobs);
    }
    // Failing does no harm: the log is complete, and the next to open the file reads it.
    if let Err(error) = session.batch("PRAGMA wal_checkpoint(TRUNCATE)") {
        tracing::warn!(%error, "the write-ahead log was left for the next start");
    }
}

fn transact(session: &Session, surroundings: &Surroundings, first: WriteJob, jobs: &mut mpsc::Receiver<WriteJob>) {
    if let Err(error) = session.execute("BEGIN IMMEDIATE", &[]) {
        first(Err(error))(Ok(()));
        return;
    }
    let began = Instant::now();
    let changes = &surroundings.context.changes;
    let noted = changes.are_wanted();
    let turn = |alone| Ok(Turn { session, surroundings, alone });
    let mut answers = vec![first(turn(true))];
    while session.in_transaction() && began.elapsed() < LONGEST_TRANSACTION {
        let Ok(job) = jobs.try_recv() else { break };
        answers.push(job(turn(false)));
    }
    let commit = commit(session, surroundings);
    if commit.is_ok() {
        changes.tell(session.notes.changes.take());
        if !noted && changes.are_wanted() {
            // Whoever has begun to listen meanwhile does not know what was changed before.
            changes.tell_missed();
        }
    }
    session.notes.clear();
    for answer in answers {
        answer(commit.clone());
    }
}

fn commit(session: &Session, surroundings: &Surroundings) -> Result<(), DbError> {
    if !session.in_transaction() {
        return Err(DbError::Unavailable("the transaction was ended by an earlier error of the disk".to_owned()));
    }
    let names = columns::write_down(&mut surroundings.transaction(session));
    names.and_then(|()| session.execute("COMMIT", &[]).map(drop)).inspect_err(|_| {
        if session.in_transaction() {
            // Nothing else can be done about a rollback that fails.
            let _ = session.execute("ROLLBACK", &[]);
        }
    })
}

/// One job's turn in the open transaction.
pub(in crate::db) struct Turn<'c> {
    session: &'c Session,
    surroundings: &'c Surroundings,
    /// Nothing else is in the transaction yet: to undo this job is to roll back, and a savepoint, which makes SQLite
    /// copy every page before it changes it, is not needed.
    alone: bool,
}

impl Turn<'_> {
    /// Runs `work` so that its failure undoes all of it and nothing of its neighbours.
    fn take<T>(self, work: impl FnOnce(&mut Transaction<'_>) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let Self { session, surroundings, alone } = self;
        let names = session.notes.mark();
        if !alone {
            session.execute("SAVEPOINT job", &[])?;
        }
        let outcome = guarded(|| work(&mut surroundings.transaction(session)));
        let released = match &outcome {
            Ok(_) if !alone => session.execute("RELEASE job", &[]).map(drop),
            _ => Ok(()),
        };
        if outcome.is_err() || released.is_err() {
            session.notes.cut_back(names);
            self.undo();
        }
        outcome.and_then(|value| released.map(|()| value).map_err(StoreError::from))
    }

    /// Rolls back to the savepoint or, where there is none or that fails, all of the transaction: nothing half-done is
    /// ever committed.
    fn undo(&self) {
        if !self.session.in_transaction() {
            return;
        }
        let run = |sql| self.session.execute(sql, &[]);
        let undone = !self.alone && run("ROLLBACK TO job").and_then(|_| run("RELEASE job")).is_ok();
        if !undone && self.session.in_transaction() {
            let _ = run("ROLLBACK");
        }
    }
}
