use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use rusqlite::Connection;
use serde_json::Value;
use trainyard_api::runs::CreateRun;

use crate::program::{Ended, Server, Yard};

const DEADLINE: Duration = Duration::from_secs(60);

/// Sends a request and reads the whole answer.
fn http(address: &str, request: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(DEADLINE)).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

fn get(address: &str, path: &str) -> String {
    http(address, &format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n"))
}

/// A server that cannot start: exit code 2, and one sentence on stderr.
fn assert_refused(ended: &Ended, words: &[&str]) {
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(2), ""), "{}", ended.stderr);
    assert_eq!(ended.stderr.lines().count(), 1, "{}", ended.stderr);
    for word in words {
        assert!(ended.stderr.contains(word), "no {word:?} in {}", ended.stderr);
    }
}

#[test]
fn one_line_with_the_url_is_printed_when_the_server_answers() {
    let yard = Yard::new();
    let server = yard.serve(&[]);
    assert!(get(&server.address(), "/health").ends_with("OK"));
    assert!(yard.database().is_file());
    server.signal("TERM");
    let ended = server.end();
    assert_eq!((ended.code, ended.stdout.lines().count(), ended.stderr.as_str()), (Some(0), 1, ""));
}

#[test]
fn ctrl_c_ends_the_server_with_0() {
    let yard = Yard::new();
    let server = yard.serve(&[]);
    server.signal("INT");
    assert_eq!(server.end().code, Some(0));
}

#[test]
fn sigterm_lets_a_request_under_way_finish() {
    let yard = Yard::new();
    let server = yard.serve(&[]);
    let address = server.address();
    let mut upload = TcpStream::connect(&address).unwrap();
    upload.set_read_timeout(Some(DEADLINE)).unwrap();
    let path = "/api/2.0/mlflow-artifacts/artifacts/0/run/artifacts/half.txt";
    let headers = format!("Host: {address}\r\nContent-Length: 10\r\nExpect: 100-continue\r\nConnection: close");
    write!(upload, "PUT {path} HTTP/1.1\r\n{headers}\r\n\r\n").unwrap();
    // Sent when the server begins to read the body: from here on the request is under way.
    let mut proceed = [0; "HTTP/1.1 100 Continue\r\n\r\n".len()];
    upload.read_exact(&mut proceed).unwrap();
    assert_eq!(&proceed, b"HTTP/1.1 100 Continue\r\n\r\n");
    upload.write_all(b"first").unwrap();
    server.signal("TERM");
    let began = Instant::now();
    while TcpStream::connect(&address).is_ok() {
        assert!(began.elapsed() < DEADLINE, "the server still accepts connections");
        thread::sleep(Duration::from_millis(5));
    }
    upload.write_all(b" half").unwrap();
    let mut answer = String::new();
    upload.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert_eq!(server.end().code, Some(0));
    assert_eq!(fs::read(yard.path().join("yard/artifacts/0/run/artifacts/half.txt")).unwrap(), b"first half");
}

#[test]
fn an_idle_connection_does_not_hold_up_the_end() {
    let yard = Yard::new();
    let server = yard.serve(&[]);
    let mut idle = TcpStream::connect(server.address()).unwrap();
    idle.set_read_timeout(Some(DEADLINE)).unwrap();
    write!(idle, "GET /health HTTP/1.1\r\nHost: {}\r\n\r\n", server.address()).unwrap();
    let mut answer = [0; 12];
    idle.read_exact(&mut answer).unwrap();
    server.signal("TERM");
    assert_eq!(server.end().code, Some(0));
}

#[test]
fn a_port_in_use_is_one_sentence_and_exit_code_2() {
    let yard = Yard::new();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    assert_refused(&yard.run(&["server", "--port", &port]), &[&port, "in use"]);
}

#[test]
fn a_folder_that_cannot_be_written_is_one_sentence_and_exit_code_2() {
    let yard = Yard::new();
    // Below a file no folder can be made, whoever runs the test.
    fs::write(yard.path().join("file"), "").unwrap();
    let database = yard.run(&["server", "--port", "0", "--backend-store-uri", "sqlite:///file/yard.db"]);
    assert_refused(&database, &["file/yard.db"]);
    let artifacts = yard.run(&["server", "--port", "0", "--artifacts-destination", "file/artifacts"]);
    assert_refused(&artifacts, &["file/artifacts"]);
}

#[test]
fn a_newer_database_is_one_sentence_and_exit_code_2() {
    let yard = Yard::new();
    yard.client().call(CreateRun::default()).unwrap();
    let database = Connection::open(yard.database()).unwrap();
    let future = "INSERT INTO migration (number, name, applied_time) VALUES (9999, '9999_future', 0)";
    database.execute(future, []).unwrap();
    drop(database);
    assert_refused(&yard.run(&["server", "--port", "0"]), &["yard.db", "newer"]);
}

#[test]
fn settings_that_make_no_sense_are_one_sentence_and_exit_code_2() {
    let yard = Yard::new();
    for (args, word) in [
        (["--backend-store-uri", "mysql://host/db"], "mysql"),
        (["--artifacts-destination", "gopher://bucket"], "gopher"),
        (["--host", "no.such.host.invalid"], "no.such.host.invalid"),
        (["--log-level", "trainyard=loud"], "--log-level"),
    ] {
        assert_refused(&yard.run(&[&["server", "--port", "0"], &args[..]].concat()), &[word]);
    }
}

#[test]
fn variables_of_mlflow_are_read_and_ours_win() {
    let yard = Yard::new();
    let mut command = yard.command(&["server"]);
    command.env("MLFLOW_PORT", "70000").env("TRAINYARD_PORT", "0");
    command.env("MLFLOW_BACKEND_STORE_URI", "sqlite:///other/place.db").env("TRAINYARD_BACKEND_STORE_URI", "");
    let server = crate::program::Server::start(command);
    assert!(get(&server.address(), "/health").ends_with("OK"));
    assert!(yard.path().join("other/place.db").is_file());
}

#[test]
fn everything_moves_below_a_static_prefix() {
    let yard = Yard::new();
    let server = yard.serve(&["--static-prefix", "/yard"]);
    assert!(server.url().ends_with("/yard"), "{}", server.url());
    let address = server.address().trim_end_matches("/yard").to_owned();
    let experiment = get(&address, "/yard/api/2.0/mlflow/experiments/get?experiment_id=0");
    assert!(experiment.starts_with("HTTP/1.1 200"), "{experiment}");
    assert!(get(&address, "/api/2.0/mlflow/experiments/get?experiment_id=0").starts_with("HTTP/1.1 404"));
}

#[test]
fn requests_are_logged_only_when_asked_for() {
    let yard = Yard::new();
    let path = "/api/2.0/mlflow/experiments/get?experiment_id=0";
    let log_of = |args: &[&str]| {
        let server = yard.serve(args);
        assert!(get(&server.address(), path).starts_with("HTTP/1.1 200"));
        server.signal("TERM");
        server.end().stderr
    };
    assert_eq!(log_of(&[]), "");
    let text = log_of(&["--log-level", "info"]);
    assert!(text.contains("/api/2.0/mlflow/experiments/get") && text.contains("200"), "{text}");
    let json = log_of(&["--log-level", "info", "--log-format", "json"]);
    let lines: Vec<Value> = json.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(lines.iter().any(|line| line.to_string().contains("experiments/get")), "{json}");
}

#[test]
fn two_servers_cannot_share_a_port_but_can_share_a_database() {
    let yard = Yard::new();
    let (first, second) = (yard.serve(&[]), yard.serve(&[]));
    assert_ne!(first.address(), second.address());
    let body = r#"{"name":"shared"}"#;
    let address = first.address();
    let created = http(
        &address,
        &format!(
            "POST /api/2.0/mlflow/experiments/create HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        ),
    );
    assert!(created.starts_with("HTTP/1.1 200"), "{created}");
    let seen = get(&second.address(), "/api/2.0/mlflow/experiments/get-by-name?experiment_name=shared");
    assert!(seen.starts_with("HTTP/1.1 200"), "{seen}");
}

#[test]
fn a_connection_that_is_cut_off_disturbs_nobody() {
    let yard = Yard::new();
    let server = yard.serve(&[]);
    let address = server.address();
    let mut stream = TcpStream::connect(&address).unwrap();
    write!(stream, "POST /api/2.0/mlflow/runs/create HTTP/1.1\r\nHost: {address}\r\nContent-Length: 99\r\n\r\n{{")
        .unwrap();
    drop(stream);
    assert!(get(&address, "/health").ends_with("OK"));
}

#[test]
fn the_ui_of_a_folder_is_served_and_a_folder_without_one_is_refused() {
    let yard = Yard::new();
    let folder = yard.path().join("ui");
    fs::create_dir(&folder).unwrap();
    let refused = yard.run(&["server", "--port", "0", "--ui-dir", "ui"]);
    assert_refused(&refused, &["there is no MLflow UI in", "ui", "index.html"]);
    fs::write(folder.join("index.html"), "the page of the UI").unwrap();
    let server = yard.serve(&["--ui-dir", "ui"]);
    assert!(get(&server.address(), "/").ends_with("the page of the UI"));
}

/// A package as `pip install` leaves it, where Python finds it.
#[test]
fn the_ui_of_an_installed_mlflow_is_found_without_importing_it() {
    let yard = Yard::new();
    let packages = yard.path().join("packages");
    let build = packages.join("mlflow/server/js/build");
    fs::create_dir_all(&build).unwrap();
    fs::create_dir(packages.join("mlflow-3.18.0.dist-info")).unwrap();
    let metadata = "Metadata-Version: 2.1\nName: mlflow\nVersion: 3.18.0\n";
    fs::write(packages.join("mlflow-3.18.0.dist-info/METADATA"), metadata).unwrap();
    fs::write(packages.join("mlflow/__init__.py"), "raise SystemExit('imported')").unwrap();
    let mut asked = yard.command(&["server", "--port", "0", "--ui", "mlflow"]);
    asked.env("PYTHONPATH", &packages).env_remove("VIRTUAL_ENV");
    assert_refused(&Ended::from(asked.output().unwrap()), &["python3 has an mlflow without a UI", "--ui-dir"]);
    fs::write(build.join("index.html"), "the page of the package").unwrap();
    let server = Server::start(asked);
    assert!(get(&server.address(), "/").ends_with("the page of the package"));
}

#[test]
fn a_python_that_has_no_mlflow_is_named() {
    let yard = Yard::new();
    let mut asked = yard.command(&["server", "--port", "0", "--ui", "mlflow"]);
    asked.env("TRAINYARD_PYTHON", yard.path().join("no-python"));
    let words = ["no-python cannot be run", "pip install mlflow", "TRAINYARD_PYTHON"];
    assert_refused(&Ended::from(asked.output().unwrap()), &words);
}
