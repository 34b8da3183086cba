//! What a transfer tells its caller.

/// Watches a transfer and may end it. Called from several threads; `()` watches nothing.
///
/// ```
/// # fn main() -> Result<(), trainyard::Error> {
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// # let run = client.start_run("iris", "")?;
/// use std::sync::atomic::{AtomicU64, Ordering};
///
/// /// How many bytes were to come, and how many have.
/// #[derive(Default)]
/// struct Bytes {
///     expected: AtomicU64,
///     arrived: AtomicU64,
/// }
///
/// impl trainyard::Progress for Bytes {
///     fn begin(&self, files: usize, bytes: Option<u64>) {
///         println!("{files} files");
///         self.expected.store(bytes.unwrap_or_default(), Ordering::Relaxed);
///     }
///
///     fn advance(&self, bytes: u64) {
///         self.arrived.fetch_add(bytes, Ordering::Relaxed);
///     }
///
///     fn end(&self) {
///         println!("{} of {} bytes", self.arrived.load(Ordering::Relaxed), self.expected.load(Ordering::Relaxed));
///     }
/// }
///
/// run.log_text("notes.txt", "a first try")?;
/// let bytes = Bytes::default();
/// run.artifacts()?.download("", folder.path(), &bytes)?;
/// assert_eq!(bytes.arrived.into_inner(), 11);
/// # run.finish()
/// # }
/// ```
///
/// Ending a transfer:
///
/// ```
/// # fn main() -> Result<(), trainyard::Error> {
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// # let run = client.start_run("iris", "")?;
/// use std::sync::atomic::{AtomicBool, Ordering};
///
/// /// Ends the transfer when somebody says so.
/// #[derive(Default)]
/// struct Stop(AtomicBool);
///
/// impl trainyard::Progress for Stop {
///     fn cancelled(&self) -> bool {
///         self.0.load(Ordering::Relaxed)
///     }
/// }
///
/// # run.log_text("notes.txt", "a first try")?;
/// let stop = Stop(AtomicBool::new(true));
/// let stopped = run.artifacts()?.download("", folder.path(), &stop);
/// assert!(matches!(stopped, Err(trainyard::Error::Cancelled)));
/// # Ok(())
/// # }
/// ```
pub trait Progress: Sync {
    /// The transfer begins: so many files, and their size in bytes where it is known.
    fn begin(&self, _files: usize, _bytes: Option<u64>) {}

    /// So many more bytes have arrived. Bytes of a file that had to be begun again are counted again.
    fn advance(&self, _bytes: u64) {}

    /// The transfer is over, well or not.
    fn end(&self) {}

    /// Whether the transfer should end with [`Error::Cancelled`](crate::Error::Cancelled).
    fn cancelled(&self) -> bool {
        false
    }
}

impl Progress for () {}
