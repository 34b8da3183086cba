//! Predicting with models of smartcore, without what makes them panic.

use std::any::type_name;

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
use super::linear::{refuse_several_targets, refuse_unfitted};
use super::trees::{NOT_FITTED, Regressor};
use super::{Smartcore, is_integer};
use crate::{BoxError, Error, Predict};

/// Refuses sums for which the integers of the targets have no number.
fn check_sums<TX: Number, TY: Number>(sums: impl Iterator<Item = TX>) -> Result<(), Error> {
    for (row, sum) in sums.enumerate() {
        if TY::from(sum).is_none() {
            return Err(Error::InvalidModel {
                field: "input",
                value: format!("row {row}"),
                reason: format!("the model computes {sum} for it, which {} cannot hold", type_name::<TY>()),
            });
        }
    }
    Ok(())
}

macro_rules! linear {
    ($($model:ident),+ $(,)?) => {$(
        impl<TX, TY, X, Y> Predict<X> for Smartcore<$model<TX, TY, X, Y>>
        where
            $model<TX, TY, X, Y>: Predictor<X, Y> + Serialize,
            TX: Number + FloatNumber + RealNumber,
            TY: Number,
            X: Array2<TX> + QRDecomposable<TX> + SVDDecomposable<TX> + CholeskyDecomposable<TX>,
            Y: Array1<TY>,
        {
            type Output = Y;

            fn predict(&self, input: &X) -> Result<Y, BoxError> {
                refuse_unfitted(&self.0, "coefficients")?;
                let (coefficients, (_, columns)) = (self.0.coefficients(), input.shape());
                refuse_several_targets(coefficients)?;
                check_columns(columns, coefficients.shape().0)?;
                if is_integer::<TY>() {
                    // There is no integer for a sum with NaN in it.
                    check_numbers(input.iterator(0).copied(), columns, |value| value.to_f64().is_some_and(f64::is_finite))?;
                    // As the model computes them, so that both find the same.
                    let mut sums = input.matmul(coefficients);
                    sums.add_scalar_mut(*self.0.intercept());
                    check_sums::<TX, TY>(sums.iterator(0).copied())?;
                }
                Ok(Predictor::predict(&self.0, input)?)
            }
        }
    )+};
}

linear!(LinearRegression, RidgeRegression, Lasso, ElasticNet);

macro_rules! others {
    ($([$($bound:path)?] $model:ident: $fitted:expr),+ $(,)?) => {$(
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
                let fitted: fn(&$model<TX, TY, X, Y>) -> Result<Option<usize>, BoxError> = $fitted;
                check_columns(input.shape().1, fitted(&self.0)?.ok_or(NOT_FITTED)?)?;
                Ok(Predictor::predict(&self.0, input)?)
            }
        }
    )+};
}

others! {
    [Ord] LogisticRegression: |model| {
        refuse_unfitted(model, "coefficients")?;
        // Here a row is a class.
        Ok(Some(model.coefficients().shape().1))
    },
    [Ord] DecisionTreeClassifier: |model| Ok(features_of(model)),
    [Ord] RandomForestClassifier: |model| Ok(features_of(model)),
    // All leaves of a regressor are looked at where their sum may be too much, which is as much work as some predictions.
    [] DecisionTreeRegressor: |model| {
        if is_integer::<TY>() {
            Regressor::of_tree::<TY>(model)?;
        }
        Ok(features_of(model))
    },
    [] RandomForestRegressor: |model| {
        if is_integer::<TY>() {
            Regressor::of_forest::<TY>(model)?;
        }
        Ok(features_of(model))
    },
}
