use trainyard_api::metric_summaries::*;
use trainyard_api::metrics::Metric;
use trainyard_api::runs::LogBatch;

use super::{absent, invalid, missing, refused, run};
use crate::backend::TestStore;

fn log(test: &TestStore, run_id: &trainyard_api::RunId, points: &[(&str, i64, f64)]) {
    let metric = |(key, step, value): &(&str, i64, f64)| Metric {
        key: (*key).into(),
        step: *step,
        timestamp: 100 + step,
        value: *value,
        ..Metric::default()
    };
    let metrics = points.iter().map(metric).collect();
    test.call(LogBatch { run_id: run_id.clone(), metrics, ..LogBatch::default() }).unwrap();
}

pub fn a_summary_tells_ends_and_extremes(test: TestStore) {
    let run_id = run(&test);
    log(&test, &run_id, &[("loss", 0, 4.0), ("loss", 1, 9.0), ("loss", 2, f64::NAN), ("odd", 5, f64::NAN)]);
    let metrics = test.call(GetMetricSummaries { run_id, ..GetMetricSummaries::default() }).unwrap().metrics;
    let point = |value, step| MetricPoint { value, step, timestamp: 100 + step };
    let [loss, odd] = metrics.as_slice() else { panic!("{metrics:?}") };
    assert_eq!((loss.key.as_str(), loss.points, &loss.first), ("loss", 3, &point(4.0, 0)));
    assert!(loss.last.value.is_nan() && loss.last.step == 2);
    assert_eq!((loss.min, loss.max), (Some(MetricValue { value: 4.0 }), Some(MetricValue { value: 9.0 })));
    assert_eq!((odd.points, odd.min, odd.max), (1, None, None));
}

pub fn summaries_are_narrowed_by_name_and_come_page_by_page(test: TestStore) {
    let run_id = run(&test);
    let keys = ["Val/Loss", "a_b", "a-b", "train/loss", "train/ÄTZ", "val/acc"];
    log(&test, &run_id, &keys.map(|key| (key, 0, 1.0)));
    let ask = |contains: &str, prefix: &str, max_results, page_token: &str| {
        let (contains, prefix, page_token) = (contains.into(), prefix.into(), page_token.into());
        test.call(GetMetricSummaries { run_id: run_id.clone(), contains, prefix, max_results, page_token })
    };
    let names = |contains: &str, prefix: &str| -> Vec<String> {
        ask(contains, prefix, None, "").unwrap().metrics.into_iter().map(|metric| metric.key).collect()
    };
    let mut ordered = keys;
    ordered.sort_unstable();
    assert_eq!(names("", ""), ordered);
    assert_eq!(names("loss", ""), ["Val/Loss", "train/loss"]);
    assert_eq!(names("ätz", ""), ["train/ÄTZ"]);
    // Nothing is a wildcard.
    assert_eq!(names("%", ""), [""; 0]);
    assert_eq!(names("_", ""), ["a_b"]);
    assert_eq!(names("", "train/"), ["train/loss", "train/ÄTZ"]);
    assert_eq!(names("loss", "train/"), ["train/loss"]);
    let (mut seen, mut token) = (Vec::new(), String::new());
    loop {
        let page = ask("", "", Some(4), &token).unwrap();
        seen.extend(page.metrics.into_iter().map(|metric| metric.key));
        token = page.next_page_token;
        if token.is_empty() {
            break;
        }
        let message = refused(ask("x", "", Some(4), &token)).1;
        assert!(message.contains("it belongs to another query"), "{message}");
    }
    assert_eq!(seen, ordered);
}

pub fn bad_questions_about_summaries(test: TestStore) {
    let ask = |run_id: &str, max_results| {
        refused(test.call(GetMetricSummaries { run_id: run_id.into(), max_results, ..GetMetricSummaries::default() }))
    };
    assert_eq!(ask("", None), missing("run_id"));
    assert_eq!(ask("none", None), absent("Run with id=none not found"));
    assert_eq!(
        ask("none", Some(20_001)),
        invalid("Invalid value 20001 for parameter 'max_results' supplied. It must be at most 20000")
    );
}
