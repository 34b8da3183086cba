"""Logging a model step by step: what exists remotely, and in which state, when a step fails."""

import os
import time

import pytest

import trainyard as mlflow
from trainyard import MlflowClient, MlflowException
from trainyard.models.logging import log_model
from trainyard.models.saving import Saving


class Flavor:
    """The smallest flavor: one file, with a hook at each step."""

    def __init__(self, fail_at=None, **arguments):
        self.fail_at = fail_at
        self.saving = Saving(**arguments)

    def at(self, step):
        if step == self.fail_at:
            raise RuntimeError(f"failed at {step}")

    def save(self, folder, model):
        self.at("begin")
        self.saving.begin(folder, model)
        with open(os.path.join(folder, "model.bin"), "wb") as file:
            file.write(b"weights")
        self.at("written")
        self.saving.written()
        self.at("describe")
        self.saving.describe_data(None)
        self.saving.model.add_flavor("own", data="model.bin")
        self.at("finish")
        self.saving.finish(self.requirements)
        self.at("end")

    def requirements(self):
        self.at("requirements")
        return []


def logged_models():
    return mlflow.search_logged_models(output_format="list")


def wait_for(look):
    """Return what a look finds, once it finds something."""
    deadline = time.monotonic() + 30
    while not (found := look()):
        assert time.monotonic() < deadline, "nothing came"
        time.sleep(0.01)
    return found


def test_nothing_exists_remotely_while_the_model_itself_is_written(yard):
    for step in ("begin", "written"):
        with mlflow.start_run() as run:
            with pytest.raises(RuntimeError, match=f"failed at {step}"):
                log_model(Flavor(step).save, name="m")
        assert logged_models() == []
        assert mlflow.get_run(run.info.run_id).outputs.model_outputs == []


@pytest.mark.parametrize("step", ["describe", "finish", "requirements", "end"])
def test_a_later_failure_leaves_a_failed_model(store, step):
    experiment_id = mlflow.create_experiment(f"failing at {step}")
    mlflow.set_experiment(experiment_id=experiment_id)
    with mlflow.start_run():
        with pytest.raises(RuntimeError, match=f"failed at {step}"):
            log_model(Flavor(step).save, name="m")
    (logged,) = mlflow.search_logged_models([experiment_id], output_format="list")
    assert str(logged.status) == "FAILED"
    files = [file.path for file in MlflowClient().list_logged_model_artifacts(logged.model_id)]
    assert "MLmodel" not in files
    with pytest.raises(MlflowException):
        mlflow.models.get_model_info(f"models:/{logged.model_id}")


def test_a_failing_upload_leaves_a_failed_model(yard, tmp_path, monkeypatch):
    def fail(self, files):
        raise OSError("no space left on device")

    monkeypatch.setattr("trainyard.models.delivery.Delivery._send", fail)
    with pytest.raises(OSError, match="no space left"):
        log_model(Flavor().save, name="m")
    (logged,) = logged_models()
    assert str(logged.status) == "FAILED"


def test_a_store_that_goes_away_while_uploading_fails_the_model(yard, tmp_path):
    class Obstructed(Flavor):
        def requirements(self):
            # A file where the folder of the artifacts has to be.
            logged = wait_for(logged_models)[0]
            folder = logged.artifact_location.removeprefix("file://")
            os.makedirs(os.path.join(folder, "requirements.txt", "in the way"), exist_ok=True)
            return []

    with pytest.raises(MlflowException):
        log_model(Obstructed().save, name="m")
    (logged,) = logged_models()
    assert str(logged.status) == "FAILED"


def test_a_model_that_the_store_refuses_exists_nowhere(yard):
    with pytest.raises(MlflowException, match=r"(?i)exceed|length|long"):
        log_model(Flavor().save, name="m", tags={"k" * 300: "v"})
    assert logged_models() == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"name": "a/b"}, "Invalid model name"),
        ({"name": ""}, "Invalid model name"),
        ({"name": "a", "artifact_path": "b"}, "Both `artifact_path`"),
        ({"name": "a", "registered_model_name": "x/y"}, "cannot contain"),
        ({"name": "a", "registered_model_name": " "}, "registered_model_name"),
        ({"name": "a", "params": [1]}, "params: expected a dict"),
        ({"name": "a", "tags": "t"}, "tags: expected a dict"),
        ({"name": "a", "step": "late"}, "step: expected an integer"),
        ({"name": "a", "model_id": "m-none"}, "m-none"),
        ({"name": "a", "run_id": "0" * 32}, "0" * 32),
    ],
)
def test_bad_arguments_are_refused_before_anything_is_written(yard, arguments, message):
    flavor = Flavor()
    with pytest.raises(MlflowException, match=message):
        log_model(flavor.save, **arguments)
    assert not hasattr(flavor.saving, "folder") and logged_models() == []


def test_more_params_than_a_request_takes_are_all_logged(store):
    params = {f"p{index}": index for index in range(250)}
    with mlflow.start_run():
        info = log_model(Flavor().save, name="m", params=params)
    assert mlflow.get_logged_model(info.model_id).params == {key: str(value) for key, value in params.items()}


def test_files_are_on_their_way_while_others_are_written(yard):
    arrived = []

    class Slow(Flavor):
        def requirements(self):
            # Runs when the model's own file is written and the environment is not.
            model_id = wait_for(logged_models)[0].model_id
            files = wait_for(lambda: MlflowClient().list_logged_model_artifacts(model_id))
            arrived.extend(file.path for file in files)
            return []

    info = log_model(Slow().save, name="m")
    assert arrived == ["model.bin"]
    files = {file.path for file in MlflowClient().list_logged_model_artifacts(info.model_id)}
    assert {"MLmodel", "model.bin", "requirements.txt"} <= files


def test_a_file_that_changes_after_it_was_sent_is_sent_again(yard):
    class Changing(Flavor):
        def requirements(self):
            with open(os.path.join(self.saving.folder, "model.bin"), "wb") as file:
                file.write(b"other weights")
            return []

    info = log_model(Changing().save, name="m")
    folder = mlflow.artifacts.download_artifacts(info.model_uri)
    with open(os.path.join(folder, "model.bin"), "rb") as file:
        assert file.read() == b"other weights"


def test_an_existing_logged_model_is_filled(yard):
    made = mlflow.initialize_logged_model(name="made", tags={"a": "b"})
    with mlflow.start_run() as run:
        info = log_model(Flavor().save, model_id=made.model_id, step=3)
    logged = mlflow.get_logged_model(made.model_id)
    assert (info.model_id, logged.name, str(logged.status)) == (made.model_id, "made", "READY")
    (output,) = mlflow.get_run(run.info.run_id).outputs.model_outputs
    assert (output.model_id, output.step) == (made.model_id, 3)


def test_an_existing_logged_model_stays_pending_when_saving_never_began(yard):
    made = mlflow.initialize_logged_model(name="made")
    with pytest.raises(RuntimeError):
        log_model(Flavor("begin").save, model_id=made.model_id)
    assert str(mlflow.get_logged_model(made.model_id).status) == "PENDING"


def test_artifact_path_is_a_name_with_one_warning(yard, monkeypatch):
    from trainyard.models import arguments

    monkeypatch.setattr(arguments, "_warned", False)
    with pytest.warns(FutureWarning, match="artifact_path.*deprecated") as caught:
        assert log_model(Flavor().save, artifact_path="a").name == "a"
        assert log_model(Flavor().save, artifact_path="b").name == "b"
    assert [str(warning.category.__name__) for warning in caught] == ["FutureWarning"]
    assert caught[0].filename == __file__


def test_the_registered_version_has_the_tags(yard):
    info = log_model(Flavor().save, name="m", registered_model_name="r", tags={"stage": "gold"})
    version = MlflowClient().get_model_version("r", "1")
    assert (info.registered_model_version, version.tags) == (1, {"stage": "gold"})


def test_points_of_a_step_that_later_ones_hide_are_linked(store):
    with mlflow.start_run():
        for step in range(4):
            mlflow.log_metric("loss", 10.0 - step, step=step)
        mlflow.log_metric("only late", 1.0, step=3)
        first = log_model(Flavor().save, name="first")
        middle = log_model(Flavor().save, name="middle", step=2)
    for info, expected in ((first, {"loss": 10.0}), (middle, {"loss": 8.0})):
        metrics = mlflow.get_logged_model(info.model_id).metrics
        assert {metric.key: metric.value for metric in metrics} == expected


def test_points_of_the_first_step_are_linked_when_another_program_has_logged_them(store):
    with mlflow.start_run() as run:
        mlflow.log_metric("loss", 10.0, step=0)
    with mlflow.start_run(run.info.run_id):
        # The journal of the first block is closed, as that of another process is.
        mlflow.log_metric("loss", 9.0, step=1)
        mlflow.log_metric("only late", 1.0, step=1)
        info = log_model(Flavor().save, name="m")
    metrics = mlflow.get_logged_model(info.model_id).metrics
    assert [(metric.key, metric.value, metric.step) for metric in metrics] == [("loss", 10.0, 0)]


def test_points_of_another_model_are_left_to_it(store):
    with mlflow.start_run() as run:
        mlflow.log_metric("shared", 0.5)
        other = mlflow.initialize_logged_model(name="other")
        mlflow.log_metric("shared", 0.25, timestamp=1, model_id=other.model_id)
        mlflow.log_metric("first", 0.1, model_id=other.model_id)
        mlflow.log_metrics({"nan": float("nan"), "hidden": 0.2}, model_id=other.model_id)
        MlflowClient().log_metric(run.info.run_id, "client", 0.3, model_id=other.model_id)
        mlflow.log_metric("hidden", 0.9, step=1)
        mlflow.log_metric("own", 1.0)
        infos = [log_model(Flavor().save, name=name) for name in ("one", "two")]
    for info in infos:
        metrics = mlflow.get_logged_model(info.model_id).metrics
        assert {metric.key: metric.value for metric in metrics} == {"shared": 0.5, "own": 1.0}


def linked(info):
    return [(metric.key, metric.value, metric.step) for metric in mlflow.get_logged_model(info.model_id).metrics]


def test_a_point_of_the_run_is_linked_although_another_model_has_the_same(store):
    with mlflow.start_run():
        mlflow.log_metric("acc", 0.5)
        other = mlflow.initialize_logged_model(name="other")
        mlflow.log_metric("acc", 0.5, model_id=other.model_id)
        info = log_model(Flavor().save, name="m")
    assert linked(info) == [("acc", 0.5, 0)]


def test_points_of_another_model_at_earlier_steps_are_left_to_it(store):
    with mlflow.start_run():
        other = mlflow.initialize_logged_model(name="other")
        for step in (5, 6, 7):
            mlflow.log_metric("acc", 0.5, step=step, model_id=other.model_id)
        mlflow.log_metric("own", 1.0, step=5)
        info = log_model(Flavor().save, name="m", step=5)
    assert linked(info) == [("own", 1.0, 5)]


def test_a_point_of_the_run_that_another_model_hides_at_the_same_step_is_linked(store):
    with mlflow.start_run():
        other = mlflow.initialize_logged_model(name="other")
        mlflow.log_metric("acc", 0.25, step=4, timestamp=1)
        mlflow.log_metric("acc", 0.75, step=4, timestamp=2, model_id=other.model_id)
        info = log_model(Flavor().save, name="m", step=4)
    assert linked(info) == [("acc", 0.25, 4)]


def test_offline_no_logged_model_is_made(yard, monkeypatch):
    with mlflow.start_run():
        pass
    monkeypatch.setenv("TRAINYARD_OFFLINE", "1")
    for make in (
        lambda: log_model(Flavor().save, name="m"),
        lambda: mlflow.initialize_logged_model("m"),
        lambda: mlflow.create_external_model("m"),
        lambda: MlflowClient().create_logged_model("0", "m"),
    ):
        with pytest.raises(MlflowException, match="TRAINYARD_OFFLINE") as refused:
            make()
        assert refused.value.error_code == "TEMPORARILY_UNAVAILABLE"
    monkeypatch.delenv("TRAINYARD_OFFLINE")
    assert MlflowClient().search_logged_models(["0"]) == []


def test_a_clean_up_that_fails_does_not_hide_why_a_model_was_not_registered(yard, monkeypatch):
    def refuse(message):
        def call(*args, **kwargs):
            raise MlflowException(message, "TEMPORARILY_UNAVAILABLE")

        return call

    info = log_model(Flavor().save, name="m")
    monkeypatch.setattr(MlflowClient, "create_model_version", refuse("the cause"))
    monkeypatch.setattr(MlflowClient, "get_latest_versions", refuse("the clean-up"))
    with pytest.raises(MlflowException, match="the cause"):
        mlflow.register_model(info.model_uri, "r")


def test_metrics_that_began_at_a_later_step_are_told_by_one_request(yard, monkeypatch):
    call, asked = MlflowClient._call, []

    def counted(self, operation, **arguments):
        asked.append(operation)
        return call(self, operation, **arguments)

    with mlflow.start_run():
        mlflow.log_metric("before", 9.0)
        for epoch in range(1, 4):
            mlflow.log_metrics({f"m{key}": 1 / epoch for key in range(20)}, step=epoch)
        monkeypatch.setattr(MlflowClient, "_call", counted)
        info = log_model(Flavor().save, name="m")
    assert "GetMetricHistory" not in asked and asked.count("GetMetricSummaries") == 1
    metrics = MlflowClient().get_logged_model(info.model_id).metrics
    assert [(metric.key, metric.value) for metric in metrics] == [("before", 9.0)]


def test_a_long_history_is_not_read_for_the_points_of_one_step(yard, monkeypatch):
    from trainyard.models import delivery

    monkeypatch.setattr(delivery, "_POINTS_PER_PAGE", 10)
    monkeypatch.setattr(delivery, "_MOST_PAGES", 4)
    call, asked = MlflowClient._call, []

    def counted(self, operation, **arguments):
        if operation == "GetMetricHistory":
            asked.append(arguments["metric_key"])
        return call(self, operation, **arguments)

    with mlflow.start_run():
        for step in range(100):
            mlflow.log_metric("early", step / 10, step=step, timestamp=step)
            mlflow.log_metric("seldom", 0.5, step=step * 10, timestamp=step)
        mlflow.log_metric("other", 1.0, step=15)
        monkeypatch.setattr(MlflowClient, "_call", counted)
        info = log_model(Flavor().save, name="m", step=15)
    # Two pages to the step, one to find that there is none, nothing for a metric that has not gone on.
    assert asked.count("early") == 2 and asked.count("seldom") == 1 and "other" not in asked
    metrics = {metric.key: metric.value for metric in MlflowClient().get_logged_model(info.model_id).metrics}
    assert metrics == {"early": 1.5, "other": 1.0}
