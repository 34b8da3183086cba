//! Models of smartcore: as JSON for Rust, with a copy in the ONNX format for everybody else.

mod predict;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
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

use super::json;
use super::onnx::{self, Comparison, Exported, Forest, Labels, Node, Precision, Targets, Threshold, Tree};
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

/// Regressors answer with the type of their targets, so those of integers lose what stands behind the point.
fn targets<T: Number>() -> Targets {
    if is_integer::<T>() { Targets::Integers } else { Targets::Floats }
}

fn is_integer<T: Number>() -> bool {
    T::from_f64(0.5).and_then(|half| half.to_f64()) == Some(0.0)
}

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
fn refuse_unfitted(model: &impl Serialize, field: &str) -> Result<(), BoxError> {
    match serde_json::to_value(model)?.get(field) {
        None | Some(serde_json::Value::Null) => Err("the model was not fitted".into()),
        Some(_) => Ok(()),
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

/// What the JSON of a tree tells; its fields are private.
#[derive(Deserialize)]
struct SavedTree<Out> {
    nodes: Vec<SavedNode<Out>>,
    num_features: Option<usize>,
}

#[derive(Deserialize)]
struct SavedNode<Out> {
    output: Out,
    split_feature: usize,
    split_value: Option<f64>,
    true_child: Option<usize>,
    false_child: Option<usize>,
}

#[derive(Deserialize)]
struct SavedTreeRegressor {
    tree_regressor: Option<SavedTree<f64>>,
    num_features: Option<usize>,
}

#[derive(Deserialize)]
struct SavedForestRegressor {
    forest_regressor: Option<SavedForest<f64>>,
}

#[derive(Deserialize)]
struct SavedForest<Out> {
    trees: Option<Vec<SavedTree<Out>>>,
    num_features: Option<usize>,
}

fn parts<T: DeserializeOwned>(model: &impl Serialize) -> Result<T, BoxError> {
    Ok(serde_json::from_value(serde_json::to_value(model)?)?)
}

/// A leaf is a node without children, as in smartcore's own `predict`.
fn tree<Out: Copy>(saved: &SavedTree<Out>, leaf: impl Fn(Out) -> Node) -> Result<Tree, BoxError> {
    let mut tree = Tree::with_capacity(saved.nodes.len());
    for node in &saved.nodes {
        tree.push(match (node.true_child, node.false_child) {
            (Some(then), Some(otherwise)) => {
                let split = node.split_value.ok_or("a branch of a tree has no value to compare with")?;
                Node::Branch { feature: node.split_feature, split, then, otherwise }
            }
            _ => leaf(node.output),
        });
    }
    Ok(tree)
}

fn class(output: usize) -> Node {
    Node::Leaf { class: output, value: 1.0 }
}

fn value(output: f64) -> Node {
    Node::Leaf { class: 0, value: output }
}

/// Splits are doubles whatever the features are.
fn forest<T: Float>(trees: Vec<Tree>, features: Option<usize>) -> Forest {
    let input = precision::<T>();
    Forest { input, precision: Precision::Double, features, comparison: Comparison::LessOrEqual, trees }
}

macro_rules! trees {
    ($($model:ident<TY: Number $(+ $ty:path)?>, TX: $tx:path, $copy:expr;)+) => {$(
        impl<TX, TY, X, Y> sealed::Model for $model<TX, TY, X, Y>
        where
            TX: Float + PartialOrd + $tx,
            TY: Number $(+ $ty)?,
            X: Array2<TX>,
            Y: Array1<TY>,
        {
        }

        impl<TX, TY, X, Y> SmartcoreModel for $model<TX, TY, X, Y>
        where
            TX: Float + PartialOrd + $tx,
            TY: Number $(+ $ty)?,
            X: Array2<TX>,
            Y: Array1<TY>,
            Self: Serialize,
        {
            fn write_onnx(&self, folder: &mut ModelFolder) -> Result<(), BoxError> {
                let copy: fn(&Self) -> Result<Exported, BoxError> = $copy;
                onnx::write_copy(copy(self)?, folder)
            }
        }
    )+};
}

trees! {
    DecisionTreeClassifier<TY: Number + Ord>, TX: Number, |model| {
        let saved: SavedTree<usize> = parts(model)?;
        let labels = Labels::Ints(classes_of(model)?);
        forest::<TX>(vec![tree(&saved, class)?], saved.num_features).classifier(&labels)
    };
    DecisionTreeRegressor<TY: Number>, TX: Number, |model| {
        let saved: SavedTreeRegressor = parts(model)?;
        let features = saved.num_features;
        let saved = saved.tree_regressor.ok_or("the model was not fitted")?;
        forest::<TX>(vec![tree(&saved, value)?], features).regressor(targets::<TY>())
    };
    RandomForestClassifier<TY: Number + Ord>, TX: FloatNumber, |model| {
        let saved: SavedForest<usize> = parts(model)?;
        let saved = saved.trees.ok_or("the model was not fitted")?;
        let labels = Labels::Ints(classes_of(model)?);
        let trees = saved.iter().map(|saved| tree(saved, class)).collect::<Result<Vec<_>, _>>()?;
        forest::<TX>(trees, saved.first().and_then(|tree| tree.num_features)).classifier(&labels)
    };
    RandomForestRegressor<TY: Number>, TX: FloatNumber, |model| {
        let saved: SavedForestRegressor = parts(model)?;
        let saved = saved.forest_regressor.ok_or("the model was not fitted")?;
        let trees = saved.trees.ok_or("the model was not fitted")?;
        let trees = trees.iter().map(|saved| tree(saved, value)).collect::<Result<Vec<_>, _>>()?;
        forest::<TX>(trees, saved.num_features).regressor(targets::<TY>())
    };
}

/// The classes of a tree or forest, from its JSON.
fn classes_of(model: &impl Serialize) -> Result<Vec<i64>, BoxError> {
    let fields = serde_json::to_value(model)?;
    let classes = fields.get("classes").and_then(serde_json::Value::as_array).ok_or("the model was not fitted")?;
    let class = |class: &serde_json::Value| class.as_i64().ok_or_else(|| format!("the class {class} is no integer"));
    Ok(classes.iter().map(class).collect::<Result<_, _>>()?)
}
