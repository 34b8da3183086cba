//! What the Rust examples have in common: a run with one registered model, loaded back and compared.
#![allow(dead_code, reason = "an example starts its run by itself, or lets it be started")]

use std::fmt::Debug;

use serde::Serialize;
use serde_json::json;
use trainyard::{BoxError, Client, InputExample, LoadModel, ModelOptions, Run, SaveModel, Tensor};

/// What a run records of one model.
pub struct Training<'a> {
    /// Experiment, name of the model and of the registered model.
    pub name: &'a str,
    /// Hyperparameters.
    pub params: &'a [(&'a str, f64)],
    /// What it came to.
    pub metric: (&'a str, f64),
}

/// Records a run with a model, registers the model, loads it back as `L`, and compares the predictions of both on
/// `features`.
pub fn record<L: LoadModel, T: Serialize + PartialEq + Debug>(
    client: &Client,
    training: &Training<'_>,
    model: &dyn SaveModel,
    features: &(impl Tensor + Serialize),
    predictions: &[T],
    predict_loaded: impl FnOnce(L) -> Result<Vec<T>, BoxError>,
) -> Result<(), BoxError> {
    let run = client.start_run(training.name, "")?;
    record_in(run, training, model, features, predictions, predict_loaded)
}

/// The same for a run that is under way.
pub fn record_in<L: LoadModel, T: Serialize + PartialEq + Debug>(
    run: Run,
    training: &Training<'_>,
    model: &dyn SaveModel,
    features: &(impl Tensor + Serialize),
    predictions: &[T],
    predict_loaded: impl FnOnce(L) -> Result<Vec<T>, BoxError>,
) -> Result<(), BoxError> {
    let (name, client) = (training.name, run.client().clone());
    run.log_params(training.params)?;
    run.log_metric(training.metric.0, training.metric.1, 0)?;
    // For whoever wants to compare: the tests of these examples let Python predict the same rows.
    let compared = json!({"features": features, "dtype": features.dtype(), "predictions": predictions});
    run.artifacts()?.write("predictions.json", compared.to_string().as_bytes())?;
    let options = ModelOptions::new().registered_model_name(name).input_example(InputExample::tensor(features)?);
    let info = run.log_model_with(name, model, &options)?;
    let run_id = run.id().clone();
    run.finish()?;

    let version = info.registered_model_version.ok_or("the model was not registered")?;
    let uri = format!("models:/{name}/{version}");
    let again = predict_loaded(client.load_model(&uri)?)?;
    if again != predictions {
        return Err(format!("{uri} predicts {again:?}, the fitted model {predictions:?}").into());
    }
    println!("run        {run_id}");
    println!("{:<10} {:.4}", training.metric.0, training.metric.1);
    println!("model      {uri} ({})", info.model_uri);
    println!("loaded     {} predictions, equal to those of the fitted model\n", again.len());
    Ok(())
}
