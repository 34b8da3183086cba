//! `metrics/get-history` over HTTP: pages, and whole histories that are longer than what is read at once.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Command;

use serde_json::{Value, json};

use crate::TestServer;
use crate::memory::{BOUND_KILOBYTES, peak_kilobytes};

/// Logs `points` points of metric `m`, each with its number as step and value.
fn run_with_points(server: &TestServer, points: i64) -> String {
    let run_id = server.run();
    for first in (0..points).step_by(1000) {
        let point = |step| json!({"key": "m", "value": step, "timestamp": 1_700_000_000_000_i64 + step, "step": step});
        let metrics: Vec<Value> = (first..points.min(first + 1000)).map(point).collect();
        assert_eq!(server.post("/runs/log-batch", json!({"run_id": run_id, "metrics": metrics})).status, 200);
    }
    run_id
}

/// The start of an answer that is sent until the connection ends.
fn ask(server: &TestServer, run_id: &str) -> TcpStream {
    let mut connection = TcpStream::connect(&server.address).unwrap();
    let target = format!("/api/2.0/mlflow/metrics/get-history?run_id={run_id}&metric_key=m");
    write!(connection, "GET {target} HTTP/1.0\r\nhost: localhost\r\n\r\n").unwrap();
    connection
}

#[test]
fn a_long_history_is_answered_whole_without_a_page_size() {
    let server = TestServer::start();
    let run_id = run_with_points(&server, 20_500);
    let mut answer = String::new();
    ask(&server, &run_id).read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.0 200") && head.contains("content-type: application/json"), "{head}");
    let history: Value = serde_json::from_str(body).unwrap();
    let steps: Vec<i64> = history["metrics"].as_array().unwrap().iter().map(|m| m["step"].as_i64().unwrap()).collect();
    assert!(steps.into_iter().eq(0..20_500));
    assert_eq!(history.as_object().unwrap().len(), 1, "no token: it is all there is");
}

#[test]
fn a_history_is_answered_page_by_page_with_a_page_size() {
    let server = TestServer::start();
    let run_id = run_with_points(&server, 5);
    let page =
        |rest: &str| server.get(&format!("/api/2.0/mlflow/metrics/get-history?run_id={run_id}&metric_key=m{rest}"));
    let first = page("&max_results=3").json();
    let token = first["next_page_token"].as_str().unwrap();
    assert_eq!(first["metrics"].as_array().unwrap().len(), 3);
    let second = page(&format!("&max_results=3&page_token={token}"));
    assert_eq!(
        second.snapshot(),
        r#"200 {"metrics":[{"key":"m","value":3.0,"timestamp":[time],"step":3},{"key":"m","value":4.0,"timestamp":[time],"step":4}]}"#
    );
    assert_eq!(page("").json()["metrics"].as_array().unwrap().len(), 5);
    assert_eq!(page(&format!("&page_token={token}")).json()["metrics"].as_array().unwrap().len(), 2);
    let other = format!("/api/2.0/mlflow/metrics/get-history?run_id={run_id}&metric_key=other&page_token={token}");
    assert_eq!(server.get(&other).status, 400);
    for rest in ["&max_results=0", "&max_results=-1", "&page_token=nonsense"] {
        assert_eq!(page(rest).status, 400, "{rest}");
    }
}

#[test]
fn a_whole_history_passes_in_little_memory() {
    // In a process of its own, because other tests use memory too.
    let program = std::env::current_exe().unwrap();
    let output = Command::new(program).args(["--exact", "history::long_history", "--ignored"]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

#[test]
#[ignore = "run by a_whole_history_passes_in_little_memory"]
fn long_history() {
    const POINTS: i64 = 400_000;
    let server = TestServer::start();
    let run_id = run_with_points(&server, POINTS);
    let before = peak_kilobytes();
    let mut answer = ask(&server, &run_id);
    let (mut buffer, mut received) = (vec![0; 1 << 16], 0);
    loop {
        let read = answer.read(&mut buffer).unwrap();
        if read == 0 {
            break;
        }
        received += read;
    }
    assert!(received as i64 > 60 * POINTS, "{received}");
    let grown = peak_kilobytes() - before;
    assert!(grown < BOUND_KILOBYTES / 2, "{grown} kilobytes more for {received} bytes of history");
}
