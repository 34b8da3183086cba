use serde_json::{Value, json};
use trainyard_api::RunId;
use trainyard_api::runs::{DeleteRun, LogModel, SetTag};

use super::{get, invalid, missing, refused};
use crate::backend::TestStore;

const HISTORY: &str = "mlflow.log-model.history";

fn log(run_id: &RunId, model: &Value) -> LogModel {
    LogModel { run_id: run_id.clone(), model_json: model.to_string() }
}

fn model(run_id: &RunId, artifact_path: &str) -> Value {
    json!({
        "run_id": run_id,
        "artifact_path": artifact_path,
        "utc_time_created": "2024-01-01",
        "flavors": {"sklearn": {"code": null, "config": {"long": true}}, "python_function": {"loader_module": "x"}},
        "signature": {"inputs": "[]"},
    })
}

fn history(test: &TestStore, run_id: &RunId) -> Value {
    let tags = get(test, run_id).data.tags;
    serde_json::from_str(&tags.iter().find(|tag| tag.key == HISTORY).unwrap().value).unwrap()
}

pub fn models_are_noted_one_behind_the_other(test: TestStore) {
    let run_id = super::run(&test);
    for artifact_path in ["first", "second"] {
        test.call(log(&run_id, &model(&run_id, artifact_path))).unwrap();
    }
    let note = |artifact_path: &str| {
        json!({
            "run_id": run_id,
            "artifact_path": artifact_path,
            "utc_time_created": "2024-01-01",
            "model_uuid": null,
            "flavors": {"sklearn": {"code": null}, "python_function": {"loader_module": "x"}},
        })
    };
    assert_eq!(history(&test, &run_id), json!([note("first"), note("second")]));
}

pub fn a_long_history_is_whole_until_it_is_refused(test: TestStore) {
    let run_id = super::run(&test);
    for _ in 0..9 {
        test.call(log(&run_id, &model(&run_id, &"p".repeat(100_000)))).unwrap();
    }
    assert_eq!(history(&test, &run_id).as_array().unwrap().len(), 9);
    assert_eq!(
        refused(test.call(log(&run_id, &model(&run_id, &"p".repeat(100_000))))),
        invalid("The models of the run take more than 1000000 bytes in its tag 'mlflow.log-model.history'")
    );
    assert_eq!(history(&test, &run_id).as_array().unwrap().len(), 9);
}

pub fn what_describes_no_model_is_refused(test: TestStore) {
    let run_id = super::run(&test);
    let refusal = |json: &str| refused(test.call(LogModel { run_id: run_id.clone(), model_json: json.to_owned() }));
    assert_eq!(refusal(""), missing("model_json"));
    assert_eq!(refusal("x"), invalid("Malformed model info. \n x \n is not a valid JSON."));
    assert_eq!(refusal("[]"), invalid("Malformed model info. \n [] \n is not a JSON object."));
    assert_eq!(
        refusal(r#"{"run_id": "", "flavors": {}}"#),
        invalid("Model json is missing mandatory fields: {'artifact_path', 'utc_time_created'}")
    );
    let mut odd = model(&run_id, "model");
    odd["flavors"] = json!([]);
    assert_eq!(
        refusal(&odd.to_string()),
        invalid(&format!("Malformed model info. \n {odd} \n has flavors that are not an object."))
    );
    assert_eq!(refused(test.call(LogModel { model_json: "{}".to_owned(), ..LogModel::default() })), missing("run_id"));
}

pub fn a_tag_of_something_else_and_a_deleted_run_are_left_alone(test: TestStore) {
    let run_id = super::run(&test);
    let tag = SetTag { run_id: run_id.clone(), key: HISTORY.to_owned(), value: "mine".to_owned(), ..SetTag::default() };
    test.call(tag).unwrap();
    assert_eq!(
        refused(test.call(log(&run_id, &model(&run_id, "model")))),
        invalid("The run's tag 'mlflow.log-model.history' is no list of models: expected value at line 1 column 1")
    );
    test.call(DeleteRun { run_id: run_id.clone() }).unwrap();
    assert_eq!(
        refused(test.call(log(&run_id, &model(&run_id, "model")))),
        invalid(&format!("The run {run_id} must be in the 'active' state. Current state is deleted."))
    );
}
