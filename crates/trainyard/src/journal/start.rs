//! Starting and finding runs, with a store that may be away.

use std::thread;
use std::time::{Duration, Instant};

use trainyard_api::runs::{CreateRun, GetRun, Run};
use trainyard_api::{ApiError, ErrorCode, RunId};
use uuid::Uuid;

use super::folder;
use crate::{Client, Error};

/// Pauses before a store that cannot be reached is taken to be away when a run is to be started.
const FIRST_CONTACT: [Duration; 2] = [Duration::from_millis(250), Duration::from_millis(500)];
/// Time after which it is not asked again: one that is silent has made the program wait long enough.
const FIRST_CONTACT_LIMIT: Duration = Duration::from_secs(2);

/// Asks the store to start a run; `None` when it cannot be reached, and the run may be started offline.
///
/// The request is given an id, so that a store of ours has the run once even if its answer did not arrive.
pub fn try_start(client: &Client, request: &mut CreateRun) -> Result<Option<Run>, Error> {
    match start(client, request) {
        Err(error) if is_away(&error) => Ok(None),
        started => started.map(Some),
    }
}

/// Asks the store to start a run, a few times when it cannot be reached.
pub(crate) fn start(client: &Client, request: &mut CreateRun) -> Result<Run, Error> {
    if request.run_id.is_empty() {
        request.run_id = new_run_id();
    }
    let began = Instant::now();
    let mut pauses = FIRST_CONTACT.iter().take_while(|_| began.elapsed() < FIRST_CONTACT_LIMIT);
    loop {
        match client.attempt(request.clone()) {
            Ok(made) => return Ok(made.run),
            Err(error) if !is_away(&error) => return Err(error),
            Err(error) => match pauses.next() {
                Some(pause) => thread::sleep(*pause),
                None => return Err(error),
            },
        }
    }
}

/// Asks once for a run; `None` when the store cannot be reached.
pub fn look_for_run(client: &Client, run_id: &str) -> Result<Option<Run>, Error> {
    match client.attempt(GetRun { run_id: run_id.into(), ..GetRun::default() }) {
        Ok(found) => Ok(Some(found.run)),
        Err(error) if is_away(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Whether an error says that the store cannot be reached for now.
pub(crate) fn is_away(error: &Error) -> bool {
    matches!(error, Error::Unreachable { .. } | Error::NotATrackingServer { .. })
        || error.code() == ErrorCode::TemporarilyUnavailable
}

/// Whether an answer may be another one later, without anybody's doing: the store is in trouble or has too much to do.
pub(super) fn may_pass(error: &ApiError) -> bool {
    matches!(error.error_code.http_status(), 429 | 500..)
}

/// The id that the store knows a run by which was started offline: its own, unless a server gave it another one when its
/// start was delivered by a program of this user.
pub fn stored_run_id(run_id: &str) -> Result<String, Error> {
    let remembered = folder::existing()?.and_then(|journals| folder::remembered_run(&journals, run_id));
    Ok(remembered.unwrap_or_else(|| run_id.to_owned()))
}

/// An id for a run that is about to start.
pub(super) fn new_run_id() -> RunId {
    Uuid::new_v4().simple().to_string().into()
}
