//! Artifacts in S3, Google Cloud Storage or Azure Blob Storage.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::{Stream, StreamExt, TryStreamExt, stream};
use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey};
use object_store::azure::{AzureConfigKey, MicrosoftAzureBuilder};
use object_store::gcp::{GoogleCloudStorageBuilder, GoogleConfigKey};
use object_store::multipart::MultipartStore;
use object_store::path::Path as Key;
use object_store::signer::Signer;
use object_store::{
    ClientConfigKey, GetOptions, GetRange, ObjectMeta, ObjectStore, ObjectStoreExt, RetryConfig, WriteMultipart,
};
use reqwest::Method;
use trainyard_api::artifacts::FileInfo;

use crate::{ArtifactError, ArtifactPath, BoxError, ByteRange, Download, FileMeta};

/// Up to this size an upload is one request; behind it, the size of each part (S3 allows 10,000 of them).
const PART_BYTES: usize = 8 * 1024 * 1024;
/// Parts of one upload under way at a time.
const PARTS_AT_ONCE: usize = 4;

/// A place in a bucket as an artifact root.
#[derive(Debug)]
pub(crate) struct Bucket {
    pub(crate) store: Arc<dyn Cloud>,
    prefix: String,
    /// Whether parts of a file are named as in Azure, where addresses are signed for a file and the name of a part is added.
    pub(crate) names_parts: bool,
}

/// All that is asked of a cloud's client.
pub(crate) trait Cloud: ObjectStore + Signer + MultipartStore {}

impl<Client: ObjectStore + Signer + MultipartStore> Cloud for Client {}

impl Bucket {
    pub(crate) fn open(uri: &str) -> Result<Self, BoxError> {
        // The HTTP client takes the process's TLS provider; one that the embedding program chose stays.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let (scheme, rest) = uri.split_once("://").ok_or("it has to look like scheme://bucket/path")?;
        let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        if bucket.is_empty() {
            return Err("it names no bucket".into());
        }
        let store: Arc<dyn Cloud> = match scheme {
            "s3" | "s3a" => {
                let mut builder = AmazonS3Builder::from_env().with_bucket_name(bucket).with_retry(retry());
                for (key, value) in timeouts() {
                    builder = builder.with_config(AmazonS3ConfigKey::Client(key), value);
                }
                // MLflow's own variable for MinIO and the like, which often speak plain HTTP.
                let endpoints = ["TRAINYARD_S3_ENDPOINT_URL", "MLFLOW_S3_ENDPOINT_URL"];
                let mut endpoints = endpoints.into_iter().filter_map(|name| std::env::var(name).ok());
                if let Some(endpoint) = endpoints.find(|endpoint| !endpoint.is_empty()) {
                    builder = builder.with_allow_http(endpoint.starts_with("http://")).with_endpoint(endpoint);
                }
                Arc::new(builder.build()?)
            }
            "gs" => {
                let mut builder = GoogleCloudStorageBuilder::from_env().with_bucket_name(bucket).with_retry(retry());
                for (key, value) in timeouts() {
                    builder = builder.with_config(GoogleConfigKey::Client(key), value);
                }
                Arc::new(builder.build()?)
            }
            _ => {
                let mut builder = MicrosoftAzureBuilder::from_env().with_url(uri).with_retry(retry());
                for (key, value) in timeouts() {
                    builder = builder.with_config(AzureConfigKey::Client(key), value);
                }
                Arc::new(builder.build()?)
            }
        };
        let names_parts = matches!(scheme, "abfs" | "abfss");
        Ok(Self { store, prefix: prefix.trim_end_matches('/').to_owned(), names_parts })
    }

    pub(crate) fn key(&self, path: &ArtifactPath) -> Result<Key, ArtifactError> {
        let text = match (self.prefix.as_str(), path.as_str()) {
            (prefix, "") => prefix.to_owned(),
            ("", path) => path.to_owned(),
            (prefix, path) => format!("{prefix}/{path}"),
        };
        Key::parse(text).map_err(|error| ArtifactError::bucket(path, error.into()))
    }

    pub(crate) async fn put(
        &self,
        path: &ArtifactPath,
        mut body: Pin<&mut (impl Stream<Item = Result<Bytes, ArtifactError>> + Send)>,
    ) -> Result<u64, ArtifactError> {
        let key = self.key(path)?;
        let failed = |error| ArtifactError::bucket(path, error);
        let mut size = 0;
        let mut gathered = Vec::new();
        while size < PART_BYTES as u64 {
            let Some(chunk) = body.try_next().await? else {
                self.store.put(&key, gathered.into_iter().collect()).await.map_err(failed)?;
                return Ok(size);
            };
            size += chunk.len() as u64;
            gathered.push(chunk);
        }
        let upload = self.store.put_multipart(&key).await.map_err(failed)?;
        let mut parts = Parts(Some(WriteMultipart::new_with_chunk_size(upload, PART_BYTES)));
        for chunk in gathered {
            parts.put(chunk);
        }
        while let Some(chunk) = body.try_next().await? {
            size += chunk.len() as u64;
            parts.wait_for_capacity().await.map_err(failed)?;
            parts.put(chunk);
        }
        parts.finish().await.map_err(failed)?;
        Ok(size)
    }

    pub(crate) async fn get(&self, path: &ArtifactPath, range: Option<ByteRange>) -> Result<Download, ArtifactError> {
        let key = self.key(path)?;
        let mut options = GetOptions::default();
        if let Some(range) = range {
            let size = self.head(path).await?.size;
            options.range = Some(GetRange::Bounded(range.resolve(size)?));
        }
        let result = match self.store.get_opts(&key, options).await {
            Ok(result) => result,
            Err(error) => return Err(self.missing(path, error).await),
        };
        let (meta, range, path) = (file_meta(&result.meta), result.range.clone(), path.clone());
        let stream = result.into_stream().map_err(move |error| ArtifactError::bucket(&path, error));
        Ok(Download { meta, range, stream: Box::pin(stream) })
    }

    pub(crate) async fn head(&self, path: &ArtifactPath) -> Result<FileMeta, ArtifactError> {
        match self.store.head(&self.key(path)?).await {
            Ok(meta) => Ok(file_meta(&meta)),
            Err(error) => Err(self.missing(path, error).await),
        }
    }

    /// A key that is not there may still be a directory: the beginning of other keys.
    async fn missing(&self, path: &ArtifactPath, error: object_store::Error) -> ArtifactError {
        if matches!(error, object_store::Error::NotFound { .. })
            && self.list(path).await.is_ok_and(|files| !files.is_empty())
        {
            return ArtifactError::IsDirectory(path.clone());
        }
        ArtifactError::bucket(path, error)
    }

    pub(crate) async fn list(&self, path: &ArtifactPath) -> Result<Vec<FileInfo>, ArtifactError> {
        let key = self.key(path)?;
        let listed = self.store.list_with_delimiter(Some(&key)).await;
        let listed = listed.map_err(|error| ArtifactError::bucket(path, error))?;
        let name = |key: &Key| key.filename().unwrap_or_default().to_owned();
        let directories = listed.common_prefixes.iter().map(|prefix| (name(prefix), None));
        let files = listed.objects.iter().map(|object| (name(&object.location), Some(object.size)));
        Ok(directories
            .chain(files)
            .filter(|(name, _)| ArtifactPath::parse(name).is_ok())
            .map(|(path, size)| FileInfo {
                path,
                is_dir: size.is_none(),
                file_size: size.map(|size| i64::try_from(size).unwrap_or(i64::MAX)),
            })
            .collect())
    }

    pub(crate) async fn sign(
        &self,
        path: &ArtifactPath,
        method: Method,
        lifetime: Duration,
    ) -> Result<String, ArtifactError> {
        let url = self.store.signed_url(method, &self.key(path)?, lifetime).await;
        Ok(url.map_err(|error| ArtifactError::bucket(path, error))?.into())
    }

    pub(crate) async fn delete(&self, path: &ArtifactPath) -> Result<(), ArtifactError> {
        if path.is_root() {
            return Err(ArtifactError::NotFound(path.clone()));
        }
        let key = self.key(path)?;
        let failed = |error| ArtifactError::bucket(path, error);
        // Listing a prefix leaves out the object of exactly that name.
        let file = match self.store.head(&key).await {
            Ok(_) => Some(Ok(key.clone())),
            Err(object_store::Error::NotFound { .. }) => None,
            Err(error) => return Err(failed(error)),
        };
        let below = self.store.list(Some(&key)).map_ok(|object| object.location);
        let doomed = stream::iter(file).chain(below).boxed();
        let deleted = self.store.delete_stream(doomed).try_fold(0_u64, async |count, _| Ok(count + 1)).await;
        match deleted.map_err(failed)? {
            0 => Err(ArtifactError::NotFound(path.clone())),
            _ => Ok(()),
        }
    }
}

/// Somebody waits for the answer and can ask again, so a bucket that is away is reported within half a minute.
fn retry() -> RetryConfig {
    RetryConfig { max_retries: 4, retry_timeout: Duration::from_secs(30), ..RetryConfig::default() }
}

/// A slow reader may take hours over a large file, so silence is limited instead of the whole request.
fn timeouts() -> [(ClientConfigKey, &'static str); 3] {
    [
        (ClientConfigKey::ConnectTimeout, "10 seconds"),
        (ClientConfigKey::ReadTimeout, "60 seconds"),
        (ClientConfigKey::Timeout, "1 day"),
    ]
}

fn file_meta(meta: &ObjectMeta) -> FileMeta {
    let quoted = |etag: &String| if etag.contains('"') { etag.clone() } else { format!("\"{etag}\"") };
    FileMeta { size: meta.size, etag: meta.e_tag.as_ref().map(quoted), last_modified: Some(meta.last_modified.into()) }
}

/// An upload in parts; dropped before its end it is aborted, because a bucket keeps (and bills) loose parts.
struct Parts(Option<WriteMultipart>);

impl Parts {
    fn put(&mut self, chunk: Bytes) {
        if let Some(upload) = &mut self.0 {
            upload.put(chunk);
        }
    }

    async fn wait_for_capacity(&mut self) -> object_store::Result<()> {
        match &mut self.0 {
            Some(upload) => upload.wait_for_capacity(PARTS_AT_ONCE).await,
            None => Ok(()),
        }
    }

    async fn finish(mut self) -> object_store::Result<()> {
        match self.0.take() {
            Some(upload) => upload.finish().await.map(|_| ()),
            None => Ok(()),
        }
    }
}

impl Drop for Parts {
    fn drop(&mut self) {
        if let (Some(upload), Ok(runtime)) = (self.0.take(), tokio::runtime::Handle::try_current()) {
            runtime.spawn(async move {
                if let Err(error) = upload.abort().await {
                    tracing::warn!(%error, "the parts of a broken upload could not be removed");
                }
            });
        }
    }
}
