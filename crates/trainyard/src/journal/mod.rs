//! The run journal: what is logged is appended to a file mapped into memory, and delivered in the background.
//!
//! `run_log` is what programs use. It writes through `writer` (records of `record`, in the files of `segment`, in a folder
//! of `folder` with a `head`), and tells the thread of `lane`, for which `flush` waits and which delivers through `delivery`
//! what `reader` reads: points, params and tags in the requests of `batch`, everything else as the requests of `call`.
//! `leftover` finds the journals of processes that are gone; `start` starts and finds the runs.

mod batch;
mod call;
mod delivery;
mod flush;
mod folder;
mod head;
mod lane;
mod leftover;
mod reader;
mod record;
mod rejection;
mod run_log;
mod segment;
mod start;
mod writer;

pub use flush::{Flush, FlushState};
pub use leftover::{Contents, Leftover, Sync, leftovers};
pub use record::{Context, NewRun};
pub use rejection::{Rejection, Rejections};
pub use run_log::{RunLog, end_run_timeout, is_offline, journal_folder};
pub use start::{look_for_run, stored_run_id, try_start};

pub(crate) use head::forget_inherited;
pub(crate) use start::{is_away, start};

use std::time::{Duration, Instant};

use crate::Client;

/// What was logged until now to all runs of a tracking store, to wait for its delivery.
pub fn flush(client: &Client) -> Flush {
    lane::lane(client).flush(None)
}

/// How long a request that shows what was logged waits for its delivery.
const DELIVERED_FIRST: Duration = Duration::from_secs(600);

/// Waits for the delivery of what was logged until now, so that an answer shows it. A store that is away now is so for the
/// request too, whose error says it better.
pub(crate) fn deliver_first(client: &Client) {
    let mut flush = flush(client);
    let began = Instant::now();
    while flush.wait(Duration::from_secs(1)) == FlushState::Waiting && began.elapsed() < DELIVERED_FIRST {}
}

/// What was logged until now to all runs of all tracking stores.
pub fn flush_all() -> Vec<Flush> {
    lane::all().iter().map(|lane| lane.flush(None)).collect()
}
