//! Metrics out of events.

use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;
use trainyard::tracing_layer::MetricsLayer;
use trainyard_api::RunId;

use crate::home::at_home;
use crate::tracking::Yard;

/// Remembers the warnings of the crate.
#[derive(Clone, Default)]
pub struct Warnings(Arc<Mutex<Vec<String>>>);

impl Warnings {
    pub fn texts(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }
}

struct Message(String);

impl Visit for Message {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if field.name() == "message" {
            self.0 = format!("{value:?}");
        }
    }
}

impl<S: Subscriber> Layer<S> for Warnings {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        if *event.metadata().level() == Level::WARN && event.metadata().target().starts_with("trainyard") {
            let mut message = Message(String::new());
            event.record(&mut message);
            self.0.lock().unwrap().push(message.0);
        }
    }
}

fn points(yard: &Yard, run_id: &RunId) -> Vec<(String, i64, f64)> {
    let mut points = Vec::new();
    for metric in yard.client.get_run(run_id.clone()).unwrap().data.metrics {
        for point in yard.client.metric_history(run_id.clone(), &metric.key) {
            let point = point.unwrap();
            points.push((point.key, point.step, point.value));
        }
    }
    points.sort_by(|a, b| a.partial_cmp(b).unwrap());
    points
}

#[test]
fn numbers_of_the_wanted_events_become_metrics() {
    at_home("tracing_layer::numbers_of_the_wanted_events_become_metrics", |_| {
        let yard = Yard::embedded();
        let run = yard.client.start_run("iris", "").unwrap();
        let id = run.id().clone();
        let layer = MetricsLayer::new(&run).target("trainer").prefix("metric.").step_field("epoch");
        tracing::subscriber::with_default(tracing_subscriber::registry().with(layer), || {
            tracing::info!(target: "trainer", { metric.loss = 0.5, metric.count = 7_u64, other = 1.0, epoch = 3 }, "done");
            tracing::info!(target: "trainer::inner", { metric.loss = 0.25, metric.name = "text" }, "no step of its own");
            tracing::info!(target: "trainers", { metric.loss = 9.0 }, "somebody else");
            tracing::info!(target: "trainer", { "metric.not?allowed" = 1.0 }, "no key of a metric");
            run.finish().unwrap();
            tracing::info!(target: "trainer", { metric.loss = 0.1, epoch = 4_i64 }, "behind the end");
        });
        let text = str::to_owned;
        assert_eq!(points(&yard, &id), [(text("count"), 3, 7.0), (text("loss"), 3, 0.25), (text("loss"), 3, 0.5)]);
    });
}

#[test]
fn without_a_choice_every_number_of_every_event_is_taken() {
    at_home("tracing_layer::without_a_choice_every_number_of_every_event_is_taken", |_| {
        let yard = Yard::embedded();
        let run = yard.client.start_run("iris", "").unwrap();
        let id = run.id().clone();
        let subscriber = tracing_subscriber::registry().with(MetricsLayer::new(&run));
        tracing::subscriber::with_default(subscriber, || {
            for step in 0..3 {
                tracing::debug!(step, loss = f64::from(step));
            }
        });
        run.finish().unwrap();
        let expected: Vec<_> = (0..3).map(|step| ("loss".to_owned(), step, step as f64)).collect();
        assert_eq!(points(&yard, &id), expected);
    });
}

#[test]
fn what_delivering_tells_is_no_metric_and_what_cannot_be_logged_is_told_once() {
    at_home("tracing_layer::what_delivering_tells_is_no_metric_and_what_cannot_be_logged_is_told_once", |_| {
        let yard = Yard::served();
        let run = yard.client.start_run("iris", "").unwrap();
        let id = run.id().clone();
        let warnings = Warnings::default();
        // As a program does it: for all threads, and with the records of the crate `log` as events.
        tracing_subscriber::registry().with(MetricsLayer::new(&run)).with(warnings.clone()).init();
        for step in 0..3 {
            tracing::info!(step = f64::from(step), loss = 0.5, "an epoch is over");
            run.flush(Duration::from_secs(60)).unwrap();
        }
        tracing::info!({ "not?allowed" = 1.0 }, "no key of a metric");
        tracing::info!({ "not?allowed" = 2.0 }, "no key of a metric either");
        run.log_text("notes.txt", "text").unwrap();
        run.finish().unwrap();
        let expected: Vec<_> = (0..3).map(|step| ("loss".to_owned(), step, 0.5)).collect();
        assert_eq!(points(&yard, &id), expected);
        assert_eq!(warnings.texts(), ["a field of an event could not be logged"]);
    });
}
