use proptest::prelude::*;

use super::super::encode::seal;
use super::super::{RunBatch, Series};
use super::*;
use crate::{Param, Tag};

fn integers() -> impl Strategy<Value = Vec<i64>> {
    prop_oneof![
        prop::collection::vec(any::<i64>(), 0..40),
        (any::<i64>(), -1000_i64..1000, 0..40_i64)
            .prop_map(|(first, stride, count)| (0..count).map(|index| first.wrapping_add(index * stride)).collect()),
        prop::collection::vec(1_700_000_000_000_i64..1_700_000_900_000, 0..40),
    ]
}

fn series() -> impl Strategy<Value = Series> {
    let values = prop_oneof![
        prop::collection::vec(any::<f64>(), 0..40),
        prop::collection::vec(any::<f32>().prop_map(f64::from), 0..40),
    ];
    let context = prop_oneof![Just((String::new(), String::new(), String::new())), (".{0,4}", ".{0,4}", ".{0,4}"),];
    ("[a-c]{1,2}", context, integers(), integers(), values).prop_map(
        |(key, (model_id, dataset_name, dataset_digest), mut steps, mut timestamps, mut values)| {
            let points = steps.len().min(timestamps.len()).min(values.len());
            steps.truncate(points);
            timestamps.truncate(points);
            values.truncate(points);
            Series { key, model_id, dataset_name, dataset_digest, steps, timestamps, values }
        },
    )
}

fn runs() -> impl Strategy<Value = Vec<RunBatch>> {
    let pairs = || prop::collection::vec((".{0,6}", ".{0,30}").prop_map(|(key, value)| Param::new(key, value)), 0..4);
    let run = ("[0-9a-f]{0,32}", pairs(), pairs(), prop::collection::vec(series(), 0..4));
    let run = run.prop_map(|(run_id, params, tags, series)| RunBatch { run_id: run_id.into(), params, tags, series });
    prop::collection::vec(run, 0..4)
}

/// What was encoded, read back.
fn read(request: &Ingest) -> Vec<RunBatch> {
    let mut runs = Vec::new();
    for run in request.runs() {
        let mut batch = RunBatch {
            run_id: run.run_id().into(),
            params: run.params().map(|(key, value)| Param::new(key, value)).collect(),
            tags: run.tags().map(|(key, value)| Tag::new(key, value)).collect(),
            series: Vec::new(),
        };
        for part in run.series() {
            let mut series = Series {
                key: part.key().to_owned(),
                model_id: part.model_id().to_owned(),
                dataset_name: part.dataset_name().to_owned(),
                dataset_digest: part.dataset_digest().to_owned(),
                ..Series::default()
            };
            for (step, timestamp, value) in part.points() {
                series.steps.push(step);
                series.timestamps.push(timestamp);
                series.values.push(value);
            }
            batch.series.push(series);
        }
        runs.push(batch);
    }
    runs
}

/// Values as bits: NaN is not equal to itself.
fn comparable(runs: &[RunBatch]) -> Vec<(RunBatch, Vec<Vec<u64>>)> {
    let bits = |series: &Series| series.values.iter().map(|value| value.to_bits()).collect();
    runs.iter()
        .map(|run| {
            let values = run.series.iter().map(bits).collect();
            let series = run.series.iter().map(|series| Series { values: Vec::new(), ..series.clone() }).collect();
            (RunBatch { series, ..run.clone() }, values)
        })
        .collect()
}

/// Everything that is remembered of a request beside its bytes.
fn places(request: &Ingest) -> usize {
    let Ingest { keys, contexts, pairs, series, runs, .. } = request;
    keys.len() + contexts.len() + pairs.len() + series.len() + runs.len()
}

fn example() -> Vec<RunBatch> {
    let series = Series {
        key: "loss".to_owned(),
        steps: vec![0, 1, 2, 3],
        timestamps: vec![1_700_000_000_000, 1_700_000_000_013, 1_700_000_000_021, 1_700_000_000_040],
        values: vec![0.5, 0.25, f64::NAN, 1.0e300],
        ..Series::default()
    };
    vec![RunBatch {
        run_id: "0123456789abcdef0123456789abcdef".into(),
        params: vec![Param::new("depth", "5")],
        tags: vec![Tag::new("host", "a")],
        series: vec![series],
    }]
}

fn with_checksum(mut body: Vec<u8>) -> Vec<u8> {
    seal(&mut body);
    body
}

proptest! {
    #[test]
    fn a_request_is_read_as_it_was_written(runs in runs()) {
        let request = Ingest::encode(&runs).expect("within limits");
        prop_assert_eq!(comparable(&read(&request)), comparable(&runs));
        prop_assert_eq!(request.points(), runs.iter().flat_map(|run| &run.series).map(|series| series.values.len()).sum::<usize>());
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(Ingest::decode(bytes.clone().into()).is_err());
        // The same behind a header that is right.
        let sealed = with_checksum([&[0; HEADER][..], &bytes].concat());
        let length = sealed.len();
        if let Ok(request) = Ingest::decode(sealed.into()) {
            prop_assert!(places(&request) <= length, "more is remembered than there are bytes");
            prop_assert!(request.points() <= length);
            read(&request);
        }
    }

    #[test]
    fn a_request_with_changed_bytes_behind_a_right_header_is_read_or_refused(
        runs in runs(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let mut body = Ingest::encode(&runs).expect("within limits").body().to_vec();
        for (at, byte) in changes {
            let at = HEADER + at.index(body.len() - HEADER);
            body[at] = byte;
        }
        let body = with_checksum(body);
        let length = body.len();
        if let Ok(request) = Ingest::decode(body.into()) {
            prop_assert!(places(&request) <= length);
            prop_assert!(request.points() <= length);
            read(&request);
        }
    }

    #[test]
    fn a_flipped_bit_is_noticed(at in any::<prop::sample::Index>(), bit in 0..8) {
        let mut body = Ingest::encode(&example()).expect("within limits").body().to_vec();
        let at = at.index(body.len());
        body[at] ^= 1_u8 << bit;
        prop_assert!(Ingest::decode(body.into()).is_err());
    }

    #[test]
    fn a_request_that_is_cut_off_is_refused(at in any::<prop::sample::Index>()) {
        let body = Ingest::encode(&example()).expect("within limits").body().clone();
        let at = at.index(body.len());
        prop_assert!(Ingest::decode(body.slice(..at)).is_err());
        // Nor is it accepted when the header agrees.
        if at >= HEADER {
            prop_assert!(Ingest::decode(with_checksum(body[..at].to_vec()).into()).is_err());
        }
    }
}

#[test]
fn regular_columns_take_no_room_for_their_points() {
    let columns = |points: i64| Series {
        key: "loss".to_owned(),
        steps: (0..points).collect(),
        timestamps: (0..points).map(|step| 1_700_000_000_000 + 20 * step).collect(),
        values: (0..points).map(|step| f64::from(1.0 / (step + 1) as f32)).collect(),
        ..Series::default()
    };
    let size = |points| {
        let run = RunBatch { run_id: "r".into(), series: vec![columns(points)], ..RunBatch::default() };
        Ingest::encode(&[run]).expect("within limits").body().len()
    };
    // Four bytes for the value of a single-precision float, and nothing else.
    assert_eq!(size(2000) - size(1000), 4000);
}

#[test]
fn a_text_that_many_series_share_stands_once() {
    let runs: Vec<RunBatch> = (0..100)
        .map(|run| RunBatch {
            run_id: format!("{run}").into(),
            series: example()[0].series.clone(),
            ..RunBatch::default()
        })
        .collect();
    let request = Ingest::encode(&runs).expect("within limits");
    let found = request.body().windows(4).filter(|window| window == b"loss").count();
    assert_eq!(found, 1);
}

#[test]
fn what_is_wrong_with_a_header_is_said() {
    let body = Ingest::encode(&example()).expect("within limits").body().to_vec();
    let refused = |change: fn(&mut Vec<u8>)| {
        let mut body = body.clone();
        change(&mut body);
        ApiError::from(Ingest::decode(body.into()).expect_err("refused"))
    };
    let error = refused(|body| body.truncate(3));
    assert_eq!(error.error_code, ErrorCode::BadRequest);
    assert!(error.message.contains("'TYINGEST'"), "{error}");
    for (change, wanted) in [
        ((|body| body[8] = 2) as fn(&mut Vec<u8>), "Invalid value 2 for parameter 'version'"),
        (|body| body[10] = 1, "Invalid value 1 for parameter 'flags'"),
        (|body| body.push(0), "for parameter 'length'"),
        (|body| body[17] ^= 1, "for parameter 'checksum'"),
    ] {
        let error = refused(change);
        assert_eq!(error.error_code, ErrorCode::InvalidParameterValue);
        assert!(error.message.contains(wanted), "{error}");
    }
}

#[test]
fn what_is_beyond_a_limit_is_named_with_its_count() {
    let run = |number: usize| RunBatch { run_id: format!("{number}").into(), ..RunBatch::default() };
    let runs: Vec<RunBatch> = (0..=limits::INGEST_RUNS).map(run).collect();
    let error = Ingest::encode(&runs).expect_err("too many runs");
    assert_eq!(
        error.to_string(),
        "Invalid value 1001 for parameter 'runs' supplied: an ingest batch can hold at most 1000 runs"
    );
    let points = limits::INGEST_POINTS + 1;
    let series = Series {
        key: "a".to_owned(),
        steps: vec![0; points],
        timestamps: vec![0; points],
        values: vec![0.0; points],
        ..Series::default()
    };
    let error = Ingest::encode(&[RunBatch { series: vec![series], ..run(0) }]).expect_err("too many points");
    assert!(error.to_string().contains("at most 200000 points"), "{error}");
    let error = Ingest::encode(&[RunBatch { tags: vec![Tag::new("k", "v"); limits::INGEST_PAIRS + 1], ..run(0) }]);
    assert!(error.expect_err("too many tags").to_string().contains("at most 20000 params and tags"));
}

#[test]
fn a_count_that_is_larger_than_the_body_is_refused_at_once() {
    // A dictionary of 2^60 keys, of which none is there.
    let mut body = vec![0; HEADER];
    body.extend_from_slice(&[0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x10]);
    let error = Ingest::decode(with_checksum(body).into()).expect_err("refused");
    assert_eq!(error, IngestError::Malformed { what: "keys", at: HEADER });
}
