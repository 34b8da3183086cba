//! Reading a journal from where delivery stopped. Readers never write.

use std::fs::File;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use trainyard_api::metrics::Metric;
use trainyard_api::{Param, Tag};

use super::call::Call;
use super::folder;
use super::head::{Position, read_at};
use super::record::{Context, FRAME, NewRun, Point, Record, unframe};
use super::segment::{self, LEAST, START};

/// How much of a segment is read at a time.
const CHUNK: usize = 256 << 10;

/// Something that was logged, in full.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Entry {
    Metric(Metric),
    Param(Param),
    Tag(Tag),
    Create(Box<NewRun>),
    Call(Box<Call>),
}

/// Reads the entries of one journal in order.
pub(super) struct Reader {
    folder: PathBuf,
    /// Behind the last record that was read.
    position: Position,
    /// Where entries begin that have not been delivered; records before it are read for the texts they number.
    from: Position,
    file: Option<File>,
    file_size: u64,
    keys: Vec<String>,
    contexts: Vec<Context>,
    buffer: Vec<u8>,
    /// Where in the segment the buffer begins.
    buffer_at: u64,
}

impl Reader {
    /// A reader of what lies behind `from`.
    pub(super) fn new(folder: &Path, from: Position) -> Self {
        let first = Position { segment: from.segment.max(1), offset: START.len() as u32 };
        Self {
            folder: folder.to_owned(),
            position: first,
            from,
            file: None,
            file_size: 0,
            keys: Vec::new(),
            contexts: Vec::new(),
            buffer: Vec::new(),
            buffer_at: 0,
        }
    }

    /// Behind the last entry that was returned.
    pub(super) fn position(&self) -> Position {
        self.position
    }

    /// The next entry. `end` is where the writer stands; without one the journal is read to its end, where a record that
    /// was half written when the writer was killed is dropped.
    ///
    /// Damage is an error in front of it: all that is whole before it has been returned by then, and the next call gives the
    /// same error.
    pub(super) fn next(&mut self, end: Option<Position>) -> io::Result<Option<Entry>> {
        loop {
            let Some((record, size)) = self.record(end)? else { return Ok(None) };
            let entry = match record {
                Record::Key(key) => {
                    self.keys.push(key);
                    None
                }
                Record::Context(context) => {
                    self.contexts.push(context);
                    None
                }
                Record::Point(point) => Some(Entry::Metric(self.metric(point)?)),
                Record::Param(param) => Some(Entry::Param(param)),
                Record::Tag(tag) => Some(Entry::Tag(tag)),
                Record::Create(run) => Some(Entry::Create(run)),
                Record::Call(call) => Some(Entry::Call(call)),
            };
            self.position.offset += size;
            if entry.is_some() && self.position > self.from {
                return Ok(entry);
            }
        }
    }

    /// The record at the position, or at the beginning of the next segment, and how many bytes it takes.
    fn record(&mut self, end: Option<Position>) -> io::Result<Option<(Record, u32)>> {
        loop {
            if end.is_some_and(|end| self.position >= end) {
                return Ok(None);
            }
            if self.file.is_none() && !self.open()? {
                return match self.goes_on(end) {
                    true => Err(self.damaged("the segment is empty, and there are records behind it")),
                    false => Ok(None),
                };
            }
            let limit = match end {
                Some(end) if end.segment == self.position.segment => u64::from(end.offset),
                _ => self.file_size,
            };
            if let Some(payload) = self.payload(limit)? {
                let size = (FRAME + payload.len()) as u32;
                return match Record::decode(payload) {
                    Some(record) => Ok(Some((record, size))),
                    None => Err(self.damaged("a record of a kind that this version does not know")),
                };
            }
            // Either the segment ends here, or it is damaged.
            let rest = self.rest()?;
            if !self.goes_on(end) {
                return match end {
                    Some(_) => Err(self.damaged("a record that was written cannot be read")),
                    None if self.file_size < LEAST as u64 => Err(self.damaged("the segment has been cut short")),
                    None if may_be_torn(&rest) => Ok(None),
                    None => Err(self.damaged("a record is not as it was written, and there are others behind it")),
                };
            }
            if rest.iter().any(|byte| *byte != 0) {
                return Err(self.damaged("a record in the middle of the journal is not as it was written"));
            }
            self.position = Position { segment: self.position.segment + 1, offset: START.len() as u32 };
            self.file = None;
        }
    }

    /// Whether there are records in a segment behind this one.
    fn goes_on(&self, end: Option<Position>) -> bool {
        let next = self.position.segment + 1;
        match end {
            Some(end) => end >= Position { segment: next, offset: 0 },
            None => segment::path(&self.folder, next).exists(),
        }
    }

    /// Opens the segment at the position; `false` when the journal ends before it.
    fn open(&mut self) -> io::Result<bool> {
        let path = segment::path(&self.folder, self.position.segment);
        let file = match File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                // Where nothing is delivered yet and a segment is missing, somebody has removed it.
                return match folder::segments(&self.folder)?.last() {
                    Some(last) if *last > self.position.segment => Err(self.damaged("a segment is missing")),
                    _ => Ok(false),
                };
            }
            Err(error) => return Err(error),
        };
        self.file_size = file.metadata()?.len();
        let mut start = [0; START.len()];
        if self.file_size < START.len() as u64 {
            return Ok(false);
        }
        read_at(&file, &mut start, 0)?;
        if start == [0; START.len()] && is_zero(&file, self.file_size)? {
            // Killed between making the segment and writing into it.
            return Ok(false);
        }
        if start != START {
            return Err(self.damaged("this is not a segment that this version can read"));
        }
        self.file = Some(file);
        self.keys.clear();
        self.contexts.clear();
        self.buffer.clear();
        Ok(true)
    }

    /// The payload at the position, if a whole one ends before `limit`.
    fn payload(&mut self, limit: u64) -> io::Result<Option<&[u8]>> {
        self.fill(FRAME, limit)?;
        let Some(front) = self.buffered().first_chunk::<4>() else { return Ok(None) };
        let size = FRAME + u32::from_le_bytes(*front) as usize;
        if u64::from(self.position.offset) + size as u64 > limit {
            return Ok(None);
        }
        self.fill(size, limit)?;
        Ok(unframe(self.buffered()))
    }

    /// Sees to it that `size` bytes from the position on are in the buffer, unless `limit` comes before.
    fn fill(&mut self, size: usize, limit: u64) -> io::Result<()> {
        let at = u64::from(self.position.offset);
        let there = at >= self.buffer_at && at + size as u64 <= self.buffer_at + self.buffer.len() as u64;
        if there {
            return Ok(());
        }
        let wanted = limit.saturating_sub(at).min(size.max(CHUNK) as u64) as usize;
        self.buffer.resize(wanted, 0);
        self.buffer_at = at;
        let read = match &self.file {
            Some(file) => read_at(file, &mut self.buffer, at),
            None => Ok(()),
        };
        // What could not be read must not be taken for zeros by the next attempt.
        read.inspect_err(|_| self.buffer.clear())
    }

    fn buffered(&self) -> &[u8] {
        let at = u64::from(self.position.offset).checked_sub(self.buffer_at);
        at.and_then(|at| self.buffer.get(at as usize..)).unwrap_or_default()
    }

    /// Everything from the position to the end of the segment.
    fn rest(&mut self) -> io::Result<Vec<u8>> {
        let at = u64::from(self.position.offset);
        let size = self.file_size.saturating_sub(at);
        self.buffer.clear();
        let mut rest = vec![0; size as usize];
        match &self.file {
            Some(file) => read_at(file, &mut rest, at).map(|()| rest),
            None => Ok(rest),
        }
    }

    fn metric(&self, point: Point) -> io::Result<Metric> {
        let Point { key, context, value, step, timestamp } = point;
        let key = self.keys.get(key as usize).ok_or_else(|| self.damaged("a point without a key"))?;
        let context = match context {
            0 => Context::default(),
            number => {
                let context = self.contexts.get(number as usize - 1);
                context.ok_or_else(|| self.damaged("a point without a context"))?.clone()
            }
        };
        let Context { model_id, dataset_name, dataset_digest } = context;
        Ok(Metric {
            key: key.clone(),
            value,
            timestamp,
            step,
            model_id,
            dataset_name,
            dataset_digest,
            ..Metric::default()
        })
    }

    fn damaged(&self, what: &str) -> io::Error {
        let Position { segment, offset } = self.position;
        io::Error::new(ErrorKind::InvalidData, format!("segment {segment}, byte {offset}: {what}"))
    }
}

/// Whether the bytes behind the last whole record can be those of a single one that was half written, or not at all, when its
/// writer was killed or the machine lost power: nothing was ever written behind it.
fn may_be_torn(rest: &[u8]) -> bool {
    let Some((front, _)) = rest.split_first_chunk::<FRAME>() else { return rest.iter().all(|byte| *byte == 0) };
    let written = rest.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
    let [a, b, c, d, ..] = *front;
    // The front is written last: where there is none, how long the record was to be is not known.
    let ends = *front == [0; FRAME] || {
        let size = FRAME + u32::from_le_bytes([a, b, c, d]) as usize;
        written <= size && size <= rest.len()
    };
    // Whatever it is, it must not hide a whole one.
    ends && (FRAME..written).all(|at| unframe(&rest[at..]).is_none())
}

/// Whether a file is nothing but zeros.
fn is_zero(file: &File, size: u64) -> io::Result<bool> {
    let mut bytes = vec![0; size as usize];
    read_at(file, &mut bytes, 0)?;
    Ok(bytes.iter().all(|byte| *byte == 0))
}

/// A reader whose next entry can be looked at before it is taken.
pub(super) struct Ahead {
    reader: Reader,
    next: Option<(Entry, Position)>,
}

impl Ahead {
    pub(super) fn new(reader: Reader) -> Self {
        Self { reader, next: None }
    }

    /// The next entry, without taking it.
    pub(super) fn peek(&mut self, end: Option<Position>) -> io::Result<Option<&Entry>> {
        if self.next.is_none() {
            self.next = self.reader.next(end)?.map(|entry| (entry, self.reader.position()));
        }
        Ok(self.next.as_ref().map(|(entry, _)| entry))
    }

    /// Takes the entry that was looked at, with the position behind it.
    pub(super) fn take(&mut self) -> Option<(Entry, Position)> {
        self.next.take()
    }

    /// Behind all that was read.
    pub(super) fn position(&self) -> Position {
        self.reader.position()
    }
}

#[cfg(test)]
mod tests;
