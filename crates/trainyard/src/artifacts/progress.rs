//! What a transfer tells its caller.

/// Watches a transfer and may end it. Called from several threads; `()` watches nothing.
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
