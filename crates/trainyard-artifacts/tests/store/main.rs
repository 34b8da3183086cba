//! Artifact stores in real folders, on a full disk, and in buckets that cannot be reached.
#![allow(clippy::unwrap_used)]

mod bucket;
mod full_disk;
mod local;
mod parts;
mod signed;

use bytes::Bytes;
use futures_util::{Stream, TryStreamExt, stream};
use trainyard_artifacts::{ArtifactError, ArtifactPath, ArtifactStore, BoxError, ByteRange, SignedAccess};

fn path(text: &str) -> ArtifactPath {
    ArtifactPath::parse(text).unwrap()
}

fn body(text: &'static str) -> impl Stream<Item = Result<Bytes, std::io::Error>> {
    stream::iter([Ok(Bytes::from_static(text.as_bytes()))])
}

async fn read(store: &ArtifactStore, at: &str, range: Option<ByteRange>) -> Result<Vec<u8>, ArtifactError> {
    let chunks: Vec<Bytes> = store.get(&path(at), range).await?.stream.try_collect().await?;
    Ok(chunks.concat())
}

/// What all credentials here hold that must not be shown: `secret`, also as base64.
const SECRET: &str = "c2VjcmV0";
const AWS: [(&str, &str); 3] =
    [("AWS_ACCESS_KEY_ID", "key"), ("AWS_SECRET_ACCESS_KEY", SECRET), ("AWS_REGION", "us-east-1")];
const AZURE: [(&str, &str); 2] = [("AZURE_STORAGE_ACCOUNT_NAME", "account"), ("AZURE_STORAGE_ACCOUNT_KEY", SECRET)];
/// A service account that nobody knows.
const GOOGLE: &str = include_str!("service_account.json");

/// Runs an ignored test in a process of its own: clients of buckets read the environment.
fn in_a_process(test: &str, settings: &[(&str, &str)]) {
    let mut command = std::process::Command::new(std::env::current_exe().unwrap());
    for (name, _) in std::env::vars() {
        if ["AWS_", "AZURE_", "GOOGLE_"].iter().any(|vendor| name.starts_with(vendor)) {
            command.env_remove(name);
        }
    }
    command.args(["--exact", test, "--ignored", "--nocapture"]).envs(settings.iter().copied());
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.contains("1 passed"), "{test}: {said}{}", String::from_utf8_lossy(&output.stderr));
}
