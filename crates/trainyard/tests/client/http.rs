//! Repeats, credentials and errors of the HTTP transport.

use std::net::TcpListener;
use std::time::Instant;

use trainyard::Client;
use trainyard_api::ErrorCode;
use trainyard_api::experiments::GetExperimentByName;
use trainyard_api::runs::{CreateRun, GetRun, LogBatch};

use crate::script::{Script, answer};

const RUN: &str = r#"{"run": {"info": {"run_id": "r1"}}}"#;

fn get_run(client: &Client) -> Result<String, trainyard::Error> {
    let request = GetRun { run_id: "r1".into(), ..Default::default() };
    client.call(request).map(|answer| answer.run.info.run_id.to_string())
}

#[test]
fn a_passing_fault_is_not_seen_by_the_caller() {
    let script = Script::start(vec![
        answer("503 Service Unavailable", "Retry-After: 0\r\n", ""),
        answer("502 Bad Gateway", "Retry-After: 0\r\n", "<html>"),
        answer("200 OK", "", RUN),
    ]);
    let client = Client::connect(&script.uri).unwrap();
    assert_eq!(get_run(&client).unwrap(), "r1");
    let lines: Vec<String> = script.requests().into_iter().map(|asked| asked.line).collect();
    assert_eq!(lines, ["GET /api/2.0/mlflow/runs/get?run_id=r1 HTTP/1.1"; 3]);
}

#[test]
fn a_connection_that_breaks_off_is_tried_again_where_that_does_no_harm() {
    let script = Script::start(vec![Vec::new(), answer("200 OK", "", "{}")]);
    let client = Client::connect(&script.uri).unwrap();
    client.call(LogBatch { run_id: "r1".into(), ..Default::default() }).unwrap();
    let bodies: Vec<Vec<u8>> = script.requests().into_iter().map(|asked| asked.body).collect();
    assert_eq!(bodies, [br#"{"run_id":"r1"}"#; 2]);
}

#[test]
fn a_run_is_not_made_twice_when_its_answer_is_lost() {
    let script = Script::start(vec![Vec::new()]);
    let client = Client::connect(&script.uri).unwrap();
    let error = client.call(CreateRun::default()).unwrap_err();
    assert_eq!(error.code(), ErrorCode::TemporarilyUnavailable);
    assert_eq!(script.requests().len(), 1);
}

#[test]
fn a_request_that_makes_something_is_repeated_when_it_was_turned_away() {
    let script =
        Script::start(vec![answer("503 Service Unavailable", "Retry-After: 0\r\n", ""), answer("200 OK", "", RUN)]);
    let client = Client::connect(&script.uri).unwrap();
    assert_eq!(client.call(CreateRun::default()).unwrap().run.info.run_id.as_str(), "r1");
    assert_eq!(script.requests().len(), 2);
}

#[test]
fn the_servers_wish_for_a_pause_is_respected() {
    let script =
        Script::start(vec![answer("429 Too Many Requests", "Retry-After: 1\r\n", ""), answer("200 OK", "", RUN)]);
    let client = Client::connect(&script.uri).unwrap();
    let start = Instant::now();
    get_run(&client).unwrap();
    // Never earlier than asked for; without the header the first pause is under half a second.
    assert!(start.elapsed().as_secs_f64() >= 1.0);
    script.requests();
}

#[test]
fn a_refusal_is_final_and_keeps_code_and_message() {
    let body = r#"{"error_code": "RESOURCE_DOES_NOT_EXIST", "message": "Could not find experiment with name 'x'"}"#;
    let script = Script::start(vec![answer("404 Not Found", "", body)]);
    let client = Client::connect(&script.uri).unwrap();
    let error = client.call(GetExperimentByName { experiment_name: "x".to_owned() }).unwrap_err();
    assert_eq!(error.code(), ErrorCode::ResourceDoesNotExist);
    assert_eq!(error.message(), "Could not find experiment with name 'x'");
    script.requests();
}

#[test]
fn nobody_at_the_address_is_an_error_that_says_what_to_do() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let client = Client::connect(&format!("http://ann:s3cret@{address}")).unwrap();
    let message = get_run(&client).unwrap_err().to_string();
    let expected = format!("no answer from http://{address}: connection refused. Is the server running there?");
    assert!(message.starts_with(&expected) && message.contains("`trainyard server`"), "{message}");
    assert!(!message.contains("s3cret"), "{message}");
}

#[test]
fn a_page_that_is_no_tracking_server_is_named_with_what_it_said() {
    let script = Script::start(vec![answer("200 OK", "Content-Type: text/html\r\n", "<html>Welcome</html>")]);
    let client = Client::connect(&script.uri).unwrap();
    let message = get_run(&client).unwrap_err().to_string();
    assert!(message.contains("did not answer like a tracking server") && message.contains("Welcome"), "{message}");
    script.requests();
}

#[test]
fn credentials_of_the_uri_are_sent_and_never_shown() {
    let script = Script::start(vec![answer("200 OK", "", RUN)]);
    let uri = script.uri.replace("http://", "http://ann:s3c%40ret@");
    let client = Client::connect(&uri).unwrap();
    assert!(!client.tracking_uri().contains("s3c"), "{}", client.tracking_uri());
    assert!(!format!("{client:?}").contains("s3c"));
    get_run(&client).unwrap();
    // ann:s3c@ret
    assert_eq!(script.requests()[0].header("Authorization"), Some("Basic YW5uOnMzY0ByZXQ="));
}

#[test]
fn credentials_are_not_sent_to_another_server() {
    let stranger = Script::start(vec![answer("200 OK", "", "{}")]);
    let client = Client::connect("http://ann:s3cret@127.0.0.1:9").unwrap();
    let uri = stranger.uri.replace("http://", "mlflow-artifacts://");
    assert!(client.artifacts(&format!("{uri}/1/r/artifacts")).unwrap().list("").unwrap().is_empty());
    assert_eq!(stranger.requests()[0].header("Authorization"), None);
}

#[test]
fn a_redirect_is_followed() {
    let target = Script::start(vec![answer("200 OK", "", RUN)]);
    let location = format!("Location: {}/elsewhere\r\n", target.uri);
    let script = Script::start(vec![answer("307 Temporary Redirect", &location, "")]);
    let client = Client::connect(&script.uri).unwrap();
    assert_eq!(get_run(&client).unwrap(), "r1");
    script.requests();
    assert_eq!(target.requests()[0].line, "GET /elsewhere HTTP/1.1");
}
