//! Models of candle.

use std::fs;

use candle_core::{DType, Device, Module as _, Tensor};
use candle_nn::{Linear, VarBuilder, VarMap, linear, linear_no_bias};
use serde::{Deserialize, Serialize};
use trainyard::flavors::{Candle, LoadedCandle};
use trainyard::{Error, SavedModel};

use super::{of_another_version, saved};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Sizes {
    features: usize,
    classes: usize,
}

const SIZES: Sizes = Sizes { features: 3, classes: 2 };

fn build(sizes: &Sizes, variables: VarBuilder<'_>) -> candle_core::Result<Linear> {
    linear(sizes.features, sizes.classes, variables.pp("output"))
}

fn model() -> (VarMap, Linear) {
    let variables = VarMap::new();
    let model = build(&SIZES, VarBuilder::from_varmap(&variables, DType::F32, &Device::Cpu)).unwrap();
    (variables, model)
}

fn numbers(model: &Linear) -> Vec<Vec<f32>> {
    let rows = Tensor::new(&[[0.5_f32, -1.25, 3.0], [1e-3, 7.0, -0.1]], &Device::Cpu).unwrap();
    model.forward(&rows).unwrap().to_vec2().unwrap()
}

fn reason(error: Error) -> String {
    assert!(matches!(error, Error::InvalidModel { field: "candle model", .. }), "{error:?}");
    error.to_string()
}

#[test]
fn a_model_computes_the_same_when_it_is_loaded_again() {
    let (variables, model) = model();
    let (_folder, saved) = saved(&Candle { variables: &variables, config: &SIZES });
    let loaded: LoadedCandle<Sizes> = saved.load().unwrap();
    assert_eq!(loaded.config(), &SIZES);
    let again = loaded.into_model(DType::F32, &Device::Cpu, build).unwrap();
    assert_eq!(numbers(&again), numbers(&model));
}

#[test]
fn variables_have_to_be_the_ones_that_the_model_takes() {
    let (variables, _) = model();
    let (_folder, saved) = saved(&Candle { variables: &variables, config: &SIZES });
    let loaded: LoadedCandle<Sizes> = saved.load().unwrap();
    let cpu = &Device::Cpu;
    let error = loaded.clone().into_model(DType::F32, cpu, |_, variables| linear(3, 2, variables.pp("input")));
    assert!(reason(error.unwrap_err()).contains("input.weight"));
    let error = loaded.clone().into_model(DType::F32, cpu, |_, variables| linear(4, 2, variables.pp("output")));
    assert!(reason(error.unwrap_err()).contains("shape mismatch for output.weight"));
    let error = loaded.into_model(DType::F32, cpu, |_, variables| linear_no_bias(3, 2, variables.pp("output")));
    assert!(reason(error.unwrap_err()).contains("takes no variable 'output.bias'"));
}

#[test]
fn another_config_another_version_and_changed_variables_are_refused() {
    let (variables, _) = model();
    let (_folder, saved) = saved(&Candle { variables: &variables, config: &SIZES });
    let error = saved.load::<LoadedCandle<(usize, usize)>>().unwrap_err();
    assert!(matches!(&error, Error::ModelType { saved, .. } if saved.ends_with("Sizes")), "{error:?}");
    let file = saved.path().join("model.safetensors");
    let mut bytes = fs::read(&file).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(&file, bytes).unwrap();
    let error = SavedModel::open(saved.path()).unwrap_err();
    assert!(matches!(&error, Error::Model { path, .. } if *path == file), "{error:?}");

    let older = of_another_version(saved.path(), "candle", "0.10");
    let error = older.load::<LoadedCandle<Sizes>>().unwrap_err().to_string();
    assert!(error.contains("saved by candle-core 0.10") && error.contains("loaded by candle-core 0.11"), "{error}");
}
