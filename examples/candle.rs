//! Train a small network of candle on iris, record and register it, and load it back.
//!
//! Run it with `cargo run -p trainyard --example candle --features candle`: without a server everything is kept in
//! ./yard.
#![allow(clippy::print_stdout, reason = "whoever runs an example reads what it prints")]

use candle_core::{DType, Device, Tensor};
use candle_nn::{AdamW, Linear, Module, Optimizer, VarBuilder, VarMap, linear, loss};
use serde::{Deserialize, Serialize};
use trainyard::flavors::{Candle, LoadedCandle};
use trainyard::{BoxError, Client};

use crate::data::{Table, accuracy, iris};
use crate::recording::{Training, record};

#[path = "data/mod.rs"]
mod data;
#[path = "data/recording.rs"]
mod recording;

const RATE: f64 = 0.02;
const STEPS: usize = 200;

/// Sizes of the layers.
#[derive(Serialize, Deserialize)]
struct Config {
    features: usize,
    hidden: usize,
    classes: usize,
}

struct Network {
    hidden: Linear,
    output: Linear,
}

impl Network {
    fn new(config: &Config, variables: VarBuilder<'_>) -> candle_core::Result<Self> {
        Ok(Self {
            hidden: linear(config.features, config.hidden, variables.pp("hidden"))?,
            output: linear(config.hidden, config.classes, variables.pp("output"))?,
        })
    }

    fn forward(&self, x: &Tensor) -> candle_core::Result<Tensor> {
        self.output.forward(&self.hidden.forward(x)?.relu()?)
    }

    fn predict(&self, x: &Tensor) -> candle_core::Result<Vec<u32>> {
        self.forward(x)?.argmax(1)?.to_vec1()
    }
}

fn main() -> Result<(), BoxError> {
    let client = Client::from_env()?;
    let (train, test) = iris()?.standardised().split();
    let config = Config { features: 4, hidden: 16, classes: 3 };
    let variables = VarMap::new();
    let network = Network::new(&config, VarBuilder::from_varmap(&variables, DType::F32, &Device::Cpu))?;
    let (x, y) = (features(&train)?, Tensor::from_vec(classes(&train), train.rows.len(), &Device::Cpu)?);
    let mut optimizer = AdamW::new_lr(variables.all_vars(), RATE)?;
    for _ in 0..STEPS {
        optimizer.backward_step(&loss::cross_entropy(&network.forward(&x)?, &y)?)?;
    }

    let x = features(&test)?;
    let predictions = network.predict(&x)?;
    let metric = ("accuracy", accuracy(&predictions, &classes(&test)));
    let params = [("rate", RATE), ("steps", STEPS as f64), ("hidden", config.hidden as f64)];
    let training = Training { name: "candle-iris", params: &params, metric };
    let model = Candle { variables: &variables, config: &config };
    record(&client, &training, &model, &test.rows, &predictions, |loaded: LoadedCandle<Config>| {
        Ok(loaded.into_model(DType::F32, &Device::Cpu, Network::new)?.predict(&x)?)
    })
}

fn features(table: &Table) -> candle_core::Result<Tensor> {
    let values: Vec<f32> = table.flat().into_iter().map(|value| value as f32).collect();
    Tensor::from_vec(values, (table.rows.len(), table.columns.len()), &Device::Cpu)
}

fn classes(table: &Table) -> Vec<u32> {
    table.targets.iter().map(|&target| target as u32).collect()
}
