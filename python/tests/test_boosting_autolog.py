"""Autologging of XGBoost and LightGBM: what is recorded, next to what stock records of the same script."""

import json

import lightgbm
import numpy
import pytest
import xgboost

import trainyard as mlflow

# Run by ours with `trainyard as mlflow`, and by stock as it is: a training of each kind.
TRAININGS = {
    "xgboost train": """
import xgboost
mlflow.xgboost.autolog(log_input_examples=True, importance_types=["weight", "gain"], extra_tags={"team": "a"})
train, valid = xgboost.DMatrix(X_train, y_train), xgboost.DMatrix(X_valid, y_valid)
params = {"objective": "binary:logistic", "eval_metric": ["logloss", "auc"], "eta": 0.8}
xgboost.train(params, train, 60, evals=[(train, "train"), (valid, "valid")], early_stopping_rounds=3,
              verbose_eval=False)
""",
    "xgboost without evaluation": """
import xgboost
mlflow.xgboost.autolog(log_model_signatures=False)
xgboost.train({"max_depth": 2}, xgboost.DMatrix(X_train, y_train), num_boost_round=3)
""",
    "xgboost linear, several classes": """
import xgboost
mlflow.xgboost.autolog(log_models=False, log_datasets=False)
classes = numpy.arange(len(X_train)) % 3
params = {"booster": "gblinear", "objective": "multi:softmax", "num_class": 3}
xgboost.train(params, xgboost.DMatrix(X_train, classes), num_boost_round=3)
""",
    "xgboost classifier": """
import xgboost
mlflow.xgboost.autolog(log_input_examples=True)
model = xgboost.XGBClassifier(n_estimators=5, eval_metric="logloss")
model.fit(X_train, y_train, eval_set=[(X_valid, y_valid)], verbose=False)
model.score(X_valid, y_valid)
""",
    "lightgbm train": """
import lightgbm
mlflow.lightgbm.autolog(log_input_examples=True)
train = lightgbm.Dataset(X_train, y_train)
valid = lightgbm.Dataset(X_valid, y_valid, reference=train)
params = {"objective": "binary", "metric": ["auc", "binary_logloss"], "verbose": -1, "learning_rate": 0.8}
lightgbm.train(params, train, 60, valid_sets=[train, valid], valid_names=["train", "valid"],
               callbacks=[lightgbm.early_stopping(3, verbose=False)])
""",
    "lightgbm ranking": """
import lightgbm
mlflow.lightgbm.autolog(log_datasets=False)
train = lightgbm.Dataset(X_train.to_numpy(), y_train.to_numpy(), group=[len(X_train)])
params = {"objective": "lambdarank", "metric": "ndcg", "eval_at": [1, 3], "verbose": -1}
lightgbm.train(params, train, 4, valid_sets=[train])
""",
    "lightgbm regressor": """
import lightgbm
mlflow.lightgbm.autolog(log_input_examples=True)
model = lightgbm.LGBMRegressor(n_estimators=5, verbose=-1)
model.fit(X_train, y_train, eval_set=[(X_valid, y_valid)])
sklearn.metrics.mean_absolute_error(y_valid, model.predict(X_valid))
""",
    "xgboost in a search of scikit-learn": """
import xgboost
from sklearn.model_selection import GridSearchCV
mlflow.sklearn.autolog(max_tuning_runs=0, log_models=False, log_datasets=False)
mlflow.xgboost.autolog()
GridSearchCV(xgboost.XGBClassifier(n_estimators=2), {"max_depth": [1, 2]}, cv=2).fit(X_train, y_train)
""",
}

PREPARE = """
import os, sys, tempfile, warnings
warnings.simplefilter("ignore")
import numpy, sklearn.metrics
from sklearn.datasets import load_breast_cancer
X, y = load_breast_cancer(return_X_y=True, as_frame=True)
X_train, X_valid, y_train, y_valid = X[::2], X[1::2], y[::2], y[1::2]
"""

DESCRIBE = """
def describe(client, run):
    def points(key):
        history = client.get_metric_history(run.info.run_id, key)
        return sorted((point.step, round(point.value, 6)) for point in history)

    models = [client.get_logged_model(output.model_id) for output in run.outputs.model_outputs]
    return {
        "status": run.info.status,
        "params": run.data.params,
        "metrics": {key: points(key) for key in sorted(run.data.metrics)},
        "tags": {key: value for key, value in run.data.tags.items()
                 if key in ("mlflow.autologging", "mlflow.source.type", "team")},
        "artifacts": sorted(file.path for file in client.list_artifacts(run.info.run_id)),
        "datasets": sorted(
            [given.dataset.name, given.dataset.digest, given.dataset.source_type, [tag.value for tag in given.tags]]
            for given in run.inputs.dataset_inputs
        ),
        "models": [
            [model.name, str(getattr(model.status, "value", model.status)).rpartition("_")[2],
             sorted(file.path for file in client.list_logged_model_artifacts(model.model_id))]
            for model in models
        ],
    }
"""

STOCK = f"""
{PREPARE}
import json, logging, mlflow
logging.disable(logging.CRITICAL)
# Stock starts a process per model to infer requirements; which ones it finds is not what is compared.
os.environ["MLFLOW_REQUIREMENTS_INFERENCE_TIMEOUT"] = "1"
{DESCRIBE}
found = {{}}
for name, script in json.load(open(sys.argv[1])).items():
    mlflow.set_tracking_uri(f"sqlite:///{{tempfile.mkdtemp()}}/mlflow.db")
    exec(script, dict(globals()))
    client = mlflow.MlflowClient()
    (run,) = client.search_runs([e.experiment_id for e in client.search_experiments()])
    found[name] = describe(client, client.get_run(run.info.run_id))
    mlflow.sklearn.autolog(disable=True)
    mlflow.xgboost.autolog(disable=True)
    mlflow.lightgbm.autolog(disable=True)
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def data():
    names = {}
    exec(PREPARE, names)
    return names


@pytest.fixture(autouse=True)
def switched_off():
    yield
    mlflow.sklearn.autolog(disable=True)
    mlflow.xgboost.autolog(disable=True)
    mlflow.lightgbm.autolog(disable=True)


def only_run():
    (run,) = mlflow.search_runs(search_all_experiments=True, output_format="list")
    return mlflow.get_run(run.info.run_id)


def history(key):
    points = mlflow.MlflowClient().get_metric_history(only_run().info.run_id, key)
    return [(point.step, point.value) for point in points]


@pytest.fixture(scope="module")
def stock_records(tmp_path_factory):
    import os
    import subprocess

    python = os.environ.get("TRAINYARD_STOCK_PYTHON")
    if not python:
        pytest.skip("TRAINYARD_STOCK_PYTHON does not name an interpreter with stock mlflow 3.18")
    folder = tmp_path_factory.mktemp("stock")
    (folder / "script.py").write_text(STOCK)
    (folder / "trainings.json").write_text(json.dumps(TRAININGS))
    command = [python, folder / "script.py", folder / "trainings.json"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=folder, timeout=600)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.strip().splitlines()[-1])


@pytest.mark.stock
@pytest.mark.parametrize("name", TRAININGS)
@pytest.mark.filterwarnings("ignore")
def test_what_is_recorded_is_what_stock_records(yard, data, stock_records, name):
    names = {**data, "mlflow": mlflow}
    exec(TRAININGS[name], names)
    exec(DESCRIBE, names)
    ours = json.loads(json.dumps(names["describe"](mlflow.MlflowClient(), only_run())))
    assert ours == stock_records[name]


def test_metrics_carry_the_model_and_the_model_its_params(yard, data):
    mlflow.xgboost.autolog()
    train = xgboost.DMatrix(data["X_train"], data["y_train"])
    xgboost.train({"eta": 0.5}, train, 3, evals=[(train, "train")], verbose_eval=False)
    (output,) = only_run().outputs.model_outputs
    logged = mlflow.get_logged_model(output.model_id)
    assert {(metric.key, metric.step) for metric in logged.metrics} == {("train-rmse", step) for step in range(3)}
    assert (logged.params["eta"], logged.params["num_boost_round"]) == ("0.5", "3")


def test_the_logged_model_predicts_as_the_trained_one(yard, data):
    mlflow.lightgbm.autolog(registered_model_name="auto")
    booster = lightgbm.train({"verbose": -1}, lightgbm.Dataset(data["X_train"], data["y_train"]), 5)
    loaded = mlflow.pyfunc.load_model("models:/auto/1")
    assert (loaded.predict(data["X_valid"]) == booster.predict(data["X_valid"])).all()
    assert loaded.metadata.signature.inputs.input_names() == list(data["X_train"].columns)


def test_an_active_run_is_used_and_stays_open(yard, data):
    mlflow.xgboost.autolog(extra_tags={"team": "a"})
    with mlflow.start_run() as run:
        xgboost.XGBClassifier(n_estimators=2).fit(data["X_train"], data["y_train"])
        assert mlflow.active_run().info.run_id == run.info.run_id
        mlflow.log_metric("after", 1.0)
    recorded = only_run()
    assert recorded.info.run_id == run.info.run_id
    assert recorded.data.metrics["after"] == 1.0
    assert recorded.data.params["num_boost_round"] == "2"


def test_exclusive_leaves_the_users_run_alone(yard, data):
    mlflow.lightgbm.autolog(exclusive=True)
    with mlflow.start_run() as run:
        lightgbm.train({"verbose": -1}, lightgbm.Dataset(data["X_train"], data["y_train"]), 2)
    assert mlflow.get_run(run.info.run_id).data.params == {}


def test_disabled_records_nothing(yard, data):
    mlflow.xgboost.autolog()
    mlflow.xgboost.autolog(disable=True)
    xgboost.train({}, xgboost.DMatrix(data["X_train"], data["y_train"]), 2)
    assert mlflow.search_runs(search_all_experiments=True, output_format="list") == []


def test_the_callers_callbacks_and_params_stay_as_they_are(yard, data):
    mlflow.xgboost.autolog(log_models=False)
    mlflow.lightgbm.autolog(log_models=False)
    callbacks, params = [xgboost.callback.EvaluationMonitor(period=10)], {"max_depth": 2}
    train = xgboost.DMatrix(data["X_train"], data["y_train"])
    xgboost.train(params, train, 2, evals=[(train, "train")], callbacks=callbacks)
    assert (len(callbacks), params) == (1, {"max_depth": 2})
    seen = []
    lightgbm.train(
        {"verbose": -1}, lightgbm.Dataset(data["X_train"], data["y_train"]), 2, callbacks=[lambda env: seen.append(env)]
    )
    assert [type(env).__name__ for env in seen] == ["CallbackEnv", "CallbackEnv"]


def test_stopping_early_by_a_callback_is_recorded_too(yard, data):
    mlflow.xgboost.autolog(log_models=False)
    train = xgboost.DMatrix(data["X_train"], data["y_train"])
    valid = xgboost.DMatrix(data["X_valid"], data["y_valid"])
    params = {"objective": "binary:logistic", "eta": 0.8}
    stop = xgboost.callback.EarlyStopping(rounds=2)
    booster = xgboost.train(params, train, 60, evals=[(valid, "valid")], callbacks=[stop], verbose_eval=False)
    metrics = only_run().data.metrics
    assert metrics["best_iteration"] == booster.best_iteration
    points = history("valid-logloss")
    assert metrics["stopped_iteration"] == len(points) - 2
    assert points[-1][0] == len(points) - 1
    assert points[-1][1] == points[booster.best_iteration][1]


def test_names_of_metrics_are_made_valid(yard, data):
    mlflow.lightgbm.autolog(log_models=False)
    train = lightgbm.Dataset(data["X_train"], data["y_train"], group=[len(data["X_train"])])
    params = {"objective": "lambdarank", "metric": "ndcg", "eval_at": [2], "verbose": -1}
    lightgbm.train(params, train, 3, valid_sets=[train])
    assert [step for step, _ in history("training-ndcg_at_2")] == [0, 1, 2]


def test_an_error_of_training_reaches_the_user_and_the_model_is_failed(yard, data):
    mlflow.xgboost.autolog()
    train = xgboost.DMatrix(data["X_train"], data["y_train"])
    with pytest.raises(xgboost.core.XGBoostError, match="no_such_objective"):
        xgboost.train({"objective": "no_such_objective"}, train, 2)
    recorded = only_run()
    assert recorded.info.status == "FAILED"
    (logged,) = mlflow.search_logged_models([recorded.info.experiment_id], output_format="list")
    assert str(logged.status) == "FAILED"


@pytest.mark.filterwarnings("ignore")
def test_an_error_of_recording_does_not_reach_the_user(yard, data, monkeypatch):
    mlflow.xgboost.autolog()
    mlflow.lightgbm.autolog()

    def broken(*args, **kwargs):
        raise OSError("no way to the store")

    for method in ("log_batch", "create_logged_model", "log_inputs", "log_param"):
        monkeypatch.setattr(mlflow.MlflowClient, method, broken)
    train = xgboost.DMatrix(data["X_train"], data["y_train"])
    booster = xgboost.train({}, train, 2, evals=[(train, "train")], verbose_eval=False)
    assert booster.num_boosted_rounds() == 2
    model = lightgbm.LGBMClassifier(n_estimators=2, verbose=-1).fit(data["X_train"], data["y_train"])
    assert model.predict(data["X_valid"]).shape == (len(data["X_valid"]),)


def test_calls_that_the_framework_refuses_are_refused_as_ever(yard, data):
    mlflow.xgboost.autolog()
    mlflow.lightgbm.autolog()
    with pytest.raises(TypeError, match="required positional argument"):
        xgboost.train({})
    with pytest.raises(TypeError, match="unexpected keyword argument 'colour'"):
        lightgbm.train({}, lightgbm.Dataset(data["X_train"], data["y_train"]), colour="red")


def test_data_from_before_autologging_gives_a_model_without_signature(yard, data):
    train = xgboost.DMatrix(data["X_train"], data["y_train"])
    mlflow.xgboost.autolog()
    with pytest.warns(UserWarning, match="made before autologging was enabled"):
        xgboost.train({}, train, 2)
    (output,) = only_run().outputs.model_outputs
    assert mlflow.models.get_model_info(f"models:/{output.model_id}").signature is None


def test_the_example_is_of_the_data_as_it_was(yard, data):
    mlflow.xgboost.autolog(log_input_examples=True)
    features = data["X_train"].to_numpy().copy()
    train = xgboost.DMatrix(features, data["y_train"])
    before = features[:5].copy()
    features[:] = 0
    xgboost.train({}, train, 2)
    (output,) = only_run().outputs.model_outputs
    example = mlflow.pyfunc.load_model(f"models:/{output.model_id}").input_example
    numpy.testing.assert_array_equal(example, before)
