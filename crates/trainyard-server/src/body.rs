//! Request bodies: read with bounds in size and silence, and swallowed when their request has already failed.

use std::time::Duration;

use axum::body::{Body, BodyDataStream};
use bytes::{Bytes, BytesMut};
use futures_util::{Stream, StreamExt, stream};
use http::{HeaderMap, StatusCode, header};
use trainyard_api::{ApiError, ErrorCode};
use trainyard_artifacts::BoxError;

use crate::failure::Failure;

/// How long a client may send nothing in the middle of a body.
const SILENCE: Duration = Duration::from_secs(60);
/// How much of a refused body is read and thrown away, and how long that may take.
const LINGER_BYTES: usize = 1 << 30;
const LINGER: Duration = Duration::from_secs(30);

/// Reads a whole body of at most `limit` bytes.
pub(crate) async fn read(headers: &HeaderMap, body: Body, limit: usize) -> Result<Bytes, Failure> {
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    let announced: usize = announced.unwrap_or(0);
    let mut chunks = body.into_data_stream();
    if announced > limit {
        swallow(headers, chunks);
        return Err(too_large(limit));
    }
    // Nearly every body is one chunk, which needs no copy.
    let Some(first) = next(&mut chunks).await? else { return Ok(Bytes::new()) };
    if first.len() == announced {
        return Ok(first);
    }
    let mut whole = BytesMut::with_capacity(announced.max(first.len()));
    let mut chunk = Some(first);
    while let Some(part) = chunk {
        if whole.len() + part.len() > limit {
            swallow(headers, chunks);
            return Err(too_large(limit));
        }
        whole.extend_from_slice(&part);
        chunk = next(&mut chunks).await?;
    }
    Ok(whole.freeze())
}

/// A body that is passed on as it comes.
pub(crate) struct Incoming(BodyDataStream);

impl Incoming {
    pub(crate) fn new(body: Body) -> Self {
        Self(body.into_data_stream())
    }

    /// The chunks, ending in an error when the body falls silent or breaks off.
    pub(crate) fn stream(&mut self) -> impl Stream<Item = Result<Bytes, BoxError>> + Send {
        stream::try_unfold(&mut self.0, async |body| match tokio::time::timeout(SILENCE, body.next()).await {
            Ok(Some(Ok(chunk))) => Ok(Some((chunk, body))),
            Ok(Some(Err(error))) => Err(error.into()),
            Ok(None) => Ok(None),
            Err(_) => Err(format!("nothing came for {} seconds", SILENCE.as_secs()).into()),
        })
    }

    /// Reads what is left after a failure.
    pub(crate) fn swallow(self, headers: &HeaderMap) {
        swallow(headers, self.0);
    }
}

/// Reads on in the background after a request was refused early.
///
/// Closing a connection with unread data resets it, and the client would see that instead of the answer.
fn swallow(headers: &HeaderMap, mut body: BodyDataStream) {
    if headers.contains_key(header::EXPECT) {
        return;
    }
    tokio::spawn(tokio::time::timeout(LINGER, async move {
        let mut swallowed = 0;
        while let Some(Ok(chunk)) = body.next().await {
            swallowed += chunk.len();
            if swallowed > LINGER_BYTES {
                break;
            }
        }
    }));
}

async fn next(chunks: &mut BodyDataStream) -> Result<Option<Bytes>, Failure> {
    match tokio::time::timeout(SILENCE, chunks.next()).await {
        Ok(chunk) => {
            let broken = |error| ApiError::new(ErrorCode::BadRequest, format!("the request body broke off: {error}"));
            Ok(chunk.transpose().map_err(broken)?)
        }
        Err(_) => {
            let message = format!("the request body stopped for more than {} seconds", SILENCE.as_secs());
            Err(ApiError::new(ErrorCode::BadRequest, message).into())
        }
    }
}

fn too_large(limit: usize) -> Failure {
    let message = format!("The request body is larger than the limit of {limit} bytes.");
    // MLflow's own limit, that of a batch, is a 400 there; what is beyond any sense has HTTP's own status.
    let status = match limit {
        trainyard_api::limits::BATCH_BODY_BYTES => StatusCode::BAD_REQUEST,
        _ => StatusCode::PAYLOAD_TOO_LARGE,
    };
    Failure::with_status(status, ApiError::invalid(message))
}
