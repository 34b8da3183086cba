//! What folders of artifacts hold, as [`ArtifactRepository::list`](crate::ArtifactRepository::list) tells it.
//!
//! ```
//! # fn main() -> Result<(), trainyard::Error> {
//! # let folder = tempfile::tempdir().expect("a folder");
//! # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
//! use trainyard::api::artifacts::FileInfo;
//!
//! let run = client.start_run("iris", "")?;
//! run.log_text("notes/first.txt", "petals matter")?;
//! run.finish()?;
//!
//! let stored = client.search_runs().experiments(["iris"]).pages().next().expect("a page")?;
//! let artifacts = client.artifacts(&stored[0].info.artifact_uri)?;
//! let [FileInfo { path, is_dir, file_size }] = &artifacts.list("notes")?[..] else { panic!("one file") };
//! assert_eq!((path.as_str(), *is_dir, *file_size), ("notes/first.txt", false, Some(13)));
//! # Ok(())
//! # }
//! ```

pub use trainyard_api::artifacts::FileInfo;
