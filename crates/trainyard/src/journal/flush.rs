//! Waiting for a delivery.

use std::path::PathBuf;
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use super::folder;
use super::lane::{Journal, Lane, lock};
use super::rejection::Rejections;
use crate::Error;

impl Lane {
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
        Flush { lane: self.clone(), parts, failures, run_id: run_id.map(str::to_owned), begun: false, told: false }
    }
}

/// A delivery that somebody waits for.
pub struct Flush {
    lane: Arc<Lane>,
    parts: Vec<(Arc<Journal>, u64)>,
    failures: u64,
    run_id: Option<String>,
    /// The lane was asked to hurry. Once is enough: whoever waits on shares its pauses.
    begun: bool,
    /// It was told that nothing will come any more.
    told: bool,
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
        if !self.begun {
            self.begun = true;
            state.hurry = true;
            lane.asleep.store(false, Ordering::SeqCst);
        }
        lane.unpark();
        let found = loop {
            if self.is_done() {
                break FlushState::Done;
            }
            if let Some(reason) = state.stopped.filter(|_| !self.told) {
                self.told = true;
                let since = state.failing_since.get_or_insert_with(Instant::now).elapsed();
                break FlushState::Failing { reason: reason.to_owned(), since };
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
        state.awaited_until = Some(Instant::now());
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

    /// What was refused, or cannot be read back, since somebody last asked.
    pub fn trouble(&self) -> Option<Error> {
        self.rejections().map(Error::Rejected).or_else(|| self.damage())
    }

    /// What this process has logged and cannot be read back, told once.
    fn damage(&self) -> Option<Error> {
        let mut state = lock(&self.lane.state);
        let ours = |run_id: &str| self.run_id.as_deref().is_none_or(|wanted| wanted == run_id);
        let index = state.damaged.iter().position(|(run_id, _)| ours(run_id))?;
        Some(state.damaged.remove(index).1)
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

#[cfg(test)]
mod tests {
    use super::super::head::{Head, Header, Position};
    use super::super::lane::{Stop, lane};
    use super::*;
    use crate::Client;

    #[test]
    fn nobody_waits_for_a_thread_that_is_gone() {
        let lane = lane(&Client::connect("http://127.0.0.1:9/nobody-waits").expect("a client"));
        let folder = tempfile::tempdir().expect("a folder");
        let header = Header {
            tracking_uri: lane.uri.clone(),
            run_id: "r".to_owned(),
            offline: false,
            created: 0,
            process: std::process::id(),
        };
        let head = Head::create(folder.path(), header).expect("a head");
        let journal = Journal::new(folder.path(), head, Position { segment: 1, offset: 100 });
        lock(&lane.journals).push(Arc::new(journal));
        let mut flush = lane.flush(None);
        drop(Stop(&lane));
        let FlushState::Failing { reason, .. } = flush.wait(Duration::from_secs(60)) else { panic!("told") };
        assert!(reason.contains("has ended with an error"), "{reason}");
        // It is told once, so that whoever goes on waiting does not do so in a circle.
        assert_eq!(flush.wait(Duration::from_millis(10)), FlushState::Waiting);
    }
}
