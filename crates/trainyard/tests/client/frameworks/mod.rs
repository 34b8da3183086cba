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
#[cfg(any(feature = "burn-example", feature = "candle", feature = "linfa", feature = "smartcore"))]
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

    #[test]
    fn a_model_that_is_too_deep_to_be_read_is_refused_when_it_is_saved() {
        #[derive(Debug, PartialEq, serde::Serialize, serde::Deserialize)]
        struct Deep(Option<Box<Deep>>, u8);

        let deep = |levels: usize| (0..levels).fold(Deep(None, 0), |inner, _| Deep(Some(Box::new(inner)), 0));
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("model");
        let error = trainyard::save_model(&path, &Cbor(deep(300)), &Default::default()).unwrap_err();
        assert!(error.to_string().contains("256 levels"), "{error}");
        assert!(!path.exists());
        let (_folder, saved) = saved(&Cbor(deep(200)));
        assert_eq!(saved.load::<Cbor<Deep>>().unwrap(), Cbor(deep(200)));
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
    fn rows_that_a_model_has_no_answer_for_are_refused_with_what_is_wrong() {
        use linfa_ensemble::EnsembleLearnerParams;
        use linfa_linear::LinearRegression;
        use linfa_logistic::{LogisticRegression, MultiLogisticRegression};

        let (tree, features) = tree([0_usize, 0, 1, 1]);
        let classes = Dataset::new(features.clone(), array![0_usize, 0, 1, 1]);
        let three = Dataset::new(features.clone(), array![0_usize, 1, 2, 2]);
        let numbers = Dataset::new(features.clone(), array![1.0, 2.0, 2.5, 5.0]);
        let linear = Linfa(LinearRegression::new().fit(&numbers).unwrap());
        let logistic = Linfa(LogisticRegression::default().fit(&classes).unwrap());
        let multinomial = Linfa(MultiLogisticRegression::default().fit(&three).unwrap());
        let forest = EnsembleLearnerParams::new(DecisionTree::params()).ensemble_size(3).fit(&classes).unwrap();
        for columns in [1, 3] {
            let wrong = Array2::<f64>::zeros((2, columns));
            for error in [
                linear.predict(&wrong).unwrap_err(),
                logistic.predict(&wrong).unwrap_err(),
                multinomial.predict(&wrong).unwrap_err(),
                Linfa(tree.clone()).predict(&wrong).unwrap_err(),
            ] {
                let error = error.downcast::<Error>().unwrap();
                assert!(matches!(*error, Error::InvalidModel { field: "input", .. }), "{error:?}");
                let expected = format!("invalid input '{columns} columns': the model was fitted on 2 features");
                assert_eq!(error.to_string(), expected);
            }
        }
        let error = Linfa(forest).predict(&Array2::zeros((2, 0))).unwrap_err();
        assert!(error.to_string().contains("'0 columns': the model looks at"), "{error}");
        let missing = array![[0.0, 1.0], [f64::NAN, 1.0]];
        let error = multinomial.predict(&missing).unwrap_err().to_string();
        assert!(error.contains("invalid input 'NaN': row 1 holds it in column 0"), "{error}");
        assert!(linear.predict(&missing).unwrap()[1].is_nan());
        assert_eq!(logistic.predict(&missing).unwrap().len(), 2);
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
    use trainyard::{Error, ModelOptions, Predict as _, Schema, Signature, save_model};

    use super::{of_another_version, saved};

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
    fn regressors_with_integer_targets_have_copies_that_answer_integers() {
        use smartcore::ensemble::random_forest_regressor::RandomForestRegressor;
        use smartcore::linalg::basic::matrix::DenseMatrix;

        type Matrix = DenseMatrix<f64>;
        let x = Matrix::from_2d_array(&[&[0.0, 1.0], &[1.0, 1.5], &[2.0, 0.5], &[3.0, 2.0]]).unwrap();
        let y = vec![1_i64, 2, 2, 5];
        let linear = LinearRegression::<f64, i64, Matrix, Vec<i64>>::fit(&x, &y, Default::default()).unwrap();
        let tree = DecisionTreeRegressor::<f64, i64, Matrix, Vec<i64>>::fit(&x, &y, Default::default()).unwrap();
        let forest = RandomForestRegressor::<f64, i64, Matrix, Vec<i64>>::fit(&x, &y, Default::default()).unwrap();
        for model in [&Smartcore(&linear) as &dyn trainyard::SaveModel, &Smartcore(&tree), &Smartcore(&forest)] {
            let (_folder, saved) = saved(model);
            let Some(Schema::Tensors(outputs)) = saved.signature().unwrap().unwrap().outputs else {
                panic!("no tensors")
            };
            assert_eq!((outputs[0].name.as_deref(), outputs[0].dtype.as_str()), (Some("variable"), "int64"));
        }
        // There is no integer for NaN.
        let missing = Matrix::from_2d_array(&[&[0.0, f64::NAN]]).unwrap();
        let error = Smartcore(linear).predict(&missing).unwrap_err().to_string();
        assert!(error.contains("invalid input 'NaN': row 0 holds it in column 1"), "{error}");
    }

    #[test]
    fn a_model_of_another_version_of_the_framework_is_refused() {
        let model = Linear::fit(&features(), &vec![1.0_f32, 2.0, 2.5, 5.0], Default::default()).unwrap();
        let (_folder, saved) = saved(&Smartcore(&model));
        let saved = of_another_version(saved.path(), "rust_serde", "0.6");
        let error = saved.load::<Smartcore<Linear>>().unwrap_err();
        assert!(matches!(&error, Error::Model { path, .. } if path.ends_with("MLmodel")), "{error:?}");
        let error = error.to_string();
        assert!(error.contains("saved by smartcore 0.6") && error.contains("loaded by smartcore 0.7"), "{error}");
    }

    type Doubles = DenseMatrix<f64>;

    fn doubles() -> Doubles {
        DenseMatrix::from_2d_array(&[&[0.0, 1.0], &[1.0, 1.5], &[2.0, 0.5], &[3.0, 2.0]]).unwrap()
    }

    /// Why the model is not saved.
    fn refused(model: &dyn trainyard::SaveModel) -> String {
        let folder = tempfile::tempdir().unwrap();
        let error = save_model(&folder.path().join("model"), model, &ModelOptions::new()).unwrap_err();
        assert!(matches!(error, Error::SaveModel { .. }), "{error:?}");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "what was written half is left behind");
        error.to_string()
    }

    #[test]
    fn regressors_with_targets_of_single_precision_have_copies_that_answer_it() {
        use smartcore::ensemble::random_forest_regressor::RandomForestRegressor;

        let (x, y) = (doubles(), vec![1.0_f32, 2.0, 2.5, 5.0]);
        let linear = LinearRegression::<f64, f32, Doubles, Vec<f32>>::fit(&x, &y, Default::default()).unwrap();
        let tree = DecisionTreeRegressor::<f64, f32, Doubles, Vec<f32>>::fit(&x, &y, Default::default()).unwrap();
        let forest = RandomForestRegressor::<f64, f32, Doubles, Vec<f32>>::fit(&x, &y, Default::default()).unwrap();
        for model in [&Smartcore(&linear) as &dyn trainyard::SaveModel, &Smartcore(&tree), &Smartcore(&forest)] {
            let (_folder, saved) = saved(model);
            let Some(Schema::Tensors(outputs)) = saved.signature().unwrap().unwrap().outputs else {
                panic!("no tensors")
            };
            assert_eq!(outputs[0].dtype, "float32");
        }
    }

    #[test]
    fn a_regression_of_several_targets_is_refused_and_not_taken_for_one_of_one() {
        let y = Doubles::from_2d_array(&[&[1.0, 2.0], &[2.0, 1.0], &[2.5, 0.0], &[5.0, 1.0]]).unwrap();
        let model = LinearRegression::<f64, f64, Doubles, Vec<f64>>::fit_matrix(&doubles(), &y, Default::default());
        let model = Smartcore(model.unwrap());
        for error in [refused(&model), model.predict(&doubles()).unwrap_err().to_string()] {
            assert!(error.contains("a regression of 2 targets: save it with Json"), "{error}");
        }
    }

    #[test]
    fn integers_that_cannot_hold_what_a_model_adds_up_are_an_error_and_no_panic() {
        use smartcore::ensemble::random_forest_regressor::{RandomForestRegressor, RandomForestRegressorParameters};

        // Ten trees of 200 each are more than 255.
        let (x, y) = (doubles(), vec![200_u8, 201, 220, 250]);
        let forest = RandomForestRegressor::<f64, u8, Doubles, Vec<u8>>::fit(&x, &y, Default::default()).unwrap();
        let forest = Smartcore(forest);
        for error in [refused(&forest), forest.predict(&x).unwrap_err().to_string()] {
            assert!(error.contains("its 10 trees may add up to anything from 0 to 2"), "{error}");
            assert!(error.contains("which u8 cannot hold"), "{error}");
        }
        let one = RandomForestRegressorParameters::default().with_n_trees(1);
        let one = Smartcore(RandomForestRegressor::<f64, u8, Doubles, Vec<u8>>::fit(&x, &y, one).unwrap());
        assert_eq!(one.predict(&x).unwrap().len(), 4);

        // The copy adds up in f64.
        let y = vec![1_i64 << 50, 1 << 51, 1 << 52, 1 << 53];
        let wide = RandomForestRegressor::<f64, i64, Doubles, Vec<i64>>::fit(&x, &y, Default::default()).unwrap();
        let error = refused(&Smartcore(&wide));
        assert!(error.contains("which the copy in the ONNX format cannot"), "{error}");
        assert!(Smartcore(wide).predict(&x).is_ok());

        let y = vec![0_u8, 10, 20, 30];
        let linear = LinearRegression::<f64, u8, Doubles, Vec<u8>>::fit(&x, &y, Default::default()).unwrap();
        let far = Doubles::from_2d_array(&[&[1.0, 1.0], &[1000.0, 1.0]]).unwrap();
        let error = Smartcore(linear).predict(&far).unwrap_err().downcast::<Error>().unwrap();
        assert!(matches!(*error, Error::InvalidModel { field: "input", .. }), "{error:?}");
        let error = error.to_string();
        assert!(error.contains("'row 1': the model computes") && error.contains("which u8 cannot hold"), "{error}");
    }

    #[test]
    fn rows_with_another_number_of_columns_are_refused() {
        use smartcore::ensemble::random_forest_classifier::RandomForestClassifier;
        use smartcore::ensemble::random_forest_regressor::RandomForestRegressor;
        use smartcore::linear::elastic_net::ElasticNet;
        use smartcore::linear::lasso::Lasso;
        use smartcore::linear::logistic_regression::LogisticRegression;
        use smartcore::linear::ridge_regression::RidgeRegression;
        use smartcore::tree::decision_tree_classifier::DecisionTreeClassifier;

        let (x, numbers, classes) = (features(), vec![1.0_f32, 2.0, 2.5, 5.0], vec![0_i32, 0, 1, 1]);
        for wrong in [
            DenseMatrix::from_2d_array(&[&[0.0_f32]]).unwrap(),
            DenseMatrix::from_2d_array(&[&[0.0_f32, 1.0, 2.0]]).unwrap(),
        ] {
            macro_rules! refused {
                ($($model:ident, $targets:ident);+ $(;)?) => {$(
                    let model = Smartcore($model::fit(&x, &$targets, Default::default()).unwrap());
                    assert!(model.predict(&x).is_ok());
                    let error = model.predict(&wrong).unwrap_err().downcast::<Error>().unwrap();
                    assert!(matches!(*error, Error::InvalidModel { field: "input", .. }), "{error:?}");
                    assert!(error.to_string().contains("columns': the model was fitted on 2 features"), "{error}");
                )+};
            }
            refused! {
                LinearRegression, numbers; RidgeRegression, numbers; Lasso, numbers; ElasticNet, numbers;
                DecisionTreeRegressor, numbers; RandomForestRegressor, numbers; LogisticRegression, classes;
                DecisionTreeClassifier, classes; RandomForestClassifier, classes;
            }
        }
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
