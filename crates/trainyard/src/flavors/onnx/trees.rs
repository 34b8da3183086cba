//! Decision trees and forests as ONNX graphs around one `TreeEnsemble`.

use super::graph::{Exported, Graph, Labels, Precision, int, ints, raw_tensor, tensor};
use super::linear::{PROBABILITIES, Targets, label_of_greatest};
use super::proto::data_type;
use crate::BoxError;

/// Deeper trees than any library grows; a tree that is deeper has a loop.
const MAX_DEPTH: usize = 10_000;
/// How `TreeEnsemble` puts the trees together.
const SUM: i64 = 1;

/// A node of a tree: the leaves of classifiers name a class, those of regressors a value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Node {
    /// Where a row goes on by one of its features.
    Branch {
        feature: usize,
        split: f64,
        /// Indexes of the nodes of rows for which the comparison holds, and of the others.
        then: usize,
        otherwise: usize,
    },
    /// Where a row ends.
    Leaf { class: usize, value: f64 },
}

/// A tree by its nodes; the first is the root.
pub(crate) type Tree = Vec<Node>;

/// How a feature is compared with the value of a split. NaN is neither.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Comparison {
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
}

/// A tree or forest, with the number of features it looks at.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Forest {
    /// Of the features, as they are given.
    pub(crate) input: Precision,
    /// Of splits and values.
    pub(crate) precision: Precision,
    /// How many features there are, where the model knows.
    pub(crate) features: Option<usize>,
    pub(crate) comparison: Comparison,
    pub(crate) trees: Vec<Tree>,
}

impl Forest {
    /// The mean of the trees' values.
    pub(crate) fn regressor(&self, targets: Targets) -> Result<Exported, BoxError> {
        let mut graph = self.graph("forest_regressor");
        let sums = self.ensemble(&mut graph, 1)?;
        let count = graph.numbers("count", &[1], &[self.trees.len() as f64]);
        let means = graph.node("Div", &[&sums, &count], "means", Vec::new());
        let shape = graph.integers("shape", &[1], &[-1]);
        let values = graph.node("Reshape", &[&means, &shape], "values", Vec::new());
        graph.value_output(&values, targets);
        Ok(graph.finish())
    }

    /// The class that most trees vote for, of equals the first; the probabilities are the shares of votes.
    pub(crate) fn classifier(&self, labels: &Labels) -> Result<Exported, BoxError> {
        let mut graph = self.graph("forest_classifier");
        let votes = self.ensemble(&mut graph, labels.len())?;
        label_of_greatest(&mut graph, &votes, labels);
        let count = graph.numbers("count", &[1], &[self.trees.len() as f64]);
        graph.node("Div", &[&votes, &count], PROBABILITIES, Vec::new());
        graph.number_output(PROBABILITIES, Some(labels.len()));
        Ok(graph.finish())
    }

    fn graph(&self, name: &str) -> Graph {
        let mut graph = Graph::new(name, self.input, self.features);
        graph.compute_in(self.precision);
        graph
    }

    /// Adds the operator, and answers the name of its result: a row of `targets` sums for each row of features.
    fn ensemble(&self, graph: &mut Graph, targets: usize) -> Result<String, BoxError> {
        let mut parts = Parts::default();
        for tree in &self.trees {
            parts.add_tree(tree, self.features.unwrap_or(usize::MAX), targets)?;
        }
        if parts.roots.is_empty() {
            return Err("the model has no trees: it was not fitted".into());
        }
        let mode = match self.comparison {
            Comparison::LessOrEqual => 0,
            Comparison::Less => 1,
        };
        let nodes = parts.splits.len();
        let input = graph.input().to_owned();
        let attributes = vec![
            int("aggregate_function", SUM),
            ints("leaf_targetids", parts.leaf_targets),
            tensor(
                "leaf_weights",
                graph.number_tensor("leaf_weights", &[parts.leaf_weights.len()], &parts.leaf_weights),
            ),
            int("n_targets", i64::try_from(targets)?),
            ints("nodes_falseleafs", parts.false_is_leaf),
            ints("nodes_falsenodeids", parts.false_ids),
            ints("nodes_featureids", parts.features),
            tensor("nodes_modes", raw_tensor("nodes_modes", data_type::UINT8, &[nodes], vec![mode; nodes])),
            tensor("nodes_splits", graph.number_tensor("nodes_splits", &[nodes], &parts.splits)),
            ints("nodes_trueleafs", parts.true_is_leaf),
            ints("nodes_truenodeids", parts.true_ids),
            int("post_transform", 0),
            ints("tree_roots", parts.roots),
        ];
        Ok(graph.ml_node("TreeEnsemble", &[&input], "sums", attributes))
    }
}

/// The arrays that describe all trees: branches and leaves are numbered separately.
#[derive(Debug, Default)]
struct Parts {
    roots: Vec<i64>,
    features: Vec<i64>,
    splits: Vec<f64>,
    true_ids: Vec<i64>,
    true_is_leaf: Vec<i64>,
    false_ids: Vec<i64>,
    false_is_leaf: Vec<i64>,
    leaf_targets: Vec<i64>,
    leaf_weights: Vec<f64>,
}

impl Parts {
    fn add_tree(&mut self, tree: &[Node], features: usize, targets: usize) -> Result<(), BoxError> {
        self.roots.push(i64::try_from(self.splits.len())?);
        if let Some(Node::Leaf { class, value }) = tree.first() {
            // A root has to be a branch; both ways lead to the leaf.
            let leaf = self.add_leaf(*class, *value, targets)?;
            let branch = self.add_branch(0, 0.0);
            self.set_child(branch, true, (leaf, 1));
            self.set_child(branch, false, (leaf, 1));
            return Ok(());
        }
        // Nodes that wait, each with its depth and the branch and way that lead to it.
        let mut waiting = vec![(0, 0, None)];
        while let Some((index, depth, parent)) = waiting.pop() {
            if depth > MAX_DEPTH {
                return Err(format!("node {index} of a tree is deeper than {MAX_DEPTH}: the tree has a loop").into());
            }
            let added = match tree.get(index) {
                None => return Err(format!("a tree refers to its node {index}, and has {}", tree.len()).into()),
                Some(Node::Leaf { class, value }) => (self.add_leaf(*class, *value, targets)?, 1),
                Some(Node::Branch { feature, split, then, otherwise }) => {
                    if *feature >= features {
                        return Err(format!("a tree looks at feature {feature}, and there are {features}").into());
                    }
                    let branch = self.add_branch(*feature, *split);
                    waiting.push((*otherwise, depth + 1, Some((branch, false))));
                    waiting.push((*then, depth + 1, Some((branch, true))));
                    (i64::try_from(branch)?, 0)
                }
            };
            if let Some((branch, way)) = parent {
                self.set_child(branch, way, added);
            }
        }
        Ok(())
    }

    fn add_leaf(&mut self, class: usize, value: f64, targets: usize) -> Result<i64, BoxError> {
        if class >= targets {
            return Err(format!("a leaf is of class {class}, and there are {targets}").into());
        }
        self.leaf_targets.push(i64::try_from(class)?);
        self.leaf_weights.push(value);
        Ok(i64::try_from(self.leaf_weights.len() - 1)?)
    }

    fn add_branch(&mut self, feature: usize, split: f64) -> usize {
        self.features.push(i64::try_from(feature).unwrap_or(i64::MAX));
        self.splits.push(split);
        for children in [&mut self.true_ids, &mut self.true_is_leaf, &mut self.false_ids, &mut self.false_is_leaf] {
            children.push(0);
        }
        self.splits.len() - 1
    }

    fn set_child(&mut self, branch: usize, way: bool, (id, is_leaf): (i64, i64)) {
        if way {
            (self.true_ids[branch], self.true_is_leaf[branch]) = (id, is_leaf);
        } else {
            (self.false_ids[branch], self.false_is_leaf[branch]) = (id, is_leaf);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn forest(trees: Vec<Tree>) -> Forest {
        Forest {
            input: Precision::Double,
            precision: Precision::Double,
            features: Some(2),
            comparison: Comparison::Less,
            trees,
        }
    }

    fn branch(feature: usize, then: usize, otherwise: usize) -> Node {
        Node::Branch { feature, split: 0.5, then, otherwise }
    }

    #[test]
    fn branches_and_leaves_are_numbered_apart() {
        let leaf = |class| Node::Leaf { class, value: 1.0 };
        let mut parts = Parts::default();
        parts.add_tree(&[leaf(1)], 2, 3).expect("a leaf");
        parts.add_tree(&[branch(1, 1, 2), leaf(0), branch(0, 3, 4), leaf(2), leaf(1)], 2, 3).expect("a tree");
        assert_eq!((parts.roots, parts.features), (vec![0, 1], vec![0, 1, 0]));
        assert_eq!((parts.true_ids, parts.true_is_leaf), (vec![0, 1, 2], vec![1, 1, 1]));
        assert_eq!((parts.false_ids, parts.false_is_leaf), (vec![0, 2, 3], vec![1, 0, 1]));
        assert_eq!(parts.leaf_targets, [1, 0, 2, 1]);
    }

    #[test]
    fn a_forest_that_does_not_know_its_features_says_nothing_of_what_goes_in() {
        let leaf = |value| Node::Leaf { class: 0, value };
        let known = forest(vec![vec![branch(1, 1, 2), leaf(1.0), leaf(2.0)]]);
        assert!(known.regressor(Targets::Floats).expect("a forest").signature.inputs.is_some());
        let unknown = Forest { features: None, ..known };
        let signature = unknown.regressor(Targets::Floats).expect("a forest").signature;
        assert!(signature.inputs.is_none() && signature.outputs.is_some());
    }

    #[test]
    fn trees_that_are_none_are_refused() {
        let value = |value| Node::Leaf { class: 0, value };
        for (trees, reason) in [
            (vec![], "not fitted"),
            (vec![vec![]], "refers to its node 0"),
            (vec![vec![branch(0, 0, 0)]], "loop"),
            (vec![vec![branch(0, 1, 7), value(1.0)]], "refers to its node 7, and has 2"),
            (vec![vec![branch(2, 1, 1), value(1.0)]], "feature 2, and there are 2"),
            (vec![vec![Node::Leaf { class: 1, value: 1.0 }]], "class 1, and there are 1"),
        ] {
            let error = forest(trees).regressor(Targets::Floats).expect_err(reason).to_string();
            assert!(error.contains(reason), "{error}");
        }
    }
}
