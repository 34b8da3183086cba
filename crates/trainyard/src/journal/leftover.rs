//! Journals that lie on disk: what they hold, and delivering them from outside of the process that wrote them.

use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use super::call::Call;
use super::delivery::{self, Delivered, Delivery};
use super::folder;
use super::head::{Head, Header, State};
use super::reader::{Entry, Reader};
use super::rejection::{self, Rejection};
use crate::{Client, Error};

/// Pauses between the attempts to deliver to a store that has failed.
const PAUSES: [Duration; 3] = [Duration::from_millis(250), Duration::from_millis(750), Duration::from_secs(2)];

/// Pauses before a process looks again for journals of earlier ones, when one has failed: the first and the longest.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// A journal that has not been delivered completely.
#[derive(Debug, Clone)]
pub struct Leftover {
    folder: PathBuf,
    header: Header,
    /// A process that runs is writing it, or delivering it.
    pub in_use: bool,
}

/// What a journal still has to deliver.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Contents {
    /// The run itself, started offline.
    pub starts_run: bool,
    /// The end of the run, or another change of it.
    pub updates: u64,
    /// Points of metrics.
    pub metrics: u64,
    /// Params.
    pub params: u64,
    /// Tags.
    pub tags: u64,
    /// Tags that are to go.
    pub deleted_tags: u64,
    /// Calls that named datasets and logged models as inputs.
    pub inputs: u64,
    /// Calls that named logged models as outputs.
    pub outputs: u64,
}

impl Contents {
    /// All records together.
    pub fn records(&self) -> u64 {
        let of_run = u64::from(self.starts_run) + self.updates + self.inputs + self.outputs;
        of_run + self.metrics + self.params + self.tags + self.deleted_tags
    }
}

/// What came of delivering a journal.
#[derive(Debug, Clone, Default)]
pub struct Sync {
    /// Records that were acknowledged or refused.
    pub records: u64,
    /// The id that the store knows the run by.
    pub run_id: String,
    /// What was refused.
    pub rejections: Vec<Rejection>,
    /// The file that keeps what was refused.
    pub rejected_file: Option<PathBuf>,
}

/// The journals of this user and the ones that cannot be read: first those that make a run, which others wait for, then
/// the oldest.
pub fn leftovers() -> Result<(Vec<Leftover>, Vec<Error>), Error> {
    let mut found = Vec::new();
    let mut unreadable = Vec::new();
    for folder in folder::list(&folder::journals()?)? {
        match Head::look(&folder) {
            Ok((header, state, in_use)) => {
                let makes_run = header.offline && makes_run(&folder, &state);
                found.push((!makes_run, Leftover { folder, header, in_use }));
            }
            // Delivered and removed since the folder was listed.
            Err(_) if !folder.join("head").exists() => {}
            Err(error) => unreadable.push(error),
        }
    }
    found.sort_by(|(a_waits, a), (b_waits, b)| {
        (a_waits, a.header.created, &a.folder).cmp(&(b_waits, b.header.created, &b.folder))
    });
    Ok((found.into_iter().map(|(_, journal)| journal).collect(), unreadable))
}

/// Whether the run of a journal is still to be made; that is the first that a journal says.
fn makes_run(folder: &Path, state: &State) -> bool {
    matches!(Reader::new(folder, state.delivered).next(None), Ok(Some(Entry::Create(_))))
}

impl Leftover {
    /// The folder of the journal.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The run that was logged to.
    pub fn run_id(&self) -> &str {
        &self.header.run_id
    }

    /// The tracking store, without a password.
    pub fn tracking_uri(&self) -> &str {
        &self.header.tracking_uri
    }

    /// When the journal was begun, in milliseconds since the epoch.
    pub fn created(&self) -> i64 {
        self.header.created
    }

    /// Counts what is still to be delivered.
    pub fn contents(&self) -> Result<Contents, Error> {
        let (_, state, _) = Head::look(&self.folder)?;
        let mut reader = Reader::new(&self.folder, state.delivered);
        let mut contents = Contents::default();
        while let Some(entry) = reader.next(None).map_err(|error| delivery::unreadable(&self.folder, error))? {
            match entry {
                Entry::Metric(_) => contents.metrics += 1,
                Entry::Param(_) => contents.params += 1,
                Entry::Tag(_) => contents.tags += 1,
                Entry::Create(_) => contents.starts_run = true,
                Entry::Call(call) => match *call {
                    Call::Update(_) => contents.updates += 1,
                    Call::Inputs(_) => contents.inputs += 1,
                    Call::Outputs(_) => contents.outputs += 1,
                    Call::DeleteTag(_) => contents.deleted_tags += 1,
                },
            }
        }
        Ok(contents)
    }

    /// Delivers the journal and removes it; `None` when a process that runs is writing it.
    ///
    /// `progress` is told how many records were delivered, request by request. A store in trouble is tried a few times.
    pub fn deliver(&self, client: &Client, progress: &dyn Fn(u64)) -> Result<Option<Sync>, Error> {
        let Some(head) = Head::take_over(&self.folder)? else { return Ok(None) };
        let mut delivery = Delivery::new(&self.folder, head);
        let mut sync = Sync::default();
        let mut pauses = PAUSES.iter();
        loop {
            match delivery.step(client, None) {
                Ok(Delivered::Records(records, rejections)) => {
                    pauses = PAUSES.iter();
                    sync.records += records;
                    sync.rejections.extend(rejections);
                    progress(records);
                }
                Ok(Delivered::Everything) => break,
                Ok(Delivered::WaitsForRun) => {
                    return Err(trainyard_api::ApiError::new(
                        trainyard_api::ErrorCode::TemporarilyUnavailable,
                        format!(
                            "run {} was started offline; the journal that starts it has to come first",
                            self.run_id()
                        ),
                    )
                    .into());
                }
                Err(error @ (Error::DamagedJournal { .. } | Error::Io { .. })) => return Err(error),
                Err(error) => match pauses.next() {
                    Some(pause) => thread::sleep(*pause),
                    None => return Err(error),
                },
            }
        }
        sync.run_id = delivery.run_id().to_owned();
        if !sync.rejections.is_empty() {
            sync.rejected_file = Some(rejection::file(&self.folder));
        }
        delivery.remove().map_err(Error::io(&self.folder))?;
        Ok(Some(sync))
    }
}

/// When a process that delivers takes on the journals that earlier ones have left.
pub(super) struct Adoption {
    /// From when on; `None` when all that were found are delivered or under way.
    due: Option<Instant>,
    pause: Duration,
}

impl Default for Adoption {
    fn default() -> Self {
        Self { due: Some(Instant::now()), pause: FIRST_PAUSE }
    }
}

impl Adoption {
    pub(super) fn is_due(&self) -> bool {
        self.due.is_some_and(|due| due <= Instant::now())
    }

    pub(super) fn done(&mut self) {
        self.due = None;
    }

    /// One of them met an error that may pass. Several that fail together make one pause.
    pub(super) fn failed(&mut self) {
        if self.due.is_none() {
            self.due = Some(Instant::now() + self.pause);
            self.pause = (self.pause * 2).min(LONGEST_PAUSE);
        }
    }
}
