//! What the web UI asks for beside MLflow's interface, as it travels. The rules are tested in the store.

use serde_json::{Value, json};

use crate::{Answer, TestServer};

const V1: &str = "/ajax-api/trainyard/v1";

fn send(server: &TestServer, method: &str, path: &str, body: Value) -> Answer {
    server.send(method, &format!("{V1}{path}"), body.to_string().as_bytes())
}

/// A run with the metrics `loss` (1, 2, 4) and `acc` (NaN), the param `lr` and the tag `team`.
fn logged(server: &TestServer) -> String {
    let run_id = server.run();
    let metric =
        |key: &str, step: i64, value: Value| json!({"key": key, "step": step, "timestamp": 100 + step, "value": value});
    let metrics = [
        metric("loss", 0, 1.into()),
        metric("loss", 1, 2.into()),
        metric("loss", 2, 4.into()),
        metric("acc", 7, "NaN".into()),
    ];
    let batch = json!({
        "run_id": run_id, "metrics": metrics, "params": [{"key": "lr", "value": "0.1"}],
        "tags": [{"key": "team", "value": "blue"}],
    });
    assert_eq!(server.post("/runs/log-batch", batch).status, 200);
    run_id
}

#[test]
fn summaries_and_columns_are_asked_for_by_query() {
    let server = TestServer::start();
    let run_id = logged(&server);
    let summaries = server.get(&format!("{V1}/runs/metric-summaries?run_id={run_id}&contains=S"));
    insta::assert_snapshot!(summaries.snapshot(), @r#"200 {"metrics":[{"key":"loss","points":3,"first":{"value":1.0,"step":0,"timestamp":100},"last":{"value":4.0,"step":2,"timestamp":102},"min":{"value":1.0},"max":{"value":4.0}}]}"#);
    let columns = server.get(&format!("{V1}/columns?experiment_id=0&experiment_id=5&kind=metric"));
    insta::assert_snapshot!(columns.snapshot(), @r#"200 {"columns":[{"kind":"metric","key":"acc","runs":1,"distinct":0},{"kind":"metric","key":"loss","runs":1,"distinct":1,"min":4.0,"max":4.0}],"runs":1}"#);
    let values = server.get(&format!("{V1}/column-values?experiment_id=0&kind=param&key=lr&contains=0"));
    insta::assert_snapshot!(values.snapshot(), @r#"200 {"values":[{"value":"0.1","runs":1}],"runs":1}"#);
    let activity = server.get(&format!("{V1}/experiments/activity?experiment_id=0")).json();
    assert_eq!((&activity["experiments"][0]["runs"], &activity["experiments"][0]["running"]), (&1.into(), &1.into()));
    insta::assert_snapshot!(server.get(&format!("{V1}/columns?experiment_id=0&kind=row")).snapshot(), @r#"400 {"error_code":"INVALID_PARAMETER_VALUE","message":"Invalid value \"row\" for parameter 'kind' supplied: unknown variant `row`, expected one of `metric`, `param`, `tag`. See the API docs for more information about request parameters."}"#);
}

#[test]
fn a_chart_is_answered_in_columns_of_little_endian_doubles() {
    let server = TestServer::start();
    let run_id = logged(&server);
    let series = |key: &str| json!({"run_id": run_id, "metric_key": key});
    let answer =
        send(&server, "POST", "/charts/series", json!({"series": [series("loss"), series("none")], "x": "timestamp"}));
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("application/vnd.trainyard.columns")));
    let body = answer.body;
    assert_eq!(&body[..4], b"TYC1");
    let length = u32::from_le_bytes(body[4..8].try_into().unwrap()) as usize;
    let head: Value = serde_json::from_slice(&body[8..8 + length]).unwrap();
    let (loss, none) = (&head["series"][0], &head["series"][1]);
    assert_eq!((&loss["rows"], &loss["points"], &none["rows"]), (&3.into(), &3.into(), &0.into()));
    let at = loss["offset"].as_u64().unwrap() as usize;
    let numbers: Vec<f64> = body[at..].chunks(8).map(|bytes| f64::from_le_bytes(bytes.try_into().unwrap())).collect();
    let values = [1.0, 2.0, 4.0];
    assert_eq!(numbers, [[0.0, 1.0, 2.0], [100.0, 101.0, 102.0], values, values, values].concat());
}

#[test]
fn runs_are_grouped_counted_and_changed() {
    let server = TestServer::start();
    let run_id = logged(&server);
    let group = json!({"experiment_ids": ["0"], "group_by": [{"kind": "param", "key": "lr"}], "metrics": ["loss"]});
    let groups = send(&server, "POST", "/runs/groups", group).json();
    assert_eq!(
        groups["groups"][0]["metrics"],
        json!([{"key": "loss", "count": 1, "mean": 4.0, "min": 4.0, "max": 4.0}])
    );
    assert_eq!((&groups["groups"][0]["values"], &groups["total"]), (&json!(["0.1"]), &1.into()));
    let child = json!({"experiment_id": "0", "tags": [{"key": "mlflow.parentRunId", "value": run_id}]});
    assert_eq!(server.post("/runs/create", child).status, 200);
    let counts = send(&server, "POST", "/runs/children-counts", json!({"run_ids": [run_id]})).json();
    assert_eq!(counts["counts"], json!([{"run_id": run_id, "children": 1}]));
    let roots = json!({"experiment_ids": ["0"], "roots_only": true});
    assert_eq!(server.post("/runs/search", roots).json()["runs"].as_array().unwrap().len(), 1);
    let columns = json!({"metrics": ["loss"], "tags": ["team"]});
    let search = json!({"experiment_ids": ["0"], "filter": "params.lr = '0.1'", "columns": columns});
    let found = server.post("/runs/search", search).json();
    let loss = json!({"key": "loss", "value": 4.0, "timestamp": 102, "step": 2});
    assert_eq!(found["runs"][0]["data"], json!({"metrics": [loss], "tags": [{"key": "team", "value": "blue"}]}));
    let change = |body| send(&server, "POST", "/runs/change", body);
    assert_eq!(change(json!({"run_ids": [run_id], "action": "delete"})).snapshot(), "200 {}");
    let refused = change(json!({"run_ids": [run_id], "action": "burn"}));
    insta::assert_snapshot!(refused.snapshot(), @r#"400 {"error_code":"INVALID_PARAMETER_VALUE","message":"Invalid value \"burn\" for parameter 'action' supplied: unknown variant `burn`, expected one of `delete`, `restore`, `set_tag`, `delete_tag`. See the API docs for more information about request parameters."}"#);
}

#[test]
fn views_are_saved_and_found_again() {
    let server = TestServer::start();
    let view = json!({"experiment_id": "0", "name": "Best", "definition": "{\"sort\":[]}"});
    let made = send(&server, "POST", "/views/create", view.clone()).json()["view"].clone();
    assert_eq!((&made["name"], &made["definition"]), (&view["name"], &view["definition"]));
    let id = made["view_id"].as_str().unwrap();
    assert_eq!(server.get(&format!("{V1}/views/get?view_id={id}")).json()["view"], made);
    assert_eq!(send(&server, "PATCH", "/views/update", json!({"view_id": id, "name": "New"})).status, 200);
    assert_eq!(server.get(&format!("{V1}/views/list?experiment_id=0")).json()["views"][0]["name"], "New");
    assert_eq!(
        send(&server, "POST", "/views/create", json!({"experiment_id": "0", "name": "New", "definition": "{}"})).status,
        400
    );
    assert_eq!(send(&server, "DELETE", "/views/delete", json!({"view_id": id})).snapshot(), "200 {}");
    assert_eq!(server.get(&format!("{V1}/views/list?experiment_id=0")).snapshot(), r#"200 {"views":[]}"#);
}
