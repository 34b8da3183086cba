//! Requirement scans of files that CPython wrote (`fixtures/make.py`).

use std::path::{Path, PathBuf};

use trainyard::internals::models::scan;

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/client/fixtures").join(name)
}

#[test]
fn every_protocol_names_what_it_refers_to() {
    for protocol in 0..=5 {
        let scan = scan::file(&fixture(&format!("numpy_protocol_{protocol}.pkl"))).unwrap();
        let expected: &[&str] = if protocol < 3 {
            &["_codecs", "collections", "decimal", "numpy"]
        } else {
            &["collections", "decimal", "numpy"]
        };
        assert_eq!(scan.modules, expected, "protocol {protocol}");
        assert!(scan.types.contains(&"decimal.Decimal".to_owned()) && scan.complete, "protocol {protocol}: {scan:?}");
    }
}

#[test]
fn an_estimator_names_its_library() {
    let scan = scan::file(&fixture("logistic_regression.pkl")).unwrap();
    assert_eq!(scan.modules, ["numpy", "sklearn"]);
    let expected = [
        "numpy._core.multiarray._reconstruct",
        "numpy.dtype",
        "numpy.ndarray",
        "sklearn.linear_model._logistic.LogisticRegression",
    ];
    assert_eq!(scan.types, expected);
}

#[test]
fn a_class_pickled_by_value_names_the_modules_that_it_imports() {
    let scan = scan::file(&fixture("pipeline_by_value.pkl")).unwrap();
    assert_eq!(scan.modules, ["builtins", "cloudpickle", "numpy", "pandas", "sklearn"]);
    assert!(scan.complete);
}

#[test]
fn a_skops_file_names_its_types() {
    let scan = scan::file(&fixture("pipeline.skops")).unwrap();
    assert_eq!(scan.modules, ["builtins", "numpy", "sklearn"]);
    for name in ["numpy.log1p", "sklearn.pipeline.Pipeline", "sklearn.preprocessing._data.StandardScaler"] {
        assert!(scan.types.iter().any(|found| found == name), "{name} in {:?}", scan.types);
    }
}

#[test]
fn pickles_inside_of_an_archive_are_found() {
    let scan = scan::file(&fixture("torch_like.pth")).unwrap();
    assert_eq!(scan.types, ["collections.OrderedDict", "decimal.Decimal"]);
}

#[test]
fn every_prefix_of_a_pickle_is_an_error_and_no_more() {
    let whole = std::fs::read(fixture("pipeline_by_value.pkl")).unwrap();
    let file = tempfile::NamedTempFile::new().unwrap();
    for length in (0..whole.len()).step_by(7) {
        std::fs::write(file.path(), &whole[..length]).unwrap();
        assert!(scan::file(file.path()).is_err(), "{length} bytes");
    }
}

#[test]
fn a_file_that_is_no_model_is_named() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "not a model").unwrap();
    let message = scan::file(file.path()).unwrap_err().to_string();
    assert!(message.contains(file.path().to_str().unwrap()) && message.contains("not a pickle"), "{message}");
    std::fs::write(file.path(), b"PK\x03\x04 broken").unwrap();
    assert!(scan::file(file.path()).is_err());
}
