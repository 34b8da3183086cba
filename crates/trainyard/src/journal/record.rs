//! What a journal holds: one record for each thing logged, as bytes.
//!
//! A record is framed by its length and a CRC-32C over length and payload. A length of zero ends a segment, since space is
//! handed out filled with zeros.

use std::ops::Deref;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use trainyard_api::runs::CreateRun;
use trainyard_api::{ModelId, Param, Tag};

use super::call::Call;

/// Bytes in front of each payload: length and checksum, little-endian.
pub(super) const FRAME: usize = 8;
/// Payload of a point without a context, the record that matters for size and speed.
pub(super) const POINT: usize = 1 + 4 + 8 + 8 + 8;
/// That of a point in a context, which has the context's number behind its kind.
const IN_CONTEXT: usize = POINT + 4;

/// One thing logged, or a text that later records of the same segment refer to by number.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Record {
    /// A metric key; the keys of a segment are numbered from 0 in order of appearance.
    Key(String),
    /// What points belong to; the contexts of a segment are numbered from 1.
    Context(Context),
    /// A point of a metric.
    Point(Point),
    /// A param.
    Param(Param),
    /// A tag.
    Tag(Tag),
    /// The run itself, started without a server.
    Create(Box<NewRun>),
    /// Another request about the run, as JSON.
    Call(Box<Call>),
}

/// The logged model and the dataset that a point belongs to; empty texts where there is none.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Context {
    /// Id of the logged model.
    pub model_id: ModelId,
    /// Name of the dataset.
    pub dataset_name: String,
    /// Digest of the dataset.
    pub dataset_digest: String,
}

impl Context {
    /// Whether the point belongs to the run alone.
    pub fn is_empty(&self) -> bool {
        self.model_id.is_empty() && self.dataset_name.is_empty() && self.dataset_digest.is_empty()
    }
}

/// A point of a metric, its key and context by number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Point {
    pub(super) key: u32,
    /// 0 for none.
    pub(super) context: u32,
    pub(super) value: f64,
    pub(super) step: i64,
    pub(super) timestamp: i64,
}

/// A run to be made when a server is there.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct NewRun {
    /// Name of its experiment, made when there is none; empty when `request` has the experiment's id.
    pub experiment_name: String,
    /// The request, with the id that the run has had since it was started.
    pub request: CreateRun,
}

const KEY: u8 = 1;
const CONTEXT: u8 = 2;
const PLAIN_POINT: u8 = 3;
const POINT_IN_CONTEXT: u8 = 4;
const PARAM: u8 = 5;
const TAG: u8 = 6;
const CREATE: u8 = 7;
const UPDATE: u8 = 8;
const INPUTS: u8 = 9;
const OUTPUTS: u8 = 10;
const DELETE_TAG: u8 = 11;

impl Record {
    /// Appends the payload to `to`.
    pub(super) fn encode(&self, to: &mut Vec<u8>) {
        match self {
            Self::Key(key) => texts(to, KEY, &[key]),
            Self::Context(Context { model_id, dataset_name, dataset_digest }) => {
                texts(to, CONTEXT, &[model_id.as_str(), dataset_name, dataset_digest]);
            }
            Self::Point(point) => to.extend_from_slice(&point.encode()),
            Self::Param(param) => texts(to, PARAM, &[&param.key, &param.value]),
            Self::Tag(tag) => texts(to, TAG, &[&tag.key, &tag.value]),
            Self::Create(run) => json(to, CREATE, run),
            Self::Call(call) => match &**call {
                Call::Update(change) => json(to, UPDATE, change),
                Call::Inputs(inputs) => json(to, INPUTS, inputs),
                Call::Outputs(outputs) => json(to, OUTPUTS, outputs),
                Call::DeleteTag(tag) => json(to, DELETE_TAG, tag),
            },
        }
    }

    /// Reads a payload; `None` when it is not one of this version's.
    pub(super) fn decode(payload: &[u8]) -> Option<Self> {
        let (kind, mut rest) = payload.split_first()?;
        let rest = &mut rest;
        let record = match *kind {
            KEY => Self::Key(text(rest)?),
            CONTEXT => {
                let model_id = text(rest)?.into();
                Self::Context(Context { model_id, dataset_name: text(rest)?, dataset_digest: text(rest)? })
            }
            PLAIN_POINT => Self::Point(point(rest, 0)?),
            POINT_IN_CONTEXT => {
                let context = u32::from_le_bytes(take(rest)?);
                Self::Point(point(rest, context)?)
            }
            PARAM => Self::Param(Param { key: text(rest)?, value: text(rest)? }),
            TAG => Self::Tag(Tag { key: text(rest)?, value: text(rest)? }),
            CREATE => Self::Create(read(rest)?),
            UPDATE => Self::Call(Box::new(Call::Update(read(rest)?))),
            INPUTS => Self::Call(Box::new(Call::Inputs(read(rest)?))),
            OUTPUTS => Self::Call(Box::new(Call::Outputs(read(rest)?))),
            DELETE_TAG => Self::Call(Box::new(Call::DeleteTag(read(rest)?))),
            _ => return None,
        };
        rest.is_empty().then_some(record)
    }
}

/// The payload of a point, where it needs no memory of its own.
pub(super) struct EncodedPoint {
    bytes: [u8; IN_CONTEXT],
    length: usize,
}

impl Deref for EncodedPoint {
    type Target = [u8];

    #[inline]
    fn deref(&self) -> &[u8] {
        &self.bytes[..self.length]
    }
}

impl Point {
    #[inline]
    pub(super) fn encode(&self) -> EncodedPoint {
        let mut bytes = [0; IN_CONTEXT];
        let mut at = 1;
        if self.context == 0 {
            bytes[0] = PLAIN_POINT;
        } else {
            bytes[0] = POINT_IN_CONTEXT;
            bytes[1..5].copy_from_slice(&self.context.to_le_bytes());
            at = 5;
        }
        bytes[at..at + 4].copy_from_slice(&self.key.to_le_bytes());
        bytes[at + 4..at + 12].copy_from_slice(&self.value.to_le_bytes());
        bytes[at + 12..at + 20].copy_from_slice(&self.step.to_le_bytes());
        bytes[at + 20..at + 28].copy_from_slice(&self.timestamp.to_le_bytes());
        EncodedPoint { bytes, length: at + 28 }
    }
}

/// The bytes in front of a payload.
pub(super) fn frame(payload: &[u8]) -> [u8; FRAME] {
    let length = (payload.len() as u32).to_le_bytes();
    let mut frame = [0; FRAME];
    frame[..4].copy_from_slice(&length);
    frame[4..].copy_from_slice(&checksum(length, payload).to_le_bytes());
    frame
}

/// The payload at the beginning of `bytes`; `None` when there is no whole and unchanged one.
pub(super) fn unframe(mut bytes: &[u8]) -> Option<&[u8]> {
    let length: [u8; 4] = take(&mut bytes)?;
    let sum = u32::from_le_bytes(take(&mut bytes)?);
    let payload = bytes.get(..u32::from_le_bytes(length) as usize)?;
    (!payload.is_empty() && checksum(length, payload) == sum).then_some(payload)
}

fn checksum(length: [u8; 4], payload: &[u8]) -> u32 {
    crc32c::crc32c_append(crc32c::crc32c(&length), payload)
}

fn texts(to: &mut Vec<u8>, kind: u8, texts: &[&str]) {
    to.push(kind);
    for text in texts {
        to.extend_from_slice(&(text.len() as u32).to_le_bytes());
        to.extend_from_slice(text.as_bytes());
    }
}

fn json(to: &mut Vec<u8>, kind: u8, value: &impl Serialize) {
    to.push(kind);
    serde_json::to_writer(to, value).expect("a request of texts and numbers is JSON");
}

/// All that is left, as JSON.
fn read<T: DeserializeOwned>(from: &mut &[u8]) -> Option<T> {
    serde_json::from_slice(std::mem::take(from)).ok()
}

fn take<const N: usize>(from: &mut &[u8]) -> Option<[u8; N]> {
    let (taken, rest) = from.split_first_chunk()?;
    *from = rest;
    Some(*taken)
}

fn text(from: &mut &[u8]) -> Option<String> {
    let length = u32::from_le_bytes(take(from)?) as usize;
    let (text, rest) = from.split_at_checked(length)?;
    *from = rest;
    String::from_utf8(text.to_vec()).ok()
}

fn point(from: &mut &[u8], context: u32) -> Option<Point> {
    Some(Point {
        key: u32::from_le_bytes(take(from)?),
        context,
        value: f64::from_le_bytes(take(from)?),
        step: i64::from_le_bytes(take(from)?),
        timestamp: i64::from_le_bytes(take(from)?),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use trainyard_api::datasets::{Dataset, DatasetInput, LogInputs, LogOutputs, ModelInput, ModelOutput};
    use trainyard_api::runs::{DeleteTag, UpdateRun};

    use super::*;

    fn records() -> impl Strategy<Value = Record> {
        let point = (any::<u32>(), any::<u32>(), any::<f64>(), any::<i64>(), any::<i64>());
        prop_oneof![
            ".{0,40}".prop_map(Record::Key),
            (".{0,9}", ".{0,9}", ".{0,9}").prop_map(|(model_id, dataset_name, dataset_digest)| {
                Record::Context(Context { model_id: model_id.into(), dataset_name, dataset_digest })
            }),
            point.prop_map(|(key, context, value, step, timestamp)| {
                Record::Point(Point { key, context, value, step, timestamp })
            }),
            (".{0,9}", ".{0,99}").prop_map(|(key, value)| Record::Param(Param { key, value })),
            (".{0,9}", ".{0,99}").prop_map(|(key, value)| Record::Tag(Tag { key, value })),
            (".{0,9}", any::<Option<i64>>()).prop_map(|(run_name, start_time)| {
                let request = CreateRun { run_name, start_time, ..Default::default() };
                Record::Create(Box::new(NewRun { experiment_name: "e".to_owned(), request }))
            }),
            calls().prop_map(|call| Record::Call(Box::new(call))),
        ]
    }

    fn calls() -> impl Strategy<Value = Call> {
        let dataset = (".{0,9}", ".{0,9}", ".{0,99}", ".{0,9}").prop_map(|(name, digest, source, context)| {
            let tags = vec![Tag::new("mlflow.data.context", context)];
            DatasetInput { tags, dataset: Dataset { name, digest, source, ..Dataset::default() } }
        });
        let model_id = ".{0,9}".prop_map(|id| id.into());
        let used = model_id.clone().prop_map(|model_id| ModelInput { model_id });
        let made = (model_id, any::<i64>()).prop_map(|(model_id, step)| ModelOutput { model_id, step });
        prop_oneof![
            any::<Option<i64>>().prop_map(|end_time| Call::Update(UpdateRun { end_time, ..Default::default() })),
            (prop::collection::vec(dataset, 0..4), prop::collection::vec(used, 0..4))
                .prop_map(|(datasets, models)| Call::Inputs(LogInputs { datasets, models, ..Default::default() })),
            prop::collection::vec(made, 0..4)
                .prop_map(|models| Call::Outputs(LogOutputs { models, ..Default::default() })),
            ".{0,9}".prop_map(|key| Call::DeleteTag(DeleteTag { key, ..Default::default() })),
        ]
    }

    fn bytes(record: &Record) -> Vec<u8> {
        let mut payload = Vec::new();
        record.encode(&mut payload);
        payload
    }

    proptest! {
        #[test]
        fn a_record_is_read_as_it_was_written(record in records()) {
            let payload = bytes(&record);
            let read = Record::decode(&payload).expect("a record");
            // NaN is not equal to itself, its bytes are.
            prop_assert_eq!(bytes(&read), payload);
        }

        #[test]
        fn no_bytes_are_too_strange_to_be_refused(payload in prop::collection::vec(any::<u8>(), 0..200)) {
            if let Some(record) = Record::decode(&payload) {
                prop_assert!(!bytes(&record).is_empty());
            }
            let _ = unframe(&payload);
        }

        #[test]
        fn a_frame_with_one_flipped_bit_is_refused(record in records(), at in any::<prop::sample::Index>(), bit in 0..8) {
            let payload = bytes(&record);
            let mut framed = [&frame(&payload)[..], &payload].concat();
            prop_assert_eq!(unframe(&framed), Some(&payload[..]));
            let at = at.index(framed.len());
            framed[at] ^= 1u8 << bit;
            prop_assert_eq!(unframe(&framed), None);
        }
    }

    #[test]
    fn a_plain_point_takes_the_room_it_is_said_to_take() {
        let point = Point { key: 1, context: 0, value: 0.5, step: 2, timestamp: 3 };
        assert_eq!(bytes(&Record::Point(point)).len(), POINT);
    }
}
