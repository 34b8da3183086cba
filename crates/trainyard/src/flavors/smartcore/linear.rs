//! Linear models and logistic regression of smartcore as ONNX.

use serde::Serialize;
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

use super::super::onnx::{self, Labels, Threshold};
use super::{Float, SmartcoreModel, precision, sealed, targets};
use crate::{BoxError, ModelFolder};

fn number<T: Number>(value: T) -> Result<f64, BoxError> {
    value.to_f64().ok_or_else(|| format!("{value} is no number that ONNX has").into())
}

/// The values of a matrix, row by row.
fn values<T: Number>(matrix: &impl Array2<T>) -> Result<Vec<f64>, BoxError> {
    matrix.iterator(0).map(|&value| number(value)).collect()
}

fn labels<T: Number>(classes: &[T]) -> Result<Labels, BoxError> {
    let ints = classes.iter().map(|class| class.to_i64().ok_or_else(|| format!("the class {class} is no integer")));
    Ok(Labels::Ints(ints.collect::<Result<_, _>>()?))
}

/// A model that was made and not fitted has no coefficients, and panics when it is asked for them.
pub(super) fn refuse_unfitted(model: &impl Serialize, field: &str) -> Result<(), BoxError> {
    match serde_json::to_value(model)?.get(field) {
        None | Some(serde_json::Value::Null) => Err("the model was not fitted".into()),
        Some(_) => Ok(()),
    }
}

/// A regression of `fit_matrix` has a column of coefficients for each target, of which `predict` answers no row in one piece.
pub(super) fn refuse_several_targets<T: Number>(coefficients: &impl Array2<T>) -> Result<(), BoxError> {
    match coefficients.shape() {
        (_, 1) => Ok(()),
        (_, targets) => {
            Err(format!("it is a regression of {targets} targets: save it with Json, and predict by predict_matrix")
                .into())
        }
    }
}

macro_rules! linear {
    ($($model:ident where $($x:path)|+),+ $(,)?) => {$(
        impl<TX, TY, X, Y> sealed::Model for $model<TX, TY, X, Y>
        where
            TX: Float + FloatNumber + RealNumber,
            TY: Number,
            X: Array2<TX> $(+ $x)+,
            Y: Array1<TY>,
        {
        }

        impl<TX, TY, X, Y> SmartcoreModel for $model<TX, TY, X, Y>
        where
            TX: Float + FloatNumber + RealNumber,
            TY: Number,
            X: Array2<TX> $(+ $x)+,
            Y: Array1<TY>,
            Self: Serialize,
        {
            fn write_onnx(&self, folder: &mut ModelFolder) -> Result<(), BoxError> {
                refuse_unfitted(self, "coefficients")?;
                refuse_several_targets(self.coefficients())?;
                let (weights, intercept) = (values(self.coefficients())?, number(*self.intercept())?);
                onnx::write_copy(onnx::regression(precision::<TX>(), &weights, intercept, targets::<TY>()), folder)
            }
        }
    )+};
}

linear! {
    LinearRegression where QRDecomposable<TX> | SVDDecomposable<TX>,
    RidgeRegression where CholeskyDecomposable<TX> | SVDDecomposable<TX>,
    Lasso where Array2<TX>,
    ElasticNet where Array2<TX>,
}

impl<TX, TY, X, Y> sealed::Model for LogisticRegression<TX, TY, X, Y>
where
    TX: Float + FloatNumber + RealNumber,
    TY: Number + Ord,
    X: Array2<TX>,
    Y: Array1<TY>,
{
}

impl<TX, TY, X, Y> SmartcoreModel for LogisticRegression<TX, TY, X, Y>
where
    TX: Float + FloatNumber + RealNumber,
    TY: Number + Ord,
    X: Array2<TX>,
    Y: Array1<TY>,
    Self: Serialize,
{
    fn write_onnx(&self, folder: &mut ModelFolder) -> Result<(), BoxError> {
        refuse_unfitted(self, "coefficients")?;
        let labels = labels(self.classes())?;
        let intercepts = values(self.intercept())?;
        let copy = if labels.len() == 2 {
            let weights = values(self.coefficients())?;
            let intercept = *intercepts.first().ok_or("the model has no intercept")?;
            onnx::binary(precision::<TX>(), &weights, intercept, Threshold::MoreThan(0.5), &labels)
        } else {
            // Here a row is a class, in ONNX a row is a feature.
            onnx::multinomial(precision::<TX>(), &values(&self.coefficients().transpose())?, &intercepts, &labels)
        };
        onnx::write_copy(copy, folder)
    }
}
