"""Registered models, versions and aliases, and logged models."""

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
