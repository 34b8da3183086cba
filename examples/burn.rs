//! Train a small network of burn on wine, record and register it, and load it back.
//!
//! Run it with `cargo run -p trainyard --example burn --features burn-example`: without a server everything is kept in
//! ./yard.

use burn::config::Config;
use burn::module::Module;
use burn::nn::loss::CrossEntropyLossConfig;
use burn::nn::{Linear, LinearConfig};
use burn::optim::{AdamConfig, GradientsParams};
use burn::tensor::activation::relu;
use burn::tensor::{Device, Int, Tensor, TensorData};
use trainyard::flavors::{Burn, LoadedBurn};
use trainyard::{BoxError, Client};

use crate::data::{Table, accuracy, wine};
use crate::recording::{Training, record};

#[path = "data/mod.rs"]
mod data;
#[path = "data/recording.rs"]
mod recording;

const RATE: f64 = 0.02;
const STEPS: usize = 100;

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

impl Network {
    fn new(config: &NetworkConfig, device: &Device) -> Self {
        Self {
            hidden: LinearConfig::new(config.features, config.hidden).init(device),
            output: LinearConfig::new(config.hidden, config.classes).init(device),
        }
    }

    fn forward(&self, x: Tensor<2>) -> Tensor<2> {
        self.output.forward(relu(self.hidden.forward(x)))
    }

    fn predict(&self, table: &Table, device: &Device) -> Result<Vec<i64>, BoxError> {
        let classes = self.forward(features(table, device)).argmax(1).into_data();
        Ok(classes.convert::<i64>().to_vec().map_err(|error| format!("{error:?}"))?)
    }
}

fn main() -> Result<(), BoxError> {
    let client = Client::from_env()?;
    let (train, test) = wine()?.standardised().split();
    let config = NetworkConfig::new(13, 16, 3);
    let device = Device::default().autodiff();
    let mut network = Network::new(&config, &device);
    let mut optimizer = AdamConfig::new().init();
    let loss = CrossEntropyLossConfig::new().init(&device);
    let (x, y) = (features(&train, &device), targets(&train, &device));
    for _ in 0..STEPS {
        let gradients = loss.forward(network.forward(x.clone()), y.clone()).backward();
        let gradients = GradientsParams::from_grads(gradients, &network);
        network = optimizer.step(RATE, network, gradients);
    }

    let network = network.valid();
    let device = Device::default();
    let predictions = network.predict(&test, &device)?;
    let truth: Vec<i64> = test.targets.iter().map(|&target| target as i64).collect();
    let metric = ("accuracy", accuracy(&predictions, &truth));
    let params = [("rate", RATE), ("steps", STEPS as f64), ("hidden", config.hidden as f64)];
    let training = Training { name: "burn-wine", params: &params, metric };
    let model = Burn { module: &network, config: &config };
    record(&client, &training, &model, &test.rows, &predictions, |loaded: LoadedBurn<NetworkConfig>| {
        loaded.into_module(|config| Network::new(config, &device))?.predict(&test, &device)
    })
}

fn features(table: &Table, device: &Device) -> Tensor<2> {
    let values: Vec<f32> = table.flat().into_iter().map(|value| value as f32).collect();
    Tensor::from_data(TensorData::new(values, [table.rows.len(), table.columns.len()]), device)
}

fn targets(table: &Table, device: &Device) -> Tensor<1, Int> {
    let classes: Vec<i64> = table.targets.iter().map(|&target| target as i64).collect();
    Tensor::from_data(TensorData::new(classes, [table.rows.len()]), device)
}
