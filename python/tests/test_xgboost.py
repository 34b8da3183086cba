"""The XGBoost flavor: what is written, how it predicts, and what is refused."""

import subprocess
import sys

import numpy
import pytest
import xgboost
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression

import trainyard as mlflow
from trainyard import MlflowClient, MlflowException, _core


@pytest.fixture(scope="module")
def cancer():
    from sklearn.datasets import load_breast_cancer

    return load_breast_cancer(return_X_y=True, as_frame=True)


@pytest.fixture(scope="module")
def booster(cancer):
    return xgboost.train({"objective": "binary:logistic"}, xgboost.DMatrix(*cancer), 5)


def flavor(folder, name="xgboost"):
    return _core.read_model(folder)["flavors"][name]


def requirements(folder):
    return (folder / "requirements.txt").read_text().splitlines()


def test_a_booster_is_logged_with_everything_around_it(yard, cancer, booster):
    with mlflow.start_run() as run:
        mlflow.log_param("eta", 0.3)
        mlflow.log_metric("auc", 0.99)
        info = mlflow.xgboost.log_model(
            booster, name="cancer", input_example=cancer[0][:3], registered_model_name="cancer", tags={"a": "b"}
        )
    logged = mlflow.get_logged_model(info.model_id)
    assert (str(logged.status), logged.params, logged.tags["a"]) == ("READY", {"eta": "0.3"}, "b")
    assert [(metric.key, metric.value) for metric in logged.metrics] == [("auc", 0.99)]
    assert {file.path for file in MlflowClient().list_logged_model_artifacts(info.model_id)} == {
        "MLmodel", "conda.yaml", "input_example.json", "model.ubj", "python_env.yaml", "requirements.txt",
        "serving_input_example.json",
    }  # fmt: skip
    expected = booster.predict(xgboost.DMatrix(cancer[0]))
    for uri in (info.model_uri, "models:/cancer/1", f"runs:/{run.info.run_id}/cancer"):
        loaded = mlflow.xgboost.load_model(uri)
        assert type(loaded) is xgboost.Booster
        assert (loaded.predict(xgboost.DMatrix(cancer[0])) == expected).all()
        assert (mlflow.pyfunc.load_model(uri).predict(cancer[0]) == expected).all()
    assert [column.name for column in info.signature.inputs.inputs] == list(cancer[0].columns)


@pytest.mark.parametrize("model_format", ["ubj", "json", "xgb"])
@pytest.mark.parametrize(
    "estimator",
    [
        xgboost.XGBClassifier(n_estimators=3),
        xgboost.XGBRegressor(n_estimators=3),
        xgboost.XGBRFClassifier(n_estimators=3),
        xgboost.XGBRegressor(n_estimators=3, booster="gblinear"),
        xgboost.XGBRegressor(n_estimators=3, booster="dart", rate_drop=0.5),
    ],
    ids=["classifier", "regressor", "random forest", "linear", "dart"],
)
@pytest.mark.filterwarnings("ignore:.*Saving model in the UBJSON format")
def test_estimators_keep_their_class_in_every_format(tmp_path, cancer, estimator, model_format):
    estimator = clone(estimator).fit(*cancer)
    mlflow.xgboost.save_model(estimator, tmp_path / "model", model_format=model_format)
    loaded = mlflow.xgboost.load_model(str(tmp_path / "model"))
    assert type(loaded) is type(estimator)
    assert (loaded.predict(cancer[0]) == estimator.predict(cancer[0])).all()
    conf = flavor(tmp_path / "model")
    assert (conf["data"], conf["model_format"]) == (f"model.{model_format}", model_format)
    assert conf["model_class"] == f"xgboost.sklearn.{type(estimator).__name__}"


def test_a_ranker_is_saved_too(tmp_path, cancer):
    ranker = xgboost.XGBRanker(n_estimators=3).fit(*cancer, qid=numpy.arange(len(cancer[0])) // 20)
    mlflow.xgboost.save_model(ranker, tmp_path / "model")
    loaded = mlflow.xgboost.load_model(str(tmp_path / "model"))
    assert type(loaded) is xgboost.XGBRanker
    assert (loaded.predict(cancer[0]) == ranker.predict(cancer[0])).all()


def test_requirements_name_the_installed_distribution(tmp_path, cancer, booster):
    from importlib.metadata import packages_distributions, version

    distribution = packages_distributions()["xgboost"][0]
    mlflow.xgboost.save_model(booster, tmp_path / "booster")
    assert requirements(tmp_path / "booster") == [
        "mlflow==3.18.0", *(f"{name}=={version(name)}" for name in sorted(["numpy", "scipy", distribution]))
    ]  # fmt: skip
    mlflow.xgboost.save_model(xgboost.XGBClassifier(n_estimators=2).fit(*cancer), tmp_path / "estimator")
    assert f"scikit-learn=={version('scikit-learn')}" in requirements(tmp_path / "estimator")
    mlflow.xgboost.save_model(booster, tmp_path / "given", pip_requirements=["xgboost"])
    assert requirements(tmp_path / "given") == ["mlflow==3.18.0", "xgboost"]


def test_params_reach_the_prediction_of_both_apis(tmp_path, cancer, booster):
    estimator = xgboost.XGBClassifier(n_estimators=3).fit(*cancer)
    signature = mlflow.models.infer_signature(cancer[0], params={"output_margin": False, "other": 1})
    for name, model in (("booster", booster), ("estimator", estimator)):
        mlflow.xgboost.save_model(model, tmp_path / name, signature=signature)
        loaded = mlflow.pyfunc.load_model(str(tmp_path / name))
        with pytest.warns(UserWarning, match="takes no params \\['other'\\]"):
            got = loaded.predict(cancer[0], params={"output_margin": True})
        data = xgboost.DMatrix(cancer[0]) if model is booster else cancer[0]
        assert (got == model.predict(data, output_margin=True)).all()


def test_arrays_and_sparse_matrices_become_what_a_booster_takes(tmp_path, cancer):
    from scipy.sparse import csr_matrix

    features = cancer[0].to_numpy()
    booster = xgboost.train({}, xgboost.DMatrix(features, cancer[1]), 3)
    mlflow.xgboost.save_model(booster, tmp_path / "model")
    loaded = mlflow.pyfunc.load_model(str(tmp_path / "model"))
    for data in (features, features.tolist(), csr_matrix(features)):
        assert (loaded.predict(data) == booster.predict(xgboost.DMatrix(data))).all()
    assert loaded.get_raw_model().num_boosted_rounds() == 3


def test_columns_of_another_order_are_put_right_by_the_signature(tmp_path, cancer, booster):
    mlflow.xgboost.save_model(booster, tmp_path / "model", input_example=cancer[0][:2])
    loaded = mlflow.pyfunc.load_model(str(tmp_path / "model"))
    mixed = cancer[0][list(reversed(cancer[0].columns))]
    assert (loaded.predict(mixed) == booster.predict(xgboost.DMatrix(cancer[0]))).all()


def unfitted():
    data = xgboost.DMatrix(numpy.zeros((2, 2)), numpy.zeros(2))
    return [
        (xgboost.Booster(), "got a Booster without any round"),
        (xgboost.Booster({}, [data]), "got a Booster without any round"),
        (xgboost.XGBClassifier(), "got XGBClassifier that is not fitted"),
        (xgboost.XGBRegressor, "got the class xgboost.sklearn.XGBRegressor"),
        (LogisticRegression(), "log it with the flavor sklearn"),
        ({"a": 1}, "got builtins.dict: log other objects with pyfunc"),
    ]


@pytest.mark.parametrize("model, message", unfitted(), ids=lambda value: value if isinstance(value, str) else None)
def test_what_is_no_trained_model_is_refused_before_anything_exists(yard, tmp_path, model, message):
    with mlflow.start_run() as run, pytest.raises(MlflowException, match=message):
        mlflow.xgboost.log_model(model, name="model")
    assert mlflow.search_logged_models(output_format="list") == []
    assert mlflow.get_run(run.info.run_id).outputs.model_outputs == []
    with pytest.raises(MlflowException, match=message):
        mlflow.xgboost.save_model(model, tmp_path / "model")
    assert not (tmp_path / "model").exists()


def test_a_format_that_xgboost_does_not_write_is_refused(yard, booster):
    with mlflow.start_run(), pytest.raises(MlflowException, match=r"model_format: expected one of .*, got 'pickle'"):
        mlflow.xgboost.log_model(booster, name="model", model_format="pickle")
    with pytest.raises(TypeError, match="unexpected keyword argument 'colour'"):
        mlflow.xgboost.log_model(booster, name="model", colour="red")
    assert mlflow.search_logged_models(output_format="list") == []


def rewrite(folder, before, after):
    path = folder / "MLmodel"
    text = path.read_text()
    assert before in text
    path.write_text(text.replace(before, after))


@pytest.mark.parametrize(
    "model_class, message",
    [
        ("subprocess.Popen", "is no XGBoost model"),
        ("xgboost.core.DMatrix", "is no XGBoost model"),
        ("xgboost.gone.Model", "cannot be imported"),
    ],
)
def test_a_directory_cannot_name_any_class(tmp_path, booster, model_class, message):
    mlflow.xgboost.save_model(booster, tmp_path / "model")
    rewrite(tmp_path / "model", "xgboost.core.Booster", model_class)
    with pytest.raises(MlflowException, match=message):
        mlflow.xgboost.load_model(str(tmp_path / "model"))


def test_safe_only_takes_xgboosts_own_classes_alone(tmp_path, monkeypatch, booster):
    mlflow.xgboost.save_model(booster, tmp_path / "model")
    monkeypatch.setenv("TRAINYARD_SAFE_ONLY", "1")
    mlflow.xgboost.load_model(str(tmp_path / "model"))
    mlflow.pyfunc.load_model(str(tmp_path / "model"))
    rewrite(tmp_path / "model", "xgboost.core.Booster", "own_models.Booster")
    with pytest.raises(MlflowException, match="TRAINYARD_SAFE_ONLY"):
        mlflow.xgboost.load_model(str(tmp_path / "model"))


def test_a_path_out_of_the_directory_is_refused(tmp_path, booster):
    mlflow.xgboost.save_model(booster, tmp_path / "model")
    rewrite(tmp_path / "model", "data: model.ubj", "data: ../model.ubj")
    with pytest.raises(MlflowException, match=r"part '\.' or '\.\.'"):
        mlflow.xgboost.load_model(str(tmp_path / "model"))


def test_importing_the_flavor_imports_no_framework():
    script = "import sys, trainyard.xgboost; print([m for m in ('xgboost', 'numpy', 'sklearn') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
