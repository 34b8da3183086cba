//! From a model URI to the files behind it.

use std::fs;

use trainyard::internals::models::{self, Mlmodel};
use trainyard_api::ModelId;
use trainyard_api::datasets::{LogOutputs, ModelOutput};
use trainyard_api::logged_models::{CreateLoggedModel, FinalizeLoggedModel, LoggedModelStatus};
use trainyard_api::model_versions::TransitionModelVersionStage;
use trainyard_api::registered_models::SetRegisteredModelAlias;

use crate::tracking::Yard;

/// A logged model of a run, with its files.
pub fn log_model(yard: &Yard, run: &trainyard::Run, name: &str, content: &str, step: i64) -> ModelId {
    let request = CreateLoggedModel {
        experiment_id: run.info().experiment_id.clone(),
        name: name.to_owned(),
        source_run_id: run.id().clone(),
        ..Default::default()
    };
    let model = yard.client.call(request).unwrap().model.info;
    let outputs = vec![ModelOutput { model_id: model.model_id.clone(), step }];
    yard.client.call(LogOutputs { run_id: run.id().clone(), models: outputs }).unwrap();
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("model.txt"), content).unwrap();
    models::finish(folder.path(), &mut Mlmodel::new()).unwrap();
    yard.client.artifacts(&model.artifact_uri).unwrap().upload_dir(folder.path(), "", &()).unwrap();
    let ready = FinalizeLoggedModel { model_id: model.model_id.clone(), status: LoggedModelStatus::Ready };
    yard.client.call(ready).unwrap();
    model.model_id
}

fn content(yard: &Yard, uri: &str) -> String {
    let dest = tempfile::tempdir().unwrap();
    let folder = yard.client.download_model(uri, dest.path(), &()).unwrap();
    fs::read_to_string(folder.join("model.txt")).unwrap()
}

#[test]
fn a_logged_model_is_found_by_id_and_by_run_and_name() {
    for yard in Yard::both() {
        let run = yard.client.start_run("iris", "").unwrap();
        let model_id = log_model(&yard, &run, "net", "first", 0);
        let by_id = yard.client.resolve_model(&format!("models:/{model_id}")).unwrap();
        let by_name = yard.client.resolve_model(&format!("runs:/{}/net", run.id())).unwrap();
        assert_eq!(by_id, by_name);
        assert_eq!(
            (by_id.model_id, by_id.run_id, by_id.registered),
            (Some(model_id.clone()), Some(run.id().clone()), None)
        );
        assert_eq!(content(&yard, &format!("models:/{model_id}")), "first");
        let below = yard.client.resolve_model(&format!("runs:/{}/net/part", run.id())).unwrap();
        assert_eq!(below.artifact_uri, format!("{}/part", by_name.artifact_uri));
    }
}

#[test]
fn of_models_with_one_name_the_one_of_the_highest_step_is_taken() {
    let yard = Yard::embedded();
    let run = yard.client.start_run("iris", "").unwrap();
    log_model(&yard, &run, "net", "step 7", 7);
    log_model(&yard, &run, "net", "step 2", 2);
    let other = yard.client.start_run("iris", "").unwrap();
    log_model(&yard, &other, "net", "another run", 9);
    assert_eq!(content(&yard, &format!("runs:/{}/net", run.id())), "step 7");
}

#[test]
fn artifacts_of_the_run_come_before_logged_models() {
    for yard in Yard::both() {
        let run = yard.client.start_run("iris", "").unwrap();
        log_model(&yard, &run, "net", "logged", 0);
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("model.txt"), "artifact").unwrap();
        models::finish(folder.path(), &mut Mlmodel::new()).unwrap();
        run.artifacts().unwrap().upload_dir(folder.path(), "net", &()).unwrap();
        assert_eq!(content(&yard, &format!("runs:/{}/net", run.id())), "artifact");
    }
}

#[test]
fn a_registered_model_is_found_by_version_latest_stage_and_alias() {
    for yard in Yard::both() {
        let run = yard.client.start_run("iris", "").unwrap();
        for (content, version) in [("one", "1"), ("two", "2")] {
            let model_id = log_model(&yard, &run, "net", content, 0);
            let made = yard.client.register_model(&format!("models:/{model_id}"), "iris net", &[]).unwrap();
            assert_eq!(made.version, version);
        }
        let alias = SetRegisteredModelAlias {
            name: "iris net".to_owned(),
            alias: "champion".to_owned(),
            version: "1".to_owned(),
        };
        yard.client.call(alias).unwrap();
        let stage = TransitionModelVersionStage {
            name: "iris net".to_owned(),
            version: "1".to_owned(),
            stage: "Production".to_owned(),
            ..Default::default()
        };
        yard.client.call(stage).unwrap();
        for (uri, version, expected) in [
            ("models:/iris net/1", "1", "one"),
            ("models:/iris net/2", "2", "two"),
            ("models:/iris net/latest", "2", "two"),
            ("models:/iris net@champion", "1", "one"),
            ("models:/iris net/Production", "1", "one"),
        ] {
            let resolved = yard.client.resolve_model(uri).unwrap();
            assert_eq!(resolved.registered, Some(("iris net".to_owned(), version.to_owned())), "{uri}");
            assert_eq!(resolved.run_id.as_ref(), Some(run.id()), "{uri}");
            assert!(resolved.model_id.is_some(), "{uri}");
            assert_eq!(content(&yard, uri), expected, "{uri}");
        }
        let message = yard.client.resolve_model("models:/iris net/Staging").unwrap_err().to_string();
        assert!(message.contains("models:/iris net/Staging"), "{message}");
    }
}

#[test]
fn a_folder_is_a_model_of_its_own() {
    let yard = Yard::embedded();
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("model.txt"), "saved").unwrap();
    models::finish(folder.path(), &mut Mlmodel::new()).unwrap();
    assert_eq!(content(&yard, folder.path().to_str().unwrap()), "saved");
    assert_eq!(content(&yard, &format!("file://{}", folder.path().display())), "saved");
}

#[test]
fn what_cannot_be_found_is_named() {
    for yard in Yard::both() {
        let run = yard.client.start_run("iris", "").unwrap();
        let uri = format!("runs:/{}/it's", run.id());
        let message = yard.client.resolve_model(&uri).unwrap_err().to_string();
        assert!(message.contains(&uri) && message.contains("neither artifacts"), "{message}");
        assert!(yard.client.resolve_model("models:/m-0123").is_err());
        assert!(yard.client.resolve_model("models:/nobody/1").is_err());
        assert!(yard.client.resolve_model("models:/nobody@here").is_err());
        assert!(yard.client.resolve_model("runs:/0123/model").is_err());
    }
}

#[test]
fn a_model_that_was_tampered_with_is_not_handed_out() {
    for yard in Yard::both() {
        let run = yard.client.start_run("iris", "").unwrap();
        let model_id = log_model(&yard, &run, "net", "first", 0);
        let uri = format!("models:/{model_id}");
        let artifacts = yard.client.artifacts(&yard.client.resolve_model(&uri).unwrap().artifact_uri).unwrap();
        artifacts.write("model.txt", b"changed").unwrap();
        let dest = tempfile::tempdir().unwrap();
        let message = yard.client.download_model(&uri, dest.path(), &()).unwrap_err().to_string();
        assert!(message.contains("model.txt") && message.contains("SHA-256 differs"), "{message}");
    }
}
