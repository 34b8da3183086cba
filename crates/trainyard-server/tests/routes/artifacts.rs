//! The artifact proxy.

use std::fs;

use serde_json::json;

use crate::{Answer, TestServer};

const ROOT: &str = "/api/2.0/mlflow-artifacts/artifacts";

fn put(server: &TestServer, path: &str, body: &[u8]) -> Answer {
    server.connect().request("PUT", &format!("{ROOT}/{path}"), &[], body)
}

fn get(server: &TestServer, path: &str, headers: &[(&str, &str)]) -> Answer {
    server.connect().request("GET", &format!("{ROOT}/{path}"), headers, b"")
}

#[test]
fn a_file_is_stored_listed_fetched_and_deleted() {
    let server = TestServer::start();
    assert_eq!(put(&server, "1/run/artifacts/model/MLmodel", b"flavors: {}").snapshot(), "200 {}");
    assert_eq!(put(&server, "1/run/artifacts/a%20b%25.txt", b"x").snapshot(), "200 {}");
    let list = |path: &str| server.get(&format!("{ROOT}{path}")).snapshot();
    insta::assert_snapshot!(list("?path=1/run/artifacts"), @r#"200 {"files":[{"path":"a b%.txt","is_dir":false,"file_size":1},{"path":"model","is_dir":true}]}"#);
    insta::assert_snapshot!(list("?path=1%2Frun%2Fartifacts%2Fmodel"), @r#"200 {"files":[{"path":"MLmodel","is_dir":false,"file_size":11}]}"#);
    insta::assert_snapshot!(list(""), @r#"200 {"files":[{"path":"1","is_dir":true}]}"#);
    assert_eq!(list("?path=nothing"), "200 {}");

    let answer = get(&server, "1/run/artifacts/model/MLmodel", &[]);
    assert_eq!(answer.body, b"flavors: {}");
    assert_eq!(answer.header("content-type"), Some("text/plain"));
    assert_eq!(answer.header("content-disposition"), Some("attachment; filename=MLmodel"));
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(get(&server, "1/run/artifacts/a%20b%25.txt", &[]).body, b"x");

    let delete = |path: &str| server.connect().request("DELETE", &format!("{ROOT}/{path}"), &[], b"").snapshot();
    assert_eq!(delete("1/run"), "200 {}");
    assert_eq!(delete("1/run"), "200 {}");
    assert_eq!(get(&server, "1/run/artifacts/model/MLmodel", &[]).status, 404);
}

#[test]
fn head_describes_what_get_would_answer() {
    let server = TestServer::start();
    put(&server, "a.png", b"12345");
    let head = server.connect().request("HEAD", &format!("{ROOT}/a.png"), &[], b"");
    let get = get(&server, "a.png", &[]);
    assert_eq!(head.status, 200);
    for name in ["content-length", "content-type", "content-disposition", "etag", "last-modified", "accept-ranges"] {
        assert!(head.header(name).is_some(), "{name}");
        assert_eq!(head.header(name), get.header(name), "{name}");
    }
}

#[test]
fn ranges_are_parts_of_the_file() {
    let server = TestServer::start();
    put(&server, "f", b"0123456789");
    let range = |range: &str| {
        let answer = get(&server, "f", &[("range", range)]);
        format!("{} {:?}", answer.snapshot(), answer.header("content-range"))
    };
    insta::assert_snapshot!(range("bytes=0-0"), @r#"206 0 Some("bytes 0-0/10")"#);
    insta::assert_snapshot!(range("bytes=5-"), @r#"206 56789 Some("bytes 5-9/10")"#);
    insta::assert_snapshot!(range("bytes=-3"), @r#"206 789 Some("bytes 7-9/10")"#);
    insta::assert_snapshot!(range("bytes=8-100"), @r#"206 89 Some("bytes 8-9/10")"#);
    insta::assert_snapshot!(range("bytes=10-"), @r#"416 {"error_code":"INVALID_PARAMETER_VALUE","message":"The requested range lies outside of the file's 10 bytes"} Some("bytes */10")"#);
    insta::assert_snapshot!(range("bytes=0-1,3-4"), @"200 0123456789 None");
    insta::assert_snapshot!(range("lines=1-2"), @"200 0123456789 None");
}

#[test]
fn a_range_of_a_changed_file_is_the_whole_file() {
    let server = TestServer::start();
    put(&server, "f", b"0123456789");
    let tag = get(&server, "f", &[]).header("etag").unwrap().to_owned();
    let ask = |tag: &str| get(&server, "f", &[("range", "bytes=0-1"), ("if-range", tag)]).snapshot();
    assert_eq!(ask(&tag), "206 01");
    assert_eq!(get(&server, "f", &[("if-none-match", &tag)]).status, 304);
    put(&server, "f", b"abcdefghij");
    assert_eq!(ask(&tag), "200 abcdefghij");
    assert_eq!(get(&server, "f", &[("if-none-match", &tag)]).status, 200);
}

#[test]
fn what_is_not_a_file_is_said_to_be_none() {
    let server = TestServer::start();
    put(&server, "d/f", b"x");
    insta::assert_snapshot!(get(&server, "none", &[]).snapshot(), @r#"404 {"error_code":"RESOURCE_DOES_NOT_EXIST","message":"No such artifact: 'none'"}"#);
    insta::assert_snapshot!(get(&server, "d", &[]).snapshot(), @r#"400 {"error_code":"INVALID_PARAMETER_VALUE","message":"Artifact path refers to a directory, not a file: 'd'"}"#);
    insta::assert_snapshot!(put(&server, "d", b"x").snapshot(), @r#"400 {"error_code":"INVALID_PARAMETER_VALUE","message":"Artifact path refers to a directory, not a file: 'd'"}"#);
    insta::assert_snapshot!(put(&server, "d/f/g", b"x").snapshot(), @r#"400 {"error_code":"INVALID_PARAMETER_VALUE","message":"A part of the artifact path is a file, not a directory: 'd/f/g'"}"#);
}

#[test]
fn no_encoding_of_two_dots_leaves_the_root() {
    let server = TestServer::start();
    fs::write(server.folder.join("secret"), "secret").unwrap();
    put(&server, "d/f", b"x");
    let paths = [
        "../secret",
        "%2e%2e/secret",
        "%2E%2e/secret",
        ".%2e/secret",
        "..%2fsecret",
        "%2e%2e%2fsecret",
        "d/../../secret",
        "d/%2e%2e/%2e%2e/secret",
        "%252e%252e/secret",
        "%252e%252e%252fsecret",
        "%25252e%25252e%25252fsecret",
        "..%5csecret",
        "..\\secret",
        "%5c..%5csecret",
        "d%00/../../secret",
        "./d/f",
        "%2e/d/f",
        "d//f",
        "/etc/passwd",
        "%2fetc%2fpasswd",
        "C:/secret",
        "file:///etc/passwd",
        "d/f/",
        "d%0af",
    ];
    for path in paths {
        let mut answers = vec![
            get(&server, path, &[]),
            put(&server, path, b"overwritten"),
            server.connect().request("DELETE", &format!("{ROOT}/{path}"), &[], b""),
        ];
        if !path.ends_with('/') {
            answers.push(server.get(&format!("{ROOT}?path={path}")));
        }
        for answer in answers {
            assert_eq!(answer.status, 400, "{path}: {}", answer.snapshot());
            assert!(answer.json()["message"].as_str().unwrap().starts_with("Invalid path"), "{}", answer.snapshot());
        }
    }
    assert_eq!(fs::read_to_string(server.folder.join("secret")).unwrap(), "secret");
    insta::assert_snapshot!(get(&server, "%252e%252e/secret", &[]).snapshot(), @r#"400 {"error_code":"INVALID_PARAMETER_VALUE","message":"Invalid path: \"%2e%2e/secret\" has a part '..'"}"#);
}

#[test]
fn an_upload_that_is_cut_off_leaves_nothing() {
    let server = TestServer::start();
    let files = || fs::read_dir(server.folder.join("artifacts/d")).map_or(0, |entries| entries.count());
    let mut connection = server.connect();
    connection.send_head("PUT", &format!("{ROOT}/d/big"), &[], 2 << 20);
    connection.send(&[7; 1 << 20]).unwrap();
    while files() == 0 {
        std::thread::yield_now();
    }
    assert_eq!(get(&server, "d/big", &[]).status, 404);
    assert_eq!(server.get(&format!("{ROOT}?path=d")).snapshot(), "200 {}");
    drop(connection);
    while files() > 0 {
        std::thread::yield_now();
    }
    assert_eq!(get(&server, "d/big", &[]).status, 404);
}

#[test]
fn a_refused_upload_is_read_to_its_end_so_that_the_client_sees_why() {
    let server = TestServer::start();
    let mut connection = server.connect();
    let answer = connection.request("PUT", &format!("{ROOT}/../x"), &[], &vec![0; 32 << 20]);
    assert_eq!(answer.status, 400);
    assert_eq!(connection.request("GET", "/health", &[], b"").status, 200);
}

#[test]
fn multipart_and_presigned_transfers_are_left_to_the_proxy() {
    // Wanted or not: a folder has no addresses.
    let server = TestServer::start_with(|config| config.proxy_multipart_upload = true);
    assert_eq!(server.get("/api/3.0/mlflow/server-info").json()["multipart_uploads_enabled"], json!(false));
    let upload = server.send("POST", "/api/2.0/mlflow-artifacts/mpu/create/d/x", br#"{"path": "x", "num_parts": 1}"#);
    insta::assert_snapshot!(upload.snapshot(), @r#"501 {"error_code":"NOT_IMPLEMENTED","message":"Multipart upload is not supported for the current artifact repository"}"#);
    insta::assert_snapshot!(server.get("/api/2.0/mlflow-artifacts/presigned/d/x").snapshot(), @r#"501 {"error_code":"NOT_IMPLEMENTED","message":"Multipart download is not supported for the current artifact repository"}"#);
}

#[test]
fn a_server_without_the_proxy_says_so() {
    let server = TestServer::start_with(|config| config.serve_artifacts = false);
    insta::assert_snapshot!(put(&server, "a", b"x").snapshot(), @r#"501 {"error_code":"NOT_IMPLEMENTED","message":"Artifact serving is disabled. Start the server with --serve-artifacts to enable it."}"#);
    assert_eq!(server.get("/api/3.0/mlflow/server-info").json()["artifact_serving_enabled"], json!(false));
    let uri = server.get("/api/2.0/mlflow/experiments/get?experiment_id=0").json();
    let location = uri["experiment"]["artifact_location"].as_str().unwrap().to_owned();
    assert_eq!(location, server.folder.join("artifacts/0").to_str().unwrap());
}
