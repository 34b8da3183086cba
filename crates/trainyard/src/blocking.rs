//! Blocking where that is not allowed: on a thread that carries out tasks of an async runtime.

/// Does something that blocks.
///
/// A thread that belongs to a tokio runtime may not block on another one, nor let go of one: both panic. So there the work is
/// done on a thread of its own, and this one waits for it like for a slow system call. `tokio::task::block_in_place` would
/// not do, since runtimes with one thread do not have it.
pub(crate) fn blocking<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    if tokio::runtime::Handle::try_current().is_err() {
        return work();
    }
    std::thread::scope(|scope| match scope.spawn(work).join() {
        Ok(done) => done,
        Err(panic) => std::panic::resume_unwind(panic),
    })
}
