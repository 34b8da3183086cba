"""Params from nested dicts."""

import pytest

import trainyard as mlflow
from trainyard import MlflowException


def test_nested_params_get_dotted_names(store):
    params = {"lr": 0.1, "model": {"depth": 3, "layers": [8, 8], "extra": {}}, 5: {"a": {"b": None}}}
    with mlflow.start_run() as run:
        mlflow.log_params(params)
    assert mlflow.get_run(run.info.run_id).data.params == {
        "lr": "0.1",
        "model.depth": "3",
        "model.layers": "[8, 8]",
        "model.extra": "{}",
        "5.a.b": "None",
    }


def test_two_values_for_one_name_are_refused_before_anything_is_logged(yard):
    with mlflow.start_run() as run:
        with pytest.raises(MlflowException, match=r"'model\.depth' comes twice") as error:
            mlflow.log_params({"lr": 1, "model": {"depth": 3}, "model.depth": 4})
        assert error.value.error_code == "INVALID_PARAMETER_VALUE"
        mlflow.log_params({"model": {"depth": 3}, "model.depth": 3})
    assert mlflow.get_run(run.info.run_id).data.params == {"model.depth": "3"}
