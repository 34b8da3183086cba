//! Inputs, outputs and removed tags by way of the journal.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use trainyard::Error;
use trainyard::internals::journal::{self, Context, FlushState, RunLog};
use trainyard_api::datasets::{Dataset, DatasetInput, LogOutputs, ModelInput, ModelOutput, RunInputs, RunOutputs};
use trainyard_api::logged_models::CreateLoggedModel;
use trainyard_api::runs::{CreateRun, GetRun, Run};
use trainyard_api::{ErrorCode, ModelId, RunId, Tag};

use crate::home::{at_home, at_home_with};
use crate::script::{Script, answer};
use crate::tracking::Yard;

const PATIENCE: Duration = Duration::from_secs(60);
/// For deliveries that do not come to an end where something is wrong.
const SHORT: Duration = Duration::from_secs(10);
const RUN: &str = r#"{"run": {"info": {"run_id": "r"}, "data": {}}}"#;

fn output(model_id: &str) -> ModelOutput {
    ModelOutput { model_id: model_id.into(), step: 0 }
}

fn started(yard: &Yard) -> RunId {
    yard.client.call(CreateRun::default()).unwrap().run.info.run_id
}

fn stored(yard: &Yard, run_id: &RunId) -> Run {
    yard.client.call(GetRun { run_id: run_id.clone(), ..Default::default() }).unwrap().run
}

fn model(yard: &Yard) -> ModelId {
    let request = CreateLoggedModel { experiment_id: "0".into(), name: "line".to_owned(), ..Default::default() };
    yard.client.call(request).unwrap().model.info.model_id
}

fn iris() -> DatasetInput {
    let (name, digest) = ("iris".to_owned(), "0a1b2c3d".to_owned());
    let (source_type, source) = ("local".to_owned(), "iris.csv".to_owned());
    let dataset = Dataset { name, digest, source_type, source, ..Dataset::default() };
    DatasetInput { tags: vec![Tag::new("mlflow.data.context", "training")], dataset }
}

#[test]
fn inputs_outputs_and_removed_tags_arrive_in_their_order() {
    at_home("journal_calls::inputs_outputs_and_removed_tags_arrive_in_their_order", |_| {
        for yard in Yard::both() {
            let (run_id, model_id) = (started(&yard), model(&yard));
            let log = RunLog::new(&yard.client, run_id.as_str(), false).unwrap();
            log.set_tag("short-lived", "1").unwrap();
            log.set_tag("kept", "1").unwrap();
            log.delete_tag("short-lived").unwrap();
            log.delete_tag("set again").unwrap();
            log.set_tag("set again", "2").unwrap();
            log.log_inputs(vec![iris()], vec![ModelInput { model_id: model_id.clone() }]).unwrap();
            log.log_inputs(vec![iris()], Vec::new()).unwrap();
            log.log_outputs(vec![ModelOutput { model_id: model_id.clone(), step: 3 }]).unwrap();
            log.log_param("behind", "x").unwrap();
            assert_eq!(log.wait(PATIENCE).unwrap(), FlushState::Done);

            let run = stored(&yard, &run_id);
            let tag = |key: &str| run.data.tags.iter().find(|tag| tag.key == key).map(|tag| tag.value.as_str());
            assert_eq!((tag("short-lived"), tag("kept"), tag("set again")), (None, Some("1"), Some("2")));
            let models = vec![ModelInput { model_id: model_id.clone() }];
            assert_eq!(run.inputs, RunInputs { dataset_inputs: vec![iris()], model_inputs: models });
            assert_eq!(run.outputs.unwrap().model_outputs, [ModelOutput { model_id, step: 3 }]);
            assert_eq!(run.data.params.len(), 1);
        }
    });
}

#[test]
fn what_is_wrong_with_an_input_is_refused_at_the_call() {
    at_home("journal_calls::what_is_wrong_with_an_input_is_refused_at_the_call", |_| {
        let yard = Yard::embedded();
        let run_id = started(&yard);
        let log = RunLog::new(&yard.client, run_id.as_str(), false).unwrap();
        let changed = |change: &dyn Fn(&mut DatasetInput)| {
            let mut input = iris();
            change(&mut input);
            log.log_inputs(vec![input], Vec::new())
        };
        for (refused, reason) in [
            (changed(&|input| input.dataset.name.clear()), "'datasets[0].dataset.name'"),
            (changed(&|input| input.dataset.digest = "d".repeat(37)), "'digest' exceeds the maximum length of 36"),
            (changed(&|input| input.tags[0].value = "v".repeat(501)), "'value' exceeds the maximum length of 500"),
            (log.log_inputs(vec![iris(); 1001], Vec::new()), "at most 1000 datasets. Got 1001"),
            (log.log_outputs(Vec::new()), "required parameter 'models'"),
            (log.delete_tag(""), "required parameter 'key'"),
        ] {
            let message = refused.unwrap_err().to_string();
            assert!(message.contains(reason), "{message}");
        }
        assert_eq!(log.wait(PATIENCE).unwrap(), FlushState::Done);
        assert_eq!(stored(&yard, &run_id).inputs, RunInputs::default());
    });
}

#[test]
fn a_model_that_is_not_there_is_refused_and_what_is_behind_it_arrives() {
    at_home("journal_calls::a_model_that_is_not_there_is_refused_and_what_is_behind_it_arrives", |_| {
        for yard in Yard::both() {
            let run_id = started(&yard);
            let log = RunLog::new(&yard.client, run_id.as_str(), false).unwrap();
            log.log_outputs(vec![ModelOutput { model_id: "m-0".into(), step: 0 }]).unwrap();
            log.log_inputs(vec![iris()], Vec::new()).unwrap();
            let Err(Error::Rejected(rejections)) = log.wait(PATIENCE) else { panic!("refused") };
            assert_eq!((rejections.count, rejections.list[0].what.as_str()), (1, "output model 'm-0'"));
            assert_eq!(stored(&yard, &run_id).inputs.dataset_inputs, [iris()]);
        }
    });
}

#[test]
fn a_removal_whose_answer_was_lost_is_no_refusal() {
    at_home("journal_calls::a_removal_whose_answer_was_lost_is_no_refusal", |_| {
        let attempts = Arc::new(AtomicUsize::new(0));
        let counted = attempts.clone();
        let uri = Script::answering(move |asked| {
            if asked.line.contains("/runs/delete-tag") {
                return match counted.fetch_add(1, Ordering::SeqCst) {
                    // The tag is removed, and the connection breaks.
                    0 => Vec::new(),
                    _ => answer(
                        "404 Not Found",
                        "",
                        r#"{"error_code": "RESOURCE_DOES_NOT_EXIST", "message": "No tag with name: a"}"#,
                    ),
                };
            }
            answer("200 OK", "", r#"{"run": {"info": {"run_id": "r"}, "data": {}}}"#)
        });
        let client = trainyard::Client::connect(&uri).unwrap();
        let log = RunLog::new(&client, "r", false).unwrap();
        log.delete_tag("a").unwrap();
        assert_eq!(log.wait(PATIENCE).unwrap(), FlushState::Done);
        assert_eq!(attempts.load(Ordering::SeqCst), 2);
    });
}

#[test]
fn what_a_server_has_no_route_for_is_refused_and_what_is_behind_it_arrives() {
    at_home("journal_calls::what_a_server_has_no_route_for_is_refused_and_what_is_behind_it_arrives", |_| {
        for (status, body, code) in [
            ("404 Not Found", "<!doctype html><title>404 Not Found</title>", ErrorCode::NotFound),
            ("404 Not Found", r#"{"error_code": "ENDPOINT_NOT_FOUND", "message": "?"}"#, ErrorCode::EndpointNotFound),
            ("501 Not Implemented", r#"{"error_code": "NOT_IMPLEMENTED", "message": "?"}"#, ErrorCode::NotImplemented),
        ] {
            let batches = Arc::new(AtomicUsize::new(0));
            let counted = batches.clone();
            let uri = Script::answering(move |asked| match asked.line.split(['?', ' ']).nth(1).unwrap() {
                path if path.ends_with("/runs/outputs") => answer(status, "", body),
                path if path.ends_with("/runs/get") => answer("200 OK", "", RUN),
                path if path.ends_with("/runs/log-batch") => {
                    counted.fetch_add(1, Ordering::SeqCst);
                    answer("200 OK", "", "{}")
                }
                _ => answer("404 Not Found", "", body),
            });
            let log = RunLog::new(&trainyard::Client::connect(&uri).unwrap(), "r", false).unwrap();
            log.log_outputs(vec![output("m-1")]).unwrap();
            log.log_metric("loss", 0.5, 0, None, &Context::default()).unwrap();
            let Err(Error::Rejected(rejections)) = log.wait(SHORT) else { panic!("{status} is a refusal") };
            assert_eq!((rejections.count, rejections.list[0].error_code), (1, code));
            assert_eq!(batches.load(Ordering::SeqCst), 1);
        }
    });
}

#[test]
fn an_answer_of_something_else_than_the_server_throws_nothing_away() {
    at_home("journal_calls::an_answer_of_something_else_than_the_server_throws_nothing_away", |_| {
        let wrong = Arc::new(AtomicBool::new(true));
        let is_wrong = wrong.clone();
        let uri = Script::answering(move |_| match is_wrong.load(Ordering::SeqCst) {
            true => answer("404 Not Found", "", "<!doctype html><title>no such site</title>"),
            false => answer("200 OK", "", "{}"),
        });
        let log = RunLog::new(&trainyard::Client::connect(&uri).unwrap(), "r", false).unwrap();
        log.log_outputs(vec![output("m-1")]).unwrap();
        assert_ne!(log.wait(Duration::from_millis(300)).unwrap(), FlushState::Done);
        wrong.store(false, Ordering::SeqCst);
        assert_eq!(log.wait(PATIENCE).unwrap(), FlushState::Done);
    });
}

#[test]
fn outputs_that_the_run_has_already_are_no_refusal() {
    at_home("journal_calls::outputs_that_the_run_has_already_are_no_refusal", |_| {
        // As stock servers do: the database refuses a pair of run and model that it has.
        let stored = Arc::new(Mutex::new(vec!["m-1".to_owned()]));
        let outputs = stored.clone();
        let uri = Script::answering(move |asked| match asked.line.split(['?', ' ']).nth(1).unwrap() {
            path if path.ends_with("/runs/outputs") => {
                let request: LogOutputs = serde_json::from_slice(&asked.body).unwrap();
                let mut outputs = outputs.lock().unwrap();
                let mut all = outputs.clone();
                for model in request.models {
                    if model.model_id.as_str() == "m-bad" || all.contains(&model.model_id.to_string()) {
                        return answer(
                            "400 Bad Request",
                            "",
                            r#"{"error_code": "BAD_REQUEST", "message": "UNIQUE constraint failed"}"#,
                        );
                    }
                    all.push(model.model_id.to_string());
                }
                *outputs = all;
                answer("200 OK", "", "{}")
            }
            path if path.ends_with("/runs/get") => {
                let models: Vec<_> = outputs.lock().unwrap().iter().map(|id| output(id)).collect();
                let run = Run { outputs: Some(RunOutputs { model_outputs: models }), ..Run::default() };
                answer("200 OK", "", &serde_json::json!({ "run": run }).to_string())
            }
            _ => answer("200 OK", "", "{}"),
        });
        let log = RunLog::new(&trainyard::Client::connect(&uri).unwrap(), "r", false).unwrap();
        log.log_outputs(vec![output("m-1")]).unwrap();
        log.log_outputs(vec![output("m-2"), output("m-1"), output("m-2")]).unwrap();
        assert_eq!(log.wait(PATIENCE).unwrap(), FlushState::Done);
        assert_eq!(*stored.lock().unwrap(), ["m-1", "m-2"]);
        log.log_outputs(vec![output("m-bad")]).unwrap();
        assert!(matches!(log.wait(PATIENCE), Err(Error::Rejected(_))), "another refusal is one");
    });
}

#[test]
fn a_removal_that_may_not_be_is_told_at_once() {
    at_home("journal_calls::a_removal_that_may_not_be_is_told_at_once", |_| {
        let ask = |status: &'static str, body: &'static str| {
            let uri = Script::answering(move |_| answer(status, "", body));
            let client = trainyard::Client::connect(&uri).unwrap();
            RunLog::new(&client, "r", false).unwrap().delete_tag_at_once("a")
        };
        for (status, body, code) in [
            ("401 Unauthorized", "who are you?", ErrorCode::Unauthenticated),
            ("403 Forbidden", r#"{"error_code": "PERMISSION_DENIED", "message": "no"}"#, ErrorCode::PermissionDenied),
            ("404 Not Found", "<!doctype html><title>404 Not Found</title>", ErrorCode::NotFound),
        ] {
            assert_eq!(ask(status, body).unwrap_err().code(), code);
        }
        for status in ["429 Too Many Requests", "500 Internal Server Error", "503 Service Unavailable"] {
            assert!(!ask(status, "a moment").unwrap(), "{status} passes");
        }
    });
}

#[test]
fn a_store_that_answers_says_at_once_that_there_is_no_such_tag() {
    at_home("journal_calls::a_store_that_answers_says_at_once_that_there_is_no_such_tag", |_| {
        for yard in Yard::both() {
            let run_id = started(&yard);
            let log = RunLog::new(&yard.client, run_id.as_str(), false).unwrap();
            let refused = log.delete_tag_at_once("a").unwrap_err();
            assert_eq!(refused.code(), ErrorCode::ResourceDoesNotExist);
            assert!(refused.to_string().contains("No tag with name: a"), "{refused}");
            log.set_tag("a", "1").unwrap();
            log.wait(PATIENCE).unwrap();
            assert!(log.delete_tag_at_once("a").unwrap());
            assert!(!stored(&yard, &run_id).data.tags.iter().any(|tag| tag.key == "a"));
        }
        let away = RunLog::new(&trainyard::Client::connect("http://127.0.0.1:9").unwrap(), "r", false).unwrap();
        assert!(!away.delete_tag_at_once("a").unwrap(), "a store that is away refuses nothing");
    });
}

#[test]
fn without_a_server_they_wait_in_the_journal_and_are_counted() {
    let test = "journal_calls::without_a_server_they_wait_in_the_journal_and_are_counted";
    at_home_with(test, &[("TRAINYARD_OFFLINE", "1")], |_| {
        let yard = Yard::embedded();
        let (run_id, model_id) = (started(&yard), model(&yard));
        let log = RunLog::new(&yard.client, run_id.as_str(), false).unwrap();
        log.set_tag("a", "1").unwrap();
        assert!(!log.delete_tag_at_once("a").unwrap(), "nothing is asked of the store");
        log.delete_tag("a").unwrap();
        log.log_inputs(vec![iris()], Vec::new()).unwrap();
        log.log_outputs(vec![ModelOutput { model_id, step: 0 }]).unwrap();
        log.close();
        let (left, _) = journal::leftovers().unwrap();
        let contents = left[0].contents().unwrap();
        assert_eq!((contents.tags, contents.deleted_tags, contents.inputs, contents.outputs), (1, 1, 1, 1));
        assert_eq!(contents.records(), 4);
        let sync = left[0].deliver(&yard.client, &|_| ()).unwrap().unwrap();
        assert_eq!((sync.records, sync.rejections.len()), (4, 0));
        let run = stored(&yard, &run_id);
        assert_eq!(run.inputs.dataset_inputs, [iris()]);
        assert_eq!(run.outputs.unwrap().model_outputs.len(), 1);
        assert!(!run.data.tags.iter().any(|tag| tag.key == "a"));
    });
}

#[test]
fn values_that_are_too_long_are_refused_at_the_call_where_they_are_not_cut() {
    let test = "journal_calls::values_that_are_too_long_are_refused_at_the_call_where_they_are_not_cut";
    at_home_with(test, &[("MLFLOW_TRUNCATE_LONG_VALUES", "false")], |_| {
        let yard = Yard::embedded();
        let run_id = started(&yard);
        let log = RunLog::new(&yard.client, run_id.as_str(), false).unwrap();
        let (param, tag) = ("v".repeat(6001), "v".repeat(8001));
        let tags = [Tag::new("a", "x"), Tag::new("b", tag.as_str())];
        for (refused, reason) in [
            (log.log_param("depth", &param), "'Param value' exceeds the maximum length of 6000 characters"),
            (log.set_tag("note", &tag), "'value' exceeds the maximum length of 8000 characters"),
            (log.log_batch(&[], &[], &tags), "'tags[1].value' exceeds the maximum length of 8000 characters"),
        ] {
            let message = refused.unwrap_err().to_string();
            assert!(message.contains(reason), "{message}");
        }
        log.log_param("depth", &param[1..]).unwrap();
        log.wait(PATIENCE).unwrap();
        let run = stored(&yard, &run_id);
        assert_eq!(run.data.params[0].value.len(), 6000);
        assert!(!run.data.tags.iter().any(|tag| tag.key == "a"), "a batch with a mistake in it leaves nothing");
        // The embedded store reads the same variable.
        let request =
            trainyard_api::runs::LogParam { run_id, key: "direct".to_owned(), value: param, ..Default::default() };
        let refused = yard.client.call(request).unwrap_err();
        assert_eq!(refused.code(), ErrorCode::InvalidParameterValue);
    });
}
