use std::fs;

use trainyard_api::RunId;
use trainyard_api::metrics::LogMetric;
use trainyard_api::runs::CreateRun;

use crate::program::Yard;

fn run_with_a_point(client: &trainyard::Client) -> RunId {
    let run_id = client.call(CreateRun::default()).unwrap().run.info.run_id;
    let point = LogMetric {
        run_id: run_id.clone(),
        key: "loss".to_owned(),
        value: Some(0.5),
        timestamp: Some(7),
        ..LogMetric::default()
    };
    client.call(point).unwrap();
    run_id
}

#[test]
fn tables_are_written_in_the_form_that_the_name_says() {
    let yard = Yard::new();
    let run_id = run_with_a_point(&yard.client());
    let told = yard.ok(&["export", "metrics", "--experiment", "Default", "--to", "points.csv"]);
    assert_eq!(told.trim(), "points.csv");
    let csv = fs::read_to_string(yard.path().join("points.csv")).unwrap();
    assert_eq!(csv, format!("run_id,key,step,timestamp,value\r\n{run_id},loss,0,7,0.5\r\n"));
    yard.ok(&["export", "runs", "--filter", "metrics.loss = 0.5", "--to", "runs.parquet"]);
    let parquet = fs::read(yard.path().join("runs.parquet")).unwrap();
    assert!(parquet.starts_with(b"PAR1") && parquet.ends_with(b"PAR1"));
    yard.ok(&["export", "metrics", "--run", run_id.as_str(), "--key", "other", "--to", "none", "--format", "jsonl"]);
    assert_eq!(fs::read_to_string(yard.path().join("none")).unwrap(), "");
}

#[test]
fn a_server_is_exported_from_as_a_database_is() {
    let yard = Yard::new();
    let server = yard.serve(&[]);
    let run_id = run_with_a_point(&trainyard::Client::connect(&server.url()).unwrap());
    let told =
        yard.json(&["export", "metrics", "--run", run_id.as_str(), "--to", "p.jsonl", "--tracking-uri", &server.url()]);
    assert_eq!(told["path"], "p.jsonl");
    let line: serde_json::Value = serde_json::from_slice(&fs::read(yard.path().join("p.jsonl")).unwrap()).unwrap();
    assert_eq!(line, serde_json::json!({"run_id": run_id, "key": "loss", "step": 0, "timestamp": 7, "value": 0.5}));
    let ended = yard.run(&["export", "runs", "--filter", "nonsense", "--to", "x.csv", "--tracking-uri", &server.url()]);
    assert_eq!(ended.code, Some(1));
    assert!(ended.stderr.contains("Invalid filter") && !yard.path().join("x.csv").exists(), "{}", ended.stderr);
}

#[test]
fn an_export_that_fails_leaves_no_file() {
    let yard = Yard::new();
    run_with_a_point(&yard.client());
    for (args, reason) in [
        (&["--run", "gone", "--to", "x.csv"][..], "Run with id=gone not found"),
        (&["--experiment", "0", "--to", "x.txt"], "--format"),
        (&["--experiment", "0", "--to", "missing/x.csv"], "missing"),
    ] {
        let ended = yard.run(&[&["export", "metrics"], args].concat());
        assert_eq!(ended.code, Some(1), "{args:?}");
        assert!(ended.stderr.contains(reason), "{}", ended.stderr);
    }
    let files: Vec<_> = fs::read_dir(yard.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(files, ["yard"], "{files:?}");
}
