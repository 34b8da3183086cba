"""Whatever goes wrong in recording: the training is what it is without autologging."""

import contextlib
import os
import pickle
import socket
import subprocess
import sys
import threading
import warnings
from pathlib import Path

import numpy
import pytest
from sklearn import metrics
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

import trainyard
from trainyard.autologging import integrations, never_raise, safe_patch


@pytest.fixture(autouse=True)
def switched_off(yard):
    """Nothing is recorded unless a test asks for it."""
    yield
    trainyard.sklearn.autolog(disable=True)


class Bare(LogisticRegression):
    """Its params cannot be asked for but by scikit-learn itself."""

    def get_params(self, deep=True):
        if deep:
            raise RuntimeError("no params today")
        return super().get_params(deep)


class Unpicklable(LogisticRegression):
    def __getstate__(self):
        raise TypeError("not to be pickled")


class Unpredictable(LogisticRegression):
    def predict(self, X):
        raise RuntimeError("predicts nothing")


class Odd(LogisticRegression):
    """Has a param that no store takes: its name is empty."""

    def get_params(self, deep=True):
        return {**super().get_params(deep), "": 1}


@pytest.mark.parametrize(
    ("kind", "recorded"),
    [
        (Bare, {"metrics"}),
        (Unpicklable, {"params", "metrics"}),
        (Unpredictable, {"params"}),
        (Odd, {"metrics"}),
    ],
)
def test_an_estimator_that_cannot_be_recorded_whole_is_trained_and_the_rest_recorded(kind, recorded, iris):
    expected = LogisticRegression(max_iter=500).fit(*iris).coef_
    trainyard.sklearn.autolog()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        model = kind(max_iter=500).fit(*iris)
    assert (model.coef_ == expected).all()
    assert any("autologging" in str(warning.message) for warning in caught)
    run = trainyard.last_active_run()
    assert run.info.status == "FINISHED"
    assert run.data.tags["estimator_name"] == kind.__name__
    if "params" in recorded:
        assert run.data.params["max_iter"] == "500"
    if "metrics" in recorded:
        assert run.data.metrics["training_accuracy_score"] > 0.9


def test_a_plot_that_fails_takes_nothing_else_with_it(iris, monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError("no display")

    trainyard.sklearn.autolog(log_models=False)
    monkeypatch.setattr(metrics.ConfusionMatrixDisplay, "from_estimator", fail)
    with pytest.warns(UserWarning, match=r"training_confusion_matrix\.png: RuntimeError: no display"):
        LogisticRegression(max_iter=500).fit(*iris)
    run = trainyard.last_active_run()
    names = [entry.path for entry in trainyard.MlflowClient().list_artifacts(run.info.run_id)]
    assert names == ["estimator.html"]


def test_params_that_a_second_training_changes_are_only_a_warning(iris):
    trainyard.sklearn.autolog(log_models=False)
    with trainyard.start_run() as run:
        LogisticRegression(max_iter=500).fit(*iris)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            second = LogisticRegression(max_iter=600).fit(*iris)
            trainyard.log_metric("mine", 1)
    assert second.n_iter_.size
    assert any("params" in str(warning.message) for warning in caught)
    found = trainyard.get_run(run.info.run_id)
    assert found.info.status == "FINISHED"
    assert found.data.params["max_iter"] == "500"
    assert found.data.metrics["mine"] == 1


def test_warnings_that_are_errors_do_not_reach_the_training(iris, monkeypatch, capsys):
    trainyard.sklearn.autolog(log_models=False)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model = Bare(max_iter=500).fit(*iris)
    assert model.coef_.shape == (3, 4)
    assert "no params today" in capsys.readouterr().err


def test_silent_shows_no_warning(iris):
    trainyard.sklearn.autolog(log_models=False, silent=True)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        Bare(max_iter=500).fit(*iris)
    assert trainyard.last_active_run().data.metrics


def test_recording_leaves_the_data_of_the_user_as_training_without_it_does():
    data = numpy.arange(20.0).reshape(10, 2)
    target = numpy.arange(10.0)

    def train(features):
        model = make_pipeline(StandardScaler(copy=False), LinearRegression(copy_X=False))
        return model.fit(features, target)

    alone = data.copy()
    train(alone)
    trainyard.sklearn.autolog()
    recorded = data.copy()
    train(recorded)
    assert (alone == recorded).all()


def test_data_that_a_step_of_the_user_overwrites_is_overwritten_once():
    def double(features):
        features *= 2
        return features

    def train(features):
        return make_pipeline(FunctionTransformer(double), LinearRegression()).fit(features, numpy.arange(10.0))

    data = numpy.arange(20.0).reshape(10, 2) + 1
    alone = data.copy()
    train(alone)
    trainyard.sklearn.autolog(log_models=False)
    recorded = data.copy()
    train(recorded)
    assert (alone == recorded).all()


def test_the_user_gets_the_very_object_that_training_returned(iris):
    trainyard.sklearn.autolog(log_models=False)
    model = LogisticRegression(max_iter=500)
    assert model.fit(X=iris[0], y=iris[1]) is model


def test_the_error_of_a_training_is_the_one_that_was_raised(iris):
    error = KeyboardInterrupt("stop")

    class Interrupted(LogisticRegression):
        def _check_n_features(self, *args, **kwargs):
            raise error

        def decision_function(self, X):
            raise error

    def stop(*args, **kwargs):
        raise error

    trainyard.sklearn.autolog(log_models=False)
    with pytest.raises(KeyboardInterrupt) as caught:
        make_pipeline(FunctionTransformer(stop), Interrupted()).fit(*iris)
    assert caught.value is error
    run = trainyard.last_active_run()
    assert run.info.status == "FAILED"
    assert trainyard.active_run() is None


def test_a_run_that_the_training_itself_started_is_left_to_it(iris):
    started = []

    def start(features):
        if not started:
            started.append(trainyard.start_run(nested=True))
        return features

    trainyard.sklearn.autolog(log_models=False)
    make_pipeline(FunctionTransformer(start), LogisticRegression(max_iter=500)).fit(*iris)
    assert trainyard.active_run().info.run_id == started[0].info.run_id
    while trainyard.active_run():
        trainyard.end_run()


def test_each_thread_of_the_user_records_its_own_trainings(iris):
    trainyard.sklearn.autolog(log_models=False)
    inside, go_on = threading.Event(), threading.Event()

    def wait(features):
        inside.set()
        go_on.wait(30)
        return features

    slow = threading.Thread(target=make_pipeline(FunctionTransformer(wait), LinearRegression()).fit, args=iris)
    slow.start()
    assert inside.wait(30)
    # This thread is started while the other one trains, but not by it.
    quick = threading.Thread(target=LogisticRegression(max_iter=500).fit, args=iris)
    quick.start()
    quick.join()
    go_on.set()
    slow.join()
    names = {run.data.tags["estimator_name"] for run in trainyard.MlflowClient().search_runs(["0"])}
    assert names == {"Pipeline", "LogisticRegression"}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system has no fork")
def test_a_process_forked_in_a_training_records_nothing_and_one_forked_outside_does(iris):
    trainyard.sklearn.autolog(log_models=False)

    def child_fits():
        child = os.fork()
        if child == 0:
            code = 1
            try:
                LogisticRegression(max_iter=500).fit(*iris)
                trainyard.flush_async_logging()
                code = 0
            finally:
                os._exit(code)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0

    def fork(features):
        child_fits()
        return features

    make_pipeline(FunctionTransformer(fork), LinearRegression()).fit(*iris)
    count = len(trainyard.MlflowClient().search_runs(["0"]))
    child_fits()
    names = [run.data.tags["estimator_name"] for run in trainyard.MlflowClient().search_runs(["0"])]
    assert count == 1
    assert sorted(names) == ["LogisticRegression", "Pipeline"]


def test_metrics_and_models_can_be_pickled_while_they_are_watched(iris):
    from sklearn.linear_model import Ridge

    original = metrics.accuracy_score
    while hasattr(original, "__wrapped__") and "_trainyard_patches" in vars(original):
        original = original.__wrapped__
    trainyard.sklearn.autolog(log_models=False)
    assert pickle.loads(pickle.dumps(metrics.accuracy_score)) is metrics.accuracy_score
    assert pickle.loads(pickle.dumps(original)) is original
    scorer = pickle.loads(pickle.dumps(metrics.make_scorer(metrics.r2_score)))
    model = pickle.loads(pickle.dumps(Ridge().fit(iris[0], iris[1])))
    assert scorer(model, *iris) == model.score(*iris)
    # Other processes get the scorer by name.
    search = GridSearchCV(Ridge(), {"alpha": [1.0, 2.0]}, scoring=metrics.make_scorer(metrics.r2_score), n_jobs=2)
    assert search.fit(*iris).best_params_["alpha"] in (1.0, 2.0)


TRAINING = """
import sys, warnings
import trainyard
from sklearn.datasets import load_iris
from sklearn.linear_model import LinearRegression

warnings.simplefilter("ignore")
trainyard.set_tracking_uri(sys.argv[1])
trainyard.sklearn.autolog()
print(LinearRegression().fit(*load_iris(return_X_y=True)).coef_.shape)
"""


def assert_trains(uri, folder):
    """In a process of its own: what it cannot deliver is not waited for by later tests."""
    script = folder / "train.py"
    script.write_text(TRAINING)
    environment = {
        **os.environ,
        "PYTHONPATH": str(Path(trainyard.__file__).parents[1]),
        "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "0",
        "MLFLOW_HTTP_REQUEST_TIMEOUT": "2",
        "TRAINYARD_END_RUN_TIMEOUT": "1",
    }
    done = subprocess.run(
        [sys.executable, script, uri],
        capture_output=True,
        text=True,
        cwd=folder,
        timeout=300,
        env=environment,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == "(4,)\n"


def test_a_server_that_is_away_does_not_break_the_training(tmp_path):
    assert_trains("http://127.0.0.1:9", tmp_path)


def test_a_server_that_hangs_up_does_not_break_the_training(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.1)
        stop = threading.Event()

        def hang_up():
            while not stop.is_set():
                with contextlib.suppress(TimeoutError):
                    listener.accept()[0].close()

        thread = threading.Thread(target=hang_up)
        thread.start()
        try:
            assert_trains(f"http://127.0.0.1:{listener.getsockname()[1]}", tmp_path)
        finally:
            stop.set()
            thread.join()


class Watched:
    """A framework of its own, with one method to patch."""

    def __init__(self):
        self.calls = []

    def train(self, *args, **kwargs):
        self.calls.append((args, kwargs))
        return "trained"


@pytest.fixture
def settings(monkeypatch):
    """A flavor of the test that is enabled."""
    monkeypatch.setattr(integrations, "_SETTINGS", {"test": {}})
    return integrations._SETTINGS["test"]


@pytest.mark.parametrize("fails", ["before", "after"])
def test_a_patch_that_fails_changes_neither_result_nor_arguments_and_trains_once(fails, settings):
    class Model(Watched):
        pass

    def patch(original, self, *args, **kwargs):
        if fails == "before":
            raise RuntimeError("broken patch")
        original(self, *args, **kwargs)
        raise RuntimeError("broken patch")

    safe_patch("test", Model, "train", patch, manage_run=True)
    model = Model()
    with pytest.warns(UserWarning, match="autologging of test failed: RuntimeError: broken patch"):
        assert model.train(1, rounds=2) == "trained"
    assert model.calls == [((1,), {"rounds": 2})]
    assert trainyard.last_active_run().info.status == "FINISHED"


def test_patching_again_does_not_record_twice(settings):
    class Model(Watched):
        pass

    seen = []

    def patch(original, self, *args, **kwargs):
        seen.append(args)
        return original(self, *args, **kwargs)

    for _ in range(3):
        safe_patch("test", Model, "train", patch)
    model = Model()
    model.train(1)
    assert seen == [(1,)] and len(model.calls) == 1
    settings["disable"] = True
    model.train(2)
    assert seen == [(1,)] and len(model.calls) == 2


def test_a_callback_that_fails_warns_once():
    class Callback:
        @never_raise
        def after_iteration(self):
            raise RuntimeError("broken callback")

    callback = Callback()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        assert [callback.after_iteration() for _ in range(3)] == [None] * 3
    assert len(caught) == 1


class Foreign(ClassifierMixin, BaseEstimator):
    """An estimator of the user, which autologging does not watch, as stock does not."""

    def fit(self, X, y):
        self.classes_ = numpy.unique(y)
        return self

    def predict(self, X):
        return numpy.repeat(self.classes_[0], len(X))


def test_estimators_of_the_user_are_not_watched(iris):
    trainyard.sklearn.autolog()
    Foreign().fit(*iris).score(*iris)
    assert trainyard.MlflowClient().search_runs(["0"]) == []
