//! Values of params and tags that are longer than what is kept of them: cut, or refused where the operator wants that.

use serde_json::{Value, json};

use crate::TestServer;

/// Every way in which a long value arrives: path and body.
fn requests(run_id: &str) -> [(&'static str, Value); 5] {
    let (param, tag) = ("é".repeat(6001), "é".repeat(8001));
    let tags = json!([{"key": "short", "value": "x"}, {"key": "note", "value": tag}]);
    [
        ("/runs/log-parameter", json!({"run_id": run_id, "key": "depth", "value": param})),
        ("/runs/log-batch", json!({"run_id": run_id, "params": [{"key": "other", "value": param}]})),
        ("/runs/set-tag", json!({"run_id": run_id, "key": "note", "value": tag})),
        ("/runs/log-batch", json!({"run_id": run_id, "tags": tags})),
        ("/runs/create", json!({"experiment_id": "0", "tags": tags})),
    ]
}

#[test]
fn they_are_cut() {
    let server = TestServer::start();
    let run_id = server.run();
    for (path, body) in requests(&run_id) {
        assert_eq!(server.post(path, body).status, 200, "{path}");
    }
    let run = server.get(&format!("/api/2.0/mlflow/runs/get?run_id={run_id}")).json()["run"]["data"].clone();
    let length = |list: &str, key: &str| {
        let pairs = run[list].as_array().unwrap();
        let pair = pairs.iter().find(|pair| pair["key"] == key).unwrap();
        pair["value"].as_str().unwrap().chars().count()
    };
    assert_eq!((length("params", "depth"), length("params", "other"), length("tags", "note")), (6000, 6000, 8000));
}

#[test]
fn they_are_refused_where_the_operator_wants_that() {
    let server = TestServer::start_with(|config| config.truncate_long_values = false);
    let run_id = server.run();
    let answers: Vec<_> =
        requests(&run_id).into_iter().map(|(path, body)| server.post(path, body).snapshot()).collect();
    insta::assert_snapshot!(answers.join("\n"), @r#"
    400 {"error_code":"INVALID_PARAMETER_VALUE","message":"'Param value' exceeds the maximum length of 6000 characters"}
    400 {"error_code":"INVALID_PARAMETER_VALUE","message":"'Param value' exceeds the maximum length of 6000 characters"}
    400 {"error_code":"INVALID_PARAMETER_VALUE","message":"'value' exceeds the maximum length of 8000 characters"}
    400 {"error_code":"INVALID_PARAMETER_VALUE","message":"'tags[1].value' exceeds the maximum length of 8000 characters"}
    400 {"error_code":"INVALID_PARAMETER_VALUE","message":"'tags[1].value' exceeds the maximum length of 8000 characters"}
    "#);
    let run = server.get(&format!("/api/2.0/mlflow/runs/get?run_id={run_id}")).json()["run"]["data"].clone();
    assert!(run.get("params").is_none_or(|params| params.as_array().unwrap().is_empty()), "{run}");
    assert!(!run["tags"].as_array().unwrap().iter().any(|tag| tag["key"] == "short"), "all of a batch or nothing");
}
