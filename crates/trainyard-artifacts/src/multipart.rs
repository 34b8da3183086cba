//! Uploads whose parts others send to the bucket themselves, each to an address that is signed for it.
//!
//! Nothing is remembered here between the beginning and the end of such an upload: the bucket does that.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use object_store::ObjectStoreExt;
use object_store::multipart::PartId;
use object_store::path::Path as Key;
use object_store::signer::SignedUrlOptions;
use reqwest::Method;
use uuid::Uuid;

use crate::bucket::Bucket;
use crate::{ArtifactError, ArtifactPath};

/// Parts that an upload may have, in S3; the other clouds take more.
pub const MAX_PARTS: u32 = 10_000;

/// An upload that has begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartsUpload {
    /// What names the upload when it is completed or aborted.
    pub upload_id: String,
    /// Where each part goes, by PUT, from part 1 on.
    pub addresses: Vec<String>,
}

impl Bucket {
    pub(crate) async fn begin_parts(
        &self,
        path: &ArtifactPath,
        count: u32,
        lifetime: Duration,
    ) -> Result<PartsUpload, ArtifactError> {
        let key = self.key(path)?;
        let failed = |error| ArtifactError::bucket(path, error);
        if self.names_parts {
            let upload_id = Uuid::new_v4().simple().to_string();
            let file = self.store.signed_url(Method::PUT, &key, lifetime).await.map_err(failed)?;
            let addresses = (1..=count).map(|number| {
                let mut address = file.clone();
                let name = BASE64.encode(block(&upload_id, number));
                address.query_pairs_mut().append_pair("comp", "block").append_pair("blockid", &name);
                address.into()
            });
            return Ok(PartsUpload { addresses: addresses.collect(), upload_id });
        }
        let upload_id = self.store.create_multipart(&key).await.map_err(failed)?;
        match self.sign_parts(&key, &upload_id, count, lifetime).await {
            Ok(addresses) => Ok(PartsUpload { upload_id, addresses }),
            Err(error) => {
                // Nobody but us knows of the upload, and a bucket keeps it until it is told not to.
                if let Err(error) = self.store.abort_multipart(&key, &upload_id).await {
                    tracing::warn!(%error, "an upload in parts that could not begin was left behind");
                }
                Err(failed(error))
            }
        }
    }

    async fn sign_parts(
        &self,
        key: &Key,
        upload_id: &str,
        count: u32,
        lifetime: Duration,
    ) -> object_store::Result<Vec<String>> {
        let mut addresses = Vec::new();
        for number in 1..=count {
            let part = [("partNumber", number.to_string()), ("uploadId", upload_id.to_owned())];
            let options = SignedUrlOptions::default().with_query(part);
            addresses.push(self.store.signed_url_opts(Method::PUT, key, lifetime, &options).await?.into());
        }
        Ok(addresses)
    }

    pub(crate) async fn complete_parts(
        &self,
        path: &ArtifactPath,
        upload_id: &str,
        etags: Vec<String>,
    ) -> Result<(), ArtifactError> {
        let parts = etags.into_iter().zip(1_u32..).map(|(etag, number)| PartId {
            content_id: if self.names_parts { block(upload_id, number) } else { etag },
        });
        let key = self.key(path)?;
        let Err(error) = self.store.complete_multipart(&key, &upload_id.to_owned(), parts.collect()).await else {
            return Ok(());
        };
        // The library tells a refusal from silence only in words. A bucket that still answers has refused, for good.
        if matches!(error, object_store::Error::Generic { .. }) && self.answers(&key).await {
            tracing::warn!(%path, %error, "an upload in parts was refused");
            return Err(ArtifactError::PartsRefused(path.clone()));
        }
        Err(unfinished(path, upload_id, error))
    }

    async fn answers(&self, key: &Key) -> bool {
        matches!(self.store.head(key).await, Ok(_) | Err(object_store::Error::NotFound { .. }))
    }

    pub(crate) async fn abort_parts(&self, path: &ArtifactPath, upload_id: &str) -> Result<(), ArtifactError> {
        // Azure forgets parts by itself, after a week.
        if self.names_parts {
            return Ok(());
        }
        let aborted = self.store.abort_multipart(&self.key(path)?, &upload_id.to_owned()).await;
        aborted.map_err(|error| unfinished(path, upload_id, error))
    }
}

/// Azure's name of a part: as long for each of them, and another one in each upload of a file.
fn block(upload_id: &str, number: u32) -> String {
    format!("{upload_id}-{number:05}")
}

fn unfinished(path: &ArtifactPath, upload_id: &str, error: object_store::Error) -> ArtifactError {
    match error {
        object_store::Error::NotFound { .. } => {
            ArtifactError::NoSuchUpload { path: path.clone(), upload_id: upload_id.to_owned() }
        }
        other => ArtifactError::bucket(path, other),
    }
}
