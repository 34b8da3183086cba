//! Exports: files that a reader of the store writes while the client takes them. One part waits for the next to be taken,
//! so little of a file is in memory, however long it is.

use std::time::{Duration, Instant};

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::{Stream, StreamExt, stream};
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
/// How long a client may take for all of it, however little it takes at a time: as long, it keeps a turn and a reader.
const LONGEST: Duration = Duration::from_secs(3600);
/// How long the writer of a file sleeps while the client has not taken what there is.
const NAP: Duration = Duration::from_millis(2);

/// A part of a file, or none when it is whole: one whose writer just goes away is not.
type Part = Result<Option<Vec<u8>>, StoreError>;

/// The file of an export; what is wrong with the request is an answer of its own.
pub(crate) async fn answer<E: Export>(app: App, request: E, format: Format) -> Result<Response, Failure> {
    let closed = || ApiError::new(ErrorCode::TemporarilyUnavailable, "the server is stopping");
    let turn = app.exports.clone().acquire_owned().await.map_err(|_| closed())?;
    let (sender, mut parts) = mpsc::channel::<Part>(1);
    let reading = app.store.read(move |tx| {
        let _turn = &turn;
        let (mut begun, until) = (false, Instant::now() + LONGEST);
        let written = request.clone().export(tx, format, &mut |part| {
            begun = true;
            send(&sender, Ok(Some(part)), until)
        });
        match written {
            // Reads are tried again where a connection breaks, but a file that has begun cannot begin anew.
            Err(error) if !begun => return Err(error),
            // Nobody is told who has gone away.
            written => drop(send(&sender, written.map(|()| None), until)),
        }
        Ok(())
    });
    let first = match parts.recv().await {
        Some(part) => part?.unwrap_or_default(),
        // The store could not be read at all.
        None => {
            reading.await?;
            return Err(closed().into());
        }
    };
    let whole = stream::once(async { Ok(Bytes::from(first)) }).chain(until_whole(parts));
    // A read that nobody waits for is given up, so it is kept for as long as there is somebody who takes the file.
    let whole = whole.map(move |part| {
        let _reading = &reading;
        part
    });
    let name = format!("attachment; filename={}.{}", E::NAME, format.extension());
    let headers = [(header::CONTENT_TYPE, format.content_type().to_owned()), (header::CONTENT_DISPOSITION, name)];
    Ok((headers, Body::from_stream(whole)).into_response())
}

/// The parts of a file. Where its end does not come the stream breaks off with an error, which clients notice.
fn until_whole(parts: mpsc::Receiver<Part>) -> impl Stream<Item = Result<Bytes, BoxError>> {
    stream::unfold(Some(parts), async |parts| {
        let mut parts = parts?;
        match parts.recv().await {
            Some(Ok(Some(part))) => Some((Ok(Bytes::from(part)), Some(parts))),
            Some(Ok(None)) => None,
            Some(Err(error)) => Some((Err(BoxError::from(error)), None)),
            None => Some((Err(BoxError::from("the export was given up, since nothing was taken of it")), None)),
        }
    })
}

/// Passes a part on, and waits until there is room for it.
fn send(parts: &mpsc::Sender<Part>, mut part: Part, until: Instant) -> Result<(), StoreError> {
    let until = until.min(Instant::now() + SILENCE);
    loop {
        part = match parts.try_send(part) {
            Ok(()) => return Ok(()),
            Err(TrySendError::Full(part)) if Instant::now() < until => part,
            Err(_) => return Err(StoreError::Closed),
        };
        std::thread::sleep(NAP);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn taken(sent: Vec<Part>) -> Vec<Result<Bytes, String>> {
        let (sender, parts) = mpsc::channel(sent.len());
        for part in sent {
            sender.send(part).await.expect("room for all parts");
        }
        drop(sender);
        until_whole(parts).map(|part| part.map_err(|error| error.to_string())).collect().await
    }

    #[test]
    fn a_file_that_is_taken_too_slowly_is_given_up() {
        let (sender, _parts) = mpsc::channel(1);
        let now = Instant::now();
        let part = || Ok(Some(b"run_id".to_vec()));
        assert_eq!(send(&sender, part(), now), Ok(()));
        assert_eq!(send(&sender, part(), now), Err(StoreError::Closed));
        assert!(now.elapsed() < SILENCE);
    }

    #[tokio::test]
    async fn a_file_ends_only_where_its_writer_says_so() {
        let part = || Ok(Some(b"run_id".to_vec()));
        let bytes = || Ok(Bytes::from_static(b"run_id"));
        assert_eq!(taken(vec![part(), part(), Ok(None)]).await, [bytes(), bytes()]);
        let given_up = Err("the export was given up, since nothing was taken of it".to_owned());
        assert_eq!(taken(vec![part()]).await, [bytes(), given_up]);
        let failed = Err(StoreError::Closed.to_string());
        assert_eq!(taken(vec![part(), Err(StoreError::Closed), part()]).await, [bytes(), failed]);
    }
}
