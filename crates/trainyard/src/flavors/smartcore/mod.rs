//! Models of smartcore: as JSON for Rust, with a copy in the ONNX format for everybody else.
//!
//! `linear` and `trees` make the copies, `predict` predicts.

mod linear;
mod predict;
mod trees;

use serde::Serialize;
use serde::de::DeserializeOwned;
use smartcore::numbers::basenum::Number;

use super::json;
use super::onnx::{Precision, Targets};
use crate::{BoxError, LoadModel, ModelFolder, SaveModel, SavedModel};

/// The versions of smartcore whose models are read and written.
const SMARTCORE: (&str, &str) = ("smartcore", "0.7");

/// A fitted model of smartcore, or a reference to one: linear models, logistic regression, decision trees and random
/// forests.
///
/// It is kept as JSON, which Rust loads, and beside it as ONNX, by which every MLflow client predicts: labels in the
/// output `label` and shares in `probabilities`, numbers in `variable`. Models of other kinds are saved by
/// [`Json`](super::Json).
///
/// ```
/// use smartcore::linalg::basic::matrix::DenseMatrix;
/// use smartcore::tree::decision_tree_classifier::DecisionTreeClassifier;
/// use trainyard::flavors::Smartcore;
/// use trainyard::{Predict as _, SavedModel, save_model};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
/// # let temporary = tempfile::tempdir()?;
/// # let folder = temporary.path().join("model");
/// type Tree = DecisionTreeClassifier<f64, i64, DenseMatrix<f64>, Vec<i64>>;
///
/// let x = DenseMatrix::from_2d_array(&[&[0.0, 1.0], &[1.0, 0.5], &[4.0, 1.0], &[5.0, 0.5]])?;
/// let tree = Tree::fit(&x, &vec![0, 0, 1, 1], Default::default())?;
/// save_model(&folder, &Smartcore(&tree), &Default::default())?;
///
/// let loaded = SavedModel::open(&folder)?.load::<Smartcore<Tree>>()?;
/// assert_eq!(loaded.predict(&x)?, tree.predict(&x)?);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Smartcore<M>(pub M);

mod sealed {
    pub trait Model {}
    pub trait Float {}

    impl<M: Model> Model for &M {}
    impl Float for f32 {}
    impl Float for f64 {}
}

/// A model that [`Smartcore`] saves. Other crates cannot implement it.
///
/// ```
/// use smartcore::linalg::basic::matrix::DenseMatrix;
/// use smartcore::linear::linear_regression::LinearRegression;
/// use trainyard::flavors::{Smartcore, SmartcoreModel};
/// use trainyard::{Error, ModelInfo, Run};
///
/// fn log<M: SmartcoreModel>(run: &Run, model: &M) -> Result<ModelInfo, Error> {
///     run.log_model("model", &Smartcore(model))
/// }
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let folder = tempfile::tempdir()?;
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// # let run = client.start_run("lines", "")?;
/// let x = DenseMatrix::from_2d_array(&[&[0.0], &[1.0], &[2.0]])?;
/// let info = log(&run, &LinearRegression::fit(&x, &vec![1.0, 3.0, 5.0], Default::default())?)?;
/// assert!(client.fetch_model(&info.model_uri)?.file("model.onnx")?.is_file());
/// # Ok(run.finish()?)
/// # }
/// ```
pub trait SmartcoreModel: Serialize + sealed::Model {
    /// Writes the copy for everybody else.
    #[doc(hidden)]
    fn write_onnx(&self, folder: &mut ModelFolder) -> Result<(), BoxError>;
}

impl<M: SmartcoreModel> SmartcoreModel for &M {
    fn write_onnx(&self, folder: &mut ModelFolder) -> Result<(), BoxError> {
        (**self).write_onnx(folder)
    }
}

impl<M: SmartcoreModel> SaveModel for Smartcore<M> {
    fn save(&self, folder: &mut ModelFolder) -> Result<(), BoxError> {
        json::write(&self.0, folder)?;
        folder.add_flavor(json::flavor::<M>()?.made_by(SMARTCORE.0, SMARTCORE.1));
        self.0.write_onnx(folder)
    }
}

impl<M: SmartcoreModel + DeserializeOwned> LoadModel for Smartcore<M> {
    fn load(saved: &SavedModel) -> Result<Self, BoxError> {
        let flavor = saved.flavor(super::RUST_SERDE)?;
        flavor.check_type::<M>()?;
        flavor.check_made_by(SMARTCORE.0, SMARTCORE.1)?;
        json::read(saved, &flavor).map(Self)
    }
}

/// The numbers that a model computes in: `f32` and `f64`.
pub trait Float: Number + sealed::Float {
    /// Whether these are `f64`.
    #[doc(hidden)]
    const IS_DOUBLE: bool;
}

impl Float for f32 {
    const IS_DOUBLE: bool = false;
}

impl Float for f64 {
    const IS_DOUBLE: bool = true;
}

fn precision<T: Float>() -> Precision {
    if T::IS_DOUBLE { Precision::Double } else { Precision::Single }
}

/// Regressors answer with the type of their targets: those of integers lose what stands behind the point, those of `f32` what
/// `f64` has more.
fn targets<T: Number>() -> Targets {
    if is_integer::<T>() {
        Targets::Integers
    } else if T::from_f64(0.1).and_then(|tenth| tenth.to_f64()) == Some(0.1) {
        Targets::Floats
    } else {
        Targets::Singles
    }
}

fn is_integer<T: Number>() -> bool {
    T::from_f64(0.5).and_then(|half| half.to_f64()) == Some(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_told_from_each_other_by_what_they_keep() {
        assert_eq!((targets::<f64>(), targets::<f32>()), (Targets::Floats, Targets::Singles));
        assert_eq!((targets::<i64>(), targets::<u8>()), (Targets::Integers, Targets::Integers));
    }
}
