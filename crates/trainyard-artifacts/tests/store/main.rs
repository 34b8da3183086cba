//! Artifact stores in real folders, on a full disk, and in buckets that cannot be reached.
#![allow(clippy::unwrap_used)]

mod bucket;
mod full_disk;
mod local;

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
