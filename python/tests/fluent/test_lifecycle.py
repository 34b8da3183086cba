"""Deleting and restoring, searches of the registry, the active model, external models, settings."""

import pytest

import trainyard as mlflow
from trainyard import MlflowClient, MlflowException
from trainyard.entities import LoggedModel, LoggedModelOutput, ViewType
from trainyard.store.entities.paged_list import PagedList


def test_runs_and_experiments_come_back(store):
    experiment = mlflow.set_experiment(f"lifecycle-{id(store)}")
    with mlflow.start_run() as run:
        pass
    mlflow.delete_run(run.info.run_id)
    assert mlflow.search_runs(output_format="list") == []
    mlflow.restore_run(run.info.run_id)
    assert [found.info.run_id for found in mlflow.search_runs(output_format="list")] == [run.info.run_id]
    mlflow.set_experiment_tags({"a": 1, "b": 2})
    mlflow.delete_experiment_tag("a")
    assert mlflow.get_experiment(experiment.experiment_id).tags == {"b": "2"}
    mlflow.delete_experiment(experiment.experiment_id)
    deleted = mlflow.search_experiments(ViewType.DELETED_ONLY, filter_string=f"name = '{experiment.name}'")
    assert [found.experiment_id for found in deleted] == [experiment.experiment_id]
    mlflow.restore_experiment(experiment.experiment_id)
    assert mlflow.get_experiment(experiment.experiment_id).lifecycle_stage == "active"


def test_the_registry_is_searched_without_a_client(store):
    client = MlflowClient()
    prefix = f"search-{id(store)}"
    for number in range(3):
        client.create_registered_model(f"{prefix}-{number}", tags={"number": number})
    model = mlflow.create_external_model(name="m")
    for _ in range(3):
        client.create_model_version(f"{prefix}-0", model.model_uri, model_id=model.model_id)
    found = mlflow.search_registered_models(filter_string=f"name LIKE '{prefix}%'", order_by=["name DESC"])
    assert [one.name for one in found] == [f"{prefix}-2", f"{prefix}-1", f"{prefix}-0"]
    assert len(mlflow.search_registered_models(2, f"name LIKE '{prefix}%'")) == 2
    versions = mlflow.search_model_versions(
        filter_string=f"name = '{prefix}-0'", order_by=["version_number DESC"], max_results=2
    )
    assert [str(version.version) for version in versions] == ["3", "2"]
    page = client.search_model_versions(f"name = '{prefix}-0'", max_results=2)
    assert isinstance(page, PagedList) and page.token and page.to_list() == list(page)
    rest = client.search_model_versions(f"name = '{prefix}-0'", max_results=2, page_token=page.token)
    assert rest.token is None and len(rest) == 1


def test_stages_archive_what_was_there_before(store):
    client = MlflowClient()
    name = f"stages-{id(store)}"
    client.create_registered_model(name)
    model = mlflow.create_external_model(name="m")
    for _ in range(2):
        client.create_model_version(name, model.model_uri, model_id=model.model_id)
    client.transition_model_version_stage(name, 1, "Production")
    client.transition_model_version_stage(name, 2, "Production", archive_existing_versions=True)
    assert client.get_model_version(name, "1").current_stage == "Archived"
    assert [str(found.version) for found in client.get_latest_versions(name, ["Production"])] == ["2"]
    client.set_model_version_tag(name, key="k", value="v", stage="Production")
    assert client.get_model_version(name, "2").tags == {"k": "v"}
    assert client.get_model_version_stages(name, "1") == ["None", "Staging", "Production", "Archived"]


def test_an_external_model_has_a_description_and_can_be_registered(store):
    experiment = mlflow.set_experiment(f"external-{id(store)}")
    with mlflow.start_run() as run:
        model = mlflow.create_external_model(name="net", params={"depth": 3}, model_type="agent")
        mlflow.log_outputs([LoggedModelOutput(model.model_id, 3)])
    assert (str(model.status), model.source_run_id) == ("READY", run.info.run_id)
    assert model.tags["mlflow.model.isExternal"] == "true"
    assert mlflow.last_logged_model().model_id == model.model_id
    assert model.params == {"depth": "3"}
    text = mlflow.artifacts.load_text(f"{model.model_uri}/MLmodel")
    assert f"model_id: {model.model_id}" in text and "mlflow.model.isExternal: true" in text
    version = mlflow.register_model(model.model_uri, f"external-{id(store)}", tags={"a": "b"})
    assert (version.name, str(version.version), version.tags) == (f"external-{id(store)}", "1", {"a": "b"})
    outputs = mlflow.get_run(run.info.run_id).outputs.model_outputs
    assert [(output.model_id, output.step) for output in outputs] == [(model.model_id, 3)]
    frame = mlflow.search_logged_models([experiment.experiment_id], "name = 'net'")
    assert list(frame["model_id"]) == [model.model_id]


def test_the_active_model_is_a_logged_model_and_gives_way_to_the_one_before(yard):
    outer = mlflow.set_active_model(name="outer")
    assert isinstance(outer, LoggedModel) and outer.name == "outer"
    with mlflow.set_active_model(name="inner") as inner:
        assert mlflow.get_active_model_id() == inner.model_id != outer.model_id
        mlflow.log_model_params({"a": 1})
    assert mlflow.get_active_model_id() == outer.model_id
    assert mlflow.get_logged_model(inner.model_id).params == {"a": "1"}
    assert mlflow.set_active_model(name="outer").model_id == outer.model_id
    mlflow.clear_active_model()
    assert mlflow.get_active_model_id() is None
    with pytest.raises(MlflowException, match="either name or model_id"):
        mlflow.set_active_model()


def test_tags_from_the_environment_are_set_on_runs(yard, monkeypatch):
    monkeypatch.setenv("MLFLOW_RUN_CONTEXT", '{"team": "vision", "n": 1}')
    with mlflow.start_run(tags={"n": "2"}) as run:
        pass
    tags = mlflow.get_run(run.info.run_id).data.tags
    assert (tags["team"], tags["n"]) == ("vision", "2")
    monkeypatch.setenv("MLFLOW_RUN_CONTEXT", "[1]")
    with pytest.raises(MlflowException, match="MLFLOW_RUN_CONTEXT has to be a JSON object"):
        mlflow.start_run()


def test_searching_without_pandas_gives_lists_and_says_so_once(yard, monkeypatch):
    import sys

    from trainyard.tracking import search

    monkeypatch.setitem(sys.modules, "pandas", None)
    monkeypatch.setattr(search, "_told", False)
    with mlflow.start_run() as run:
        pass
    with pytest.warns(UserWarning, match=r"searches return lists: pip install 'trainyard\[pandas\]'") as told:
        assert [found.info.run_id for found in mlflow.search_runs()] == [run.info.run_id]
        assert mlflow.search_logged_models() == []
    assert len(told) == 1
    assert len(mlflow.search_runs(output_format="list")) == 1
    with pytest.raises(MlflowException, match="valid ones are 'pandas' and 'list'"):
        mlflow.search_runs(output_format="csv")


def test_the_doctor_prints_no_password(monkeypatch, capsys):
    mlflow.set_tracking_uri("http://ann:geheim@127.0.0.1:1")
    monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", "geheim")
    monkeypatch.setenv("MLFLOW_EXPERIMENT_NAME", "iris")
    mlflow.doctor()
    printed = capsys.readouterr().out
    assert "geheim" not in printed and "MLFLOW_EXPERIMENT_NAME: iris" in printed and mlflow.__version__ in printed
    mlflow.doctor(mask_envs=True)
    assert "iris" not in capsys.readouterr().out


def test_handles_are_returned_when_they_are_asked_for(yard):
    from trainyard.tracking import operations
    from trainyard.utils.async_logging.run_operations import RunOperations, get_combined_run_operations

    with mlflow.start_run() as run:
        assert mlflow.log_metric("a", 1) is None
        handles = [mlflow.log_metric("a", 2, step=1, synchronous=False), mlflow.log_params({"p": 1}, synchronous=False)]
        assert all(isinstance(handle, RunOperations) for handle in handles)
        get_combined_run_operations(handles).wait()
        assert get_combined_run_operations([]) is None
        mlflow.config.enable_async_logging()
        try:
            mlflow.log_metric("a", 3, step=2).wait()
            assert mlflow.log_metric("a", 4, step=3, synchronous=True) is None
        finally:
            mlflow.config.enable_async_logging(False)
        assert not operations.returns_handles
        mlflow.flush_async_logging()
        mlflow.flush_artifact_async_logging()
    assert len(MlflowClient().get_metric_history(run.info.run_id, "a")) == 4
