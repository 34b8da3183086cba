"""Autologging of scikit-learn, as itself and next to stock MLflow's."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy
import pytest
from sklearn import metrics
from sklearn.cluster import KMeans
from sklearn.ensemble import BaggingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import RandomizedSearchCV
from sklearn.preprocessing import StandardScaler

import trainyard
from autologging import scripts

RECORDER = Path(__file__).parent / "recorded.py"
STOCK_PYTHON = os.environ.get("TRAINYARD_STOCK_PYTHON")


@pytest.fixture(autouse=True)
def switched_off(yard):
    """Nothing is recorded unless a test asks for it."""
    yield
    trainyard.sklearn.autolog(disable=True)


def recorded(python, package, script, folder):
    """Return the runs that a script leaves behind with a package."""
    folder.mkdir()
    path = folder / "train.py"
    path.write_text(script)
    done = subprocess.run(
        [python, RECORDER, package, f"sqlite:///{folder}/{package}.db", path],
        capture_output=True,
        text=True,
        cwd=folder,
        timeout=600,
        env={**os.environ, "MLFLOW_DISABLE_TELEMETRY": "true"},
    )
    assert done.returncode == 0, done.stderr
    # Children of a search begin at the same time.
    return sorted(json.loads(done.stdout.splitlines()[-1]), key=lambda run: (run["is_child"], str(run["params"])))


@pytest.mark.stock
@pytest.mark.parametrize("name", ["CLASSIFIER", "SEARCH_AND_PIPELINE", "WEIGHTS_CLUSTERS_AND_FAILURE"])
def test_the_same_is_recorded_as_by_stock(name, tmp_path):
    script = getattr(scripts, name)
    ours = recorded(sys.executable, "trainyard", script, tmp_path / "ours")
    assert ours == recorded(STOCK_PYTHON, "mlflow", script, tmp_path / "stock")


def only_run():
    runs = trainyard.MlflowClient().search_runs(["0"])
    assert len(runs) == 1
    return runs[0]


def test_a_training_is_recorded_with_its_model_which_predicts_the_same(iris):
    trainyard.sklearn.autolog()
    model = RandomForestClassifier(n_estimators=5, random_state=0).fit(*iris)
    trainyard.sklearn.autolog(disable=True)
    run = only_run()
    assert run.info.status == "FINISHED"
    assert run.data.params["n_estimators"] == "5"
    assert run.data.metrics["training_accuracy_score"] == model.score(*iris)
    logged = trainyard.search_logged_models(output_format="list")[0]
    assert {metric.key for metric in logged.metrics} == set(run.data.metrics)
    loaded = trainyard.pyfunc.load_model(logged.model_uri)
    assert (loaded.predict(iris[0]) == model.predict(iris[0])).all()
    assert loaded.metadata.signature.inputs.to_dict()[0]["tensor-spec"]["shape"] == [-1, 4]


def test_estimators_inside_of_others_are_recorded_with_the_outermost(iris):
    trainyard.sklearn.autolog(log_models=False)
    # The threads of the bag train on their own.
    BaggingClassifier(LogisticRegression(max_iter=500), n_estimators=4, n_jobs=2).fit(*iris)
    assert only_run().data.tags["estimator_name"] == "BaggingClassifier"


def test_preparing_data_is_not_a_training(iris):
    trainyard.sklearn.autolog()
    StandardScaler().fit_transform(iris[0])
    assert trainyard.MlflowClient().search_runs(["0"]) == []


def test_an_active_run_is_used_and_stays_open(iris):
    trainyard.sklearn.autolog(log_models=False)
    with trainyard.start_run() as run:
        LogisticRegression(max_iter=500).fit(*iris)
        assert trainyard.active_run().info.run_id == run.info.run_id
    assert only_run().data.params["max_iter"] == "500"


def test_exclusive_leaves_the_runs_of_the_user_alone(iris):
    trainyard.sklearn.autolog(log_models=False, exclusive=True)
    with trainyard.start_run():
        LogisticRegression(max_iter=500).fit(*iris)
    assert only_run().data.params == {}


def test_switched_off_nothing_is_recorded(iris):
    trainyard.sklearn.autolog()
    trainyard.sklearn.autolog(disable=True)
    LogisticRegression(max_iter=500).fit(*iris)
    assert trainyard.MlflowClient().search_runs(["0"]) == []


def test_an_error_of_the_training_reaches_the_user_and_fails_the_run(iris):
    trainyard.sklearn.autolog()
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        LogisticRegression().fit(iris[0], iris[1][:10])
    assert only_run().info.status == "FAILED"


def test_with_several_scores_the_best_points_are_named(iris):
    trainyard.sklearn.autolog(log_models=False, max_tuning_runs=2)
    search = RandomizedSearchCV(
        LogisticRegression(max_iter=500),
        {"C": [0.1, 1.0, 10.0]},
        n_iter=3,
        scoring=["accuracy", "f1_macro"],
        refit="f1_macro",
        cv=2,
    )
    with pytest.warns(UserWarning, match="rank_test_accuracy"):
        search.fit(*iris)
    runs = trainyard.MlflowClient().search_runs(["0"])
    children = [run for run in runs if "mlflow.parentRunId" in run.data.tags]
    assert len(children) == 2
    assert {"mean_test_accuracy", "mean_test_f1_macro"} <= set(children[0].data.metrics)


def test_a_negative_number_of_runs_of_a_search_is_refused():
    with pytest.raises(trainyard.MlflowException, match="max_tuning_runs"):
        trainyard.sklearn.autolog(max_tuning_runs=-1)


def test_pos_label_chooses_the_class_of_the_training_metrics(iris):
    features, target = iris[0][:100], iris[1][:100]
    noisy = features + numpy.random.default_rng(0).normal(0, 3, features.shape)
    trainyard.sklearn.autolog(log_models=False, pos_label=1)
    model = LogisticRegression().fit(noisy, target)
    trainyard.sklearn.autolog(disable=True)
    expected = metrics.precision_score(target, model.predict(noisy), pos_label=1)
    assert only_run().data.metrics["training_precision_score"] == expected


def test_metrics_of_a_prediction_are_logged_to_the_run_of_its_model(iris):
    trainyard.sklearn.autolog(log_models=False)
    model = LogisticRegression(max_iter=500).fit(*iris)
    held_out = iris[0][::3]
    labels = model.predict(held_out)
    metrics.accuracy_score(iris[1][::3], labels)
    # Neither of these is a prediction of the model.
    metrics.accuracy_score(iris[1], iris[1])
    metrics.confusion_matrix(iris[1][::3], labels)
    run = only_run()
    scored = {name for name in run.data.metrics if not name.startswith("training_")}
    assert scored == {"accuracy_score_held_out"}
    calls = trainyard.artifacts.load_dict(f"runs:/{run.info.run_id}/metric_info.json")
    assert calls == {"accuracy_score_held_out": "accuracy_score(y_true=<ndarray>, y_pred=labels)"}


def test_metrics_after_training_can_be_left_out(iris):
    trainyard.sklearn.autolog(log_models=False, log_post_training_metrics=False)
    model = LogisticRegression(max_iter=500).fit(*iris)
    model.score(*iris)
    assert all(name.startswith("training_") for name in only_run().data.metrics)


def test_without_a_target_only_params_and_tags_are_recorded(iris):
    trainyard.sklearn.autolog(log_models=False)
    KMeans(n_clusters=2, n_init=1).fit(iris[0])
    run = only_run()
    assert run.data.metrics == {}
    assert run.data.tags["estimator_class"] == "sklearn.cluster._kmeans.KMeans"


@pytest.mark.parametrize(
    "broken",
    [
        "trainyard.sklearn.recording.params_of",
        "trainyard.sklearn.recording.describe_data",
        "trainyard.sklearn.recording.infer_sample_signature",
        "trainyard.sklearn.recording.TrainingData",
        "trainyard.sklearn.training_metrics.training_metrics",
        "trainyard.sklearn.training_plots.plots",
        "trainyard.sklearn.training_plots.diagram",
        "trainyard.sklearn.log_model",
        "trainyard.log_params",
        "trainyard.log_metrics",
        "trainyard.set_tags",
        "trainyard.start_run",
        "trainyard.end_run",
    ],
)
def test_an_error_of_the_recording_does_not_break_the_training(broken, iris, monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError("recording is broken")

    trainyard.sklearn.autolog()
    expected = LogisticRegression(max_iter=500).fit(*iris).coef_
    monkeypatch.setattr(broken, fail)
    with pytest.warns(UserWarning, match="recording is broken"):
        model = LogisticRegression(max_iter=500).fit(*iris)
    monkeypatch.undo()
    assert (model.coef_ == expected).all()
