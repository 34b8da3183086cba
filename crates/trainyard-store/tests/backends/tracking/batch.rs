use std::cell::Cell;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use trainyard_api::metrics::Metric;
use trainyard_api::runs::LogBatch;
use trainyard_api::{Param, RunId, Tag};

use super::{get, invalid, missing, refused};
use crate::backend::TestStore;

fn metric(key: &str) -> Metric {
    Metric { key: key.to_owned(), value: 1.0, timestamp: 1, ..Metric::default() }
}

fn metrics(count: usize) -> Vec<Metric> {
    (0..count).map(|i| metric(&format!("m{i}"))).collect()
}

fn pairs(count: usize) -> Vec<Param> {
    (0..count).map(|i| Param::new(format!("k{i}"), "v")).collect()
}

fn batch(run_id: &RunId) -> LogBatch {
    LogBatch { run_id: run_id.clone(), ..LogBatch::default() }
}

pub fn a_full_batch_is_stored_whole(test: TestStore) {
    let run_id = super::run(&test);
    test.call(LogBatch { metrics: metrics(800), params: pairs(100), tags: pairs(100), ..batch(&run_id) }).unwrap();
    let data = get(&test, &run_id).data;
    assert_eq!((data.metrics.len(), data.params.len(), data.tags.len()), (800, 100, 101));
    test.call(batch(&run_id)).unwrap();
}

pub fn limits_are_said_as_mlflow_says_them(test: TestStore) {
    let run_id = super::run(&test);
    let too_many = |count: usize, limit: usize, what: &str| {
        invalid(&format!(
            "A batch logging request can contain at most {limit} {what}. Got {count} {what}. Please split up {what} \
             across multiple requests and try again."
        ))
    };
    let log = |request: LogBatch| refused(test.call(request));
    assert_eq!(log(LogBatch { metrics: metrics(1001), ..batch(&run_id) }), too_many(1001, 1000, "metrics"));
    assert_eq!(log(LogBatch { params: pairs(101), ..batch(&run_id) }), too_many(101, 100, "params"));
    assert_eq!(log(LogBatch { tags: pairs(101), ..batch(&run_id) }), too_many(101, 100, "tags"));
    assert_eq!(
        log(LogBatch { metrics: metrics(950), tags: pairs(100), ..batch(&run_id) }),
        too_many(1050, 1000, "metrics, params, and tags")
    );
    assert_eq!(log(LogBatch::default()), missing("run_id"));
}

pub fn messages_name_the_entry(test: TestStore) {
    let run_id = super::run(&test);
    let log = |request: LogBatch| refused(test.call(request));
    assert_eq!(log(LogBatch { metrics: vec![metric("a"), metric("")], ..batch(&run_id) }), missing("metrics[1].key"));
    assert_eq!(log(LogBatch { params: vec![Param::new("", "")], ..batch(&run_id) }), missing("params[0].key"));
    assert_eq!(log(LogBatch { tags: vec![Tag::new("", "")], ..batch(&run_id) }), missing("tags[0].key"));
    let (_, message) = log(LogBatch { metrics: vec![metric("a"), metric("a//b")], ..batch(&run_id) });
    assert!(message.starts_with("Invalid value \"a//b\" for parameter 'metrics[1].name' supplied"), "{message}");
    let params = vec![Param::new("x", "1"), Param::new("y", "1"), Param::new("x", "1")];
    assert_eq!(
        log(LogBatch { params, ..batch(&run_id) }),
        invalid(
            "Duplicate parameter keys have been submitted: ['x']. Please ensure the request contains only one param \
             value per param key."
        )
    );
}

pub fn a_changed_param_leaves_nothing_of_the_batch(test: TestStore) {
    let run_id = super::run(&test);
    test.call(LogBatch { params: vec![Param::new("a", "1")], ..batch(&run_id) }).unwrap();
    let before = get(&test, &run_id);
    let request = LogBatch {
        metrics: metrics(3),
        params: vec![Param::new("new", "1"), Param::new("a", "9")],
        tags: vec![Tag::new("t", "1"), Tag::new("mlflow.runName", "other")],
        ..batch(&run_id)
    };
    assert_eq!(
        refused(test.call(request)),
        invalid(&format!(
            "Changing param values is not allowed. Params were already logged='[{{'key': 'a', 'old_value': '1', \
             'new_value': '9'}}]' for run ID='{run_id}'."
        ))
    );
    assert_eq!(get(&test, &run_id), before);
}

pub fn the_last_of_equal_tags_holds(test: TestStore) {
    let run_id = super::run(&test);
    let tags = vec![Tag::new("a", "1"), Tag::new("mlflow.runName", "named"), Tag::new("a", "2")];
    test.call(LogBatch { tags, ..batch(&run_id) }).unwrap();
    let run = get(&test, &run_id);
    assert_eq!(run.info.run_name, "named");
    assert_eq!(run.data.tags, [Tag::new("a", "2"), Tag::new("mlflow.runName", "named")]);
}

pub fn any_batch_is_stored_whole_or_not_at_all(test: TestStore) {
    // Odds at which about half of the batches are good: one wrong key is enough to refuse one.
    let key = || prop_oneof![20 => "[ab](/[ab])?", 1 => "a//b|\\.\\.|\u{0}|"];
    let pair = || (key(), prop_oneof![9 => Just("x"), 1 => Just("y")]).prop_map(|(key, value)| Param::new(key, value));
    let point = (key(), -1_i64..3, -1_i64..2, prop_oneof![Just(f64::NAN), Just(f64::INFINITY), -1.0..1.0_f64]);
    let point = point.prop_map(|(key, timestamp, step, value)| {
        let model_id = if step == 1 && timestamp == 2 { "m-unknown".into() } else { Default::default() };
        Metric { key, timestamp, step, value, model_id, ..Metric::default() }
    });
    let strategy =
        (prop::collection::vec(point, 0..4), prop::collection::vec(pair(), 0..3), prop::collection::vec(pair(), 0..3));
    let run_id = super::run(&test);
    // Texts, because a NaN does not equal itself.
    let state = || (format!("{:?}", get(&test, &run_id)), points(&test));
    let mut runner = TestRunner::new(Config { cases: 200, failure_persistence: None, ..Config::default() });
    let (accepted, refused) = (Cell::new(0), Cell::new(0));
    let outcome = runner.run(&strategy, |(metrics, params, tags)| {
        let before = state();
        let request = LogBatch { metrics, params, tags, ..batch(&run_id) };
        match test.call(request.clone()) {
            Ok(_) => {
                accepted.set(accepted.get() + 1);
                let data = get(&test, &run_id).data;
                prop_assert!(request.params.iter().all(|param| data.params.contains(param)));
                prop_assert!(request.metrics.iter().all(|m| data.metrics.iter().any(|stored| stored.key == m.key)));
                // A batch repeated changes nothing.
                let after = state();
                prop_assert!(test.call(request).is_ok());
                prop_assert_eq!(state(), after);
            }
            Err(_) => {
                refused.set(refused.get() + 1);
                prop_assert_eq!(state(), before);
            }
        }
        Ok(())
    });
    outcome.unwrap();
    assert!(accepted.get() > 10 && refused.get() > 10, "{accepted:?} accepted, {refused:?} refused");
}

fn points(test: &TestStore) -> Vec<i64> {
    let counts = "SELECT (SELECT COUNT(*) FROM metric_point), (SELECT COUNT(*) FROM metric_series),
                         (SELECT COUNT(*) FROM metric_key), (SELECT CAST(SUM(count) AS BIGINT) FROM metric_summary)";
    let counts = test.store.read(move |tx| {
        tx.query_one(counts, &[], |row| {
            Ok(vec![row.get(0)?, row.get(1)?, row.get(2)?, row.get::<Option<i64>>(3)?.unwrap_or(0)])
        })
    });
    counts.wait().unwrap().unwrap()
}
