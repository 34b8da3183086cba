//! Large files that clients send to the bucket of the artifact proxy themselves, in parts.

use std::time::Duration;

use trainyard_api::artifacts::{
    AbortMultipartUpload, CompleteMultipartUpload, CreateMultipartUpload, CreateMultipartUploadResponse,
    PartCredential, SentPart,
};
use trainyard_api::{ApiError, Empty, ErrorCode};
use trainyard_artifacts::{ArtifactError, ArtifactPath, ArtifactStore, MAX_PARTS};

use crate::failure::Failure;

/// How long the addresses of parts are good; MLflow's are for as long.
const LIFETIME: Duration = Duration::from_secs(60 * 60);

pub(crate) async fn create(
    store: &ArtifactStore,
    directory: &ArtifactPath,
    request: CreateMultipartUpload,
) -> Result<CreateMultipartUploadResponse, Failure> {
    let path = file(store, directory, &request.path)?;
    let count = u32::try_from(request.num_parts).ok().filter(|count| (1..=MAX_PARTS).contains(count));
    let count = count.ok_or_else(|| {
        let asked = request.num_parts;
        ApiError::invalid(format!("num_parts must be between 1 and {MAX_PARTS} (got {asked})."))
    })?;
    let upload = store.begin_parts(&path, count, LIFETIME).await?.ok_or_else(unsupported)?;
    let credentials = upload.addresses.into_iter().zip(1..).map(|(url, part_number)| PartCredential {
        url,
        part_number,
        ..PartCredential::default()
    });
    Ok(CreateMultipartUploadResponse { upload_id: upload.upload_id, credentials: credentials.collect() })
}

pub(crate) async fn complete(
    store: &ArtifactStore,
    directory: &ArtifactPath,
    request: CompleteMultipartUpload,
) -> Result<Empty, Failure> {
    if request.parts.is_empty() {
        return Err(ApiError::missing("parts").into());
    }
    let path = file(store, directory, &request.path)?;
    let upload_id = named(&request.upload_id)?;
    store.complete_parts(&path, upload_id, etags(request.parts)?).await?;
    Ok(Empty {})
}

pub(crate) async fn abort(
    store: &ArtifactStore,
    directory: &ArtifactPath,
    request: AbortMultipartUpload,
) -> Result<Empty, Failure> {
    let path = file(store, directory, &request.path)?;
    match store.abort_parts(&path, named(&request.upload_id)?).await {
        // A client whose first request was carried out but not answered asks again.
        Ok(()) | Err(ArtifactError::NoSuchUpload { .. }) => Ok(Empty {}),
        Err(error) => Err(error.into()),
    }
}

/// The file that is sent, if the store can take it so.
///
/// Clients before 3.18 name it with the folders of their own machine before it, perhaps as Windows writes them.
fn file(store: &ArtifactStore, directory: &ArtifactPath, path: &str) -> Result<ArtifactPath, Failure> {
    if path.is_empty() {
        return Err(ApiError::missing("path").into());
    }
    let name = path.rsplit(['/', '\\']).next().filter(|name| !name.is_empty());
    let name = name.ok_or_else(|| ApiError::invalid("Invalid path"))?;
    let name = ArtifactPath::parse(name).map_err(ArtifactError::from)?;
    if !store.has_addresses() {
        return Err(unsupported().into());
    }
    Ok(directory.join(&name))
}

fn named(upload_id: &str) -> Result<&str, ApiError> {
    if upload_id.is_empty() { Err(ApiError::missing("upload_id")) } else { Ok(upload_id) }
}

/// The ETags in the order of parts, none of which is missing or twice there.
fn etags(mut parts: Vec<SentPart>) -> Result<Vec<String>, ApiError> {
    parts.sort_by_key(|part| part.part_number);
    let numbered = parts.iter().zip(1..).all(|(part, number)| part.part_number == number);
    if !numbered || parts.len() > MAX_PARTS as usize {
        let message = format!("parts must be numbered from 1 on without gaps, and at most {MAX_PARTS}.");
        return Err(ApiError::invalid(message));
    }
    Ok(parts.into_iter().map(|part| part.etag).collect())
}

fn unsupported() -> ApiError {
    ApiError::new(ErrorCode::NotImplemented, "Multipart upload is not supported for the current artifact repository")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(numbers: &[i64]) -> Vec<SentPart> {
        let part = |number: &i64| SentPart { part_number: *number, etag: format!("e{number}"), ..SentPart::default() };
        numbers.iter().map(part).collect()
    }

    #[test]
    fn parts_are_put_together_by_number_however_they_are_listed() {
        assert_eq!(etags(sent(&[2, 1, 3])), Ok(["e1", "e2", "e3"].map(str::to_owned).to_vec()));
    }

    #[test]
    fn parts_that_are_missing_or_twice_there_make_no_file() {
        for numbers in [&[2, 3][..], &[1, 3], &[1, 1], &[0, 1], &[-1]] {
            assert!(etags(sent(numbers)).is_err(), "{numbers:?}");
        }
    }
}
