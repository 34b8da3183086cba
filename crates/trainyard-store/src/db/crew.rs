//! Threads that take jobs from one queue, for blocking work on connections.
//!
//! They are started when there are more jobs than threads to do them: a store that only writes never has a reader.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

/// What makes the worker of a new thread, on that thread: a function that does one job after the other.
type Hire<J> = Arc<dyn Fn() -> Box<dyn FnMut(J)> + Send + Sync>;

/// The threads and the queue they take from. Dropped, it finishes what was submitted.
pub(super) struct Crew<J> {
    name: &'static str,
    most: usize,
    hire: Hire<J>,
    shared: Arc<Shared<J>>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

struct Shared<J> {
    queue: Mutex<Queue<J>>,
    arrived: Condvar,
    /// Jobs queued or running.
    unfinished: AtomicUsize,
}

struct Queue<J> {
    jobs: VecDeque<J>,
    closed: bool,
}

impl<J: Send + 'static> Crew<J> {
    /// A crew of at most `most` threads of this name.
    pub(super) fn new(
        name: &'static str,
        most: usize,
        hire: impl Fn() -> Box<dyn FnMut(J)> + Send + Sync + 'static,
    ) -> Self {
        let queue = Mutex::new(Queue { jobs: VecDeque::new(), closed: false });
        let shared = Shared { queue, arrived: Condvar::new(), unfinished: AtomicUsize::new(0) };
        Self { name, most, hire: Arc::new(hire), shared: Arc::new(shared), threads: Mutex::default() }
    }

    /// Queues a job for the next free thread.
    pub(super) fn submit(&self, job: J) {
        let unfinished = self.shared.unfinished.fetch_add(1, Ordering::Relaxed) + 1;
        lock(&self.shared.queue).jobs.push_back(job);
        self.shared.arrived.notify_one();
        let mut threads = lock(&self.threads);
        if threads.len() < unfinished.min(self.most) {
            match self.start() {
                Ok(thread) => threads.push(thread),
                Err(error) if threads.is_empty() => {
                    tracing::error!(%error, thread = self.name, "no thread could be started");
                    // Dropped jobs drop their replies, which whoever waits reads as a closed store.
                    lock(&self.shared.queue).jobs.clear();
                }
                Err(error) => tracing::warn!(%error, thread = self.name, "no further thread could be started"),
            }
        }
    }

    fn start(&self) -> std::io::Result<JoinHandle<()>> {
        let (hire, shared) = (Arc::clone(&self.hire), Arc::clone(&self.shared));
        std::thread::Builder::new().name(self.name.to_owned()).spawn(move || {
            let mut work = hire();
            while let Some(job) = next(&shared) {
                work(job);
                shared.unfinished.fetch_sub(1, Ordering::Relaxed);
            }
        })
    }
}

impl<J> Drop for Crew<J> {
    fn drop(&mut self) {
        lock(&self.shared.queue).closed = true;
        self.shared.arrived.notify_all();
        for thread in std::mem::take(&mut *lock(&self.threads)) {
            // The last clone of a store may be dropped by a closure that one of the threads itself runs.
            if thread.thread().id() != std::thread::current().id() {
                let _ = thread.join();
            }
        }
    }
}

fn next<J>(shared: &Shared<J>) -> Option<J> {
    let mut queue = lock(&shared.queue);
    loop {
        if let Some(job) = queue.jobs.pop_front() {
            return Some(job);
        }
        if queue.closed {
            return None;
        }
        queue = shared.arrived.wait(queue).unwrap_or_else(PoisonError::into_inner);
    }
}

/// Locks even after a panic elsewhere: no state behind these locks is ever half-changed.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
