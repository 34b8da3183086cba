//! The bytes of a block: its points column by column, and an outline of them for charts. `docs/storage.md` describes both
//! exactly; a change of either is a new version.

use pco::ChunkConfig;
use pco::standalone::{simple_compress, simple_decompress_into};

use super::Point;

/// Points of a block, save for the last of a series and those that late points have split.
pub const FULL: usize = 4096;
/// Points that one entry of an outline stands for; the last may stand for fewer.
pub(crate) const CHUNK: usize = 256;
/// Of columns that are compressed, and of outlines.
const COMPRESSED: u8 = 1;
/// Of columns as they are in memory.
const PLAIN: u8 = 2;
/// No block that this program writes has more; a claim of more is damage, and costs no memory.
const MOST: usize = 65_536;
/// A version before the content, a CRC-32C behind it.
const FRAME: usize = 5;
/// Three numbers of eight bytes.
const POINT: usize = 24;
/// Three points.
const ENTRY: usize = 3 * POINT;

/// What is wrong with the bytes of a block.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Damage {
    /// It ends too early.
    #[error("it has {0} bytes, too few for any content")]
    Short(usize),
    /// Some byte is not what was written.
    #[error("its checksum is {stored:08x}, its content has {computed:08x}")]
    Checksum {
        /// What stands behind the content.
        stored: u32,
        /// What should stand there.
        computed: u32,
    },
    /// A newer program wrote it.
    #[error("it has version {0}, this program knows {PLAIN} and before")]
    Version(u8),
    /// Its parts are not as long as it says.
    #[error("its lengths disagree")]
    Lengths,
    /// One of its columns is not what the compression writes.
    #[error("its column of {column} cannot be decoded: {reason}")]
    Column {
        /// Which.
        column: &'static str,
        /// Why.
        reason: String,
    },
    /// Its points are not in the order of histories.
    #[error("its points are not in order")]
    Order,
    /// The row that it stands in says something else.
    #[error("its row says {row} of {what}, its points say {points}")]
    Row {
        /// Of what.
        what: &'static str,
        /// What the row says.
        row: String,
        /// What the points say.
        points: String,
    },
}

/// What a chart needs of up to [`CHUNK`] neighbouring points. Without numbers among them, `min` and `max` are the first.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Chunk {
    pub(crate) first: Point,
    pub(crate) min: Point,
    pub(crate) max: Point,
}

impl Chunk {
    /// Of equal extremes the earlier one counts. There is no outline of no points.
    pub(crate) fn of(points: &[Point]) -> Option<Self> {
        let first = *points.first()?;
        let mut chunk = Self { first, min: first, max: first };
        for point in points {
            chunk.widen(&Self { first: *point, min: *point, max: *point });
        }
        Some(chunk)
    }

    /// Takes in the extremes of points that come later. Any number is lower and higher than none.
    pub(super) fn widen(&mut self, Self { min, max, .. }: &Self) {
        if !min.is_nan && (self.min.is_nan || min.value < self.min.value) {
            self.min = *min;
        }
        if !max.is_nan && (self.max.is_nan || max.value > self.max.value) {
            self.max = *max;
        }
    }
}

/// The lowest and the highest number among points.
pub(crate) fn extremes(points: &[Point]) -> (Option<f64>, Option<f64>) {
    let numbers = || points.iter().filter(|point| !point.is_nan).map(|point| point.value);
    (numbers().reduce(f64::min), numbers().reduce(f64::max))
}

/// The columns of points as bytes, compressed.
pub fn encode(points: &[Point]) -> Result<Vec<u8>, Damage> {
    let timestamps: Vec<i64> = points.iter().map(|point| point.timestamp).collect();
    let steps: Vec<i64> = points.iter().map(|point| point.step).collect();
    let values: Vec<f64> = points.iter().map(Point::number).collect();
    let config = ChunkConfig::default();
    let failed = |column| move |error: pco::errors::PcoError| Damage::Column { column, reason: error.to_string() };
    let timestamps = simple_compress(&timestamps, &config).map_err(failed("timestamps"))?;
    let steps = simple_compress(&steps, &config).map_err(failed("steps"))?;
    let values = simple_compress(&values, &config).map_err(failed("values"))?;
    let mut content = Vec::with_capacity(FRAME + 12 + timestamps.len() + steps.len() + values.len());
    content.push(COMPRESSED);
    for length in [points.len(), timestamps.len(), steps.len()] {
        content.extend(u32::try_from(length).map_err(|_| Damage::Lengths)?.to_le_bytes());
    }
    for column in [timestamps, steps, values] {
        content.extend(column);
    }
    Ok(sealed(content))
}

/// The columns of points as bytes, as they are: for points that will soon be part of a larger block.
pub(crate) fn encode_plain(points: &[Point]) -> Result<Vec<u8>, Damage> {
    let mut content = Vec::with_capacity(FRAME + 4 + POINT * points.len());
    content.push(PLAIN);
    content.extend(u32::try_from(points.len()).map_err(|_| Damage::Lengths)?.to_le_bytes());
    content.extend(points.iter().flat_map(|point| point.timestamp.to_le_bytes()));
    content.extend(points.iter().flat_map(|point| point.step.to_le_bytes()));
    content.extend(points.iter().flat_map(|point| point.number().to_bits().to_le_bytes()));
    Ok(sealed(content))
}

/// The points behind the bytes of a block of either version. Whatever the bytes are, the answer is points or what is wrong.
pub fn decode(bytes: &[u8]) -> Result<Vec<Point>, Damage> {
    match opened(bytes)? {
        (COMPRESSED, content) => decode_compressed(content),
        (PLAIN, content) => decode_plain(content),
        (version, _) => Err(Damage::Version(version)),
    }
}

fn decode_plain(mut content: &[u8]) -> Result<Vec<Point>, Damage> {
    let count = take_length(&mut content)?;
    let (numbers, rest) = content.as_chunks::<8>();
    if count > MOST || numbers.len() != 3 * count || !rest.is_empty() {
        return Err(Damage::Lengths);
    }
    let (timestamps, rest) = numbers.split_at(count);
    let (steps, values) = rest.split_at(count);
    let columns = timestamps.iter().zip(steps).zip(values);
    let point = |((timestamp, step), value): ((&[u8; 8], &[u8; 8]), &[u8; 8])| {
        let value = f64::from_bits(u64::from_le_bytes(*value));
        Point::with_number(i64::from_le_bytes(*timestamp), i64::from_le_bytes(*step), value)
    };
    Ok(columns.map(point).collect())
}

fn decode_compressed(mut content: &[u8]) -> Result<Vec<Point>, Damage> {
    let [count, timestamps, steps] =
        [take_length(&mut content)?, take_length(&mut content)?, take_length(&mut content)?];
    if count > MOST || content.len() < timestamps.saturating_add(steps) {
        return Err(Damage::Lengths);
    }
    let (timestamps, rest) = content.split_at(timestamps);
    let (steps, values) = rest.split_at(steps);
    let timestamps = column::<i64>("timestamps", timestamps, count)?;
    let steps = column::<i64>("steps", steps, count)?;
    let values = column::<f64>("values", values, count)?;
    let points = timestamps.into_iter().zip(steps).zip(values);
    Ok(points.map(|((timestamp, step), value)| Point::with_number(timestamp, step, value)).collect())
}

/// One entry for every [`CHUNK`] points, as bytes.
pub(crate) fn encode_outline(points: &[Point]) -> Vec<u8> {
    let mut content = vec![COMPRESSED];
    for chunk in points.chunks(CHUNK).filter_map(Chunk::of) {
        for point in [chunk.first, chunk.min, chunk.max] {
            content.extend(point.timestamp.to_le_bytes());
            content.extend(point.step.to_le_bytes());
            content.extend(point.number().to_bits().to_le_bytes());
        }
    }
    sealed(content)
}

/// The entries behind [`encode_outline`]'s bytes.
pub(crate) fn decode_outline(bytes: &[u8]) -> Result<Vec<Chunk>, Damage> {
    let (version, entries) = opened(bytes)?;
    if version != COMPRESSED {
        return Err(Damage::Version(version));
    }
    let (entries, rest) = entries.as_chunks::<ENTRY>();
    if !rest.is_empty() {
        return Err(Damage::Lengths);
    }
    let point = |numbers: &[[u8; 8]]| match numbers {
        [timestamp, step, value] => {
            let value = f64::from_bits(u64::from_le_bytes(*value));
            Ok(Point::with_number(i64::from_le_bytes(*timestamp), i64::from_le_bytes(*step), value))
        }
        _ => Err(Damage::Lengths),
    };
    let chunk = |entry: &[u8; ENTRY]| {
        let (numbers, _) = entry.as_chunks::<8>();
        Ok(Chunk { first: point(&numbers[..3])?, min: point(&numbers[3..6])?, max: point(&numbers[6..])? })
    };
    entries.iter().map(chunk).collect()
}

/// The content with its checksum behind it.
fn sealed(mut content: Vec<u8>) -> Vec<u8> {
    let checksum = crc32c::crc32c(&content);
    content.extend(checksum.to_le_bytes());
    content
}

/// The version and the content behind it, without the checksum.
fn opened(bytes: &[u8]) -> Result<(u8, &[u8]), Damage> {
    let Some((content, checksum)) = bytes.split_last_chunk::<4>().filter(|(content, _)| !content.is_empty()) else {
        return Err(Damage::Short(bytes.len()));
    };
    let (stored, computed) = (u32::from_le_bytes(*checksum), crc32c::crc32c(content));
    if stored != computed {
        return Err(Damage::Checksum { stored, computed });
    }
    match content {
        [version, content @ ..] => Ok((*version, content)),
        [] => Err(Damage::Short(bytes.len())),
    }
}

fn take_length(content: &mut &[u8]) -> Result<usize, Damage> {
    let (length, rest) = content.split_first_chunk::<4>().ok_or(Damage::Lengths)?;
    *content = rest;
    Ok(u32::from_le_bytes(*length) as usize)
}

fn column<T: pco::data_types::Number + Default>(
    name: &'static str,
    bytes: &[u8],
    count: usize,
) -> Result<Vec<T>, Damage> {
    let mut numbers = vec![T::default(); count];
    let progress = simple_decompress_into(bytes, &mut numbers)
        .map_err(|error| Damage::Column { column: name, reason: error.to_string() })?;
    if progress.n_processed != count || !progress.finished {
        return Err(Damage::Lengths);
    }
    Ok(numbers)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn any_points() -> impl Strategy<Value = Vec<Point>> {
        let value = prop_oneof![
            any::<u64>().prop_map(f64::from_bits),
            prop::sample::select(vec![f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -0.0, 0.0, 1.0, f64::MIN_POSITIVE]),
            (-1000_i32..1000).prop_map(|tenths| f64::from(tenths) / 10.0),
        ];
        let number = || prop_oneof![any::<i64>(), 0_i64..100];
        let point = (number(), number(), value).prop_map(|(time, step, value)| Point::with_number(time, step, value));
        prop::collection::vec(point, 0..600)
    }

    /// Points as what has to come back bit for bit.
    fn bits(points: &[Point]) -> Vec<(i64, i64, u64)> {
        points.iter().map(|point| (point.timestamp, point.step, point.number().to_bits())).collect()
    }

    fn losses(count: usize) -> Vec<Point> {
        let value = |i: usize| 2.0 / (i as f64).sqrt() + ((i * 7919) % 1000) as f64 * 1e-4 / 3.0;
        (0..count).map(|i| Point::with_number(1_700_000_000_000 + i as i64 * 130, i as i64, value(i + 1))).collect()
    }

    proptest! {
        #[test]
        fn points_come_back_bit_for_bit(points in any_points()) {
            for bytes in [encode(&points), encode_plain(&points)] {
                let bytes = bytes.expect("any points can be encoded");
                prop_assert_eq!(bits(&decode(&bytes).expect("own bytes")), bits(&points));
            }
        }

        #[test]
        fn an_outline_comes_back_and_holds_the_extremes(points in any_points()) {
            let chunks = decode_outline(&encode_outline(&points)).expect("own bytes");
            prop_assert_eq!(chunks.len(), points.len().div_ceil(CHUNK));
            for (chunk, points) in chunks.iter().zip(points.chunks(CHUNK)) {
                prop_assert_eq!(bits(&[chunk.first]), bits(&points[..1]));
                let numbers = || points.iter().filter(|point| !point.is_nan).map(|point| point.value);
                prop_assert_eq!(numbers().reduce(f64::min), (!chunk.min.is_nan).then_some(chunk.min.value));
                prop_assert_eq!(numbers().reduce(f64::max), (!chunk.max.is_nan).then_some(chunk.max.value));
            }
        }

        #[test]
        fn a_changed_byte_is_noticed(at in 0_usize..2000, by in 1_u8..=255) {
            let (packed, plain) = (encode(&losses(300)).expect("points"), encode_plain(&losses(300)).expect("points"));
            for bytes in [packed, plain, encode_outline(&losses(300))] {
                let mut changed = bytes.clone();
                changed[at % bytes.len()] ^= by;
                prop_assert!(decode(&changed).is_err() && decode_outline(&changed).is_err());
            }
        }

        #[test]
        fn any_bytes_are_judged_without_a_panic(mut bytes in prop::collection::vec(any::<u8>(), 0..200), version in 0_u8..3) {
            if version > 0 {
                bytes.insert(0, version);
            }
            let _ = (decode(&bytes), decode_outline(&bytes));
            let sealed = sealed(bytes);
            let _ = (decode(&sealed), decode_outline(&sealed));
        }
    }

    #[test]
    fn a_version_of_the_future_is_named() {
        let mut content = encode(&losses(10)).expect("points");
        content.truncate(content.len() - 4);
        content[0] = 3;
        assert_eq!(decode(&sealed(content)), Err(Damage::Version(3)));
    }

    #[test]
    fn losses_at_regular_steps_take_less_than_eight_bytes_a_point() {
        let points = losses(FULL);
        let size = encode(&points).expect("points").len() + encode_outline(&points).len();
        assert!(size < 8 * FULL, "{size} bytes for {FULL} points");
    }
}
