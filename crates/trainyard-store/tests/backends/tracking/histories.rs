use trainyard_api::RunId;
use trainyard_api::limits::BATCH_METRICS;
use trainyard_api::metrics::*;
use trainyard_api::runs::LogBatch;

use super::{invalid, missing, refused};
use crate::backend::TestStore;

/// A run with points of the metric `m`, each (step, timestamp, value).
fn run_with(test: &TestStore, points: impl IntoIterator<Item = (i64, i64, f64)>) -> RunId {
    let run_id = super::run(test);
    let point = |(step, timestamp, value)| Metric { key: "m".into(), step, timestamp, value, ..Metric::default() };
    let metrics: Vec<_> = points.into_iter().map(point).collect();
    for metrics in metrics.chunks(BATCH_METRICS) {
        let batch = LogBatch { run_id: run_id.clone(), metrics: metrics.to_vec(), ..LogBatch::default() };
        test.call(batch).unwrap();
    }
    run_id
}

fn question(run_ids: &[&RunId]) -> GetMetricHistoryBulkInterval {
    let run_ids = run_ids.iter().map(|run_id| (*run_id).clone()).collect();
    GetMetricHistoryBulkInterval { run_ids, metric_key: "m".into(), ..GetMetricHistoryBulkInterval::default() }
}

fn sample(test: &TestStore, request: GetMetricHistoryBulkInterval) -> Vec<(RunId, i64, i64, f64)> {
    shown(test.call(request).unwrap().metrics)
}

fn shown(metrics: Vec<Metric>) -> Vec<(RunId, i64, i64, f64)> {
    metrics.into_iter().map(|metric| (metric.run_id, metric.step, metric.timestamp, metric.value)).collect()
}

pub fn a_history_of_several_runs_is_ordered_by_run_and_time(test: TestStore) {
    let first = run_with(&test, [(2, 1, 5.0), (1, 2, 4.0), (0, 2, 3.0)]);
    let second = run_with(&test, [(0, 1, 1.0)]);
    let ask = |run_ids: &[&RunId], max_results| {
        let run_ids = run_ids.iter().map(|run_id| (*run_id).clone()).collect();
        let request = GetMetricHistoryBulk { run_ids, metric_key: Some("m".into()), max_results };
        shown(test.call(request).unwrap().metrics)
    };
    let of_first = [(first.clone(), 2, 1, 5.0), (first.clone(), 0, 2, 3.0), (first.clone(), 1, 2, 4.0)];
    let mut all = of_first.to_vec();
    all.push((second.clone(), 0, 1, 1.0));
    all.sort_by_key(|(run_id, ..)| run_id.to_string());
    assert_eq!(ask(&[&second, &first, &second, &"unknown".into()], None), all);
    assert_eq!(ask(&[&first, &second], Some(2)), all[..2]);
    assert_eq!(ask(&[&first], Some(0)), []);
    assert_eq!(ask(&[&first], Some(i64::MAX)), of_first);
    let long = run_with(&test, (0..25_001).map(|i| (i, i, 0.0)));
    for max_results in [None, Some(25_001)] {
        assert_eq!(ask(&[&long, &long], max_results).len(), 25_000);
    }
}

pub fn a_sample_keeps_both_ends_of_every_run(test: TestStore) {
    let long = run_with(&test, (0..12).map(|i| (i, 100 + i, i as f64)));
    let short = run_with(&test, [(7, 1, 1.0)]);
    let of = |run_id: &RunId, steps: &[i64]| -> Vec<_> {
        steps.iter().map(|step| (run_id.clone(), *step, 100 + step, *step as f64)).collect()
    };
    let request = GetMetricHistoryBulkInterval { max_results: Some(5), ..question(&[&long, &short, &long]) };
    let expected = [of(&long, &[0, 3, 6, 8, 11]), vec![(short, 7, 1, 1.0)], of(&long, &[0, 3, 6, 8, 11])].concat();
    assert_eq!(sample(&test, request), expected);
    let one = GetMetricHistoryBulkInterval { max_results: Some(1), ..question(&[&long]) };
    assert_eq!(sample(&test, one), of(&long, &[11]));
    assert_eq!(sample(&test, question(&[&long])), of(&long, &(0..12).collect::<Vec<_>>()));
}

pub fn a_sample_is_taken_in_the_order_of_steps(test: TestStore) {
    // Steps run against the time, and several points share one.
    let run_id = run_with(&test, (0..12).map(|i| (i / 2, 100 - i, 1.0)));
    let steps = |most| {
        let request = GetMetricHistoryBulkInterval { max_results: Some(most), ..question(&[&run_id]) };
        sample(&test, request).into_iter().map(|(_, step, timestamp, _)| (step, timestamp)).collect::<Vec<_>>()
    };
    assert_eq!(steps(3), [(0, 99), (2, 95), (5, 90)]);
    assert_eq!(steps(5), [(0, 99), (1, 98), (3, 93), (4, 91), (5, 90)]);
    assert!(steps(2500).is_sorted());
}

pub fn a_sample_of_an_interval_sees_its_steps_only(test: TestStore) {
    let run_id = run_with(&test, (0..100).map(|i| (i, i, 0.0)));
    let steps = |start, end, max_results| {
        let request = GetMetricHistoryBulkInterval {
            start_step: Some(start),
            end_step: Some(end),
            max_results,
            ..question(&[&run_id])
        };
        sample(&test, request).into_iter().map(|(_, step, ..)| step).collect::<Vec<_>>()
    };
    assert_eq!(steps(40, 43, None), [40, 41, 42, 43]);
    assert_eq!(steps(10, 49, Some(4)), [10, 20, 30, 49]);
    assert_eq!(steps(7, 7, Some(1)), [7]);
    assert_eq!(steps(-5, -1, None), [0; 0]);
    assert_eq!(steps(i64::MIN, i64::MAX, Some(2)), [0, 99]);
}

pub fn a_sample_loses_no_spike(test: TestStore) {
    // Steps against the time as well, which takes another way through the code.
    for backwards in [false, true] {
        let value = |i: i64| match i {
            333 => 99.0,
            334 => -99.0,
            i => (i % 7) as f64,
        };
        let run_id = run_with(&test, (0..1000).map(|i| (i, if backwards { 1000 - i } else { i }, value(i))));
        for most in [4, 10, 99, 998] {
            let request = GetMetricHistoryBulkInterval { max_results: Some(most), ..question(&[&run_id]) };
            let points = sample(&test, request);
            assert_eq!(points.len() as i64, most);
            let steps: Vec<i64> = points.iter().map(|(_, step, ..)| *step).collect();
            assert!(steps.is_sorted() && steps.contains(&333) && steps.contains(&334), "{most}: {steps:?}");
            assert_eq!((steps.first(), steps.last()), (Some(&0), Some(&999)));
        }
    }
}

pub fn bad_questions_about_several_histories(test: TestStore) {
    let run_id = run_with(&test, [(0, 0, 0.0)]);
    let ask = |change: fn(&mut GetMetricHistoryBulkInterval)| {
        let mut request = question(&[&run_id]);
        change(&mut request);
        test.call(request).map(|answer| answer.metrics.len())
    };
    let docs = "See the API docs for more information about request parameters.";
    assert_eq!(refused(ask(|request| request.run_ids.clear())), missing("run_ids"));
    assert_eq!(refused(ask(|request| request.metric_key.clear())), missing("metric_key"));
    assert_eq!(
        refused(ask(|request| request.run_ids = vec!["r".into(); 101])),
        invalid(&format!(
            "GetMetricHistoryBulkInterval request must specify at most 100 run_ids. Received 101 run_ids. {docs}"
        ))
    );
    for limit in [0, 2501] {
        let outcome = match limit {
            0 => ask(|request| request.max_results = Some(0)),
            _ => ask(|request| request.max_results = Some(2501)),
        };
        assert_eq!(refused(outcome), invalid(&format!("max_results must be between 1 and 2500. {docs}")));
    }
    assert_eq!(
        refused(ask(|request| request.end_step = Some(1))),
        invalid("If either start step or end step are specified, both must be specified.")
    );
    assert_eq!(
        refused(ask(|request| (request.start_step, request.end_step) = (Some(3), Some(2)))),
        invalid("end_step must be greater than start_step. Found start_step=3 and end_step=2.")
    );
    assert_eq!(ask(|request| request.run_ids = vec!["unknown".into()]), Ok(0));
    assert_eq!(ask(|request| request.metric_key = "unknown".into()), Ok(0));

    let ask = |change: fn(&mut GetMetricHistoryBulk)| {
        let mut request = GetMetricHistoryBulk {
            run_ids: vec![run_id.clone()],
            metric_key: Some("m".into()),
            ..GetMetricHistoryBulk::default()
        };
        change(&mut request);
        refused(test.call(request))
    };
    assert_eq!(
        ask(|request| request.run_ids.clear()),
        invalid("GetMetricHistoryBulk request must specify at least one run_id.")
    );
    assert_eq!(
        ask(|request| request.run_ids = vec!["r".into(); 101]),
        invalid("GetMetricHistoryBulk request cannot specify more than 100 run_ids. Received 101 run_ids.")
    );
    assert_eq!(
        ask(|request| request.metric_key = None),
        invalid("GetMetricHistoryBulk request must specify a metric_key.")
    );
    assert_eq!(
        ask(|request| request.max_results = Some(-1)),
        invalid("Invalid value -1 for parameter 'max_results' supplied. It must not be negative.")
    );
}
