"""Keras, Lightning and plain loops: one thing that cannot be recorded takes nothing else with it."""

import sys
import types
import warnings

import fakes
import numpy
import pytest

import trainyard
from trainyard import MlflowClient, MlflowException
from trainyard.autologging import integrations, safe_patch


@pytest.fixture(autouse=True)
def stand_ins(yard, monkeypatch):
    """The frameworks are stand-ins, and nothing is recorded unless a test asks for it."""
    undo = fakes.install(monkeypatch)
    monkeypatch.setattr(integrations, "_SETTINGS", {"test": {}})
    yield
    undo()


@pytest.fixture
def fit():
    """`fit` of a stand-in for a Keras model, watched as the Keras flavor does."""

    class Model(fakes.KerasModel):
        pass

    def patch(original, self, *args, **kwargs):
        from trainyard.keras.callbacks import MlflowCallback
        from trainyard.keras.recording import Recording

        recording = Recording("keras", log_models=True, log_datasets=True)
        recording.wants_signature = False
        return recording.run(original, self, args, kwargs, lambda model_id: [MlflowCallback(model_id=model_id)])

    safe_patch("test", Model, "fit", patch, manage_run=True)
    return lambda *args, **kwargs: (model := Model(), model.fit(*args, **kwargs))


def refuse(*args, **kwargs):
    raise MlflowException("the store is away", "TEMPORARILY_UNAVAILABLE")


def steps(run, key="loss"):
    return [point.step for point in MlflowClient().get_metric_history(run.info.run_id, key)]


def batches(count=4):
    for index in range(count):
        yield numpy.full((8, 2), index), numpy.zeros(8)


# What a program calls of the store around a training, each of which can fail by itself.
CALLS = ["log_params", "initialize_logged_model", "log_input", "log_text"]


@pytest.mark.parametrize("call", CALLS)
def test_keras_records_each_epoch_whatever_call_fails(fit, monkeypatch, call):
    monkeypatch.setattr(trainyard, call, refuse)
    with pytest.warns(UserWarning, match="the store is away"), trainyard.start_run() as run:
        fit(numpy.zeros((8, 2)), epochs=3)
    assert steps(run) == [0, 1, 2]
    params = trainyard.get_run(run.info.run_id).data.params
    assert (params.get("epochs"), params.get("optimizer_name")) == (
        (None, None) if call == "log_params" else ("3", "sgd")
    )


@pytest.mark.parametrize("call", CALLS[:2])
def test_a_generator_is_trained_on_whole_and_once_when_recording_fails(fit, monkeypatch, call):
    monkeypatch.setattr(trainyard, call, refuse)
    with pytest.warns(UserWarning, match="the store is away"), trainyard.start_run() as run:
        model, _ = fit(batches(), epochs=1)
    assert [int(features[0, 0]) for features, _ in model.seen] == [0, 1, 2, 3]
    assert steps(run) == [0]


@pytest.mark.parametrize("first", [3, (3, 4), ({},)], ids=["no pair", "no array", "no column"])
def test_batches_of_no_known_size_are_trained_on_whole(fit, first):
    with warnings.catch_warnings(), trainyard.start_run() as run:
        warnings.simplefilter("ignore")
        model, _ = fit(iter([first, *batches(2)]), epochs=1)
    assert len(model.seen) == 3
    data = trainyard.get_run(run.info.run_id).data
    assert (data.params["epochs"], data.params["batch_size"]) == ("1", "None")
    assert steps(run) == [0]


def test_the_error_of_a_generator_reaches_the_training_as_it_is(fit):
    error = ZeroDivisionError("no batch")

    def failing():
        raise error
        yield

    with warnings.catch_warnings(), pytest.raises(ZeroDivisionError) as caught:
        warnings.simplefilter("ignore")
        fit(failing(), epochs=1)
    assert caught.value is error
    assert trainyard.search_runs(output_format="list")[0].info.status == "FAILED"


def test_a_second_keras_training_in_a_run_is_recorded_but_for_its_changed_params(fit):
    with warnings.catch_warnings(record=True) as caught, trainyard.start_run() as run:
        warnings.simplefilter("always")
        fit(numpy.zeros((8, 2)), epochs=2)
        fit(numpy.zeros((8, 2)), epochs=3)
    assert any("the params could not be logged" in str(warning.message) for warning in caught)
    assert sorted(steps(run)) == [0, 0, 1, 1, 2]
    assert trainyard.get_run(run.info.run_id).data.params["epochs"] == "2"
    assert len(trainyard.search_logged_models(output_format="list")) == 2


def test_callbacks_that_cannot_be_made_do_not_keep_a_model_from_training(monkeypatch):
    from trainyard.keras.recording import Recording

    def make(model_id):
        raise ValueError("no such setting")

    model = fakes.KerasModel()
    with pytest.warns(UserWarning, match="no such setting"), trainyard.start_run():
        Recording("keras", False, False).run(fakes.KerasModel.fit, model, (batches(),), {}, make)
    assert len(model.seen) == 4


def test_one_callback_by_itself_is_kept_beside_ours(fit):
    seen = []

    class Own(fakes.Callback):
        def on_train_begin(self, logs=None):
            seen.append("begin")

        def on_epoch_begin(self, epoch, logs=None):
            pass

        def on_epoch_end(self, epoch, logs=None):
            seen.append(epoch)

    with warnings.catch_warnings(), trainyard.start_run() as run:
        warnings.simplefilter("ignore")
        fit(numpy.zeros((8, 2)), epochs=1, callbacks=Own())
    assert (seen, steps(run)) == (["begin", 0], [0])


def train_with_lightning(epochs, **settings):
    trainyard.pytorch.autolog(checkpoint=False, **settings)
    lightning = sys.modules["lightning.pytorch"]
    trainer = lightning.Trainer(epochs, [lightning.callbacks.EarlyStopping()])
    trainer.fit(fakes.Module())
    return trainer


@pytest.mark.parametrize("call", ["log_params", "initialize_logged_model", "log_text"])
def test_lightning_records_each_epoch_whatever_call_fails(monkeypatch, call):
    monkeypatch.setattr(trainyard, call, refuse)
    with pytest.warns(UserWarning), trainyard.start_run() as run:
        train_with_lightning(3)
    assert steps(run) == [0, 1, 2]
    params = trainyard.get_run(run.info.run_id).data.params
    assert ("patience" in params, "epochs" in params) == ((call != "log_params",) * 2)


def test_a_second_lightning_training_in_a_run_is_recorded_but_for_its_changed_params():
    with warnings.catch_warnings(record=True) as caught, trainyard.start_run() as run:
        warnings.simplefilter("always")
        train_with_lightning(2)
        train_with_lightning(3)
    assert any("the params could not be logged" in str(warning.message) for warning in caught)
    assert sorted(steps(run)) == [0, 0, 1, 1, 2]
    assert trainyard.get_run(run.info.run_id).data.params["epochs"] == "2"
    assert len(trainyard.search_logged_models(output_format="list")) == 2


def test_a_checkpoint_callback_that_cannot_be_made_does_not_keep_lightning_from_recording():
    trainyard.pytorch.autolog(checkpoint_mode="up", log_models=False)
    with (
        pytest.warns(UserWarning, match="checkpoints could not be kept.*available modes"),
        trainyard.start_run() as run,
    ):
        sys.modules["lightning.pytorch"].Trainer(2).fit(fakes.Module())
    assert steps(run) == [0, 1]


@pytest.fixture
def loop(monkeypatch):
    """Makes the recording of a plain loop around a stand-in for a module."""
    from trainyard.pytorch import saver
    from trainyard.pytorch.loop import autolog_loop

    monkeypatch.setattr(saver, "check_module", lambda model, allow_lazy=False: None)
    optimizer = types.SimpleNamespace(
        defaults={"lr": 0.5}, register_step_post_hook=fakes.Module().register_step_post_hook
    )
    return lambda **params: autolog_loop(fakes.Module(), optimizer, params)


@pytest.mark.parametrize("call", ["log_params", "initialize_logged_model", "log_text"])
def test_a_plain_loop_runs_and_ends_its_run_whatever_call_fails(loop, monkeypatch, call):
    monkeypatch.setattr(trainyard, call, refuse)
    with pytest.warns(UserWarning, match="could not be logged|not be linked"), loop(epochs=2) as recording:
        for epoch in range(2):
            recording.log_epoch(epoch, loss=0.5)
    assert trainyard.active_run() is None
    run = trainyard.last_active_run()
    assert (run.info.status, steps(run)) == ("FINISHED", [0, 1])
    assert run.data.params == (
        {} if call == "log_params" else {"optimizer_name": "SimpleNamespace", "lr": "0.5", "epochs": "2"}
    )


def test_the_error_of_a_plain_loop_is_not_hidden_by_a_run_that_cannot_be_ended(loop, monkeypatch):
    error = ZeroDivisionError("loop")
    with warnings.catch_warnings(), pytest.raises(ZeroDivisionError) as caught:
        warnings.simplefilter("ignore")
        with loop():
            end_run = trainyard.end_run
            monkeypatch.setattr(trainyard, "end_run", refuse)
            raise error
    assert caught.value is error
    end_run()
