//! Train models of smartcore, record and register each, and load it back. Beside the file that Rust loads lies an ONNX
//! copy, by which every MLflow client predicts.
//!
//! Run it with `cargo run -p trainyard --example smartcore --features smartcore`: without a server everything is kept
//! in ./yard.

use smartcore::ensemble::random_forest_classifier::{RandomForestClassifier, RandomForestClassifierParameters};
use smartcore::ensemble::random_forest_regressor::{RandomForestRegressor, RandomForestRegressorParameters};
use smartcore::linalg::basic::matrix::DenseMatrix;
use smartcore::linear::linear_regression::LinearRegression;
use smartcore::linear::logistic_regression::LogisticRegression;
use smartcore::linear::ridge_regression::{RidgeRegression, RidgeRegressionParameters};
use smartcore::tree::decision_tree_classifier::{DecisionTreeClassifier, DecisionTreeClassifierParameters};
use smartcore::tree::decision_tree_regressor::{DecisionTreeRegressor, DecisionTreeRegressorParameters};
use trainyard::flavors::Smartcore;
use trainyard::{BoxError, Client, Predict};

use crate::data::{Table, accuracy, deviation, diabetes, iris, wine};
use crate::recording::{Training, record};

#[path = "data/mod.rs"]
mod data;
#[path = "data/recording.rs"]
mod recording;

type Matrix = DenseMatrix<f64>;

fn main() -> Result<(), BoxError> {
    let client = Client::from_env()?;
    regressors(&client)?;
    classifiers(&client)
}

fn regressors(client: &Client) -> Result<(), BoxError> {
    let (train, test) = diabetes()?.split();
    let (x, y, x_test) = (features(&train)?, train.targets, features(&test)?);
    macro_rules! regressor {
        ($name:literal, $type:ident, $params:expr, $fitted:expr) => {{
            let model: $type<f64, f64, Matrix, Vec<f64>> = $fitted;
            let predictions = model.predict(&x_test)?;
            let metric = ("rmse", deviation(&predictions, &test.targets));
            let training = Training { name: $name, params: $params, metric };
            type Loaded = Smartcore<$type<f64, f64, Matrix, Vec<f64>>>;
            record(client, &training, &Smartcore(&model), &test.rows, &predictions, |model: Loaded| {
                model.predict(&x_test)
            })?;
        }};
    }
    regressor!("smartcore-linear", LinearRegression, &[], LinearRegression::fit(&x, &y, Default::default())?);
    let ridge = RidgeRegressionParameters::default().with_alpha(0.5);
    regressor!("smartcore-ridge", RidgeRegression, &[("alpha", 0.5)], RidgeRegression::fit(&x, &y, ridge)?);
    let tree = DecisionTreeRegressorParameters::default().with_max_depth(5);
    regressor!(
        "smartcore-tree-regressor",
        DecisionTreeRegressor,
        &[("max_depth", 5.0)],
        DecisionTreeRegressor::fit(&x, &y, tree)?
    );
    let forest = RandomForestRegressorParameters::default().with_n_trees(25).with_max_depth(6).with_seed(42);
    let params = [("n_trees", 25.0), ("max_depth", 6.0)];
    regressor!(
        "smartcore-forest-regressor",
        RandomForestRegressor,
        &params,
        RandomForestRegressor::fit(&x, &y, forest)?
    );
    Ok(())
}

fn classifiers(client: &Client) -> Result<(), BoxError> {
    macro_rules! classifier {
        ($name:literal, $table:expr, $type:ident, $params:expr, $fit:expr) => {{
            let (train, test) = $table.split();
            let (x, y, x_test) = (features(&train)?, classes(&train), features(&test)?);
            let fit: fn(&Matrix, &Vec<i64>) -> Result<$type<f64, i64, Matrix, Vec<i64>>, BoxError> = $fit;
            let model = fit(&x, &y)?;
            let predictions = model.predict(&x_test)?;
            let metric = ("accuracy", accuracy(&predictions, &classes(&test)));
            let training = Training { name: $name, params: $params, metric };
            type Loaded = Smartcore<$type<f64, i64, Matrix, Vec<i64>>>;
            record(client, &training, &Smartcore(&model), &test.rows, &predictions, |model: Loaded| {
                model.predict(&x_test)
            })?;
        }};
    }
    classifier!("smartcore-multinomial", iris()?, LogisticRegression, &[], |x, y| {
        Ok(LogisticRegression::fit(x, y, Default::default())?)
    });
    classifier!("smartcore-logistic", iris()?.of_targets([1.0, 2.0]), LogisticRegression, &[], |x, y| {
        Ok(LogisticRegression::fit(x, y, Default::default())?)
    });
    classifier!("smartcore-tree", wine()?, DecisionTreeClassifier, &[("max_depth", 4.0)], |x, y| {
        let parameters = DecisionTreeClassifierParameters::default().with_max_depth(4);
        Ok(DecisionTreeClassifier::fit(x, y, parameters)?)
    });
    classifier!("smartcore-forest", wine()?, RandomForestClassifier, &[("n_trees", 50.0)], |x, y| {
        let parameters = RandomForestClassifierParameters::default().with_n_trees(50).with_seed(42);
        Ok(RandomForestClassifier::fit(x, y, parameters)?)
    });
    Ok(())
}

fn features(table: &Table) -> Result<Matrix, BoxError> {
    Ok(DenseMatrix::from_2d_vec(&table.rows)?)
}

fn classes(table: &Table) -> Vec<i64> {
    table.targets.iter().map(|&target| target as i64).collect()
}
