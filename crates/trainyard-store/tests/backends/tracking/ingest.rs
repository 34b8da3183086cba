use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use trainyard_api::columns::{ColumnKind, ListColumns};
use trainyard_api::experiments::CreateExperiment;
use trainyard_api::ingest::{Ingest, RunAnswer, RunAnswerStatus, RunBatch, Series};
use trainyard_api::logged_models::{CreateLoggedModel, GetLoggedModel};
use trainyard_api::metrics::{GetMetricHistory, Metric};
use trainyard_api::runs::{CreateRun, DeleteRun, LogBatch, Run};
use trainyard_api::{ApiError, ErrorCode, Param, RunId, Tag};
use trainyard_store::{Packer, PackingEnd, maintenance};

use super::get;
use crate::backend::TestStore;

fn series(key: &str, values: &[f64]) -> Series {
    let numbers: Vec<i64> = (0..values.len() as i64).collect();
    Series {
        key: key.to_owned(),
        timestamps: numbers.iter().map(|number| 1000 + number).collect(),
        steps: numbers,
        values: values.to_vec(),
        ..Series::default()
    }
}

fn part(run_id: &RunId, series: Vec<Series>) -> RunBatch {
    RunBatch { run_id: run_id.clone(), series, ..RunBatch::default() }
}

fn ingest(test: &TestStore, runs: &[RunBatch]) -> Vec<RunAnswer> {
    test.call(Ingest::encode(runs).unwrap()).unwrap().runs
}

fn history(test: &TestStore, run_id: &RunId, key: &str) -> Vec<Metric> {
    let request = GetMetricHistory { run_id: run_id.clone(), metric_key: key.to_owned(), ..Default::default() };
    test.call(request).unwrap().metrics
}

fn rejection(answer: &RunAnswer) -> (ErrorCode, String) {
    let ApiError { error_code, message } = answer.clone().into_error().unwrap();
    (error_code, message)
}

pub fn many_runs_are_stored_at_once(test: TestStore) {
    let runs: Vec<RunId> = (0..50).map(|_| super::run(&test)).collect();
    let parts: Vec<RunBatch> = runs
        .iter()
        .enumerate()
        .map(|(number, run_id)| RunBatch {
            params: vec![Param::new("depth", number.to_string())],
            tags: vec![Tag::new("host", "first"), Tag::new("host", "last")],
            ..part(run_id, vec![series("loss", &[3.0, f64::NAN, number as f64]), series("acc", &[0.5])])
        })
        .collect();
    let answers = ingest(&test, &parts);
    assert_eq!(answers, runs.iter().cloned().map(RunAnswer::accepted).collect::<Vec<_>>());
    for (number, run_id) in runs.iter().enumerate() {
        let data = get(&test, run_id).data;
        assert_eq!(data.params, [Param::new("depth", number.to_string())]);
        assert!(data.tags.contains(&Tag::new("host", "last")), "of several values of a tag the last holds");
        let latest: Vec<_> = data.metrics.iter().map(|metric| (metric.key.as_str(), metric.value)).collect();
        assert_eq!(latest, [("acc", 0.5), ("loss", number as f64)]);
        let points = history(&test, run_id, "loss");
        assert_eq!(
            points.iter().map(|point| (point.step, point.timestamp)).collect::<Vec<_>>(),
            [(0, 1000), (1, 1001), (2, 1002)]
        );
        assert!(points[1].value.is_nan());
    }
}

pub fn a_part_that_is_rejected_leaves_nothing_and_the_others_are_stored(test: TestStore) {
    let [good, changed, deleted, late] = [(); 4].map(|()| super::run(&test));
    let params = |value: &str| vec![Param::new("depth", value)];
    test.call(LogBatch { run_id: changed.clone(), params: params("5"), ..LogBatch::default() }).unwrap();
    test.call(DeleteRun { run_id: deleted.clone() }).unwrap();
    let loss = || vec![series("loss", &[1.0, 2.0])];
    let negative = Series { timestamps: vec![5, -1], ..series("loss", &[1.0, 2.0]) };
    let half = Series { dataset_name: "iris".to_owned(), ..series("loss", &[1.0]) };
    let answers = ingest(
        &test,
        &[
            part(&good, loss()),
            // The last param of the last series is what is wrong: all before it is undone.
            RunBatch { params: params("6"), tags: vec![Tag::new("t", "x")], ..part(&changed, loss()) },
            part(&deleted, loss()),
            part(&"no such run".into(), loss()),
            part(&RunId::default(), loss()),
            part(&good, vec![series("fine", &[1.0]), negative]),
            part(&good, vec![series("fine", &[1.0]), series("a?", &[1.0])]),
            part(&good, vec![half]),
            RunBatch { tags: vec![Tag::new("", "x")], ..part(&good, vec![series("fine", &[1.0])]) },
            RunBatch { params: [params("1"), params("1")].concat(), ..part(&good, Vec::new()) },
            part(&late, loss()),
        ],
    );
    let accepted: Vec<bool> = answers.iter().map(|answer| answer.status == RunAnswerStatus::Accepted).collect();
    assert_eq!(accepted, [true, false, false, false, false, false, false, false, false, false, true]);
    let invalid = ErrorCode::InvalidParameterValue;
    for (answer, code, message) in [
        (1, invalid, "Changing param values is not allowed"),
        (2, invalid, "must be in the 'active' state"),
        (3, ErrorCode::ResourceDoesNotExist, "Run with id=no such run not found"),
        (4, invalid, "Missing value for required parameter 'run_id'"),
        (5, invalid, "Invalid value -1 for parameter 'series[1].points[1].timestamp' supplied: metric 'loss'"),
        (6, invalid, "'series[1].name'"),
        (7, invalid, "Both dataset_name and dataset_digest"),
        (8, invalid, "'tags[0].key'"),
        (9, invalid, "Duplicate parameter keys have been submitted: ['depth']"),
    ] {
        let found = rejection(&answers[answer]);
        assert!(found.0 == code && found.1.contains(message), "{answer}: {found:?}");
    }
    assert!(get(&test, &changed).data.metrics.is_empty(), "nothing of a rejected part is stored");
    assert!(history(&test, &good, "fine").is_empty());
    assert_eq!((history(&test, &good, "loss").len(), history(&test, &late, "loss").len()), (2, 2));
}

pub fn of_parts_of_one_run_the_first_param_and_the_last_tag_hold(test: TestStore) {
    let run_id = super::run(&test);
    let pair = |depth: &str, host: &str| RunBatch {
        params: vec![Param::new("depth", depth)],
        tags: vec![Tag::new("host", host)],
        ..part(&run_id, vec![series("loss", &[1.0])])
    };
    let answers = ingest(&test, &[pair("5", "a"), pair("6", "b"), pair("5", "c")]);
    let accepted: Vec<bool> = answers.iter().map(|answer| answer.status == RunAnswerStatus::Accepted).collect();
    assert_eq!(accepted, [true, false, true]);
    assert!(rejection(&answers[1]).1.contains("{'key': 'depth', 'old_value': '5', 'new_value': '6'}"));
    ingest(&test, &[pair("5", "d"), pair("5", "e")]);
    let data = get(&test, &run_id).data;
    let host = data.tags.iter().find(|tag| tag.key == "host").map(|tag| tag.value.as_str());
    assert_eq!((data.params, host), (vec![Param::new("depth", "5")], Some("e")));
}

pub fn what_is_logged_is_listed_among_the_columns_of_its_experiment(test: TestStore) {
    let other = test.call(CreateExperiment { name: "other".to_owned(), ..Default::default() }).unwrap().experiment_id;
    let of_other = test.call(CreateRun { experiment_id: other.clone(), ..Default::default() }).unwrap().run.info.run_id;
    let logged = |run_id: &RunId, name: &str| RunBatch {
        params: vec![Param::new(name, "1")],
        tags: vec![Tag::new(name, "1")],
        ..part(run_id, vec![series(name, &[1.0])])
    };
    ingest(&test, &[logged(&super::run(&test), "ours"), logged(&of_other, "theirs"), logged(&of_other, "also")]);
    for kind in [ColumnKind::Metric, ColumnKind::Param, ColumnKind::Tag] {
        let listed = |experiment_ids| {
            let asked = ListColumns { experiment_ids, kind: Some(kind), ..Default::default() };
            let keys = test.call(asked).unwrap().columns.into_iter().map(|column| column.key);
            keys.filter(|key| key != "mlflow.runName").collect::<Vec<_>>()
        };
        assert_eq!(
            (listed(vec!["0".into()]), listed(vec![other.clone()])),
            (vec!["ours".into()], vec!["also".into(), "theirs".into()])
        );
    }
}

pub fn a_repeated_request_changes_nothing(test: TestStore) {
    let run_id = super::run(&test);
    let parts = [RunBatch {
        params: vec![Param::new("depth", "5")],
        tags: vec![Tag::new("host", "a")],
        ..part(&run_id, vec![series("loss", &[1.0, 1.0, f64::NAN, f64::INFINITY])])
    }];
    ingest(&test, &parts);
    let once = (get(&test, &run_id), history(&test, &run_id, "loss").len());
    ingest(&test, &parts);
    ingest(&test, &[parts[0].clone(), parts[0].clone()]);
    assert_eq!((get(&test, &run_id), history(&test, &run_id, "loss").len()), once);
    assert_eq!(once.1, 4);
}

pub fn points_of_models_and_datasets_are_linked_as_by_log_batch(test: TestStore) {
    let run_id = super::run(&test);
    let model = || {
        let made = test.call(CreateLoggedModel { experiment_id: "0".into(), ..Default::default() }).unwrap();
        made.model.info.model_id
    };
    let [by_ingest, by_batch] = [(); 2].map(|()| model());
    let in_context = |model_id: &str| Series {
        model_id: model_id.to_owned(),
        dataset_name: "iris".to_owned(),
        dataset_digest: "d1".to_owned(),
        ..series("acc", &[0.5, 0.75])
    };
    let answers = ingest(&test, &[part(&run_id, vec![in_context(by_ingest.as_str()), series("acc", &[0.1])])]);
    assert_eq!(answers, [RunAnswer::accepted(run_id.clone())]);
    let same = Ingest::encode(&[part(&run_id, vec![in_context(by_batch.as_str())])]).unwrap();
    test.call(same.runs().next().unwrap().to_batch()).unwrap();
    let [found, wanted] = [by_ingest, by_batch].map(|model_id| {
        let model = test.call(GetLoggedModel { model_id, allow_deleted: false }).unwrap().model;
        let metrics = model.data.metrics.into_iter();
        metrics.map(|metric| Metric { model_id: Default::default(), ..metric }).collect::<Vec<_>>()
    });
    assert_eq!((found.len(), found[0].dataset_name.as_str()), (2, "iris"));
    assert_eq!(found, wanted);
    assert_eq!(history(&test, &run_id, "acc").len(), 3);
    let answers = ingest(&test, &[part(&run_id, vec![in_context("m-missing")])]);
    assert_eq!(rejection(&answers[0]).0, ErrorCode::ResourceDoesNotExist);
}

pub fn ingest_and_log_batch_leave_the_same(test: TestStore) {
    let metric =
        (0..3_u8, 0..20_i64, 0..20_i64, prop_oneof![Just(f64::NAN), Just(-0.0), -5.0..5.0, Just(f64::INFINITY)]);
    let metric = metric.prop_map(|(key, step, timestamp, value)| {
        let key = format!("m{key}");
        Metric { key, step, timestamp, value, ..Metric::default() }
    });
    let batches = prop::collection::vec(prop::collection::vec(metric, 0..40), 1..4);
    let mut runner = TestRunner::new(Config { cases: 20, failure_persistence: None, ..Config::default() });
    let outcome = runner.run(&batches, |batches| {
        let [one, other] = [(); 2].map(|()| super::run(&test));
        for metrics in batches {
            let batch = LogBatch { run_id: one.clone(), metrics, ..LogBatch::default() };
            let same = RunBatch { run_id: other.clone(), ..RunBatch::from(&batch) };
            test.call(batch).unwrap();
            prop_assert_eq!(ingest(&test, &[same]), vec![RunAnswer::accepted(other.clone())]);
        }
        // Text, since NaN is not equal to itself.
        let latest = |run: Run| format!("{:?}", run.data.metrics);
        prop_assert_eq!(latest(get(&test, &one)), latest(get(&test, &other)));
        for key in ["m0", "m1", "m2"] {
            let [one, other] = [&one, &other].map(|run_id| format!("{:?}", history(&test, run_id, key)));
            prop_assert_eq!(one, other);
        }
        Ok(())
    });
    outcome.unwrap();
}

pub fn a_long_series_is_packed_at_once_and_read_as_any_other(test: TestStore) {
    let run_id = super::run(&test);
    let value = |step: i64| if step % 977 == 0 { f64::NAN } else { (step as f64 * 0.37).sin() };
    let send = |steps: &[i64]| {
        let series = Series {
            key: "loss".to_owned(),
            steps: steps.to_vec(),
            timestamps: steps.iter().map(|step| 1000 + step).collect(),
            values: steps.iter().copied().map(value).collect(),
            ..Series::default()
        };
        assert_eq!(ingest(&test, &[part(&run_id, vec![series])]), [RunAnswer::accepted(run_id.clone())]);
    };
    let range = |first: i64, end: i64| (first..end).collect::<Vec<_>>();
    let expected_of = |parts: &[Vec<i64>]| {
        let mut steps: Vec<i64> = parts.concat();
        steps.sort_unstable();
        steps.dedup();
        steps
    };
    let stats = || test.store.read(maintenance::stats).wait().unwrap();
    let mut backwards = range(30_000, 36_000);
    backwards.reverse();
    let parts = [
        range(0, 10_000),
        // The same once more, twice in one request, and an overlap of both ends.
        range(0, 10_000),
        [range(5000, 6000), range(5000, 6000)].concat(),
        range(9000, 14_000),
        // A gap, rows in it, then many behind the rows and around them.
        range(20_000, 22_000),
        range(15_000, 15_100),
        range(14_900, 16_000),
        backwards,
        // Rows behind all blocks, then many points on both sides of them.
        range(40_000, 40_010),
        range(39_000, 42_000),
        range(50_000, 60_000),
    ];
    for (index, steps) in parts.iter().enumerate() {
        send(steps);
        if index == 0 {
            let stats = stats();
            assert_eq!((stats.blocks, stats.packed, stats.rows), (3, 10_000, 0), "no point was a row first");
        }
        let expected = expected_of(&parts[..=index]);
        let found: Vec<i64> = history(&test, &run_id, "loss").iter().map(|point| point.step).collect();
        assert_eq!(found, expected, "after part {index}");
        let checked = maintenance::check(&test.store, |_| {}).unwrap();
        assert_eq!(checked.problems, [], "after part {index}");
        assert_eq!((checked.points, stats().points), (expected.len() as u64, expected.len() as u64));
    }
    let points = history(&test, &run_id, "loss");
    assert!(points.iter().all(|point| point.value.to_bits() == value(point.step).to_bits() || point.value.is_nan()));
    let latest = &get(&test, &run_id).data.metrics[0];
    assert_eq!((latest.step, latest.value), (59_999, value(59_999)));
    // The packing task finds everything as it left it itself.
    let (end, _) = Packer::new(test.store.clone()).run(|_| true).unwrap();
    assert_eq!(end, PackingEnd::Done);
    assert_eq!(maintenance::check(&test.store, |_| {}).unwrap().problems, []);
    assert_eq!(history(&test, &run_id, "loss").len(), points.len());
}

pub fn requests_that_share_a_millisecond_are_packed_at_once(test: TestStore) {
    const POINTS: i64 = 1000;
    const REQUESTS: i64 = 5;
    let run_id = super::run(&test);
    // A loop at full rate: several hundred points a millisecond, wherever a request ends.
    let send = |steps: std::ops::Range<i64>| {
        let steps: Vec<i64> = steps.collect();
        let series = Series {
            key: "loss".to_owned(),
            timestamps: steps.iter().map(|step| 1000 + step / 300).collect(),
            values: steps.iter().map(|step| 1.0 / (step + 1) as f64).collect(),
            steps,
            ..Series::default()
        };
        assert_eq!(ingest(&test, &[part(&run_id, vec![series])]), [RunAnswer::accepted(run_id.clone())]);
    };
    let stats = || test.store.read(maintenance::stats).wait().unwrap();
    for request in 0..REQUESTS {
        send(request * POINTS..(request + 1) * POINTS);
        let stats = stats();
        assert_eq!((stats.rows, stats.packed), (0, (request + 1) as u64 * 1000), "after request {request}");
    }
    // Repeats, also beside new points and within the last millisecond that is packed.
    send(0..POINTS);
    send(REQUESTS * POINTS - 100..REQUESTS * POINTS + 900);
    send(REQUESTS * POINTS + 890..REQUESTS * POINTS + 900);
    let count = REQUESTS as u64 * 1000 + 900;
    assert_eq!((stats().rows, stats().points), (0, count));
    // A single point of that millisecond is new, and a row.
    send(REQUESTS * POINTS + 899..REQUESTS * POINTS + 901);
    assert_eq!((stats().rows, stats().points), (1, count + 1));
    let steps: Vec<i64> = history(&test, &run_id, "loss").iter().map(|point| point.step).collect();
    assert_eq!(steps, (0..=count as i64).collect::<Vec<_>>());
    let checked = maintenance::check(&test.store, |_| {}).unwrap();
    assert_eq!((checked.problems, checked.points), (Vec::new(), count + 1));
}
