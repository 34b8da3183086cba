//! Logging to one run by way of its journal.

use std::path::PathBuf;
use std::process;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use trainyard_api::datasets::{DatasetInput, LogInputs, LogOutputs, ModelInput, ModelOutput};
use trainyard_api::metrics::Metric;
use trainyard_api::runs::{CreateRun, DeleteTag, RunStatus, UpdateRun};
use trainyard_api::{ApiError, ErrorCode, Param, RunId, Tag, rules};
use uuid::Uuid;

use super::call::Call;
use super::flush::{Flush, FlushState};
use super::folder;
use super::head::{Head, Header, next_created};
use super::lane::{self, Journal, Lane};
use super::record::{Context, NewRun};
use super::start::{is_away, may_pass, new_run_id, stored_run_id};
use super::writer::Writer;
use crate::fork::PerProcess;
use crate::run::now_ms;
use crate::{Client, Error, setting};

/// Records after which the delivering thread is told that there is enough for a request.
const ENOUGH: u32 = 1000;

/// What is logged to a run: appended to a journal on disk, and delivered in the background.
///
/// A call returns when its record is in the journal, where the end of the process does not touch it. The journal is made
/// by the first call. A child of a fork that uses the log of its parent writes a journal of its own.
pub struct RunLog {
    client: Client,
    run_id: String,
    started_offline: bool,
    /// Nothing is delivered by this process.
    offline: bool,
    slot: PerProcess<Mutex<Slot>>,
}

#[derive(Default)]
struct Slot {
    open: Option<Open>,
    /// Nothing more may be logged here.
    finished: bool,
}

struct Open {
    writer: Writer,
    journal: Arc<Journal>,
    lane: Arc<Lane>,
    /// Records since the thread was last told that there is enough.
    unsent: u32,
}

impl RunLog {
    /// The log of a run that the tracking store has, or of one that was started offline.
    ///
    /// With `TRAINYARD_OFFLINE=1` nothing is delivered by this process.
    pub fn new(client: &Client, run_id: &str, started_offline: bool) -> Result<Self, Error> {
        Ok(Self::of(client, run_id, started_offline, is_offline()?))
    }

    /// The log of a run; with `recorded_only` nothing is delivered by this process.
    pub(crate) fn of(client: &Client, run_id: &str, started_offline: bool, recorded_only: bool) -> Self {
        Self {
            client: client.clone(),
            run_id: run_id.to_owned(),
            started_offline,
            offline: recorded_only,
            slot: PerProcess::new(Mutex::default()),
        }
    }

    /// Starts a run without asking the store, which makes it when it is there. Without an id it is given one.
    pub fn start_offline(client: &Client, run: NewRun) -> Result<Self, Error> {
        Self::record(client, run, is_offline()?).map(|(log, _)| log)
    }

    /// As [`start_offline`](Self::start_offline); also says what the store will be asked.
    pub(crate) fn record(client: &Client, mut run: NewRun, recorded_only: bool) -> Result<(Self, CreateRun), Error> {
        if run.request.run_id.is_empty() {
            run.request.run_id = new_run_id();
        }
        let log = Self::of(client, run.request.run_id.as_str(), true, recorded_only);
        let request = run.request.clone();
        log.with(|open| open.writer.create_run(run))?;
        Ok((log, request))
    }

    /// The id of the run.
    pub fn run_id(&self) -> &str {
        &self.run_id
    }

    /// Whether the run was started without asking the store.
    pub fn started_offline(&self) -> bool {
        self.started_offline
    }

    /// Logs a point of a metric; without a timestamp, of now.
    #[inline]
    pub fn log_metric(
        &self,
        key: &str,
        value: f64,
        step: i64,
        timestamp: Option<i64>,
        context: &Context,
    ) -> Result<(), Error> {
        let timestamp = timestamp.unwrap_or_else(now_ms);
        self.with(|open| open.writer.point(key, value, step, timestamp, context))
    }

    /// Logs points, params and tags: none of them when one is refused here.
    pub fn log_batch(&self, metrics: &[Metric], params: &[Param], tags: &[Tag]) -> Result<(), Error> {
        rules::batch(metrics, params, tags)?;
        let mut slot = self.slot();
        let open = self.open(&mut slot)?;
        for param in params {
            open.writer.check_param(&param.key, &param.value)?;
        }
        open.writer.check_lengths(params, tags)?;
        open.writer.reserve(metrics, params, tags)?;
        for metric in metrics {
            let context = Context {
                model_id: metric.model_id.clone(),
                dataset_name: metric.dataset_name.clone(),
                dataset_digest: metric.dataset_digest.clone(),
            };
            open.writer.point(&metric.key, metric.value, metric.step, metric.timestamp, &context)?;
            open.appended();
        }
        for param in params {
            open.writer.param(&param.key, &param.value)?;
            open.appended();
        }
        for tag in tags {
            open.writer.tag(&tag.key, &tag.value)?;
            open.appended();
        }
        Ok(())
    }

    /// Logs a param. It is written once: another value for the same key is an error, here or when it is delivered.
    pub fn log_param(&self, key: &str, value: &str) -> Result<(), Error> {
        self.with(|open| open.writer.param(key, value))
    }

    /// Sets a tag.
    pub fn set_tag(&self, key: &str, value: &str) -> Result<(), Error> {
        self.with(|open| open.writer.tag(key, value))
    }

    /// Names datasets and logged models as inputs of the run. One that is an input already stays as it is.
    pub fn log_inputs(&self, datasets: Vec<DatasetInput>, models: Vec<ModelInput>) -> Result<(), Error> {
        self.call(Call::Inputs(LogInputs { datasets, models, ..LogInputs::default() }))
    }

    /// Names logged models as outputs of the run.
    pub fn log_outputs(&self, models: Vec<ModelOutput>) -> Result<(), Error> {
        self.call(Call::Outputs(LogOutputs { models, ..LogOutputs::default() }))
    }

    /// Removes a tag. When it is delivered, a tag that is not there is no error any more.
    pub fn delete_tag(&self, key: &str) -> Result<(), Error> {
        self.call(Call::DeleteTag(DeleteTag { key: key.to_owned(), ..DeleteTag::default() }))
    }

    /// Asks the store once to remove a tag, where everything that was logged before is delivered: a tag that is not there is
    /// an error then. `false` when the store is away or in trouble, or nothing is delivered by this process.
    pub fn delete_tag_at_once(&self, key: &str) -> Result<bool, Error> {
        if self.offline {
            return Ok(false);
        }
        match self.client.attempt(DeleteTag { run_id: self.stored_run_id()?, key: key.to_owned() }) {
            Ok(_) => Ok(true),
            // What will not pass by itself is for the caller: in the journal it would be sent again and again.
            Err(Error::Api(error)) if !may_pass(&error) => Err(error.into()),
            Err(error) if is_away(&error) || matches!(error, Error::Api(_)) => Ok(false),
            Err(error) => Err(error),
        }
    }

    fn call(&self, call: Call) -> Result<(), Error> {
        self.with(|open| open.writer.call(call))
    }

    /// Records the end of the run, now when no time is given; what is logged afterwards begins a new journal.
    pub fn end(&self, status: RunStatus, end_time: Option<i64>) -> Result<(), Error> {
        self.record_end(status, end_time, false)
    }

    /// Records the end of the run, once and for all: what is logged afterwards is an error.
    pub(crate) fn finish(&self, status: RunStatus) -> Result<(), Error> {
        self.record_end(status, None, true)
    }

    fn record_end(&self, status: RunStatus, end_time: Option<i64>, finished: bool) -> Result<(), Error> {
        let change =
            UpdateRun { status: Some(status), end_time: Some(end_time.unwrap_or_else(now_ms)), ..UpdateRun::default() };
        {
            let mut slot = self.slot();
            let open = self.open(&mut slot)?;
            open.writer.call(Call::Update(change))?;
            open.appended();
            *slot = Slot { open: None, finished };
        }
        if !self.offline {
            // Workers that were forked from this process and have ended may not have delivered everything.
            lane::lane(&self.client).adopt_run(&folder::journals()?, &self.run_id);
        }
        Ok(())
    }

    /// Lets go of the journal, which is delivered and then removed. The next call begins a new one.
    pub fn close(&self) {
        self.slot().open = None;
    }

    /// The points that this process logged last at step 0, without those of logged models.
    pub fn first_points(&self) -> Vec<Metric> {
        let slot = self.slot();
        let Some(open) = &slot.open else { return Vec::new() };
        let points = open.writer.first_points().map(|(key, value, timestamp, context)| {
            let Context { model_id, dataset_name, dataset_digest } = context.cloned().unwrap_or_default();
            let key = key.to_owned();
            Metric { key, value, timestamp, model_id, dataset_name, dataset_digest, ..Metric::default() }
        });
        points.collect()
    }

    /// Whether a point of the run, as a store tells of it, was logged by this process for a logged model. The newest points
    /// of each metric are known.
    pub(crate) fn is_of_model(&self, point: &Metric) -> bool {
        self.slot().open.as_ref().is_some_and(|open| open.writer.is_of_model(point))
    }

    /// What was logged to the run until now, to wait for its delivery.
    pub fn flush(&self) -> Flush {
        lane::lane(&self.client).flush(Some(&self.run_id))
    }

    /// Waits for the delivery of what was logged to the run until now, for at most this long.
    ///
    /// An error when something was refused. What is not delivered in time is delivered later.
    pub fn wait(&self, at_most: Duration) -> Result<FlushState, Error> {
        let mut flush = self.flush();
        let until = Instant::now() + at_most;
        loop {
            let left = until.saturating_duration_since(Instant::now());
            let state = flush.wait(left.min(Duration::from_millis(100)));
            if state == FlushState::Done || left.is_zero() {
                return flush.trouble().map_or(Ok(state), Err);
            }
        }
    }

    /// The id that the store knows the run by: servers other than ours give one of their own to a run started offline.
    pub(crate) fn stored_run_id(&self) -> Result<RunId, Error> {
        let stored = if self.started_offline { stored_run_id(&self.run_id)? } else { self.run_id.clone() };
        Ok(stored.into())
    }

    fn slot(&self) -> MutexGuard<'_, Slot> {
        lane::lock(self.slot.get(Mutex::default))
    }

    #[inline]
    fn with(&self, append: impl FnOnce(&mut Open) -> Result<(), Error>) -> Result<(), Error> {
        let mut slot = self.slot();
        let open = match &mut slot.open {
            Some(open) if !open.journal.is_abandoned() => open,
            _ => self.open(&mut slot)?,
        };
        append(open)?;
        open.appended();
        Ok(())
    }

    /// The journal of this process, which is made when there is none.
    fn open<'s>(&self, slot: &'s mut Slot) -> Result<&'s mut Open, Error> {
        if slot.finished {
            let ended =
                format!("run {} has ended, so nothing more can be logged to it; `resume` goes on with it", self.run_id);
            return Err(ApiError::new(ErrorCode::InvalidState, ended).into());
        }
        if slot.open.as_ref().is_none_or(|open| open.journal.is_abandoned()) {
            slot.open = Some(self.make()?);
        }
        Ok(slot.open.as_mut().expect("it was made just now"))
    }

    fn make(&self) -> Result<Open, Error> {
        let truncates = setting::flag("TRUNCATE_LONG_VALUES", true)?;
        let journals = folder::journals()?;
        let lane = lane::lane(&self.client);
        if !self.offline {
            lane.adopt_run(&journals, &self.run_id);
        }
        let folder =
            journals.join(format!("{}-{}", folder::name(&self.run_id), &Uuid::new_v4().simple().to_string()[..12]));
        let refused = |source| Error::Journal { path: folder.clone(), source };
        let header = Header {
            tracking_uri: self.client.lasting_uri(),
            run_id: self.run_id.clone(),
            offline: self.started_offline,
            created: next_created(),
            process: process::id(),
        };
        folder::make(&folder).map_err(refused)?;
        let made = Head::create(&folder, header)
            .and_then(|head| Ok((head, Writer::create(&folder, &self.run_id, truncates)?)));
        let (head, writer) = made.map_err(|source| {
            // What was made so far holds nothing.
            let _ = std::fs::remove_dir_all(&folder);
            refused(source)
        })?;
        let journal = Arc::new(Journal::new(&folder, head, writer.position()));
        if !self.offline {
            lane.add(journal.clone());
        }
        Ok(Open { writer, journal, lane, unsent: 0 })
    }
}

impl Open {
    #[inline]
    fn appended(&mut self) {
        self.lane.committed(&self.journal, self.writer.position());
        self.unsent += 1;
        if self.unsent == ENOUGH {
            self.unsent = 0;
            self.lane.fill();
        }
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.journal.seal();
        self.lane.committed(&self.journal, self.writer.position());
    }
}

/// Whether `TRAINYARD_OFFLINE` asks to deliver nothing.
pub fn is_offline() -> Result<bool, Error> {
    setting::flag("OFFLINE", false)
}

/// How long the end of a run waits for the delivery of what was logged: `TRAINYARD_END_RUN_TIMEOUT` in seconds, 10 when
/// it is not set.
pub fn end_run_timeout() -> Result<Duration, Error> {
    Ok(Duration::from_secs_f64(setting::number("END_RUN_TIMEOUT", 10.0)?.min(1e9)))
}

/// The folder of all journals, for messages.
pub fn journal_folder() -> Result<PathBuf, Error> {
    folder::journals()
}
