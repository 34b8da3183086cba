//! Train a softmax regression by plain gradient descent, record and register its weights in the safetensors format, and
//! load them back.
//!
//! Run it with `cargo run -p trainyard --example safetensors --features safetensors`: without a server everything is
//! kept in ./yard.
#![allow(clippy::print_stdout, reason = "whoever runs an example reads what it prints")]

use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors};
use trainyard::flavors::Safetensors;
use trainyard::{BoxError, Client};

use crate::data::{accuracy, wine};
use crate::recording::{Training, record};

#[path = "data/mod.rs"]
mod data;
#[path = "data/recording.rs"]
mod recording;

const CLASSES: usize = 3;
const RATE: f64 = 0.5;
const STEPS: usize = 300;

/// A weight for each feature and class; the last row is that of the intercepts.
type Weights = Vec<[f64; CLASSES]>;

fn main() -> Result<(), BoxError> {
    let client = Client::from_env()?;
    let (train, test) = wine()?.standardised().split();
    let weights = fit(&train.rows, &train.classes());
    let predictions = predict(&weights, &test.rows);

    let values: Vec<u8> = weights.as_flattened().iter().flat_map(|weight| weight.to_le_bytes()).collect();
    let view = TensorView::new(Dtype::F64, vec![weights.len(), CLASSES], &values)?;
    let model = Safetensors::new(safetensors::serialize([("weights", view)], None)?)?.config(&"softmax")?;
    let metric = ("accuracy", accuracy(&predictions, &test.classes()));
    let params = [("rate", RATE), ("steps", STEPS as f64)];
    let training = Training { name: "safetensors-softmax", params: &params, metric };
    record(&client, &training, &model, &test.rows, &predictions, |loaded: Safetensors| {
        let tensors = SafeTensors::deserialize(loaded.bytes())?;
        let (values, _) = tensors.tensor("weights")?.data().as_chunks::<8>();
        let values: Vec<f64> = values.iter().map(|bytes| f64::from_le_bytes(*bytes)).collect();
        Ok(predict(&values.as_chunks::<CLASSES>().0.to_vec(), &test.rows))
    })
}

fn fit(rows: &[Vec<f64>], classes: &[usize]) -> Weights {
    let features = rows.first().map_or(0, Vec::len);
    let mut weights = vec![[0.0; CLASSES]; features + 1];
    for _ in 0..STEPS {
        let mut gradient = vec![[0.0; CLASSES]; features + 1];
        for (row, &class) in rows.iter().zip(classes) {
            let mut errors = scores(&weights, row).map(f64::exp);
            let sum: f64 = errors.iter().sum();
            errors = errors.map(|error| error / sum);
            errors[class] -= 1.0;
            for (feature, value) in row.iter().chain(&[1.0]).enumerate() {
                for (class, error) in errors.iter().enumerate() {
                    gradient[feature][class] += value * error;
                }
            }
        }
        for (weights, gradient) in weights.as_flattened_mut().iter_mut().zip(gradient.as_flattened()) {
            *weights -= RATE * gradient / rows.len() as f64;
        }
    }
    weights
}

fn predict(weights: &Weights, rows: &[Vec<f64>]) -> Vec<usize> {
    rows.iter()
        .map(|row| {
            let scores = scores(weights, row);
            (1..CLASSES).fold(0, |best, class| if scores[class] > scores[best] { class } else { best })
        })
        .collect()
}

fn scores(weights: &Weights, row: &[f64]) -> [f64; CLASSES] {
    let mut scores = [0.0; CLASSES];
    for (weights, value) in weights.iter().zip(row.iter().chain(&[1.0])) {
        for (score, weight) in scores.iter_mut().zip(weights) {
            *score += weight * value;
        }
    }
    scores
}
