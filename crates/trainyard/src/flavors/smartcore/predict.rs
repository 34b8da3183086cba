//! Predicting with models of smartcore, without what makes them panic.

use serde::Serialize;
use smartcore::api::Predictor;
use smartcore::ensemble::random_forest_classifier::RandomForestClassifier;
use smartcore::ensemble::random_forest_regressor::RandomForestRegressor;
use smartcore::linalg::basic::arrays::{Array1, Array2};
use smartcore::linalg::traits::cholesky::CholeskyDecomposable;
use smartcore::linalg::traits::qr::QRDecomposable;
use smartcore::linalg::traits::svd::SVDDecomposable;
use smartcore::linear::elastic_net::ElasticNet;
use smartcore::linear::lasso::Lasso;
use smartcore::linear::linear_regression::LinearRegression;
use smartcore::linear::logistic_regression::LogisticRegression;
use smartcore::linear::ridge_regression::RidgeRegression;
use smartcore::numbers::basenum::Number;
use smartcore::numbers::floatnum::FloatNumber;
use smartcore::numbers::realnum::RealNumber;
use smartcore::tree::decision_tree_classifier::DecisionTreeClassifier;
use smartcore::tree::decision_tree_regressor::DecisionTreeRegressor;

use super::super::input::{check_columns, check_numbers, features_of};
use super::{Smartcore, is_integer, refuse_unfitted};
use crate::{BoxError, Predict};

/// A linear model, if it has coefficients.
fn fitted<M: Serialize>(model: &M) -> Option<&M> {
    refuse_unfitted(model, "coefficients").is_ok().then_some(model)
}

macro_rules! predictors {
    (adds_up: $adds_up:literal, $([$($bound:path)?] $model:ident: $fitted:expr),+ $(,)?) => {$(
        impl<TX, TY, X, Y> Predict<X> for Smartcore<$model<TX, TY, X, Y>>
        where
            $model<TX, TY, X, Y>: Predictor<X, Y> + Serialize,
            TX: Number + FloatNumber + RealNumber,
            TY: Number $(+ $bound)?,
            X: Array2<TX> + QRDecomposable<TX> + SVDDecomposable<TX> + CholeskyDecomposable<TX>,
            Y: Array1<TY>,
        {
            type Output = Y;

            fn predict(&self, input: &X) -> Result<Y, BoxError> {
                let (_, columns) = input.shape();
                let fitted: fn(&$model<TX, TY, X, Y>) -> Option<usize> = $fitted;
                check_columns(columns, fitted(&self.0).ok_or("the model was not fitted")?)?;
                if $adds_up && is_integer::<TY>() {
                    // There is no integer for a sum with NaN in it.
                    check_numbers(input.iterator(0).copied(), columns, |value| value.to_f64().is_some_and(f64::is_finite))?;
                }
                Ok(Predictor::predict(&self.0, input)?)
            }
        }
    )+};
}

predictors! {
    adds_up: true,
    [] LinearRegression: |model| fitted(model)?.coefficients().shape().0.into(),
    [] RidgeRegression: |model| fitted(model)?.coefficients().shape().0.into(),
    [] Lasso: |model| fitted(model)?.coefficients().shape().0.into(),
    [] ElasticNet: |model| fitted(model)?.coefficients().shape().0.into(),
}

predictors! {
    adds_up: false,
    // Here a row is a class.
    [Ord] LogisticRegression: |model| fitted(model)?.coefficients().shape().1.into(),
    [] DecisionTreeRegressor: |model| features_of(model),
    [] RandomForestRegressor: |model| features_of(model),
    [Ord] DecisionTreeClassifier: |model| features_of(model),
    [Ord] RandomForestClassifier: |model| features_of(model),
}
