//! Models of frameworks: what the adapters write is what they load, and nothing else is.
#![cfg(any(
    feature = "burn-example",
    feature = "candle",
    feature = "cbor",
    feature = "linfa",
    feature = "ndarray",
    feature = "smartcore"
))]

use tempfile::TempDir;
use trainyard::{ModelOptions, SaveModel, SavedModel, save_model};

#[cfg(feature = "burn-example")]
mod burn;
#[cfg(feature = "burn-example")]
mod burn_learner;
#[cfg(feature = "candle")]
mod candle;

/// A model directory of its own.
fn saved(model: &dyn SaveModel) -> (TempDir, SavedModel) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model");
    save_model(&path, model, &ModelOptions::new()).unwrap();
    let saved = SavedModel::open(&path).unwrap();
    (folder, saved)
}

/// The model as if another version of the framework had saved it.
#[cfg(any(feature = "burn-example", feature = "candle", feature = "linfa"))]
fn of_another_version(path: &std::path::Path, flavor: &str, version: &str) -> SavedModel {
    use trainyard::internals::models::{self, Mlmodel};

    let mut description = Mlmodel::read(path).unwrap();
    description.flavors.get_mut(flavor).unwrap()["crate_version"] = version.into();
    models::finish(path, &mut description).unwrap();
    SavedModel::open(path).unwrap()
}

#[cfg(feature = "cbor")]
mod cbor {
    use trainyard::flavors::{Cbor, Json};

    use super::saved;

    #[test]
    fn cbor_keeps_numbers_that_json_has_not() {
        let values = vec![0.1, f64::INFINITY, f64::NEG_INFINITY, f64::NAN, -0.0];
        let (_folder, saved) = saved(&Cbor(&values));
        let Cbor(loaded) = saved.load::<Cbor<Vec<f64>>>().unwrap();
        let bits = |values: &[f64]| values.iter().map(|value| value.to_bits()).collect::<Vec<_>>();
        assert_eq!(bits(&loaded), bits(&values));
        let error = saved.load::<Json<Vec<f64>>>().unwrap_err().to_string();
        assert!(error.contains("saved as cbor"), "{error}");
    }
}

#[cfg(feature = "ndarray")]
#[test]
fn arrays_of_ndarray_have_signatures_and_are_examples() {
    use ndarray::{Array1, Array2, s};
    use trainyard::flavors::Json;
    use trainyard::{InputExample, Signature};

    let features = Array2::from_shape_fn((3, 2), |(row, column)| (10 * row + column) as f32);
    let classes = Array1::from(vec![0_i64, 1, 1]);
    let signature = Signature::of(&features, &classes).unwrap();
    assert_eq!(signature, Signature::of(&[[0.0_f32, 1.0]], &[0_i64]).unwrap());
    // A view that does not lie in one piece.
    let example = InputExample::tensor(&features.slice(s![..;2, ..;-1])).unwrap();
    assert_eq!(example, InputExample::tensor(&[[1.0_f32, 0.0], [21.0, 20.0]]).unwrap());
    let folder = tempfile::tempdir().unwrap();
    let options = ModelOptions::new().signature(signature.clone()).input_example(example);
    save_model(&folder.path().join("model"), &Json(1), &options).unwrap();
    assert_eq!(SavedModel::open(&folder.path().join("model")).unwrap().signature().unwrap(), Some(signature));
}

#[cfg(feature = "linfa")]
mod linfa_models {
    use linfa::prelude::*;
    use linfa_trees::DecisionTree;
    use ndarray_0_16::{Array1, Array2, array};
    use trainyard::flavors::{Linfa, Onnx};
    use trainyard::{Error, Predict as _, Schema};

    use super::{of_another_version, saved};

    fn tree<L: linfa::Label + Copy>(classes: [L; 4]) -> (DecisionTree<f64, L>, Array2<f64>) {
        let features = array![[0.0, 1.0], [1.0, 1.5], [2.0, 0.5], [3.0, 2.0]];
        let dataset = Dataset::new(features.clone(), Array1::from(classes.to_vec()));
        (DecisionTree::params().fit(&dataset).unwrap(), features)
    }

    #[test]
    fn a_tree_is_loaded_as_what_it_was_and_has_a_copy_with_a_signature() {
        let (tree, features) = tree([0_usize, 0, 1, 1]);
        let (_folder, saved) = saved(&Linfa(&tree));
        let loaded = saved.load::<Linfa<DecisionTree<f64, usize>>>().unwrap();
        assert_eq!(loaded.predict(&features).unwrap(), array![0, 0, 1, 1]);
        assert!(!saved.load::<Onnx>().unwrap().bytes().is_empty());
        let Some(Schema::Tensors(inputs)) = saved.signature().unwrap().unwrap().inputs else { panic!("no tensors") };
        assert_eq!((inputs[0].dtype.as_str(), inputs[0].shape.as_slice()), ("float64", &[-1, 2][..]));
        let Error::ModelType { saved, wanted, .. } = saved.load::<Linfa<DecisionTree<f64, bool>>>().unwrap_err() else {
            panic!("another error");
        };
        assert!(saved.contains("DecisionTree<f64, usize>") && wanted.contains("DecisionTree<f64, bool>"));
    }

    #[test]
    fn a_model_of_another_version_of_the_framework_is_refused() {
        let (tree, _) = tree([false, true, false, true]);
        let (_folder, saved) = saved(&Linfa(&tree));
        let saved = of_another_version(saved.path(), "rust_serde", "0.7");
        let error = saved.load::<Linfa<DecisionTree<f64, bool>>>().unwrap_err().to_string();
        assert!(error.contains("saved by linfa 0.7") && error.contains("loaded by linfa 0.8"), "{error}");
    }
}

#[cfg(feature = "smartcore")]
mod smartcore_models {
    use smartcore::linalg::basic::matrix::DenseMatrix;
    use smartcore::linear::linear_regression::LinearRegression;
    use smartcore::tree::decision_tree_regressor::DecisionTreeRegressor;
    use trainyard::flavors::{Onnx, Smartcore};
    use trainyard::{Error, ModelOptions, Predict as _, Signature, save_model};

    use super::saved;

    type Linear = LinearRegression<f32, f32, DenseMatrix<f32>, Vec<f32>>;

    fn features() -> DenseMatrix<f32> {
        DenseMatrix::from_2d_array(&[&[0.0, 1.0], &[1.0, 1.5], &[2.0, 0.5], &[3.0, 2.0]]).unwrap()
    }

    #[test]
    fn a_regression_is_loaded_as_what_it_was_and_has_a_copy_in_its_precision() {
        let targets = vec![1.0_f32, 2.0, 2.5, 5.0];
        let model = Linear::fit(&features(), &targets, Default::default()).unwrap();
        let (_folder, saved) = saved(&Smartcore(&model));
        let loaded = saved.load::<Smartcore<Linear>>().unwrap();
        assert_eq!(loaded.predict(&features()).unwrap(), model.predict(&features()).unwrap());
        assert!(!saved.load::<Onnx>().unwrap().bytes().is_empty());
        let inputs = saved.signature().unwrap().unwrap().inputs;
        assert_eq!(inputs, Signature::of(&features(), &targets).unwrap().inputs);
    }

    #[test]
    fn a_model_that_was_not_fitted_is_refused() {
        use smartcore::api::SupervisedEstimator;

        let folder = tempfile::tempdir().unwrap();
        let linear = <Linear as SupervisedEstimator<_, _, _>>::new();
        let tree: DecisionTreeRegressor<f32, f32, DenseMatrix<f32>, Vec<f32>> = SupervisedEstimator::new();
        for model in [&Smartcore(&linear) as &dyn trainyard::SaveModel, &Smartcore(&tree)] {
            let error = save_model(&folder.path().join("model"), model, &ModelOptions::new()).unwrap_err();
            assert!(matches!(error, Error::SaveModel { .. }), "{error:?}");
            assert!(error.to_string().contains("not fitted"), "{error}");
            assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "what was written half is left behind");
        }
    }
}
