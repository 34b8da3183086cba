//! Runs and clients for programs on tokio: nothing here blocks the executor.
//!
//! What only appends to the journal is an ordinary function, since it does not wait for anything. What waits for the store or
//! a disk is `async`, and done on a thread of tokio's that is meant for blocking.

mod client;
mod run;

pub use client::{Client, Pages};
pub use run::Run;

use tokio::task::{JoinError, spawn_blocking};

use crate::{Error, RunBuilder};

/// Does something that blocks, on a thread that may be blocked.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T, Error> + Send + 'static) -> Result<T, Error> {
    outcome(spawn_blocking(work).await)?
}

/// What became of the work on another thread. A panic of it goes on here.
fn outcome<T>(done: Result<T, JoinError>) -> Result<T, Error> {
    done.map_err(|error| match error.try_into_panic() {
        Ok(panic) => std::panic::resume_unwind(panic),
        // The runtime is being shut down.
        Err(_) => Error::Cancelled,
    })
}

/// Starts a run in the experiment of that name; see [`crate::start_run`].
///
/// ```
/// # #[tokio::main] async fn main() -> Result<(), trainyard::Error> {
/// # // Where the database of this example is.
/// # let folder = tempfile::tempdir().expect("a folder");
/// # std::env::set_current_dir(folder.path()).expect("a folder");
/// let run = trainyard::asynchronous::start_run("iris").await?;
/// run.log_metric("accuracy", 0.97, 0)?;
/// run.finish().await
/// # }
/// ```
pub async fn start_run(experiment: &str) -> Result<Run, Error> {
    start(crate::Run::builder().experiment(experiment)).await
}

/// Starts the run of a builder; see [`crate::Run::builder`].
///
/// ```
/// # #[tokio::main] async fn main() -> Result<(), trainyard::Error> {
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let tracking_uri = format!("sqlite:///{}/yard.db", folder.path().display());
/// use trainyard::asynchronous;
///
/// let run = trainyard::Run::builder().tracking_uri(&tracking_uri).experiment("iris");
/// let run = asynchronous::start(run).await?;
/// for epoch in 0..10 {
///     run.log_metric("loss", 1.0 / (epoch + 1) as f64, epoch)?;
/// }
/// run.log_text("notes.txt", "a first try").await?;
/// run.finish().await
/// # }
/// ```
pub async fn start(run: RunBuilder) -> Result<Run, Error> {
    let run = blocking(move || run.start()).await?;
    Ok(Run::of(run))
}
