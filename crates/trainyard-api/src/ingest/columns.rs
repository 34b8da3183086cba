//! Columns of points. Each is written in the shortest of a few ways, and read without being laid out anew.

use super::bytes_in::{Cursor, Misread, Span, put_varint, varint};

/// Integers of 8 bytes each.
const PLAIN: u8 = 0;
/// The first, and what each is more than the one before.
const STRIDE: u8 = 1;
/// What each is more than the one before, as zigzag varints.
const DELTAS: u8 = 2;
/// Values of 8 bytes each.
const DOUBLES: u8 = 0;
/// Values of 4 bytes each, which lose nothing by it.
const SINGLES: u8 = 1;

/// Steps or timestamps; `B` is their bytes or where they are.
#[derive(Debug, Clone, Copy)]
pub(super) enum IntegerColumn<B> {
    Plain(B),
    Stride { first: i64, stride: i64 },
    Deltas(B),
}

/// Values; `B` is their bytes or where they are.
#[derive(Debug, Clone, Copy)]
pub(super) enum ValueColumn<B> {
    Doubles(B),
    Singles(B),
}

impl IntegerColumn<Span> {
    /// Reads a column of `count` integers.
    pub(super) fn read(
        cursor: &mut Cursor<'_>,
        body: &[u8],
        count: usize,
        what: &'static str,
    ) -> Result<Self, Misread> {
        let at = cursor.at();
        match cursor.byte(what)? {
            PLAIN => Ok(Self::Plain(cursor.span(count.saturating_mul(8), what)?)),
            STRIDE => {
                let (first, stride) = (cursor.integer(what)?, cursor.integer(what)?);
                let last = i64::try_from(count.saturating_sub(1)).ok().and_then(|steps| steps.checked_mul(stride));
                match last.and_then(|way| first.checked_add(way)) {
                    Some(_) => Ok(Self::Stride { first, stride }),
                    None => Err(Misread { what, at }),
                }
            }
            DELTAS => {
                let length = cursor.count(what)?;
                let span = cursor.span(length, what)?;
                let mut bytes = span.within(body);
                for _ in 0..count {
                    let (_, taken) = varint(bytes).ok_or(Misread { what, at })?;
                    bytes = &bytes[taken..];
                }
                if bytes.is_empty() { Ok(Self::Deltas(span)) } else { Err(Misread { what, at }) }
            }
            _ => Err(Misread { what, at }),
        }
    }

    pub(super) fn within(self, body: &[u8]) -> IntegerColumn<&[u8]> {
        match self {
            Self::Plain(span) => IntegerColumn::Plain(span.within(body)),
            Self::Stride { first, stride } => IntegerColumn::Stride { first, stride },
            Self::Deltas(span) => IntegerColumn::Deltas(span.within(body)),
        }
    }
}

impl ValueColumn<Span> {
    /// Reads a column of `count` values.
    pub(super) fn read(cursor: &mut Cursor<'_>, count: usize, what: &'static str) -> Result<Self, Misread> {
        let at = cursor.at();
        match cursor.byte(what)? {
            DOUBLES => Ok(Self::Doubles(cursor.span(count.saturating_mul(8), what)?)),
            SINGLES => Ok(Self::Singles(cursor.span(count.saturating_mul(4), what)?)),
            _ => Err(Misread { what, at }),
        }
    }

    pub(super) fn within(self, body: &[u8]) -> ValueColumn<&[u8]> {
        match self {
            Self::Doubles(span) => ValueColumn::Doubles(span.within(body)),
            Self::Singles(span) => ValueColumn::Singles(span.within(body)),
        }
    }
}

/// Appends a column of integers.
pub(super) fn put_integers(to: &mut Vec<u8>, integers: &[i64]) {
    if let Some((first, stride)) = stride(integers) {
        to.push(STRIDE);
        to.extend_from_slice(&first.to_le_bytes());
        to.extend_from_slice(&stride.to_le_bytes());
        return;
    }
    let mut deltas = Vec::with_capacity(integers.len() * 2);
    let mut previous = 0_i64;
    for integer in integers {
        put_varint(&mut deltas, zigzag(integer.wrapping_sub(previous)));
        previous = *integer;
    }
    if deltas.len() >= integers.len() * 8 {
        to.push(PLAIN);
        to.extend(integers.iter().flat_map(|integer| integer.to_le_bytes()));
        return;
    }
    to.push(DELTAS);
    put_varint(to, deltas.len() as u64);
    to.extend_from_slice(&deltas);
}

/// The first integer and the difference between any two neighbours, when that is always the same.
fn stride(integers: &[i64]) -> Option<(i64, i64)> {
    let (first, rest) = integers.split_first()?;
    let stride = match rest.first() {
        Some(second) => second.checked_sub(*first)?,
        None => 0,
    };
    integers.windows(2).all(|pair| pair[1].checked_sub(pair[0]) == Some(stride)).then_some((*first, stride))
}

/// Appends a column of values.
pub(super) fn put_values(to: &mut Vec<u8>, values: &[f64]) {
    // By bits, so that a negative zero and the payload of a NaN stay what they are.
    if values.iter().all(|value| f64::from(*value as f32).to_bits() == value.to_bits()) {
        to.push(SINGLES);
        to.extend(values.iter().flat_map(|value| (*value as f32).to_le_bytes()));
    } else {
        to.push(DOUBLES);
        to.extend(values.iter().flat_map(|value| value.to_le_bytes()));
    }
}

fn zigzag(number: i64) -> u64 {
    ((number << 1) ^ (number >> 63)) as u64
}

fn unzigzag(number: u64) -> i64 {
    (number >> 1) as i64 ^ -((number & 1) as i64)
}

/// The points of a series: step, timestamp and value of each.
#[derive(Debug, Clone)]
pub struct Points<'r> {
    left: usize,
    steps: Integers<'r>,
    timestamps: Integers<'r>,
    values: ValueColumn<&'r [u8]>,
}

impl<'r> Points<'r> {
    pub(super) fn new(
        left: usize,
        steps: IntegerColumn<&'r [u8]>,
        timestamps: IntegerColumn<&'r [u8]>,
        values: ValueColumn<&'r [u8]>,
    ) -> Self {
        Self { left, steps: Integers::new(steps), timestamps: Integers::new(timestamps), values }
    }
}

impl Iterator for Points<'_> {
    type Item = (i64, i64, f64);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        if self.left == 0 {
            return None;
        }
        self.left -= 1;
        let value = match &mut self.values {
            ValueColumn::Doubles(bytes) => f64::from_le_bytes(take(bytes)?),
            ValueColumn::Singles(bytes) => f64::from(f32::from_le_bytes(take(bytes)?)),
        };
        Some((self.steps.next()?, self.timestamps.next()?, value))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl ExactSizeIterator for Points<'_> {}

/// Integers being read.
#[derive(Debug, Clone)]
struct Integers<'r> {
    column: IntegerColumn<&'r [u8]>,
    previous: i64,
}

impl<'r> Integers<'r> {
    fn new(column: IntegerColumn<&'r [u8]>) -> Self {
        let previous = match column {
            IntegerColumn::Stride { first, stride } => first.wrapping_sub(stride),
            IntegerColumn::Plain(_) | IntegerColumn::Deltas(_) => 0,
        };
        Self { column, previous }
    }

    #[inline]
    fn next(&mut self) -> Option<i64> {
        self.previous = match &mut self.column {
            IntegerColumn::Plain(bytes) => i64::from_le_bytes(take(bytes)?),
            IntegerColumn::Stride { stride, .. } => self.previous.wrapping_add(*stride),
            IntegerColumn::Deltas(bytes) => {
                let (number, taken) = varint(bytes)?;
                *bytes = bytes.get(taken..)?;
                self.previous.wrapping_add(unzigzag(number))
            }
        };
        Some(self.previous)
    }
}

#[inline]
fn take<const N: usize>(from: &mut &[u8]) -> Option<[u8; N]> {
    let (taken, rest) = from.split_first_chunk()?;
    *from = rest;
    Some(*taken)
}
