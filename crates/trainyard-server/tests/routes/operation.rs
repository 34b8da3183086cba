//! JSON routes: from bytes to a request, from an operation to an answer, and everything that can be wrong between.

use serde_json::json;

use crate::TestServer;

const SEARCH: &str = "/api/2.0/mlflow/runs/search";
const CREATE: &str = "/api/2.0/mlflow/runs/create";

#[test]
fn a_run_is_made_written_and_read() {
    let server = TestServer::start();
    let run_id = server.run();
    let metric = json!({"run_id": run_id, "key": "loss", "value": 0.5, "timestamp": "7", "step": 2});
    insta::assert_snapshot!(server.post("/runs/log-metric", metric).snapshot(), @"200 {}");
    let param = json!({"run_id": run_id, "key": "depth", "value": "5"});
    insta::assert_snapshot!(server.post("/runs/log-parameter", param).snapshot(), @"200 {}");
    let read = server.get(&format!("/api/2.0/mlflow/runs/get?run_id={run_id}"));
    insta::assert_snapshot!(read.snapshot(), @r#"200 {"run":{"info":{"run_id":"[id]","run_uuid":"[id]","run_name":"r","experiment_id":"0","user_id":"","status":"RUNNING","start_time":1,"artifact_uri":"mlflow-artifacts:/0/[id]/artifacts","lifecycle_stage":"active"},"data":{"metrics":[{"key":"loss","value":0.5,"timestamp":7,"step":2}],"params":[{"key":"depth","value":"5"}],"tags":[{"key":"mlflow.runName","value":"r"}]},"inputs":{},"outputs":{}}}"#);
    let by_old_name = server.get(&format!("/ajax-api/2.0/mlflow/runs/get?run_uuid={run_id}&run_id={run_id}&unknown=1"));
    assert_eq!(by_old_name.body, read.body);
}

#[test]
fn fields_in_the_path_belong_to_the_request() {
    let server = TestServer::start();
    let made = server.post("/logged-models", json!({"experiment_id": "0", "name": "iris"}));
    let id = made.json()["model"]["info"]["model_id"].as_str().unwrap().to_owned();
    let path = format!("/api/2.0/mlflow/logged-models/{id}");
    assert_eq!(server.get(&path).json()["model"]["info"]["name"], "iris");
    let tags = json!({"tags": [{"key": "a/b c", "value": "v"}]}).to_string();
    assert_eq!(server.send("PATCH", &format!("{path}/tags"), tags.as_bytes()).status, 200);
    assert_eq!(server.connect().request("DELETE", &format!("{path}/tags/a%2Fb%20c"), &[], b"").snapshot(), "200 {}");
    assert_eq!(server.get(&path).json()["model"]["info"].get("tags"), None);
    // The path wins over a body that says otherwise.
    let ready = server.send("PATCH", &path, br#"{"model_id": "m-other", "status": "LOGGED_MODEL_READY"}"#);
    assert_eq!(ready.json()["model"]["info"]["status"], "LOGGED_MODEL_READY");
}

#[test]
fn a_get_without_a_query_has_its_fields_in_a_body() {
    let server = TestServer::start();
    let run_id = server.run();
    let get = |path: &str, body: &str| server.connect().request("GET", path, &[], body.as_bytes());
    let body = json!({"run_id": run_id}).to_string();
    let read = get("/api/2.0/mlflow/runs/get", &body);
    assert_eq!(read.body, server.get(&format!("/api/2.0/mlflow/runs/get?run_id={run_id}")).body);
    // A query is all there is to a request that has one.
    assert_eq!(get("/api/2.0/mlflow/runs/get?unknown=1", &body).status, 400);
    insta::assert_snapshot!(get("/api/2.0/mlflow/runs/get", "{\"run_id\"").snapshot(), @r#"400 {"error_code":"INVALID_PARAMETER_VALUE","message":"Missing value for required parameter 'run_id'. See the API docs for more information about request parameters."}"#);
    let graphql = get("/graphql", r#"{"query": "{ __typename }"}"#);
    insta::assert_snapshot!(graphql.snapshot(), @r#"200 {"data":{"__typename":"Query"},"errors":null}"#);
}

#[test]
fn truncated_json_names_line_and_column() {
    let server = TestServer::start();
    insta::assert_snapshot!(server.send("POST", CREATE, b"{\"tags\":\n [\"0\"").snapshot(), @r#"400 {"error_code":"BAD_REQUEST","message":"the request body is not valid JSON: EOF while parsing a list at line 2 column 5"}"#);
    insta::assert_snapshot!(server.send("POST", CREATE, b"{\"filter\": \xff}").snapshot(), @r#"400 {"error_code":"BAD_REQUEST","message":"the request body is not valid JSON: expected value at line 1 column 12"}"#);
    insta::assert_snapshot!(server.send("POST", SEARCH, b"[1]").snapshot(), @r#"400 {"error_code":"BAD_REQUEST","message":"the request body has to be a JSON object, not a list"}"#);
}

#[test]
fn a_search_for_runs_by_what_is_no_json_finds_none() {
    let server = TestServer::start();
    server.run();
    for body in [&b"{\"experiment_ids\": [\"0\"]"[..], b"nonsense", b"{\"filter\": \xff}"] {
        assert_eq!(server.send("POST", SEARCH, body).snapshot(), "200 {}");
    }
    // A search for anything else, and a field that is wrong, are told.
    assert_eq!(server.send("POST", "/api/2.0/mlflow/experiments/search", b"{").status, 400);
    assert_eq!(server.send("POST", SEARCH, b"{\"filter\": 5}").status, 400);
}

#[test]
fn both_names_of_a_field_are_read_and_answers_have_one() {
    let server = TestServer::start();
    let experiment = server.post("/experiments/create", json!({"name": "e"})).json();
    let id = experiment["experiment_id"].as_str().unwrap().to_owned();
    let run = server.post("/runs/create", json!({"experimentId": id, "runName": "n", "startTime": "5"})).json();
    let info = &run["run"]["info"];
    assert_eq!(info["experiment_id"], json!(id), "a run that is meant for an experiment is in no other");
    assert_eq!((&info["run_name"], &info["start_time"]), (&json!("n"), &json!(5)));
    let both = server.post("/runs/create", json!({"experiment_id": "0", "experimentId": id}));
    insta::assert_snapshot!(both.snapshot(), @r#"400 {"error_code":"INVALID_PARAMETER_VALUE","message":"Request specifies both 'experiment_id' and 'experimentId'; provide only one of them."}"#);
    // What stock requires has the name with underscores alone.
    let update = server.post("/runs/update", json!({"runId": info["run_id"], "endTime": 9}));
    assert_eq!((update.status, update.json()["error_code"].clone()), (400, json!("INVALID_PARAMETER_VALUE")));
    let update = server.post("/runs/update", json!({"run_id": info["run_id"], "endTime": 9}));
    assert_eq!(update.json()["run_info"]["end_time"], 9);
}

#[test]
fn json_nested_without_end_is_refused() {
    let server = TestServer::start();
    let answer = server.send("POST", CREATE, "[".repeat(1 << 20).as_bytes());
    insta::assert_snapshot!(answer.snapshot(), @r#"400 {"error_code":"BAD_REQUEST","message":"the request body is not valid JSON: recursion limit exceeded at line 1 column 128"}"#);
}

#[test]
fn a_wrong_type_names_its_field() {
    let server = TestServer::start();
    let wrong = |path: &str, body| server.post(path, body).snapshot();
    insta::assert_snapshot!(wrong("/runs/search", json!({"max_results": "many"})), @r#"400 {"error_code":"INVALID_PARAMETER_VALUE","message":"Invalid value \"many\" for parameter 'max_results' supplied: invalid value: string \"many\", expected an integer of 64 bits. See the API docs for more information about request parameters."}"#);
    insta::assert_snapshot!(wrong("/runs/log-metric", json!({"run_id": ["a"]})), @r#"400 {"error_code":"INVALID_PARAMETER_VALUE","message":"Invalid value [\"a\"] for parameter 'run_id' supplied: invalid type: sequence, expected a string. See the API docs for more information about request parameters."}"#);
    insta::assert_snapshot!(wrong("/runs/log-batch", json!({"run_id": "a", "params": [{"key": 5}]})), @r#"400 {"error_code":"INVALID_PARAMETER_VALUE","message":"Invalid value 5 for parameter 'params[0].key' supplied: invalid type: integer `5`, expected a string. See the API docs for more information about request parameters."}"#);
    let query = server.get("/api/2.0/mlflow/metrics/get-history?run_id=a&metric_key=m&max_results=x");
    insta::assert_snapshot!(query.snapshot(), @r#"400 {"error_code":"INVALID_PARAMETER_VALUE","message":"Invalid value \"x\" for parameter 'max_results' supplied: invalid value: string \"x\", expected an integer of 64 bits. See the API docs for more information about request parameters."}"#);
}

#[test]
fn a_missing_field_is_named_in_mlflows_words() {
    let server = TestServer::start();
    insta::assert_snapshot!(server.post("/runs/log-metric", json!({"key": "m"})).snapshot(), @r#"400 {"error_code":"INVALID_PARAMETER_VALUE","message":"Missing value for required parameter 'value'. See the API docs for more information about request parameters."}"#);
    insta::assert_snapshot!(server.get("/api/2.0/mlflow/artifacts/list").snapshot(), @r#"400 {"error_code":"INVALID_PARAMETER_VALUE","message":"Missing value for required parameter 'run_id'. See the API docs for more information about request parameters."}"#);
}

#[test]
fn what_is_not_declared_as_json_is_refused() {
    let server = TestServer::start();
    let send = |headers: &[(&str, &str)]| server.connect().request("POST", SEARCH, headers, b"{}").snapshot();
    insta::assert_snapshot!(send(&[]), @r#"400 {"error_code":"INVALID_PARAMETER_VALUE","message":"Bad Request. Content-Type header is missing."}"#);
    insta::assert_snapshot!(send(&[("content-type", "text/plain")]), @r#"400 {"error_code":"INVALID_PARAMETER_VALUE","message":"Bad Request. Content-Type must be one of ['application/json']."}"#);
    insta::assert_snapshot!(send(&[("content-type", "Application/JSON; charset=utf-8")]), @"200 {}");
}

#[test]
fn ten_megabytes_are_read_where_they_are_allowed() {
    let server = TestServer::start();
    let name = "n".repeat(10 << 20);
    let answer = server.post("/experiments/create", json!({"name": name}));
    assert_eq!(answer.status, 400);
    assert!(answer.body.len() < 2000, "the answer repeats the request: {} bytes", answer.body.len());
    let search = server.post("/runs/search", json!({"experiment_ids": ["0"], "unknown_field": name}));
    assert_eq!(search.snapshot(), "200 {}");
}

#[test]
fn a_batch_of_more_than_its_limit_is_refused_and_the_connection_lives() {
    let server = TestServer::start();
    let mut connection = server.connect();
    let body = json!({"run_id": "r", "tags": [{"key": "k", "value": "v".repeat(10 << 20)}]}).to_string();
    let json = [("content-type", "application/json")];
    let answer = connection.request("POST", "/api/2.0/mlflow/runs/log-batch", &json, body.as_bytes());
    insta::assert_snapshot!(answer.snapshot(), @r#"400 {"error_code":"INVALID_PARAMETER_VALUE","message":"The request body is larger than the limit of 1000000 bytes."}"#);
    assert_eq!(connection.request("GET", "/health", &[], b"").status, 200);
}

#[test]
fn a_body_beyond_all_limits_is_refused_announced_or_not() {
    let server = TestServer::start();
    let json = ("content-type", "application/json");
    let body = vec![b' '; 33 << 20];
    let announced = server.connect().request("POST", SEARCH, &[json], &body);
    insta::assert_snapshot!(announced.snapshot(), @r#"413 {"error_code":"INVALID_PARAMETER_VALUE","message":"The request body is larger than the limit of 33554432 bytes."}"#);

    let mut connection = server.connect();
    connection.send_head("POST", SEARCH, &[json, ("transfer-encoding", "chunked")], 0);
    for _ in 0..33 {
        connection.send(b"100000\r\n").unwrap();
        connection.send(&body[..1 << 20]).unwrap();
        connection.send(b"\r\n").unwrap();
    }
    connection.send(b"0\r\n\r\n").unwrap();
    assert_eq!(connection.answer("POST").body, announced.body);
}

#[test]
fn a_path_that_is_not_utf8_is_refused() {
    let server = TestServer::start();
    insta::assert_snapshot!(server.get("/api/2.0/mlflow/logged-models/%ff").snapshot(), @r#"400 {"error_code":"INVALID_PARAMETER_VALUE","message":"Invalid path: Invalid UTF-8 in `model_id`"}"#);
    let artifact = server.get("/api/2.0/mlflow-artifacts/artifacts/%ff");
    insta::assert_snapshot!(artifact.snapshot(), @r#"400 {"error_code":"INVALID_PARAMETER_VALUE","message":"Invalid path: Invalid UTF-8 in `path`"}"#);
}
