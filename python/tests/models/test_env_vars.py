"""What a model's own input example tells when the model predicts it: keys it reads, and whether it can at all."""

import os
import pathlib

import pytest
import yaml

import trainyard as mlflow
from trainyard.models import infer_signature


def calls_a_service(model_input):
    os.environ["WEATHER_API_KEY"]
    os.getenv("MAPS_API_TOKEN")
    os.environ.get("UNSET_API_KEY")
    os.environ.get("HOME")
    return [len(model_input)]


@pytest.fixture
def keys(monkeypatch):
    monkeypatch.setenv("WEATHER_API_KEY", "very secret")
    monkeypatch.setenv("MAPS_API_TOKEN", "secret too")
    monkeypatch.delenv("UNSET_API_KEY", raising=False)


def _recorded(folder):
    """Return what ``MLmodel`` names, and the lines of the file that are no comments."""
    named = yaml.safe_load(pathlib.Path(folder, "MLmodel").read_text()).get("env_vars")
    file = pathlib.Path(folder, "environment_variables.txt")
    lines = file.read_text().splitlines() if file.exists() else None
    return named, lines and [line for line in lines if not line.startswith("#")]


@pytest.mark.parametrize("signature", [None, infer_signature(["a"], [1])], ids=["inferred", "given"])
def test_the_names_of_keys_that_the_model_read_are_kept(keys, tmp_path, signature):
    mlflow.pyfunc.save_model(tmp_path / "model", python_model=calls_a_service, input_example=["a"], signature=signature)
    names = ["MAPS_API_TOKEN", "WEATHER_API_KEY"]
    assert _recorded(tmp_path / "model") == (names, names)
    assert not any(b"secret" in file.read_bytes() for file in (tmp_path / "model").iterdir() if file.is_file())


def test_names_are_not_kept_where_that_is_switched_off(keys, tmp_path, monkeypatch):
    monkeypatch.setenv("MLFLOW_RECORD_ENV_VARS_IN_MODEL_LOGGING", "false")
    mlflow.pyfunc.save_model(tmp_path / "model", python_model=calls_a_service, input_example=["a"])
    assert _recorded(tmp_path / "model") == (None, None)


def test_a_model_without_an_example_is_not_asked(keys, tmp_path):
    mlflow.pyfunc.save_model(tmp_path / "model", python_model=calls_a_service)
    assert _recorded(tmp_path / "model") == (None, None)


def test_a_model_that_cannot_predict_its_example_is_saved_with_a_warning(tmp_path):
    def fails(model_input):
        raise KeyError("no such station")

    with pytest.warns(UserWarning, match="cannot predict its own input example.*no such station"):
        mlflow.pyfunc.save_model(
            tmp_path / "model", python_model=fails, input_example=["a"], signature=infer_signature(["a"], [1])
        )
    assert (tmp_path / "model" / "MLmodel").is_file()
