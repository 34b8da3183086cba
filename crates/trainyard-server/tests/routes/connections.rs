//! Connections: kept alive, misused, slow, and at the end of the server's life.

use std::net::TcpStream;

use serde_json::json;

use crate::TestServer;

#[test]
fn many_requests_share_a_connection() {
    let server = TestServer::start();
    let mut connection = server.connect();
    for _ in 0..100 {
        assert_eq!(connection.request("GET", "/health", &[], b"").status, 200);
    }
}

#[test]
fn requests_sent_without_waiting_are_answered_in_order() {
    let server = TestServer::start();
    let mut connection = server.connect();
    for target in ["/health", "/version", "/nothing"] {
        connection.send_head("GET", target, &[], 0);
    }
    let answers: Vec<_> = (0..3).map(|_| connection.answer("GET").status).collect();
    assert_eq!(answers, [200, 200, 404]);
}

#[test]
fn huge_headers_and_nonsense_are_refused_and_the_server_lives() {
    let server = TestServer::start();
    let mut connection = server.connect();
    connection.send_head("GET", "/health", &[("x-huge", &"h".repeat(100_000))], 0);
    assert_eq!(connection.answer("GET").status, 431);
    assert!(connection.is_closed());

    let many: Vec<_> = (0..500).map(|n| (format!("x-{n}"), "v")).collect();
    let many: Vec<_> = many.iter().map(|(name, value)| (name.as_str(), *value)).collect();
    let mut connection = server.connect();
    connection.send_head("GET", "/health", &many, 0);
    assert_eq!(connection.answer("GET").status, 431);

    for nonsense in [&b"\0\0\0\0\r\n\r\n"[..], b"GET\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n"] {
        let mut connection = server.connect();
        connection.send(nonsense).unwrap();
        assert_eq!(connection.answer("GET").status, 400);
        assert!(connection.is_closed());
    }
    assert_eq!(server.get("/health").status, 200);
}

#[test]
fn silent_connections_do_not_stand_in_the_way() {
    let server = TestServer::start();
    let silent: Vec<_> = (0..200).map(|_| TcpStream::connect(&server.address).unwrap()).collect();
    let mut half: Vec<_> = (0..50).map(|_| server.connect()).collect();
    for connection in &mut half {
        connection.send_head("POST", "/api/2.0/mlflow/runs/search", &[("content-type", "application/json")], 100);
    }
    assert_eq!(server.post("/runs/search", json!({"experiment_ids": ["0"]})).status, 200);
    drop((silent, half));
}

#[test]
fn a_request_in_flight_is_finished_before_the_server_stops() {
    let mut server = TestServer::start();
    let run_id = server.run();
    let body = json!({"run_id": run_id, "key": "last", "value": "word"}).to_string();
    let headers = [("content-type", "application/json"), ("expect", "100-continue")];
    let (mut busy, mut idle) = (server.connect(), server.connect());
    assert_eq!(idle.request("GET", "/health", &[], b"").status, 200);
    busy.send_head("POST", "/api/2.0/mlflow/runs/set-tag", &headers, body.len());
    // The server says this when it has begun to read the body.
    assert_eq!(busy.answer("POST").status, 100);
    busy.send(&body.as_bytes()[..10]).unwrap();
    server.begin_stop();
    assert!(idle.is_closed());
    busy.send(&body.as_bytes()[10..]).unwrap();
    let answer = busy.answer("POST");
    assert_eq!(answer.snapshot(), "200 {}");
    assert_eq!(answer.header("connection"), Some("close"));
    server.wait();
    assert!(TcpStream::connect(&server.address).is_err());
    let database = std::fs::read_dir(&server.folder).unwrap().map(|entry| entry.unwrap().file_name());
    let database: Vec<_> = database.filter(|name| name.to_str().unwrap().starts_with("yard.db")).collect();
    assert_eq!(database, ["yard.db"], "the log of the database was not written back");
}
