//! Models at the edges of what an ONNX copy has to get right: `f32`, classes that are texts or truth values, targets that are
//! integers or large numbers of `f32`, rows with NaN, and rows that lie exactly on a split. The tests let Python predict with them.
//!
//! Run it with `cargo run -p trainyard --example edges --features linfa,smartcore`: without a server everything is kept
//! in ./yard.
#![allow(clippy::print_stdout, reason = "whoever runs an example reads what it prints")]

use std::fmt::Debug;

use linfa::prelude::*;
use linfa_ensemble::{EnsembleLearnerParams, RandomForest};
use linfa_logistic::FittedLogisticRegression;
use ndarray_0_16::{Array1, Array2};
use serde::Serialize;
use smartcore::ensemble::random_forest_classifier::RandomForestClassifier;
use smartcore::ensemble::random_forest_regressor::{RandomForestRegressor, RandomForestRegressorParameters};
use smartcore::linalg::basic::matrix::DenseMatrix;
use smartcore::linear::elastic_net::ElasticNet;
use smartcore::linear::lasso::Lasso;
use smartcore::linear::linear_regression::LinearRegression;
use smartcore::linear::logistic_regression::LogisticRegression;
use smartcore::tree::decision_tree_classifier::DecisionTreeClassifier;
use smartcore::tree::decision_tree_regressor::DecisionTreeRegressor;
use trainyard::flavors::{Linfa, Smartcore};
use trainyard::{BoxError, Client, LoadModel, Predict, SaveModel, Tensor};

use crate::recording::{Training, record};

#[path = "data/recording.rs"]
mod recording;

/// Rows to train on. Sixteenths are the same number in both precisions, and so are the splits half-way between them.
const ROWS: usize = 12;

fn main() -> Result<(), BoxError> {
    let client = Client::from_env()?;
    of_smartcore(&client)?;
    of_linfa(&client)
}

/// Features of a row; halves of steps lie on splits.
fn row(step: f32) -> Vec<f32> {
    vec![step / 16.0, ((step * 7.0) % 5.0) / 16.0]
}

fn rows() -> Vec<Vec<f32>> {
    (0..ROWS).map(|step| row(step as f32)).collect()
}

/// Between, on and beyond what was trained on.
fn on_splits() -> Vec<Vec<f32>> {
    (-2..=2 * ROWS as i32).map(|half| row(half as f32 / 2.0)).collect()
}

/// The same, and rows that lack a feature.
fn with_nan() -> Vec<Vec<f32>> {
    let mut rows = on_splits();
    rows.extend([vec![f32::NAN, 0.125], vec![0.375, f32::NAN], vec![f32::NAN, f32::NAN]]);
    rows
}

fn wide(rows: &[Vec<f32>]) -> Vec<Vec<f64>> {
    rows.iter().map(|row| row.iter().map(|&value| value.into()).collect()).collect()
}

/// Records the model under this name, and asks it and what is loaded again for the same predictions.
fn keep<L, T>(
    client: &Client,
    name: &str,
    model: &dyn SaveModel,
    features: &(impl Tensor + Serialize),
    predict: impl Fn(&L) -> Result<Vec<T>, BoxError>,
    fitted: &L,
) -> Result<(), BoxError>
where
    L: LoadModel,
    T: Serialize + PartialEq + Debug,
{
    let training = Training { name, params: &[], metric: ("rows", ROWS as f64) };
    record(client, &training, model, features, &predict(fitted)?, |loaded: L| predict(&loaded))
}

fn of_smartcore(client: &Client) -> Result<(), BoxError> {
    macro_rules! model {
        ($name:literal, $type:ident<$float:ty, $target:ty>, $rows:expr, $targets:expr, $tested:expr) => {
            model!($name, $type<$float, $target>, $rows, $targets, $tested, Default::default())
        };
        ($name:literal, $type:ident<$float:ty, $target:ty>, $rows:expr, $targets:expr, $tested:expr, $how:expr) => {{
            type Model = Smartcore<$type<$float, $target, DenseMatrix<$float>, Vec<$target>>>;
            let (rows, tested): (Vec<Vec<$float>>, Vec<Vec<$float>>) = ($rows, $tested);
            let model: Model = Smartcore($type::fit(&DenseMatrix::from_2d_vec(&rows)?, &$targets, $how)?);
            let x = DenseMatrix::from_2d_vec(&tested)?;
            keep(client, $name, &Smartcore(&model.0), &tested, |model: &Model| model.predict(&x), &model)?;
        }};
    }
    let numbers: Vec<f32> = (0..ROWS).map(|step| [0.1, -0.2, 0.35, 0.3][step % 4] + step as f32 / 24.0).collect();
    let doubles: Vec<f64> = numbers.iter().map(|&number| number.into()).collect();
    let counts: Vec<i64> = vec![1, 2, 2, 5, 7, 7, 9, 14, 15, 15, 19, 23];
    // Numbers that `f32` rounds by more than a millionth.
    let singles: Vec<f32> = numbers.iter().map(|number| number * 54_321.99).collect();
    let two: Vec<i32> = (0..ROWS).map(|step| i32::from(step >= 5)).collect();
    let three: Vec<i32> = (0..ROWS).map(|step| step as i32 / 4).collect();

    model!("edges-lasso", Lasso<f64, f64>, wide(&rows()), doubles, wide(&on_splits()));
    model!("edges-elastic-net", ElasticNet<f64, f64>, wide(&rows()), doubles, wide(&on_splits()));
    model!("edges-linear-f32", LinearRegression<f32, f32>, rows(), numbers, on_splits());
    model!("edges-logistic-f32", LogisticRegression<f32, i32>, rows(), two, on_splits());
    model!("edges-tree-f32", DecisionTreeClassifier<f32, i32>, rows(), three, with_nan());
    model!("edges-tree-regressor-f32", DecisionTreeRegressor<f32, f32>, rows(), numbers, with_nan());
    model!("edges-forest-f32", RandomForestClassifier<f32, i32>, rows(), three, with_nan());
    model!("edges-linear-counts", LinearRegression<f64, i64>, wide(&rows()), counts, wide(&on_splits()));
    model!("edges-tree-counts", DecisionTreeRegressor<f64, i64>, wide(&rows()), counts, wide(&with_nan()));
    model!("edges-forest-counts", RandomForestRegressor<f64, i64>, wide(&rows()), counts, wide(&on_splits()));
    // Leaves that are means of several counts: each loses what stands behind its point.
    let shallow = RandomForestRegressorParameters::default().with_max_depth(2);
    let (x, tested) = (wide(&rows()), wide(&on_splits()));
    model!("edges-shallow-forest-counts", RandomForestRegressor<f64, i64>, x, counts, tested, shallow);
    model!("edges-linear-singles", LinearRegression<f64, f32>, wide(&rows()), singles, wide(&on_splits()));
    model!("edges-tree-singles", DecisionTreeRegressor<f64, f32>, wide(&rows()), singles, wide(&with_nan()));
    model!("edges-forest-singles", RandomForestRegressor<f64, f32>, wide(&rows()), singles, wide(&on_splits()));
    Ok(())
}

fn of_linfa(client: &Client) -> Result<(), BoxError> {
    let matrix = |rows: &[Vec<f32>]| Array2::from_shape_vec((rows.len(), 2), rows.concat());
    let texts = (0..ROWS).map(|step| ["small", "it's", "large"][step / 4].to_owned()).collect::<Array1<String>>();
    let x = matrix(&with_nan())?;
    let tree = Linfa(linfa_trees::DecisionTree::params().fit(&Dataset::new(matrix(&rows())?, texts))?);
    type Tree = Linfa<linfa_trees::DecisionTree<f32, String>>;
    let predict = |model: &Tree| Ok(Predict::predict(model, &x)?.to_vec());
    keep(client, "edges-texts", &Linfa(&tree.0), &with_nan(), predict, &tree)?;

    // An odd number of trees, and two classes: no draws.
    let classes = (0..ROWS).map(|step| usize::from(step >= 5)).collect::<Array1<usize>>();
    let forest = EnsembleLearnerParams::new(linfa_trees::DecisionTree::params()).ensemble_size(11);
    let forest = forest.bootstrap_proportion(0.8).feature_proportion(1.0);
    let forest = Linfa(forest.fit(&Dataset::new(matrix(&rows())?, classes))?);
    let predict = |model: &Linfa<RandomForest<f32, usize>>| Ok(Predict::predict(model, &x)?.to_vec());
    keep(client, "edges-linfa-forest-f32", &forest, &with_nan(), predict, &forest)?;

    let truths = (0..ROWS).map(|step| step >= 5).collect::<Array1<bool>>();
    let doubles = |rows: &[Vec<f32>]| Array2::from_shape_vec((rows.len(), 2), wide(rows).concat());
    let logistic = linfa_logistic::LogisticRegression::default().max_iterations(50);
    let logistic = Linfa(logistic.fit(&Dataset::new(doubles(&rows())?, truths))?);
    let x = doubles(&on_splits())?;
    let predict = |model: &Linfa<FittedLogisticRegression<f64, bool>>| Ok(Predict::predict(model, &x)?.to_vec());
    keep(client, "edges-truths", &logistic, &wide(&on_splits()), predict, &logistic)
}
