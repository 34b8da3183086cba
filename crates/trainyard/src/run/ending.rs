//! The end of a run: by a call or by leaving its scope, and how long it waits for what was logged to be delivered.

#[cfg(feature = "system-metrics")]
use std::sync::PoisonError;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::{Duration, Instant};

use trainyard_api::runs::RunStatus;

use super::{Inner, LEAST, Run};
use crate::Error;
use crate::journal::{self, Flush, FlushState};

impl Run {
    /// Waits until the store has everything that was logged to the run until now, for at most this long.
    ///
    /// What the store refused is [`Error::Rejected`]; what is not delivered in time is [`Error::Undelivered`], and delivered
    /// later.
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
    /// # let run = client.start_run("iris", "")?;
    /// use std::time::Duration;
    /// use trainyard::api::runs::GetRun;
    ///
    /// run.log_metric("loss", 0.5, 0)?;
    /// run.flush(Duration::from_secs(10))?;
    /// let stored = client.call(GetRun { run_id: run.id().clone(), ..Default::default() })?.run;
    /// assert_eq!(stored.data.metrics[0].value, 0.5);
    /// # run.finish()
    /// # }
    /// ```
    pub fn flush(&self, at_most: Duration) -> Result<(), Error> {
        self.inner.deliver(at_most)
    }

    /// Ends the run well, and waits until everything is delivered: for 10 seconds, or as long as
    /// `TRAINYARD_END_RUN_TIMEOUT` says, in seconds.
    ///
    /// The run has ended whatever this returns. [`Error::Rejected`] says what the store has refused, [`Error::Undelivered`]
    /// that it could not be reached in time; what was logged is delivered later.
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
    /// let run = client.start_run("iris", "")?;
    /// run.finish()
    /// # }
    /// ```
    pub fn finish(self) -> Result<(), Error> {
        self.end(RunStatus::Finished)
    }

    /// Ends the run as FAILED; otherwise as [`finish`](Self::finish).
    ///
    /// ```
    /// # fn main() -> Result<(), trainyard::Error> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
    /// let run = client.start_run("iris", "")?;
    /// let loss = f64::NAN;
    /// if loss.is_nan() {
    ///     run.set_tag("reason", "the loss is NaN")?;
    ///     run.fail()?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn fail(self) -> Result<(), Error> {
        self.end(RunStatus::Failed)
    }

    /// Ends the run for those that share it.
    #[cfg(feature = "asynchronous")]
    pub(crate) fn finish_shared(&self) -> Result<(), Error> {
        self.end(RunStatus::Finished)
    }

    /// Ends the run as FAILED for those that share it.
    #[cfg(feature = "asynchronous")]
    pub(crate) fn fail_shared(&self) -> Result<(), Error> {
        self.end(RunStatus::Failed)
    }

    fn end(&self, status: RunStatus) -> Result<(), Error> {
        self.record_end(status)?;
        self.inner.deliver(journal::end_run_timeout()?)
    }

    /// Writes the end into the journal, once.
    fn record_end(&self, status: RunStatus) -> Result<(), Error> {
        #[cfg(feature = "system-metrics")]
        if let Some(monitor) = self.system.lock().unwrap_or_else(PoisonError::into_inner).take() {
            monitor.finish();
        }
        if self.inner.ended.swap(true, Ordering::SeqCst) {
            return Ok(());
        }
        // With the disk full the run goes on, and its end can be asked for again.
        self.inner.log.finish(status).inspect_err(|_| self.inner.ended.store(false, Ordering::SeqCst))
    }

    /// Ends the run without waiting for a delivery, for a scope in which nothing may block.
    #[cfg(feature = "asynchronous")]
    pub(crate) fn end_without_waiting(&self) {
        if let Err(error) = self.record_end(status_of_scope()) {
            tracing::warn!(run.id = %self.info.run_id, %error, "the end of the run could not be recorded");
        }
    }
}

impl Inner {
    /// Waits for the delivery of what was logged until now, and tells what was refused.
    fn deliver(&self, at_most: Duration) -> Result<(), Error> {
        if self.recorded_only {
            return Ok(());
        }
        let mut flush = self.log.flush();
        let delivered = self.delivered(&mut flush, at_most);
        flush.trouble().map_or(delivered, Err)
    }

    /// Waits for the delivery of what was logged until now. What was refused is left for the next [`deliver`](Self::deliver):
    /// it is told once, to those who ask for it.
    pub(crate) fn deliver_quietly(&self, at_most: Duration) -> Result<(), Error> {
        if self.recorded_only { Ok(()) } else { self.delivered(&mut self.log.flush(), at_most) }
    }

    fn delivered(&self, flush: &mut Flush, at_most: Duration) -> Result<(), Error> {
        // A store that has been away for long is not waited for as long again.
        let at_most = at_most.saturating_sub(flush.failing_for()).max(at_most.min(LEAST));
        match wait(flush, at_most) {
            None => Ok(()),
            Some(reason) => Err(Error::Undelivered {
                run_id: self.log.run_id().to_owned(),
                reason,
                journals: journal::journal_folder()?,
            }),
        }
    }
}

/// The reason why a delivery is still to come when the time is over.
fn wait(flush: &mut Flush, at_most: Duration) -> Option<String> {
    let until = Instant::now() + at_most;
    let mut reason = None;
    loop {
        let left = until.saturating_duration_since(Instant::now());
        match flush.wait(left) {
            FlushState::Done => return None,
            FlushState::Failing { reason: newest, .. } => reason = Some(newest),
            FlushState::Waiting => {}
        }
        if left.is_zero() {
            return reason.or_else(|| Some(format!("{} has not acknowledged it yet", flush.tracking_uri())));
        }
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        if self.inner.ended.load(Ordering::SeqCst) {
            return;
        }
        if let Err(error) = self.end(status_of_scope()) {
            tracing::warn!(run.id = %self.info.run_id, %error, "the end of the run is not with the store");
        }
    }
}

/// How a run ends whose scope is left.
fn status_of_scope() -> RunStatus {
    if thread::panicking() { RunStatus::Failed } else { RunStatus::Finished }
}
