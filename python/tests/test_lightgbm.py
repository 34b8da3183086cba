"""The LightGBM flavor: what is written, how it predicts, and what is refused."""

import lightgbm
import numpy
import pytest
from sklearn.linear_model import LogisticRegression

import trainyard as mlflow
from trainyard import MlflowClient, MlflowException, _core

QUIET = {"verbose": -1, "num_threads": 1}


@pytest.fixture(scope="module")
def wine():
    from sklearn.datasets import load_wine

    return load_wine(return_X_y=True, as_frame=True)


@pytest.fixture(scope="module")
def booster(wine):
    return lightgbm.train({"objective": "multiclass", "num_class": 3, **QUIET}, lightgbm.Dataset(*wine), 5)


@pytest.fixture(scope="module")
def classifier(wine):
    return lightgbm.LGBMClassifier(n_estimators=5, verbose=-1, n_jobs=1).fit(*wine)


def flavor(folder, name="lightgbm"):
    return _core.read_model(folder)["flavors"][name]


def requirements(folder):
    lines = (folder / "requirements.txt").read_text().splitlines()
    return [line.partition("==")[0] for line in lines]


def test_a_booster_is_logged_as_text(yard, wine, booster):
    with mlflow.start_run() as run:
        mlflow.log_metric("loss", 0.1)
        info = mlflow.lightgbm.log_model(booster, name="wine", input_example=wine[0][:3], registered_model_name="wine")
    assert {file.path for file in MlflowClient().list_logged_model_artifacts(info.model_id)} == {
        "MLmodel", "conda.yaml", "input_example.json", "model.lgb", "python_env.yaml", "requirements.txt",
        "serving_input_example.json",
    }  # fmt: skip
    assert [metric.key for metric in mlflow.get_logged_model(info.model_id).metrics] == ["loss"]
    for uri in (info.model_uri, "models:/wine/1", f"runs:/{run.info.run_id}/wine"):
        loaded = mlflow.lightgbm.load_model(uri)
        assert type(loaded) is lightgbm.Booster
        assert (loaded.predict(wine[0]) == booster.predict(wine[0])).all()
        assert (mlflow.pyfunc.load_model(uri).predict(wine[0]) == booster.predict(wine[0])).all()


def test_a_booster_that_stopped_early_predicts_with_its_best_iteration(tmp_path, wine):
    features, target = wine[0].to_numpy(), (wine[1] == 0).to_numpy()
    train, valid = lightgbm.Dataset(features[::2], target[::2]), lightgbm.Dataset(features[1::2], target[1::2])
    booster = lightgbm.train(
        {"objective": "binary", "learning_rate": 0.9, **QUIET},
        train,
        200,
        valid_sets=[valid],
        callbacks=[lightgbm.early_stopping(2, verbose=False)],
    )
    assert 0 < booster.best_iteration < 200
    mlflow.lightgbm.save_model(booster, tmp_path / "model")
    assert (mlflow.lightgbm.load_model(str(tmp_path / "model")).predict(features) == booster.predict(features)).all()


@pytest.mark.parametrize(
    "cls", [lightgbm.LGBMClassifier, lightgbm.LGBMRegressor, lightgbm.LGBMRanker], ids=lambda cls: cls.__name__
)
@pytest.mark.parametrize("serialization_format", [None, "skops", "cloudpickle", "pickle"])
def test_estimators_are_saved_in_every_format(tmp_path, wine, cls, serialization_format):
    group = {"group": [len(wine[0])]} if cls is lightgbm.LGBMRanker else {}
    estimator = cls(n_estimators=3, verbose=-1, n_jobs=1).fit(*wine, **group)
    mlflow.lightgbm.save_model(estimator, tmp_path / "model", serialization_format=serialization_format)
    conf = flavor(tmp_path / "model")
    is_skops = serialization_format in (None, "skops")
    assert conf["serialization_format"] == (serialization_format or "skops")
    assert conf["data"] == ("model.skops" if is_skops else "model.pkl")
    assert conf["model_class"] == f"lightgbm.sklearn.{cls.__name__}"
    if is_skops:
        assert f"lightgbm.sklearn.{cls.__name__}" in conf["skops_trusted_types"]
    loaded = mlflow.lightgbm.load_model(str(tmp_path / "model"))
    assert type(loaded) is cls
    assert (loaded.predict(wine[0]) == estimator.predict(wine[0])).all()
    assert (mlflow.pyfunc.load_model(str(tmp_path / "model")).predict(wine[0]) == estimator.predict(wine[0])).all()
    serializer = [] if serialization_format == "pickle" else [conf["serialization_format"]]
    assert requirements(tmp_path / "model") == [
        "mlflow", *sorted(["lightgbm", "numpy", "scikit-learn", "scipy", *serializer])
    ]  # fmt: skip


def test_safe_only_loads_what_skops_holds_and_refuses_pickles(tmp_path, monkeypatch, wine, booster, classifier):
    mlflow.lightgbm.save_model(booster, tmp_path / "booster")
    mlflow.lightgbm.save_model(classifier, tmp_path / "skops")
    mlflow.lightgbm.save_model(classifier, tmp_path / "pickle", serialization_format="pickle")
    monkeypatch.setenv("TRAINYARD_SAFE_ONLY", "1")
    for name in ("booster", "skops"):
        mlflow.lightgbm.load_model(str(tmp_path / name))
    with pytest.raises(MlflowException, match="TRAINYARD_SAFE_ONLY"):
        mlflow.lightgbm.load_model(str(tmp_path / "pickle"))
    with pytest.raises(MlflowException, match="TRAINYARD_SAFE_ONLY"):
        mlflow.lightgbm.save_model(classifier, tmp_path / "again", serialization_format="cloudpickle")
    assert not (tmp_path / "again").exists()


def test_a_regressor_with_a_function_of_its_own_falls_back_to_cloudpickle(tmp_path, wine):
    def objective(target, predicted):
        return predicted - target, target * 0 + 1.0

    model = lightgbm.LGBMRegressor(n_estimators=3, verbose=-1, n_jobs=1, objective=objective).fit(*wine)
    with pytest.warns(UserWarning, match="saved with cloudpickle"):
        mlflow.lightgbm.save_model(model, tmp_path / "model")
    assert flavor(tmp_path / "model")["serialization_format"] == "cloudpickle"
    assert (mlflow.lightgbm.load_model(str(tmp_path / "model")).predict(wine[0]) == model.predict(wine[0])).all()


def unfitted():
    data = lightgbm.Dataset(numpy.zeros((30, 2)), numpy.zeros(30))
    return [
        (lightgbm.Booster(QUIET, data), "got a Booster without any tree"),
        (lightgbm.LGBMClassifier(), "got LGBMClassifier that is not fitted"),
        (lightgbm.LGBMRegressor, "got the class lightgbm.sklearn.LGBMRegressor"),
        (LogisticRegression(), "log it with the flavor sklearn"),
        ([1, 2], "got builtins.list: log other objects with pyfunc"),
    ]


@pytest.mark.parametrize("model, message", unfitted(), ids=lambda value: value if isinstance(value, str) else None)
def test_what_is_no_trained_model_is_refused_before_anything_exists(yard, tmp_path, model, message):
    with mlflow.start_run() as run, pytest.raises(MlflowException, match=message):
        mlflow.lightgbm.log_model(model, name="model")
    assert mlflow.search_logged_models(output_format="list") == []
    assert mlflow.get_run(run.info.run_id).outputs.model_outputs == []
    with pytest.raises(MlflowException, match=message):
        mlflow.lightgbm.save_model(model, tmp_path / "model")
    assert not (tmp_path / "model").exists()


def test_a_format_that_does_not_exist_is_refused(yard, classifier):
    with mlflow.start_run(), pytest.raises(MlflowException, match="Unrecognized serialization format: joblib"):
        mlflow.lightgbm.log_model(classifier, name="model", serialization_format="joblib")
    assert mlflow.search_logged_models(output_format="list") == []
