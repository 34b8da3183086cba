//! Artifact roots: paths, upload, download, listing and deletion in local folders and buckets.
//!
//! The only home of `object_store`. What a path may be is decided by [`ArtifactPath`], which address leads to which
//! back end by [`ArtifactStore::open`]; `local.rs` and `bucket.rs` hold the two back ends, `multipart.rs` the uploads that go
//! to a bucket past this program.

#![forbid(unsafe_code)]

mod bucket;
mod error;
mod local;
mod multipart;
mod store;

pub use error::{ArtifactError, BoxError};
pub use multipart::{MAX_PARTS, PartsUpload};
pub use store::{ArtifactStore, ByteRange, Download, FileMeta, SignedAccess};
pub use trainyard_api::artifact_path::{ArtifactPath, InvalidPath};
