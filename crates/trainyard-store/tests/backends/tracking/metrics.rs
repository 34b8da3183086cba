use trainyard_api::RunId;
use trainyard_api::metrics::*;
use trainyard_api::runs::{DeleteRun, LogBatch};

use super::{absent, get, invalid, missing, refused};
use crate::backend::TestStore;

fn log(test: &TestStore, run_id: &RunId, key: &str, value: f64, timestamp: i64, step: i64) {
    let metric = LogMetric {
        run_id: run_id.clone(),
        key: key.to_owned(),
        value: Some(value),
        timestamp: Some(timestamp),
        step,
        ..LogMetric::default()
    };
    test.call(metric).unwrap();
}

fn history(test: &TestStore, run_id: &RunId, key: &str) -> Vec<Metric> {
    let request =
        GetMetricHistory { run_id: run_id.clone(), metric_key: key.to_owned(), ..GetMetricHistory::default() };
    let answer = test.call(request).unwrap();
    assert_eq!(answer.next_page_token, "");
    answer.metrics
}

/// (value, timestamp, step), with NaN as text so that it equals itself.
fn shown(metrics: &[Metric]) -> Vec<(String, i64, i64)> {
    metrics.iter().map(|metric| (format!("{:?}", metric.value), metric.timestamp, metric.step)).collect()
}

fn points(points: &[(&str, i64, i64)]) -> Vec<(String, i64, i64)> {
    points.iter().map(|(value, timestamp, step)| ((*value).to_owned(), *timestamp, *step)).collect()
}

fn latest(test: &TestStore, run_id: &RunId) -> (String, i64, i64) {
    shown(&get(test, run_id).data.metrics).pop().unwrap()
}

pub fn the_latest_point_has_the_greatest_step_then_time_then_value(test: TestStore) {
    let run_id = super::run(&test);
    for (value, timestamp, step, expected) in [
        (1.0, 5, 2, ("1.0", 5, 2)),
        (9.0, 9, 1, ("1.0", 5, 2)),
        (0.5, 6, 2, ("0.5", 6, 2)),
        (0.7, 6, 2, ("0.7", 6, 2)),
        (0.6, 6, 2, ("0.7", 6, 2)),
        (-1.0, 0, 3, ("-1.0", 0, 3)),
        (4.0, 7, -3, ("-1.0", 0, 3)),
    ] {
        log(&test, &run_id, "m", value, timestamp, step);
        assert_eq!(latest(&test, &run_id), points(&[expected])[0], "after {value}");
    }
}

pub fn nan_and_infinities_are_ordered_and_answered_as_mlflow_does(test: TestStore) {
    let run_id = super::run(&test);
    for (value, timestamp, expected) in [
        (f64::NAN, 1, ("NaN", 1, 0)),
        (0.0, 1, ("NaN", 1, 0)), // equal rank: the first stays
        (f64::INFINITY, 1, ("1.7976931348623157e308", 1, 0)),
        (f64::NEG_INFINITY, 2, ("-1.7976931348623157e308", 2, 0)),
        (f64::NAN, 2, ("NaN", 2, 0)),
        (-5.0, 2, ("NaN", 2, 0)),
    ] {
        log(&test, &run_id, "m", value, timestamp, 0);
        assert_eq!(latest(&test, &run_id), points(&[expected])[0], "after {value}");
    }
    assert_eq!(
        shown(&history(&test, &run_id, "m")),
        points(&[
            ("0.0", 1, 0),
            ("NaN", 1, 0),
            ("1.7976931348623157e308", 1, 0),
            ("-1.7976931348623157e308", 2, 0),
            ("-5.0", 2, 0),
            ("NaN", 2, 0),
        ])
    );
}

pub fn an_exact_duplicate_is_stored_once(test: TestStore) {
    let run_id = super::run(&test);
    for value in [1.0, f64::NAN, 1.0, f64::NAN, 0.0, -0.0] {
        log(&test, &run_id, "m", value, 1, 1);
    }
    let point = |value: f64| Metric { key: "m".into(), value, timestamp: 1, step: 1, ..Metric::default() };
    let metrics = vec![point(2.0), point(1.0), point(2.0)];
    test.call(LogBatch { run_id: run_id.clone(), metrics, ..LogBatch::default() }).unwrap();
    let stored = points(&[("0.0", 1, 1), ("NaN", 1, 1), ("1.0", 1, 1), ("2.0", 1, 1)]);
    assert_eq!(shown(&history(&test, &run_id, "m")), stored);
}

pub fn the_summary_says_what_the_points_say(test: TestStore) {
    let run_id = super::run(&test);
    for batch in [vec![f64::NAN, f64::NAN], vec![3.0, f64::NAN, -2.0], vec![7.0, 3.0]] {
        let metrics = batch.iter().enumerate();
        let metrics = metrics
            .map(|(i, value)| Metric {
                key: "m".into(),
                value: *value,
                timestamp: 1,
                step: i as i64,
                ..Metric::default()
            })
            .collect();
        test.call(LogBatch { run_id: run_id.clone(), metrics, ..LogBatch::default() }).unwrap();
    }
    let summary = test.store.read(|tx| {
        let sql = "SELECT count, latest_step, latest_value, latest_is_nan, first_step, first_value, first_is_nan,
                          min_value, max_value FROM metric_summary";
        tx.query(sql, &[], |row| {
            Ok((
                row.get::<i64>(0)?,
                (row.get::<i64>(1)?, row.get::<f64>(2)?, row.get::<bool>(3)?),
                (row.get::<i64>(4)?, row.get::<f64>(5)?, row.get::<bool>(6)?),
                (row.get::<f64>(7)?, row.get::<f64>(8)?),
            ))
        })
    });
    // Points: step 0: NaN, 3, 7; step 1: NaN, 3; step 2: -2.
    assert_eq!(summary.wait().unwrap(), [(6, (2, -2.0, false), (0, 0.0, true), (-2.0, 7.0))]);
}

pub fn a_history_is_ordered_by_time_then_step_then_value(test: TestStore) {
    let run_id = super::run(&test);
    for (value, timestamp, step) in [(1.0, 9, 0), (2.0, 8, 5), (0.5, 8, 5), (3.0, 8, 1)] {
        log(&test, &run_id, "m", value, timestamp, step);
    }
    log(&test, &run_id, "other", 1.0, 1, 1);
    let ordered = points(&[("3.0", 8, 1), ("0.5", 8, 5), ("2.0", 8, 5), ("1.0", 9, 0)]);
    assert_eq!(shown(&history(&test, &run_id, "m")), ordered);
    test.call(DeleteRun { run_id: run_id.clone() }).unwrap();
    assert_eq!(shown(&history(&test, &run_id, "m")), ordered);
}

pub fn a_history_is_paged_without_gaps_while_points_arrive(test: TestStore) {
    let run_id = super::run(&test);
    for i in 0..10 {
        log(&test, &run_id, "m", [f64::INFINITY, f64::NAN, 1.0][i as usize % 3], 100 + i / 3, i);
    }
    let mut request = GetMetricHistory {
        run_id: run_id.clone(),
        metric_key: "m".into(),
        max_results: Some(3),
        ..GetMetricHistory::default()
    };
    let mut steps = Vec::new();
    loop {
        let page = test.call(request.clone()).unwrap();
        assert!(page.metrics.len() <= 3);
        steps.extend(page.metrics.iter().map(|metric| metric.step));
        // A point before what has been read shifts nothing.
        log(&test, &run_id, "m", 0.0, 1, 1000 + steps.len() as i64);
        if page.next_page_token.is_empty() {
            break;
        }
        request.page_token = page.next_page_token;
    }
    assert_eq!(steps, (0..10).collect::<Vec<i64>>());
    request.max_results = Some(i64::MAX);
    request.page_token.clear();
    assert_eq!(test.call(request).unwrap().metrics.len(), 14);
}

pub fn bad_questions_about_histories(test: TestStore) {
    let run_id = super::run(&test);
    log(&test, &run_id, "m", 1.0, 1, 1);
    let ask = |change: fn(&mut GetMetricHistory)| {
        let mut request =
            GetMetricHistory { run_id: run_id.clone(), metric_key: "m".into(), ..GetMetricHistory::default() };
        change(&mut request);
        test.call(request)
    };
    assert_eq!(ask(|request| request.metric_key = "unknown".into()), Ok(GetMetricHistoryResponse::default()));
    assert_eq!(ask(|request| request.run_id = "unknown".into()), Ok(GetMetricHistoryResponse::default()));
    assert_eq!(refused(ask(|request| request.metric_key.clear())), missing("metric_key"));
    assert_eq!(refused(ask(|request| request.run_id = "".into())), missing("run_id"));
    for limit in ["0", "-1"] {
        let outcome = match limit {
            "0" => ask(|request| request.max_results = Some(0)),
            _ => ask(|request| request.max_results = Some(-1)),
        };
        let message =
            format!("Invalid value {limit} for parameter 'max_results' supplied. It must be a positive integer.");
        assert_eq!(refused(outcome), invalid(&message));
    }
    assert_eq!(refused(ask(|request| request.page_token = "zzz".into())), invalid("Invalid page token 'zzz'"));
}

pub fn bad_points_are_refused(test: TestStore) {
    let run_id = super::run(&test);
    let ask = |change: fn(&mut LogMetric)| {
        let mut request = LogMetric {
            run_id: run_id.clone(),
            key: "a".into(),
            value: Some(1.0),
            timestamp: Some(1),
            ..LogMetric::default()
        };
        change(&mut request);
        test.call(request)
    };
    assert_eq!(refused(ask(|request| request.key.clear())), missing("key"));
    assert_eq!(refused(ask(|request| request.value = None)), missing("value"));
    assert_eq!(refused(ask(|request| request.timestamp = None)), missing("timestamp"));
    assert_eq!(refused(ask(|request| request.run_id = "".into())), missing("run_id"));
    assert_eq!(refused(ask(|request| request.run_id = "nope".into())), absent("Run with id=nope not found"));
    assert_eq!(
        refused(ask(|request| request.timestamp = Some(-1))),
        invalid(
            "Invalid value -1 for parameter 'timestamp' supplied: metric 'a' (value=1.0). Timestamp must be a \
             nonnegative long (64-bit integer)"
        )
    );
    assert_eq!(
        refused(ask(|request| request.key = "k".repeat(251))),
        invalid("'Metric name' exceeds the maximum length of 250 characters")
    );
    assert_eq!(
        refused(ask(|request| request.key = "a\0b".into())),
        invalid(
            "Invalid value \"a\\u0000b\" for parameter 'name' supplied: Names may only contain alphanumerics, \
             underscores (_), dashes (-), periods (.), spaces ( ), colon(:) and slashes (/)."
        )
    );
    assert_eq!(
        refused(ask(|request| request.dataset_digest = "d".into())),
        invalid("Both dataset_name and dataset_digest must be provided if one is provided")
    );
    assert_eq!(get(&test, &run_id).data.metrics, []);
    ask(|request| (request.step, request.timestamp) = (i64::MIN, Some(i64::MAX))).unwrap();
    ask(|request| request.step = i64::MAX).unwrap();
    assert_eq!(latest(&test, &run_id), ("1.0".to_owned(), 1, i64::MAX));
}
