//! Ways that were found a moment ago. Whoever looks at runs asks for the same page again and again, and to find the way can
//! take as long as to go it. A way that is no longer the best finds the same runs.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use super::Plan;

/// Searches whose ways are kept.
const MOST: usize = 256;
/// Bytes of what a search asks for, up to which its way is kept.
const LONGEST: usize = 4096;
/// How long a way is kept. Metrics change while runs train.
const MILLISECONDS: i64 = 60_000;
/// By how much the number of runs may have changed: one part in so many.
const PARTS: u64 = 8;

/// The ways of searches, by what they ask for.
#[derive(Debug, Default)]
pub(crate) struct Plans(Mutex<HashMap<String, Planned>>);

/// A way, and what it was found by.
#[derive(Debug, Clone)]
struct Planned {
    plan: Plan,
    /// In which order the parts of the filter are looked at.
    looked_at: Vec<usize>,
    runs: i64,
    at_ms: i64,
}

impl Planned {
    fn holds(&self, runs: i64, now_ms: i64) -> bool {
        (0..MILLISECONDS).contains(&now_ms.saturating_sub(self.at_ms))
            && self.runs.abs_diff(runs).saturating_mul(PARTS) <= self.runs.unsigned_abs()
    }
}

impl Plans {
    /// The way of a search and the order of its parts, where it was found a moment ago among about as many runs.
    pub(super) fn known(&self, asked: &str, runs: i64, now_ms: i64) -> Option<(Plan, Vec<usize>)> {
        let plans = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Planned { plan, looked_at, .. } = plans.get(asked).filter(|planned| planned.holds(runs, now_ms))?.clone();
        Some((plan, looked_at))
    }

    pub(super) fn remember(&self, asked: String, (plan, looked_at): (&Plan, &[usize]), runs: i64, now_ms: i64) {
        if asked.len() > LONGEST {
            return;
        }
        let mut plans = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if plans.len() >= MOST {
            plans.retain(|_, planned| planned.holds(runs, now_ms));
        }
        if plans.len() >= MOST {
            plans.clear();
        }
        plans.insert(asked, Planned { plan: plan.clone(), looked_at: looked_at.to_vec(), runs, at_ms: now_ms });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn remembered() -> Plans {
        let plans = Plans::default();
        plans.remember("a".to_owned(), (&Plan::Listed(vec![1]), &[1, 0]), 800, 1000);
        plans
    }

    #[test]
    fn a_way_is_known_for_a_minute() {
        let plans = remembered();
        assert_eq!(plans.known("a", 800, 60_999), Some((Plan::Listed(vec![1]), vec![1, 0])));
        assert_eq!(plans.known("a", 800, 61_000), None);
        assert_eq!(plans.known("a", 800, 999), None, "the clock went backwards");
        assert_eq!(plans.known("b", 800, 1000), None);
    }

    #[test]
    fn a_way_is_found_anew_once_there_are_many_more_or_fewer_runs() {
        let plans = remembered();
        assert!(plans.known("a", 900, 1000).is_some());
        assert!(plans.known("a", 901, 1000).is_none());
        assert!(plans.known("a", 699, 1000).is_none());
        assert!(plans.known("a", i64::MAX, 1000).is_none());
    }

    #[test]
    fn ways_are_kept_up_to_a_bound() {
        let plans = remembered();
        for number in 0..2 * MOST {
            plans.remember(number.to_string(), (&Plan::All, &[]), 800, 1000);
        }
        plans.remember("long".repeat(LONGEST), (&Plan::All, &[]), 800, 1000);
        assert!(plans.0.lock().expect("plans").len() <= MOST);
        assert!(plans.known(&(2 * MOST - 1).to_string(), 800, 1000).is_some());
        assert!(plans.known(&"long".repeat(LONGEST), 800, 1000).is_none());
    }
}
