//! Streams of events: what is heard of which runs, and that a stream ends when the server does.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::TestServer;

/// An open stream, read line by line.
struct Events(BufReader<TcpStream>);

impl Events {
    fn open(server: &TestServer, query: &str) -> Self {
        let mut stream = TcpStream::connect(&server.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        let path = "/ajax-api/trainyard/v1/events";
        write!(stream, "GET {path}?{query} HTTP/1.1\r\nHost: {}\r\n\r\n", server.address).unwrap();
        let mut events = Self(BufReader::new(stream));
        let head: Vec<String> = std::iter::from_fn(|| events.line()).take_while(|line| !line.is_empty()).collect();
        assert!(head[0].contains("200"), "{head:?}");
        assert!(head.contains(&"content-type: text/event-stream".to_owned()), "{head:?}");
        assert!(head.contains(&"cache-control: no-store".to_owned()), "{head:?}");
        while events.line().unwrap() != ": listening" {}
        events
    }

    fn line(&mut self) -> Option<String> {
        let mut line = String::new();
        let length = self.0.read_line(&mut line).unwrap();
        (length > 0).then(|| line.trim_end().to_owned())
    }

    /// The data of the next event `changed`.
    fn next(&mut self) -> Value {
        loop {
            let line = self.line().expect("the stream is open");
            if line == "event: changed" {
                let data = self.line().unwrap();
                return serde_json::from_str(data.strip_prefix("data: ").unwrap()).unwrap();
            }
        }
    }
}

fn log(server: &TestServer, run_id: &str, value: i64) {
    let metric = json!({"run_id": run_id, "key": "m", "value": value, "timestamp": 1, "step": value});
    assert_eq!(server.post("/runs/log-metric", metric).status, 200);
}

#[test]
fn a_page_hears_of_the_runs_that_it_shows() {
    let server = TestServer::start();
    let elsewhere = server.post("/experiments/create", json!({"name": "elsewhere"})).json()["experiment_id"].clone();
    let run = server.post("/runs/create", json!({"experiment_id": elsewhere})).json();
    let other = run["run"]["info"]["run_id"].as_str().unwrap().to_owned();
    let mut of_experiment = Events::open(&server, "experiment_id=0");
    let mut of_run = Events::open(&server, &format!("experiment_id=77&run_id={other}"));
    let run_id = server.run();
    let made = of_experiment.next();
    assert_eq!(made, json!({"experiment_id": "0", "run_id": run_id, "kinds": ["created"]}));
    log(&server, &run_id, 1);
    log(&server, &other, 1);
    assert_eq!(of_experiment.next(), json!({"experiment_id": "0", "run_id": run_id, "kinds": ["metrics"]}));
    assert_eq!(of_run.next(), json!({"experiment_id": elsewhere, "run_id": other, "kinds": ["metrics"]}));
}

#[test]
fn a_page_of_a_run_hears_of_its_experiment() {
    let server = TestServer::start();
    let experiment = server.post("/experiments/create", json!({"name": "e"})).json()["experiment_id"].clone();
    let run = server.post("/runs/create", json!({"experiment_id": experiment})).json();
    let run_id = run["run"]["info"]["run_id"].as_str().unwrap().to_owned();
    let mut of_run = Events::open(&server, &format!("run_id={run_id}"));
    let mut of_experiment = Events::open(&server, &format!("experiment_id={}", experiment.as_str().unwrap()));
    for change in ["delete", "restore"] {
        let changed = server.post(&format!("/experiments/{change}"), json!({"experiment_id": experiment}));
        assert_eq!(changed.status, 200);
        let event = |run_id: &str| json!({"experiment_id": experiment, "run_id": run_id, "kinds": ["deleted"]});
        assert_eq!(of_run.next(), event(&run_id));
        assert_eq!(of_experiment.next(), event(""));
    }
}

#[test]
fn many_changes_of_a_run_are_few_events() {
    let server = TestServer::start();
    let run_id = server.run();
    let mut events = Events::open(&server, &format!("run_id={run_id}"));
    let began = Instant::now();
    for value in 0..300 {
        log(&server, &run_id, value);
    }
    let tag = json!({"run_id": run_id, "key": "last", "value": "1"});
    assert_eq!(server.post("/runs/set-tag", tag).status, 200);
    let mut count = 1;
    while !events.next()["kinds"].as_array().unwrap().contains(&"tags".into()) {
        count += 1;
    }
    let most = began.elapsed().as_millis() / 250 + 2;
    assert!(count <= most, "{count} events, {most} at most");
}

#[test]
fn a_stream_ends_when_the_server_stops() {
    let mut server = TestServer::start();
    let mut events = Events::open(&server, "experiment_id=0");
    let began = Instant::now();
    server.begin_stop();
    server.wait();
    assert!(began.elapsed() < Duration::from_secs(10));
    while events.line().is_some() {}
}

#[test]
fn a_stream_is_about_something() {
    let server = TestServer::start();
    let ask = |query: &str| server.get(&format!("/api/trainyard/v1/events?{query}")).snapshot();
    insta::assert_snapshot!(ask(""), @r#"400 {"error_code":"INVALID_PARAMETER_VALUE","message":"Missing value for required parameter 'experiment_id'. See the API docs for more information about request parameters."}"#);
    insta::assert_snapshot!(ask("experiment_id=x"), @r#"400 {"error_code":"INVALID_PARAMETER_VALUE","message":"Invalid value 'x' for parameter 'experiment_id': not a number"}"#);
    insta::assert_snapshot!(ask(&"run_id=r&".repeat(101)), @r#"400 {"error_code":"INVALID_PARAMETER_VALUE","message":"Invalid value for parameter 'experiment_id': 101 experiments and runs are named, 100 at most can be"}"#);
}
