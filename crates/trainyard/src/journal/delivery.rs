//! Delivering one journal to its tracking store, request by request and in order.
//!
//! Every request may be repeated: equal points, params and inputs are stored once, an output that is refused because the run
//! has it already has arrived, the last of several tags holds, a tag that has gone stays away, a run is made under the id
//! that it has had from the start. So what was under way when something broke off is simply sent again.

use std::io;
use std::path::{Path, PathBuf};

use trainyard_api::experiments::{CreateExperiment, GetExperimentByName};
use trainyard_api::ingest::RunBatch;
use trainyard_api::runs::SearchRuns;
use trainyard_api::{ErrorCode, ExperimentId, Tag};

use super::batch::{self, Batch, Room, is_refusal};
use super::call::{Call, exists};
use super::folder;
use super::head::{Head, Position};
use super::reader::{Ahead, Entry, Reader};
use super::record::NewRun;
use super::rejection::{self, Rejection};
use crate::{Client, Error};

/// Tag of runs that were started offline: the id that they had then, which a server other than ours has replaced.
const OFFLINE_ID: &str = "trainyard.offlineRunId";
/// Tag with the id of the run above.
const PARENT_ID: &str = "mlflow.parentRunId";

/// A journal on its way.
pub(super) struct Delivery {
    folder: PathBuf,
    head: Head,
    entries: Ahead,
    /// Read, and not yet acknowledged.
    request: Option<Request>,
    /// The journal was started by this process, or the run was found: its id is known to be right.
    found: bool,
}

/// What one request delivers.
struct Request {
    step: Step,
    /// How many records it holds.
    records: u64,
    /// Behind the last of them.
    end: Position,
}

enum Step {
    Batch(RunBatch),
    Create(Box<NewRun>),
    Call(Box<Call>),
}

/// How far one step came.
pub(super) enum Delivered {
    /// So many records were acknowledged or refused.
    Records(u64, Vec<Rejection>),
    /// There is nothing more to deliver.
    Everything,
    /// The run was started offline by another journal, which has to be delivered first.
    WaitsForRun,
}

impl Delivery {
    pub(super) fn new(folder: &Path, head: Head) -> Self {
        let entries = Ahead::new(Reader::new(folder, head.state.delivered));
        let found = !head.header.offline || !head.state.remote_id.is_empty();
        Self { folder: folder.to_owned(), head, entries, request: None, found }
    }

    /// Up to where everything is delivered.
    pub(super) fn position(&self) -> Position {
        self.head.state.delivered
    }

    /// Sends one request. After an error the same is sent again by the next call.
    pub(super) fn step(&mut self, client: &Client, end: Option<Position>) -> Result<Delivered, Error> {
        if self.request.is_none() {
            let room = Room::of(client)?;
            self.request = self.read(room, end).map_err(|error| unreadable(&self.folder, error))?;
        }
        let Some(request) = self.request.take() else {
            // The writer may have gone on to a new segment without having written into it.
            if self.entries.position() > self.head.state.delivered {
                self.acknowledge(self.entries.position())?;
            }
            return Ok(Delivered::Everything);
        };
        let sent = self.send(client, &request.step);
        match sent {
            Ok(Some(mut rejections)) => {
                if let Err(error) = self.acknowledge(request.end) {
                    self.request = Some(request);
                    return Err(error);
                }
                // On a full disk they are told all the same; delivery is what makes room there.
                rejection::keep(&self.folder, &mut rejections);
                Ok(Delivered::Records(request.records, rejections))
            }
            Ok(None) => {
                self.request = Some(request);
                Ok(Delivered::WaitsForRun)
            }
            Err(error) => {
                self.request = Some(request);
                Err(error)
            }
        }
    }

    /// Notes that everything before a position has arrived, and gives the space back.
    fn acknowledge(&mut self, position: Position) -> Result<(), Error> {
        let before = self.head.state.delivered;
        self.head.state.delivered = position;
        self.head.store().map_err(Error::io(&self.folder))?;
        for number in before.segment.max(1)..position.segment {
            // A segment that stays costs room on the disk, and is removed with the journal.
            let _ = std::fs::remove_file(super::segment::path(&self.folder, number));
        }
        Ok(())
    }

    /// Removes the journal, all of which has been delivered.
    pub(super) fn remove(self) -> io::Result<()> {
        folder::remove(&self.folder)
    }

    /// Takes as many entries as one request may hold; what is whole before damage is a request, and damage the next answer.
    fn read(&mut self, room: Room, end: Option<Position>) -> io::Result<Option<Request>> {
        let mut batch = Batch::new(room);
        loop {
            let entry = match self.entries.peek(end) {
                Ok(Some(entry)) => entry,
                Ok(None) => break,
                Err(_) if batch.records > 0 => break,
                Err(error) => return Err(error),
            };
            let alone = matches!(entry, Entry::Create(_) | Entry::Call(_));
            if alone && batch.records > 0 || !alone && !batch.takes(entry) {
                break;
            }
            let Some((entry, position)) = self.entries.take() else { break };
            batch.end = position;
            batch.records += 1;
            let step = match entry {
                Entry::Create(run) => Step::Create(run),
                Entry::Call(call) => Step::Call(call),
                entry => {
                    batch.add(entry);
                    continue;
                }
            };
            return Ok(Some(Request { step, records: 1, end: position }));
        }
        let (records, end) = (batch.records, batch.end);
        Ok((records > 0).then(|| Request { step: Step::Batch(batch.into_request()), records, end }))
    }

    /// Sends what was read; `None` when the run is not there yet.
    fn send(&mut self, client: &Client, step: &Step) -> Result<Option<Vec<Rejection>>, Error> {
        if let Step::Create(run) = step {
            return self.create(client, run).map(Some);
        }
        if !self.found && !self.find_run(client)? {
            return Ok(None);
        }
        let run_id = self.run_id().to_owned();
        match step {
            Step::Batch(batch) => {
                let mut rejections = Vec::new();
                let batch = RunBatch { run_id: run_id.as_str().into(), ..batch.clone() };
                batch::send(client, batch, &mut rejections)?;
                Ok(Some(rejections))
            }
            Step::Call(call) => Ok(Some(call.send(client, &run_id)?.into_iter().collect())),
            Step::Create(_) => Ok(Some(Vec::new())),
        }
    }

    /// The id that the store knows the run by.
    pub(super) fn run_id(&self) -> &str {
        match self.head.state.remote_id.as_str() {
            "" => &self.head.header.run_id,
            remote => remote,
        }
    }

    /// Makes a run that was started offline.
    fn create(&mut self, client: &Client, run: &NewRun) -> Result<Vec<Rejection>, Error> {
        let made = self.make_run(client, run);
        match made {
            Ok(remote_id) => {
                if remote_id != self.head.header.run_id
                    && let Some(journals) = self.folder.parent()
                {
                    folder::remember_run(journals, &self.head.header.run_id, &remote_id)
                        .map_err(Error::io(&self.folder))?;
                }
                self.head.state.remote_id = remote_id;
                self.found = true;
                Ok(Vec::new())
            }
            Err(Error::Api(error)) if is_refusal(&error) => {
                // What was logged to it is refused in its turn, with the reason that there is no such run.
                self.found = true;
                Ok(vec![Rejection::new(&self.head.header.run_id, "the start of the run".to_owned(), &error, run)])
            }
            Err(error) => Err(error),
        }
    }

    fn make_run(&mut self, client: &Client, run: &NewRun) -> Result<String, Error> {
        let mut request = run.request.clone();
        if request.experiment_id.is_empty() && !run.experiment_name.is_empty() {
            request.experiment_id = experiment(client, &run.experiment_name)?;
        }
        let run_id = request.run_id.to_string();
        if self.head.state.creating
            && let Some(made) = find_made(client, &request.experiment_id, &run_id)?
        {
            return Ok(made);
        }
        if let Some(journals) = self.folder.parent() {
            for tag in request.tags.iter_mut().filter(|tag| tag.key == PARENT_ID) {
                if let Some(parent) = folder::remembered_run(journals, &tag.value) {
                    tag.value = parent;
                }
            }
        }
        request.tags.push(Tag::new(OFFLINE_ID, run_id));
        self.head.state.creating = true;
        self.head.store().map_err(Error::io(&self.folder))?;
        Ok(client.attempt(request)?.run.info.run_id.to_string())
    }

    /// Looks for a run that another journal has started offline; `false` while that one is still to be delivered.
    fn find_run(&mut self, client: &Client) -> Result<bool, Error> {
        let run_id = self.head.header.run_id.clone();
        let journals = self.folder.parent().unwrap_or(&self.folder).to_owned();
        let remembered = folder::remembered_run(&journals, &run_id);
        self.found = match remembered {
            Some(remote_id) => {
                self.head.state.remote_id = remote_id;
                true
            }
            // Where nobody is left to start the run, the store's refusal of what was logged to it is the answer.
            None => exists(client, &run_id)? || !self.has_sibling(&journals)?,
        };
        Ok(self.found)
    }

    /// Whether another journal of the same run is still there.
    fn has_sibling(&self, journals: &Path) -> Result<bool, Error> {
        let beginning = format!("{}-", folder::name(&self.head.header.run_id));
        let others = folder::list(journals)?;
        Ok(others.iter().any(|other| {
            *other != self.folder
                && other.file_name().is_some_and(|name| name.to_string_lossy().starts_with(&beginning))
        }))
    }
}

/// The error of a journal that cannot be read.
pub(super) fn unreadable(folder: &Path, error: io::Error) -> Error {
    match error.kind() {
        io::ErrorKind::InvalidData => Error::DamagedJournal { path: folder.to_owned(), reason: error.to_string() },
        _ => Error::io(folder)(error),
    }
}

/// The experiment of that name; it is made when there is none.
fn experiment(client: &Client, name: &str) -> Result<ExperimentId, Error> {
    let find = || client.attempt(GetExperimentByName { experiment_name: name.to_owned() });
    match find() {
        Ok(found) => return Ok(found.experiment.experiment_id),
        Err(error) if error.code() == ErrorCode::ResourceDoesNotExist => {}
        Err(error) => return Err(error),
    }
    match client.attempt(CreateExperiment { name: name.to_owned(), ..Default::default() }) {
        Ok(created) => Ok(created.experiment_id),
        Err(error) if error.code() == ErrorCode::ResourceAlreadyExists => Ok(find()?.experiment.experiment_id),
        Err(error) => Err(error),
    }
}

/// The run that an earlier request made, whose answer did not arrive.
fn find_made(client: &Client, experiment_id: &ExperimentId, run_id: &str) -> Result<Option<String>, Error> {
    if exists(client, run_id)? {
        return Ok(Some(run_id.to_owned()));
    }
    let experiment_id = if experiment_id.is_empty() { "0".into() } else { experiment_id.clone() };
    let request = SearchRuns {
        experiment_ids: vec![experiment_id],
        filter: format!("tags.`{OFFLINE_ID}` = '{run_id}'"),
        max_results: Some(1),
        ..SearchRuns::default()
    };
    let found = client.attempt(request)?.runs;
    Ok(found.first().map(|run| run.info.run_id.to_string()))
}
