//! Exports: files that a reader of the store writes while the client takes them. One part waits for the next to be taken,
//! so little of a file is in memory, however long it is.

use std::time::{Duration, Instant};

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use http::header;
use tokio::sync::mpsc::{self, error::TrySendError};
use trainyard_api::export::Format;
use trainyard_api::{ApiError, ErrorCode};
use trainyard_artifacts::BoxError;
use trainyard_store::{Export, StoreError};

use crate::app::App;
use crate::failure::Failure;

/// Exports at a time: each keeps a reader of the store. Others wait for their turn.
pub(crate) const AT_ONCE: usize = 2;
/// How long a client may take nothing. Until then its reader keeps the state of the database from being cleared away.
const SILENCE: Duration = Duration::from_secs(60);
/// How long the writer of a file sleeps while the client has not taken what there is.
const NAP: Duration = Duration::from_millis(2);

type Part = Result<Vec<u8>, StoreError>;

/// The file of an export; what is wrong with the request is an answer of its own.
pub(crate) async fn answer<E: Export>(app: App, request: E, format: Format) -> Result<Response, Failure> {
    let closed = || ApiError::new(ErrorCode::TemporarilyUnavailable, "the server is stopping");
    let turn = app.exports.clone().acquire_owned().await.map_err(|_| closed())?;
    let (sender, mut parts) = mpsc::channel::<Part>(1);
    let mut request = Some(request);
    let reading = app.store.read(move |tx| {
        let _turn = &turn;
        // Reads are tried again where a connection breaks, but a file that has begun cannot begin anew.
        let Some(request) = request.take() else { return Err(StoreError::Closed) };
        let written = request.export(tx, format, &mut |part| send(&sender, Ok(part)));
        if let Err(error) = written {
            // Nobody is told who has gone away.
            let _ = send(&sender, Err(error));
        }
        Ok(())
    });
    let first = match parts.recv().await {
        Some(part) => part?,
        // The store could not be read at all.
        None => {
            reading.await?;
            return Err(closed().into());
        }
    };
    let rest = stream::unfold(parts, async |mut parts| parts.recv().await.map(|part| (part, parts)));
    let whole = stream::once(async { Ok(first) }).chain(rest).map(|part| match part {
        Ok(part) => Ok(Bytes::from(part)),
        // The answer breaks off, which clients notice.
        Err(error) => Err(BoxError::from(error)),
    });
    let name = format!("attachment; filename={}.{}", E::NAME, format.extension());
    let headers = [(header::CONTENT_TYPE, format.content_type().to_owned()), (header::CONTENT_DISPOSITION, name)];
    Ok((headers, Body::from_stream(whole)).into_response())
}

/// Passes a part on, and waits until there is room for it.
fn send(parts: &mpsc::Sender<Part>, mut part: Part) -> Result<(), StoreError> {
    let since = Instant::now();
    loop {
        part = match parts.try_send(part) {
            Ok(()) => return Ok(()),
            Err(TrySendError::Full(part)) if since.elapsed() < SILENCE => part,
            Err(_) => return Err(StoreError::Closed),
        };
        std::thread::sleep(NAP);
    }
}
