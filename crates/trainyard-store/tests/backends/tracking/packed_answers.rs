//! However points come and whenever they are packed, every answer is the same.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use trainyard_api::RunId;
use trainyard_api::metrics::*;
use trainyard_api::runs::{GetRun, RunStatus, UpdateRun};

use super::packing::{bits, history, log, log_in_parts, pack, point, rows, summary_count};
use crate::backend::TestStore;

/// What a case of the property test does to both of its runs.
#[derive(Debug, Clone, Copy)]
enum Act {
    /// Points in the order of time.
    Go { count: usize, seed: u64 },
    /// Points of one time.
    Stand { count: usize, seed: u64 },
    /// Points anywhere in the past.
    Late { count: usize, seed: u64 },
    /// A batch from before.
    Repeat { seed: u64 },
    /// Packing, of one of the runs.
    Pack { finished: bool },
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let count = 1_usize..3000;
    let act = prop_oneof![
        3 => (count.clone(), any::<u64>()).prop_map(|(count, seed)| Act::Go { count, seed }),
        1 => (count.clone(), any::<u64>()).prop_map(|(count, seed)| Act::Stand { count, seed }),
        2 => (1_usize..200, any::<u64>()).prop_map(|(count, seed)| Act::Late { count, seed }),
        1 => any::<u64>().prop_map(|seed| Act::Repeat { seed }),
        3 => any::<bool>().prop_map(|finished| Act::Pack { finished }),
    ];
    prop::collection::vec(act, 1..12)
}

/// Numbers that look random; the same for the same seed.
fn numbers(seed: u64) -> impl FnMut() -> u64 {
    let mut state = seed | 1;
    move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    }
}

fn any_value(number: u64) -> f64 {
    match number % 16 {
        0 => f64::NAN,
        1 => f64::INFINITY,
        2 => f64::NEG_INFINITY,
        3 => -0.0,
        4 => 0.0,
        5 => f64::from_bits(number),
        _ => (number >> 20) as f64 / 1e6,
    }
}

pub fn packing_changes_no_answer(test: TestStore) {
    // Few cases, since each writes thousands of points twice.
    let mut runner = TestRunner::new(Config { cases: 8, failure_persistence: None, ..Config::default() });
    runner
        .run(&(acts(), any::<bool>()), |(acts, steps_go_back)| {
            let (plain, packed) = (super::run(&test), super::run(&test));
            let mut batches: Vec<Vec<Metric>> = Vec::new();
            let mut now = 1000;
            for act in &acts {
                let mut batch = Vec::new();
                match *act {
                    Act::Go { count, seed } | Act::Stand { count, seed } | Act::Late { count, seed } => {
                        let mut number = numbers(seed);
                        for _ in 0..count {
                            let timestamp = match act {
                                Act::Go { .. } => {
                                    now += 1 + (number() % 3) as i64;
                                    now
                                }
                                Act::Stand { .. } => now,
                                _ => (number() % (now as u64 + 1)) as i64,
                            };
                            let step = if steps_go_back { (number() % 50) as i64 } else { timestamp };
                            batch.push(point(step, timestamp, any_value(number())));
                        }
                    }
                    Act::Repeat { seed } if !batches.is_empty() => {
                        batch = batches[seed as usize % batches.len()].clone();
                    }
                    Act::Repeat { .. } => {}
                    Act::Pack { finished } => pack_one(&test, &packed, finished),
                }
                log(&test, &plain, &batch);
                log_in_parts(&test, &packed, &batch, 500);
                if !batch.is_empty() {
                    batches.push(batch);
                }
            }
            if !batches.is_empty() {
                compare(&test, &plain, &packed, now)?;
            }
            Ok(())
        })
        .unwrap();
}

fn pack_one(test: &TestStore, run_id: &RunId, finished: bool) {
    let status = Some(if finished { RunStatus::Finished } else { RunStatus::Running });
    test.call(UpdateRun { run_id: run_id.clone(), status, ..UpdateRun::default() }).unwrap();
    let listed = run_id.clone();
    test.store
        .write(move |tx| {
            tx.execute("DELETE FROM metric_packing", &[])?;
            let list = "INSERT INTO metric_packing (series) SELECT series.id FROM metric_series AS series
                        JOIN run ON run.id = series.run WHERE run.run_id = $1";
            Ok(tx.execute(list, &[(&listed).into()])?)
        })
        .wait()
        .unwrap();
    pack(test);
}

fn compare(test: &TestStore, plain: &RunId, packed: &RunId, now: i64) -> Result<(), TestCaseError> {
    prop_assert_eq!(history(test, plain), history(test, packed));
    prop_assert_eq!(summary_count(test, plain), summary_count(test, packed));
    prop_assert_eq!(summary_count(test, packed), rows(test, packed) + super::packing::packed(test, packed));
    let latest = |run_id: &RunId| {
        bits(test.call(GetRun { run_id: run_id.clone(), ..GetRun::default() }).unwrap().run.data.metrics)
    };
    prop_assert_eq!(latest(plain), latest(packed));
    for max_results in [701, 5000] {
        // Tokens belong to a run, places do not: both runs are paged by their own.
        let pages = |run_id: &RunId| {
            let (mut pages, mut page_token) = (Vec::new(), String::new());
            loop {
                let request = GetMetricHistory {
                    run_id: run_id.clone(),
                    metric_key: "m".into(),
                    max_results: Some(max_results),
                    page_token,
                    ..GetMetricHistory::default()
                };
                let page = test.call(request).unwrap();
                pages.push(bits(page.metrics));
                if page.next_page_token.is_empty() {
                    return pages;
                }
                page_token = page.next_page_token;
            }
        };
        prop_assert_eq!(pages(plain), pages(packed));
    }
    for most in [1, 2, 3, 7, 40, 999, 2500] {
        for steps in [None, Some((0, 20)), Some((now / 3, now / 2)), Some((now / 2, i64::MAX))] {
            let sample = |run_id: &RunId| {
                let request = GetMetricHistoryBulkInterval {
                    run_ids: vec![run_id.clone()],
                    metric_key: "m".into(),
                    start_step: steps.map(|(start, _)| start),
                    end_step: steps.map(|(_, end)| end),
                    max_results: Some(most),
                };
                bits(test.call(request).unwrap().metrics)
            };
            prop_assert_eq!(sample(plain), sample(packed), "{} of {:?}", most, steps);
        }
    }
    for max_results in [1, 4097, 20_000] {
        let bulk = |run_id: &RunId| {
            let run_ids = vec![run_id.clone()];
            let request =
                GetMetricHistoryBulk { run_ids, metric_key: Some("m".into()), max_results: Some(max_results) };
            bits(test.call(request).unwrap().metrics)
        };
        prop_assert_eq!(bulk(plain), bulk(packed));
    }
    Ok(())
}
