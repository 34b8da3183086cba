//! Decision trees and random forests of smartcore as ONNX.

use std::any::type_name;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use smartcore::ensemble::random_forest_classifier::RandomForestClassifier;
use smartcore::ensemble::random_forest_regressor::RandomForestRegressor;
use smartcore::linalg::basic::arrays::{Array1, Array2};
use smartcore::numbers::basenum::Number;
use smartcore::numbers::floatnum::FloatNumber;
use smartcore::tree::decision_tree_classifier::DecisionTreeClassifier;
use smartcore::tree::decision_tree_regressor::DecisionTreeRegressor;

use super::super::onnx::{self, Comparison, Exported, Forest, Labels, Node, Precision, Tree};
use super::{Float, SmartcoreModel, is_integer, precision, sealed, targets};
use crate::{BoxError, ModelFolder};

/// Integers above this are not all `f64`, in which the copy adds up the trees.
const EXACT: i128 = 1 << 53;
pub(super) const NOT_FITTED: &str = "the model was not fitted";

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
fn tree<Out: Copy>(saved: &SavedTree<Out>, leaf: impl Fn(Out) -> Result<Node, BoxError>) -> Result<Tree, BoxError> {
    let mut tree = Tree::with_capacity(saved.nodes.len());
    for node in &saved.nodes {
        tree.push(match (node.true_child, node.false_child) {
            (Some(then), Some(otherwise)) => {
                let split = node.split_value.ok_or("a branch of a tree has no value to compare with")?;
                Node::Branch { feature: node.split_feature, split, then, otherwise }
            }
            _ => leaf(node.output)?,
        });
    }
    Ok(tree)
}

fn class(output: usize) -> Result<Node, BoxError> {
    Ok(Node::Leaf { class: output, value: 1.0 })
}

/// A leaf as the regressor answers it: smartcore makes a number of the targets' type of it before it adds up the trees.
fn value<TY: Number>(output: f64) -> Result<Node, BoxError> {
    match TY::from_f64(output).and_then(|value| value.to_f64()) {
        Some(value) => Ok(Node::Leaf { class: 0, value }),
        None => Err(format!("a leaf of the model is {output}, which {} cannot hold", type_name::<TY>()).into()),
    }
}

/// The trees of a regressor, and on how many features it was fitted.
pub(super) struct Regressor {
    trees: Vec<Tree>,
    features: Option<usize>,
}

impl Regressor {
    pub(super) fn of_tree<TY: Number>(model: &impl Serialize) -> Result<Self, BoxError> {
        let saved: SavedTreeRegressor = parts(model)?;
        let features = saved.num_features;
        let saved = saved.tree_regressor.ok_or(NOT_FITTED)?;
        Ok(Self { trees: vec![tree(&saved, value::<TY>)?], features })
    }

    pub(super) fn of_forest<TY: Number>(model: &impl Serialize) -> Result<Self, BoxError> {
        let saved: SavedForestRegressor = parts(model)?;
        let saved = saved.forest_regressor.ok_or(NOT_FITTED)?;
        let trees = saved.trees.ok_or(NOT_FITTED)?;
        let trees = trees.iter().map(|saved| tree(saved, value::<TY>)).collect::<Result<Vec<_>, _>>()?;
        let regressor = Self { trees, features: saved.num_features };
        if is_integer::<TY>() {
            regressor.check_sums::<TY>()?;
        }
        Ok(regressor)
    }

    /// smartcore adds up the trees, and divides by their number, in the integers of the targets: a sum that these cannot
    /// hold is a panic, or another number in a release build.
    fn check_sums<TY: Number>(&self) -> Result<(), BoxError> {
        let count = self.trees.len();
        let (least, greatest) = self.sums();
        for number in [least, greatest, i128::try_from(count)?] {
            if TY::from_i128(number).is_none() {
                let integers = type_name::<TY>();
                return Err(format!(
                    "its {count} trees may add up to anything from {least} to {greatest}, which {integers} cannot hold: fit the \
                     model on targets of wider integers, or of f64"
                )
                .into());
            }
        }
        Ok(())
    }

    /// The least and the greatest number that the trees, or the first of them, may add up to.
    fn sums(&self) -> (i128, i128) {
        let (mut least, mut greatest) = (0, 0);
        for tree in &self.trees {
            let leaves = tree.iter().filter_map(|node| match node {
                Node::Leaf { value, .. } => Some(*value as i128),
                Node::Branch { .. } => None,
            });
            let (low, high) = leaves.fold((0, 0), |(low, high), leaf| (leaf.min(low), leaf.max(high)));
            least += low;
            greatest += high;
        }
        (least, greatest)
    }

    fn copy<TX: Float, TY: Number>(self) -> Result<Exported, BoxError> {
        if is_integer::<TY>() {
            let (least, greatest) = self.sums();
            let most = if self.trees.len() > 1 { EXACT } else { i64::MAX.into() };
            if least < -most || greatest > most {
                return Err(format!(
                    "its trees may add up to anything from {least} to {greatest}, which the copy in the ONNX format cannot: \
                     save the model with Json"
                )
                .into());
            }
        }
        forest::<TX>(self.trees, self.features).regressor(targets::<TY>())
    }
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
    DecisionTreeRegressor<TY: Number>, TX: Number, |model| Regressor::of_tree::<TY>(model)?.copy::<TX, TY>();
    RandomForestClassifier<TY: Number + Ord>, TX: FloatNumber, |model| {
        let saved: SavedForest<usize> = parts(model)?;
        let saved = saved.trees.ok_or(NOT_FITTED)?;
        let labels = Labels::Ints(classes_of(model)?);
        let trees = saved.iter().map(|saved| tree(saved, class)).collect::<Result<Vec<_>, _>>()?;
        forest::<TX>(trees, saved.first().and_then(|tree| tree.num_features)).classifier(&labels)
    };
    RandomForestRegressor<TY: Number>, TX: FloatNumber, |model| Regressor::of_forest::<TY>(model)?.copy::<TX, TY>();
}

/// The classes of a tree or forest, from its JSON.
fn classes_of(model: &impl Serialize) -> Result<Vec<i64>, BoxError> {
    let fields = serde_json::to_value(model)?;
    let classes = fields.get("classes").and_then(serde_json::Value::as_array).ok_or(NOT_FITTED)?;
    let class = |class: &serde_json::Value| class.as_i64().ok_or_else(|| format!("the class {class} is no integer"));
    Ok(classes.iter().map(class).collect::<Result<_, _>>()?)
}
