//! Train a small network of burn on wine with burn's learner, whose metrics go to a run as they are computed; record and
//! register the network, and load it back.
//!
//! Run it with `cargo run -p trainyard --example burn --features burn-example`: without a server everything is kept in
//! ./yard.
#![allow(clippy::print_stdout, reason = "whoever runs an example reads what it prints")]

use std::sync::Arc;

use burn::config::Config;
use burn::data::dataloader::batcher::Batcher;
use burn::data::dataloader::{DataLoader, DataLoaderBuilder};
use burn::data::dataset::InMemDataset;
use burn::module::Module;
use burn::nn::loss::CrossEntropyLossConfig;
use burn::nn::{Linear, LinearConfig};
use burn::optim::AdamConfig;
use burn::tensor::activation::relu;
use burn::tensor::{Device, Int, Tensor, TensorData};
use burn::train::metric::{AccuracyMetric, LossMetric};
use burn::train::{ClassificationOutput, InferenceStep, Learner, SupervisedTraining, TrainOutput, TrainStep};
use trainyard::flavors::{Burn, BurnMetrics, LoadedBurn};
use trainyard::{BoxError, Client};

use crate::data::{Table, accuracy, wine};
use crate::recording::{Training, record_in};

#[path = "data/mod.rs"]
mod data;
#[path = "data/recording.rs"]
mod recording;

const RATE: f64 = 0.02;
const EPOCHS: usize = 10;
const BATCH: usize = 16;

/// Sizes of the layers.
#[derive(Config, Debug)]
struct NetworkConfig {
    features: usize,
    hidden: usize,
    classes: usize,
}

#[derive(Module, Debug)]
struct Network {
    hidden: Linear,
    output: Linear,
}

/// Wines as the network takes them.
#[derive(Debug, Clone)]
struct Wines {
    features: Tensor<2>,
    growers: Tensor<1, Int>,
}

impl Network {
    fn new(config: &NetworkConfig, device: &Device) -> Self {
        Self {
            hidden: LinearConfig::new(config.features, config.hidden).init(device),
            output: LinearConfig::new(config.hidden, config.classes).init(device),
        }
    }

    fn forward(&self, features: Tensor<2>) -> Tensor<2> {
        self.output.forward(relu(self.hidden.forward(features)))
    }

    fn classify(&self, wines: Wines) -> ClassificationOutput {
        let output = self.forward(wines.features);
        let loss = CrossEntropyLossConfig::new().init(&output.device());
        let loss = loss.forward(output.clone(), wines.growers.clone());
        ClassificationOutput::new(loss, output, wines.growers)
    }

    fn predict(&self, table: &Table, device: &Device) -> Result<Vec<i64>, BoxError> {
        let wines = Rows.batch(rows(table), device);
        let classes = self.forward(wines.features).argmax(1).try_into_data()?;
        Ok(classes.try_into_vec_as::<i64>()?)
    }
}

impl TrainStep for Network {
    type Input = Wines;
    type Output = ClassificationOutput;

    fn step(&self, wines: Wines) -> TrainOutput<ClassificationOutput> {
        let output = self.classify(wines);
        TrainOutput::new(self, output.loss.backward(), output)
    }
}

impl InferenceStep for Network {
    type Input = Wines;
    type Output = ClassificationOutput;

    fn step(&self, wines: Wines) -> ClassificationOutput {
        self.classify(wines)
    }
}

/// A wine's features, and its grower.
type Row = (Vec<f32>, i64);

struct Rows;

impl Batcher<Row, Wines> for Rows {
    fn batch(&self, rows: Vec<Row>, device: &Device) -> Wines {
        let shape = [rows.len(), rows.first().map_or(0, |(features, _)| features.len())];
        let (features, growers): (Vec<_>, Vec<_>) = rows.into_iter().unzip();
        Wines {
            features: Tensor::from_data(TensorData::new(features.concat(), shape), device),
            growers: Tensor::from_data(TensorData::new(growers, [shape[0]]), device),
        }
    }
}

fn main() -> Result<(), BoxError> {
    let client = Client::from_env()?;
    let (train, test) = wine()?.standardised().split();
    let config = NetworkConfig::new(train.columns.len(), 16, 3);
    let device = Device::default();
    device.seed(1);

    let run = client.start_run("burn-wine", "")?;
    let files = tempfile::tempdir()?;
    let training = SupervisedTraining::new(files.path(), batches(&train), batches(&test))
        .metrics((LossMetric::new(), AccuracyMetric::new()))
        .with_metric_logger(BurnMetrics::new(&run))
        .with_application_logger(None)
        .num_epochs(EPOCHS);
    let network = Network::new(&config, &device.clone().autodiff());
    let learner = Learner::new(network, AdamConfig::new().init(), RATE);
    let trained = training.launch(learner);
    if let Some(error) = trained.error {
        return Err(error.to_string().into());
    }

    let network = trained.model;
    let predictions = network.predict(&test, &device)?;
    let truth: Vec<i64> = rows(&test).iter().map(|(_, grower)| *grower).collect();
    let metric = ("accuracy", accuracy(&predictions, &truth));
    let params =
        [("rate", RATE), ("epochs", EPOCHS as f64), ("batch_size", BATCH as f64), ("hidden", config.hidden as f64)];
    let training = Training { name: "burn-wine", params: &params, metric };
    let model = Burn { module: &network, config: &config };
    record_in(run, &training, &model, &test.rows, &predictions, |loaded: LoadedBurn<NetworkConfig>| {
        loaded.into_module(|config| Network::new(config, &device))?.predict(&test, &device)
    })
}

fn rows(table: &Table) -> Vec<Row> {
    let rows = table.rows.iter().zip(&table.targets);
    rows.map(|(row, &grower)| (row.iter().map(|&value| value as f32).collect(), grower as i64)).collect()
}

fn batches(table: &Table) -> Arc<dyn DataLoader<Wines>> {
    DataLoaderBuilder::new(Rows).batch_size(BATCH).shuffle(1).build(InMemDataset::new(rows(table)))
}
