//! Train models of linfa, record and register each, and load it back. Beside the file that Rust loads lies an ONNX
//! copy, by which every MLflow client predicts.
//!
//! Run it with `cargo run -p trainyard --example linfa --features linfa`: without a server everything is kept in
//! ./yard.
#![allow(clippy::print_stdout, reason = "whoever runs an example reads what it prints")]

use linfa::prelude::*;
use linfa_ensemble::{EnsembleLearnerParams, RandomForest};
use linfa_linear::{FittedLinearRegression, LinearRegression};
use linfa_logistic::{
    FittedLogisticRegression, LogisticRegression, MultiFittedLogisticRegression, MultiLogisticRegression,
};
use linfa_trees::DecisionTree;
use ndarray_0_16::{Array1, Array2};
use trainyard::flavors::Linfa;
use trainyard::{BoxError, Client};

use crate::data::{Table, accuracy, deviation, diabetes, iris};
use crate::recording::{Training, record};

#[path = "data/mod.rs"]
mod data;
#[path = "data/recording.rs"]
mod recording;

fn main() -> Result<(), BoxError> {
    let client = Client::from_env()?;

    let (train, test) = diabetes()?.split();
    let model = LinearRegression::new().fit(&Dataset::new(features(&train)?, Array1::from(train.targets)))?;
    let x = features(&test)?;
    let predictions = model.predict(&x).to_vec();
    let metric = ("rmse", deviation(&predictions, &test.targets));
    let training = Training { name: "linfa-linear", params: &[("intercept", 1.0)], metric };
    record(
        &client,
        &training,
        &Linfa(&model),
        &test.rows,
        &predictions,
        |Linfa(model): Linfa<FittedLinearRegression<f64>>| Ok(model.predict(&x).to_vec()),
    )?;

    let (train, test) = iris()?.split();
    let (dataset, x, truth) = (dataset(&train)?, features(&test)?, test.classes());
    let model = MultiLogisticRegression::default().alpha(0.1).max_iterations(200).fit(&dataset)?;
    let predictions = model.predict(&x).to_vec();
    let metric = ("accuracy", accuracy(&predictions, &truth));
    let training = Training { name: "linfa-multinomial", params: &[("alpha", 0.1)], metric };
    type Multinomial = MultiFittedLogisticRegression<f64, usize>;
    record(&client, &training, &Linfa(&model), &test.rows, &predictions, |Linfa(model): Linfa<Multinomial>| {
        Ok(model.predict(&x).to_vec())
    })?;

    let model = DecisionTree::params().max_depth(Some(4)).fit(&dataset)?;
    let predictions = model.predict(&x).to_vec();
    let metric = ("accuracy", accuracy(&predictions, &truth));
    let training = Training { name: "linfa-tree", params: &[("max_depth", 4.0)], metric };
    record(
        &client,
        &training,
        &Linfa(&model),
        &test.rows,
        &predictions,
        |Linfa(model): Linfa<DecisionTree<f64, usize>>| Ok(model.predict(&x).to_vec()),
    )?;
    two_species(&client)
}

/// The two species that are hard to tell apart; an odd number of trees has no draws.
fn two_species(client: &Client) -> Result<(), BoxError> {
    let (train, test) = iris()?.of_targets([1.0, 2.0]).split();
    let (dataset, x, truth) = (dataset(&train)?, features(&test)?, test.classes());
    let model = LogisticRegression::default().alpha(0.1).max_iterations(200).fit(&dataset)?;
    let predictions = model.predict(&x).to_vec();
    let metric = ("accuracy", accuracy(&predictions, &truth));
    let training = Training { name: "linfa-logistic", params: &[("alpha", 0.1)], metric };
    type Logistic = FittedLogisticRegression<f64, usize>;
    record(client, &training, &Linfa(&model), &test.rows, &predictions, |Linfa(model): Linfa<Logistic>| {
        Ok(model.predict(&x).to_vec())
    })?;

    let trees = EnsembleLearnerParams::new(DecisionTree::params().max_depth(Some(3)));
    let model = trees.ensemble_size(31).bootstrap_proportion(0.7).feature_proportion(0.5).fit(&dataset)?;
    let predictions = model.predict(&x).to_vec();
    let metric = ("accuracy", accuracy(&predictions, &truth));
    let params = [("ensemble_size", 31.0), ("bootstrap_proportion", 0.7), ("feature_proportion", 0.5)];
    let training = Training { name: "linfa-forest", params: &params, metric };
    record(
        client,
        &training,
        &Linfa(&model),
        &test.rows,
        &predictions,
        |Linfa(model): Linfa<RandomForest<f64, usize>>| Ok(model.predict(&x).to_vec()),
    )
}

fn features(table: &Table) -> Result<Array2<f64>, BoxError> {
    Ok(Array2::from_shape_vec((table.rows.len(), table.columns.len()), table.flat())?)
}

fn dataset(table: &Table) -> Result<Dataset<f64, usize, ndarray_0_16::Ix1>, BoxError> {
    Ok(Dataset::new(features(table)?, Array1::from(table.classes())))
}
