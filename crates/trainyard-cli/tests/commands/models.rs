use trainyard_api::model_versions::CreateModelVersion;
use trainyard_api::registered_models::{CreateRegisteredModel, SetRegisteredModelAlias};
use trainyard_api::runs::CreateRun;

use crate::program::Yard;

/// A registered model with two versions, the first of them called `champion`.
fn register(yard: &Yard, name: &str) {
    let client = yard.client();
    let description = "for flowers".to_owned();
    client.call(CreateRegisteredModel { name: name.to_owned(), description, ..Default::default() }).unwrap();
    let run = client.call(CreateRun::default()).unwrap().run.info;
    for _ in 0..2 {
        client
            .call(CreateModelVersion {
                name: name.to_owned(),
                source: format!("{}/model", run.artifact_uri),
                run_id: run.run_id.clone(),
                ..Default::default()
            })
            .unwrap();
    }
    let alias = SetRegisteredModelAlias { name: name.to_owned(), alias: "champion".into(), version: "1".into() };
    client.call(alias).unwrap();
}

#[test]
fn models_are_listed_with_newest_version_and_aliases() {
    let yard = Yard::new();
    register(&yard, "iris-classifier");
    let table = yard.ok(&["models", "list"]);
    let row: Vec<&str> = table.lines().nth(1).unwrap().split_whitespace().collect();
    assert_eq!(row[..3], ["iris-classifier", "2", "champion=1"]);
    let json = yard.json(&["models", "list", "--filter", "name LIKE 'iris%'"]);
    assert_eq!(json[0]["aliases"], serde_json::json!([{ "alias": "champion", "version": "1" }]));
}

#[test]
fn a_model_is_shown_with_its_versions() {
    let yard = Yard::new();
    register(&yard, "iris-classifier");
    let shown = yard.ok(&["models", "show", "iris-classifier"]);
    assert!(shown.contains("for flowers") && shown.contains("READY"), "{shown}");
    let json = yard.json(&["models", "show", "iris-classifier"]);
    assert_eq!(json["registered_model"]["name"], "iris-classifier");
    assert_eq!(json["model_versions"].as_array().unwrap().len(), 2);
}

#[test]
fn quotes_in_a_name_do_no_harm() {
    let yard = Yard::new();
    register(&yard, "ann's model");
    assert_eq!(yard.json(&["models", "show", "ann's model"])["model_versions"].as_array().unwrap().len(), 2);
}

#[test]
fn an_unknown_model_says_how_to_find_those_there_are() {
    let yard = Yard::new();
    register(&yard, "iris-classifier");
    let ended = yard.run(&["models", "show", "nope"]);
    assert_eq!(ended.code, Some(1));
    assert!(ended.stderr.contains("trainyard models list"), "{}", ended.stderr);
}
