//! The metrics of burn's learner in a run.

use std::sync::Arc;
use std::time::Duration;

use burn::data::dataloader::batcher::Batcher;
use burn::data::dataloader::{DataLoader, DataLoaderBuilder};
use burn::data::dataset::InMemDataset;
use burn::module::Module;
use burn::nn::loss::CrossEntropyLossConfig;
use burn::nn::{Linear, LinearConfig};
use burn::optim::AdamConfig;
use burn::tensor::{Device, Int, Tensor, TensorData};
use burn::train::logger::MetricLogger as _;
use burn::train::metric::store::{Aggregate, Direction, MetricsUpdate, NumericMetricUpdate, Split};
use burn::train::metric::{
    AccuracyMetric, AurocMetric, LossMetric, Metric as _, MetricDefinition, MetricEntry, MetricId, NumericEntry,
    SerializedEntry,
};
use burn::train::{
    ClassificationOutput, InferenceStep, Learner, MetricEarlyStoppingStrategy, StoppingCondition, SupervisedTraining,
    TrainOutput, TrainStep,
};
use trainyard::flavors::BurnMetrics;
use trainyard::{Client, Run};

use crate::home::at_home;

const PATIENCE: Duration = Duration::from_secs(30);

#[derive(Module, Debug)]
struct Network {
    output: Linear,
}

#[derive(Debug, Clone)]
struct Batch {
    features: Tensor<2>,
    classes: Tensor<1, Int>,
}

struct Points;

impl Batcher<(f32, i64), Batch> for Points {
    fn batch(&self, points: Vec<(f32, i64)>, device: &Device) -> Batch {
        let rows = points.len();
        let (features, classes): (Vec<f32>, Vec<i64>) = points.into_iter().unzip();
        Batch {
            features: Tensor::from_data(TensorData::new(features, [rows, 1]), device),
            classes: Tensor::from_data(TensorData::new(classes, [rows]), device),
        }
    }
}

impl Network {
    fn classify(&self, batch: Batch) -> ClassificationOutput {
        let output = self.output.forward(batch.features);
        let loss = CrossEntropyLossConfig::new().init(&output.device());
        ClassificationOutput::new(loss.forward(output.clone(), batch.classes.clone()), output, batch.classes)
    }
}

impl TrainStep for Network {
    type Input = Batch;
    type Output = ClassificationOutput;

    fn step(&self, batch: Batch) -> TrainOutput<ClassificationOutput> {
        let output = self.classify(batch);
        TrainOutput::new(self, output.loss.backward(), output)
    }
}

impl InferenceStep for Network {
    type Input = Batch;
    type Output = ClassificationOutput;

    fn step(&self, batch: Batch) -> ClassificationOutput {
        self.classify(batch)
    }
}

fn points(count: usize, batch_size: usize) -> Arc<dyn DataLoader<Batch>> {
    let points = (0..count).map(|point| (point as f32 / 10.0 - 0.5, i64::from(point >= count / 2)));
    DataLoaderBuilder::new(Points).batch_size(batch_size).build(InMemDataset::new(points.collect()))
}

fn steps(client: &Client, run: &Run, key: &str) -> Vec<i64> {
    client.metric_history(run.id().clone(), key).into_iter().map(|point| point.unwrap().step).collect()
}

fn values(client: &Client, run: &Run, key: &str) -> Vec<f64> {
    client.metric_history(run.id().clone(), key).into_iter().map(|point| point.unwrap().value).collect()
}

fn yard() -> (tempfile::TempDir, Client) {
    let folder = tempfile::tempdir().unwrap();
    let client = Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display())).unwrap();
    (folder, client)
}

#[test]
fn a_training_logs_iterations_and_epochs_of_both_splits() {
    at_home("frameworks::burn_learner::a_training_logs_iterations_and_epochs_of_both_splits", |_| train());
}

fn train() {
    let (folder, client) = yard();
    let run = client.start_run("points", "").unwrap();
    let training = SupervisedTraining::new(folder.path().join("burn"), points(12, 4), points(6, 3))
        .metrics((LossMetric::new(), AccuracyMetric::new(), AurocMetric::binary()))
        .with_metric_logger(BurnMetrics::new(&run))
        .with_application_logger(None)
        .early_stopping(MetricEarlyStoppingStrategy::new(
            &LossMetric::new(),
            Aggregate::Mean,
            Direction::Lowest,
            Split::Valid,
            StoppingCondition::NoImprovementSince { n_epochs: 100 },
        ))
        .with_default_checkpointers()
        .num_epochs(3);
    let network = Network { output: LinearConfig::new(1, 2).init(&Device::default().autodiff()) };
    let trained = training.launch(Learner::new(network, AdamConfig::new().init(), 0.05));
    assert!(trained.error.is_none(), "{:?}", trained.error);

    run.flush(PATIENCE).unwrap();
    assert_eq!(steps(&client, &run, "train/loss"), (1..=9).collect::<Vec<_>>());
    assert_eq!(steps(&client, &run, "train/accuracy"), (1..=9).collect::<Vec<_>>());
    assert_eq!(steps(&client, &run, "valid/loss"), (1..=6).collect::<Vec<_>>());
    for key in ["train/loss_epoch", "valid/loss_epoch", "train/auroc_macro_epoch", "valid/accuracy_epoch"] {
        assert_eq!(steps(&client, &run, key), [1, 2, 3], "{key}");
    }
    assert_eq!(steps(&client, &run, "train/auroc_macro"), [0; 0], "it has no value of a batch");
    let (losses, of_epochs) = (values(&client, &run, "train/loss"), values(&client, &run, "train/loss_epoch"));
    for (batches, epoch) in losses.chunks(3).zip(of_epochs) {
        // Batches have as many points each.
        assert!((batches.iter().sum::<f64>() / 3.0 - epoch).abs() < 1e-9, "{batches:?} {epoch}");
    }
    run.finish().unwrap();
}

/// A loss as burn hands it over.
fn loss(value: f64) -> MetricsUpdate {
    let value = NumericEntry::Aggregated { aggregated_value: value, count: 4 };
    let entry = MetricEntry::new(MetricId::new(LossMetric::new().name()), SerializedEntry::not_available(None));
    MetricsUpdate::new(Vec::new(), vec![NumericMetricUpdate::new(entry, Some(value.clone()), Some(value))])
}

#[test]
fn what_breaks_off_keeps_its_last_iteration_and_what_has_ended_takes_none() {
    at_home("frameworks::burn_learner::what_breaks_off_keeps_its_last_iteration_and_what_has_ended_takes_none", |_| {
        break_off();
    });
}

fn break_off() {
    let (_folder, client) = yard();
    let run = client.start_run("points", "").unwrap();
    let metric = LossMetric::new();
    let mut metrics = BurnMetrics::new(&run);
    metrics.log_metric_definition(MetricDefinition::new(MetricId::new(metric.name()), &metric));
    metrics.log(loss(0.75), 1, &Split::Train);
    metrics.log(loss(0.25), 1, &Split::Train);
    assert!(metrics.read_numeric("Loss", 2, &Split::Train).unwrap().is_empty(), "an epoch to come");
    drop(metrics);
    run.flush(PATIENCE).unwrap();
    assert_eq!(values(&client, &run, "train/loss"), [0.75, 0.25]);

    let mut late = BurnMetrics::new(&run);
    late.log_metric_definition(MetricDefinition::new(MetricId::new(metric.name()), &metric));
    let id = run.id().clone();
    run.finish().unwrap();
    late.log(loss(0.5), 2, &Split::Train);
    late.log(loss(0.5), 2, &Split::Train);
    drop(late);
    assert_eq!(client.metric_history(id, "train/loss").into_iter().count(), 2);
}
