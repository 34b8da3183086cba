//! Streams of events: what is heard of which runs and experiments, how many streams there can be, and when they end.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use trainyard_server::EventConfig;

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
fn a_page_of_experiments_hears_of_all_of_them_and_of_no_run() {
    let server = TestServer::start();
    let mut of_all = Events::open(&server, "all_experiments=true");
    let mut of_default = Events::open(&server, "experiment_id=0");
    let change = |path: &str, request: Value| {
        let answer = server.post(&format!("/experiments/{path}"), request);
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()
    };
    let tagged = json!([{"key": "team", "value": "vision"}]);
    let id = change("create", json!({"name": "e", "tags": tagged}))["experiment_id"].clone();
    let event = |id: &Value, kind: &str| json!({"experiment_id": id, "run_id": "", "kinds": [kind]});
    assert_eq!(of_all.next(), event(&id, "created"));
    for (path, request) in [
        ("update", json!({"experiment_id": id, "new_name": "f"})),
        ("set-experiment-tag", json!({"experiment_id": id, "key": "k", "value": "v"})),
        ("delete-experiment-tag", json!({"experiment_id": id, "key": "k"})),
    ] {
        change(path, request);
        assert_eq!(of_all.next(), event(&id, "tags"), "{path}");
    }
    // A run of it is no news of the experiment itself.
    let run = server.post("/runs/create", json!({"experiment_id": id})).json();
    log(&server, run["run"]["info"]["run_id"].as_str().unwrap(), 1);
    for path in ["delete", "restore"] {
        change(path, json!({"experiment_id": id}));
        assert_eq!(of_all.next(), event(&id, "deleted"), "{path}");
    }
    // Who listens to one experiment hears the same of that one, and nothing of others.
    change("update", json!({"experiment_id": "0", "new_name": "first"}));
    assert_eq!(of_default.next(), event(&json!("0"), "tags"));
    assert_eq!(of_all.next(), event(&json!("0"), "tags"));
}

#[test]
fn a_run_is_not_changed_by_a_new_name_of_its_experiment() {
    let server = TestServer::start();
    let run_id = server.run();
    let mut of_run = Events::open(&server, &format!("run_id={run_id}"));
    let rename = json!({"experiment_id": "0", "new_name": "first"});
    assert_eq!(server.post("/experiments/update", rename).status, 200);
    log(&server, &run_id, 1);
    assert_eq!(of_run.next()["kinds"], json!(["metrics"]));
}

#[test]
fn there_are_only_so_many_streams_at_a_time() {
    assert_eq!(EventConfig::default(), EventConfig { streams: 500, longest: Duration::from_secs(3600) });
    let server = TestServer::start_with(|config| config.events.streams = 2);
    let first = Events::open(&server, "experiment_id=0");
    let _second = Events::open(&server, "experiment_id=0");
    let ask = || server.get("/api/trainyard/v1/events?experiment_id=0");
    insta::assert_snapshot!(ask().snapshot(), @r#"503 {"error_code":"TEMPORARILY_UNAVAILABLE","message":"2 streams of events are open, which is all that this server keeps"}"#);
    drop(first);
    // The place is free once the server has seen that the client is gone.
    let began = Instant::now();
    while !is_open(&server) {
        assert!(began.elapsed() < Duration::from_secs(20), "the place of a stream that ended is free");
        // A client that is gone shows by what cannot be sent to it.
        let rename = json!({"experiment_id": "0", "new_name": format!("{began:?} {:?}", began.elapsed())});
        assert_eq!(server.post("/experiments/update", rename).status, 200);
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Whether one more stream is opened.
fn is_open(server: &TestServer) -> bool {
    let mut connection = server.connect();
    connection.send_head("GET", "/api/trainyard/v1/events?experiment_id=0", &[], 0);
    connection.status() == 200
}

#[test]
fn a_stream_ends_after_its_time_and_gives_its_place_back() {
    let server = TestServer::start_with(|config| {
        config.events = EventConfig { streams: 1, longest: Duration::from_millis(300) };
    });
    for _ in 0..3 {
        let mut events = Events::open(&server, "experiment_id=0");
        // The chunk that ends an answer; the connection stays.
        while events.line().unwrap() != "0" {}
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
    insta::assert_snapshot!(ask("all_experiments=false"), @r#"400 {"error_code":"INVALID_PARAMETER_VALUE","message":"Missing value for required parameter 'experiment_id'. See the API docs for more information about request parameters."}"#);
    insta::assert_snapshot!(ask("all_experiments=yes"), @r#"400 {"error_code":"INVALID_PARAMETER_VALUE","message":"Invalid value 'yes' for parameter 'all_experiments': neither true nor false"}"#);
    insta::assert_snapshot!(ask("experiment_id=x"), @r#"400 {"error_code":"INVALID_PARAMETER_VALUE","message":"Invalid value 'x' for parameter 'experiment_id': not a number"}"#);
    insta::assert_snapshot!(ask(&"run_id=r&".repeat(101)), @r#"400 {"error_code":"INVALID_PARAMETER_VALUE","message":"Invalid value for parameter 'experiment_id': 101 experiments and runs are named, 100 at most can be"}"#);
}
