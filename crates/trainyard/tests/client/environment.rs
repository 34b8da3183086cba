//! Settings from the environment. A process cannot change its own safely, so each case runs this binary again.

use std::env;
use std::process::{Command, Output};

use trainyard::Client;
use trainyard_api::runs::GetRun;

use crate::script::{Script, answer};

pub(crate) const RUN: &str = r#"{"run": {"info": {"run_id": "r1"}}}"#;

#[test]
#[ignore = "run by the other tests of this module, in a process of its own"]
fn child() {
    let client = match Client::from_env() {
        Ok(client) => client,
        Err(error) => panic!("connect: {error}"),
    };
    eprintln!("uri: {}", client.tracking_uri());
    if client.tracking_uri().starts_with("http") {
        match client.call(GetRun { run_id: "r1".into(), ..Default::default() }) {
            Ok(answer) => eprintln!("answer: {}", answer.run.info.run_id),
            Err(error) => eprintln!("error: {error}"),
        }
    }
}

/// What [`child`] says under these settings.
pub(crate) fn under(settings: &[(&str, &str)]) -> String {
    let mut command = Command::new(env::current_exe().unwrap());
    command.args(["--exact", "environment::child", "--ignored", "--nocapture"]);
    for (name, _) in env::vars().filter(|(name, _)| name.starts_with("MLFLOW_") || name.starts_with("TRAINYARD_")) {
        command.env_remove(name);
    }
    let Output { stdout, stderr, .. } = command.envs(settings.iter().copied()).output().unwrap();
    String::from_utf8([stdout, stderr].concat()).unwrap()
}

#[test]
fn the_tracking_uri_is_ours_then_mlflows_then_the_embedded_store() {
    let both = [("MLFLOW_TRACKING_URI", "sqlite:///a.db"), ("TRAINYARD_TRACKING_URI", "sqlite:///b.db")];
    assert!(under(&both).contains("uri: sqlite:///b.db\n"));
    assert!(under(&both[..1]).contains("uri: sqlite:///a.db\n"));
    assert!(under(&[("TRAINYARD_TRACKING_URI", "")]).contains("uri: sqlite:///yard/yard.db\n"));
}

#[test]
fn without_retries_the_first_fault_is_the_answer() {
    let script = Script::start(vec![answer("503 Service Unavailable", "", "busy")]);
    let said = under(&[("MLFLOW_TRACKING_URI", &script.uri), ("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")]);
    assert!(said.contains("error: TEMPORARILY_UNAVAILABLE") && said.contains("answered 503: 'busy'"), "{said}");
    script.requests();
}

#[test]
fn a_silent_server_is_given_up_after_the_time_out() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let uri = format!("http://{}", listener.local_addr().unwrap());
    let settings = [
        ("MLFLOW_TRACKING_URI", uri.as_str()),
        ("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0"),
        ("TRAINYARD_HTTP_REQUEST_TIMEOUT", "0.2"),
        ("MLFLOW_HTTP_REQUEST_TIMEOUT", "3600"),
    ];
    let said = under(&settings);
    assert!(said.contains(&format!("error: no answer from {uri}: timed out")), "{said}");
}

#[test]
fn a_setting_that_is_no_number_is_named() {
    let said = under(&[("MLFLOW_TRACKING_URI", "http://host"), ("TRAINYARD_HTTP_REQUEST_TIMEOUT", "soon")]);
    assert!(said.contains("invalid value 'soon' of TRAINYARD_HTTP_REQUEST_TIMEOUT: expected a number"), "{said}");
}

#[test]
fn credentials_are_taken_from_the_environment() {
    let token = [("MLFLOW_TRACKING_TOKEN", "s3cret")];
    // ann:s3cret
    let basic = [("TRAINYARD_TRACKING_USERNAME", "ann"), ("MLFLOW_TRACKING_PASSWORD", "s3cret"), token[0]];
    for (settings, expected) in [(&token[..], "Bearer s3cret"), (&basic[..], "Basic YW5uOnMzY3JldA==")] {
        let script = Script::start(vec![answer("200 OK", "", RUN)]);
        let said = under(&[settings, &[("MLFLOW_TRACKING_URI", script.uri.as_str())]].concat());
        assert!(said.contains("answer: r1") && !said.contains("s3cret"), "{said}");
        assert_eq!(script.requests()[0].header("Authorization"), Some(expected));
    }
}
