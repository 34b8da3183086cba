"""The examples run as scripts of their own, and what they record is what they say."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import trainyard as mlflow

EXAMPLES = Path(__file__).parents[2] / "examples"

# Per script what its run has to hold: the params, a metric with a least value, the registered model, its flavor.
RECORDED = {
    "sklearn_iris": ({"n_estimators", "max_depth", "random_state"}, ("accuracy", 0.9), "iris-classifier", "sklearn"),
    "xgboost_breast_cancer": (
        {"objective", "eval_metric", "max_depth", "eta", "seed"}, ("accuracy", 0.9), "cancer-booster", "xgboost",
    ),
    "lightgbm_wine": (
        {"n_estimators", "num_leaves", "learning_rate", "random_state"}, ("accuracy", 0.9), "wine-classifier",
        "lightgbm",
    ),
    "onnx_iris": ({"C", "max_iter"}, ("accuracy", 0.9), "iris-onnx", "onnx"),
}  # fmt: skip


def run(name, uri):
    environment = {**os.environ, "TRAINYARD_TRACKING_URI": uri}
    done = subprocess.run(
        [sys.executable, EXAMPLES / f"{name}.py"], env=environment, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr + done.stdout
    return done.stdout


@pytest.mark.parametrize("name", RECORDED)
def test_an_example_records_its_run_and_its_model(yard, name):
    params, (metric, least), registered, flavor = RECORDED[name]
    printed = run(name, yard)
    (recorded,) = mlflow.search_runs(search_all_experiments=True, output_format="list")
    assert recorded.info.run_id in printed
    assert recorded.info.status == "FINISHED"
    assert set(recorded.data.params) == params
    assert recorded.data.metrics[metric] > least
    (logged,) = mlflow.search_logged_models([recorded.info.experiment_id], output_format="list")
    assert str(logged.status) == "READY"
    assert recorded.outputs.model_outputs[0].model_id == logged.model_id
    info = mlflow.models.get_model_info(f"models:/{registered}/1")
    assert set(info.flavors) == {flavor, "python_function"}
    assert "NOT EQUAL" not in printed


# The same for the ones that need a large framework; the params are some of those that autologging adds.
HEAVY = {
    "pytorch_digits": ({"epochs", "hidden", "lr"}, ("accuracy", 0.9), "digits-net", "pytorch"),
    "tensorflow_wine": ({"steps", "learning_rate"}, ("accuracy", 0.9), "wine-linear", "tensorflow"),
    "keras_diabetes": ({"epochs", "batch_size", "lr"}, ("val_mae", 30), "diabetes-net", "keras"),
}


@pytest.mark.heavy
@pytest.mark.parametrize("name", HEAVY)
def test_an_example_of_a_large_framework_records_its_run_and_its_model(yard, name):
    params, (metric, least), registered, flavor = HEAVY[name]
    printed = run(name, yard)
    (recorded,) = mlflow.search_runs(search_all_experiments=True, output_format="list")
    assert recorded.info.run_id in printed
    assert recorded.info.status == "FINISHED"
    assert params <= set(recorded.data.params)
    assert recorded.data.metrics[metric] > least
    (logged,) = mlflow.search_logged_models([recorded.info.experiment_id], output_format="list")
    assert str(logged.status) == "READY"
    info = mlflow.models.get_model_info(f"models:/{registered}/1")
    assert set(info.flavors) == {flavor, "python_function"}
    assert "NOT EQUAL" not in printed
