"""Autologging of Keras and TensorFlow: what a training leaves in its run, next to what stock MLflow records."""

import json
import os

import numpy
import pytest

import trainyard as mlflow
from trainyard import MlflowClient

pytestmark = pytest.mark.heavy

# The same text trains under trainyard and under stock MLflow.
TRAIN = """
import keras, numpy
keras.backend.clear_session()
keras.utils.set_random_seed(0)
X = numpy.random.default_rng(0).normal(size=(64, 4)).astype("float32")
y = (X.sum(1) > 0).astype("int64")
model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(8, "relu"), keras.layers.Dense(2, "softmax")])
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
stopping = keras.callbacks.EarlyStopping("val_loss", patience=1, min_delta=10, restore_best_weights=True)
model.fit(X, y, epochs=3, batch_size=16, validation_data=(X[:16], y[:16]), verbose=0, callbacks=[stopping])
"""

DESCRIBE = """
import json
client = mlflow.MlflowClient()
run = mlflow.search_runs(output_format="list", search_all_experiments=True)[0]
def files(path=None):
    found = []
    for file in client.list_artifacts(run.info.run_id, path):
        found += files(file.path) if file.is_dir else [file.path]
    return found
model = mlflow.search_logged_models(experiment_ids=[run.info.experiment_id], output_format="list")[0]
signature = mlflow.models.get_model_info(model.model_uri).signature
print(json.dumps({
    "params": run.data.params,
    "metrics": {
        key: [[point.step, round(point.value, 4)] for point in client.get_metric_history(run.info.run_id, key)]
        for key in run.data.metrics
    },
    "tags": {key: value for key, value in run.data.tags.items() if key == "mlflow.autologging" or key == "Mode"},
    "artifacts": files(),
    "datasets": [
        [use.dataset.name, use.dataset.digest, use.dataset.schema, use.dataset.profile, use.tags[0].value]
        for use in run.inputs.dataset_inputs
    ],
    "models": [[model.name, str(model.status).rpartition(".")[2], signature.to_dict()]],
    "linked": sorted({metric.key for metric in model.metrics or []}),
}))
"""


@pytest.fixture
def keras():
    return pytest.importorskip("keras")


@pytest.fixture(autouse=True)
def autologging_off(monkeypatch):
    """In these tests an error of the recording is an error, and no test leaves recording on."""
    monkeypatch.setenv("MLFLOW_AUTOLOGGING_TESTING", "true")
    yield
    mlflow.keras.autolog(disable=True)
    mlflow.tensorflow.autolog(disable=True)


@pytest.fixture
def data():
    X = numpy.random.default_rng(0).normal(size=(64, 4)).astype("float32")
    return X, (X.sum(1) > 0).astype("int64")


def network(keras):
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2, "softmax")])
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def described(capsys):
    capsys.readouterr()
    exec(DESCRIBE, {"mlflow": mlflow})
    return json.loads(capsys.readouterr().out)


def points(run, key):
    return [(point.step, point.value) for point in MlflowClient().get_metric_history(run.info.run_id, key)]


@pytest.mark.stock
@pytest.mark.parametrize("flavor", ["keras", "tensorflow"])
def test_a_training_leaves_what_stock_records(yard, stock, tmp_path, capsys, flavor):
    enable = f"mlflow.{flavor}.autolog()\n"
    theirs = stock(f"import mlflow\nmlflow.set_tracking_uri('sqlite:///stock.db')\n{enable}{TRAIN}{DESCRIBE}")
    exec(enable + TRAIN, {"mlflow": mlflow})
    ours = described(capsys)
    assert set(theirs["params"].items()) <= set(ours["params"].items())
    for key, wanted in theirs["metrics"].items():
        if key.startswith("validation_"):
            # Stock writes them all at step 0.
            assert [value for _, value in ours["metrics"][key]] == pytest.approx(
                [value for _, value in wanted], abs=1e-3
            )
        else:
            assert numpy.allclose(ours["metrics"][key][: len(wanted)], wanted, atol=1e-3), key
    assert ours["tags"] == theirs["tags"]
    assert {stem(path) for path in theirs["artifacts"] if "tensorboard" not in path} <= set(
        map(stem, ours["artifacts"])
    )
    assert ours["datasets"] == theirs["datasets"]
    assert ours["models"] == theirs["models"]
    assert set(theirs["linked"]) <= set(ours["linked"])


def stem(path):
    return os.path.splitext(path)[0]


@pytest.mark.parametrize("flavor", ["keras", "tensorflow"])
def test_the_logged_model_predicts_like_the_trained_one(yard, keras, data, flavor):
    getattr(mlflow, flavor).autolog(log_input_examples=True)
    model = network(keras)
    model.fit(*data, epochs=1, verbose=0)
    logged = mlflow.search_logged_models(output_format="list")[0]
    loaded = mlflow.pyfunc.load_model(logged.model_uri)
    assert (loaded.predict(data[0]) == model.predict(data[0], verbose=0)).all()
    assert loaded.input_example.shape == (5, 4)
    assert mlflow.active_run() is None


def test_the_run_of_the_user_is_used_and_left_open(yard, keras, data):
    mlflow.keras.autolog(log_models=False)
    with mlflow.start_run() as run:
        network(keras).fit(*data, epochs=2, verbose=0)
        assert mlflow.active_run().info.run_id == run.info.run_id
    assert [step for step, _ in points(run, "loss")] == [0, 1]
    assert not mlflow.search_logged_models(output_format="list")
    assert "mlflow.autologging" not in mlflow.get_run(run.info.run_id).data.tags


def test_metrics_can_be_logged_by_step(yard, keras, data):
    mlflow.keras.autolog(log_every_epoch=False, log_every_n_steps=3, log_models=False)
    with mlflow.start_run() as run:
        network(keras).fit(*data, epochs=2, batch_size=16, verbose=0)
    assert [step for step, _ in points(run, "loss")] == [3, 6]


def test_a_failing_training_raises_and_leaves_a_failed_run_and_model(yard, keras, data):
    mlflow.keras.autolog()
    with pytest.raises(ValueError, match="Data cardinality"):
        network(keras).fit(data[0], data[1][:5], verbose=0)
    run = mlflow.search_runs(output_format="list")[0]
    assert run.info.status == "FAILED"
    assert str(mlflow.search_logged_models(output_format="list")[0].status) == "FAILED"


def test_an_error_of_the_recording_does_not_reach_the_training(yard, keras, data, monkeypatch):
    monkeypatch.delenv("MLFLOW_AUTOLOGGING_TESTING")
    from trainyard.keras import recording

    def broken(*args):
        raise RuntimeError("no recording today")

    monkeypatch.setattr(recording.FitCall, "params", broken)
    mlflow.keras.autolog()
    with pytest.warns(UserWarning, match=r"the params could not be logged.*no recording today"):
        history = network(keras).fit(*data, epochs=2, verbose=0)
    assert len(history.history["loss"]) == 2
    # What does not need the params is recorded.
    assert [step for step, _ in points(mlflow.search_runs(output_format="list")[0], "loss")] == [0, 1]


def test_a_second_training_in_a_run_is_recorded_but_for_its_changed_params(yard, keras, data):
    mlflow.keras.autolog()
    model = network(keras)
    with mlflow.start_run() as run, pytest.warns(UserWarning, match=r"the params could not be logged.*epochs"):
        model.fit(*data, epochs=5, verbose=0)
        model.fit(*data, epochs=10, verbose=0)
    assert sorted(step for step, _ in points(run, "loss")) == sorted([*range(5), *range(10)])
    assert mlflow.get_run(run.info.run_id).data.params["epochs"] == "5"
    assert [str(model.status) for model in mlflow.search_logged_models(output_format="list")] == ["READY"] * 2


def test_a_generator_is_trained_on_whole_when_its_model_cannot_be_made(yard, keras, data, monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError("no models today")

    monkeypatch.setattr(mlflow, "initialize_logged_model", fail)
    mlflow.keras.autolog()

    def batches():
        for start in range(0, 64, 16):
            yield data[0][start : start + 16], data[1][start : start + 16]

    with mlflow.start_run() as run, pytest.warns(UserWarning, match="no models today"):
        model = network(keras)
        model.fit(batches(), epochs=1, steps_per_epoch=4, verbose=0)
    assert int(keras.ops.convert_to_numpy(model.optimizer.iterations)) == 4
    assert [step for step, _ in points(run, "loss")] == [0]


def test_after_disabling_nothing_is_recorded(yard, keras, data):
    mlflow.keras.autolog()
    mlflow.keras.autolog(disable=True)
    network(keras).fit(*data, verbose=0)
    assert not mlflow.search_runs(output_format="list")


def test_exclusive_recording_leaves_the_users_run_alone(yard, keras, data):
    mlflow.keras.autolog(exclusive=True)
    with mlflow.start_run() as run:
        network(keras).fit(*data, verbose=0)
    assert not mlflow.get_run(run.info.run_id).data.metrics


def test_generators_and_datasets_are_trained_on_whole(yard, keras, data):
    tf = pytest.importorskip("tensorflow")
    mlflow.keras.autolog(log_models=False)

    def batches():
        for start in range(0, 64, 16):
            yield data[0][start : start + 16], data[1][start : start + 16]

    seen = []
    count = keras.callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: seen.append(batch))
    with mlflow.start_run() as run:
        network(keras).fit(batches(), epochs=1, steps_per_epoch=4, verbose=0, callbacks=[count])
    assert (len(seen), mlflow.get_run(run.info.run_id).data.params["batch_size"]) == (4, "16")
    dataset = tf.data.Dataset.from_tensor_slices(data).batch(8)
    with mlflow.start_run() as run:
        network(keras).fit(dataset, epochs=1, verbose=0)
    recorded = mlflow.get_run(run.info.run_id)
    assert recorded.data.params["batch_size"] == "8"
    assert [use.tags[0].value for use in recorded.inputs.dataset_inputs] == ["train"]


@pytest.mark.parametrize("weights_only", [False, True])
def test_checkpoints_are_kept_and_loaded(yard, keras, data, weights_only):
    mlflow.tensorflow.autolog(
        log_models=False, checkpoint_save_best_only=False, checkpoint_save_weights_only=weights_only
    )
    model = network(keras)
    with mlflow.start_run() as run:
        model.fit(*data, epochs=2, verbose=0)
    mlflow.tensorflow.autolog(disable=True)
    fresh = network(keras) if weights_only else None
    loaded = mlflow.tensorflow.load_checkpoint(fresh, run.info.run_id)
    assert numpy.allclose(loaded.predict(data[0], verbose=0), model.predict(data[0], verbose=0))
    first = mlflow.tensorflow.load_checkpoint(fresh, run.info.run_id, epoch=0)
    assert not numpy.allclose(first.predict(data[0], verbose=0), model.predict(data[0], verbose=0))
    metrics = mlflow.artifacts.load_dict(f"runs:/{run.info.run_id}/checkpoints/epoch_1/checkpoint_metrics.json")
    assert metrics["epoch"] == 1


def test_the_callback_can_be_used_by_itself(yard, keras, data):
    with mlflow.start_run() as run:
        network(keras).fit(*data, epochs=2, verbose=0, callbacks=[mlflow.keras.MlflowCallback()])
    recorded = mlflow.get_run(run.info.run_id)
    assert recorded.data.params["optimizer_name"].startswith("adam")
    assert [step for step, _ in points(run, "accuracy")] == [0, 1]
    assert mlflow.keras.MLflowCallback is mlflow.keras.MlflowCallback
    with pytest.raises(ValueError, match="must be None if"):
        mlflow.keras.MlflowCallback(log_every_n_steps=5)


def test_beside_autologging_the_callback_is_refused(yard, keras, data):
    from trainyard import MlflowException

    mlflow.keras.autolog()
    with pytest.raises(MlflowException, match="autologging must be turned off"):
        network(keras).fit(*data, verbose=0, callbacks=[mlflow.keras.MlflowCallback()])
