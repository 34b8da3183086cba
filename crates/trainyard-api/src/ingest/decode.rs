//! Checking a request that came in.
//!
//! Whatever the bytes are, there is an answer: no length is believed before its bytes are there, and what is remembered
//! of a request are places in it.

use bytes::Bytes;

use super::bytes_in::{Cursor, Misread, Span};
use super::columns::{IntegerColumn, ValueColumn};
use super::{HEADER, Ingest, MAGIC, RunIndex, SeriesIndex, VERSION};
use crate::{ApiError, ErrorCode, limits};

/// Why bytes are no request.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IngestError {
    /// It does not begin as one.
    #[error("the request body is not an ingest batch: it has to begin with 'TYINGEST' and a header of {HEADER} bytes")]
    NotABatch,
    /// It is of another version.
    #[error(
        "Invalid value {0} for parameter 'version' supplied: this server reads version {VERSION} of ingest batches"
    )]
    Version(u16),
    /// It asks for something that this version does not have.
    #[error("Invalid value {0} for parameter 'flags' supplied: version {VERSION} of ingest batches has none")]
    Flags(u16),
    /// It is longer or shorter than it says.
    #[error("Invalid value {said} for parameter 'length' supplied: {there} bytes follow the header")]
    Length {
        /// What the header says.
        said: u32,
        /// What is there.
        there: usize,
    },
    /// Its bytes have changed on the way.
    #[error("Invalid value {said:#010x} for parameter 'checksum' supplied: the CRC-32C of the batch is {found:#010x}")]
    Checksum {
        /// What the header says.
        said: u32,
        /// What the bytes give.
        found: u32,
    },
    /// Something in it is not what it has to be.
    #[error("the ingest batch cannot be read: '{what}' at byte {at} is cut off or malformed")]
    Malformed {
        /// Name of the field.
        what: &'static str,
        /// Where it begins.
        at: usize,
    },
    /// There is too much of something.
    #[error("Invalid value {count} for parameter '{what}' supplied: an ingest batch can hold at most {limit} {what}")]
    TooMany {
        /// Of what.
        what: &'static str,
        /// How many there are.
        count: usize,
        /// How many there may be.
        limit: usize,
    },
}

impl From<IngestError> for ApiError {
    fn from(error: IngestError) -> Self {
        let code = match error {
            IngestError::NotABatch | IngestError::Malformed { .. } => ErrorCode::BadRequest,
            _ => ErrorCode::InvalidParameterValue,
        };
        ApiError::new(code, error.to_string())
    }
}

impl From<Misread> for IngestError {
    fn from(Misread { what, at }: Misread) -> Self {
        Self::Malformed { what, at }
    }
}

impl Ingest {
    /// Checks the bytes of a request; they are kept, not copied. For the programs of this project: the type of the bytes is
    /// that of another crate.
    #[doc(hidden)]
    pub fn decode(body: Bytes) -> Result<Self, IngestError> {
        check_header(&body)?;
        let mut request = Self {
            keys: Vec::new(),
            contexts: Vec::new(),
            pairs: Vec::new(),
            series: Vec::new(),
            runs: Vec::new(),
            body: Bytes::new(),
        };
        let mut cursor = Cursor::new(&body, HEADER);
        for _ in 0..within("series", cursor.count("keys")?, limits::INGEST_SERIES)? {
            request.keys.push(cursor.text("keys")?);
        }
        for _ in 0..within("series", cursor.count("contexts")?, limits::INGEST_SERIES)? {
            request.contexts.push([
                cursor.text("model_id")?,
                cursor.text("dataset_name")?,
                cursor.text("dataset_digest")?,
            ]);
        }
        let mut points = 0;
        for _ in 0..within("runs", cursor.count("runs")?, limits::INGEST_RUNS)? {
            request.read_run(&mut cursor, &body, &mut points)?;
        }
        if cursor.left() > 0 {
            return Err(cursor.misread("end").into());
        }
        request.body = body;
        Ok(request)
    }

    fn read_run(&mut self, cursor: &mut Cursor<'_>, body: &[u8], points: &mut usize) -> Result<(), IngestError> {
        let run_id = cursor.text("run_id")?;
        let params = self.read_pairs(cursor, "params")?;
        let tags = self.read_pairs(cursor, "tags")?;
        let first = self.series.len();
        let count = cursor.count("series")?;
        within("series", first + count, limits::INGEST_SERIES)?;
        for _ in 0..count {
            let series = self.read_series(cursor, body)?;
            *points += series.points;
            within("points", *points, limits::INGEST_POINTS)?;
            self.series.push(series);
        }
        self.runs.push(RunIndex { run_id, params, tags, series: first..self.series.len() });
        Ok(())
    }

    fn read_pairs(
        &mut self,
        cursor: &mut Cursor<'_>,
        what: &'static str,
    ) -> Result<std::ops::Range<usize>, IngestError> {
        let first = self.pairs.len();
        let count = cursor.count(what)?;
        within("params and tags", first + count, limits::INGEST_PAIRS)?;
        for _ in 0..count {
            self.pairs.push([cursor.text(what)?, cursor.text(what)?]);
        }
        Ok(first..self.pairs.len())
    }

    fn read_series(&self, cursor: &mut Cursor<'_>, body: &[u8]) -> Result<SeriesIndex, IngestError> {
        let key = number_below(cursor, self.keys.len(), "key")?;
        let context = number_below(cursor, self.contexts.len() + 1, "context")?;
        // Each point takes a byte at least, that of its value.
        let points = cursor.count("points")?;
        let steps = IntegerColumn::<Span>::read(cursor, body, points, "steps")?;
        let timestamps = IntegerColumn::<Span>::read(cursor, body, points, "timestamps")?;
        let values = ValueColumn::<Span>::read(cursor, points, "values")?;
        Ok(SeriesIndex { key, context, points, steps, timestamps, values })
    }
}

fn check_header(body: &[u8]) -> Result<(), IngestError> {
    within("bytes", body.len(), limits::INGEST_BODY_BYTES)?;
    let Some(header) = body.first_chunk::<HEADER>().filter(|header| header[..8] == MAGIC) else {
        return Err(IngestError::NotABatch);
    };
    let version = u16::from_le_bytes([header[8], header[9]]);
    if version != VERSION {
        return Err(IngestError::Version(version));
    }
    let flags = u16::from_le_bytes([header[10], header[11]]);
    if flags != 0 {
        return Err(IngestError::Flags(flags));
    }
    let said = u32::from_le_bytes([header[12], header[13], header[14], header[15]]);
    let there = body.len() - HEADER;
    if said as usize != there {
        return Err(IngestError::Length { said, there });
    }
    let said = u32::from_le_bytes([header[16], header[17], header[18], header[19]]);
    let found = checksum(body);
    if said != found {
        return Err(IngestError::Checksum { said, found });
    }
    Ok(())
}

/// CRC-32C of all but the checksum itself.
pub(super) fn checksum(body: &[u8]) -> u32 {
    let front = body.get(..HEADER - 4).unwrap_or_default();
    crc32c::crc32c_append(crc32c::crc32c(front), body.get(HEADER..).unwrap_or_default())
}

fn number_below(cursor: &mut Cursor<'_>, end: usize, what: &'static str) -> Result<usize, Misread> {
    let at = cursor.at();
    let number = cursor.varint(what)?;
    usize::try_from(number).ok().filter(|number| *number < end).ok_or(Misread { what, at })
}

fn within(what: &'static str, count: usize, limit: usize) -> Result<usize, IngestError> {
    if count <= limit { Ok(count) } else { Err(IngestError::TooMany { what, count, limit }) }
}

#[cfg(test)]
mod tests;
