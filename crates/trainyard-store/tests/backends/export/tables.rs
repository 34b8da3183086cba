use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::{Field, Row, RowAccessor};
use trainyard_api::export::{ExportMetrics, ExportRuns, Format};
use trainyard_api::ingest::{Ingest, RunBatch, Series};
use trainyard_api::runs::{CreateRun, DeleteRun, LogBatch, RunStatus, UpdateRun};
use trainyard_api::{ErrorCode, Param, RunId, Tag};
use trainyard_store::{Export, StoreError};

use crate::backend::TestStore;
use crate::tracking;

/// The parts of an export.
fn parts<E: Export>(test: &TestStore, request: E, format: Format) -> Result<Vec<Vec<u8>>, StoreError> {
    let mut request = Some(request);
    let exported = test.store.read(move |tx| {
        let request = request.take().unwrap();
        let mut parts = Vec::new();
        let outcome = request.export(tx, format, &mut |part| {
            parts.push(part);
            Ok(())
        });
        assert!(outcome.is_ok() || parts.is_empty(), "what is wrong is said before the first part");
        outcome.map(|()| parts)
    });
    exported.wait()
}

fn text<E: Export>(test: &TestStore, request: E, format: Format) -> String {
    String::from_utf8(parts(test, request, format).unwrap().concat()).unwrap()
}

fn rows(parts: Vec<Vec<u8>>) -> Vec<Row> {
    let reader = SerializedFileReader::new(bytes::Bytes::from(parts.concat())).unwrap();
    reader.get_row_iter(None).unwrap().map(Result::unwrap).collect()
}

/// The cells of a row by column, without those that are absent.
fn cells(row: &Row) -> Vec<(String, String)> {
    let present = row.get_column_iter().filter(|(_, field)| !matches!(field, Field::Null));
    let text = |field: &Field| match field {
        Field::Str(text) => text.clone(),
        Field::TimestampMillis(time) => format!("{time} ms"),
        Field::Double(number) => format!("{number:?}"),
        Field::Long(number) => number.to_string(),
        other => panic!("{other:?}"),
    };
    present.map(|(name, field)| (name.clone(), text(field))).collect()
}

fn log(test: &TestStore, run_id: &RunId, key: &str, values: &[f64]) {
    let steps: Vec<i64> = (0..values.len() as i64).collect();
    let timestamps = steps.iter().map(|step| 1000 + step).collect();
    let series = Series { key: key.to_owned(), timestamps, steps, values: values.to_vec(), ..Series::default() };
    let part = RunBatch { run_id: run_id.clone(), series: vec![series], ..RunBatch::default() };
    test.call(Ingest::encode(&[part]).unwrap()).unwrap();
}

fn run_named(test: &TestStore, name: &str) -> RunId {
    let request = CreateRun { run_name: name.to_owned(), start_time: Some(1_700_000_000_000), ..CreateRun::default() };
    test.call(request).unwrap().run.info.run_id
}

fn of_experiment() -> ExportMetrics {
    ExportMetrics { experiment_ids: vec!["0".into()], ..ExportMetrics::default() }
}

pub fn every_point_is_exported_as_it_was_logged(test: TestStore) {
    let [one, two, deleted] = ["one", "two", "deleted"].map(|name| run_named(&test, name));
    log(&test, &one, "loss", &[0.1, f64::NAN, f64::NEG_INFINITY]);
    log(&test, &one, "acc", &[1.0 / 3.0]);
    log(&test, &two, "loss", &[5.0]);
    log(&test, &deleted, "loss", &[6.0]);
    test.call(DeleteRun { run_id: deleted.clone() }).unwrap();
    let found = rows(parts(&test, of_experiment(), Format::Parquet).unwrap());
    let found: Vec<Vec<String>> =
        found.iter().map(|row| cells(row).into_iter().map(|(_, value)| value).collect()).collect();
    let row = |run_id: &RunId, rest: [&str; 4]| [&[run_id.as_str()], &rest[..]].concat().join(" ");
    let expected = [
        row(&one, ["acc", "0", "1000 ms", "0.3333333333333333"]),
        row(&one, ["loss", "0", "1000 ms", "0.1"]),
        row(&one, ["loss", "1", "1001 ms", "NaN"]),
        row(&one, ["loss", "2", "1002 ms", "-inf"]),
        row(&two, ["loss", "0", "1000 ms", "5.0"]),
    ];
    assert_eq!(found.iter().map(|row| row.join(" ")).collect::<Vec<_>>(), expected);

    let some = ExportMetrics {
        run_ids: vec![deleted.clone(), one.clone()],
        metric_keys: vec!["loss".into()],
        ..Default::default()
    };
    let expected = format!(
        "run_id,key,step,timestamp,value\r\n{one},loss,0,1000,0.1\r\n{one},loss,1,1001,NaN\r\n\
         {one},loss,2,1002,-Infinity\r\n{deleted},loss,0,1000,6.0\r\n"
    );
    assert_eq!(text(&test, some, Format::Csv), expected);
    let both = ExportMetrics { run_ids: vec![two.clone()], ..of_experiment() };
    let expected = format!("{{\"run_id\":\"{two}\",\"key\":\"loss\",\"step\":0,\"timestamp\":1000,\"value\":5.0}}\n");
    assert_eq!(text(&test, both, Format::Jsonl), expected);
}

pub fn a_long_export_comes_in_parts(test: TestStore) {
    let run_id = tracking::run(&test);
    let values: Vec<f64> = (0..130_000).map(f64::from).collect();
    log(&test, &run_id, "loss", &values);
    let parts = parts(&test, of_experiment(), Format::Parquet).unwrap();
    assert_eq!(parts.len(), 3, "two groups of rows and the end of the file");
    let reader = SerializedFileReader::new(bytes::Bytes::from(parts.concat())).unwrap();
    assert_eq!(reader.metadata().num_row_groups(), 2);
    let steps: Vec<i64> = reader
        .get_row_iter(None)
        .unwrap()
        .map(|row| {
            let row = row.unwrap();
            row.get_long(2).unwrap()
        })
        .collect();
    assert!(steps.into_iter().eq(0..130_000));
}

pub fn runs_have_their_params_tags_and_metrics_as_columns(test: TestStore) {
    let [one, two] = ["one", "two"].map(|name| run_named(&test, name));
    let batch = |run_id: &RunId, key: &str, value: &str| LogBatch {
        run_id: run_id.clone(),
        params: vec![Param::new(key, value)],
        ..LogBatch::default()
    };
    test.call(LogBatch { tags: vec![Tag::new("note", "a \"b\",\nc")], ..batch(&one, "depth", "5") }).unwrap();
    test.call(batch(&two, "lr", "")).unwrap();
    log(&test, &two, "loss", &[2.0, 1.5]);
    let end = UpdateRun { status: Some(RunStatus::Finished), end_time: Some(1_700_000_001_000), ..Default::default() };
    test.call(UpdateRun { run_id: two.clone(), ..end }).unwrap();

    let request = ExportRuns { order_by: vec!["run_name ASC".into()], ..ExportRuns::default() };
    let found: Vec<Vec<(String, String)>> =
        rows(parts(&test, request.clone(), Format::Parquet).unwrap()).iter().map(cells).collect();
    let text_of =
        |row: &[(String, String)]| row.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>();
    let mut expected = vec![
        format!("run_id={one}"),
        "experiment_id=0".to_owned(),
        "run_name=one".to_owned(),
        "status=RUNNING".to_owned(),
        "start_time=1700000000000 ms".to_owned(),
        "user_id=".to_owned(),
        "lifecycle_stage=active".to_owned(),
        format!("artifact_uri=mlflow-artifacts:/0/{one}/artifacts"),
        "params.depth=5".to_owned(),
        "tags.mlflow.runName=one".to_owned(),
        "tags.note=a \"b\",\nc".to_owned(),
    ];
    assert_eq!(text_of(&found[0]), expected);
    expected[0] = format!("run_id={two}");
    let second = text_of(&found[1]);
    assert!(second.contains(&"end_time=1700000001000 ms".to_owned()), "{second:?}");
    assert!(second.contains(&"metrics.loss=1.5".to_owned()) && second.contains(&"params.lr=".to_owned()), "{second:?}");

    let csv = text(&test, request.clone(), Format::Csv);
    let header = "run_id,experiment_id,run_name,status,start_time,end_time,user_id,lifecycle_stage,artifact_uri,\
                  metrics.loss,params.depth,params.lr,tags.mlflow.runName,tags.note\r\n";
    assert!(csv.starts_with(header), "{csv}");
    // An empty text is told from none by its quotes.
    assert!(csv.contains(",,5,,one,\"a \"\"b\"\",\nc\"\r\n") && csv.contains(",1.5,,\"\",two,\r\n"), "{csv}");
    let filtered = ExportRuns { filter: "metrics.loss < 2".to_owned(), ..ExportRuns::default() };
    let lines = text(&test, filtered, Format::Jsonl);
    let line: serde_json::Value = serde_json::from_str(&lines).unwrap();
    assert_eq!(
        (&line["run_id"], &line["metrics.loss"], line.get("params.depth")),
        (&two.as_str().into(), &1.5.into(), None)
    );
}

pub fn many_runs_are_exported_once_each_and_in_order(test: TestStore) {
    let run_ids: Vec<RunId> = (0..120).map(|i| run_named(&test, &format!("run {i:03}"))).collect();
    for (i, run_id) in run_ids.iter().enumerate() {
        let param = Param::new(format!("p{}", i % 7), i.to_string());
        test.call(LogBatch { run_id: run_id.clone(), params: vec![param], ..LogBatch::default() }).unwrap();
        log(&test, run_id, "loss", &[i as f64]);
    }
    let order_by = vec!["metrics.loss DESC".to_owned()];
    let filter = "metrics.loss >= 10 AND params.p3 IS NULL".to_owned();
    let lines = text(&test, ExportRuns { order_by, filter, ..ExportRuns::default() }, Format::Jsonl);
    let lines: Vec<serde_json::Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let expected: Vec<usize> = (10..120).rev().filter(|i| i % 7 != 3).collect();
    let found: Vec<usize> = lines.iter().map(|line| line["metrics.loss"].as_f64().unwrap() as usize).collect();
    assert_eq!(found, expected);
    for (line, i) in lines.iter().zip(&expected) {
        assert_eq!(line["run_id"], run_ids[*i].as_str());
        assert_eq!(line[format!("params.p{}", i % 7)], i.to_string());
    }
    // What only runs have that the filter leaves out is no column.
    let csv = text(&test, ExportRuns { filter: "params.p3 = '3'".to_owned(), ..ExportRuns::default() }, Format::Csv);
    let head = csv.lines().next().unwrap();
    assert!(head.ends_with(",metrics.loss,params.p3,tags.mlflow.runName"), "{head}");
    let points = text(&test, of_experiment(), Format::Csv);
    assert_eq!(points.lines().count(), 121);
}

pub fn an_export_of_nothing_is_an_empty_table(test: TestStore) {
    assert!(rows(parts(&test, of_experiment(), Format::Parquet).unwrap()).is_empty());
    assert_eq!(text(&test, of_experiment(), Format::Csv), "run_id,key,step,timestamp,value\r\n");
    assert_eq!(text(&test, of_experiment(), Format::Jsonl), "");
    assert!(rows(parts(&test, ExportRuns::default(), Format::Parquet).unwrap()).is_empty());
}

pub fn what_cannot_be_exported_is_said_before_the_first_part(test: TestStore) {
    let refused = |outcome: Result<Vec<Vec<u8>>, StoreError>| tracking::refused(outcome);
    let metrics = |request| refused(parts(&test, request, Format::Parquet));
    let runs = |request| refused(parts(&test, request, Format::Parquet));
    let (code, message) = metrics(ExportMetrics::default());
    assert_eq!(code, ErrorCode::InvalidParameterValue);
    assert!(message.starts_with("Missing value for required parameter 'experiment_ids'"), "{message}");
    let request = ExportMetrics { experiment_ids: vec!["77".into()], ..ExportMetrics::default() };
    assert_eq!(metrics(request), (ErrorCode::ResourceDoesNotExist, "No Experiment with id=77 exists".to_owned()));
    let request = ExportMetrics { run_ids: vec!["gone".into()], ..ExportMetrics::default() };
    assert_eq!(metrics(request), (ErrorCode::ResourceDoesNotExist, "Run with id=gone not found".to_owned()));
    let request = ExportMetrics { run_ids: vec!["r".into(); 10_001], ..ExportMetrics::default() };
    assert!(metrics(request).1.contains("Invalid value 10001 for parameter 'run_ids'"));
    let (code, message) = runs(ExportRuns { filter: "metrics.loss <".to_owned(), ..ExportRuns::default() });
    assert_eq!(code, ErrorCode::InvalidParameterValue);
    assert!(message.starts_with("Invalid filter"), "{message}");
    // Each key would be a column.
    for batch in 0..51 {
        let run_id = tracking::run(&test);
        let params = (0..100).map(|number| Param::new(format!("p{batch}_{number}"), "x")).collect();
        test.call(LogBatch { run_id, params, ..LogBatch::default() }).unwrap();
    }
    let (_, message) = runs(ExportRuns::default());
    assert!(message.contains("more than 5000 different metrics, params and tags"), "{message}");
    // Those that are named are not too many.
    let (param_keys, filter) = (vec!["p7_42".to_owned()], "params.p7_42 = 'x'".to_owned());
    let named = text(&test, ExportRuns { param_keys, filter, ..ExportRuns::default() }, Format::Csv);
    assert_eq!(named.lines().count(), 2, "{named}");
    let named = ExportRuns { tag_keys: (0..5001).map(|tag| tag.to_string()).collect(), ..ExportRuns::default() };
    assert!(runs(named).1.contains("Please name those that you want by 'metric_keys'"));
}

pub fn columns_that_are_named_are_exported_whether_or_not_runs_have_them(test: TestStore) {
    let run_id = run_named(&test, "one");
    let metrics = vec![trainyard_api::metrics::Metric { key: "loss".into(), value: 0.5, ..Default::default() }];
    let params = vec![Param::new("lr", "0.1"), Param::new("depth", "3")];
    test.call(LogBatch { run_id, metrics, params, ..LogBatch::default() }).unwrap();
    let request = ExportRuns {
        metric_keys: vec!["nothing".into(), "loss".into()],
        param_keys: vec!["depth".into()],
        ..ExportRuns::default()
    };
    let csv = text(&test, request, Format::Csv);
    let lines: Vec<&str> = csv.lines().collect();
    assert!(lines[0].ends_with(",artifact_uri,metrics.loss,metrics.nothing,params.depth"), "{csv}");
    assert!(lines[1].ends_with(",0.5,,3"), "{csv}");
}
