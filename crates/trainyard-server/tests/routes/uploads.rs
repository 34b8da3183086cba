//! Files for runs by the runs' ids, and addresses of buckets.

use std::io::{BufRead, BufReader, Write};

use serde_json::json;

use crate::http_client::Answer;
use crate::{Connection, TestServer};

const LIMIT: usize = 10 * 1024 * 1024;

fn upload(server: &TestServer, query: &str, body: &[u8]) -> Answer {
    let target = format!("/ajax-api/2.0/mlflow/upload-artifact?{query}");
    server.connect().request("POST", &target, &[("content-type", "text/plain")], body)
}

#[test]
fn an_uploaded_file_is_among_the_runs_artifacts() {
    let server = TestServer::start();
    let run_id = server.run();
    assert_eq!(upload(&server, &format!("run_uuid={run_id}&path=tables/a%20b.json"), b"{}").snapshot(), "200 {}");
    let fetched = server.get(&format!("/get-artifact?run_id={run_id}&path=tables/a%20b.json"));
    assert_eq!(fetched.snapshot(), "200 {}");
    assert_eq!(fetched.header("x-content-type-options"), Some("nosniff"));
    assert!(fetched.header("content-disposition").unwrap().starts_with("attachment"));
    let largest = vec![b'x'; LIMIT];
    assert_eq!(upload(&server, &format!("run_id={run_id}&path=large"), &largest).status, 200);
    let listed = server.get(&format!("/api/2.0/mlflow/artifacts/list?run_id={run_id}")).json();
    assert_eq!(listed["files"][0], json!({"path": "large", "is_dir": false, "file_size": LIMIT}));
}

#[test]
fn what_cannot_be_stored_leaves_nothing_behind() {
    let server = TestServer::start();
    let run_id = server.run();
    let run = format!("run_id={run_id}");
    insta::assert_snapshot!(upload(&server, "path=a", b"x").snapshot(), @r#"400 {"error_code":"INVALID_PARAMETER_VALUE","message":"Request must specify run_id or run_uuid."}"#);
    insta::assert_snapshot!(upload(&server, &run, b"x").snapshot(), @r#"400 {"error_code":"INVALID_PARAMETER_VALUE","message":"Request must specify path."}"#);
    insta::assert_snapshot!(upload(&server, &format!("{run}&path=a"), b"").snapshot(), @r#"400 {"error_code":"INVALID_PARAMETER_VALUE","message":"Request must specify data."}"#);
    insta::assert_snapshot!(upload(&server, "run_id=none&path=a", b"x").snapshot(), @r#"404 {"error_code":"RESOURCE_DOES_NOT_EXIST","message":"Run with id=none not found"}"#);
    insta::assert_snapshot!(upload(&server, &format!("{run}&path=%2e%2e/a"), b"x").snapshot(), @r#"400 {"error_code":"INVALID_PARAMETER_VALUE","message":"Invalid path: \"../a\" has a part '.' or '..'"}"#);
    let too_large = vec![b'x'; LIMIT + 1];
    insta::assert_snapshot!(upload(&server, &format!("{run}&path=a"), &too_large).snapshot(), @r#"400 {"error_code":"INVALID_PARAMETER_VALUE","message":"Artifact size is too large. Max size is 10MB."}"#);
    insta::assert_snapshot!(unannounced(&server, &format!("{run}&path=a"), &too_large).snapshot(), @r#"400 {"error_code":"INVALID_PARAMETER_VALUE","message":"Artifact size is too large. Max size is 10MB."}"#);
    let listed = server.get(&format!("/api/2.0/mlflow/artifacts/list?run_id={run_id}")).json();
    assert_eq!(listed["files"], json!([]));
}

/// An upload in chunks, whose length shows only at its end.
fn unannounced(server: &TestServer, query: &str, body: &[u8]) -> Answer {
    let mut connection: Connection = server.connect();
    let head = format!(
        "POST /ajax-api/2.0/mlflow/upload-artifact?{query} HTTP/1.1\r\nhost: {}\r\ntransfer-encoding: chunked\r\n\r\n",
        server.address
    );
    connection.send(head.as_bytes()).unwrap();
    for part in body.chunks(1 << 20) {
        connection.send(format!("{:x}\r\n", part.len()).as_bytes()).unwrap();
        connection.send(part).unwrap();
        connection.send(b"\r\n").unwrap();
    }
    connection.send(b"0\r\n\r\n").unwrap();
    connection.answer("POST")
}

#[test]
fn there_are_no_addresses_of_files_that_lie_in_folders() {
    let server = TestServer::start();
    let run_id = server.run();
    let model = server.post("/logged-models", json!({"experiment_id": "0", "name": "iris"})).json();
    let model_id = &model["model"]["info"]["model_id"];
    let upload = |request| server.post("/artifacts/presigned-upload-url", request).snapshot();
    let download = |request| server.post("/artifacts/presigned-download-url", request).snapshot();
    insta::assert_snapshot!(upload(json!({"run_id": run_id, "path": "a"})), @r#"400 {"error_code":"INVALID_PARAMETER_VALUE","message":"Presigned upload is not supported for proxied artifact storage (artifact URI scheme: mlflow-artifacts). This endpoint requires a direct cloud storage artifact URI."}"#);
    insta::assert_snapshot!(download(json!({"run_id": run_id, "path": "a"})), @r#"400 {"error_code":"INVALID_PARAMETER_VALUE","message":"Presigned download is not supported for runs with proxied artifact storage (artifact URI scheme: mlflow-artifacts). This endpoint requires a run with a direct cloud storage artifact URI."}"#);
    insta::assert_snapshot!(upload(json!({"run_id": run_id, "model_id": model_id, "path": "a"})), @r#"400 {"error_code":"INVALID_PARAMETER_VALUE","message":"Exactly one of run_id and model_id must be provided."}"#);
    insta::assert_snapshot!(upload(json!({"path": "a"})), @r#"400 {"error_code":"INVALID_PARAMETER_VALUE","message":"Exactly one of run_id and model_id must be provided."}"#);
    insta::assert_snapshot!(download(json!({"run_id": run_id, "path": "a/../b"})), @r#"400 {"error_code":"INVALID_PARAMETER_VALUE","message":"Invalid path: \"a/../b\" has a part '.' or '..'"}"#);
    insta::assert_snapshot!(download(json!({"run_id": run_id, "path": "a", "expiration": 604_801})), @r#"400 {"error_code":"INVALID_PARAMETER_VALUE","message":"expiration must be between 1 and 604800 seconds (got 604801)."}"#);

    let folder = server.folder.join("roots");
    let server = TestServer::start_with(|config| config.default_artifact_root = Some(folder.display().to_string()));
    let experiment = server.post("/experiments/create", json!({"name": "in a folder"})).json();
    let run = server.post("/runs/create", json!({"experiment_id": experiment["experiment_id"]})).json();
    let request = json!({"run_id": run["run"]["info"]["run_id"], "path": "a"});
    insta::assert_snapshot!(server.post("/artifacts/presigned-upload-url", request.clone()).snapshot(), @r#"501 {"error_code":"NOT_IMPLEMENTED","message":"Presigned upload is not supported for the current artifact repository"}"#);
    insta::assert_snapshot!(server.post("/artifacts/presigned-download-url", request).snapshot(), @r#"501 {"error_code":"NOT_IMPLEMENTED","message":"Presigned download is not supported for the current artifact repository"}"#);
}

#[test]
fn files_in_buckets_have_addresses_and_the_headers_that_go_with_them() {
    // Clients of buckets read the environment, so this runs as a process of its own.
    let (endpoint, bucket) = bucket();
    let key = ("AZURE_STORAGE_ACCOUNT_KEY", "c2VjcmV0");
    let settings = [
        ("AZURE_STORAGE_ACCOUNT_NAME", "account"),
        key,
        ("AWS_ACCESS_KEY_ID", "key"),
        ("AWS_SECRET_ACCESS_KEY", "secret"),
        ("AWS_REGION", "us-east-1"),
        ("MLFLOW_S3_ENDPOINT_URL", endpoint.as_str()),
    ];
    let program = std::env::current_exe().unwrap();
    let mut command = std::process::Command::new(program);
    command.args(["--exact", "uploads::in_buckets", "--ignored", "--nocapture"]).envs(settings);
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.contains("1 passed"), "{said}{}", String::from_utf8_lossy(&output.stderr));
    let asked = bucket.join().unwrap();
    assert!(asked[0].starts_with("HEAD /bucket/kept/0/"), "the size is asked of the bucket: {asked:?}");
    assert!(asked[1].starts_with("HEAD /bucket/proxied/d/a%20b"), "{asked:?}");
}

/// A bucket that says of two files that they have seven bytes; what it was asked.
fn bucket() -> (String, std::thread::JoinHandle<Vec<String>>) {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let answer = move |_| {
        let mut stream = BufReader::new(listener.accept().unwrap().0);
        let (mut request, mut line) = (String::new(), String::new());
        stream.read_line(&mut request).unwrap();
        while stream.read_line(&mut line).unwrap() > 2 {
            line.clear();
        }
        let modified = "Last-Modified: Thu, 01 Jan 2026 00:00:00 GMT";
        let answer =
            format!("HTTP/1.1 200 OK\r\nETag: \"1\"\r\n{modified}\r\nContent-Length: 7\r\nConnection: close\r\n\r\n");
        stream.get_mut().write_all(answer.as_bytes()).unwrap();
        request
    };
    let bucket = std::thread::spawn(move || (0..2).map(answer).collect());
    (endpoint, bucket)
}

#[test]
#[ignore = "run by files_in_buckets_have_addresses_and_the_headers_that_go_with_them"]
fn in_buckets() {
    let server = TestServer::start();
    let run_at = |location: &str| {
        let experiment = json!({"name": location.replace(['/', ':', '@'], " "), "artifact_location": location});
        let experiment = server.post("/experiments/create", experiment).json();
        let run = server.post("/runs/create", json!({"experiment_id": experiment["experiment_id"]})).json();
        run["run"]["info"].clone()
    };
    let azure = run_at("abfss://container@account.dfs.core.windows.net/kept");
    let request = json!({"run_id": azure["run_id"], "path": "a b"});
    let upload = server.post("/artifacts/presigned-upload-url", request).json();
    let url = upload["presigned_url"].as_str().unwrap();
    let folder = format!("https://account.blob.core.windows.net/container/kept/{}/", azure["run_id"].as_str().unwrap());
    assert!(url.starts_with(&format!("{folder}artifacts/a%20b?")), "{url}");
    assert!(url.contains("&sp=w") || url.contains("?sp=w"), "{url}");
    assert_eq!(upload["headers"], json!({"x-ms-blob-type": "BlockBlob"}));

    let amazon = run_at("s3://bucket/kept/0");
    let request = json!({"run_id": amazon["run_id"], "path": "model.bin", "expiration": 60});
    let upload = server.post("/artifacts/presigned-upload-url", request.clone()).json();
    assert!(upload["presigned_url"].as_str().unwrap().contains("&X-Amz-Expires=60&"), "{upload}");
    assert!(upload.get("headers").is_none_or(|headers| *headers == json!({})), "{upload}");
    let download = server.post("/artifacts/presigned-download-url", request).json();
    let url = download["presigned_url"].as_str().unwrap();
    assert!(url.contains("/bucket/kept/0/") && url.contains("/artifacts/model.bin?"), "{url}");
    assert_ne!(download["presigned_url"], upload["presigned_url"]);
    assert_eq!(download["file_size"], json!(7));

    let server = TestServer::start_with(|config| config.artifacts_destination = "s3://bucket/proxied".to_owned());
    let download = server.get("/api/2.0/mlflow-artifacts/presigned/d/a%20b").json();
    let url = download["url"].as_str().unwrap();
    assert!(url.contains("/bucket/proxied/d/a%20b?") && url.contains("X-Amz-Signature="), "{url}");
    assert_eq!(download, json!({"url": url, "file_size": 7}));
}
