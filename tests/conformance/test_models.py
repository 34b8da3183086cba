"""`sklearn.log_model` and loading back by every kind of model URI."""

import os

import mlflow
import mlflow.pyfunc
import mlflow.sklearn
import numpy
import pandas
import pytest
import yaml
from mlflow.models import Model, infer_signature
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier

THREE = int(mlflow.__version__.split(".")[0]) >= 3


@pytest.fixture(scope="module")
def iris():
    features, labels = load_iris(return_X_y=True, as_frame=True)
    model = RandomForestClassifier(n_estimators=5, max_depth=3, random_state=42).fit(features, labels)
    return model, features


def log(model, features, name="iris", **options):
    """Requirements are given, since inferring them starts another interpreter; stock skops refuses forests."""
    naming = {"name": name} if THREE else {"artifact_path": name}
    return mlflow.sklearn.log_model(
        model,
        **naming,
        signature=infer_signature(features, model.predict(features)),
        input_example=features.head(2),
        pip_requirements=["scikit-learn"],
        serialization_format="cloudpickle",
        **options,
    )


@pytest.fixture
def logged(experiment_id, iris, unique):
    """An iris model, logged in a run and registered as version 1 with an alias."""
    with mlflow.start_run() as run:
        info = log(*iris, registered_model_name=f"{unique}-iris")
    mlflow.MlflowClient().set_registered_model_alias(f"{unique}-iris", "champion", "1")
    return run.info.run_id, info, f"{unique}-iris"


def check(uri, iris):
    model, features = iris
    assert numpy.array_equal(mlflow.sklearn.load_model(uri).predict(features), model.predict(features))
    assert numpy.array_equal(mlflow.pyfunc.load_model(uri).predict(features), model.predict(features))


def test_every_kind_of_uri_loads_the_model(logged, iris):
    run_id, info, name = logged
    for uri in (
        info.model_uri,
        f"models:/{name}/1",
        f"models:/{name}@champion",
        f"models:/{name}/latest",
        f"runs:/{run_id}/iris",
    ):
        check(uri, iris)


@pytest.mark.models3
def test_the_model_id_is_the_uri(logged):
    run_id, info, _ = logged
    assert info.model_uri == f"models:/{info.model_id}" and info.model_id.startswith("m-")
    model = mlflow.get_logged_model(info.model_id)
    assert (model.name, str(model.status), model.source_run_id) == ("iris", "READY", run_id)
    assert model.artifact_location == f"mlflow-artifacts:/{model.experiment_id}/models/{info.model_id}/artifacts"


@pytest.mark.models3
def test_the_run_names_its_output(logged, client):
    run_id, info, _ = logged
    outputs = client.get_run(run_id).outputs.model_outputs
    assert [(output.model_id, output.step) for output in outputs] == [(info.model_id, 0)]


def test_signature_and_example_come_back(logged, iris):
    _, _, name = logged
    _, features = iris
    info = mlflow.models.get_model_info(f"models:/{name}/1")
    assert info.signature.inputs.input_names() == list(features.columns)
    assert [str(kind) for kind in info.signature.outputs.input_types()] == ["DataType.long"] or info.signature.outputs
    loaded = mlflow.pyfunc.load_model(f"models:/{name}/1")
    assert pandas.DataFrame(loaded.input_example).shape == (2, 4)


def test_the_signature_is_enforced(logged, iris):
    _, _, name = logged
    with pytest.raises(mlflow.exceptions.MlflowException, match="sepal length"):
        mlflow.pyfunc.load_model(f"models:/{name}/1").predict(pandas.DataFrame({"width": [1.0]}))


def test_the_model_directory_is_complete(logged, tmp_path):
    _, info, name = logged
    local = mlflow.artifacts.download_artifacts(artifact_uri=f"models:/{name}/1", dst_path=str(tmp_path))
    files = set(os.listdir(local))
    assert {"MLmodel", "model.pkl", "conda.yaml", "python_env.yaml", "requirements.txt", "input_example.json"} <= files
    with open(os.path.join(local, "MLmodel")) as file:
        content = yaml.safe_load(file)
    assert set(content["flavors"]) == {"sklearn", "python_function"}
    assert content["model_uuid"] == info.model_uuid
    assert Model.load(local).flavors.keys() == content["flavors"].keys()


def test_the_version_points_to_the_model(logged, client):
    run_id, info, name = logged
    version = client.get_model_version(name, "1")
    assert (version.version, version.status, version.run_id) in (("1", "READY", run_id), (1, "READY", run_id))
    assert version.aliases == ["champion"]
    if THREE:
        assert version.source == f"models:/{info.model_id}"
    assert client.get_model_version_download_uri(name, "1")


@pytest.mark.models3
def test_the_logged_model_lists_its_versions(logged, client):
    import json

    _, info, name = logged
    versions = json.loads(client.get_logged_model(info.model_id).tags["mlflow.modelVersions"])
    assert {(entry["name"], str(entry["version"])) for entry in versions} == {(name, "1")}


def test_logging_again_makes_version_two(logged, iris, client):
    _, _, name = logged
    with mlflow.start_run():
        log(*iris, registered_model_name=name)
    assert client.get_registered_model(name).latest_versions[-1].version in ("2", 2)
    check(f"models:/{name}/latest", iris)
    assert str(client.get_model_version_by_alias(name, "champion").version) == "1"


def test_a_logged_model_is_registered_later(experiment_id, iris, unique):
    with mlflow.start_run() as run:
        info = log(*iris)
    version = mlflow.register_model(f"runs:/{run.info.run_id}/iris", f"{unique}-later", tags={"stage": "test"})
    assert str(version.version) == "1" and version.tags["stage"] == "test"
    check(f"models:/{unique}-later/1", iris)
    version = mlflow.register_model(info.model_uri, f"{unique}-later")
    assert str(version.version) == "2"
    check(f"models:/{unique}-later/2", iris)


def test_a_version_is_copied(logged, iris, client, unique):
    _, _, name = logged
    copy = client.copy_model_version(f"models:/{name}/1", f"{unique}-copy")
    assert str(copy.version) == "1"
    check(f"models:/{unique}-copy/1", iris)


@pytest.mark.models3
def test_params_and_metrics_of_the_run_reach_the_model(experiment_id, iris, client):
    with mlflow.start_run():
        mlflow.log_params({"n_estimators": 5, "max_depth": 3})
        mlflow.log_metric("accuracy", 0.9)
        info = log(*iris, params={"extra": 1}, tags={"owner": "us"}, model_type="classifier")
    model = client.get_logged_model(info.model_id)
    assert model.params == {"n_estimators": "5", "max_depth": "3", "extra": "1"}
    assert model.tags["owner"] == "us" and model.model_type == "classifier"
    assert [(metric.key, metric.value) for metric in model.metrics] == [("accuracy", 0.9)]


@pytest.mark.models3
def test_models_of_several_steps(experiment_id, iris, client):
    with mlflow.start_run() as run:
        infos = [log(*iris, name=f"checkpoint-{step}", step=step) for step in (0, 10)]
    outputs = client.get_run(run.info.run_id).outputs.model_outputs
    assert {(output.model_id, output.step) for output in outputs} == {
        (infos[0].model_id, 0),
        (infos[1].model_id, 10),
    }


@pytest.mark.models3
def test_the_safe_format_is_loaded_with_trusted_types(experiment_id, iris):
    model, features = iris
    with mlflow.start_run():
        info = mlflow.sklearn.log_model(
            model,
            name="safe",
            pip_requirements=["scikit-learn", "skops"],
            serialization_format="skops",
            skops_trusted_types=["sklearn.tree._tree.Tree"],
        )
    assert numpy.array_equal(mlflow.sklearn.load_model(info.model_uri).predict(features), model.predict(features))


def test_a_python_function_model(experiment_id):
    class Doubler(mlflow.pyfunc.PythonModel):
        def predict(self, context, model_input, params=None):
            return model_input * 2

    naming = {"name": "doubler"} if THREE else {"artifact_path": "doubler"}
    with mlflow.start_run():
        info = mlflow.pyfunc.log_model(python_model=Doubler(), pip_requirements=["cloudpickle"], **naming)
    loaded = mlflow.pyfunc.load_model(info.model_uri)
    assert list(loaded.predict(pandas.DataFrame({"a": [1, 2]}))["a"]) == [2, 4]


@pytest.mark.parametrize("uri", ["models:/{unique}/1", "models:/{unique}@missing", "models:/{unique}/latest"])
def test_an_unknown_model_is_an_error(unique, uri):
    with pytest.raises(mlflow.exceptions.MlflowException, match=unique):
        mlflow.sklearn.load_model(uri.format(unique=unique))


@pytest.mark.models3
def test_an_unknown_model_id_is_not_found(refused):
    with refused("RESOURCE_DOES_NOT_EXIST"):
        mlflow.sklearn.load_model("models:/m-" + "0" * 32)


def test_a_run_without_the_model_is_an_error(run_id):
    with pytest.raises(Exception, match=r"(?i)not|no such|failed"):
        mlflow.sklearn.load_model(f"runs:/{run_id}/nothing")
