"""Models as scripts with ``set_model``, and files with a loader module of one's own."""

import os

import pytest

import trainyard as mlflow
from trainyard import MlflowException
from trainyard.models import ModelConfig

SCRIPT = """
import {mlflow} as mlflow
from {mlflow}.models import ModelConfig, set_model

config = ModelConfig(development_config={{"factor": 1}})

class Scripted(mlflow.pyfunc.PythonModel):
    def predict(self, context, model_input: list[float], params=None) -> list[float]:
        return [value * config.get("factor") for value in model_input]

set_model(Scripted())
"""
LOADER = """
import json

class Loaded:
    def __init__(self, path, config):
        with open(path) as file:
            self.factor = json.load(file)["factor"] + (config or {}).get("more", 0)

    def predict(self, model_input):
        return [value * self.factor for value in model_input]

def _load_pyfunc(path, model_config=None):
    return Loaded(path, model_config)
"""


@pytest.mark.parametrize("imported", ["trainyard", "mlflow"])
def test_a_script_is_a_model(yard, tmp_path, imported):
    script = tmp_path / "scripted.py"
    script.write_text(SCRIPT.format(mlflow=imported))
    info = mlflow.pyfunc.log_model(name="m", python_model=str(script), model_config={"factor": 3}, input_example=[1.0])
    script.unlink()
    loaded = mlflow.pyfunc.load_model(info.model_uri)
    assert loaded.predict([2.0]) == [6.0]
    assert mlflow.pyfunc.load_model(info.model_uri, model_config={"factor": 4}).predict([2.0]) == [8.0]
    flavor = loaded.metadata.flavors["python_function"]
    assert flavor["loader_module"] == "mlflow.pyfunc.loaders.code_model"
    assert flavor["model_code_path"] == "scripted.py"
    assert loaded.metadata.signature._is_signature_from_type_hint


def test_the_configuration_can_be_a_file(tmp_path):
    (tmp_path / "config.yaml").write_text("factor: 5\n")
    (tmp_path / "scripted.py").write_text(SCRIPT.format(mlflow="trainyard"))
    mlflow.pyfunc.save_model(tmp_path / "m", python_model="scripted.py", model_config="config.yaml")
    assert mlflow.pyfunc.load_model(tmp_path / "m").predict([1.0]) == [5.0]
    config = ModelConfig(development_config="config.yaml")
    assert (config.to_dict(), config.get("factor")) == ({"factor": 5}, 5)
    with pytest.raises(KeyError, match="not found in configuration"):
        config.get("other")
    with pytest.raises(FileNotFoundError, match="not found"):
        ModelConfig(development_config="nowhere.yaml")


def test_a_script_that_needs_a_configuration_says_so(tmp_path):
    (tmp_path / "scripted.py").write_text(SCRIPT.format(mlflow="trainyard"))
    with pytest.raises(MlflowException, match="Config file is not provided"):
        mlflow.pyfunc.save_model(tmp_path / "m", python_model="scripted.py")
    assert not os.path.exists(tmp_path / "m")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x = 1", r"ensure the model is set using mlflow.models.set_model\(\)"),
        ("1 / 0", "Failed to run code model .*division by zero"),
        ("import a_module_that_is_nowhere", "Failed to import code model"),
        ("import trainyard; trainyard.models.set_model('text')", "got str"),
    ],
)
def test_a_script_that_makes_no_model_leaves_no_trace(yard, tmp_path, text, message):
    (tmp_path / "broken.py").write_text(text)
    with pytest.raises(MlflowException, match=message):
        mlflow.pyfunc.log_model(name="m", python_model="broken.py")
    assert mlflow.search_logged_models(output_format="list") == []


def test_a_script_can_set_a_function_or_an_estimator(tmp_path):
    (tmp_path / "function.py").write_text("import trainyard\ntrainyard.models.set_model(lambda model_input: 'f')")
    (tmp_path / "estimator.py").write_text(
        "from sklearn.dummy import DummyClassifier\nimport trainyard\n"
        "trainyard.models.set_model(DummyClassifier().fit([[1]], [7]))"
    )
    mlflow.pyfunc.save_model(tmp_path / "f", python_model="function.py")
    mlflow.pyfunc.save_model(tmp_path / "e", python_model=tmp_path / "estimator.py")
    assert mlflow.pyfunc.load_model(tmp_path / "f").predict(1) == "f"
    assert mlflow.pyfunc.load_model(tmp_path / "e").predict([[1]]).tolist() == [7]
    with open(tmp_path / "e" / "requirements.txt") as file:
        assert "scikit-learn==" in file.read()


def test_a_module_of_ones_own_loads_the_files(yard, tmp_path):
    (tmp_path / "own_loader.py").write_text(LOADER)
    (tmp_path / "weights.json").write_text('{"factor": 3}')
    info = mlflow.pyfunc.log_model(
        name="m",
        loader_module="own_loader",
        data_path="weights.json",
        code_paths=["own_loader.py"],
        model_config={"more": 1},
    )
    assert info.flavors["python_function"]["data"] == "data/weights.json"
    assert info.flavors["python_function"]["code"] == "code"
    (tmp_path / "own_loader.py").unlink()
    assert mlflow.pyfunc.load_model(info.model_uri).predict([1]) == [4]
    with pytest.warns(UserWarning, match="Argument.s. other were ignored"):
        assert mlflow.pyfunc.load_model(info.model_uri, model_config={"more": 0, "other": 1}).predict([1]) == [3]


def test_a_loader_that_is_not_there_is_named(tmp_path):
    mlflow.pyfunc.save_model(tmp_path / "m", loader_module="a_loader_that_is_nowhere")
    with pytest.raises(MlflowException, match="loader_module 'a_loader_that_is_nowhere' cannot be imported"):
        mlflow.pyfunc.load_model(tmp_path / "m")


def test_models_of_agent_interfaces_are_refused_by_name(tmp_path):
    mlflow.pyfunc.save_model(tmp_path / "m", loader_module="mlflow.pyfunc.loaders.chat_model")
    with pytest.raises(MlflowException, match="chat and agent interfaces"):
        mlflow.pyfunc.load_model(tmp_path / "m")
