use std::fs;

use trainyard_api::logged_models::CreateLoggedModel;
use trainyard_api::runs::{CreateRun, RunInfo};

use crate::program::Yard;

/// A run with `notes.txt` and `plots/roc.svg`.
fn record(yard: &Yard) -> RunInfo {
    let client = yard.client();
    let info = client.call(CreateRun::default()).unwrap().run.info;
    let artifacts = client.artifacts(&info.artifact_uri).unwrap();
    artifacts.write("notes.txt", b"seen").unwrap();
    artifacts.write("plots/roc.svg", b"<svg/>").unwrap();
    info
}

fn paths(listed: &serde_json::Value) -> Vec<&str> {
    listed.as_array().unwrap().iter().map(|file| file["path"].as_str().unwrap()).collect()
}

#[test]
fn artifacts_of_a_run_are_listed() {
    let yard = Yard::new();
    let run = record(&yard);
    let id = run.run_id.as_str();
    let uri = format!("runs:/{id}");
    assert_eq!(paths(&yard.json(&["artifacts", "list", id])), ["notes.txt", "plots"]);
    assert_eq!(paths(&yard.json(&["artifacts", "list", id, "plots"])), ["plots/roc.svg"]);
    assert_eq!(paths(&yard.json(&["artifacts", "list", &format!("{uri}/plots")])), ["plots/roc.svg"]);
    assert_eq!(paths(&yard.json(&["artifacts", "list", &run.artifact_uri])), ["notes.txt", "plots"]);
    let table = yard.ok(&["artifacts", "list", &uri, "--recursive"]);
    let rows: Vec<Vec<&str>> = table.lines().skip(1).map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(rows, [vec!["notes.txt", "4", "B"], vec!["plots/"], vec!["plots/roc.svg", "6", "B"]]);
}

#[test]
fn a_file_and_a_folder_can_be_downloaded() {
    let yard = Yard::new();
    let run = record(&yard);
    let id = run.run_id.as_str();
    let printed = yard.ok(&["artifacts", "download", id, "notes.txt", "--to", "out"]);
    assert_eq!(fs::read(yard.path().join(printed.trim_end())).unwrap(), b"seen");
    yard.ok(&["artifacts", "download", &format!("runs:/{id}/plots"), "--to", "out"]);
    assert_eq!(fs::read(yard.path().join("out/plots/roc.svg")).unwrap(), b"<svg/>");
}

#[test]
fn the_model_of_a_run_is_found_by_its_name() {
    let yard = Yard::new();
    let run = record(&yard);
    let client = yard.client();
    let request = CreateLoggedModel {
        experiment_id: run.experiment_id.clone(),
        name: "net".to_owned(),
        source_run_id: run.run_id.clone(),
        ..CreateLoggedModel::default()
    };
    let model = client.call(request).unwrap().model.info;
    let artifacts = client.artifacts(&model.artifact_uri).unwrap();
    artifacts.write("MLmodel", b"flavors: {}").unwrap();
    artifacts.write("data/weights.bin", b"0").unwrap();
    let id = run.run_id.as_str();
    let uri = format!("runs:/{id}/net");
    for args in [&[id, "net"][..], &[&uri]] {
        let listed = yard.json(&[&["artifacts", "list"], args].concat());
        assert_eq!(paths(&listed), ["net/MLmodel", "net/data"]);
    }
    assert_eq!(paths(&yard.json(&["artifacts", "list", &uri, "data"])), ["net/data/weights.bin"]);
    let deep = yard.json(&["artifacts", "list", &uri, "--recursive"]);
    assert_eq!(paths(&deep), ["net/MLmodel", "net/data", "net/data/weights.bin"]);
    yard.ok(&["artifacts", "download", id, "net/data/weights.bin", "--to", "out"]);
    assert_eq!(fs::read(yard.path().join("out/data/weights.bin")).unwrap(), b"0");
}

#[test]
fn artifacts_come_through_a_server_too() {
    let yard = Yard::new();
    let run = record(&yard);
    let server = yard.serve(&[]);
    let args = ["artifacts", "download", run.run_id.as_str(), "plots", "--to", "out", "--tracking-uri"];
    yard.ok(&[&args[..], &[&server.url()]].concat());
    assert_eq!(fs::read(yard.path().join("out/plots/roc.svg")).unwrap(), b"<svg/>");
}

#[test]
fn a_missing_artifact_is_named() {
    let yard = Yard::new();
    let run = record(&yard);
    let ended = yard.run(&["artifacts", "download", run.run_id.as_str(), "nope.txt"]);
    assert_eq!(ended.code, Some(1));
    assert!(ended.stderr.contains("nope.txt"), "{}", ended.stderr);
}
