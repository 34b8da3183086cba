//! Addresses of buckets, and buckets that cannot be reached.

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
