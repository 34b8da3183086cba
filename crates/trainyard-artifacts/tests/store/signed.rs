//! Addresses with which others read and write files in a bucket themselves. They are made without asking the cloud.

use std::time::Duration;

use super::*;

#[test]
fn addresses_for_others_are_signed_for_one_file_and_one_method() {
    in_a_process("signed::by_amazon", &[&AWS[..], &[("AWS_ENDPOINT_URL", "https://storage.example")]].concat());
    in_a_process("signed::by_google", &[("GOOGLE_SERVICE_ACCOUNT_KEY", GOOGLE)]);
    in_a_process("signed::by_azure", &AZURE);
}

/// Addresses to read and to write a file, which differ in their signatures.
async fn signed(root: &str) -> [url::Url; 2] {
    let store = ArtifactStore::open(root).unwrap();
    let sign = async |access| {
        let address = store.sign(&path("a b/c"), access, Duration::from_secs(900)).await.unwrap().unwrap();
        assert!(!address.contains(SECRET), "{address}");
        url::Url::parse(&address).unwrap()
    };
    [sign(SignedAccess::Read).await, sign(SignedAccess::Write).await]
}

/// A part of an address that is there once.
fn part(address: &url::Url, name: &str) -> String {
    let mut found = address.query_pairs().filter(|(key, _)| key == name);
    let (_, value) = found.next().unwrap_or_else(|| panic!("no {name} in {address}"));
    assert!(found.next().is_none(), "{name} twice in {address}");
    value.into_owned()
}

#[tokio::test]
#[ignore = "run by addresses_for_others_are_signed_for_one_file_and_one_method"]
async fn by_amazon() {
    let [read, write] = signed("s3://bucket/prefix").await;
    for address in [&read, &write] {
        let text = address.as_str();
        assert!(text.starts_with("https://storage.example/bucket/prefix/a%20b/c?"), "{text}");
        assert_eq!(part(address, "X-Amz-Algorithm"), "AWS4-HMAC-SHA256");
        assert_eq!(
            (part(address, "X-Amz-Expires"), part(address, "X-Amz-SignedHeaders")),
            ("900".into(), "host".into())
        );
        assert_eq!(part(address, "X-Amz-Signature").len(), 64);
    }
    assert_ne!(part(&read, "X-Amz-Signature"), part(&write, "X-Amz-Signature"));
}

#[tokio::test]
#[ignore = "run by addresses_for_others_are_signed_for_one_file_and_one_method"]
async fn by_google() {
    let [read, write] = signed("gs://bucket/prefix").await;
    for address in [&read, &write] {
        let text = address.as_str();
        assert!(text.starts_with("https://storage.googleapis.com/bucket/prefix/a%20b/c?"), "{text}");
        assert_eq!(part(address, "X-Goog-Algorithm"), "GOOG4-RSA-SHA256");
        assert!(part(address, "X-Goog-Credential").starts_with("tester@project.iam.gserviceaccount.com/"), "{text}");
        assert_eq!(
            (part(address, "X-Goog-Expires"), part(address, "X-Goog-SignedHeaders")),
            ("900".into(), "host".into())
        );
        // As long as a key of 2048 bits.
        assert_eq!(part(address, "X-Goog-Signature").len(), 512);
    }
    assert_ne!(part(&read, "X-Goog-Signature"), part(&write, "X-Goog-Signature"));
}

#[tokio::test]
#[ignore = "run by addresses_for_others_are_signed_for_one_file_and_one_method"]
async fn by_azure() {
    // Both ways of naming a container.
    for root in ["abfss://container@account.dfs.core.windows.net/prefix", "abfss://container/prefix"] {
        let [read, write] = signed(root).await;
        for address in [&read, &write] {
            let text = address.as_str();
            assert!(text.starts_with("https://account.blob.core.windows.net/container/prefix/a%20b/c?"), "{text}");
            // One blob, and not for ever.
            assert_eq!(part(address, "sr"), "b");
            assert!(part(address, "st") < part(address, "se"), "{text}");
            assert!(!part(address, "sig").is_empty());
        }
        assert_eq!(part(&read, "sp"), "r");
        assert!(part(&write, "sp").contains('w') && !part(&write, "sp").contains('r'), "{write}");
        assert_ne!(part(&read, "sig"), part(&write, "sig"));
    }
}

#[tokio::test]
async fn a_folder_has_no_addresses_for_others() {
    let folder = tempfile::tempdir().unwrap();
    let store = ArtifactStore::open(folder.path().to_str().unwrap()).unwrap();
    assert_eq!(store.sign(&path("a"), SignedAccess::Read, Duration::from_secs(1)).await.unwrap(), None);
}
