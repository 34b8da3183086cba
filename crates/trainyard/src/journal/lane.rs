//! The background thread that delivers the journals of this process to one tracking store.
//!
//! One thread per store: a store that does not answer holds up nobody else's. It is started with the first journal,
//! sleeps while there is nothing to deliver, and never stops: it ends with the process, and what it has not delivered
//! by then waits in the journals.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

use super::delivery::{Delivered, Delivery};
use super::folder;
use super::head::{Head, Position};
use super::rejection::{self, Rejection, Rejections};
use crate::fork::PerProcess;
use crate::{Client, Error};

/// How long records are collected before they are sent, unless there are enough for a request or somebody waits.
const COLLECT: Duration = Duration::from_millis(100);
/// Pauses after failures: the first, the longest, and the longest while somebody waits.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
const PAUSE_WHEN_AWAITED: Duration = Duration::from_millis(250);
/// Refusals that are told in full; all of them are kept in a file.
const TOLD: usize = 100;
/// A journal of a dead process is read as far as it is whole.
const TO_THE_END: u64 = u64::MAX;

/// A journal that is being delivered.
pub(super) struct Journal {
    pub(super) folder: PathBuf,
    pub(super) run_id: String,
    /// How far the writer is.
    committed: AtomicU64,
    delivered: AtomicU64,
    /// The writer is gone; the journal is removed once everything is delivered.
    sealed: AtomicBool,
    /// Left by another process, of another run: it is delivered when there is nothing else to do.
    left_over: bool,
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

    fn is_delivered_to(&self, bits: u64) -> bool {
        self.delivered.load(Ordering::SeqCst) >= bits
    }

    fn is_waiting(&self) -> bool {
        self.sealed.load(Ordering::SeqCst) || !self.is_delivered_to(self.committed.load(Ordering::SeqCst))
    }
}

/// Delivers to one tracking store.
pub(super) struct Lane {
    client: Client,
    uri: String,
    journals: Mutex<Vec<Arc<Journal>>>,
    thread: OnceLock<Option<Thread>>,
    asleep: AtomicBool,
    /// There is enough for a request.
    full: AtomicBool,
    state: Mutex<LaneState>,
    changed: Condvar,
}

#[derive(Default)]
struct LaneState {
    /// Callers that wait for a delivery.
    awaited: usize,
    /// Somebody has begun to wait since the last round.
    hurry: bool,
    /// Rounds that have failed, and why the last one did, until one succeeds.
    failures: u64,
    failure: Option<String>,
    failing_since: Option<Instant>,
    rejections: Vec<(Rejection, PathBuf)>,
    rejected: HashMap<String, usize>,
}

/// The lane of a tracking store in this process.
pub(super) fn lane(client: &Client) -> Arc<Lane> {
    let uri = client.lasting_uri();
    let mut lanes = lock(lanes());
    let lane = lanes.entry(uri.clone()).or_insert_with(|| {
        Arc::new(Lane {
            client: client.clone(),
            uri,
            journals: Mutex::default(),
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
            if !wanted(&name) || lock(&self.journals).iter().any(|journal| journal.folder == folder) {
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

    fn unpark(&self) {
        if let Some(Some(thread)) = self.thread.get() {
            thread.unpark();
        }
    }

    fn run(self: Arc<Self>) {
        let mut pause = FIRST_PAUSE;
        let mut greeted = false;
        loop {
            self.sleep();
            self.collect();
            match self.round() {
                Ok(delivered) => {
                    pause = FIRST_PAUSE;
                    {
                        let mut state = lock(&self.state);
                        (state.failure, state.failing_since) = (None, None);
                        self.changed.notify_all();
                    }
                    // The store answers: what earlier processes have left can be delivered too.
                    if delivered > 0 && !greeted {
                        greeted = true;
                        if let Ok(journals) = folder::journals() {
                            self.adopt(&journals, true, |_| true);
                        }
                    }
                }
                Err(error) => {
                    tracing::debug!(tracking.uri = self.uri, %error, "what was logged could not be delivered yet");
                    let awaited = {
                        let mut state = lock(&self.state);
                        state.failures += 1;
                        state.failure = Some(error.to_string());
                        state.failing_since.get_or_insert_with(Instant::now);
                        self.changed.notify_all();
                        state.awaited > 0
                    };
                    self.pause(if awaited { pause.min(PAUSE_WHEN_AWAITED) } else { pause });
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

    /// Waits after a failure, unless somebody begins to wait for a delivery.
    fn pause(&self, pause: Duration) {
        let until = Instant::now() + pause;
        loop {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() || lock(&self.state).hurry {
                return;
            }
            thread::park_timeout(left);
        }
    }

    /// Delivers what the journals hold at this moment; returns how many records that was.
    fn round(self: &Arc<Self>) -> Result<u64, Error> {
        let journals = lock(&self.journals).clone();
        let mut records = 0;
        let mut failure = None;
        for (index, journal) in journals.iter().enumerate() {
            let earlier = |other: &Arc<Journal>| other.run_id == journal.run_id && !other.left_over && self.has(other);
            if !journal.is_waiting() || !journal.left_over && journals[..index].iter().any(earlier) {
                continue;
            }
            match self.deliver(journal) {
                Ok(delivered) => records += delivered,
                Err(_) if journal.left_over => self.forget(journal),
                // The others may be welcome.
                Err(error @ Error::Api(_)) => failure = Some(error),
                Err(error) => return Err(error),
            }
        }
        failure.map_or(Ok(records), Err)
    }

    fn deliver(&self, journal: &Arc<Journal>) -> Result<u64, Error> {
        let committed = journal.committed.load(Ordering::SeqCst);
        let end = (committed != TO_THE_END).then(|| Position::from_bits(committed));
        let mut records = 0;
        let mut slot = lock(&journal.delivery);
        let Some(delivery) = slot.as_mut() else { return Ok(0) };
        loop {
            match delivery.step(&self.client, end) {
                Ok(Delivered::Records(count, rejections)) => {
                    records += count;
                    self.delivered(journal, delivery.position().to_bits(), rejections);
                    // What was left over is in no hurry; others may have logged in the meantime.
                    if journal.left_over {
                        self.full.store(true, Ordering::SeqCst);
                        return Ok(records);
                    }
                }
                Ok(Delivered::Everything) => break,
                // Another journal has to come first. If that is one of ours, it does so in this round or the next.
                Ok(Delivered::WaitsForRun) => {
                    return Err(trainyard_api::ApiError::new(
                        trainyard_api::ErrorCode::TemporarilyUnavailable,
                        format!("run {} was started offline and is still to be delivered", journal.run_id),
                    )
                    .into());
                }
                Err(error @ Error::DamagedJournal { .. }) => {
                    // The rest cannot be read by repeating. It stays where it is, for `trainyard sync` to speak about.
                    tracing::error!(%error, "a part of what was logged cannot be delivered");
                    drop(slot.take());
                    self.forget(journal);
                    self.delivered(journal, TO_THE_END, Vec::new());
                    return Ok(records);
                }
                Err(error) => return Err(error),
            }
        }
        if journal.sealed.load(Ordering::SeqCst) && journal.committed.load(Ordering::SeqCst) == committed {
            if let Some(delivery) = slot.take()
                && let Err(error) = delivery.remove()
            {
                tracing::warn!(journal = %journal.folder.display(), %error, "a delivered journal could not be removed");
            }
            self.forget(journal);
            self.delivered(journal, TO_THE_END, Vec::new());
        } else {
            self.delivered(journal, delivery.position().to_bits(), Vec::new());
        }
        Ok(records)
    }

    /// Tells everybody who waits.
    fn delivered(&self, journal: &Journal, bits: u64, rejections: Vec<Rejection>) {
        let mut state = lock(&self.state);
        journal.delivered.store(bits, Ordering::SeqCst);
        for rejection in rejections {
            tracing::warn!(run.id = rejection.run_id, reason = rejection.message, "{} was refused", rejection.what);
            *state.rejected.entry(journal.run_id.clone()).or_default() += 1;
            if state.rejections.len() < TOLD {
                state.rejections.push((rejection, rejection::file(&journal.folder)));
            }
        }
        (state.failure, state.failing_since) = (None, None);
        self.changed.notify_all();
    }

    fn has(&self, journal: &Arc<Journal>) -> bool {
        lock(&self.journals).iter().any(|other| Arc::ptr_eq(other, journal))
    }

    fn forget(&self, journal: &Arc<Journal>) {
        lock(&self.journals).retain(|other| !Arc::ptr_eq(other, journal));
    }

    /// What has to be delivered for everything that was logged until now to be delivered; of one run or of all.
    pub(super) fn flush(self: &Arc<Self>, run_id: Option<&str>) -> Flush {
        let wanted =
            |journal: &&Arc<Journal>| !journal.left_over && run_id.is_none_or(|run_id| journal.run_id == run_id);
        let journals = lock(&self.journals).clone();
        let parts = journals.iter().filter(wanted).map(|journal| {
            let committed = journal.committed.load(Ordering::SeqCst);
            (journal.clone(), committed)
        });
        let parts = parts.collect();
        let failures = lock(&self.state).failures;
        Flush { lane: self.clone(), parts, failures, run_id: run_id.map(str::to_owned) }
    }
}

/// A delivery that somebody waits for.
pub struct Flush {
    lane: Arc<Lane>,
    parts: Vec<(Arc<Journal>, u64)>,
    failures: u64,
    run_id: Option<String>,
}

/// How far a [`Flush`] has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FlushState {
    /// Everything was acknowledged or refused.
    Done,
    /// It is under way.
    Waiting,
    /// Since the flush began the store could not be reached, or is in trouble; it is tried again all the time.
    Failing {
        /// What happened.
        reason: String,
        /// For how long nothing has got through.
        since: Duration,
    },
}

impl Flush {
    /// Waits for at most this long, or until an attempt has failed that was not told of yet.
    pub fn wait(&mut self, at_most: Duration) -> FlushState {
        if self.is_done() {
            return FlushState::Done;
        }
        let until = Instant::now() + at_most;
        let lane = self.lane.clone();
        let mut state = lock(&lane.state);
        state.awaited += 1;
        state.hurry = true;
        lane.asleep.store(false, Ordering::SeqCst);
        lane.unpark();
        let found = loop {
            if self.is_done() {
                break FlushState::Done;
            }
            if let (true, Some(reason)) = (state.failures > self.failures, &state.failure) {
                self.failures = state.failures;
                let since = state.failing_since.map(|since| since.elapsed()).unwrap_or_default();
                break FlushState::Failing { reason: reason.clone(), since };
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break FlushState::Waiting;
            }
            state = lane.changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        };
        state.awaited -= 1;
        found
    }

    /// Whether everything was acknowledged or refused.
    pub fn is_done(&self) -> bool {
        self.parts.iter().all(|(journal, committed)| journal.is_delivered_to(*committed))
    }

    /// For how long nothing has got through to the store; zero when it answers.
    pub fn failing_for(&self) -> Duration {
        lock(&self.lane.state).failing_since.map(|since| since.elapsed()).unwrap_or_default()
    }

    /// The store that is delivered to, without a password.
    pub fn tracking_uri(&self) -> &str {
        &self.lane.uri
    }

    /// What was refused since somebody last asked.
    pub fn rejections(&self) -> Option<Rejections> {
        let mut state = lock(&self.lane.state);
        let mut list = Vec::new();
        let mut file = PathBuf::new();
        let ours =
            |run_id: &str| self.run_id.as_deref().is_none_or(|wanted| folder::name(wanted) == folder::name(run_id));
        let mut count = 0;
        state.rejected.retain(|run_id, rejected| {
            let ours = ours(run_id);
            count += if ours { *rejected } else { 0 };
            !ours
        });
        if count == 0 {
            return None;
        }
        // By the journal's file, since the store may know the run by another id.
        state.rejections.retain(|(rejection, kept)| {
            let name = kept.file_name().unwrap_or_default().to_string_lossy();
            let ours = name.split_once('-').is_some_and(|(run_id, _)| ours(run_id));
            if ours {
                list.push(rejection.clone());
                file.clone_from(kept);
            }
            !ours
        });
        Some(Rejections { list, count, file })
    }
}
