//! Exports over HTTP.

use std::io::{Read, Write};
use std::net::TcpStream;

use serde_json::json;

use crate::TestServer;

/// Head and body of an answer that is sent until the connection ends.
fn ask(server: &TestServer, target: &str) -> (String, Vec<u8>) {
    let mut connection = TcpStream::connect(&server.address).unwrap();
    write!(connection, "GET {target} HTTP/1.0\r\nhost: localhost\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    connection.read_to_end(&mut answer).unwrap();
    let end = answer.windows(4).position(|window| window == b"\r\n\r\n").unwrap();
    (String::from_utf8(answer[..end].to_vec()).unwrap(), answer[end + 4..].to_vec())
}

fn run_with_a_point(server: &TestServer) -> String {
    let run_id = server.run();
    let metric = json!({"run_id": run_id, "key": "loss", "value": 0.5, "timestamp": 7, "step": 1});
    assert_eq!(server.post("/runs/log-metric", metric).status, 200);
    run_id
}

#[test]
fn a_file_has_its_type_and_name() {
    let server = TestServer::start();
    let run_id = run_with_a_point(&server);
    let (head, body) = ask(&server, &format!("/api/trainyard/v1/metrics.parquet?run_ids={run_id}"));
    assert!(head.starts_with("HTTP/1.0 200"), "{head}");
    assert!(head.contains("content-type: application/vnd.apache.parquet"), "{head}");
    assert!(head.contains("content-disposition: attachment; filename=metrics.parquet"), "{head}");
    assert!(body.starts_with(b"PAR1") && body.ends_with(b"PAR1"));
    let (_, body) = ask(&server, "/api/trainyard/v1/metrics.csv?experiment_ids=0&metric_keys=loss");
    let expected = format!("run_id,key,step,timestamp,value\r\n{run_id},loss,1,7,0.5\r\n");
    assert_eq!(String::from_utf8(body).unwrap(), expected);
    let (_, body) = ask(&server, "/api/trainyard/v1/runs.jsonl?filter=metrics.loss%3D0.5");
    assert_eq!(serde_json::from_slice::<serde_json::Value>(&body).unwrap()["metrics.loss"], 0.5);
    // The web UI's path is the same route.
    let (head, _) = ask(&server, "/ajax-api/trainyard/v1/runs.csv");
    assert!(head.starts_with("HTTP/1.0 200"), "{head}");
}

#[test]
fn what_cannot_be_exported_is_an_error_and_no_file() {
    let server = TestServer::start();
    let get = |query: &str| server.get(&format!("/api/trainyard/v1/{query}")).snapshot();
    insta::assert_snapshot!(get("metrics.parquet"), @r#"400 {"error_code":"INVALID_PARAMETER_VALUE","message":"Missing value for required parameter 'experiment_ids'. See the API docs for more information about request parameters."}"#);
    insta::assert_snapshot!(get("metrics.csv?run_ids=gone"), @r#"404 {"error_code":"RESOURCE_DOES_NOT_EXIST","message":"Run with id=gone not found"}"#);
    let answer = server.get("/api/trainyard/v1/runs.parquet?filter=nonsense");
    assert_eq!(answer.status, 400, "{answer:?}");
    assert_eq!(server.get("/api/trainyard/v1/runs.xlsx").status, 404);
}

#[test]
fn exports_that_are_not_taken_leave_the_server_answering() {
    let server = TestServer::start();
    run_with_a_point(&server);
    // More than may run at a time, all of them given up in the middle.
    for _ in 0..10 {
        let mut connection = TcpStream::connect(&server.address).unwrap();
        write!(connection, "GET /api/trainyard/v1/metrics.csv?experiment_ids=0 HTTP/1.0\r\nhost: localhost\r\n\r\n")
            .unwrap();
        drop(connection);
    }
    let (head, _) = ask(&server, "/api/trainyard/v1/metrics.csv?experiment_ids=0");
    assert!(head.starts_with("HTTP/1.0 200"), "{head}");
}
