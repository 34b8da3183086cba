//! One round of a lane: each journal is delivered as far as it goes at this moment, and whoever waits is told.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::{Journal, Lane, TO_THE_END, lock};
use crate::Error;
use crate::journal::delivery::Delivered;
use crate::journal::head::Position;
use crate::journal::leftover::Adoption;
use crate::journal::rejection::{self, Rejection};

/// Refusals that are told in full; all of them are kept in a file.
const TOLD: usize = 100;

impl Lane {
    /// Delivers what the journals hold at this moment; returns how many records that was.
    pub(super) fn round(self: &Arc<Self>, adoption: &mut Adoption) -> Result<u64, Error> {
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
                // Others may deliver it in the meantime. What is refused or damaged is no error here, so this one may pass.
                Err(error) if journal.left_over => {
                    tracing::debug!(run.id = journal.run_id, %error, "what was left over could not be delivered yet");
                    self.forget(journal);
                    adoption.failed();
                }
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
        let client = lock(&self.client).clone();
        loop {
            match delivery.step(&client, end) {
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
                    lock(&self.unreadable).insert(journal.folder.clone());
                    drop(slot.take());
                    journal.abandoned.store(true, Ordering::SeqCst);
                    self.forget(journal);
                    if !journal.left_over {
                        lock(&self.state).damaged.push((journal.run_id.clone(), error));
                    }
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
}
