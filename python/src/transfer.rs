//! `Transfer`: an upload or download that another thread can end, with a bar on the terminal when it takes long.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use pyo3::prelude::*;
use trainyard::Progress;
use trainyard_cli::TransferBar;

/// Transfers that are over before this show no bar.
const SHOW_AFTER: Duration = Duration::from_secs(1);

/// One or more transfers that belong together.
#[pyclass(frozen, module = "trainyard._core")]
pub(crate) struct Transfer {
    show: bool,
    cancelled: AtomicBool,
    state: Mutex<State>,
}

/// The transfer that is under way.
#[derive(Default)]
struct State {
    begun: Option<Instant>,
    files: usize,
    total: Option<u64>,
    /// Bytes that the bar has not been told of.
    waiting: u64,
    bar: Option<TransferBar>,
}

#[pymethods]
impl Transfer {
    #[new]
    fn new(show: bool) -> Self {
        Self { show, cancelled: AtomicBool::new(false), state: Mutex::default() }
    }

    /// Ends what is under way and everything that would still begin.
    fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }
}

impl Transfer {
    fn with_state(&self, change: impl FnOnce(&mut State)) {
        // A state is valid after every single change, so one that a panic left behind is as good as any.
        change(&mut self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner));
    }
}

impl Progress for Transfer {
    fn begin(&self, files: usize, bytes: Option<u64>) {
        self.with_state(|state| {
            *state = State { begun: Some(Instant::now()), files, total: bytes, ..State::default() };
        });
    }

    fn advance(&self, bytes: u64) {
        if !self.show {
            return;
        }
        self.with_state(|state| {
            state.waiting += bytes;
            if state.bar.is_none() && state.begun.is_some_and(|begun| begun.elapsed() > SHOW_AFTER) {
                let bar = TransferBar::default();
                bar.begin(state.files, state.total);
                state.bar = Some(bar);
            }
            if let Some(bar) = &state.bar {
                bar.advance(std::mem::take(&mut state.waiting));
            }
        });
    }

    fn end(&self) {
        self.with_state(|state| {
            if let Some(bar) = state.bar.take() {
                bar.end();
            }
        });
    }

    fn cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }
}
