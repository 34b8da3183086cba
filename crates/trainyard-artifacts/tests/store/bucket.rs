//! Addresses of buckets, and buckets that cannot be reached.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::time::Duration;

use super::*;

#[test]
fn an_address_that_cannot_be_used_is_refused_with_its_reason() {
    let refused = |uri: &str| ArtifactStore::open(uri).unwrap_err().to_string();
    insta::assert_snapshot!(refused(""), @"Invalid artifact location '': it is empty");
    insta::assert_snapshot!(refused("dbfs:/models"), @"Invalid artifact location 'dbfs:/models': the scheme 'dbfs' is not supported; use a folder, file://, s3://, gs:// or abfss://");
    insta::assert_snapshot!(refused("s3:bucket"), @"Invalid artifact location 's3:bucket': it has to look like scheme://bucket/path");
    insta::assert_snapshot!(refused("s3:///path"), @"Invalid artifact location 's3:///path': it names no bucket");
}

#[tokio::test]
async fn an_endpoint_that_nobody_serves_is_an_error_not_a_panic() {
    // The client reads the environment, so this runs as a process of its own.
    let program = std::env::current_exe().unwrap();
    let output = std::process::Command::new(program)
        .args(["--exact", "bucket::unreachable", "--ignored", "--nocapture"])
        .env("AWS_ACCESS_KEY_ID", "key")
        .env("AWS_SECRET_ACCESS_KEY", "secret")
        .env("AWS_REGION", "us-east-1")
        .env("AWS_ENDPOINT_URL", "https://127.0.0.1:9")
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[tokio::test]
#[ignore = "run by an_endpoint_that_nobody_serves_is_an_error_not_a_panic"]
async fn unreachable() {
    let store = ArtifactStore::open("s3://bucket/prefix").unwrap();
    let error = store.put(&path("a"), body("x")).await.unwrap_err();
    assert!(matches!(error, ArtifactError::Unavailable(_)), "{error}");
}

#[test]
fn the_endpoint_is_ours_then_mlflows() {
    for (ours, theirs) in [("here", "http://127.0.0.1:9"), ("", "here")] {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let here = format!("http://{}", listener.local_addr().unwrap());
        let server = std::thread::spawn(move || {
            let (stream, _) = listener.accept().unwrap();
            let mut stream = BufReader::new(stream);
            let mut request = String::new();
            stream.read_line(&mut request).unwrap();
            let mut line = String::new();
            while stream.read_line(&mut line).unwrap() > 2 {
                line.clear();
            }
            let answer = b"HTTP/1.1 200 OK\r\nETag: \"1\"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
            stream.get_mut().write_all(answer).unwrap();
            request
        });
        let address = |name: &str| if name == "here" { here.clone() } else { name.to_owned() };
        let output = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "bucket::writes_a_file", "--ignored", "--nocapture"])
            .env("AWS_ACCESS_KEY_ID", "key")
            .env("AWS_SECRET_ACCESS_KEY", "secret")
            .env("AWS_REGION", "us-east-1")
            .env("TRAINYARD_S3_ENDPOINT_URL", address(ours))
            .env("MLFLOW_S3_ENDPOINT_URL", address(theirs))
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(server.join().unwrap(), "PUT /bucket/prefix/a HTTP/1.1\r\n");
    }
}

#[tokio::test]
#[ignore = "run by the_endpoint_is_ours_then_mlflows"]
async fn writes_a_file() {
    let store = ArtifactStore::open("s3://bucket/prefix").unwrap();
    store.put(&path("a"), body("x")).await.unwrap();
}

#[tokio::test]
async fn addresses_for_others_are_signed_for_one_file_and_one_method() {
    let program = std::env::current_exe().unwrap();
    let output = std::process::Command::new(program)
        .args(["--exact", "bucket::signed", "--ignored", "--nocapture"])
        .env("AWS_ACCESS_KEY_ID", "key")
        .env("AWS_SECRET_ACCESS_KEY", "secret")
        .env("AWS_REGION", "us-east-1")
        .env("AWS_ENDPOINT_URL", "https://storage.example")
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[tokio::test]
#[ignore = "run by addresses_for_others_are_signed_for_one_file_and_one_method"]
async fn signed() {
    let store = ArtifactStore::open("s3://bucket/prefix").unwrap();
    let sign = async |access| store.sign(&path("a b/c"), access, Duration::from_secs(900)).await.unwrap().unwrap();
    let (read, write) = (sign(SignedAccess::Read).await, sign(SignedAccess::Write).await);
    for url in [&read, &write] {
        assert!(url.starts_with("https://storage.example/bucket/prefix/a%20b/c?X-Amz-Algorithm="), "{url}");
        assert!(url.contains("&X-Amz-Expires=900&X-Amz-SignedHeaders=host&X-Amz-Signature="), "{url}");
        assert!(!url.contains("secret"), "{url}");
    }
    let signature = |url: &str| url.rsplit('=').next().unwrap().to_owned();
    assert_ne!(signature(&read), signature(&write));
}

#[tokio::test]
async fn a_folder_has_no_addresses_for_others() {
    let folder = tempfile::tempdir().unwrap();
    let store = ArtifactStore::open(folder.path().to_str().unwrap()).unwrap();
    assert_eq!(store.sign(&path("a"), SignedAccess::Read, Duration::from_secs(1)).await.unwrap(), None);
}
