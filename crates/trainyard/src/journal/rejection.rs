//! What a tracking store refused: told to the program once, and kept beside the journals.

use std::fmt;
use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use trainyard_api::runs::LogBatch;
use trainyard_api::{ApiError, ErrorCode};

use super::folder::{make, private};

/// Something logged that the tracking store refused.
///
/// ```
/// # fn main() -> Result<(), trainyard::Error> {
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::Error;
/// use trainyard::api::runs::DeleteRun;
///
/// let run = client.start_run("iris", "")?;
/// client.call(DeleteRun { run_id: run.id().clone() })?;
/// run.log_metric("loss", 0.5, 0)?;
/// let Err(Error::Rejected(rejections)) = run.finish() else { panic!("the run is deleted") };
/// assert_eq!(rejections.list[0].what, "metric point 'loss'");
/// for rejection in &rejections.list {
///     println!("{} of {}: {}", rejection.what, rejection.run_id, rejection.message);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Rejection {
    /// The run it was logged to.
    pub run_id: String,
    /// What it is, for a person: `param 'depth'`.
    pub what: String,
    /// The code of the refusal.
    pub error_code: ErrorCode,
    /// The store's message.
    pub message: String,
    /// The request that was refused, for the file that keeps it.
    request: Value,
    /// Why it is not in the file that keeps what was refused.
    #[serde(skip)]
    lost: Option<String>,
}

impl Rejection {
    pub(super) fn new(run_id: &str, what: String, error: &ApiError, request: &impl Serialize) -> Self {
        let request = serde_json::to_value(request).unwrap_or_default();
        let (error_code, message) = (error.error_code, error.message.clone());
        Self { run_id: run_id.to_owned(), what, error_code, message, request, lost: None }
    }

    pub(super) fn of_batch(batch: &LogBatch, error: &ApiError) -> Self {
        Self::new(batch.run_id.as_str(), describe(batch), error, batch)
    }
}

/// What a batch holds, in a few words.
fn describe(batch: &LogBatch) -> String {
    let parts = [
        names("metric point", batch.metrics.iter().map(|metric| metric.key.as_str()).collect()),
        names("param", batch.params.iter().map(|param| param.key.as_str()).collect()),
        names("tag", batch.tags.iter().map(|tag| tag.key.as_str()).collect()),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" and ")
}

/// One thing by its name, or several by the first; `None` for none.
pub(super) fn names(noun: &str, keys: Vec<&str>) -> Option<String> {
    match keys.as_slice() {
        [] => None,
        [key] => Some(format!("{noun} '{key}'")),
        [first, ..] => Some(format!("{} {noun}s, the first of them '{first}'", keys.len())),
    }
}

/// One refusal or more.
///
/// ```
/// # fn main() -> Result<(), trainyard::Error> {
/// # let folder = tempfile::tempdir().expect("a folder");
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// use trainyard::Error;
/// use trainyard::api::runs::DeleteRun;
///
/// let run = client.start_run("iris", "")?;
/// client.call(DeleteRun { run_id: run.id().clone() })?;
/// run.log_metric("loss", 0.5, 0)?;
/// match run.finish() {
///     Err(Error::Rejected(rejections)) => assert_eq!(rejections.list[0].what, "metric point 'loss'"),
///     other => panic!("{other:?}"),
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Rejections {
    /// In order; the first few when there are very many.
    pub list: Vec<Rejection>,
    /// How many there are.
    pub count: usize,
    /// The file that keeps all of them.
    pub file: PathBuf,
}

impl Rejections {
    pub(crate) fn code(&self) -> ErrorCode {
        self.list.first().map_or(ErrorCode::InvalidParameterValue, |first| first.error_code)
    }
}

impl fmt::Display for Rejections {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(first) = self.list.first() else { return Ok(()) };
        write!(f, "the tracking store refused {} of run {}: {}", first.what, first.run_id, first.message)?;
        if self.count > 1 {
            write!(f, " ({} more were refused)", self.count - 1)?;
        }
        match &first.lost {
            None => write!(f, "; what was refused is kept in {}", self.file.display()),
            Some(reason) => write!(f, "; it could not be kept in {}: {reason}", self.file.display()),
        }
    }
}

/// Where the refused records of a journal are kept.
pub(super) fn file(journal: &Path) -> PathBuf {
    let name = journal.file_name().unwrap_or_default();
    let journals = journal.parent().unwrap_or(journal);
    journals.join("rejected").join(name).with_extension("jsonl")
}

/// Adds refused records to their file, one line of JSON each. Where that fails, they say so.
pub(super) fn keep(journal: &Path, rejections: &mut [Rejection]) {
    if rejections.is_empty() {
        return;
    }
    if let Err(error) = write(&file(journal), rejections) {
        for rejection in rejections {
            rejection.lost = Some(error.to_string());
        }
    }
}

fn write(path: &Path, rejections: &[Rejection]) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        make(folder)?;
    }
    let mut lines = Vec::new();
    for rejection in rejections {
        serde_json::to_writer(&mut lines, rejection)?;
        lines.push(b'\n');
    }
    private(OpenOptions::new().append(true).create(true)).open(path)?.write_all(&lines)
}
