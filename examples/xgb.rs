//! Train a booster of XGBoost by the crate `xgb`, record and register it, and load it back. Every MLflow client loads it too and
//! predicts with it.
//!
//! Run it with `cargo run -p trainyard --example xgb --features xgb`: without a server everything is kept in ./yard. The crate
//! links the XGBoost in the folder XGBOOST_LIB_DIR, such as that of the Python package, or fetches one.
#![allow(clippy::print_stdout, reason = "whoever runs an example reads what it prints")]

use trainyard::flavors::Xgboost;
use trainyard::{BoxError, Client};
use xgb::parameters::tree::TreeBoosterParametersBuilder;
use xgb::parameters::{BoosterParametersBuilder, BoosterType, TrainingParametersBuilder};
use xgb::{Booster, DMatrix};

use crate::data::{Table, deviation, diabetes};
use crate::recording::{Training, record};

#[path = "data/mod.rs"]
mod data;
#[path = "data/recording.rs"]
mod recording;

const DEPTH: u32 = 3;
const ROUNDS: u32 = 30;

fn main() -> Result<(), BoxError> {
    let client = Client::from_env()?;
    let (train, test) = diabetes()?.split();
    let mut matrix = matrix(&train)?;
    matrix.set_labels(&train.targets.iter().map(|&target| target as f32).collect::<Vec<_>>())?;
    let tree = TreeBoosterParametersBuilder::default().max_depth(DEPTH).eta(0.1).build()?;
    let booster = BoosterParametersBuilder::default().booster_type(BoosterType::Tree(tree)).build()?;
    let mut training = TrainingParametersBuilder::default();
    let training = training.dtrain(&matrix).boost_rounds(ROUNDS).booster_params(booster).build()?;
    let booster = Booster::train(&training)?;

    let x = self::matrix(&test)?;
    let predictions = booster.predict(&x)?;
    let numbers: Vec<f64> = predictions.iter().map(|&number| number.into()).collect();
    let metric = ("rmse", deviation(&numbers, &test.targets));
    let params = [("max_depth", DEPTH.into()), ("rounds", ROUNDS.into()), ("eta", 0.1)];
    let training = Training { name: "xgb-diabetes", params: &params, metric };
    record(&client, &training, &Xgboost::of(&booster)?, &test.rows, &predictions, |loaded: Xgboost| {
        Ok(Booster::load_buffer(loaded.bytes())?.predict(&x)?)
    })
}

fn matrix(table: &Table) -> Result<DMatrix, BoxError> {
    let values: Vec<f32> = table.flat().iter().map(|&value| value as f32).collect();
    Ok(DMatrix::from_dense(&values, table.rows.len())?)
}
