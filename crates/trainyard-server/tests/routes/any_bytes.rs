//! Whatever bytes come as a filter, an order or a page token, the answer is a result or a fault of the client: never a
//! 5xx, after which stock clients ask again for minutes.

use std::cell::RefCell;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::json;

use crate::{Connection, TestServer};

/// Bytes that look like a text of the language or like a token, and bytes that look like nothing.
fn bytes(token: &str) -> impl Strategy<Value = Vec<u8>> {
    let token = token.as_bytes().to_vec();
    let damaged = (Just(token), any::<prop::sample::Index>(), any::<u8>()).prop_map(|(mut token, at, byte)| {
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

#[test]
fn any_bytes_of_a_search_are_answered_with_200_or_400() {
    let server = TestServer::start();
    for step in 0..3 {
        let run_id = server.run();
        let metric = json!({"run_id": run_id, "key": "m", "value": step, "timestamp": 1, "step": step});
        assert_eq!(server.post("/runs/log-metric", metric).status, 200);
    }
    let first = json!({"experiment_ids": ["0"], "max_results": 1});
    let token = server.post("/runs/search", first).json()["next_page_token"].as_str().unwrap().to_owned();
    let run_id = server.run();
    let connection = RefCell::new(server.connect());
    let mut runner = TestRunner::new(Config { cases: 400, failure_persistence: None, ..Config::default() });
    let strategy = (bytes(&token), prop::sample::select(vec!["filter", "page_token", "order_by"]));
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
        let value = escaped(&bytes);
        for target in [
            format!("registered-models/search?max_results=1&{field}={value}"),
            format!("model-versions/search?max_results=1&{field}={value}"),
            format!("metrics/get-history?run_id={run_id}&metric_key=m&max_results=1&page_token={value}"),
        ] {
            let target = format!("/api/2.0/mlflow/{target}");
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
