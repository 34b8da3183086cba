//! Staying usable across `fork`.
//!
//! Connections, locks and threads do not survive a fork. HTTP connections are made anew in the child without any
//! help. The embedded store has to be closed while the process forks, because SQLite keeps file locks in memory that
//! the child would inherit and wrongly believe in: [`before`] closes it, [`after`] lets calls through again on both
//! sides, and the next call opens it.
//!
//! ```
//! # fn main() -> Result<(), trainyard::Error> {
//! # let folder = tempfile::tempdir().expect("a folder");
//! # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
//! # /// Stands for the call of the system, which this example does without.
//! # fn fork() -> i32 { 1 }
//! use trainyard::fork;
//!
//! let run = client.start_run("iris", "")?;
//! fork::before();
//! match fork() {
//!     0 => fork::after_in_child(),
//!     _ => fork::after(),
//! }
//! run.log_metric("loss", 0.5, 0)?;
//! run.finish()
//! # }
//! ```

use std::sync::OnceLock;

use crate::journal;

/// A value that every process has for itself: a forked child makes its own at first use and leaves the inherited one
/// alone, whose locks may have been held at the moment of the fork.
pub(crate) struct PerProcess<T> {
    generation: u32,
    value: T,
    child: OnceLock<Box<Self>>,
}

impl<T> PerProcess<T> {
    pub(crate) fn new(value: T) -> Self {
        Self { generation: generation::current(), value, child: OnceLock::new() }
    }

    #[inline]
    pub(crate) fn get(&self, make: impl Fn() -> T) -> &T {
        let generation = generation::known();
        let mut process = self;
        while process.generation != generation {
            process = process.child.get_or_init(|| Box::new(Self::new(make())));
        }
        &process.value
    }
}

/// How many forks lie between the program that was started and this process.
///
/// The system counts, by a function that it calls in the child of each `fork`: asking for the id of the process takes
/// longer than the rest of a log call. A child that a program makes past the C library, by the system call itself, is not
/// noticed; no interpreter and no framework makes one that goes on as a copy of its parent.
#[cfg(unix)]
mod generation {
    #![allow(unsafe_code)]

    use std::sync::Once;
    use std::sync::atomic::{AtomicU32, Ordering};

    static GENERATION: AtomicU32 = AtomicU32::new(0);

    /// Begins to count at the first call.
    pub(super) fn current() -> u32 {
        static COUNTED: Once = Once::new();
        COUNTED.call_once(|| {
            // SAFETY: The function adds to an atomic integer, which may be done in the child of a process with several
            // threads, and it is part of the program for as long as the process lives: nothing unloads this crate.
            let error = unsafe { libc::pthread_atfork(None, None, Some(forked)) };
            assert_eq!(error, 0, "the system has no memory left to remember what to do at a fork");
        });
        known()
    }

    /// [`current`], where it was called before.
    #[inline]
    pub(super) fn known() -> u32 {
        GENERATION.load(Ordering::Relaxed)
    }

    extern "C" fn forked() {
        GENERATION.fetch_add(1, Ordering::Relaxed);
    }
}

/// Processes do not fork here.
#[cfg(not(unix))]
mod generation {
    pub(super) fn current() -> u32 {
        0
    }

    pub(super) fn known() -> u32 {
        0
    }
}

/// Closes every embedded store of this process and holds back further calls until [`after`]; waits for running ones.
///
/// ```
/// trainyard::fork::before();
/// // … fork …
/// trainyard::fork::after();
/// ```
pub fn before() {
    #[cfg(feature = "embedded")]
    crate::embedded::gate::close();
}

/// To be called in the child: gives up its share in what belongs to the parent, such as the locks of its journals.
///
/// ```
/// trainyard::fork::before();
/// // … fork; in the child:
/// trainyard::fork::after_in_child();
/// ```
pub fn after_in_child() {
    journal::forget_inherited();
    after();
}

/// Ends what [`before`] began; to be called in the parent.
///
/// ```
/// trainyard::fork::before();
/// // … fork; in the parent:
/// trainyard::fork::after();
/// ```
pub fn after() {
    #[cfg(feature = "embedded")]
    crate::embedded::gate::open();
}
