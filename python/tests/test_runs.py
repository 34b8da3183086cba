"""The fluent interface: runs, what is logged to them, and searching them."""

import json
import math
import subprocess
import sys
import threading

import pytest

import trainyard as mlflow
from trainyard import MlflowClient, MlflowException
from trainyard.entities import Metric, ViewType


def test_a_run_keeps_what_is_logged_to_it(store):
    mlflow.set_experiment("runs")
    with mlflow.start_run(run_name="first", tags={"team": "a"}, description="what it is") as run:
        assert mlflow.active_run() is run
        assert mlflow.log_param("depth", 5) == 5
        mlflow.log_params({"lr": 0.1, "nested": {"a": 1}})
        mlflow.log_metric("loss", 0.5, step=1)
        mlflow.log_metric("loss", 0.25, step=2)
        mlflow.log_metrics({"acc": 0.9, "f1": 0.8}, step=2)
        mlflow.set_tag("stage", "test")
        mlflow.set_tags({"a": 1, "b": True})
        mlflow.delete_tag("a")
    found = mlflow.get_run(run.info.run_id)
    assert (found.info.status, found.info.run_name) == ("FINISHED", "first")
    assert found.data.params == {"depth": "5", "lr": "0.1", "nested.a": "1"}
    assert found.data.metrics == {"loss": 0.25, "acc": 0.9, "f1": 0.8}
    tags = found.data.tags
    assert (tags["team"], tags["stage"], tags["b"], tags["mlflow.note.content"]) == ("a", "test", "True", "what it is")
    assert tags["mlflow.source.type"] == "LOCAL" and "a" not in tags
    history = MlflowClient().get_metric_history(run.info.run_id, "loss")
    assert [(point.step, point.value) for point in history] == [(1, 0.5), (2, 0.25)]
    assert mlflow.active_run() is None
    assert mlflow.last_active_run().info.run_id == run.info.run_id


def test_a_block_that_raises_fails_its_run(store):
    with pytest.raises(ZeroDivisionError), mlflow.start_run() as run:
        _ = 1 / 0
    assert mlflow.get_run(run.info.run_id).info.status == "FAILED"


def test_runs_nest(yard):
    with mlflow.start_run() as parent:
        with pytest.raises(MlflowException, match="already active"):
            mlflow.start_run()
        with mlflow.start_run(nested=True) as child:
            assert mlflow.active_run() is child
        assert mlflow.active_run() is parent
    assert mlflow.get_run(child.info.run_id).data.tags["mlflow.parentRunId"] == parent.info.run_id
    assert mlflow.get_parent_run(child.info.run_id).info.run_id == parent.info.run_id


def test_a_run_can_be_taken_up_again(yard, monkeypatch):
    with mlflow.start_run() as run:
        mlflow.log_param("a", 1)
    monkeypatch.setenv("MLFLOW_RUN_ID", run.info.run_id)
    with mlflow.start_run() as again:
        assert again.info.run_id == run.info.run_id
        assert mlflow.get_run(run.info.run_id).info.status == "RUNNING"
        mlflow.log_param("b", 2)
    assert mlflow.get_run(run.info.run_id).data.params == {"a": "1", "b": "2"}
    mlflow.delete_run(run.info.run_id)
    with pytest.raises(MlflowException, match="deleted state"):
        mlflow.start_run(run.info.run_id)


def test_logging_starts_a_run_that_ends_with_the_program(yard, tmp_path):
    script = tmp_path / "script.py"
    script.write_text("import trainyard\ntrainyard.log_metric('m', 1)\nprint(trainyard.active_run().info.run_id)\n")
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=True)
    run = mlflow.get_run(done.stdout.strip())
    assert (run.info.status, run.data.metrics) == ("FINISHED", {"m": 1.0})
    assert run.data.tags["mlflow.source.name"] == str(script)


def test_each_thread_has_a_run_of_its_own(yard):
    seen = []

    def train():
        assert mlflow.active_run() is None
        with mlflow.start_run() as run:
            seen.append(run.info.run_id)

    with mlflow.start_run() as run:
        threads = [threading.Thread(target=train) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert mlflow.active_run() is run
    assert len({*seen, run.info.run_id}) == 5


def test_values_that_are_no_ordinary_numbers(yard):
    import numpy

    with mlflow.start_run() as run:
        mlflow.log_metric("nan", float("nan"))
        mlflow.log_metric("numpy", numpy.float32(0.5))
        mlflow.log_metric("array", numpy.array(3))
        with pytest.raises(MlflowException, match="'text'") as error:
            mlflow.log_metric("text", "much")
        assert error.value.error_code == "INVALID_PARAMETER_VALUE"
    metrics = mlflow.get_run(run.info.run_id).data.metrics
    assert math.isnan(metrics["nan"]) and (metrics["numpy"], metrics["array"]) == (0.5, 3.0)


def test_bad_input_is_refused_with_a_code(store):
    with mlflow.start_run() as run:
        mlflow.log_param("depth", 5)
        with pytest.raises(MlflowException) as error:
            mlflow.log_param("depth", 6)
        assert error.value.error_code == "INVALID_PARAMETER_VALUE"
        with pytest.raises(MlflowException) as error:
            mlflow.log_metric("k" * 251, 1)
        assert error.value.error_code == "INVALID_PARAMETER_VALUE"
    with pytest.raises(MlflowException) as error:
        mlflow.get_run("0" * 32)
    assert error.value.error_code == "RESOURCE_DOES_NOT_EXIST"
    with pytest.raises(MlflowException) as error:
        mlflow.set_experiment(experiment_id="987654")
    assert error.value.error_code == "RESOURCE_DOES_NOT_EXIST"
    assert mlflow.get_run(run.info.run_id).data.params == {"depth": "5"}


def test_a_large_batch_is_sent_in_parts(store):
    with mlflow.start_run() as run:
        points = [Metric("m", value, 1000 + value, value) for value in range(2500)]
        MlflowClient().log_batch(run.info.run_id, metrics=points)
        mlflow.log_params({f"p{number}": number for number in range(250)})
    assert len(MlflowClient().get_metric_history(run.info.run_id, "m")) == 2500
    assert len(mlflow.get_run(run.info.run_id).data.params) == 250


def test_artifacts_of_every_kind(store, tmp_path):
    folder = tmp_path / "plots"
    (folder / "deep").mkdir(parents=True)
    (folder / "a.txt").write_text("a")
    (folder / "deep" / "b.txt").write_text("b")
    with mlflow.start_run() as run:
        mlflow.log_artifact(folder / "a.txt")
        mlflow.log_artifact(folder, "copies")
        mlflow.log_artifacts(folder, "all")
        mlflow.log_text("hällo", "notes/note.txt")
        mlflow.log_dict({"k": [1, 2.5, None]}, "d.json")
        mlflow.log_dict({"k": "yes"}, "d.yaml")
    client = MlflowClient()
    run_id = run.info.run_id
    assert {file.path for file in client.list_artifacts(run_id)} == {
        "a.txt", "all", "copies", "d.json", "d.yaml", "notes",
    }  # fmt: skip
    assert [file.path for file in client.list_artifacts(run_id, "copies/plots/deep")] == ["copies/plots/deep/b.txt"]
    assert mlflow.artifacts.load_text(f"runs:/{run_id}/notes/note.txt") == "hällo"
    assert mlflow.artifacts.load_dict(f"runs:/{run_id}/d.json") == {"k": [1, 2.5, None]}
    from pathlib import Path

    local = Path(client.download_artifacts(run_id, "all"))
    assert (local / "deep" / "b.txt").read_text() == "b"
    for path in ("../x.txt", "a/../../x.txt", "/x.txt"):
        with pytest.raises(MlflowException):
            mlflow.MlflowClient().log_text(run_id, "x", path)


def test_runs_are_found_as_a_frame_or_a_list(store):
    experiment = mlflow.set_experiment(f"search-{id(object())}")
    for depth in (1, 2, 3):
        with mlflow.start_run():
            mlflow.log_param("depth", depth)
            mlflow.log_metric("acc", depth / 10)
    frame = mlflow.search_runs(order_by=["metrics.acc DESC"])
    assert list(frame["params.depth"]) == ["3", "2", "1"]
    assert list(frame.columns[:6]) == ["run_id", "experiment_id", "status", "artifact_uri", "start_time", "end_time"]
    assert str(frame["start_time"].dtype.tz) == "UTC"
    runs = mlflow.search_runs([experiment.experiment_id], "metrics.acc > 0.15", output_format="list")
    assert sorted(run.data.params["depth"] for run in runs) == ["2", "3"]
    assert len(mlflow.search_runs(experiment_names=[experiment.name], max_results=2, output_format="list")) == 2
    page = MlflowClient().search_runs([experiment.experiment_id], max_results=2)
    assert len(page) == 2 and page.token
    mlflow.delete_run(runs[0].info.run_id)
    deleted = mlflow.search_runs(run_view_type=ViewType.DELETED_ONLY, output_format="list")
    assert [run.info.run_id for run in deleted] == [runs[0].info.run_id]


def test_experiments_by_name_id_and_environment(yard, monkeypatch):
    first = mlflow.set_experiment("one")
    assert mlflow.set_experiment(experiment_id=first.experiment_id).name == "one"
    mlflow.set_experiment_tag("owner", "ann")
    assert mlflow.get_experiment_by_name("one").tags == {"owner": "ann"}
    assert mlflow.get_experiment_by_name("none") is None
    mlflow.create_experiment("two", tags={"a": "b"})
    assert {experiment.name for experiment in mlflow.search_experiments()} == {"Default", "one", "two"}
    mlflow.delete_experiment(first.experiment_id)
    with pytest.raises(MlflowException, match="deleted experiment"):
        mlflow.set_experiment("one")


def test_the_environment_names_experiment_and_store(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(
        "import trainyard as mlflow\n"
        "with mlflow.start_run() as run: pass\n"
        "print(mlflow.get_experiment(run.info.experiment_id).name, mlflow.get_tracking_uri())\n"
    )
    environment = {
        "MLFLOW_TRACKING_URI": f"sqlite:///{tmp_path}/lost.db",
        "TRAINYARD_TRACKING_URI": f"sqlite:///{tmp_path}/wins.db",
        "MLFLOW_EXPERIMENT_NAME": "from-outside",
    }
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=True, env=environment)
    assert done.stdout.split() == ["from-outside", f"sqlite:///{tmp_path}/wins.db"]
    assert not (tmp_path / "lost.db").exists()


def test_the_default_store_is_the_folder_yard(tmp_path):
    with mlflow.start_run():
        mlflow.log_text("x", "x.txt")
    assert mlflow.get_tracking_uri() == "sqlite:///yard/yard.db"
    assert (tmp_path / "yard" / "yard.db").is_file()
    assert list((tmp_path / "yard" / "artifacts").rglob("x.txt"))


def test_datasets_are_inputs_of_a_run(store, iris):
    import pandas

    with mlflow.start_run() as run:
        mlflow.log_input(mlflow.data.from_numpy(iris[0], targets=iris[1], name="iris"), context="training")
        frame = pandas.DataFrame({"a": [1.5], "b": ["x"]})
        mlflow.log_input(mlflow.data.from_pandas(frame, source="https://example.org/x.csv"), tags={"k": "v"})
    inputs = mlflow.get_run(run.info.run_id).inputs.dataset_inputs
    by_name = {use.dataset.name: use for use in inputs}
    assert [(tag.key, tag.value) for tag in by_name["iris"].tags] == [("mlflow.data.context", "training")]
    assert json.loads(by_name["iris"].dataset.profile)["features_shape"] == [150, 4]
    assert by_name["dataset"].dataset.source_type == "http"
