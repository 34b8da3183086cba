//! Whatever bytes come as a filter, an order or a page token, the answer is a result or a fault of the client: never a
//! 5xx, after which stock clients ask again for minutes.

use std::cell::RefCell;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};

use crate::{Connection, TestServer};

/// Bytes that look like a text of the language or like one of these tokens, and bytes that look like nothing.
fn bytes(tokens: Vec<String>) -> impl Strategy<Value = Vec<u8>> {
    let damaged = (prop::sample::select(tokens), any::<prop::sample::Index>(), any::<u8>());
    let damaged = damaged.prop_map(|(token, at, byte)| {
        let mut token = token.into_bytes();
        let at = at.index(token.len());
        token[at] = byte;
        token
    });
    let pieces = prop::sample::select(vec![
        &b"metrics.m"[..],
        b" > ",
        b"1",
        b" AND ",
        b"params.p",
        b" = ",
        b"'a",
        b"'",
        b"\"",
        b"\\",
        b"\\u0000",
        b"\\ud800",
        b"(",
        b")",
        b"\xff",
        b"\xc3",
        b"\0",
        b"\n",
        b"`",
        b" DESC",
        b"%",
        b"&",
        b"{",
        b"}",
    ]);
    prop_oneof![
        2 => damaged,
        3 => prop::collection::vec(pieces, 0..8).prop_map(|pieces| pieces.concat()),
        2 => prop::collection::vec(any::<u8>(), 0..40),
    ]
}

/// As a value in a query: every byte escaped, so that all of them arrive.
fn escaped(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("%{byte:02x}")).collect()
}

/// The second page's token of each route that has pages, and each such route for a GET up to the value of `page_token`.
fn pages(server: &TestServer) -> (Vec<String>, Vec<String>) {
    let made = |path: &str, body: Value| {
        let answer = server.send("POST", path, body.to_string().as_bytes());
        assert_eq!(answer.status, 200, "{path}: {}", answer.snapshot());
        answer.json()
    };
    let run_id = server.run();
    let datasets = "/api/3.0/mlflow/datasets";
    let mut dataset_id = String::new();
    for step in 0..2 {
        let name = format!("n{step}");
        server.run();
        let metric = json!({"run_id": run_id, "key": "m", "value": step, "timestamp": 1, "step": step});
        made("/api/2.0/mlflow/runs/log-metric", metric);
        made("/api/2.0/mlflow/experiments/create", json!({"name": name}));
        made("/api/2.0/mlflow/logged-models", json!({"experiment_id": "0", "name": name}));
        made("/api/2.0/mlflow/registered-models/create", json!({"name": name}));
        let version = json!({"name": name, "source": "s3://bucket/model"});
        made("/api/2.0/mlflow/model-versions/create", version);
        let events = json!([{"entity": "MODEL_VERSION", "action": "CREATED"}]);
        made(
            "/api/2.0/mlflow/webhooks",
            json!({"name": name, "url": "https://1.1.1.1/", "status": "DISABLED", "events": events}),
        );
        let dataset = made(&format!("{datasets}/create"), json!({"name": name, "experiment_ids": ["0"]}));
        dataset_id = dataset["dataset"]["dataset_id"].as_str().unwrap().to_owned();
    }
    let records = json!([{"inputs": {"q": 1}}, {"inputs": {"q": 2}}]).to_string();
    made(&format!("{datasets}/{dataset_id}/records"), json!({"records": records}));
    let first = |path: &str, body: Value| made(&format!("/api/2.0/mlflow/{path}/search"), body);
    let mut answers = vec![
        first("runs", json!({"experiment_ids": ["0"], "max_results": 1})),
        first("experiments", json!({"max_results": 1})),
        first("logged-models", json!({"experiment_ids": ["0"], "max_results": 1})),
        made(&format!("{datasets}/search"), json!({"max_results": 1})),
    ];
    let gets = [
        "/api/2.0/mlflow/experiments/search?max_results=1".to_owned(),
        "/api/2.0/mlflow/registered-models/search?max_results=1".to_owned(),
        "/api/2.0/mlflow/model-versions/search?max_results=1".to_owned(),
        "/api/2.0/mlflow/webhooks?max_results=1".to_owned(),
        format!("/api/2.0/mlflow/metrics/get-history?run_id={run_id}&metric_key=m&max_results=1"),
        format!("{datasets}/search?max_results=1"),
        format!("{datasets}/{dataset_id}/records?max_results=1"),
    ];
    answers.extend(gets.iter().map(|path| server.get(path).json()));
    let token = |answer: &Value| answer["next_page_token"].as_str().map(str::to_owned);
    let tokens: Vec<String> =
        answers.iter().map(|answer| token(answer).unwrap_or_else(|| panic!("{answer}"))).collect();
    (tokens, gets.map(|path| format!("{path}&page_token=")).into())
}

#[test]
fn any_bytes_of_a_search_are_answered_with_200_or_400() {
    let server = TestServer::start();
    let (tokens, gets) = pages(&server);
    let connection = RefCell::new(server.connect());
    let mut runner = TestRunner::new(Config { cases: 400, failure_persistence: None, ..Config::default() });
    let strategy = (bytes(tokens), prop::sample::select(vec!["filter", "page_token", "order_by"]));
    let outcome = runner.run(&strategy, |(bytes, field)| {
        let connection = &mut *connection.borrow_mut();
        // Raw in a JSON text, where a quote ends it: most of these are not JSON, or have other fields.
        let list = if field == "order_by" { ("[", "]") } else { ("", "") };
        let mut body =
            format!("{{\"experiment_ids\": [\"0\"], \"max_results\": 1, \"{field}\": {}\"", list.0).into_bytes();
        body.extend(&bytes);
        body.extend(format!("\"{}}}", list.1).bytes());
        post(connection, "/api/2.0/mlflow/runs/search", &body)?;
        // Well-formed, as clients send what people type.
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let value = if field == "order_by" { json!([text]) } else { json!(text) };
        for path in ["runs", "experiments", "logged-models"] {
            let request = match (path, field) {
                ("logged-models", "order_by") => json!({"experiment_ids": ["0"], field: [{"field_name": text}]}),
                _ => json!({"experiment_ids": ["0"], "max_results": 1, field: value}),
            };
            post(connection, &format!("/api/2.0/mlflow/{path}/search"), request.to_string().as_bytes())?;
        }
        // The one route whose filter has another name.
        let of_datasets = if field == "filter" { "filter_string" } else { field };
        let request = json!({"max_results": 1, of_datasets: value});
        post(connection, "/api/3.0/mlflow/datasets/search", request.to_string().as_bytes())?;
        let value = escaped(&bytes);
        let in_queries = [
            format!("/api/2.0/mlflow/experiments/search?max_results=1&{field}={value}"),
            format!("/api/2.0/mlflow/registered-models/search?max_results=1&{field}={value}"),
            format!("/api/2.0/mlflow/model-versions/search?max_results=1&{field}={value}"),
            format!("/api/3.0/mlflow/datasets/search?max_results=1&{of_datasets}={value}"),
        ];
        for target in gets.iter().map(|path| format!("{path}{value}")).chain(in_queries) {
            let answer = connection.request("GET", &target, &[], b"");
            prop_assert!([200, 400].contains(&answer.status), "{} answers {}", target, answer.snapshot());
        }
        Ok(())
    });
    outcome.unwrap();
}

fn post(connection: &mut Connection, path: &str, body: &[u8]) -> Result<(), TestCaseError> {
    let answer = connection.request("POST", path, &[("content-type", "application/json")], body);
    prop_assert!(
        [200, 400].contains(&answer.status),
        "{} with {:?} answers {}",
        path,
        String::from_utf8_lossy(body),
        answer.snapshot()
    );
    Ok(())
}
