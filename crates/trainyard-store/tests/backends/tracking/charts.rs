use trainyard_api::RunId;
use trainyard_api::charts::*;
use trainyard_api::metrics::Metric;
use trainyard_api::runs::{LogBatch, RunStatus, UpdateRun};
use trainyard_store::Packer;

use super::{invalid, missing, refused, run};
use crate::backend::TestStore;

/// A run with points of the metric `m`, each (step, timestamp, value).
fn log(test: &TestStore, points: &[(i64, i64, f64)]) -> RunId {
    let run_id = run(test);
    for points in points.chunks(63) {
        let point = |&(step, timestamp, value)| Metric { key: "m".into(), step, timestamp, value, ..Metric::default() };
        let metrics = points.iter().map(point).collect();
        test.call(LogBatch { run_id: run_id.clone(), metrics, ..LogBatch::default() }).unwrap();
    }
    run_id
}

fn pack(test: &TestStore, run_id: &RunId) {
    let status = Some(RunStatus::Finished);
    test.call(UpdateRun { run_id: run_id.clone(), status, ..UpdateRun::default() }).unwrap();
    Packer::new(test.store.clone()).run(|_| true).unwrap();
}

fn request(run_id: &RunId, buckets: i64) -> GetChartSeries {
    let series = vec![ChartSeriesKey { run_id: run_id.clone(), metric_key: "m".into() }];
    GetChartSeries { series, buckets: Some(buckets), ..GetChartSeries::default() }
}

fn rows(test: &TestStore, request: GetChartSeries) -> Vec<ChartRow> {
    test.call(request).unwrap().series.remove(0).rows
}

/// Checks that rows are what buckets of these points can be: ordered points of the series, whose extremes cover all numbers.
fn check(rows: &[ChartRow], points: &[(i64, i64, f64)], by_step: bool) {
    let place = |row: &ChartRow| if by_step { (row.step, row.timestamp) } else { (row.timestamp, row.step) };
    assert!(rows.is_sorted_by_key(place), "{rows:?}");
    for row in rows {
        let known = |&&(step, timestamp, value): &&(i64, i64, f64)| {
            (step, timestamp) == (row.step, row.timestamp)
                && (value == row.value || value.is_nan() && row.value.is_nan())
        };
        assert!(points.iter().any(|point| known(&point)), "{row:?} is a point");
        assert!(row.value.is_nan() || (row.min..=row.max).contains(&row.value), "{row:?}");
    }
    let numbers = || points.iter().map(|point| point.2).filter(|value| !value.is_nan());
    assert_eq!(rows.iter().map(|row| row.min).fold(f64::NAN, f64::min), numbers().fold(f64::NAN, f64::min));
    assert_eq!(rows.iter().map(|row| row.max).fold(f64::NAN, f64::max), numbers().fold(f64::NAN, f64::max));
}

pub fn a_short_series_comes_point_by_point(test: TestStore) {
    let run_id = log(&test, &[(3, 1, 4.0), (1, 2, f64::NAN), (2, 2, f64::INFINITY)]);
    let shown = |rows: Vec<ChartRow>| rows.into_iter().map(|row| (row.step, row.timestamp)).collect::<Vec<_>>();
    let answer = test.call(request(&run_id, 3)).unwrap().series.remove(0);
    assert_eq!((answer.points, answer.run_id.clone()), (3, run_id.clone()));
    let row = |step, timestamp, value: f64| ChartRow { step, timestamp, value, min: value, max: value };
    assert_eq!(answer.rows[1..], [row(2, 2, f64::INFINITY), row(3, 1, 4.0)]);
    assert!(answer.rows[0].value.is_nan() && answer.rows[0].min.is_nan());
    let by_time = GetChartSeries { x: ChartAxis::Timestamp, ..request(&run_id, 3) };
    assert_eq!(shown(rows(&test, by_time)), [(3, 1), (1, 2), (2, 2)]);
    let some = GetChartSeries { from: Some(2), to: Some(9), ..request(&run_id, 3) };
    assert_eq!(shown(rows(&test, some)), [(2, 2), (3, 1)]);
    let none = GetChartSeries { from: Some(4), ..request(&run_id, 3) };
    assert_eq!(rows(&test, none), []);
    let unknown = GetChartSeries {
        series: vec![ChartSeriesKey { run_id, metric_key: "other".into() }],
        ..GetChartSeries::default()
    };
    assert_eq!(test.call(unknown).unwrap().series[0].rows, []);
}

pub fn series_that_are_asked_for_together_keep_their_places(test: TestStore) {
    let (one, two) = (log(&test, &[(1, 1, 1.0)]), log(&test, &[(1, 1, 2.0), (2, 2, 3.0)]));
    let key =
        |run_id: &RunId, metric_key: &str| ChartSeriesKey { run_id: run_id.clone(), metric_key: metric_key.into() };
    let series = vec![
        key(&two, "m"),
        key(&"gone".into(), "m"),
        key(&one, "m"),
        key(&one, "none"),
        key(&two, "m"),
        key(&two, "M"),
    ];
    let answer = test.call(GetChartSeries { series: series.clone(), ..GetChartSeries::default() }).unwrap().series;
    let asked: Vec<_> = answer.iter().map(|found| key(&found.run_id, &found.metric_key)).collect();
    assert_eq!(asked, series);
    assert_eq!(answer.iter().map(|found| found.points).collect::<Vec<_>>(), [2, 0, 1, 0, 2, 0]);
    assert_eq!(answer[4].rows.iter().map(|row| row.value).collect::<Vec<_>>(), [2.0, 3.0]);
}

pub fn buckets_lose_no_extreme_however_points_are_stored(test: TestStore) {
    let mut points: Vec<(i64, i64, f64)> = (0..40_000).map(|i| (i, 1000 + i, (i as f64 * 0.001).sin())).collect();
    points[12_345].2 = 50.0;
    points[33_333].2 = -50.0;
    points[20_000].2 = f64::NAN;
    let rows_only = log(&test, &points);
    let packed = log(&test, &points);
    // A bucket is told by its last point; where chunks are taken as a whole, fewer than their points follow it.
    let off = |run_id: &RunId| -> Vec<i64> {
        let ends = (1..=100).map(|bucket| bucket * 400 - 1);
        rows(&test, request(run_id, 100)).iter().zip(ends).map(|(row, end)| end - row.step).collect()
    };
    assert_eq!(off(&rows_only), [0; 100]);
    pack(&test, &packed);
    assert!(off(&packed).iter().all(|off| (0..256).contains(off)), "{:?}", off(&packed));
    for run_id in [&rows_only, &packed] {
        for (x, buckets) in
            [(ChartAxis::Step, 100), (ChartAxis::Timestamp, 100), (ChartAxis::Step, 1), (ChartAxis::Step, 2000)]
        {
            let found = rows(&test, GetChartSeries { x, ..request(run_id, buckets) });
            check(&found, &points, x == ChartAxis::Step);
            assert!(found.len() <= buckets as usize && found.len() * 2 > buckets as usize, "{} {buckets}", found.len());
            assert_eq!((found.last().unwrap().step, found.last().unwrap().timestamp), (39_999, 40_999));
        }
        // The spike is where it was, to a bucket.
        let found = rows(&test, request(run_id, 100));
        let spike = found.iter().find(|row| row.max == 50.0).unwrap();
        assert!((spike.step - 12_345).abs() <= 800, "{spike:?}");
        // A part has the resolution of a whole.
        let part = rows(&test, GetChartSeries { from: Some(12_300), to: Some(12_399), ..request(run_id, 100) });
        let expected: Vec<i64> = (12_300..=12_399).collect();
        assert_eq!(part.iter().map(|row| row.step).collect::<Vec<_>>(), expected);
        assert!(part.iter().all(|row| row.min == row.value && row.max == row.value));
    }
}

pub fn buckets_of_steps_that_go_back_are_in_order(test: TestStore) {
    // A run that was resumed twice from the middle.
    let step = |i: i64| if i < 6000 { i } else { 3000 + (i - 6000) % 3000 };
    let points: Vec<(i64, i64, f64)> = (0..12_000).map(|i| (step(i), 1000 + i, (i % 997) as f64)).collect();
    let run_id = log(&test, &points);
    for _ in 0..2 {
        let found = rows(&test, request(&run_id, 50));
        check(&found, &points, true);
        assert_eq!(found.len(), 50);
        pack(&test, &run_id);
    }
}

pub fn bad_questions_about_charts(test: TestStore) {
    let ask = |request| refused(test.call::<GetChartSeries>(request));
    let named = |count| vec![ChartSeriesKey { run_id: "r".into(), metric_key: "m".into() }; count];
    let of = |series| GetChartSeries { series, ..GetChartSeries::default() };
    assert_eq!(ask(of(Vec::new())), missing("series"));
    assert_eq!(
        ask(of(vec![ChartSeriesKey { run_id: "r".into(), ..Default::default() }])),
        missing("series[0].metric_key")
    );
    let message = "Invalid value for parameter 'series': 1001 series are named, 1000 at most can be";
    assert_eq!(ask(of(named(1001))), invalid(message));
    let message = "Invalid value for parameter 'buckets': 2001 is not between 1 and 2000";
    assert_eq!(ask(GetChartSeries { buckets: Some(2001), ..of(named(1)) }), invalid(message));
    let message = "Invalid value for parameter 'buckets': 2000 for each of 251 series are more than 500000; ask for fewer at \
                   a time";
    assert_eq!(ask(GetChartSeries { buckets: Some(2000), ..of(named(251)) }), invalid(message));
    let message = "Invalid value for parameter 'from': 2 is behind to=1";
    assert_eq!(ask(GetChartSeries { from: Some(2), to: Some(1), ..of(named(1)) }), invalid(message));
}
