//! Record and register a model that another program has saved: an ONNX model, or a booster of XGBoost or LightGBM.
//! Every MLflow client loads it and predicts with it.
//!
//! Run it with `cargo run -p trainyard --example trained_elsewhere --features onnx -- model.onnx`, or with `model.ubj`
//! or `model.lgb` and the version of the library that saved it: without a server everything is kept in ./yard.
#![allow(clippy::print_stdout, reason = "an example says what it has done")]

use std::env;
use std::path::Path;

use trainyard::flavors::{Lightgbm, Onnx, Xgboost};
use trainyard::{BoxError, Client, ModelInfo, ModelOptions, SaveModel};

fn main() -> Result<(), BoxError> {
    let mut arguments = env::args().skip(1);
    let file = arguments.next().ok_or("name a file: model.onnx, model.ubj, model.json or model.lgb")?;
    let version = arguments.next();
    let version = || version.as_deref().ok_or("name the version of the library that saved the model, behind the file");
    let path = Path::new(&file);
    let client = Client::from_env()?;
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("onnx") => {
            let model = Onnx::from_file(path)?;
            let info = log(&client, "onnx-elsewhere", &model)?;
            same(client.load_model::<Onnx>(&info.model_uri)? == model)
        }
        Some("ubj" | "json") => {
            let model = Xgboost::from_file(path, version()?)?;
            let info = log(&client, "xgboost-elsewhere", &model)?;
            same(client.load_model::<Xgboost>(&info.model_uri)? == model)
        }
        Some("lgb" | "txt") => {
            let model = Lightgbm::from_file(path, version()?)?;
            let info = log(&client, "lightgbm-elsewhere", &model)?;
            same(client.load_model::<Lightgbm>(&info.model_uri)? == model)
        }
        _ => Err(format!("{file}: expected a name that ends in .onnx, .ubj, .json, .lgb or .txt").into()),
    }
}

fn log(client: &Client, name: &str, model: &dyn SaveModel) -> Result<ModelInfo, BoxError> {
    let run = client.start_run(name, "")?;
    let info = run.log_model_with(name, model, &ModelOptions::new().registered_model_name(name))?;
    println!("run        {}", run.id());
    println!("model      models:/{name}/{}", info.registered_model_version.as_deref().unwrap_or_default());
    run.finish()?;
    Ok(info)
}

fn same(is_same: bool) -> Result<(), BoxError> {
    if is_same {
        println!("loaded     the same bytes");
        return Ok(());
    }
    Err("what was loaded is not what was logged".into())
}
