//! Record and register a model in the ONNX format: here one of linfa whose copy in that format is taken out of a saved model, as
//! a program would take the file of any other converter. Every MLflow client loads it and predicts with it.
//!
//! Run it with `cargo run -p trainyard --example onnx --features linfa`: without a server everything is kept in ./yard.
#![allow(clippy::print_stdout, reason = "whoever runs an example reads what it prints")]

use linfa::prelude::*;
use linfa_trees::DecisionTree;
use ndarray_0_16::{Array1, Array2};
use serde_json::json;
use trainyard::flavors::{Linfa, Onnx};
use trainyard::{BoxError, Client, InputExample, ModelOptions, SavedModel, Tensor as _, save_model};

use crate::data::{Table, accuracy, iris};

#[path = "data/mod.rs"]
mod data;

const NAME: &str = "onnx-iris";
const MAX_DEPTH: usize = 3;

fn main() -> Result<(), BoxError> {
    let client = Client::from_env()?;
    let run = client.start_run(NAME, "")?;
    run.log_param("max_depth", MAX_DEPTH)?;

    let (train, test) = iris()?.split();
    let dataset = Dataset::new(features(&train)?, Array1::from(train.classes()));
    let tree = DecisionTree::params().max_depth(Some(MAX_DEPTH)).fit(&dataset)?;
    let predictions = tree.predict(&features(&test)?).to_vec();
    let share = accuracy(&predictions, &test.classes());
    run.log_metric("accuracy", share, 0)?;

    let folder = tempfile::tempdir()?;
    let folder = folder.path().join("model");
    save_model(&folder, &Linfa(&tree), &ModelOptions::new())?;
    let saved = SavedModel::open(&folder)?;
    let model = Onnx::from_file(&saved.file("model.onnx")?)?;
    let signature = saved.signature()?.ok_or("the copy has no signature")?;

    let example = InputExample::tensor(&test.rows[..5])?;
    let options = ModelOptions::new().registered_model_name(NAME).signature(signature).input_example(example);
    let info = run.log_model_with(NAME, &model, &options)?;
    // For whoever wants to compare: the tests of these examples let Python predict the same rows.
    run.log_json(
        "predictions.json",
        &json!({"features": test.rows, "dtype": test.rows.dtype(), "predictions": predictions}),
    )?;
    println!("run        {}", run.id());
    println!("accuracy   {share:.4}");
    run.finish()?;

    let version = info.registered_model_version.ok_or("the model was not registered")?;
    let uri = format!("models:/{NAME}/{version}");
    if client.load_model::<Onnx>(&uri)? != model {
        return Err(format!("{uri} is not what was logged").into());
    }
    println!("model      {uri} ({})", info.model_uri);
    println!("loaded     the same {} bytes", model.bytes().len());
    Ok(())
}

fn features(table: &Table) -> Result<Array2<f64>, BoxError> {
    Ok(Array2::from_shape_vec((table.rows.len(), table.columns.len()), table.flat())?)
}
