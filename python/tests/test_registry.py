"""Registered models, versions and aliases, and logged models."""

import subprocess
import sys

import pytest

import trainyard as mlflow
from trainyard import MlflowClient, MlflowException


def test_versions_aliases_and_tags(store):
    client = MlflowClient()
    name = f"model-{id(store)}-a"
    client.create_registered_model(name, tags={"a": "b"}, description="what it does")
    with pytest.raises(MlflowException) as error:
        client.create_registered_model(name)
    assert error.value.error_code == "RESOURCE_ALREADY_EXISTS"
    logged = mlflow.create_external_model(name="m")
    version = client.create_model_version(name, logged.model_uri, tags={"k": "v"}, model_id=logged.model_id)
    assert str(version.version) == "1" and version.status == "READY"
    client.set_registered_model_alias(name, "champion", "1")
    assert str(client.get_model_version_by_alias(name, "champion").version) == "1"
    client.set_model_version_tag(name, "1", "quality", "good")
    assert client.get_model_version(name, "1").tags == {"k": "v", "quality": "good"}
    assert client.update_model_version(name, "1", "better").description == "better"
    model = client.get_registered_model(name)
    assert (model.description, model.tags) == ("what it does", {"a": "b"})
    assert {alias: str(number) for alias, number in model.aliases.items()} == {"champion": "1"}
    assert [found.name for found in client.search_registered_models(f"name = '{name}'")] == [name]
    assert len(client.search_model_versions(f"name = '{name}'")) == 1
    client.delete_registered_model_alias(name, "champion")
    with pytest.raises(MlflowException):
        client.get_model_version_by_alias(name, "champion")
    client.delete_model_version(name, "1")
    client.delete_registered_model(name)
    with pytest.raises(MlflowException) as error:
        client.get_registered_model(name)
    assert error.value.error_code == "RESOURCE_DOES_NOT_EXIST"


def test_logged_models_are_found_and_tagged(store):
    experiment = mlflow.set_experiment(f"logged-{id(store)}")
    with mlflow.start_run() as run:
        model = mlflow.initialize_logged_model(name="net", params={f"p{n}": n for n in range(150)}, tags={"a": "b"})
        assert (model.status, model.source_run_id) == ("PENDING", run.info.run_id)
        mlflow.log_metric("acc", 0.9, model_id=model.model_id)
    mlflow.set_logged_model_tags(model.model_id, {"c": "d"})
    mlflow.delete_logged_model_tag(model.model_id, "a")
    mlflow.finalize_logged_model(model.model_id, "READY")
    found = mlflow.get_logged_model(model.model_id)
    assert (str(found.status), found.tags["c"], len(found.params)) == ("READY", "d", 150)
    assert "a" not in found.tags
    assert [(metric.key, metric.value) for metric in found.metrics] == [("acc", 0.9)]
    models = mlflow.search_logged_models([experiment.experiment_id], "metrics.acc > 0.5", output_format="list")
    assert [model.name for model in models] == ["net"]


def test_the_active_model_gets_the_metrics(yard):
    with mlflow.set_active_model(name="net") as active, mlflow.start_run():
        mlflow.log_metric("acc", 0.5)
    assert mlflow.get_active_model_id() is None
    assert mlflow.get_logged_model(active.model_id).metrics[0].key == "acc"


@pytest.fixture
def own_registry(yard, tmp_path):
    """A registry in a store of its own, beside the tracking store."""
    mlflow.set_registry_uri(f"sqlite:///{tmp_path}/registry/registry.db")
    yield yard
    mlflow.set_registry_uri("")


def test_a_registry_of_its_own_gets_the_place_of_a_model(own_registry):
    client = MlflowClient()
    experiment_id = client.create_experiment("elsewhere", artifact_location="s3://bucket/models")
    with mlflow.start_run(experiment_id=experiment_id):
        logged = mlflow.initialize_logged_model(name="m")
    version = mlflow.register_model(logged.model_uri, "iris")
    assert (version.source, str(version.version)) == (logged.artifact_location, "1")
    client.set_registered_model_alias("iris", "champion", "1")
    for uri in ("models:/iris/1", "models:/iris@champion", "models:/iris/latest", logged.model_uri):
        place = client._registered_place(uri)
        assert client._connection.resolve_model(place)["artifact_uri"] == logged.artifact_location
    assert MlflowClient(registry_uri=own_registry).search_registered_models() == []
    with pytest.raises(MlflowException) as error:
        mlflow.pyfunc.load_model("models:/iris/3")
    assert error.value.error_code == "RESOURCE_DOES_NOT_EXIST"
    with pytest.raises(MlflowException, match="Staging"):
        mlflow.pyfunc.load_model("models:/iris/Staging")


MOVE = """
import sqlite3, sys
with sqlite3.connect(sys.argv[1]) as database:
    database.execute("UPDATE model_version SET source = ?, storage_location = ?", [sys.argv[2], sys.argv[2]])
"""


def test_models_are_loaded_by_names_of_a_registry_of_its_own(own_registry, tmp_path, forest, iris):
    client = MlflowClient()
    with mlflow.start_run():
        info = mlflow.sklearn.log_model(forest, name="m")
    client.create_registered_model("iris")
    client.create_model_version("iris", "s3://bucket/model")
    client.set_registered_model_alias("iris", "champion", "1")
    # As in a registry that takes places on this machine; ours takes those of models that it knows. In a process of its
    # own: a second SQLite in this one would undo the locks of the first.
    place = mlflow.get_logged_model(info.model_id).artifact_location
    database = tmp_path / "registry" / "registry.db"
    subprocess.run([sys.executable, "-c", MOVE, str(database), place], check=True)
    for uri in ("models:/iris/1", "models:/iris@champion", "models:/iris/latest", info.model_uri):
        assert (mlflow.pyfunc.load_model(uri).predict(iris[0]) == forest.predict(iris[0])).all(), uri
        assert mlflow.models.get_model_info(uri).model_id == info.model_id
        assert "MLmodel" in {file.path for file in mlflow.artifacts.list_artifacts(uri)}


def test_a_place_that_a_registry_of_its_own_refuses_leaves_no_name_behind(own_registry, forest):
    with mlflow.start_run():
        info = mlflow.sklearn.log_model(forest, name="m")
    with pytest.raises(MlflowException, match="Invalid model version source"):
        mlflow.register_model(info.model_uri, "iris")
    assert MlflowClient().search_registered_models() == []
