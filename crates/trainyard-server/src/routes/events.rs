//! Changes of runs and experiments as they happen: a stream of server-sent events for each page that shows them.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use bytes::Bytes;
use futures_util::stream;
use http::{Method, header};
use tokio::sync::OwnedSemaphorePermit;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::TryRecvError;
use tokio::time::{Interval, MissedTickBehavior, interval};
use trainyard_api::limits::EVENT_SUBJECTS;
use trainyard_api::run_events::RunChanged;
use trainyard_api::{ApiError, ErrorCode, RunId};
use trainyard_artifacts::BoxError;
use trainyard_store::{RunChange, RunNews, experiments_of};

use crate::app::App;
use crate::failure::Failure;
use crate::routes::{Permission, Route};

/// Between two looks for changes: so many events a second a run has at most.
const PAUSE: Duration = Duration::from_millis(250);
/// Of looks with nothing to say so many are let pass, before a comment shows that the stream is alive.
const SILENCE: u32 = 60;

pub(super) fn routes() -> Vec<Route> {
    vec![Route::new(Method::GET, "/api/trainyard/v1/events", Permission::Read, get(events))]
}

async fn events(State(app): State<App>, RawQuery(query): RawQuery) -> Result<Response, Failure> {
    let mut wanted = Wanted::parse(query.as_deref().unwrap_or_default())?;
    let Ok(turn) = Arc::clone(&app.streams).try_acquire_owned() else {
        let message = format!("{} streams of events are open, which is all that this server keeps", app.events.streams);
        return Err(ApiError::new(ErrorCode::TemporarilyUnavailable, message).into());
    };
    let news = app.store.run_changes();
    if !wanted.runs.is_empty() {
        let run_ids: Vec<RunId> = wanted.runs.iter().cloned().collect();
        wanted.of_runs = app.store.read(move |tx| experiments_of(tx, &run_ids)).await?;
    }
    let mut ticks = interval(PAUSE);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let until = Instant::now() + app.events.longest;
    let listening = Listening { wanted, news, ticks, quiet: 0, until, app, _turn: turn };
    // The first part goes out at once, so that the page knows that it hears of all that happens from now on.
    let first = Bytes::from_static(b"retry: 2000\n: listening\n\n");
    let parts = stream::unfold((Some(first), listening), async |(first, mut listening)| {
        let part = match first {
            Some(first) => first,
            None => listening.next().await?,
        };
        Some((Ok::<_, BoxError>(part), (None, listening)))
    });
    let headers = [
        (header::CONTENT_TYPE, "text/event-stream"),
        (header::CACHE_CONTROL, "no-store"),
        // Asks proxies not to wait until there is more to pass on.
        (header::HeaderName::from_static("x-accel-buffering"), "no"),
    ];
    Ok((headers, Body::from_stream(parts)).into_response())
}

/// What a page shows.
#[derive(Debug, Default)]
struct Wanted {
    /// What becomes of experiments themselves, whichever they are.
    all_experiments: bool,
    experiments: HashSet<i64>,
    runs: HashSet<RunId>,
    /// These runs by experiment: what becomes of an experiment becomes of them.
    of_runs: HashMap<i64, Vec<RunId>>,
}

impl Wanted {
    fn parse(query: &str) -> Result<Self, ApiError> {
        let mut wanted = Self::default();
        let mut count = 0;
        for (key, value) in form_urlencoded::parse(query.as_bytes()) {
            match key.as_ref() {
                "experiment_id" => {
                    let experiment = value.parse().map_err(|_| {
                        ApiError::invalid(format!(
                            "Invalid value '{value}' for parameter 'experiment_id': not a number"
                        ))
                    })?;
                    wanted.experiments.insert(experiment);
                }
                "run_id" => drop(wanted.runs.insert(value.as_ref().into())),
                "all_experiments" => {
                    wanted.all_experiments = value.parse().map_err(|_| {
                        ApiError::invalid(format!(
                            "Invalid value '{value}' for parameter 'all_experiments': neither true nor false"
                        ))
                    })?;
                    continue;
                }
                _ => continue,
            }
            count += 1;
        }
        match count {
            0 if !wanted.all_experiments => Err(ApiError::missing("experiment_id")),
            0..=EVENT_SUBJECTS => Ok(wanted),
            _ => Err(ApiError::invalid(format!(
                "Invalid value for parameter 'experiment_id': {count} experiments and runs are named, {EVENT_SUBJECTS} at most \
                 can be"
            ))),
        }
    }

    /// What of a change is wanted: the change, and where an experiment was deleted or restored the same of its runs.
    fn of(&self, change: &RunChange) -> Vec<RunChange> {
        let of_experiment = change.is_of_experiment();
        let is_wanted = self.experiments.contains(&change.experiment)
            || (of_experiment && self.all_experiments)
            || (!of_experiment && self.runs.contains(&change.run_id));
        let mut wanted = if is_wanted { vec![change.clone()] } else { Vec::new() };
        if of_experiment {
            let runs = self.of_runs.get(&change.experiment).into_iter().flatten();
            wanted.extend(runs.filter_map(|run_id| change.of_run(run_id)));
        }
        wanted
    }
}

/// A stream that is open. It looks for changes every now and then, and is not woken by each.
struct Listening {
    wanted: Wanted,
    news: Receiver<RunNews>,
    ticks: Interval,
    quiet: u32,
    until: Instant,
    app: App,
    _turn: OwnedSemaphorePermit,
}

impl Listening {
    /// The next part of the stream; none when it ends.
    async fn next(&mut self) -> Option<Bytes> {
        loop {
            self.ticks.tick().await;
            if self.app.stopping.load(Ordering::Relaxed) || Instant::now() >= self.until {
                return None;
            }
            let text = self.look()?;
            if !text.is_empty() {
                self.quiet = 0;
                return Some(text.into());
            }
            self.quiet += 1;
            if self.quiet >= SILENCE {
                self.quiet = 0;
                return Some(Bytes::from_static(b": nothing new\n\n"));
            }
        }
    }

    /// What has happened since the last look, as events.
    fn look(&mut self) -> Option<String> {
        let mut changed: BTreeMap<(i64, RunId), RunChange> = BTreeMap::new();
        let mut missed = false;
        loop {
            match self.news.try_recv() {
                Ok(RunNews::Changed(changes)) => {
                    for change in changes.iter().flat_map(|change| self.wanted.of(change)) {
                        let key = (change.experiment, change.run_id.clone());
                        changed.entry(key).and_modify(|known| known.merge(&change)).or_insert(change);
                    }
                }
                Ok(RunNews::Missed) | Err(TryRecvError::Lagged(_)) => missed = true,
                Err(TryRecvError::Empty) => break,
                Err(TryRecvError::Closed) => return None,
            }
        }
        if missed {
            return Some("event: reload\ndata: {}\n\n".to_owned());
        }
        let mut text = String::new();
        for change in changed.into_values() {
            let kinds = change.kinds();
            let data = RunChanged { experiment_id: change.experiment.to_string().into(), run_id: change.run_id, kinds };
            let data = serde_json::to_string(&data).unwrap_or_default();
            text.push_str(&format!("event: changed\ndata: {data}\n\n"));
        }
        Some(text)
    }
}
