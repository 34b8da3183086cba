//! Writer threads: group commit on several connections.
//!
//! A writer takes all jobs that wait into one transaction, so that one sync of the disk serves them all, and answers them
//! after the commit. The next takes what has come meanwhile. A job can be carried out again: where others were in the way,
//! where a neighbour has to be undone, or where the connection broke before the commit was asked for.

use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TrySendError;

use super::error::Trouble;
use super::{Session, Surroundings};
use crate::StoreError;

use crate::db::{DbError, Transaction, Waiting, guarded, lock};
use crate::tracking::columns;

/// Writes that may wait; whoever brings more waits for a place.
const QUEUE: usize = 256;
/// Jobs of one transaction. PostgreSQL keeps 64 savepoints at hand.
const MOST_JOBS: usize = 48;
/// A transaction takes no further jobs after this long, so that those in it are answered.
const LONGEST_TRANSACTION: Duration = Duration::from_millis(50);
/// Tries of a transaction that is in the way of others, after the first with one job only.
const MOST_CONFLICTS: u32 = 12;
/// How long no writer has taken a job, though some wait, before another is started.
const STUCK: Duration = Duration::from_millis(20);
/// Jobs that share a transaction lock rows in the order in which they came, so two transactions may each wait for the other.
/// The database looks for that after a second; they rather give up before, and go on one by one. A job by itself locks rows in
/// the order of all others, and waits as long as a statement may take.
const BEGIN_TOGETHER: &str = "BEGIN; SET LOCAL lock_timeout = 200";
/// Connections that may break under a job before it is taken for the cause.
const MOST_LOSSES: u32 = 4;

/// One write on its way.
pub(in crate::db) type WriteJob = Box<dyn Write>;

/// What a write does, and who hears of it.
pub(in crate::db) trait Write: Send {
    /// Carries it out as if it were the first time; the answer is kept. Whether it succeeded.
    fn run(&mut self, tx: &mut Transaction<'_>) -> bool;

    /// Makes the kept answer an error.
    fn refuse(&mut self, error: DbError);

    /// Answers with what was kept, or with why it was not committed. What was refused is refused either way.
    fn answer(self: Box<Self>, commit: Result<(), DbError>);

    /// When it was queued.
    fn queued(&self) -> Instant;
}

/// Wraps work and its reply into a job.
pub(super) fn job<T, F, R>(work: F, reply: R) -> WriteJob
where
    T: Send + 'static,
    F: FnMut(&mut Transaction<'_>) -> Result<T, StoreError> + Send + 'static,
    R: FnOnce(Result<T, StoreError>) + Send + 'static,
{
    Box::new(Job { work, reply, outcome: None, queued: Instant::now() })
}

struct Job<T, F, R> {
    work: F,
    reply: R,
    outcome: Option<Result<T, StoreError>>,
    queued: Instant,
}

impl<T, F, R> Write for Job<T, F, R>
where
    T: Send,
    F: FnMut(&mut Transaction<'_>) -> Result<T, StoreError> + Send,
    R: FnOnce(Result<T, StoreError>) + Send,
{
    fn run(&mut self, tx: &mut Transaction<'_>) -> bool {
        let outcome = guarded(|| (self.work)(tx));
        let succeeded = outcome.is_ok();
        self.outcome = Some(outcome);
        succeeded
    }

    fn refuse(&mut self, error: DbError) {
        self.outcome = Some(Err(error.into()));
    }

    fn answer(self: Box<Self>, commit: Result<(), DbError>) {
        let Self { reply, outcome, .. } = *self;
        reply(match (outcome, commit) {
            (Some(Err(error)), _) => Err(error),
            (_, Err(error)) => Err(error.into()),
            (Some(Ok(value)), Ok(())) => Ok(value),
            (None, Ok(())) => Err(StoreError::Closed),
        });
    }

    fn queued(&self) -> Instant {
        self.queued
    }
}

/// The writer threads and their queue. A thread is started when jobs wait and no thread is free.
pub(super) struct Writers {
    queue: Option<mpsc::Sender<WriteJob>>,
    shared: Arc<Shared>,
    threads: Mutex<Vec<JoinHandle<()>>>,
    most: usize,
}

struct Shared {
    jobs: Mutex<mpsc::Receiver<WriteJob>>,
    /// Threads that wait for a job.
    idle: AtomicUsize,
    /// How many times jobs have been taken.
    taken: AtomicU64,
    /// Whether a thread waits to see whether the writers are stuck.
    watched: AtomicBool,
    surroundings: Arc<Surroundings>,
}

impl Shared {
    /// Watches the queue until it is empty, or jobs are in it and nobody has taken any for a while; whether the latter.
    fn becomes_stuck(&self) -> bool {
        loop {
            let taken = self.taken.load(Ordering::SeqCst);
            std::thread::sleep(STUCK);
            if self.jobs_wait() && self.taken.load(Ordering::SeqCst) == taken {
                self.watched.store(false, Ordering::SeqCst);
                return true;
            }
            if !self.jobs_wait() {
                self.watched.store(false, Ordering::SeqCst);
                // A job that came just before that has been left to this thread.
                if !self.jobs_wait() || self.watched.swap(true, Ordering::SeqCst) {
                    return false;
                }
            }
        }
    }

    /// Whether there are jobs that nobody is about to take.
    fn jobs_wait(&self) -> bool {
        self.jobs.try_lock().is_ok_and(|jobs| !jobs.is_empty())
    }
}

impl Writers {
    pub(super) fn new(surroundings: Arc<Surroundings>, most: usize) -> Self {
        let (queue, jobs) = mpsc::channel(QUEUE);
        let shared = Shared {
            jobs: Mutex::new(jobs),
            idle: AtomicUsize::new(0),
            taken: AtomicU64::new(0),
            watched: AtomicBool::new(false),
            surroundings,
        };
        Self { queue: Some(queue), shared: Arc::new(shared), threads: Mutex::default(), most }
    }

    /// How many jobs are in the queue.
    pub(super) fn waiting(&self) -> usize {
        self.queue.as_ref().map_or(0, |queue| queue.max_capacity() - queue.capacity())
    }

    /// Queues a job, or hands it back when the queue is full.
    pub(super) fn submit(&self, job: WriteJob) -> Result<(), Waiting<WriteJob>> {
        let Some(queue) = &self.queue else { return Ok(()) };
        let others_wait = self.waiting() > 0;
        let entered = match queue.try_send(job) {
            Err(TrySendError::Full(job)) => Err(Waiting { queue: queue.clone(), job }),
            // A job dropped with its reply is read as "closed" by whoever waits for it.
            Ok(()) | Err(TrySendError::Closed(_)) => Ok(()),
        };
        // Asked now: one that was idle before may meanwhile have taken the job of somebody else.
        if self.shared.idle.load(Ordering::SeqCst) == 0 {
            self.start_another(others_wait);
        }
        entered
    }

    /// Starts another writer if there may be one: at once where there is none yet or jobs queue up, else if those that there
    /// are turn out to be stuck. One who writes and waits, over and over, needs one writer only: while it answers, nothing is
    /// in the queue.
    fn start_another(&self, others_wait: bool) {
        let mut threads = lock(&self.threads);
        threads.retain(|thread| !thread.is_finished());
        if threads.len() >= self.most {
            return;
        }
        let at_once = others_wait || threads.is_empty();
        if !at_once && self.shared.watched.swap(true, Ordering::SeqCst) {
            return;
        }
        let shared = Arc::clone(&self.shared);
        let work = move || {
            if at_once || shared.becomes_stuck() {
                run(&shared);
            }
        };
        match std::thread::Builder::new().name("store-writer".to_owned()).spawn(work) {
            Ok(thread) => threads.push(thread),
            Err(error) => {
                tracing::error!(%error, "no further thread for writing could be started");
                if threads.is_empty() {
                    // Whoever waits for an answer hears that the store is closed.
                    lock(&self.shared.jobs).close();
                }
            }
        }
    }
}

impl Drop for Writers {
    fn drop(&mut self) {
        drop(self.queue.take());
        for thread in std::mem::take(&mut *lock(&self.threads)) {
            // The last clone of a store may be dropped by a closure that a writer itself runs.
            if thread.thread().id() != std::thread::current().id() {
                let _ = thread.join();
            }
        }
    }
}

fn run(shared: &Shared) {
    let mut writer = Writer { session: None, surroundings: &shared.surroundings };
    while let Some(jobs) = next(shared) {
        writer.carry_out(jobs);
    }
}

/// All jobs that wait, as many as fit; none once the store is closed.
fn next(shared: &Shared) -> Option<Vec<WriteJob>> {
    shared.idle.fetch_add(1, Ordering::SeqCst);
    let mut waiting = lock(&shared.jobs);
    let first = waiting.blocking_recv();
    shared.idle.fetch_sub(1, Ordering::SeqCst);
    shared.taken.fetch_add(1, Ordering::SeqCst);
    let mut jobs = vec![first?];
    while jobs.len() < MOST_JOBS
        && let Ok(job) = waiting.try_recv()
    {
        jobs.push(job);
    }
    Some(jobs)
}

/// A thread's connection, opened by its first job and anew whenever it is lost.
struct Writer<'s> {
    session: Option<Session>,
    surroundings: &'s Surroundings,
}

/// How one transaction went.
enum Outcome {
    /// So many of the jobs were carried out and committed.
    Committed(usize),
    /// So many were carried out, and it is not known, or not so, that they were committed.
    NotCommitted(usize, DbError),
    /// Nothing of it is there. Others were in the way.
    Conflict(DbError),
    /// Nothing of it is there. A job has to be undone, and the others can only be kept apart by savepoints.
    Apart,
    /// Nothing of it is there: the connection broke before the commit was asked for.
    Lost,
}

impl Writer<'_> {
    fn carry_out(&mut self, mut jobs: Vec<WriteJob>) {
        let (mut conflicts, mut losses, mut apart) = (0, 0, false);
        while let Some(first) = jobs.first() {
            let deadline = first.queued() + self.surroundings.connector.options.acquire_timeout;
            let session = match self.session.take() {
                Some(session) => session,
                None => match self.surroundings.connector.writing_until(deadline) {
                    Ok(session) => session,
                    Err(error) => {
                        // Those that have not waited as long yet are not better off with a server that is away.
                        jobs.drain(..).for_each(|job| job.answer(Err(error.clone())));
                        return;
                    }
                },
            };
            let most = if conflicts < 1 && losses < 2 { jobs.len() } else { 1 };
            let outcome = transact(&session, self.surroundings, &mut jobs[..most], apart);
            if session.trouble() < Trouble::Lost {
                self.session = Some(session);
            }
            match outcome {
                Outcome::Committed(count) => {
                    jobs.drain(..count).for_each(|job| job.answer(Ok(())));
                    (conflicts, losses, apart) = (0, 0, false);
                }
                Outcome::NotCommitted(count, error) => {
                    jobs.drain(..count).for_each(|job| job.answer(Err(error.clone())));
                    (conflicts, losses, apart) = (0, 0, false);
                }
                Outcome::Apart => apart = true,
                Outcome::Conflict(_) if conflicts < MOST_CONFLICTS => {
                    conflicts += 1;
                    std::thread::sleep(self.pause(conflicts));
                }
                Outcome::Conflict(error) => {
                    jobs.remove(0).answer(Err(error));
                    conflicts = 0;
                }
                Outcome::Lost if losses < MOST_LOSSES => losses += 1,
                Outcome::Lost => {
                    let reason = "the connection broke again and again".to_owned();
                    jobs.remove(0).answer(Err(DbError::Unavailable(reason)));
                    losses = 0;
                }
            }
        }
    }

    /// Longer from try to try, and by chance, so that those who were in each other's way do not meet again.
    fn pause(&self, conflicts: u32) -> Duration {
        let longest = 1_u64 << conflicts.min(7);
        let drawn = (self.surroundings.context.sources.unique)() as u64 % (longest * 1000);
        Duration::from_micros(drawn)
    }
}

/// Carries out jobs in one transaction. `apart`: each in a savepoint. Without, a job that fails after it has written undoes
/// all of them, which seldom happens and saves the others two statements each.
fn transact(session: &Session, surroundings: &Surroundings, jobs: &mut [WriteJob], apart: bool) -> Outcome {
    let alone = jobs.len() == 1;
    let began = Instant::now();
    session.forget();
    session.notes.clear();
    let changes = &surroundings.context.changes;
    let noted = changes.are_wanted();
    session.defer(if alone { "BEGIN" } else { BEGIN_TOGETHER });
    let mut count = 0;
    let mut written = false;
    for job in jobs {
        if count > 0 && began.elapsed() > LONGEST_TRANSACTION {
            break;
        }
        session.forget();
        let names = session.notes.mark();
        if apart && !alone {
            session.defer("SAVEPOINT job");
        }
        let succeeded = job.run(&mut surroundings.transaction(session));
        match session.trouble() {
            Trouble::Lost => return Outcome::Lost,
            Trouble::Conflict => {
                session.defer("ROLLBACK");
                let error = session.settle().err();
                return match error {
                    Some(_) => Outcome::Lost,
                    None => Outcome::Conflict(DbError::Conflict(
                        "a deadlock, a lock that was held for long, or a change that came first".to_owned(),
                    )),
                };
            }
            Trouble::None | Trouble::Failed => {}
        }
        count += 1;
        let failed = session.trouble() == Trouble::Failed;
        if succeeded && failed {
            // The database has forgotten what the job did after that.
            job.refuse(DbError::Other("a statement failed, and the operation went on".to_owned()));
        }
        if succeeded && !failed {
            written |= session.wrote();
            if apart && !alone {
                session.defer("RELEASE job");
            }
        } else if alone {
            session.defer("ROLLBACK");
            return if session.settle().is_ok() { Outcome::Committed(1) } else { ended(session) };
        } else if apart {
            session.defer("ROLLBACK TO job");
            session.defer("RELEASE job");
            session.notes.cut_back(names);
        } else if failed || session.wrote() {
            session.defer("ROLLBACK");
            return if session.settle().is_ok() { Outcome::Apart } else { Outcome::Lost };
        }
    }
    session.forget();
    if !written {
        session.defer("ROLLBACK");
        return if session.settle().is_ok() { Outcome::Committed(count) } else { Outcome::Lost };
    }
    // What was deferred is waited for first: if that fails, no commit has been asked for.
    if session.settle().is_err() {
        return Outcome::Lost;
    }
    if let Err(error) = columns::write_down(&mut surroundings.transaction(session)) {
        return match session.trouble() {
            Trouble::Lost => Outcome::Lost,
            trouble => {
                session.defer("ROLLBACK");
                match (session.settle(), trouble) {
                    (Err(_), _) => Outcome::Lost,
                    (Ok(()), Trouble::Conflict) => Outcome::Conflict(error),
                    (Ok(()), _) => Outcome::NotCommitted(count, error),
                }
            }
        };
    }
    let pass_on = || {
        changes.pass_on(session.notes.changes.take());
        if !noted && changes.are_wanted() {
            // Whoever has begun to listen meanwhile does not know what was changed before.
            changes.pass_on_missed();
        }
    };
    match session.batch("COMMIT") {
        Ok(()) => {
            pass_on();
            Outcome::Committed(count)
        }
        Err(error) if session.trouble() == Trouble::Conflict => Outcome::Conflict(error),
        Err(_) if session.trouble() == Trouble::Lost => {
            // If it was made, somebody wants to know; if not, whoever looks finds nothing new.
            pass_on();
            let reason = "the connection broke during the commit, and it is not known whether it was made; try again";
            Outcome::NotCommitted(count, DbError::Unavailable(reason.to_owned()))
        }
        Err(error) => Outcome::NotCommitted(count, error),
    }
}

/// A job that was refused is answered so, whether or not its connection lived to undo it.
fn ended(session: &Session) -> Outcome {
    debug_assert_eq!(session.trouble(), Trouble::Lost, "a rollback fails with its connection only");
    Outcome::Committed(1)
}
