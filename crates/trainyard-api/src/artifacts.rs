//! Listing artifacts. Their bytes travel by the artifact proxy, which is not JSON.

use serde::{Deserialize, Serialize};

use crate::endpoint::endpoints;
use crate::{ModelId, RunId, wire};

/// A file or directory below an artifact root.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FileInfo {
    /// Path relative to the root of the listing, `/` between parts.
    pub path: String,
    /// Whether it is a directory.
    pub is_dir: bool,
    /// Bytes; directories have none.
    #[serde(deserialize_with = "wire::optional_int64", skip_serializing_if = "Option::is_none")]
    pub file_size: Option<i64>,
}

/// Lists one directory of a run's artifacts.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ListArtifacts {
    /// Required.
    pub run_id: RunId,
    /// Older name of `run_id`.
    #[serde(skip_serializing_if = "RunId::is_empty")]
    pub run_uuid: RunId,
    /// Directory relative to the run's artifact root; empty for the root.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub path: String,
    /// Where the last page ended.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub page_token: String,
}

/// Lists one directory of a logged model's artifacts.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ListLoggedModelArtifacts {
    /// Required.
    pub model_id: ModelId,
    /// Directory relative to the model's artifact root; empty for the root.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub artifact_directory_path: String,
    /// Where the last page ended.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub page_token: String,
}

/// Answer to [`ListArtifacts`] and [`ListLoggedModelArtifacts`].
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ListArtifactsResponse {
    /// URI of the artifact root.
    pub root_uri: String,
    /// The directory's children, ordered by path.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<FileInfo>,
    /// Token of the next page; empty on the last.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub next_page_token: String,
}

endpoints! {
    Get "/artifacts/list" ListArtifacts => ListArtifactsResponse;
    Get "/logged-models/{model_id}/artifacts/directories" ListLoggedModelArtifacts => ListArtifactsResponse;
}
