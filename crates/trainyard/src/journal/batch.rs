//! What goes into one request, and sending it: as an ingest batch where the store takes such, else as `log-batch`.

use std::collections::HashSet;

use trainyard_api::ingest::{Grouping, Ingest, RunAnswer, RunBatch};
use trainyard_api::metrics::Metric;
use trainyard_api::runs::LogBatch;
use trainyard_api::{ApiError, ErrorCode, KeyValue, Param, RunId, Tag, limits};

use super::head::Position;
use super::reader::Entry;
use super::rejection::Rejection;
use crate::{Client, Error};

/// Room in a log-batch request for what is not text: names of fields, numbers.
const POINT_BYTES: usize = 200;
const PAIR_BYTES: usize = 30;
/// A point of an ingest batch whose columns are as long as they can be.
const INGEST_POINT_BYTES: usize = 28;
/// Records from which on a server is asked whether it takes ingest batches. Less is sent as quickly without asking.
const WORTH_ASKING: usize = 100;

/// How much one request may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Room {
    metrics: usize,
    params: usize,
    tags: usize,
    entries: usize,
    bytes: usize,
    form: Form,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    LogBatch,
    Ingest,
}

impl Room {
    /// That of a log-batch request, with a size well below what a server accepts.
    pub(super) const LOG_BATCH: Self = Self {
        metrics: limits::BATCH_METRICS,
        params: limits::BATCH_PARAMS,
        tags: limits::BATCH_TAGS,
        entries: limits::BATCH_ENTRIES,
        bytes: limits::BATCH_BODY_BYTES * 9 / 10,
        form: Form::LogBatch,
    };
    /// That of an ingest batch. Servers take more; but proxies often let a megabyte through, and a request that has to
    /// be sent again should not be a long one.
    pub(super) const INGEST: Self = Self {
        metrics: 10_000,
        params: 1000,
        tags: 1000,
        entries: 10_000,
        bytes: limits::BATCH_BODY_BYTES * 9 / 10,
        form: Form::Ingest,
    };

    /// What fits the store, as far as that is known.
    pub(super) fn of(client: &Client) -> Result<Self, Error> {
        Ok(if client.takes_ingest(false)? { Self::INGEST } else { Self::LOG_BATCH })
    }
}

/// The entries of one request.
pub(super) struct Batch {
    pub(super) records: u64,
    pub(super) end: Position,
    room: Room,
    bytes: usize,
    points: usize,
    series: Grouping,
    params: Vec<Param>,
    tags: Vec<Tag>,
    param_keys: HashSet<String>,
    tag_keys: HashSet<String>,
}

impl Batch {
    pub(super) fn new(room: Room) -> Self {
        Self {
            records: 0,
            end: Position::default(),
            room,
            bytes: 0,
            points: 0,
            series: Grouping::default(),
            params: Vec::new(),
            tags: Vec::new(),
            param_keys: HashSet::new(),
            tag_keys: HashSet::new(),
        }
    }

    /// Whether an entry may go into the same request.
    pub(super) fn takes(&self, entry: &Entry) -> bool {
        let entries = self.points + self.params.len() + self.tags.len();
        if entries == 0 {
            return true;
        }
        let room = match entry {
            Entry::Metric(_) => self.points < self.room.metrics,
            // A param that comes again, and a tag that changes, is another request: each is judged by itself.
            Entry::Param(new) => self.params.len() < self.room.params && !self.param_keys.contains(&new.key),
            Entry::Tag(new) => self.tags.len() < self.room.tags && !self.tag_keys.contains(&new.key),
            Entry::Create(_) | Entry::Call(_) => false,
        };
        room && entries < self.room.entries && self.bytes + self.bytes_of(entry) <= self.room.bytes
    }

    pub(super) fn add(&mut self, entry: Entry) {
        match entry {
            Entry::Metric(metric) => {
                let place = self.series.place(&metric);
                self.bytes += self.bytes_of_point(&metric, place);
                self.series.add(&metric, place);
                self.points += 1;
            }
            Entry::Param(param) => {
                self.bytes += bytes_of_pair(&param);
                self.param_keys.insert(param.key.clone());
                self.params.push(param);
            }
            Entry::Tag(tag) => {
                self.bytes += bytes_of_pair(&tag);
                self.tag_keys.insert(tag.key.clone());
                self.tags.push(tag);
            }
            Entry::Create(_) | Entry::Call(_) => {}
        }
    }

    /// What is to be sent.
    pub(super) fn into_request(self) -> RunBatch {
        let Self { series, params, tags, .. } = self;
        RunBatch { run_id: RunId::default(), params, tags, series: series.into_series() }
    }

    /// About how much of a request an entry takes.
    fn bytes_of(&self, entry: &Entry) -> usize {
        match entry {
            Entry::Metric(metric) => self.bytes_of_point(metric, self.series.place(metric)),
            Entry::Param(pair) | Entry::Tag(pair) => bytes_of_pair(pair),
            Entry::Create(_) | Entry::Call(_) => 0,
        }
    }

    fn bytes_of_point(&self, metric: &Metric, place: Option<usize>) -> usize {
        match (self.room.form, place) {
            (Form::LogBatch, _) => POINT_BYTES + texts(metric).map(written).sum::<usize>(),
            // Its texts stand once for all points that share them.
            (Form::Ingest, Some(_)) => INGEST_POINT_BYTES,
            (Form::Ingest, None) => POINT_BYTES + texts(metric).map(str::len).sum::<usize>(),
        }
    }
}

fn bytes_of_pair(pair: &KeyValue) -> usize {
    PAIR_BYTES + written(&pair.key) + written(&pair.value)
}

fn texts(metric: &Metric) -> impl Iterator<Item = &str> {
    [metric.key.as_str(), metric.model_id.as_str(), &metric.dataset_name, &metric.dataset_digest].into_iter()
}

/// Bytes of a text as JSON: control characters take six.
fn written(text: &str) -> usize {
    text.bytes()
        .map(|byte| {
            if byte < 0x20 {
                6
            } else if matches!(byte, b'"' | b'\\') {
                2
            } else {
                1
            }
        })
        .sum()
}

/// What became of one request.
enum Sent {
    Accepted,
    Refused(ApiError),
    /// It is more than a log-batch request may hold, and nothing else is to be had.
    TooLarge,
}

/// Sends a batch; when it is refused, its halves, until the refused records are alone. What is refused is added to
/// `rejections`.
pub(super) fn send(client: &Client, batch: RunBatch, rejections: &mut Vec<Rejection>) -> Result<(), Error> {
    let points: usize = batch.series.iter().map(|series| series.values.len()).sum();
    let sent = match takes_ingest(client, points + batch.params.len() + batch.tags.len())? {
        true => attempt_ingest(client, &batch)?,
        false => None,
    };
    match sent {
        Some(Sent::Accepted) => Ok(()),
        Some(Sent::Refused(error)) => take_apart(client, LogBatch::from(batch), error, false, rejections),
        Some(Sent::TooLarge) | None => send_part(client, LogBatch::from(batch), false, rejections),
    }
}

fn send_part(client: &Client, batch: LogBatch, probed: bool, rejections: &mut Vec<Rejection>) -> Result<(), Error> {
    match attempt(client, &batch)? {
        Sent::Accepted => {}
        Sent::Refused(error) => take_apart(client, batch, error, probed, rejections)?,
        Sent::TooLarge => {
            for piece in pieces(batch) {
                send_part(client, piece, probed, rejections)?;
            }
        }
    }
    Ok(())
}

/// Finds out what of a refused batch is refused, and sends the rest.
fn take_apart(
    client: &Client,
    batch: LogBatch,
    error: ApiError,
    probed: bool,
    rejections: &mut Vec<Rejection>,
) -> Result<(), Error> {
    if size(&batch) == 1 {
        rejections.push(Rejection::of_batch(&batch, &error));
        return Ok(());
    }
    if !probed {
        // A run that is deleted or was never there refuses everything: one question instead of two for each record.
        let nothing = LogBatch { run_id: batch.run_id.clone(), ..LogBatch::default() };
        if let Sent::Refused(error) = attempt(client, &nothing)? {
            rejections.push(Rejection::of_batch(&batch, &error));
            return Ok(());
        }
    }
    let (first, second) = halves(batch);
    send_part(client, first, true, rejections)?;
    send_part(client, second, true, rejections)
}

/// Sends a batch in the best form that the store takes.
fn attempt(client: &Client, batch: &LogBatch) -> Result<Sent, Error> {
    if takes_ingest(client, size(batch))?
        && let Some(sent) = attempt_ingest(client, &RunBatch::from(batch))?
    {
        return Ok(sent);
    }
    if !fits_log_batch(batch) {
        return Ok(Sent::TooLarge);
    }
    match client.attempt(batch.clone()) {
        Ok(_) => Ok(Sent::Accepted),
        Err(Error::Api(error)) if is_refusal(&error) => Ok(Sent::Refused(error)),
        Err(error) => Err(error),
    }
}

/// Whether the store takes ingest batches, which for a few records is not worth a question.
fn takes_ingest(client: &Client, size: usize) -> Result<bool, Error> {
    client.takes_ingest(size >= WORTH_ASKING)
}

/// Sends a batch as an ingest batch; `None` where the store does not take such any more, or not this one.
fn attempt_ingest(client: &Client, batch: &RunBatch) -> Result<Option<Sent>, Error> {
    let Ok(request) = Ingest::encode(std::slice::from_ref(batch)) else { return Ok(None) };
    let Some(answer) = client.attempt_ingest(request)? else { return Ok(None) };
    let answer = answer.runs.into_iter().next().ok_or_else(|| {
        ApiError::new(ErrorCode::InternalError, "the answer to an ingest batch does not say what became of it")
    })?;
    match RunAnswer::into_error(answer) {
        None => Ok(Some(Sent::Accepted)),
        Some(error) if is_refusal(&error) => Ok(Some(Sent::Refused(error))),
        Some(error) => Err(error.into()),
    }
}

/// Whether an answer says that what was sent is wrong, and not that the store is in trouble or does not trust us: then
/// it is kept until that is mended.
pub(super) fn is_refusal(error: &ApiError) -> bool {
    matches!(
        error.error_code,
        ErrorCode::InvalidParameterValue
            | ErrorCode::ResourceAlreadyExists
            | ErrorCode::ResourceDoesNotExist
            | ErrorCode::ResourceConflict
            | ErrorCode::BadRequest
    )
}

fn size(batch: &LogBatch) -> usize {
    batch.metrics.len() + batch.params.len() + batch.tags.len()
}

/// Whether a batch was made for, or happens to be within, the room of log-batch.
fn fits_log_batch(batch: &LogBatch) -> bool {
    let room = Room::LOG_BATCH;
    let pairs = batch.params.iter().chain(&batch.tags);
    let points = batch.metrics.iter().map(|metric| POINT_BYTES + texts(metric).map(written).sum::<usize>());
    let bytes = points.sum::<usize>() + pairs.map(bytes_of_pair).sum::<usize>();
    batch.metrics.len() <= room.metrics
        && batch.params.len() <= room.params
        && batch.tags.len() <= room.tags
        && size(batch) <= room.entries
        // One record alone goes as it is, whatever its size: the store's refusal is the answer.
        && (bytes <= room.bytes || size(batch) == 1)
}

/// Cuts a batch into log-batch requests, in order.
fn pieces(batch: LogBatch) -> Vec<LogBatch> {
    let run_id = batch.run_id;
    let mut pieces = Vec::new();
    let mut piece = Batch::new(Room::LOG_BATCH);
    let metrics = batch.metrics.into_iter().map(Entry::Metric);
    let params = batch.params.into_iter().map(Entry::Param);
    for entry in metrics.chain(params).chain(batch.tags.into_iter().map(Entry::Tag)) {
        if !piece.takes(&entry) {
            pieces.push(std::mem::replace(&mut piece, Batch::new(Room::LOG_BATCH)));
        }
        piece.add(entry);
    }
    pieces.push(piece);
    pieces
        .into_iter()
        .map(|piece| LogBatch::from(RunBatch { run_id: run_id.clone(), ..piece.into_request() }))
        .collect()
}

/// Cuts a batch in two: between the kinds of records, then through the middle of one kind.
fn halves(mut batch: LogBatch) -> (LogBatch, LogBatch) {
    let mut rest = LogBatch { run_id: batch.run_id.clone(), ..LogBatch::default() };
    match (batch.metrics.is_empty(), batch.params.is_empty(), batch.tags.is_empty()) {
        (false, true, true) => rest.metrics = batch.metrics.split_off(batch.metrics.len() / 2),
        (true, false, true) => rest.params = batch.params.split_off(batch.params.len() / 2),
        (true, true, false) => rest.tags = batch.tags.split_off(batch.tags.len() / 2),
        (false, _, _) => {
            (rest.params, rest.tags) = (std::mem::take(&mut batch.params), std::mem::take(&mut batch.tags))
        }
        (true, _, _) => rest.tags = std::mem::take(&mut batch.tags),
    }
    (batch, rest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        // Each case writes thousands of entries as JSON.
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn pieces_are_within_the_limits_of_log_batch_and_hold_everything_in_order(
            metrics in 0..2500_usize,
            params in 0..250_usize,
            tags in prop::collection::vec((0..300_u16, "[a-z\"]{0,3000}"), 0..250),
        ) {
            let metric = |step| Metric { key: "loss".to_owned(), step: step as i64, ..Metric::default() };
            let batch = LogBatch {
                run_id: "r".into(),
                metrics: (0..metrics).map(metric).collect(),
                params: (0..params).map(|number| Param::new(format!("p{number}"), "x")).collect(),
                tags: tags.iter().map(|(key, value)| Tag::new(key.to_string(), value)).collect(),
            };
            let pieces = pieces(batch.clone());
            for piece in &pieces {
                prop_assert!(fits_log_batch(piece));
                prop_assert!(serde_json::to_vec(piece).expect("a request is JSON").len() < limits::BATCH_BODY_BYTES);
                let mut keys: Vec<_> = piece.tags.iter().map(|tag| &tag.key).collect();
                keys.sort_unstable();
                keys.dedup();
                prop_assert_eq!(keys.len(), piece.tags.len(), "a tag stands once in a request");
            }
            prop_assert_eq!(pieces.iter().flat_map(|piece| piece.metrics.clone()).collect::<Vec<_>>(), batch.metrics);
            prop_assert_eq!(pieces.iter().flat_map(|piece| piece.params.clone()).collect::<Vec<_>>(), batch.params);
            prop_assert_eq!(pieces.iter().flat_map(|piece| piece.tags.clone()).collect::<Vec<_>>(), batch.tags);
        }
    }
}
