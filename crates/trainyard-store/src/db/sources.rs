//! Where transactions take the time and new ids from.

use std::fmt;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

/// The clock and the source of ids. Tests replace them to get the same answers every time.
#[derive(Clone)]
pub struct Sources {
    /// Milliseconds since the epoch.
    pub now_ms: Arc<dyn Fn() -> i64 + Send + Sync>,
    /// 128 bits that nobody has drawn before.
    pub unique: Arc<dyn Fn() -> u128 + Send + Sync>,
}

impl Default for Sources {
    fn default() -> Self {
        Self { now_ms: Arc::new(system_time_ms), unique: Arc::new(|| uuid::Uuid::new_v4().as_u128()) }
    }
}

impl fmt::Debug for Sources {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sources").finish_non_exhaustive()
    }
}

fn system_time_ms() -> i64 {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX)
}
