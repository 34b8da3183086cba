//! Which runs and experiments have changed, for pages that show them while they change.
//!
//! Transactions note what they change, and only while somebody listens; it is told after the commit. (Of a request that was
//! refused beside others that were not, it may be told too: whoever looks finds nothing new.) On SQLite this process alone
//! hears of it. On PostgreSQL the connection that listens (`postgres/listener.rs`) passes changes on by NOTIFY a few times a
//! second, because a NOTIFY in each transaction would have commits wait for each other. Others only do so for as long as
//! they have been told that somebody wants it, and, since they may not have heard of it yet, when they have just begun. Where a
//! process may not have told something, it tells everybody to look.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::broadcast;
use trainyard_api::RunId;
use trainyard_api::run_events::RunChangeKind;

/// Transactions that a slow listener may fall behind by before it is told that it has missed some.
const BACKLOG: usize = 4096;
/// Runs that wait to be passed on. Where more have changed, everybody looks at everything.
const MOST_PENDING: usize = 1000;
/// Bytes of one NOTIFY; PostgreSQL takes less than 8000.
const PAYLOAD: usize = 7800;
/// For how long others pass changes on that have been told that somebody listens.
const WANTED: Duration = Duration::from_secs(30);
/// How often that is said.
const SAID_EVERY: Duration = Duration::from_secs(10);

const WANT: &str = "run_changes_wanted";
const ALL: &str = "run_changes_missed";
const SOME: &str = "run_changes ";

/// A run, or an experiment, that was changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunChange {
    /// The key of the experiment.
    pub experiment: i64,
    /// The run; empty where the experiment itself was changed.
    pub run_id: RunId,
    /// A bit for each of [`RunChangeKind::ALL`].
    kinds: u8,
}

impl RunChange {
    pub(super) fn of(experiment: i64, run_id: &RunId, kind: RunChangeKind) -> Self {
        Self { experiment, run_id: run_id.clone(), kinds: 1 << kind as u8 }
    }

    /// What it was changed by.
    pub fn kinds(&self) -> Vec<RunChangeKind> {
        RunChangeKind::ALL.into_iter().filter(|kind| self.kinds & (1 << *kind as u8) != 0).collect()
    }

    /// Whether it is one of an experiment, and not of a run.
    pub fn is_of_experiment(&self) -> bool {
        self.run_id.is_empty()
    }

    /// What of a change of an experiment is one of each of its runs: that they were deleted or restored with it.
    pub fn of_run(&self, run_id: &RunId) -> Option<Self> {
        let deleted = Self::of(self.experiment, run_id, RunChangeKind::Deleted);
        (self.is_of_experiment() && self.kinds & deleted.kinds != 0).then_some(deleted)
    }

    /// Takes in another change of the same run or experiment.
    pub fn merge(&mut self, other: &Self) {
        self.kinds |= other.kinds;
    }
}

/// What listeners are told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RunNews {
    /// These runs and experiments have changed.
    Changed(Arc<[RunChange]>),
    /// Any may have.
    Missed,
}

/// Passes changes on to whoever listens.
#[derive(Debug)]
pub(crate) struct Changes {
    news: broadcast::Sender<RunNews>,
    /// Until when other processes want to hear of changes, in milliseconds of [`now_ms`].
    wanted_until: AtomicI64,
    /// Whether something was changed that nobody has noted, since others were told last.
    skipped: AtomicBool,
    pending: Mutex<Pending>,
}

/// What is to be passed on to other processes.
#[derive(Debug, Default)]
struct Pending {
    changes: HashMap<(i64, RunId), RunChange>,
    missed: bool,
    /// Whether something is being told, of which it is not known whether it has been.
    in_flight: bool,
    said_at: Option<Instant>,
}

impl Default for Changes {
    fn default() -> Self {
        let (wanted_until, skipped) = (AtomicI64::new(0), AtomicBool::new(false));
        Self { news: broadcast::Sender::new(BACKLOG), wanted_until, skipped, pending: Mutex::default() }
    }
}

impl Changes {
    /// Of a store that other processes hear of. Until these have had time to say so, somebody is taken to want it.
    pub(super) fn told_to_others() -> Self {
        Self { wanted_until: AtomicI64::new(now_ms() + WANTED.as_millis() as i64), ..Self::default() }
    }

    pub(crate) fn listen(&self) -> broadcast::Receiver<RunNews> {
        self.news.subscribe()
    }

    /// Whether anybody wants to hear of changes.
    pub(crate) fn are_wanted(&self) -> bool {
        self.has_listeners() || self.wanted_until.load(Ordering::Relaxed) > now_ms()
    }

    fn has_listeners(&self) -> bool {
        self.news.receiver_count() > 0
    }

    /// Notes that something was changed while nobody wanted to hear of it.
    pub(super) fn skip(&self) {
        if !self.skipped.load(Ordering::Relaxed) {
            self.skipped.store(true, Ordering::Relaxed);
        }
    }

    /// Tells listeners of this process.
    pub(super) fn tell(&self, changes: Vec<RunChange>) {
        if !changes.is_empty() {
            // An error says that nobody listens.
            let _ = self.news.send(RunNews::Changed(changes.into()));
        }
    }

    /// Tells listeners of this process that any run may have changed.
    pub(super) fn tell_missed(&self) {
        let _ = self.news.send(RunNews::Missed);
    }

    /// Keeps changes until they are passed on to all processes.
    pub(super) fn pass_on(&self, changes: Vec<RunChange>) {
        if changes.is_empty() {
            return;
        }
        let mut pending = self.pending();
        for change in changes {
            let key = (change.experiment, change.run_id.clone());
            pending.changes.entry(key).and_modify(|known| known.merge(&change)).or_insert(change);
        }
        if pending.changes.len() > MOST_PENDING {
            pending.changes.clear();
            pending.missed = true;
        }
    }

    /// Has everybody look at everything, because changes have been committed that nobody has noted.
    pub(super) fn pass_on_missed(&self) {
        self.pending().missed = true;
    }

    /// Whether there is something that other processes have not been told of.
    pub(super) fn are_untold(&self) -> bool {
        let pending = self.pending();
        pending.missed || pending.in_flight || !pending.changes.is_empty()
    }

    /// What is to be told to all processes now. [`Changes::were_told`] is to be called when it has been.
    pub(super) fn to_tell(&self) -> Vec<String> {
        let mut pending = self.pending();
        let mut texts = Vec::new();
        if !self.has_listeners() {
            pending.said_at = None;
        } else if pending.said_at.is_none_or(|said| said.elapsed() >= SAID_EVERY) {
            pending.said_at = Some(Instant::now());
            texts.push(WANT.to_owned());
        }
        if std::mem::take(&mut pending.missed) {
            texts.push(ALL.to_owned());
        }
        let mut text = String::new();
        for (_, RunChange { experiment, run_id, kinds }) in pending.changes.drain() {
            let entry = serde_json::to_string(&(experiment, run_id, kinds)).unwrap_or_default();
            if text.len() + entry.len() > PAYLOAD - SOME.len() && !text.is_empty() {
                texts.push(format!("{SOME}[{}]", std::mem::take(&mut text)));
            }
            text.push_str(if text.is_empty() { "" } else { "," });
            text.push_str(&entry);
        }
        if !text.is_empty() {
            texts.push(format!("{SOME}[{text}]"));
        }
        pending.in_flight = !texts.is_empty();
        texts
    }

    /// What was to be told has been told.
    pub(super) fn were_told(&self) {
        self.pending().in_flight = false;
    }

    /// There is a new connection to tell on: says again that somebody listens, and that what was being told when the last one
    /// broke may have been missed, as may what was not noted because nobody could be heard.
    pub(super) fn connected(&self) {
        let mut pending = self.pending();
        pending.said_at = None;
        pending.missed |= std::mem::take(&mut pending.in_flight) | self.skipped.swap(false, Ordering::Relaxed);
    }

    /// Hears what a process has told, this one included. Answers whether it was about changes of runs.
    pub(super) fn hear(&self, told: &str) -> bool {
        if told == WANT {
            let until = now_ms() + WANTED.as_millis() as i64;
            self.wanted_until.store(until, Ordering::Relaxed);
            if self.skipped.swap(false, Ordering::Relaxed) {
                // Whoever wants them has listened for a while before this was heard.
                self.pass_on_missed();
            }
            return true;
        }
        if told == ALL {
            self.tell_missed();
            return true;
        }
        let Some(list) = told.strip_prefix(SOME) else { return false };
        match serde_json::from_str::<Vec<(i64, RunId, u8)>>(list) {
            Ok(list) => {
                let change = |(experiment, run_id, kinds)| RunChange { experiment, run_id, kinds };
                self.tell(list.into_iter().map(change).collect());
            }
            // A newer version may say it in another way.
            Err(_) => self.tell_missed(),
        }
        true
    }

    fn pending(&self) -> MutexGuard<'_, Pending> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Milliseconds on a clock that nobody sets.
fn now_ms() -> i64 {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    // From 1, so that 0 is before.
    START.elapsed().as_millis() as i64 + 1
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn change(run: usize, kind: RunChangeKind) -> RunChange {
        RunChange::of(7, &format!("{run:032x}").as_str().into(), kind)
    }

    #[test]
    fn changes_of_a_run_are_one_and_none_is_lost_between_messages() {
        let changes = Changes::default();
        for run in 0..500 {
            changes.pass_on(vec![change(run, RunChangeKind::Metrics), change(run, RunChangeKind::Tags)]);
        }
        let texts = changes.to_tell();
        assert!(texts.len() > 1 && texts.iter().all(|text| text.len() < 8000));
        let mut listener = changes.listen();
        let mut heard = Vec::new();
        for text in &texts {
            assert!(changes.hear(text));
            let RunNews::Changed(some) = listener.try_recv().unwrap() else { panic!("{text}") };
            heard.extend(some.iter().cloned());
        }
        heard.sort_by(|one, other| one.run_id.cmp(&other.run_id));
        assert_eq!(heard.len(), 500);
        assert_eq!(heard[3].run_id, change(3, RunChangeKind::Tags).run_id);
        assert_eq!(heard[3].kinds(), [RunChangeKind::Metrics, RunChangeKind::Tags]);
        // Nothing is told twice; that somebody listens is said.
        assert_eq!(changes.to_tell(), [WANT]);
        assert!(changes.to_tell().is_empty());
    }

    #[test]
    fn what_nobody_noted_has_everybody_look_once_somebody_wants_it() {
        let changes = Changes::default();
        assert!(changes.hear(WANT) && !changes.are_untold());
        changes.skip();
        assert!(changes.hear(WANT) && changes.are_untold());
        assert_eq!(changes.to_tell(), [ALL]);
        changes.were_told();
        assert!(changes.hear(WANT) && !changes.are_untold());
    }

    #[test]
    fn what_was_being_told_when_the_connection_broke_has_everybody_look() {
        let changes = Changes::default();
        changes.pass_on(vec![change(1, RunChangeKind::Tags)]);
        assert_eq!(changes.to_tell().len(), 1);
        changes.connected();
        assert_eq!(changes.to_tell(), [ALL]);
        changes.were_told();
        changes.connected();
        assert!(changes.to_tell().is_empty());
    }

    #[test]
    fn runs_are_deleted_and_restored_with_their_experiment_and_not_renamed_with_it() {
        let (run_id, experiment) = (RunId::from("r"), RunId::default());
        let mut change = RunChange::of(7, &experiment, RunChangeKind::Tags);
        assert_eq!(change.of_run(&run_id), None);
        change.merge(&RunChange::of(7, &experiment, RunChangeKind::Deleted));
        assert_eq!(change.of_run(&run_id), Some(RunChange::of(7, &run_id, RunChangeKind::Deleted)));
        assert_eq!(RunChange::of(7, &"other".into(), RunChangeKind::Deleted).of_run(&run_id), None);
    }

    #[test]
    fn a_process_that_begins_notes_what_it_changes() {
        assert!(Changes::told_to_others().are_wanted());
    }

    #[test]
    fn of_very_many_runs_everybody_looks_at_all() {
        let changes = Changes::default();
        changes.pass_on((0..=MOST_PENDING).map(|run| change(run, RunChangeKind::Params)).collect());
        assert_eq!(changes.to_tell(), [ALL]);
        let mut listener = changes.listen();
        assert!(changes.hear(ALL));
        assert_eq!(listener.try_recv(), Ok(RunNews::Missed));
    }

    #[test]
    fn changes_are_collected_while_somebody_wants_them() {
        let changes = Changes::default();
        assert!(!changes.are_wanted());
        let listener = changes.listen();
        assert!(changes.are_wanted());
        drop(listener);
        assert!(!changes.are_wanted());
        assert!(changes.hear(WANT) && changes.are_wanted());
        assert!(!changes.hear("webhook_deliveries"));
    }
}
