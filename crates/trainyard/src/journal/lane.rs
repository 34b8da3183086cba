//! The background thread that delivers the journals of this process to one tracking store.
//!
//! One thread per store: a store that does not answer holds up nobody else's. It is started with the first journal,
//! sleeps while there is nothing to deliver, and never stops: it ends with the process, and what it has not delivered
//! by then waits in the journals. `round` is what it does each time.

mod round;

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

use super::delivery::Delivery;
use super::folder;
use super::head::{Head, Position};
use super::leftover::Adoption;
use super::rejection::Rejection;
use crate::fork::PerProcess;
use crate::{Client, Error};

/// How long records are collected before they are sent, unless there are enough for a request or somebody waits.
const COLLECT: Duration = Duration::from_millis(100);
/// Pauses after failures: the first, the longest, and the longest while somebody waits.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
const PAUSE_WHEN_AWAITED: Duration = Duration::from_millis(250);
/// For how long after a wait the next one is expected: callers wait in slices.
const STILL_AWAITED: Duration = Duration::from_secs(1);
/// Longest pause that a store may ask for (`Retry-After`), and while somebody waits.
const LONGEST_ASKED: Duration = Duration::from_secs(60);
const LONGEST_ASKED_WHEN_AWAITED: Duration = Duration::from_secs(5);
/// A journal of a dead process is read as far as it is whole.
const TO_THE_END: u64 = u64::MAX;

/// A journal that is being delivered.
pub(super) struct Journal {
    pub(super) folder: PathBuf,
    pub(super) run_id: String,
    /// How far the writer is.
    pub(super) committed: AtomicU64,
    delivered: AtomicU64,
    /// The writer is gone; the journal is removed once everything is delivered.
    sealed: AtomicBool,
    /// It is damaged, so nothing that is written behind the damage would ever be read.
    abandoned: AtomicBool,
    /// Left by another process, of another run: it is delivered when there is nothing else to do.
    pub(super) left_over: bool,
    delivery: Mutex<Option<Delivery>>,
}

impl Journal {
    pub(super) fn new(folder: &Path, head: Head, committed: Position) -> Self {
        let run_id = head.header.run_id.clone();
        let delivery = Delivery::new(folder, head);
        Self {
            folder: folder.to_owned(),
            run_id,
            committed: AtomicU64::new(committed.to_bits()),
            delivered: AtomicU64::new(delivery.position().to_bits()),
            sealed: AtomicBool::new(false),
            abandoned: AtomicBool::new(false),
            left_over: false,
            delivery: Mutex::new(Some(delivery)),
        }
    }

    /// A journal whose process is gone.
    fn adopted(folder: &Path, head: Head, left_over: bool) -> Self {
        let mut journal = Self::new(folder, head, Position::default());
        journal.committed = AtomicU64::new(TO_THE_END);
        journal.sealed = AtomicBool::new(true);
        journal.left_over = left_over;
        journal
    }

    pub(super) fn seal(&self) {
        self.sealed.store(true, Ordering::SeqCst);
    }

    /// Whether the writer has to go on in another journal.
    #[inline]
    pub(super) fn is_abandoned(&self) -> bool {
        self.abandoned.load(Ordering::Relaxed)
    }

    pub(super) fn is_delivered_to(&self, bits: u64) -> bool {
        self.delivered.load(Ordering::SeqCst) >= bits
    }

    fn is_waiting(&self) -> bool {
        self.sealed.load(Ordering::SeqCst) || !self.is_delivered_to(self.committed.load(Ordering::SeqCst))
    }
}

/// Delivers to one tracking store.
pub(super) struct Lane {
    /// The one that was last used for this store: its password is the newest.
    client: Mutex<Client>,
    pub(super) uri: String,
    pub(super) journals: Mutex<Vec<Arc<Journal>>>,
    /// Folders of journals that turned out to be damaged, which are not taken on again.
    unreadable: Mutex<HashSet<PathBuf>>,
    thread: OnceLock<Option<Thread>>,
    pub(super) asleep: AtomicBool,
    /// There is enough for a request.
    full: AtomicBool,
    pub(super) state: Mutex<LaneState>,
    pub(super) changed: Condvar,
}

#[derive(Default)]
pub(super) struct LaneState {
    /// Callers that wait for a delivery, and when the last of them stopped.
    pub(super) awaited: usize,
    pub(super) awaited_until: Option<Instant>,
    /// Somebody has begun to wait since the last round.
    pub(super) hurry: bool,
    /// Why nothing is delivered by this process any more.
    pub(super) stopped: Option<&'static str>,
    /// Rounds that have failed, and why the last one did, until one succeeds.
    pub(super) failures: u64,
    pub(super) failure: Option<String>,
    pub(super) failing_since: Option<Instant>,
    pub(super) rejections: Vec<(Rejection, PathBuf)>,
    pub(super) rejected: HashMap<String, usize>,
    /// Journals of this process that turned out to be damaged: the run's id, and what is wrong.
    pub(super) damaged: Vec<(String, Error)>,
}

impl LaneState {
    fn is_awaited(&self) -> bool {
        self.awaited > 0 || self.awaited_until.is_some_and(|until| until.elapsed() < STILL_AWAITED)
    }
}

/// The lane of a tracking store in this process, which delivers with this client from now on.
pub(super) fn lane(client: &Client) -> Arc<Lane> {
    let uri = client.lasting_uri();
    let mut lanes = lock(lanes());
    if let Some(lane) = lanes.get(&uri) {
        *lock(&lane.client) = client.clone();
        return lane.clone();
    }
    let lane = lanes.entry(uri.clone()).or_insert_with(|| {
        Arc::new(Lane {
            client: Mutex::new(client.clone()),
            uri,
            journals: Mutex::default(),
            unreadable: Mutex::default(),
            thread: OnceLock::new(),
            asleep: AtomicBool::new(false),
            full: AtomicBool::new(false),
            state: Mutex::default(),
            changed: Condvar::new(),
        })
    });
    lane.clone()
}

/// Every lane of this process.
pub(super) fn all() -> Vec<Arc<Lane>> {
    lock(lanes()).values().cloned().collect()
}

/// By tracking store.
type Lanes = Mutex<HashMap<String, Arc<Lane>>>;

fn lanes() -> &'static Lanes {
    static LANES: OnceLock<PerProcess<Lanes>> = OnceLock::new();
    LANES.get_or_init(|| PerProcess::new(Mutex::default())).get(Mutex::default)
}

pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Lane {
    /// Takes a journal on, and starts the thread with the first.
    pub(super) fn add(self: &Arc<Self>, journal: Arc<Journal>) {
        lock(&self.journals).push(journal);
        self.start();
    }

    /// Takes on what dead processes have left of a run, so that it is delivered before what comes now.
    pub(super) fn adopt_run(self: &Arc<Self>, journals: &Path, run_id: &str) {
        let beginning = format!("{}-", folder::name(run_id));
        self.adopt(journals, false, |name| name.starts_with(&beginning));
    }

    fn adopt(self: &Arc<Self>, journals: &Path, left_over: bool, wanted: impl Fn(&str) -> bool) {
        let Ok(folders) = folder::list(journals) else { return };
        for folder in folders {
            let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let known = lock(&self.journals).iter().any(|journal| journal.folder == folder);
            if known || !wanted(&name) || lock(&self.unreadable).contains(&folder) {
                continue;
            }
            // One that cannot be read is for `trainyard sync` to speak about.
            let Ok(Some(head)) = Head::take_over(&folder) else { continue };
            if head.header.tracking_uri == self.uri {
                lock(&self.journals).push(Arc::new(Journal::adopted(&folder, head, left_over)));
                self.start();
            }
        }
    }

    fn start(self: &Arc<Self>) {
        let lane = self.clone();
        let thread = self.thread.get_or_init(|| {
            let started = thread::Builder::new().name("trainyard-journal".to_owned()).spawn(move || lane.run());
            started.map(|handle| handle.thread().clone()).ok()
        });
        if thread.is_none() {
            tracing::warn!("no thread could be started to deliver what is logged; `trainyard sync` will deliver it");
            lock(&self.state).stopped = Some("no thread could be started to deliver it");
        }
        self.asleep.store(false, Ordering::SeqCst);
        self.unpark();
    }

    /// Says that the writer of a journal has come to a position.
    #[inline]
    pub(super) fn committed(&self, journal: &Journal, position: Position) {
        journal.committed.store(position.to_bits(), Ordering::SeqCst);
        // The thread says that it sleeps before it looks at positions for the last time, so one of the two sees the other.
        if self.asleep.load(Ordering::SeqCst) && self.asleep.swap(false, Ordering::SeqCst) {
            self.unpark();
        }
    }

    /// Says that there is enough for a request.
    pub(super) fn fill(&self) {
        self.full.store(true, Ordering::SeqCst);
        self.unpark();
    }

    pub(super) fn unpark(&self) {
        if let Some(Some(thread)) = self.thread.get() {
            thread.unpark();
        }
    }

    fn run(self: Arc<Self>) {
        let _stop = Stop(&self);
        let mut pause = FIRST_PAUSE;
        let mut adoption = Adoption::default();
        loop {
            self.sleep();
            self.collect();
            match self.round(&mut adoption) {
                Ok(delivered) => {
                    pause = FIRST_PAUSE;
                    {
                        let mut state = lock(&self.state);
                        (state.failure, state.failing_since) = (None, None);
                        self.changed.notify_all();
                    }
                    // The store answers: what earlier processes have left can be delivered too.
                    if delivered > 0 && adoption.is_due() {
                        adoption.done();
                        if let Ok(journals) = folder::journals() {
                            self.adopt(&journals, true, |_| true);
                        }
                    }
                }
                Err(error) => {
                    tracing::debug!(tracking.uri = self.uri, %error, "what was logged could not be delivered yet");
                    {
                        let mut state = lock(&self.state);
                        state.failures += 1;
                        state.failure = Some(error.to_string());
                        state.failing_since.get_or_insert_with(Instant::now);
                        self.changed.notify_all();
                    }
                    self.pause(pause);
                    pause = (pause * 2).min(LONGEST_PAUSE);
                }
            }
        }
    }

    /// Waits until there is something to deliver.
    fn sleep(&self) {
        loop {
            self.asleep.store(true, Ordering::SeqCst);
            if lock(&self.journals).iter().any(|journal| journal.is_waiting()) || lock(&self.state).hurry {
                self.asleep.store(false, Ordering::SeqCst);
                return;
            }
            thread::park();
        }
    }

    /// Lets records come together to a request.
    fn collect(&self) {
        let until = Instant::now() + COLLECT;
        loop {
            let left = until.saturating_duration_since(Instant::now());
            let mut state = lock(&self.state);
            if left.is_zero() || self.full.swap(false, Ordering::SeqCst) || state.hurry {
                state.hurry = false;
                return;
            }
            drop(state);
            thread::park_timeout(left);
        }
    }

    /// Waits after a failure: as long as the store asks for, else until somebody begins to wait for a delivery.
    fn pause(&self, pause: Duration) {
        let asked = lock(&self.client).retry_after();
        let began = Instant::now();
        loop {
            let (awaited, hurry) = {
                let state = lock(&self.state);
                (state.is_awaited(), state.hurry)
            };
            let pause = match asked {
                Some(asked) => asked.min(if awaited { LONGEST_ASKED_WHEN_AWAITED } else { LONGEST_ASKED }),
                None if hurry => return,
                None if awaited => pause.min(PAUSE_WHEN_AWAITED),
                None => pause,
            };
            let left = pause.saturating_sub(began.elapsed());
            if left.is_zero() {
                return;
            }
            thread::park_timeout(left);
        }
    }
}

/// Says that the thread of a lane has ended, which it does only by a panic.
pub(super) struct Stop<'l>(pub(super) &'l Lane);

impl Drop for Stop<'_> {
    fn drop(&mut self) {
        lock(&self.0.state).stopped = Some("the thread that delivers it has ended with an error");
        self.0.changed.notify_all();
    }
}
