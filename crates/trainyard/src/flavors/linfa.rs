//! Models of linfa: as JSON for Rust, with a copy in the ONNX format for everybody else.

use linfa::prelude::Predict as _;
use linfa_ensemble::EnsembleLearner;
use linfa_linear::FittedLinearRegression;
use linfa_logistic::{FittedLogisticRegression, MultiFittedLogisticRegression};
use linfa_trees::{DecisionTree, TreeNode};
use ndarray_0_16::{Array1, Array2};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::input::{check_columns, check_looked_at, check_numbers};
use super::json;
use super::onnx::{self, Comparison, Exported, Forest, Labels, Node, Precision, Targets, Threshold, Tree};
use crate::{BoxError, Flavor, LoadModel, ModelFolder, Predict, SaveModel, SavedModel};

/// The versions of linfa whose models are read and written.
const LINFA: (&str, &str) = ("linfa", "0.8");

/// A fitted model of linfa, or a reference to one: linear and logistic regression, decision trees and forests of them.
///
/// It is kept as JSON, which Rust loads, and beside it as ONNX, by which every MLflow client predicts: labels in the
/// output `label` and shares in `probabilities`, numbers in `variable`. Models of other kinds are saved by
/// [`Json`](super::Json).
///
/// Where trees of a forest are at odds and equally many, linfa picks a class at random; the copy takes the first.
///
/// ```
/// use linfa::prelude::*;
/// use linfa_linear::{FittedLinearRegression, LinearRegression};
/// use ndarray_0_16::array;
/// use trainyard::flavors::Linfa;
/// use trainyard::{Predict as _, SavedModel, save_model};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
/// # let temporary = tempfile::tempdir()?;
/// # let folder = temporary.path().join("model");
/// let dataset = linfa::Dataset::new(array![[0.0], [1.0], [2.0]], array![1.0, 3.0, 5.0]);
/// let model = LinearRegression::new().fit(&dataset)?;
/// save_model(&folder, &Linfa(&model), &Default::default())?;
///
/// let loaded = SavedModel::open(&folder)?.load::<Linfa<FittedLinearRegression<f64>>>()?;
/// assert_eq!(loaded.predict(&array![[3.0]])?, model.predict(&array![[3.0]]));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Linfa<M>(pub M);

/// A model that [`Linfa`] saves. Other crates cannot implement it.
///
/// ```
/// use linfa::prelude::*;
/// use trainyard::flavors::{Linfa, LinfaModel};
/// use trainyard::{Error, ModelInfo, Run};
///
/// fn log<M: LinfaModel>(run: &Run, model: &M) -> Result<ModelInfo, Error> {
///     run.log_model("model", &Linfa(model))
/// }
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let folder = tempfile::tempdir()?;
/// # let client = trainyard::Client::connect(&format!("sqlite:///{}/yard.db", folder.path().display()))?;
/// # let run = client.start_run("lines", "")?;
/// let dataset = linfa::Dataset::new(ndarray_0_16::array![[0.0], [1.0], [2.0]], ndarray_0_16::array![1.0, 3.0, 5.0]);
/// let info = log(&run, &linfa_linear::LinearRegression::new().fit(&dataset)?)?;
/// assert!(client.fetch_model(&info.model_uri)?.file("model.onnx")?.is_file());
/// # Ok(run.finish()?)
/// # }
/// ```
pub trait LinfaModel: sealed::Model {
    /// Writes the file that Rust loads.
    #[doc(hidden)]
    fn write(&self, folder: &ModelFolder) -> Result<(), BoxError>;

    /// Writes the copy for everybody else.
    #[doc(hidden)]
    fn write_onnx(&self, folder: &mut ModelFolder) -> Result<(), BoxError>;
}

impl<M: LinfaModel> LinfaModel for &M {
    fn write(&self, folder: &ModelFolder) -> Result<(), BoxError> {
        (**self).write(folder)
    }

    fn write_onnx(&self, folder: &mut ModelFolder) -> Result<(), BoxError> {
        (**self).write_onnx(folder)
    }
}

/// A model that [`Linfa`] loads.
#[doc(hidden)]
pub trait LoadLinfa: LinfaModel + Sized {
    fn read(saved: &SavedModel, flavor: &Flavor) -> Result<Self, BoxError>;
}

impl<M: LinfaModel> SaveModel for Linfa<M> {
    fn save(&self, folder: &mut ModelFolder) -> Result<(), BoxError> {
        self.0.write(folder)?;
        folder.add_flavor(json::flavor::<M>()?.made_by(LINFA.0, LINFA.1));
        self.0.write_onnx(folder)
    }
}

impl<M: LoadLinfa> LoadModel for Linfa<M> {
    fn load(saved: &SavedModel) -> Result<Self, BoxError> {
        let flavor = saved.flavor(super::RUST_SERDE)?;
        flavor.check_type::<M>()?;
        flavor.check_made_by(LINFA.0, LINFA.1)?;
        M::read(saved, &flavor).map(Self)
    }
}

mod sealed {
    pub trait Model {}
    pub trait Label {}

    impl<M: Model> Model for &M {}
}

/// A class that a classifier answers with: an integer, a truth value or a text. Other crates cannot implement it.
///
/// ```
/// use linfa::prelude::*;
/// use linfa_trees::DecisionTree;
/// use ndarray_0_16::{Array1, array};
/// use trainyard::flavors::{Label, Linfa};
/// use trainyard::{BoxError, save_model};
///
/// /// Saves a tree that tells the classes of two flowers from each other.
/// fn save<L: Label + linfa::Label + serde::Serialize + 'static>(one: L, other: L, folder: &std::path::Path) -> Result<(), BoxError> {
///     let dataset = Dataset::new(array![[1.4], [4.7]], Array1::from(vec![one, other]));
///     let tree: DecisionTree<f64, L> = DecisionTree::params().fit(&dataset)?;
///     Ok(save_model(folder, &Linfa(&tree), &Default::default())?)
/// }
///
/// # fn main() -> Result<(), BoxError> {
/// # let folder = tempfile::tempdir()?;
/// save("setosa", "versicolor", &folder.path().join("by-name"))?;
/// save(0_usize, 1, &folder.path().join("by-number"))?;
/// # Ok(())
/// # }
/// ```
pub trait Label: Clone + sealed::Label {
    /// The class in ONNX, which has integers and texts.
    #[doc(hidden)]
    fn value(&self) -> LabelValue;
}

/// An integer or a text.
#[doc(hidden)]
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LabelValue {
    Int(i128),
    Text(String),
}

macro_rules! integer_labels {
    ($($type:ty),+) => {$(
        impl sealed::Label for $type {}

        impl Label for $type {
            fn value(&self) -> LabelValue {
                LabelValue::Int(*self as i128)
            }
        }
    )+};
}

integer_labels!(bool, u8, u16, u32, u64, usize, i8, i16, i32, i64, isize);

impl sealed::Label for String {}
impl sealed::Label for &'static str {}

impl Label for String {
    fn value(&self) -> LabelValue {
        LabelValue::Text(self.clone())
    }
}

impl Label for &'static str {
    fn value(&self) -> LabelValue {
        LabelValue::Text((*self).to_owned())
    }
}

fn labels<C: Label>(classes: &[C]) -> Result<Labels, BoxError> {
    let mut ints = Vec::new();
    let mut texts = Vec::new();
    for class in classes {
        match class.value() {
            LabelValue::Int(number) => ints.push(
                i64::try_from(number)
                    .map_err(|_| format!("the class {number} is larger than ONNX has integers for"))?,
            ),
            LabelValue::Text(text) => texts.push(text),
        }
    }
    Ok(if texts.is_empty() { Labels::Ints(ints) } else { Labels::Texts(texts) })
}

fn numbers<'a, F: Into<f64> + Copy + 'a>(values: impl IntoIterator<Item = &'a F>) -> Vec<f64> {
    values.into_iter().map(|&value| value.into()).collect()
}

/// What all models of one precision have in common; linfa's own trait for it is private in places.
macro_rules! of_precision {
    ($float:ty, $precision:expr) => {
        impl sealed::Model for FittedLinearRegression<$float> {}

        impl LinfaModel for FittedLinearRegression<$float> {
            fn write(&self, folder: &ModelFolder) -> Result<(), BoxError> {
                json::write(self, folder)
            }

            fn write_onnx(&self, folder: &mut ModelFolder) -> Result<(), BoxError> {
                let copy =
                    onnx::regression($precision, &numbers(self.params()), self.intercept().into(), Targets::Floats);
                onnx::write_copy(copy, folder)
            }
        }

        impl LoadLinfa for FittedLinearRegression<$float> {
            fn read(saved: &SavedModel, flavor: &Flavor) -> Result<Self, BoxError> {
                json::read(saved, flavor)
            }
        }

        impl Predict<Array2<$float>> for Linfa<FittedLinearRegression<$float>> {
            type Output = Array1<$float>;

            fn predict(&self, input: &Array2<$float>) -> Result<Self::Output, BoxError> {
                check_columns(input.ncols(), self.0.params().len())?;
                Ok(self.0.predict(input))
            }
        }

        impl<C: Label + PartialOrd + Serialize> sealed::Model for FittedLogisticRegression<$float, C> {}

        impl<C: Label + PartialOrd + Serialize> LinfaModel for FittedLogisticRegression<$float, C> {
            fn write(&self, folder: &ModelFolder) -> Result<(), BoxError> {
                json::write(self, folder)
            }

            fn write_onnx(&self, folder: &mut ModelFolder) -> Result<(), BoxError> {
                let classes = [self.labels().neg.class.clone(), self.labels().pos.class.clone()];
                let threshold = Threshold::AtLeast(threshold(self)?);
                let (weights, intercept) = (numbers(self.params()), self.intercept().into());
                onnx::write_copy(onnx::binary($precision, &weights, intercept, threshold, &labels(&classes)?), folder)
            }
        }

        impl<C: Label + PartialOrd + Serialize + DeserializeOwned> LoadLinfa for FittedLogisticRegression<$float, C> {
            fn read(saved: &SavedModel, flavor: &Flavor) -> Result<Self, BoxError> {
                json::read(saved, flavor)
            }
        }

        impl<C: PartialOrd + Clone + Default> Predict<Array2<$float>> for Linfa<FittedLogisticRegression<$float, C>> {
            type Output = Array1<C>;

            fn predict(&self, input: &Array2<$float>) -> Result<Self::Output, BoxError> {
                check_columns(input.ncols(), self.0.params().len())?;
                Ok(self.0.predict(input))
            }
        }

        impl<C: Label + PartialOrd + Serialize> sealed::Model for MultiFittedLogisticRegression<$float, C> {}

        impl<C: Label + PartialOrd + Serialize> LinfaModel for MultiFittedLogisticRegression<$float, C> {
            fn write(&self, folder: &ModelFolder) -> Result<(), BoxError> {
                json::write(self, folder)
            }

            fn write_onnx(&self, folder: &mut ModelFolder) -> Result<(), BoxError> {
                let (weights, intercepts) = (numbers(self.params()), numbers(self.intercept()));
                let copy = onnx::multinomial($precision, &weights, &intercepts, &labels(self.classes())?);
                onnx::write_copy(copy, folder)
            }
        }

        impl<C: Label + PartialOrd + Serialize + DeserializeOwned> LoadLinfa
            for MultiFittedLogisticRegression<$float, C>
        {
            fn read(saved: &SavedModel, flavor: &Flavor) -> Result<Self, BoxError> {
                json::read(saved, flavor)
            }
        }

        impl<C: PartialOrd + Clone + Default> Predict<Array2<$float>>
            for Linfa<MultiFittedLogisticRegression<$float, C>>
        {
            type Output = Array1<C>;

            fn predict(&self, input: &Array2<$float>) -> Result<Self::Output, BoxError> {
                check_columns(input.ncols(), self.0.params().nrows())?;
                check_numbers(input.iter().copied(), input.ncols(), <$float>::is_finite)?;
                Ok(self.0.predict(input))
            }
        }

        impl<L: Label + linfa::Label + Serialize> sealed::Model for DecisionTree<$float, L> {}

        impl<L: Label + linfa::Label + Serialize> LinfaModel for DecisionTree<$float, L> {
            fn write(&self, folder: &ModelFolder) -> Result<(), BoxError> {
                json::write(self, folder)
            }

            fn write_onnx(&self, folder: &mut ModelFolder) -> Result<(), BoxError> {
                // The number of features itself is private.
                let features = self.mean_impurity_decrease().len();
                onnx::write_copy(classifier($precision, Some(features), &[(self.root_node(), None)])?, folder)
            }
        }

        impl<L: Label + linfa::Label + Serialize + DeserializeOwned> LoadLinfa for DecisionTree<$float, L> {
            fn read(saved: &SavedModel, flavor: &Flavor) -> Result<Self, BoxError> {
                json::read(saved, flavor)
            }
        }

        impl<L: linfa::Label + Default> Predict<Array2<$float>> for Linfa<DecisionTree<$float, L>> {
            type Output = Array1<L>;

            fn predict(&self, input: &Array2<$float>) -> Result<Self::Output, BoxError> {
                // The number of features itself is private.
                check_columns(input.ncols(), self.0.mean_impurity_decrease().len())?;
                Ok(self.0.predict(input))
            }
        }

        impl<L: Label + linfa::Label + Serialize> sealed::Model for EnsembleLearner<DecisionTree<$float, L>> {}

        impl<L: Label + linfa::Label + Serialize> LinfaModel for EnsembleLearner<DecisionTree<$float, L>> {
            fn write(&self, folder: &ModelFolder) -> Result<(), BoxError> {
                json::write(&SavedForest { models: &self.models, model_features: &self.model_features }, folder)
            }

            fn write_onnx(&self, folder: &mut ModelFolder) -> Result<(), BoxError> {
                let trees: Vec<_> = self.models.iter().map(DecisionTree::root_node).collect();
                let features = self.model_features.iter().map(|features| Some(features.as_slice()));
                let trees: Vec<_> = trees.into_iter().zip(features).collect();
                // Trees look at a part of the features each; how many there are in all, the forest does not know.
                onnx::write_copy(classifier($precision, None, &trees)?, folder)
            }
        }

        impl<L: Label + linfa::Label + Serialize + DeserializeOwned> LoadLinfa
            for EnsembleLearner<DecisionTree<$float, L>>
        {
            fn read(saved: &SavedModel, flavor: &Flavor) -> Result<Self, BoxError> {
                let SavedForest { models, model_features } = json::read(saved, flavor)?;
                Ok(Self { models, model_features })
            }
        }

        impl<L: linfa::Label + Copy + Default> Predict<Array2<$float>>
            for Linfa<EnsembleLearner<DecisionTree<$float, L>>>
        {
            type Output = Array1<L>;

            fn predict(&self, input: &Array2<$float>) -> Result<Self::Output, BoxError> {
                let needed = self.0.model_features.iter().flatten().max().map_or(0, |last| last + 1);
                check_looked_at(input.ncols(), needed)?;
                if self.0.models.is_empty() {
                    return Err("the forest has no trees: it was not fitted".into());
                }
                Ok(self.0.predict(input))
            }
        }
    };
}

of_precision!(f64, Precision::Double);
of_precision!(f32, Precision::Single);

/// A forest, which linfa itself does not write.
#[derive(Serialize, Deserialize)]
struct SavedForest<M, F> {
    models: M,
    model_features: F,
}

/// The threshold has a setter and no getter.
fn threshold(model: &impl Serialize) -> Result<f64, BoxError> {
    let fields = serde_json::to_value(model)?;
    let threshold = fields.get("threshold").and_then(serde_json::Value::as_f64);
    threshold.ok_or_else(|| "the model does not tell its threshold".into())
}

/// The root of a tree, with the features that the tree looks at where these are not all.
type Rooted<'a, F, L> = (&'a TreeNode<F, L>, Option<&'a [usize]>);

/// Trees by their roots.
fn classifier<F, L>(
    precision: Precision,
    features: Option<usize>,
    trees: &[Rooted<'_, F, L>],
) -> Result<Exported, BoxError>
where
    F: linfa::Float + Into<f64>,
    L: Label + linfa::Label,
{
    let mut classes: Vec<L> = Vec::new();
    for (root, _) in trees {
        leaves(root, &mut classes);
    }
    classes.sort();
    classes.dedup();
    let mut forest = Forest { input: precision, precision, features, comparison: Comparison::Less, trees: Vec::new() };
    for (root, features) in trees {
        let mut tree = Tree::new();
        flatten(root, *features, &classes, &mut tree)?;
        forest.trees.push(tree);
    }
    forest.classifier(&labels(&classes)?)
}

fn children<F: linfa::Float, L: linfa::Label>(node: &TreeNode<F, L>) -> Option<[&TreeNode<F, L>; 2]> {
    match node.children()[..] {
        [Some(left), Some(right)] if !node.is_leaf() => Some([&**left, &**right]),
        _ => None,
    }
}

fn leaves<F: linfa::Float, L: linfa::Label>(node: &TreeNode<F, L>, classes: &mut Vec<L>) {
    match children(node) {
        Some([left, right]) => {
            leaves(left, classes);
            leaves(right, classes);
        }
        None => classes.extend(node.prediction()),
    }
}

/// Appends a node and all below it; answers its index.
fn flatten<F, L>(
    node: &TreeNode<F, L>,
    features: Option<&[usize]>,
    classes: &[L],
    tree: &mut Tree,
) -> Result<usize, BoxError>
where
    F: linfa::Float + Into<f64>,
    L: linfa::Label,
{
    let index = tree.len();
    let Some([left, right]) = children(node) else {
        let class = node.prediction().and_then(|class| classes.binary_search(&class).ok());
        tree.push(Node::Leaf { class: class.ok_or("a leaf of a tree has no class")?, value: 1.0 });
        return Ok(index);
    };
    let (feature, split, _) = node.split();
    let feature = match features {
        Some(features) => *features.get(feature).ok_or("a tree looks at a feature that it was not trained with")?,
        None => feature,
    };
    // Where the children are is known when they have been added.
    tree.push(Node::Leaf { class: 0, value: 0.0 });
    let then = flatten(left, features, classes, tree)?;
    let otherwise = flatten(right, features, classes, tree)?;
    tree[index] = Node::Branch { feature, split: split.into(), then, otherwise };
    Ok(index)
}
