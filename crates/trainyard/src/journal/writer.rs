//! Appending to a journal.

use std::collections::{HashMap, VecDeque};
use std::io;
use std::path::{Path, PathBuf};

use foldhash::fast::RandomState;
use trainyard_api::metrics::Metric;
use trainyard_api::{ApiError, ModelId, Param, Tag, limits, rules};

use super::call::Call;
use super::head::Position;
use super::record::{Context, FRAME, NewRun, POINT, Point, Record};
use super::segment::{self, LARGEST, LEAST, SMALLEST, Segment};
use crate::Error;

/// Points of logged models that are remembered, of each metric.
const REMEMBERED: usize = 128;

/// Writes one journal. What can be known to be wrong without asking a server is refused here.
pub(super) struct Writer {
    folder: PathBuf,
    run_id: String,
    /// Whether long values are cut to what a store keeps; else they are refused.
    truncates: bool,
    segment: Segment,
    number: u32,
    keys: HashMap<String, Key, RandomState>,
    contexts: Vec<InContext>,
    /// Keys and contexts that have a number in this segment.
    key_count: u32,
    context_count: u32,
    /// The params logged by this process, to notice a change.
    params: HashMap<String, String>,
    scratch: Vec<u8>,
}

/// A metric key that has been used.
struct Key {
    /// The segment in which the number stands for the key.
    segment: u32,
    number: u32,
    first: Option<FirstPoint>,
    /// The newest points that belong to a logged model.
    of_models: VecDeque<OfModel>,
}

/// What a point of a logged model looks like where stores do not tell whose it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct OfModel {
    step: i64,
    timestamp: i64,
    /// Its bits, since NaN is equal to nothing.
    value: u64,
}

/// The last point that was logged at step 0, as long as it belongs to no logged model.
#[derive(Debug, Clone, Copy)]
struct FirstPoint {
    value: f64,
    timestamp: i64,
    /// Index in `contexts`.
    context: Option<usize>,
}

struct InContext {
    context: Context,
    segment: u32,
    number: u32,
}

impl Writer {
    /// Begins a journal in a folder that has been made for it.
    pub(super) fn create(folder: &Path, run_id: &str, truncates: bool) -> io::Result<Self> {
        Ok(Self {
            folder: folder.to_owned(),
            run_id: run_id.to_owned(),
            truncates,
            segment: Segment::create(&segment::path(folder, 1), SMALLEST)?,
            number: 1,
            keys: HashMap::default(),
            contexts: Vec::new(),
            key_count: 0,
            context_count: 0,
            params: HashMap::new(),
            scratch: Vec::new(),
        })
    }

    /// Behind the last record.
    pub(super) fn position(&self) -> Position {
        Position { segment: self.number, offset: self.segment.used() as u32 }
    }

    /// Appends a point.
    pub(super) fn point(
        &mut self,
        key: &str,
        value: f64,
        step: i64,
        timestamp: i64,
        context: &Context,
    ) -> Result<(), Error> {
        if timestamp < 0 {
            rules::metric_timestamp(&"", key, value, timestamp)?;
        }
        let size = point_size(key, &context.model_id, &context.dataset_name, &context.dataset_digest);
        if self.segment.room() < size {
            self.grow(size)?;
        }
        let context = if context.is_empty() { None } else { Some(self.context(context)?) };
        let number = match self.keys.get(key) {
            Some(known) if known.segment == self.number => known.number,
            Some(_) => self.define_key(key)?,
            None => {
                rules::metric_key(key)?;
                self.define_key(key)?
            }
        };
        let context_number = context.map_or(0, |index| self.contexts[index].number);
        self.segment.append(&Point { key: number, context: context_number, value, step, timestamp }.encode());
        let of_run = context.is_none_or(|index| self.contexts[index].context.model_id.is_empty());
        if of_run && step != 0 {
            return Ok(());
        }
        if let Some(known) = self.keys.get_mut(key) {
            if of_run {
                known.first = Some(FirstPoint { value, timestamp, context });
            } else {
                if known.of_models.len() == REMEMBERED {
                    known.of_models.pop_front();
                }
                known.of_models.push_back(OfModel { step, timestamp, value: value.to_bits() });
            }
        }
        Ok(())
    }

    /// Whether a point that a store has told of is one that was logged here for a logged model.
    pub(super) fn is_of_model(&self, point: &Metric) -> bool {
        let wanted = OfModel { step: point.step, timestamp: point.timestamp, value: point.value.to_bits() };
        self.keys.get(&point.key).is_some_and(|known| known.of_models.contains(&wanted))
    }

    /// A value as it is written: at most `limit` characters, of which a store keeps no more.
    fn fit<'t>(&self, noun: &str, value: &'t str, limit: usize) -> Result<&'t str, Error> {
        if !self.truncates {
            rules::length(noun, value, limit)?;
        }
        Ok(cut(value, limit))
    }

    /// Refuses a batch with a value that is too long, where those are not cut.
    pub(super) fn check_lengths(&self, params: &[Param], tags: &[Tag]) -> Result<(), Error> {
        if self.truncates {
            return Ok(());
        }
        for param in params {
            rules::length("Param value", &param.value, limits::PARAM_VALUE_CHARS)?;
        }
        for (index, tag) in tags.iter().enumerate() {
            rules::length(&format!("tags[{index}].value"), &tag.value, limits::RUN_TAG_VALUE_CHARS)?;
        }
        Ok(())
    }

    /// Refuses a param that this process has logged with another value.
    pub(super) fn check_param(&self, key: &str, value: &str) -> Result<(), Error> {
        let value = self.fit("Param value", value, limits::PARAM_VALUE_CHARS)?;
        match self.params.get(key) {
            Some(old) if old != value => Err(ApiError::invalid(format!(
                "Changing param values is not allowed. Param with key='{key}' was already logged with value='{old}' \
                 for run ID='{}'. Attempted logging new value '{value}'.",
                self.run_id
            ))
            .into()),
            _ => Ok(()),
        }
    }

    /// Appends a param, which may be repeated but not changed.
    pub(super) fn param(&mut self, key: &str, value: &str) -> Result<(), Error> {
        self.check_param(key, value)?;
        if self.params.contains_key(key) {
            return Ok(());
        }
        rules::param_key(key)?;
        let value = self.fit("Param value", value, limits::PARAM_VALUE_CHARS)?;
        self.append(&Record::Param(Param::new(key, value)))?;
        self.params.insert(key.to_owned(), value.to_owned());
        Ok(())
    }

    /// Sees to it that all of a batch finds room, so that it is not half logged when the disk is full.
    pub(super) fn reserve(&mut self, metrics: &[Metric], params: &[Param], tags: &[Tag]) -> Result<(), Error> {
        let pair = |key: &str, value: &str, limit: usize| FRAME + 1 + 2 * 4 + key.len() + cut(value, limit).len();
        let pairs = params.iter().map(|param| pair(&param.key, &param.value, limits::PARAM_VALUE_CHARS)).sum::<usize>()
            + tags.iter().map(|tag| pair(&tag.key, &tag.value, limits::RUN_TAG_VALUE_CHARS)).sum::<usize>();
        let points = metrics.iter().map(|metric| {
            let plain =
                metric.model_id.is_empty() && metric.dataset_name.is_empty() && metric.dataset_digest.is_empty();
            match self.keys.get(&metric.key) {
                Some(known) if plain && known.segment == self.number => FRAME + POINT,
                _ => point_size(&metric.key, &metric.model_id, &metric.dataset_name, &metric.dataset_digest),
            }
        });
        if self.segment.room() >= points.sum::<usize>() + pairs {
            return Ok(());
        }
        // Nothing has a number in a new segment.
        let points = metrics
            .iter()
            .map(|metric| point_size(&metric.key, &metric.model_id, &metric.dataset_name, &metric.dataset_digest));
        self.grow(points.sum::<usize>() + pairs)
    }

    /// Appends a tag.
    pub(super) fn tag(&mut self, key: &str, value: &str) -> Result<(), Error> {
        rules::tag_key(key)?;
        let value = self.fit("value", value, limits::RUN_TAG_VALUE_CHARS)?;
        self.append(&Record::Tag(Tag::new(key, value)))
    }

    /// Appends the making of the run.
    pub(super) fn create_run(&mut self, run: NewRun) -> Result<(), Error> {
        self.check_lengths(&[], &run.request.tags)?;
        self.append(&Record::Create(Box::new(run)))
    }

    /// Appends another request about the run.
    pub(super) fn call(&mut self, call: Call) -> Result<(), Error> {
        call.check()?;
        self.append(&Record::Call(Box::new(call)))
    }

    /// The points last logged at step 0, without those of logged models: key, value, timestamp, context.
    pub(super) fn first_points(&self) -> impl Iterator<Item = (&str, f64, i64, Option<&Context>)> {
        self.keys.iter().filter_map(|(key, known)| {
            let FirstPoint { value, timestamp, context } = known.first?;
            Some((key.as_str(), value, timestamp, context.map(|index| &self.contexts[index].context)))
        })
    }

    #[cfg(test)]
    pub(super) fn append_bytes(&mut self, payload: &[u8]) {
        self.segment.append(payload);
    }

    fn append(&mut self, record: &Record) -> Result<(), Error> {
        self.scratch.clear();
        record.encode(&mut self.scratch);
        let size = FRAME + self.scratch.len();
        if self.segment.room() < size {
            self.grow(size)?;
        }
        self.segment.append(&self.scratch);
        Ok(())
    }

    /// Goes on in a new segment, which has room for at least `size` bytes.
    fn grow(&mut self, size: usize) -> Result<(), Error> {
        let next = self.number + 1;
        let path = segment::path(&self.folder, next);
        let least = segment::START.len() + size;
        let mut room = (SMALLEST << (2 * self.number.min(8))).min(LARGEST);
        let grown = loop {
            match Segment::create(&path, room.max(least)) {
                // A small one may still find a place.
                Err(_) if room > LEAST => room = (room / 4).max(LEAST),
                grown => break grown,
            }
        };
        // Nothing has changed until here: with the disk full this record is refused, and the next call tries again.
        self.segment = grown.map_err(|source| Error::Journal { path, source })?;
        self.number = next;
        (self.key_count, self.context_count) = (0, 0);
        Ok(())
    }

    fn define_key(&mut self, key: &str) -> Result<u32, Error> {
        self.append(&Record::Key(key.to_owned()))?;
        let segment = self.number;
        let number = self.key_count;
        self.key_count += 1;
        let known =
            self.keys.entry(key.to_owned()).or_insert(Key { segment, number, first: None, of_models: VecDeque::new() });
        (known.segment, known.number) = (segment, number);
        Ok(number)
    }

    /// Index of a context that has a number in this segment.
    fn context(&mut self, context: &Context) -> Result<usize, Error> {
        let index = self.contexts.iter().rposition(|known| known.context == *context);
        if let Some(index) = index
            && self.contexts[index].segment == self.number
        {
            return Ok(index);
        }
        if index.is_none() {
            rules::metric_dataset(&context.dataset_name, &context.dataset_digest)?;
        }
        self.append(&Record::Context(context.clone()))?;
        let segment = self.number;
        self.context_count += 1;
        let number = self.context_count;
        let index = index.unwrap_or(self.contexts.len());
        let known = InContext { context: context.clone(), segment, number };
        if index == self.contexts.len() {
            self.contexts.push(known);
        } else {
            self.contexts[index] = known;
        }
        Ok(index)
    }
}

/// Room for a point and the texts it refers to, whose numbers hold within one segment.
#[inline]
fn point_size(key: &str, model_id: &ModelId, dataset_name: &str, dataset_digest: &str) -> usize {
    let texts = key.len() + model_id.as_str().len() + dataset_name.len() + dataset_digest.len();
    3 * FRAME + POINT + 4 + 2 + 4 * 4 + texts
}

/// At most `limit` characters: a store keeps no more.
fn cut(text: &str, limit: usize) -> &str {
    if text.len() <= limit {
        return text;
    }
    text.char_indices().nth(limit).map_or(text, |(end, _)| &text[..end])
}
