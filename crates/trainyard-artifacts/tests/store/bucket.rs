//! Addresses of buckets, and buckets that cannot be reached.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;

use super::*;

#[test]
fn an_address_that_cannot_be_used_is_refused_with_its_reason() {
    let refused = |uri: &str| ArtifactStore::open(uri).unwrap_err().to_string();
    insta::assert_snapshot!(refused(""), @"Invalid artifact location '': it is empty");
    insta::assert_snapshot!(refused("dbfs:/models"), @"Invalid artifact location 'dbfs:/models': the scheme 'dbfs' is not supported; use a folder, file://, s3://, gs:// or abfss://");
    insta::assert_snapshot!(refused("s3:bucket"), @"Invalid artifact location 's3:bucket': it has to look like scheme://bucket/path");
    insta::assert_snapshot!(refused("s3:///path"), @"Invalid artifact location 's3:///path': it names no bucket");
}

#[test]
fn an_endpoint_that_nobody_serves_is_an_error_not_a_panic() {
    in_a_process("bucket::unreachable", &[&AWS[..], &[("AWS_ENDPOINT_URL", "https://127.0.0.1:9")]].concat());
}

#[tokio::test]
#[ignore = "run by an_endpoint_that_nobody_serves_is_an_error_not_a_panic"]
async fn unreachable() {
    let store = ArtifactStore::open("s3://bucket/prefix").unwrap();
    let error = store.put(&path("a"), body("x")).await.unwrap_err();
    assert!(matches!(error, ArtifactError::Unavailable(_)), "{error}");
}

/// A server that takes one request; its first line is what the thread ends with.
fn endpoint() -> (String, std::thread::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
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
    (address, server)
}

#[test]
fn the_endpoint_is_ours_then_mlflows() {
    for (ours, theirs) in [("here", "http://127.0.0.1:9"), ("", "here")] {
        let (here, server) = endpoint();
        let address = |name: &'static str| if name == "here" { here.clone() } else { name.to_owned() };
        let (ours, theirs) = (address(ours), address(theirs));
        let endpoints = [("TRAINYARD_S3_ENDPOINT_URL", ours.as_str()), ("MLFLOW_S3_ENDPOINT_URL", theirs.as_str())];
        in_a_process(
            "bucket::writes_a_file",
            &[&AWS[..], &[("BUCKET", "s3://bucket/prefix")], &endpoints[..]].concat(),
        );
        assert_eq!(server.join().unwrap(), "PUT /bucket/prefix/a HTTP/1.1\r\n");
    }
}

#[test]
fn each_cloud_is_spoken_to_at_the_endpoint_of_its_own_variable() {
    let (here, server) = endpoint();
    let google =
        [("GOOGLE_SERVICE_ACCOUNT_KEY", GOOGLE), ("GOOGLE_BASE_URL", here.as_str()), ("BUCKET", "gs://bucket/prefix")];
    in_a_process("bucket::writes_a_file", &google);
    // To this one the name of an object is a single part of the path.
    assert_eq!(server.join().unwrap(), "PUT /bucket/prefix%2Fa HTTP/1.1\r\n");

    let (here, server) = endpoint();
    let bucket = "abfss://container@account.dfs.core.windows.net/prefix";
    let here = [("AZURE_STORAGE_ENDPOINT", here.as_str()), ("AZURE_ALLOW_HTTP", "true"), ("BUCKET", bucket)];
    in_a_process("bucket::writes_a_file", &[&AZURE[..], &here[..]].concat());
    assert_eq!(server.join().unwrap(), "PUT /container/prefix/a HTTP/1.1\r\n");
}

#[tokio::test]
#[ignore = "run by those above"]
async fn writes_a_file() {
    let store = ArtifactStore::open(&std::env::var("BUCKET").unwrap()).unwrap();
    store.put(&path("a"), body("x")).await.unwrap();
}
