//! Modules of burn, and the metrics of its learner.

use std::fs;

use burn::config::Config;
use burn::module::Module;
use burn::nn::{Linear, LinearConfig};
use burn::tensor::{Device, Tensor};
use trainyard::flavors::{Burn, LoadedBurn};
use trainyard::{Error, SavedModel};

use super::{of_another_version, saved};

#[derive(Config, Debug)]
struct Sizes {
    features: usize,
    classes: usize,
}

#[derive(Module, Debug)]
struct Network {
    output: Linear,
}

/// As `Network`, with a layer more.
#[derive(Module, Debug)]
struct Deep {
    hidden: Linear,
    output: Linear,
}

fn build(sizes: &Sizes) -> Network {
    Network { output: LinearConfig::new(sizes.features, sizes.classes).init(&Device::default()) }
}

fn numbers(network: &Network) -> Vec<f32> {
    let rows = Tensor::<2>::from_data([[0.5, -1.25, 3.0], [1e-3, 7.0, -0.1]], &Device::default());
    network.output.forward(rows).into_data().try_to_vec().unwrap()
}

fn reason(error: Error) -> String {
    assert!(matches!(error, Error::InvalidModel { field: "burn module", .. }), "{error:?}");
    error.to_string()
}

#[test]
fn a_module_computes_the_same_when_it_is_loaded_again() {
    let sizes = Sizes::new(3, 2);
    let network = build(&sizes);
    let (_folder, saved) = saved(&Burn { module: &network, config: &sizes });
    let loaded: LoadedBurn<Sizes> = saved.load().unwrap();
    assert_eq!((loaded.config().features, loaded.config().classes), (3, 2));
    assert_ne!(numbers(&build(&sizes)), numbers(&network), "weights begin at random");
    assert_eq!(numbers(&loaded.into_module(build).unwrap()), numbers(&network));
}

#[test]
fn weights_have_to_be_the_ones_that_the_module_has() {
    let sizes = Sizes::new(3, 2);
    let device = Device::default();
    let deep = |_: &Sizes| Deep {
        hidden: LinearConfig::new(3, 3).init(&device),
        output: LinearConfig::new(3, 2).init(&device),
    };
    let (_folder, shallow) = saved(&Burn { module: &build(&sizes), config: &sizes });
    let loaded: LoadedBurn<Sizes> = shallow.load().unwrap();
    let error = reason(loaded.clone().into_module(deep).unwrap_err());
    assert!(error.contains("the file has no weight 'hidden."), "{error}");
    let error = reason(loaded.into_module(|_| build(&Sizes::new(3, 4))).unwrap_err());
    assert!(error.contains("Shape mismatch for 'output."), "{error}");

    let (_folder, more) = saved(&Burn { module: &deep(&sizes), config: &sizes });
    let loaded: LoadedBurn<Sizes> = more.load().unwrap();
    let error = reason(loaded.into_module(build).unwrap_err());
    assert!(error.contains("the module has no weight 'hidden."), "{error}");
}

#[test]
fn another_config_another_version_and_changed_weights_are_refused() {
    let sizes = Sizes::new(3, 2);
    let (_folder, saved) = saved(&Burn { module: &build(&sizes), config: &sizes });
    let error = saved.load::<LoadedBurn<LinearConfig>>().unwrap_err();
    assert!(matches!(&error, Error::ModelType { saved, .. } if saved.ends_with("Sizes")), "{error:?}");
    let file = saved.path().join("model.safetensors");
    let mut bytes = fs::read(&file).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    fs::write(&file, bytes).unwrap();
    let error = SavedModel::open(saved.path()).unwrap_err();
    assert!(matches!(&error, Error::Model { path, .. } if *path == file), "{error:?}");

    let older = of_another_version(saved.path(), "burn", "0.21");
    let error = older.load::<LoadedBurn<Sizes>>().unwrap_err().to_string();
    assert!(error.contains("saved by burn 0.21") && error.contains("loaded by burn 0.22"), "{error}");
}
