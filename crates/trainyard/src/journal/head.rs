//! The head of a journal: which run and tracking store it is for, and how much of it is delivered.
//!
//! Its lock says who owns the journal. A lock ends with its process, so a free one means that nobody writes any more.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind};
use std::path::Path;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use serde::{Deserialize, Serialize};

use super::folder::private;
use crate::Error;
use crate::run::now_ms;

const START: [u8; 8] = *b"TYHEAD\0\x01";
/// Where the two places for the state begin; they are written in turn, so that one of them is always whole.
const STATES: u64 = 8192;
const STATE_PLACE: u64 = 512;

/// How far a journal is written or delivered: number of a segment, and bytes of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Position {
    pub(super) segment: u32,
    pub(super) offset: u32,
}

impl Position {
    pub(super) fn to_bits(self) -> u64 {
        u64::from(self.segment) << 32 | u64::from(self.offset)
    }

    pub(super) fn from_bits(bits: u64) -> Self {
        Self { segment: (bits >> 32) as u32, offset: bits as u32 }
    }
}

/// What a journal is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Header {
    /// The tracking store, without a password.
    pub(super) tracking_uri: String,
    pub(super) run_id: String,
    /// Whether the run was started without a server.
    pub(super) offline: bool,
    /// Milliseconds since the epoch; later than for every journal that the process made before.
    pub(super) created: i64,
    /// The process that writes it.
    pub(super) process: u32,
}

/// The time for the header of a new journal.
///
/// Two journals of a run can be made within a millisecond, and what they hold is delivered in the order of their times.
pub(super) fn next_created() -> i64 {
    static LAST: AtomicI64 = AtomicI64::new(0);
    let now = now_ms();
    let after = |last: i64| now.max(last + 1);
    let (Ok(last) | Err(last)) = LAST.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |last| Some(after(last)));
    after(last)
}

/// How far delivery has come.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct State {
    sequence: u64,
    pub(super) delivered: Position,
    /// A request to make the run may have reached the server.
    pub(super) creating: bool,
    /// The id under which the store has a run that was started offline; empty until it is made.
    pub(super) remote_id: String,
}

/// The head of a journal that this process owns.
pub(super) struct Head {
    pub(super) header: Header,
    pub(super) state: State,
    /// Empty in a forked child, for which the lock is not.
    file: Arc<Mutex<Option<File>>>,
}

impl Head {
    /// Makes the head of a new journal and locks it.
    pub(super) fn create(folder: &Path, header: Header) -> io::Result<Self> {
        let text = serde_json::to_vec(&header)?;
        let mut bytes = START.to_vec();
        bytes.extend_from_slice(&(text.len() as u32).to_le_bytes());
        bytes.extend_from_slice(&crc32c::crc32c(&text).to_le_bytes());
        bytes.extend_from_slice(&text);
        // A head that others can see is locked already.
        let unseen = folder.join("head.new");
        let file = private(OpenOptions::new().read(true).write(true).create_new(true)).open(&unseen)?;
        file.lock()?;
        write_at(&file, &bytes, 0)?;
        let mut head = Self { header, state: State::default(), file: register(file) };
        head.store()?;
        fs::rename(&unseen, folder.join("head"))?;
        Ok(head)
    }

    /// Takes over a journal whose owner is gone; `None` while it has one, or when it is delivered and removed.
    pub(super) fn take_over(folder: &Path) -> Result<Option<Self>, Error> {
        let path = folder.join("head");
        let file = match OpenOptions::new().read(true).write(true).open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(Error::io(&path)(error)),
        };
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(error)) => return Err(Error::io(&path)(error)),
        }
        // Whoever held the lock until now may have delivered and removed the journal.
        if !path.exists() {
            return Ok(None);
        }
        let (header, state) = read(&file).map_err(Error::io(&path))?;
        Ok(Some(Self { header, state, file: register(file) }))
    }

    /// Reads a head without owning the journal, and whether somebody does.
    pub(super) fn look(folder: &Path) -> Result<(Header, State, bool), Error> {
        let path = folder.join("head");
        let file = File::open(&path).map_err(Error::io(&path))?;
        let (header, state) = read(&file).map_err(Error::io(&path))?;
        let in_use = matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock));
        Ok((header, state, in_use))
    }

    /// Writes the state down.
    pub(super) fn store(&mut self) -> io::Result<()> {
        let file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(file) = &*file else { return Ok(()) };
        self.state.sequence += 1;
        let text = serde_json::to_vec(&self.state)?;
        let mut bytes = (text.len() as u32).to_le_bytes().to_vec();
        bytes.extend_from_slice(&crc32c::crc32c(&text).to_le_bytes());
        bytes.extend_from_slice(&text);
        write_at(file, &bytes, STATES + self.state.sequence % 2 * STATE_PLACE)
    }
}

fn read(file: &File) -> io::Result<(Header, State)> {
    let damaged = |what: &str| io::Error::new(ErrorKind::InvalidData, what.to_owned());
    let mut start = [0; START.len()];
    read_at(file, &mut start, 0)?;
    if start[..7] != START[..7] {
        return Err(damaged("this is not the head of a journal"));
    }
    if start != START {
        return Err(damaged("the journal was written by a newer version of Trainyard"));
    }
    let header = place(file, START.len() as u64).and_then(|text| serde_json::from_slice(&text).ok());
    let states = [0, 1].map(|place_of| -> Option<State> {
        serde_json::from_slice(&place(file, STATES + place_of * STATE_PLACE)?).ok()
    });
    let state = states.into_iter().flatten().max_by_key(|state| state.sequence);
    match (header, state) {
        (Some(header), Some(state)) => Ok((header, state)),
        _ => Err(damaged("the head of the journal is damaged")),
    }
}

/// A text with its length and checksum in front; `None` when it is not whole.
fn place(file: &File, at: u64) -> Option<Vec<u8>> {
    let mut front = [0; 8];
    read_at(file, &mut front, at).ok()?;
    let (length, sum) = front.split_at(4);
    let length = u32::from_le_bytes(length.try_into().ok()?) as usize;
    if length == 0 || length as u64 > STATES {
        return None;
    }
    let mut text = vec![0; length];
    read_at(file, &mut text, at + 8).ok()?;
    (crc32c::crc32c(&text).to_le_bytes() == sum).then_some(text)
}

#[cfg(unix)]
pub(super) fn read_at(file: &File, bytes: &mut [u8], at: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, bytes, at)
}

#[cfg(unix)]
fn write_at(file: &File, bytes: &[u8], at: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::write_all_at(file, bytes, at)
}

#[cfg(not(unix))]
pub(super) fn read_at(mut file: &File, bytes: &mut [u8], at: u64) -> io::Result<()> {
    use std::io::{Read, Seek, SeekFrom};
    file.seek(SeekFrom::Start(at))?;
    file.read_exact(bytes)
}

#[cfg(not(unix))]
fn write_at(mut file: &File, bytes: &[u8], at: u64) -> io::Result<()> {
    use std::io::{Seek, SeekFrom, Write};
    file.seek(SeekFrom::Start(at))?;
    file.write_all(bytes)
}

/// The locked files of this process. A child of a fork inherits them, and with them a share in the locks.
static LOCKED: Mutex<Vec<Weak<Mutex<Option<File>>>>> = Mutex::new(Vec::new());

fn register(file: File) -> Arc<Mutex<Option<File>>> {
    let file = Arc::new(Mutex::new(Some(file)));
    let mut locked = LOCKED.lock().unwrap_or_else(PoisonError::into_inner);
    locked.retain(|file| file.strong_count() > 0);
    locked.push(Arc::downgrade(&file));
    file
}

/// In a forked child: gives back the share in the parent's locks, so that they end with the parent.
pub(crate) fn forget_inherited() {
    // A lock that another thread of the parent held at the moment of the fork is never given back here. What it guards
    // stays open then, as it was until now.
    let Ok(mut locked) = LOCKED.try_lock() else { return };
    for file in locked.drain(..).filter_map(|file| file.upgrade()) {
        if let Ok(mut file) = file.try_lock() {
            *file = None;
        }
    }
}
