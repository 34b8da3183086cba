"""Models that Rust programs have logged: our package and stock MLflow load them and predict the same numbers.

`cargo xtask rust-frameworks` builds the programs, which are the Rust examples, and names their folder.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy
import pytest

import trainyard as mlflow
from trainyard import MlflowClient

EXAMPLES = os.environ.get("TRAINYARD_RUST_EXAMPLES")
STOCK_PYTHON = os.environ.get("TRAINYARD_STOCK_PYTHON")

pytestmark = pytest.mark.skipif(
    not EXAMPLES, reason="TRAINYARD_RUST_EXAMPLES names no folder of Rust examples: run `cargo xtask rust-frameworks`"
)

# Registered model, and the output in which Python finds what Rust predicted.
PREDICTED = {
    "linfa": {
        "linfa-linear": "variable",
        "linfa-multinomial": "label",
        "linfa-tree": "label",
        "linfa-logistic": "label",
        "linfa-forest": "label",
    },
    "smartcore": {
        "smartcore-linear": "variable",
        "smartcore-ridge": "variable",
        "smartcore-tree-regressor": "variable",
        "smartcore-forest-regressor": "variable",
        "smartcore-multinomial": "label",
        "smartcore-logistic": "label",
        "smartcore-tree": "label",
        "smartcore-forest": "label",
    },
    # Single precision, texts, truth values, integers, NaN, and rows exactly on a split.
    "edges": {
        "edges-lasso": "variable",
        "edges-elastic-net": "variable",
        "edges-linear-f32": "variable",
        "edges-logistic-f32": "label",
        "edges-tree-f32": "label",
        "edges-tree-regressor-f32": "variable",
        "edges-forest-f32": "label",
        "edges-linear-counts": "variable",
        "edges-tree-counts": "variable",
        "edges-forest-counts": "variable",
        "edges-shallow-forest-counts": "variable",
        "edges-linear-singles": "variable",
        "edges-tree-singles": "variable",
        "edges-forest-singles": "variable",
        "edges-texts": "label",
        "edges-linfa-forest-f32": "label",
        "edges-truths": "label",
    },
    # Logged as the ONNX file that it is.
    "onnx": {"onnx-iris": "label"},
}

# Of these the answers may differ by a share of themselves: Rust adds up ten trees in single precision, each sum rounded
# by 2 ** -24 of itself at most, and the copy in double precision.
RELATIVELY = {"edges-forest-singles": 10 * 2.0**-24}

# Run by our interpreter and by stock's: for each model its features' predictions, in arrays and in a data frame.
SCORE = """
import importlib, json, sys
import numpy, pandas

mlflow = importlib.import_module(sys.argv[1])
answers = {}
for name in json.loads(sys.argv[2]):
    version = mlflow.MlflowClient().get_model_version(name, "1")
    compared = mlflow.artifacts.load_dict(f"runs:/{version.run_id}/predictions.json")
    model = mlflow.pyfunc.load_model(f"models:/{name}/1")
    # What is missing is null in JSON.
    features = numpy.array(compared["features"], dtype=compared["dtype"])
    of_array, of_frame = model.predict(features), model.predict(pandas.DataFrame(features))
    answers[name] = {
        "rust": compared["predictions"],
        "dtypes": {key: str(numpy.asarray(value).dtype) for key, value in of_array.items()},
        "array": {key: numpy.asarray(value).tolist() for key, value in of_array.items()},
        "frame": {key: numpy.asarray(of_frame[key]).tolist() for key in of_array},
    }
print(json.dumps(answers))
"""


def run(example, uri, *arguments):
    """Run a Rust example as a program of its own and return what it prints."""
    environment = {**os.environ, "TRAINYARD_TRACKING_URI": uri}
    done = subprocess.run(
        [Path(EXAMPLES) / example, *map(str, arguments)], env=environment, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr + done.stdout
    return done.stdout


def score(python, package, uri, names):
    environment = {**os.environ, "MLFLOW_TRACKING_URI": uri}
    done = subprocess.run(
        [python, "-c", SCORE, package, json.dumps(names)], env=environment, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def check(answers, outputs):
    for name, output in outputs.items():
        answer = answers[name]
        for kind in ("array", "frame"):
            if isinstance(answer["rust"][0], str):
                assert answer[kind][output] == answer["rust"], f"{name} in {kind}"
                continue
            # The decimals of JSON are those of this precision: no number of `f64` is meant.
            rust = numpy.array(answer["rust"], dtype=answer["dtypes"][output]).astype("float64")
            difference = numpy.abs(numpy.subtract(answer[kind][output], rust))
            assert (difference <= 1e-6 + RELATIVELY.get(name, 0) * numpy.abs(rust)).all(), (
                f"{name}: {difference} in {kind}"
            )
        if name.endswith("-singles"):
            assert answer["dtypes"][output] == "float32", name
        if output == "label":
            shares = numpy.array(answer["array"]["probabilities"])
            assert shares.shape[0] == len(answer["rust"])
            assert numpy.abs(shares.sum(axis=1) - 1).max() < 1e-6, name


@pytest.mark.parametrize("example", PREDICTED)
def test_our_package_predicts_what_rust_predicted(yard, example):
    printed = run(example, yard)
    outputs = PREDICTED[example]
    compared = "the same" if example == "onnx" else "equal to those of the fitted model"
    assert printed.count(compared) == len(outputs)
    check(score(sys.executable, "trainyard", yard, list(outputs)), outputs)


@pytest.mark.stock
@pytest.mark.parametrize("example", PREDICTED)
def test_stock_mlflow_predicts_what_rust_predicted(our_server, example):
    run(example, our_server)
    outputs = PREDICTED[example]
    check(score(STOCK_PYTHON, "mlflow", our_server, list(outputs)), outputs)


@pytest.mark.parametrize("store", ["embedded", "ours"], indirect=True)
@pytest.mark.parametrize(
    ("example", "name", "flavors"),
    [
        ("safetensors", "safetensors-softmax", {"safetensors"}),
        ("candle", "candle-iris", {"candle"}),
        ("burn", "burn-wine", {"burn"}),
    ],
)
def test_a_model_that_only_rust_loads_is_in_the_registry_too(store, example, name, flavors):
    if not (Path(EXAMPLES) / example).exists():
        pytest.skip(f"the example {example} is built by `make test-frameworks`")
    run(example, store)
    info = mlflow.models.get_model_info(f"models:/{name}/1")
    assert set(info.flavors) == flavors
    model = MlflowClient().get_logged_model(info.model_id)
    assert str(model.status) == "READY"
    recorded = mlflow.get_run(info.run_id)
    assert recorded.info.status == "FINISHED"
    assert recorded.data.metrics["accuracy"] > 0.85
    assert model.params == recorded.data.params


@pytest.mark.parametrize("store", ["embedded", "ours"], indirect=True)
def test_the_program_of_the_guide_registers_a_model_with_an_alias(store):
    assert "version 1 of petal-width: a petal of 5.0 cm is 1.7 cm wide" in run("first_model", store)
    run("first_model", store)
    version = MlflowClient().get_model_version_by_alias("petal-width", "champion")
    assert version.version in ("2", 2)
    recorded = mlflow.get_run(version.run_id)
    assert (recorded.info.run_name, recorded.data.params) == ("by hand", {"epochs": "200", "learning_rate": "0.02"})
    assert recorded.data.metrics["loss"] < 0.03
    assert len(MlflowClient().get_metric_history(version.run_id, "loss")) == 200


def boosters(folder, iris):
    """Files as the native libraries and converters write them, each with its library's version and its predictions."""
    import lightgbm
    import xgboost
    from skl2onnx import to_onnx
    from sklearn.linear_model import LogisticRegression

    features, classes = iris[0], iris[1]
    params = {"objective": "multi:softprob", "num_class": 3, "seed": 0}
    booster = xgboost.train(params, xgboost.DMatrix(features, classes), num_boost_round=10)
    for kind in ("ubj", "json"):
        booster.save_model(folder / f"model.{kind}")
        yield folder / f"model.{kind}", xgboost.__version__, booster.predict(xgboost.DMatrix(features))
    params = {"objective": "multiclass", "num_class": 3, "verbose": -1}
    booster = lightgbm.train(params, lightgbm.Dataset(features, classes), num_boost_round=10)
    booster.save_model(folder / "model.lgb")
    yield folder / "model.lgb", lightgbm.__version__, booster.predict(features)
    model = LogisticRegression(max_iter=1000).fit(features, classes)
    (folder / "model.onnx").write_bytes(
        to_onnx(model, features[:1].astype("float32"), options={"zipmap": False}).SerializeToString()
    )
    yield folder / "model.onnx", "", model.predict_proba(features)


LOAD = """
import importlib, json, sys
import numpy

mlflow = importlib.import_module(sys.argv[1])
answer = mlflow.pyfunc.load_model(sys.argv[2]).predict(numpy.array(json.loads(sys.argv[3])))
print(json.dumps(numpy.asarray(answer["probabilities"] if isinstance(answer, dict) else answer).tolist()))
"""


@pytest.mark.stock
@pytest.mark.parametrize("store", ["embedded", "ours"], indirect=True)
@pytest.mark.parametrize(("example", "name"), [("xgb", "xgb-diabetes"), ("lightgbm3", "lightgbm3-diabetes")])
def test_boosters_that_rust_has_trained_predict_in_python(store, example, name):
    if not (Path(EXAMPLES) / example).exists():
        pytest.skip(f"the example {example} is built by `make test-frameworks`")
    assert "equal to those of the fitted model" in run(example, store)
    version = MlflowClient().get_model_version(name, "1")
    compared = mlflow.artifacts.load_dict(f"runs:/{version.run_id}/predictions.json")
    interpreters = [(sys.executable, "trainyard")]
    if store.startswith("http"):
        interpreters.append((STOCK_PYTHON, "mlflow"))
    for python, package in interpreters:
        answer = predict(python, package, store, f"models:/{name}/1", compared["features"])
        rust = numpy.array(compared["predictions"])
        assert (numpy.abs(numpy.subtract(answer, rust)) <= 1e-6 * numpy.abs(rust)).all(), package


def predict(python, package, tracking_uri, model_uri, features):
    environment = {**os.environ, "MLFLOW_TRACKING_URI": tracking_uri}
    done = subprocess.run(
        [python, "-c", LOAD, package, model_uri, json.dumps(numpy.asarray(features).tolist())],
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def log_elsewhere(tracking_uri, file, version):
    printed = run("trained_elsewhere", tracking_uri, file, *([version] if version else []))
    (uri,) = [line.split()[-1] for line in printed.splitlines() if line.startswith("model ")]
    return uri


def test_models_that_other_programs_saved_are_logged_into_an_embedded_store_and_predict(yard, tmp_path, iris):
    for file, version, expected in boosters(tmp_path, iris):
        answer = predict(sys.executable, "trainyard", yard, log_elsewhere(yard, file, version), iris[0])
        assert numpy.abs(numpy.subtract(answer, expected)).max() < 1e-5, file.name


@pytest.mark.stock
def test_models_that_other_programs_saved_are_logged_from_rust_and_predict(our_server, tmp_path, iris):
    for file, version, expected in boosters(tmp_path, iris):
        uri = log_elsewhere(our_server, file, version)
        for python, package in ((sys.executable, "trainyard"), (STOCK_PYTHON, "mlflow")):
            answer = predict(python, package, our_server, uri, iris[0])
            assert numpy.abs(numpy.subtract(answer, expected)).max() < 1e-5, f"{file.name} by {package}"
