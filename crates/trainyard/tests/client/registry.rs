//! Registering models.

use serde_json::{Value, json};
use trainyard_api::Tag;
use trainyard_api::logged_models::GetLoggedModel;

use crate::model_uri::log_model;
use crate::script::{Script, answer};
use crate::tracking::Yard;

#[test]
fn each_registration_is_the_next_version_and_the_model_lists_it_once() {
    for yard in Yard::both() {
        let run = yard.client.start_run("iris", "").unwrap();
        let model_id = log_model(&yard, &run, "net", "x", 0);
        let uri = format!("models:/{model_id}");
        let tags = [Tag::new("stage", "first")];
        let first = yard.client.register_model(&uri, "iris", &tags).unwrap();
        assert_eq!((first.version.as_str(), first.source, first.tags), ("1", uri.clone(), tags.to_vec()));
        assert_eq!((first.model_id, first.run_id), (model_id.clone(), run.id().clone()));
        let second = yard.client.register_model(&format!("runs:/{}/net", run.id()), "iris", &[]).unwrap();
        assert_eq!((second.version.as_str(), second.source.as_str()), ("2", uri.as_str()));

        let model = yard.client.call(GetLoggedModel { model_id, allow_deleted: false }).unwrap().model;
        let tag = model.info.tags.iter().find(|tag| tag.key == "mlflow.modelVersions").unwrap();
        let listed: Vec<Value> = serde_json::from_str(&tag.value).unwrap();
        let versions: Vec<String> =
            listed.iter().map(|entry| entry["version"].to_string().trim_matches('"').to_owned()).collect();
        assert_eq!(versions, ["1", "2"], "{}", tag.value);
    }
}

#[test]
fn a_model_directory_among_the_runs_artifacts_is_registered_as_it_lies() {
    for yard in Yard::both() {
        let run = yard.client.start_run("iris", "").unwrap();
        run.artifacts().unwrap().write("net/MLmodel", b"flavors: {}").unwrap();
        let version = yard.client.register_model(&format!("runs:/{}/net", run.id()), "iris", &[]).unwrap();
        assert_eq!(version.source, format!("{}/net", run.info().artifact_uri));
        assert_eq!(version.run_id, *run.id());
    }
}

#[test]
fn nothing_is_registered_under_a_new_name_when_there_is_no_model() {
    let yard = Yard::embedded();
    let run = yard.client.start_run("iris", "").unwrap();
    assert!(yard.client.register_model(&format!("runs:/{}/net", run.id()), "iris", &[]).is_err());
    assert!(yard.client.resolve_model("models:/iris/latest").is_err());
}

#[test]
fn against_mlflows_server_the_tag_is_written_as_its_own_client_does() {
    let version = json!({"model_version": {"name": "iris", "version": "2", "model_id": "m-1"}});
    let model = json!({"model": {"info": {"model_id": "m-1", "tags": [
        {"key": "mlflow.modelVersions", "value": "[{\"name\": \"iris\", \"version\": 1}]"}]}}});
    let exists = json!({"error_code": "RESOURCE_ALREADY_EXISTS", "message": "exists"});
    let script = Script::start(vec![
        answer("400 Bad Request", "", &exists.to_string()),
        answer("200 OK", "", &version.to_string()),
        answer("200 OK", "", &model.to_string()),
        answer("200 OK", "", "{}"),
    ]);
    let client = trainyard::Client::connect(&script.uri).unwrap();
    client.register_model("models:/m-1", "iris", &[]).unwrap();
    let asked = script.requests();
    let lines: Vec<&str> = asked.iter().map(|asked| asked.line.trim_end_matches(" HTTP/1.1")).collect();
    assert_eq!(
        lines,
        [
            "POST /api/2.0/mlflow/registered-models/create",
            "POST /api/2.0/mlflow/model-versions/create",
            "GET /api/2.0/mlflow/logged-models/m-1",
            "PATCH /api/2.0/mlflow/logged-models/m-1/tags",
        ]
    );
    let created: Value = serde_json::from_slice(&asked[1].body).unwrap();
    assert_eq!(created, json!({"name": "iris", "source": "models:/m-1", "model_id": "m-1"}));
    let tagged: Value = serde_json::from_slice(&asked[3].body).unwrap();
    let value = tagged["tags"][0]["value"].as_str().unwrap();
    let listed: Value = serde_json::from_str(value).unwrap();
    assert_eq!(listed, json!([{"name": "iris", "version": 1}, {"name": "iris", "version": "2"}]));
}
