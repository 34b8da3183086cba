//! Listing artifacts, and addresses to fetch or store them without the server. Their bytes travel by the artifact proxy,
//! which is not JSON.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::endpoint::endpoints;
use crate::{ModelId, RunId, wire};

/// A file or directory below an artifact root.
///
/// ```
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::api::artifacts::FileInfo;
/// # let run = client.start_run("iris", "")?;
///
/// let artifacts = client.artifacts(&run.info().artifact_uri)?;
/// artifacts.write("plots/loss.svg", b"<svg/>")?;
/// let plots = FileInfo { path: "plots".to_owned(), is_dir: true, file_size: None };
/// assert_eq!(artifacts.list("")?, [plots]);
/// assert_eq!(artifacts.list("plots")?[0].file_size, Some(6));
/// # Ok::<(), trainyard::Error>(())
/// ```
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
    /// The directory's children, ordered by path. Written even if there are none: MLflow's page that compares runs reads the
    /// list without asking whether it is there.
    pub files: Vec<FileInfo>,
    /// Token of the next page; empty on the last.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub next_page_token: String,
}

/// Asks for an address under which an artifact can be stored in a bucket, without credentials.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct CreatePresignedUploadUrl {
    /// The run that it is for; either this or `model_id`.
    #[serde(alias = "runId", skip_serializing_if = "RunId::is_empty")]
    pub run_id: RunId,
    /// The logged model that it is for.
    #[serde(alias = "modelId", skip_serializing_if = "ModelId::is_empty")]
    pub model_id: ModelId,
    /// Required: the file, relative to the artifact root.
    pub path: String,
    /// Seconds for which the address is good.
    #[serde(deserialize_with = "wire::optional_int64", skip_serializing_if = "Option::is_none")]
    pub expiration: Option<i64>,
}

/// Answer to [`CreatePresignedUploadUrl`].
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct CreatePresignedUploadUrlResponse {
    /// Where the file goes, by PUT.
    pub presigned_url: String,
    /// Headers that the request has to have.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
}

/// Asks for an address from which a run's artifact can be fetched out of a bucket, without credentials.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct CreatePresignedDownloadUrl {
    /// Required.
    pub run_id: RunId,
    /// Required: the file, relative to the artifact root.
    pub path: String,
    /// Seconds for which the address is good.
    #[serde(deserialize_with = "wire::optional_int64", skip_serializing_if = "Option::is_none")]
    pub expiration: Option<i64>,
}

/// Answer to [`CreatePresignedDownloadUrl`].
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct CreatePresignedDownloadUrlResponse {
    /// Where the file is, by GET.
    pub presigned_url: String,
    /// Headers that the request has to have.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// Bytes of the file.
    #[serde(deserialize_with = "wire::optional_int64", skip_serializing_if = "Option::is_none")]
    pub file_size: Option<i64>,
}

/// Answer to a request for an address from which a file of the artifact proxy can be fetched out of a bucket.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct GetPresignedDownloadUrlResponse {
    /// Where the file is, by GET.
    pub url: String,
    /// Headers that the request has to have.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// Bytes of the file.
    #[serde(deserialize_with = "wire::optional_int64", skip_serializing_if = "Option::is_none")]
    pub file_size: Option<i64>,
}

/// Asks the artifact proxy for addresses in its bucket for the parts of a large file. Its directory is in the address.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CreateMultipartUpload {
    /// Required: the file's name.
    pub path: String,
    /// Required: how many parts, 1 to 10,000.
    #[serde(alias = "numParts", deserialize_with = "wire::int64")]
    pub num_parts: i64,
}

/// Answer to [`CreateMultipartUpload`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CreateMultipartUploadResponse {
    /// What the upload is called.
    pub upload_id: String,
    /// One for each part.
    pub credentials: Vec<PartCredential>,
}

/// Where a part of a file goes, by PUT.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PartCredential {
    /// Its address, for this part alone.
    pub url: String,
    /// From 1 on.
    #[serde(deserialize_with = "wire::int64")]
    pub part_number: i64,
    /// Headers that the request has to have.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
}

/// Makes a file of the parts that were sent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CompleteMultipartUpload {
    /// Required: the file's name.
    pub path: String,
    /// Required: what the upload is called.
    #[serde(alias = "uploadId")]
    pub upload_id: String,
    /// Required: all parts.
    #[serde(deserialize_with = "wire::list")]
    pub parts: Vec<SentPart>,
}

/// A part of a file that is in the bucket.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SentPart {
    /// From 1 on.
    #[serde(alias = "partNumber", deserialize_with = "wire::int64")]
    pub part_number: i64,
    /// What the bucket has answered in the header of this name.
    pub etag: String,
    /// Where it was sent.
    pub url: String,
}

/// Gives up an upload in parts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AbortMultipartUpload {
    /// Required: the file's name.
    pub path: String,
    /// Required: what the upload is called.
    #[serde(alias = "uploadId")]
    pub upload_id: String,
}

endpoints! { served
    Get "/artifacts/list" ListArtifacts => ListArtifactsResponse;
    Get "/logged-models/{model_id}/artifacts/directories" ListLoggedModelArtifacts => ListArtifactsResponse;
    Post "/artifacts/presigned-upload-url" CreatePresignedUploadUrl => CreatePresignedUploadUrlResponse;
    Post "/artifacts/presigned-download-url" CreatePresignedDownloadUrl => CreatePresignedDownloadUrlResponse;
}
