//! Exports: whole tables as files, from a server or out of an embedded store.

use std::io::{self, Read, Write};
use std::path::Path;
use std::sync::mpsc;

use serde::Serialize;
use trainyard_api::export::{Format, ROOT};
use trainyard_store::{Export, StoreError};
use ureq::http;

use crate::blocking::blocking;
use crate::client::Transport;
use crate::http::{Answer, Http, refusal};
use crate::{Client, Error, Progress};

/// How much of an answer is read at a time.
const CHUNK: usize = 256 << 10;

impl Client {
    /// Writes the table of a request to a file, under a temporary name until it is complete: for the `trainyard` command.
    #[doc(hidden)]
    pub fn export<E: Export + Serialize>(
        &self,
        request: E,
        format: Format,
        to: &Path,
        progress: &dyn Progress,
    ) -> Result<(), Error> {
        let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mut builder = tempfile::Builder::new();
        builder.prefix(".trainyard-export-");
        // Temporary files are for their owner alone; this one becomes an ordinary one, as the user's umask has it.
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        let mut file = builder.tempfile_in(folder).map_err(Error::io(folder))?;
        progress.begin(1, None);
        let written = match self.transport() {
            Transport::Http(http) => download(http, &request, E::NAME, format, &mut |part| {
                progress.advance(part.len() as u64);
                file.write_all(part).map_err(Error::io(to))
            }),
            Transport::Embedded(embedded) => embedded.export(request, format, &mut |part| {
                progress.advance(part.len() as u64);
                file.write_all(part).map_err(Error::io(to))
            }),
        };
        progress.end();
        written?;
        file.as_file().sync_all().map_err(Error::io(to))?;
        file.persist(to).map_err(|error| Error::io(to)(error.error))?;
        Ok(())
    }
}

fn download(
    http: &Http,
    request: &impl Serialize,
    name: &str,
    format: Format,
    take: &mut dyn FnMut(&[u8]) -> Result<(), Error>,
) -> Result<(), Error> {
    let query = crate::http::query_of(request)?;
    let url = format!("{}{ROOT}/{name}.{}?{query}", http.address(), format.extension());
    let sent = http.open(|agent| {
        // Compressed already, or not worth it on the way.
        let builder = http::Request::get(&url).header("Accept-Encoding", "identity");
        agent.run(http.authorized(builder, &url).body(())?)
    });
    let response = sent.map_err(|error| http.unreachable(&error))?;
    let status = response.status().as_u16();
    if status >= 400 {
        let answer = Answer::read(response).map_err(|error| http.unreachable(&error))?;
        return Err(refusal(status, &answer.body, &url));
    }
    let mut body = response.into_body().into_reader();
    let mut chunk = vec![0; CHUNK];
    loop {
        match body.read(&mut chunk) {
            Ok(0) => return Ok(()),
            Ok(length) => take(&chunk[..length])?,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => {
                let reason = format!("the export broke off: {error}");
                return Err(Error::Unreachable { uri: http.address().to_string(), reason });
            }
        }
    }
}

/// Runs an export on a store of this process; its parts are taken on the calling thread.
pub(crate) fn from_store<E: Export>(
    store: &trainyard_store::Store,
    request: E,
    format: Format,
    take: &mut dyn FnMut(&[u8]) -> Result<(), Error>,
) -> Result<(), Error> {
    let (sender, parts) = mpsc::sync_channel::<Vec<u8>>(1);
    let mut broken = None;
    let reading = store.read(move |tx| {
        // Reads are tried again where a connection breaks, but a file that has begun cannot begin anew.
        if let Some(error) = broken.take() {
            return Err(error);
        }
        let mut begun = false;
        let written = request.clone().export(tx, format, &mut |part| {
            begun = true;
            sender.send(part).map_err(|_| StoreError::Closed)
        });
        broken = written.as_ref().err().filter(|_| begun).cloned();
        written
    });
    // On an error the receiver goes, which ends the export.
    let taken = parts.iter().try_for_each(|part| take(&part));
    drop(parts);
    let read = blocking(|| reading.wait());
    taken?;
    read.map_err(Error::store)
}
