//! Staying usable across `fork`.
//!
//! Connections, locks and threads do not survive a fork. HTTP connections are made anew in the child without any
//! help. The embedded store has to be closed while the process forks, because SQLite keeps file locks in memory that
//! the child would inherit and wrongly believe in: [`before`] closes it, [`after`] lets calls through again on both
//! sides, and the next call opens it.

use std::process;
use std::sync::OnceLock;

use crate::journal;

/// A value that every process has for itself: a forked child makes its own at first use and leaves the inherited one
/// alone, whose locks may have been held at the moment of the fork.
pub(crate) struct PerProcess<T> {
    pid: u32,
    value: T,
    child: OnceLock<Box<Self>>,
}

impl<T> PerProcess<T> {
    pub(crate) fn new(value: T) -> Self {
        Self { pid: process::id(), value, child: OnceLock::new() }
    }

    pub(crate) fn get(&self, make: impl Fn() -> T) -> &T {
        let pid = process::id();
        let mut generation = self;
        while generation.pid != pid {
            generation = generation.child.get_or_init(|| Box::new(Self::new(make())));
        }
        &generation.value
    }
}

/// Closes every embedded store of this process and holds back further calls until [`after`]; waits for running ones.
pub fn before() {
    #[cfg(feature = "embedded")]
    crate::embedded::gate::close();
}

/// To be called in the child: gives up its share in what belongs to the parent, such as the locks of its journals.
pub fn after_in_child() {
    journal::forget_inherited();
    after();
}

/// Ends what [`before`] began; to be called in the parent.
pub fn after() {
    #[cfg(feature = "embedded")]
    crate::embedded::gate::open();
}
