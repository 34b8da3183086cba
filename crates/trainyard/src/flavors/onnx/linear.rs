//! Linear and logistic models as ONNX graphs of plain matrix operators, which take doubles where the operators for
//! classical models take floats alone.

use super::graph::{Exported, Graph, Labels, Precision, int};

/// Names of what comes out: those that converters of other frameworks use.
pub(super) const LABEL: &str = "label";
pub(super) const PROBABILITIES: &str = "probabilities";

/// What a regression answers with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Targets {
    /// What it has computed.
    Floats,
    /// That, rounded to `f32`.
    Singles,
    /// The integer that is left without what stands behind the point.
    Integers,
}

/// A weight for each feature, and an intercept.
pub(crate) fn regression(precision: Precision, weights: &[f64], intercept: f64, targets: Targets) -> Exported {
    let mut graph = Graph::new("linear_regression", precision, Some(weights.len()));
    let products = product(&mut graph, &[weights.len()], weights);
    let intercept = graph.numbers("intercept", &[1], &[intercept]);
    let sums = graph.node("Add", &[&products, &intercept], "sums_with_intercept", Vec::new());
    graph.value_output(&sums, targets);
    graph.finish()
}

/// When the second of two classes is the answer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Threshold {
    /// Its probability is at least this.
    AtLeast(f64),
    /// Its probability is more than this.
    MoreThan(f64),
}

/// Logistic regression between two classes; weights and intercept are those of the second.
pub(crate) fn binary(
    precision: Precision,
    weights: &[f64],
    intercept: f64,
    threshold: Threshold,
    labels: &Labels,
) -> Exported {
    let mut graph = Graph::new("logistic_regression", precision, Some(weights.len()));
    let products = product(&mut graph, &[weights.len()], weights);
    let intercept = graph.numbers("intercept", &[1], &[intercept]);
    let score = graph.node("Add", &[&products, &intercept], "score", Vec::new());
    let second = graph.node("Sigmoid", &[&score], "second", Vec::new());
    let (operator, threshold) = match threshold {
        Threshold::AtLeast(threshold) => ("GreaterOrEqual", threshold),
        Threshold::MoreThan(threshold) => ("Greater", threshold),
    };
    let threshold = graph.numbers("threshold", &[1], &[threshold]);
    let is_second = graph.node(operator, &[&second, &threshold], "is_second", Vec::new());
    let index = graph.node("Cast", &[&is_second], "index", vec![int("to", super::proto::data_type::INT64.into())]);
    let classes = graph.labels("classes", labels);
    graph.node("Gather", &[&classes, &index], LABEL, vec![int("axis", 0)]);
    let one = graph.numbers("one", &[1], &[1.0]);
    let first = graph.node("Sub", &[&one, &second], "first", Vec::new());
    let axis = graph.integers("axis", &[1], &[1]);
    let first = graph.node("Unsqueeze", &[&first, &axis], "first_column", Vec::new());
    let second = graph.node("Unsqueeze", &[&second, &axis], "second_column", Vec::new());
    graph.node("Concat", &[&first, &second], PROBABILITIES, vec![int("axis", 1)]);
    graph.label_output(LABEL, labels);
    graph.number_output(PROBABILITIES, Some(2));
    graph.finish()
}

/// Logistic regression between several classes. `weights` has a row for each feature and a column for each class.
pub(crate) fn multinomial(precision: Precision, weights: &[f64], intercepts: &[f64], labels: &Labels) -> Exported {
    let classes = intercepts.len();
    let features = weights.len().checked_div(classes).unwrap_or(0);
    let mut graph = Graph::new("logistic_regression", precision, Some(features));
    let products = product(&mut graph, &[features, classes], weights);
    let intercepts = graph.numbers("intercepts", &[classes], intercepts);
    let scores = graph.node("Add", &[&products, &intercepts], "scores", Vec::new());
    // The class is that of the greatest score: probabilities may be rounded to the same number.
    label_of_greatest(&mut graph, &scores, labels);
    graph.node("Softmax", &[&scores], PROBABILITIES, vec![int("axis", 1)]);
    graph.number_output(PROBABILITIES, Some(classes));
    graph.finish()
}

/// Makes the class with the greatest number of each row the output; of equals the first.
pub(super) fn label_of_greatest(graph: &mut Graph, scores: &str, labels: &Labels) {
    let index = graph.node("ArgMax", &[scores], "index", vec![int("axis", 1), int("keepdims", 0)]);
    let classes = graph.labels("classes", labels);
    graph.node("Gather", &[&classes, &index], LABEL, vec![int("axis", 0)]);
    graph.label_output(LABEL, labels);
}

fn product(graph: &mut Graph, dims: &[usize], weights: &[f64]) -> String {
    let weights = graph.numbers("weights", dims, weights);
    let input = graph.input().to_owned();
    graph.node("MatMul", &[&input, &weights], "products", Vec::new())
}
