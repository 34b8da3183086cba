//! Packing metric points into blocks, in the background. Of several servers on one database one does it at a time.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::task::JoinHandle;
use trainyard_store::{Packer, Store};

/// The task that packs.
pub(crate) struct Packing {
    shared: Arc<Shared>,
    task: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    stopping: AtomicBool,
    woken: Notify,
}

impl Packing {
    /// Starts to pack whatever waits, again and again after a pause; without one nothing is packed.
    pub(crate) fn start(store: Store, pause: Option<Duration>) -> Self {
        let shared = Arc::new(Shared::default());
        let task = pause.map(|pause| tokio::spawn(run(store, pause, Arc::clone(&shared))));
        Self { shared, task }
    }

    /// Lets the step under way end, and no other begin.
    pub(crate) async fn stop(self) {
        self.shared.stopping.store(true, Ordering::Relaxed);
        self.shared.woken.notify_one();
        if let Some(task) = self.task
            && let Err(error) = task.await
        {
            tracing::error!(%error, "the packing of metrics ended early");
        }
    }
}

async fn run(store: Store, pause: Duration, shared: Arc<Shared>) {
    while !shared.stopping.load(Ordering::Relaxed) {
        let (packer, until) = (Packer::new(store.clone()), Arc::clone(&shared));
        let packed = tokio::task::spawn_blocking(move || packer.run(|_| !until.stopping.load(Ordering::Relaxed))).await;
        match packed {
            Ok(Ok((_, packed))) if packed.points > 0 => {
                tracing::info!(series = packed.series, points = packed.points, "metrics have been packed");
            }
            Ok(Ok(_)) => {}
            Ok(Err(error)) => tracing::warn!(%error, "metrics could not be packed; they will be tried again"),
            Err(error) => tracing::error!(%error, "the packing of metrics panicked"),
        }
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = shared.woken.notified() => {}
        }
    }
}
