//! The gate in front of the embedded stores of this process, which is shut while the process forks.

use std::process;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError, Weak};

use trainyard_store::Store;

use crate::Error;
use crate::blocking::blocking;
use crate::fork::PerProcess;

/// Closes every store and shuts the gate; waits for running calls.
pub(crate) fn close() {
    let gate = gate();
    let mut state = gate.lock();
    state.forking = true;
    while state.in_flight > 0 {
        state = gate.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
    }
    for slot in state.open.drain(..) {
        if let Some(slot) = slot.upgrade() {
            slot.close();
        }
    }
}

/// Lets calls through again.
pub(crate) fn open() {
    let gate = gate();
    gate.lock().forking = false;
    gate.changed.notify_all();
}

/// Lets calls to embedded stores through, except while the process forks.
struct Gate {
    state: Mutex<GateState>,
    changed: Condvar,
}

#[derive(Default)]
struct GateState {
    forking: bool,
    in_flight: usize,
    open: Vec<Weak<Slot>>,
}

impl Gate {
    fn new() -> Self {
        Self { state: Mutex::default(), changed: Condvar::new() }
    }

    fn lock(&self) -> MutexGuard<'_, GateState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn gate() -> &'static Gate {
    static GATE: OnceLock<PerProcess<Gate>> = OnceLock::new();
    GATE.get_or_init(|| PerProcess::new(Gate::new())).get(Gate::new)
}

/// Held during one call to an embedded store.
struct Pass(&'static Gate);

impl Pass {
    fn enter() -> Self {
        let gate = gate();
        let mut state = gate.lock();
        while state.forking {
            state = gate.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.in_flight += 1;
        Self(gate)
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        state.in_flight -= 1;
        if state.forking && state.in_flight == 0 {
            self.0.changed.notify_all();
        }
    }
}

/// Place of one embedded store, open or closed.
pub(crate) struct Slot {
    store: Mutex<Option<Store>>,
    /// The process that opened it; 0 while it is closed.
    opened_by: AtomicU32,
}

impl Slot {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self { store: Mutex::new(None), opened_by: AtomicU32::new(0) })
    }

    /// Runs one call, opening the store when it is closed.
    pub(crate) fn with<T>(
        self: &Arc<Self>,
        open: impl FnOnce() -> Result<Store, Error>,
        call: impl FnOnce(&Store) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let pass = Pass::enter();
        if !matches!(self.opened_by.load(Ordering::Acquire), 0) && !self.is_ours() {
            return Err(Error::Forked);
        }
        let store = {
            let mut store = self.store.lock().unwrap_or_else(PoisonError::into_inner);
            match &*store {
                Some(store) => store.clone(),
                None => {
                    let opened = open()?;
                    self.opened_by.store(process::id(), Ordering::Release);
                    let mut state = pass.0.lock();
                    state.open.retain(|slot| slot.strong_count() > 0);
                    state.open.push(Arc::downgrade(self));
                    store.insert(opened).clone()
                }
            }
        };
        let answer = call(&store);
        // The gate may close the store as soon as the pass is given back, so this handle has to go first.
        drop(store);
        drop(pass);
        answer
    }

    fn is_ours(&self) -> bool {
        self.opened_by.load(Ordering::Acquire) == process::id()
    }

    fn close(&self) {
        let store = self.store.lock().unwrap_or_else(PoisonError::into_inner).take();
        self.opened_by.store(0, Ordering::Release);
        drop(store);
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let store = self.store.get_mut().unwrap_or_else(PoisonError::into_inner).take();
        // Closing another process's store would wait for threads that do not exist here.
        if *self.opened_by.get_mut() != process::id() {
            std::mem::forget(store);
        } else if store.is_some() {
            blocking(|| drop(store));
        }
    }
}
