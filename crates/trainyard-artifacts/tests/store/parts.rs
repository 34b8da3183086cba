//! Uploads whose parts others send to the bucket, at addresses made here.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::*;

const HOUR: Duration = Duration::from_secs(3600);

/// A bucket that answers by method and query alone; what it was asked, one line a request.
fn bucket() -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let asked = Arc::new(Mutex::new(Vec::new()));
    let requests = asked.clone();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = BufReader::new(stream.unwrap());
            let (mut line, mut length) = (String::new(), 0);
            stream.read_line(&mut line).unwrap();
            let mut words = line.split(' ');
            let (method, target) = (words.next().unwrap().to_owned(), words.next().unwrap().to_owned());
            loop {
                line.clear();
                if stream.read_line(&mut line).unwrap() <= 2 {
                    break;
                }
                if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                    length = value.trim().parse().unwrap();
                }
            }
            let mut body = vec![0; length];
            stream.read_exact(&mut body).unwrap();
            let body = String::from_utf8(body).unwrap();
            let (status, answer) = answer(&method, &target, &body);
            requests.lock().unwrap().push(format!("{method} {target} {body}"));
            let length = answer.len();
            let head = format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n");
            stream.get_mut().write_all((head + answer).as_bytes()).unwrap();
        }
    });
    (address, asked)
}

fn answer(method: &str, target: &str, body: &str) -> (&'static str, &'static str) {
    match method {
        _ if target.contains("uploadId=gone") => ("404 Not Found", "<Error><Code>NoSuchUpload</Code></Error>"),
        "POST" if target.contains("uploads") => {
            ("200 OK", "<InitiateMultipartUploadResult><UploadId>u/1</UploadId></InitiateMultipartUploadResult>")
        }
        "POST" if body.contains("wrong") => ("400 Bad Request", "<Error><Code>InvalidPart</Code></Error>"),
        "POST" => ("200 OK", "<CompleteMultipartUploadResult><ETag>\"whole\"</ETag></CompleteMultipartUploadResult>"),
        "DELETE" => ("204 No Content", ""),
        _ => ("404 Not Found", ""),
    }
}

/// The value of a query's field, which is there once.
fn field(address: &str, name: &str) -> String {
    let address = url::Url::parse(address).unwrap();
    let found: Vec<_> = address.query_pairs().filter(|(key, _)| key == name).collect();
    assert_eq!(found.len(), 1, "{name} in {address}");
    found[0].1.clone().into_owned()
}

#[test]
fn the_bucket_makes_a_file_of_parts_that_others_sent() {
    let (address, asked) = bucket();
    let settings = [("AWS_ENDPOINT_URL", address.as_str()), ("AWS_ALLOW_HTTP", "true")];
    in_a_process("parts::by_amazon", &[&AWS[..], &settings[..]].concat());
    let asked = asked.lock().unwrap();
    assert!(asked.iter().any(|request| request.starts_with("POST /bucket/prefix/a%20b?uploads")), "{asked:?}");
    let completed = asked.iter().find(|request| request.starts_with("POST") && request.contains("uploadId=u")).unwrap();
    let (one, other) = (completed.find("<PartNumber>1").unwrap(), completed.find("<PartNumber>2").unwrap());
    assert!(one < other && completed.contains("one") && completed.contains("two"), "{completed}");
    assert!(asked.iter().any(|request| request.starts_with("DELETE /bucket/prefix/a%20b?uploadId=u")), "{asked:?}");
}

#[tokio::test]
#[ignore = "run by the_bucket_makes_a_file_of_parts_that_others_sent"]
async fn by_amazon() {
    let (store, path) = (ArtifactStore::open("s3://bucket/prefix").unwrap(), path("a b"));
    let upload = store.begin_parts(&path, 2, HOUR).await.unwrap().unwrap();
    assert_eq!((upload.upload_id.as_str(), upload.addresses.len()), ("u/1", 2));
    for (address, number) in upload.addresses.iter().zip(["1", "2"]) {
        assert!(address.contains("/bucket/prefix/a%20b?") && !address.contains(SECRET), "{address}");
        assert_eq!((field(address, "partNumber"), field(address, "uploadId")), (number.to_owned(), "u/1".to_owned()));
        assert_eq!((field(address, "X-Amz-Expires"), field(address, "X-Amz-Signature").len()), ("3600".into(), 64));
    }
    assert_ne!(field(&upload.addresses[0], "X-Amz-Signature"), field(&upload.addresses[1], "X-Amz-Signature"));

    let etags = |of: &[&str]| of.iter().map(|etag| format!("\"{etag}\"")).collect::<Vec<_>>();
    store.complete_parts(&path, &upload.upload_id, etags(&["one", "two"])).await.unwrap();
    let error = store.complete_parts(&path, &upload.upload_id, etags(&["wrong"])).await.unwrap_err();
    assert!(matches!(error, ArtifactError::PartsRefused(_)), "{error}");
    let error = store.complete_parts(&path, "gone", etags(&["one"])).await.unwrap_err();
    assert!(matches!(error, ArtifactError::NoSuchUpload { .. }), "{error}");
    store.abort_parts(&path, &upload.upload_id).await.unwrap();
    let error = store.abort_parts(&path, "gone").await.unwrap_err();
    assert!(matches!(error, ArtifactError::NoSuchUpload { .. }), "{error}");
}

#[test]
fn in_google_addresses_are_signed_for_their_part() {
    let (address, _) = bucket();
    in_a_process("parts::by_google", &[("GOOGLE_SERVICE_ACCOUNT_KEY", GOOGLE), ("GOOGLE_BASE_URL", &address)]);
}

#[tokio::test]
#[ignore = "run by in_google_addresses_are_signed_for_their_part"]
async fn by_google() {
    let store = ArtifactStore::open("gs://bucket/prefix").unwrap();
    let upload = store.begin_parts(&path("a"), 2, HOUR).await.unwrap().unwrap();
    for (address, number) in upload.addresses.iter().zip(["1", "2"]) {
        assert_eq!((field(address, "partNumber"), field(address, "uploadId")), (number.to_owned(), "u/1".to_owned()));
        assert_eq!(field(address, "X-Goog-Signature").len(), 512);
    }
}

#[test]
fn in_azure_parts_have_names_of_one_length_that_no_other_upload_has() {
    in_a_process("parts::by_azure", &AZURE);
}

#[tokio::test]
#[ignore = "run by in_azure_parts_have_names_of_one_length_that_no_other_upload_has"]
async fn by_azure() {
    let store = ArtifactStore::open("abfss://container@account.dfs.core.windows.net/prefix").unwrap();
    let upload = store.begin_parts(&path("a"), 11, HOUR).await.unwrap().unwrap();
    let other = store.begin_parts(&path("a"), 1, HOUR).await.unwrap().unwrap();
    let names: Vec<String> = upload.addresses.iter().map(|address| field(address, "blockid")).collect();
    assert!(names.iter().all(|name| name.len() == names[0].len()), "{names:?}");
    assert!(names[0] != names[10] && names[0] != field(&other.addresses[0], "blockid"), "{names:?}");
    let address = &upload.addresses[0];
    assert_eq!((field(address, "comp"), field(address, "sr")), ("block".to_owned(), "b".to_owned()));
    assert!(field(address, "sp").contains('w') && !address.contains(SECRET), "{address}");
    // Parts that are given up need no request; there is none to answer here.
    store.abort_parts(&path("a"), &upload.upload_id).await.unwrap();
}

#[tokio::test]
async fn a_folder_takes_no_parts() {
    let folder = tempfile::tempdir().unwrap();
    let store = ArtifactStore::open(folder.path().to_str().unwrap()).unwrap();
    assert_eq!(store.begin_parts(&path("a"), 2, HOUR).await.unwrap(), None);
    assert!(!store.has_addresses());
    let error = store.complete_parts(&path("a"), "u", vec!["e".to_owned()]).await.unwrap_err();
    assert!(matches!(error, ArtifactError::NoSuchUpload { .. }), "{error}");
}
