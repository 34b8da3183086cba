"""Runs: the fluent life cycle, params, tags, nesting, deletion and restoring."""

import mlflow
import pytest
from mlflow.entities import Param, RunTag, ViewType


def test_a_run_from_start_to_end(experiment_id, client):
    with mlflow.start_run(run_name="first", tags={"team": "vision"}, description="a *small* run") as run:
        mlflow.log_param("n_estimators", 100)
        mlflow.log_params({"max_depth": 5, "bootstrap": True, "criterion": None, "empty": ""})
        mlflow.log_metric("accuracy", 0.96)
        mlflow.log_metrics({"loss": 0.25, "f1": 1})
        mlflow.set_tag("reviewed", "no")
        mlflow.set_tags({"dataset": "iris", "rows": 150})
        running = client.get_run(run.info.run_id)
        assert (running.info.status, running.info.end_time) == ("RUNNING", None)

    read = client.get_run(run.info.run_id)
    assert read.info.run_name == "first"
    assert read.info.experiment_id == experiment_id
    assert read.info.status == "FINISHED"
    assert read.info.start_time <= read.info.end_time
    assert read.info.lifecycle_stage == "active"
    assert read.info.artifact_uri == f"mlflow-artifacts:/{experiment_id}/{run.info.run_id}/artifacts"
    assert read.data.params == {
        "n_estimators": "100",
        "max_depth": "5",
        "bootstrap": "True",
        "criterion": "None",
        "empty": "",
    }
    assert read.data.metrics == {"accuracy": 0.96, "loss": 0.25, "f1": 1.0}
    tags = read.data.tags
    assert (tags["team"], tags["reviewed"], tags["dataset"], tags["rows"]) == ("vision", "no", "iris", "150")
    assert tags["mlflow.runName"] == "first"
    assert tags["mlflow.note.content"] == "a *small* run"
    assert tags["mlflow.source.type"] == "LOCAL"
    assert tags["mlflow.user"] == read.info.user_id


def test_an_exception_in_the_block_fails_the_run(experiment_id, client):
    with pytest.raises(ZeroDivisionError), mlflow.start_run() as run:
        1 / 0  # noqa: B018
    assert client.get_run(run.info.run_id).info.status == "FAILED"


def test_a_run_without_a_name_gets_one(client, experiment_id):
    run = client.create_run(experiment_id)
    assert run.info.run_name
    assert run.data.tags["mlflow.runName"] == run.info.run_name


def test_nested_runs_name_their_parent(experiment_id, client):
    with mlflow.start_run() as parent, mlflow.start_run(nested=True, run_name="child") as child:
        mlflow.log_metric("score", 1)
    assert client.get_run(child.info.run_id).data.tags["mlflow.parentRunId"] == parent.info.run_id
    assert client.get_parent_run(child.info.run_id).info.run_id == parent.info.run_id
    children = client.search_runs([experiment_id], f"tags.mlflow.parentRunId = '{parent.info.run_id}'")
    assert [run.info.run_id for run in children] == [child.info.run_id]


def test_a_run_is_resumed_by_its_id(experiment_id, client):
    with mlflow.start_run() as run:
        mlflow.log_param("a", 1)
    with mlflow.start_run(run_id=run.info.run_id):
        mlflow.log_param("b", 2)
        assert client.get_run(run.info.run_id).info.status == "RUNNING"
    read = client.get_run(run.info.run_id)
    assert read.data.params == {"a": "1", "b": "2"}
    assert read.info.status == "FINISHED"


def test_status_and_name_are_updated(client, run_id):
    client.update_run(run_id, status="KILLED", name="renamed")
    read = client.get_run(run_id)
    assert (read.info.status, read.info.run_name) == ("KILLED", "renamed")
    assert read.data.tags["mlflow.runName"] == "renamed"


def test_the_name_tag_renames_the_run(client, run_id):
    client.set_tag(run_id, "mlflow.runName", "by-tag")
    assert client.get_run(run_id).info.run_name == "by-tag"


def test_terminating_at_a_given_time(client, experiment_id):
    run = client.create_run(experiment_id, start_time=1_600_000_000_000)
    client.set_terminated(run.info.run_id, "FAILED", end_time=1_600_000_005_000)
    info = client.get_run(run.info.run_id).info
    assert (info.status, info.start_time, info.end_time) == ("FAILED", 1_600_000_000_000, 1_600_000_005_000)


def test_tags_are_overwritten_and_deleted(client, run_id, refused):
    client.set_tag(run_id, "key", "one")
    client.set_tag(run_id, "key", "two")
    assert client.get_run(run_id).data.tags["key"] == "two"
    client.delete_tag(run_id, "key")
    assert "key" not in client.get_run(run_id).data.tags
    with refused("RESOURCE_DOES_NOT_EXIST", "key"):
        client.delete_tag(run_id, "key")


def test_a_batch_carries_params_metrics_and_tags(client, run_id):
    params = [Param(f"p{number}", str(number)) for number in range(100)]
    tags = [RunTag(f"t{number}", str(number)) for number in range(100)]
    client.log_batch(run_id, params=params, tags=tags)
    data = client.get_run(run_id).data
    assert len(data.params) == 100 and data.params["p99"] == "99"
    assert data.tags["t99"] == "99"


def test_the_same_param_again_is_fine_and_another_value_is_not(client, run_id, refused):
    client.log_param(run_id, "depth", 5)
    client.log_param(run_id, "depth", 5)
    with refused("INVALID_PARAMETER_VALUE", "depth", "5", "6"):
        client.log_param(run_id, "depth", 6)
    assert client.get_run(run_id).data.params == {"depth": "5"}


def test_a_batch_with_a_changed_param_changes_nothing(client, run_id, refused):
    client.log_param(run_id, "depth", 5)
    with refused("INVALID_PARAMETER_VALUE", "depth"):
        client.log_batch(run_id, params=[Param("fresh", "1"), Param("depth", "6")], tags=[RunTag("fresh", "1")])
    data = client.get_run(run_id).data
    assert data.params == {"depth": "5"} and "fresh" not in data.tags


def test_long_values_are_cut(client, run_id):
    client.log_param(run_id, "long", "x" * 6001)
    client.set_tag(run_id, "long", "é" * 8001)
    data = client.get_run(run_id).data
    assert data.params["long"] == "x" * 6000
    assert data.tags["long"] == "é" * 8000


def test_keys_and_values_may_hold_any_script(client, run_id):
    client.log_param(run_id, "größe/层 1", "値")
    client.set_tag(run_id, "ключ:1", "🚂")
    data = client.get_run(run_id).data
    assert data.params == {"größe/层 1": "値"} and data.tags["ключ:1"] == "🚂"


def test_deleting_and_restoring_a_run(client, experiment_id, run_id):
    client.log_param(run_id, "kept", 1)
    client.delete_run(run_id)
    assert client.get_run(run_id).info.lifecycle_stage == "deleted"
    assert client.search_runs([experiment_id]) == []
    deleted = client.search_runs([experiment_id], run_view_type=ViewType.DELETED_ONLY)
    assert [run.info.run_id for run in deleted] == [run_id]
    client.restore_run(run_id)
    restored = client.search_runs([experiment_id])
    assert [(run.info.run_id, run.data.params) for run in restored] == [(run_id, {"kept": "1"})]


def test_a_deleted_run_takes_no_changes(client, run_id, refused):
    client.delete_run(run_id)
    for change in (
        lambda: client.log_param(run_id, "a", 1),
        lambda: client.log_metric(run_id, "a", 1),
        lambda: client.set_tag(run_id, "a", 1),
        lambda: client.log_batch(run_id, params=[Param("a", "1")]),
        lambda: client.set_terminated(run_id),
    ):
        with refused("INVALID_PARAMETER_VALUE", "active"):
            change()


def test_an_unknown_run_is_not_found(client, refused):
    unknown = "0" * 32
    for call in (
        lambda: client.get_run(unknown),
        lambda: client.log_metric(unknown, "a", 1),
        lambda: client.log_param(unknown, "a", 1),
        lambda: client.set_tag(unknown, "a", 1),
        lambda: client.set_terminated(unknown),
        lambda: client.delete_run(unknown),
        lambda: client.restore_run(unknown),
    ):
        with refused("RESOURCE_DOES_NOT_EXIST", unknown):
            call()


def test_runs_of_an_experiment_as_a_table(experiment_id, client):
    with mlflow.start_run(run_name="row"):
        mlflow.log_param("depth", 3)
        mlflow.log_metric("score", 0.5)
    table = mlflow.search_runs([experiment_id])
    assert list(table["params.depth"]) == ["3"]
    assert list(table["metrics.score"]) == [0.5]
    assert list(table["tags.mlflow.runName"]) == ["row"]
    assert list(table["status"]) == ["FINISHED"]


def test_logging_in_the_background(experiment_id, client):
    with mlflow.start_run() as run:
        for step in range(20):
            mlflow.log_metric("loss", step / 2, step=step, synchronous=False)
        mlflow.log_params({"a": 1, "b": 2}, synchronous=False)
        mlflow.flush_async_logging()
    assert [point.value for point in client.get_metric_history(run.info.run_id, "loss")] == [n / 2 for n in range(20)]
    assert client.get_run(run.info.run_id).data.params == {"a": "1", "b": "2"}


def test_sklearn_autologging(experiment_id, client):
    import mlflow.sklearn
    from sklearn.linear_model import LogisticRegression

    mlflow.sklearn.autolog(log_models=False, silent=True)
    try:
        with mlflow.start_run() as run:
            LogisticRegression(C=0.5).fit([[0.0], [1.0], [2.0], [3.0]], [0, 0, 1, 1])
    finally:
        mlflow.sklearn.autolog(disable=True)
    read = client.get_run(run.info.run_id)
    assert read.data.params["C"] == "0.5"
    assert read.data.metrics["training_accuracy_score"] == 1.0
    assert read.data.tags["estimator_name"] == "LogisticRegression"
