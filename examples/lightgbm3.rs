//! Train a booster of LightGBM by the crate `lightgbm3`, record and register it, and load it back. Every MLflow client loads it
//! too and predicts with it.
//!
//! Run it with `cargo run -p trainyard --example lightgbm3 --features lightgbm3`: without a server everything is kept in ./yard.
//! The crate builds LightGBM, which takes cmake 3.28, a C++ compiler and libclang.
#![allow(clippy::print_stdout, reason = "whoever runs an example reads what it prints")]

use lightgbm3::{Booster, Dataset};
use serde_json::json;
use trainyard::flavors::Lightgbm;
use trainyard::{BoxError, Client};

use crate::data::{deviation, diabetes};
use crate::recording::{Training, record};

#[path = "data/mod.rs"]
mod data;
#[path = "data/recording.rs"]
mod recording;

const LEAVES: u32 = 7;
const ROUNDS: u32 = 30;

fn main() -> Result<(), BoxError> {
    let client = Client::from_env()?;
    let (train, test) = diabetes()?.split();
    let columns = i32::try_from(train.columns.len())?;
    let targets: Vec<f32> = train.targets.iter().map(|&target| target as f32).collect();
    let dataset = Dataset::from_slice(&train.flat(), &targets, columns, true)?;
    let how = json!({
        "objective": "regression", "num_iterations": ROUNDS, "num_leaves": LEAVES, "num_threads": 1, "verbosity": -1,
    });
    let booster = Booster::train(dataset, &how)?;

    let x = test.flat();
    let predictions = booster.predict(&x, columns, true)?;
    let metric = ("rmse", deviation(&predictions, &test.targets));
    let params = [("num_leaves", LEAVES.into()), ("rounds", ROUNDS.into())];
    let training = Training { name: "lightgbm3-diabetes", params: &params, metric };
    record(&client, &training, &Lightgbm::of(&booster)?, &test.rows, &predictions, |loaded: Lightgbm| {
        Ok(Booster::from_string(loaded.text())?.predict(&x, columns, true)?)
    })
}
