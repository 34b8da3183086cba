"""The scikit-learn flavor: what is written, in which format, and what is refused."""

import os
import subprocess
import sys

import numpy
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.ensemble import GradientBoostingClassifier, HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

import trainyard as mlflow
from trainyard import MlflowClient, MlflowException, _core


class OwnClassifier(ClassifierMixin, BaseEstimator):
    """An estimator whose fitted attributes do not end in an underscore."""

    def __init__(self, answer=1):
        self.answer = answer

    def fit(self, X, y):
        self.seen = len(X)
        return self

    def predict(self, X):
        return numpy.full(len(X), self.answer)


def flavor(folder, name="sklearn"):
    return _core.read_model(folder)["flavors"][name]


def requirements(folder):
    return (folder / "requirements.txt").read_text().splitlines()


def test_a_forest_is_logged_as_skops_with_its_types(yard, forest, iris):
    with mlflow.start_run() as run:
        mlflow.log_param("depth", 5)
        mlflow.log_metric("acc", 0.9)
        info = mlflow.sklearn.log_model(
            forest, name="iris", input_example=iris[0][:3], registered_model_name="iris-classifier", tags={"a": "b"}
        )
    logged = mlflow.get_logged_model(info.model_id)
    assert (str(logged.status), logged.name, logged.source_run_id) == ("READY", "iris", run.info.run_id)
    assert (logged.params, logged.tags["a"]) == ({"depth": "5"}, "b")
    assert [(metric.key, metric.value) for metric in logged.metrics] == [("acc", 0.9)]
    assert mlflow.get_run(run.info.run_id).outputs.model_outputs[0].model_id == info.model_id
    assert (info.model_uri, info.registered_model_version) == (f"models:/{info.model_id}", 1)
    assert info.flavors["sklearn"]["serialization_format"] == "skops"
    assert info.flavors["sklearn"]["skops_trusted_types"] == ["sklearn.tree._tree.Tree"]
    assert {file.path for file in MlflowClient().list_logged_model_artifacts(info.model_id)} == {
        "MLmodel", "conda.yaml", "input_example.json", "model.skops", "python_env.yaml", "requirements.txt",
        "serving_input_example.json",
    }  # fmt: skip
    MlflowClient().set_registered_model_alias("iris-classifier", "best", "1")
    for uri in (
        info.model_uri,
        "models:/iris-classifier/1",
        "models:/iris-classifier@best",
        "models:/iris-classifier/latest",
        f"runs:/{run.info.run_id}/iris",
        logged.artifact_location,
    ):
        assert (mlflow.sklearn.load_model(uri).predict(iris[0]) == forest.predict(iris[0])).all()
        assert (mlflow.pyfunc.load_model(uri).predict(iris[0]) == forest.predict(iris[0])).all()


def test_metrics_of_the_step_are_linked_and_no_others(yard, forest):
    with mlflow.start_run():
        mlflow.log_metric("loss", 3.0, step=0)
        mlflow.log_metric("loss", 1.0, step=5)
        mlflow.log_metric("late", 2.0, step=5)
        first = mlflow.sklearn.log_model(forest, name="first")
        second = mlflow.sklearn.log_model(forest, name="second", step=5)
    points = {metric.key: metric.value for metric in mlflow.get_logged_model(first.model_id).metrics}
    assert points == {"loss": 3.0}
    points = {metric.key: metric.value for metric in mlflow.get_logged_model(second.model_id).metrics}
    assert points == {"loss": 1.0, "late": 2.0}


@pytest.mark.parametrize(
    "model",
    [
        LogisticRegression(max_iter=1000),
        GradientBoostingClassifier(n_estimators=3),
        HistGradientBoostingClassifier(max_iter=3),
        make_pipeline(StandardScaler(), RandomForestClassifier(n_estimators=3)),
        make_pipeline(FunctionTransformer(numpy.log1p), LogisticRegression(max_iter=1000)),
    ],
    ids=lambda model: type(model).__name__,
)
def test_the_frameworks_own_models_are_saved_safely(tmp_path, iris, model, monkeypatch):
    monkeypatch.setenv("TRAINYARD_SAFE_ONLY", "1")
    model.fit(*iris)
    mlflow.sklearn.save_model(model, tmp_path / "model")
    assert flavor(tmp_path / "model")["serialization_format"] == "skops"
    loaded = mlflow.sklearn.load_model(str(tmp_path / "model"))
    assert (loaded.predict(iris[0]) == model.predict(iris[0])).all()


def test_code_of_ones_own_falls_back_to_cloudpickle_with_a_reason(tmp_path, iris, monkeypatch):
    model = make_pipeline(FunctionTransformer(lambda X: X * 2), LogisticRegression(max_iter=1000)).fit(*iris)
    with pytest.warns(UserWarning, match="cloudpickle.*because"):
        mlflow.sklearn.save_model(model, tmp_path / "model")
    assert flavor(tmp_path / "model")["serialization_format"] == "cloudpickle"
    assert (tmp_path / "model" / "model.pkl").is_file()
    assert any(line.startswith("cloudpickle==") for line in requirements(tmp_path / "model"))
    loaded = mlflow.sklearn.load_model(str(tmp_path / "model"))
    assert (loaded.predict(iris[0]) == model.predict(iris[0])).all()
    monkeypatch.setenv("TRAINYARD_SAFE_ONLY", "1")
    with pytest.raises(MlflowException, match="TRAINYARD_SAFE_ONLY"):
        mlflow.sklearn.load_model(str(tmp_path / "model"))
    with pytest.raises(MlflowException, match="TRAINYARD_SAFE_ONLY"):
        mlflow.sklearn.save_model(model, tmp_path / "other")
    with pytest.raises(MlflowException, match="TRAINYARD_SAFE_ONLY"):
        mlflow.sklearn.save_model(model, tmp_path / "other", serialization_format="pickle")
    assert not (tmp_path / "other").exists()


def test_an_estimator_of_ones_own_is_taken_when_fit_was_called(tmp_path, iris):
    with pytest.raises(MlflowException, match="not fitted"):
        mlflow.sklearn.save_model(OwnClassifier(), tmp_path / "model", serialization_format="cloudpickle")
    fitted = OwnClassifier(2).fit(*iris)
    mlflow.sklearn.save_model(fitted, tmp_path / "model", serialization_format="cloudpickle")
    assert mlflow.sklearn.load_model(str(tmp_path / "model")).predict([[1]]) == [2]


def test_without_skops_the_format_is_cloudpickle(tmp_path, forest, monkeypatch):
    monkeypatch.setattr("trainyard.sklearn.serialization._has_skops", lambda: False)
    with pytest.warns(UserWarning, match="skops is not installed"):
        mlflow.sklearn.save_model(forest, tmp_path / "model")
    assert flavor(tmp_path / "model")["serialization_format"] == "cloudpickle"


def test_requirements_are_pinned_and_lean(tmp_path, forest):
    import sklearn
    import skops

    mlflow.sklearn.save_model(forest, tmp_path / "model")
    lines = requirements(tmp_path / "model")
    assert lines[0] == "mlflow==3.18.0"
    assert {f"scikit-learn=={sklearn.__version__}", f"skops=={skops.__version__}"} <= set(lines)
    assert all("==" in line and "+" not in line for line in lines)
    assert not {"joblib", "threadpoolctl", "pandas", "trainyard"} & {line.partition("==")[0] for line in lines}


def test_requirements_can_be_given(tmp_path, forest):
    mlflow.sklearn.save_model(forest, tmp_path / "a", pip_requirements=["scikit-learn>=1"])
    assert requirements(tmp_path / "a") == ["mlflow==3.18.0", "scikit-learn>=1"]
    mlflow.sklearn.save_model(forest, tmp_path / "b", extra_pip_requirements=["rich", "scikit-learn>=1"])
    assert requirements(tmp_path / "b")[-2:] == ["rich", "scikit-learn>=1"]
    conda = {"name": "x", "dependencies": ["python=3.11", {"pip": ["scikit-learn"]}]}
    mlflow.sklearn.save_model(forest, tmp_path / "c", conda_env=conda)
    assert _core.from_yaml((tmp_path / "c" / "conda.yaml").read_text()) == {
        "name": "x",
        "dependencies": ["python=3.11", {"pip": ["mlflow==3.18.0", "scikit-learn"]}],
    }
    with pytest.raises(MlflowException, match="cannot be combined"):
        mlflow.sklearn.save_model(forest, tmp_path / "d", conda_env=conda, pip_requirements=["x"])
    assert not (tmp_path / "d").exists()


def test_code_and_extra_files_travel_with_the_model(tmp_path, forest, monkeypatch):
    code = tmp_path / "own_code_of_test.py"
    code.write_text("answer = 42\n")
    mlflow.sklearn.save_model(
        forest, tmp_path / "model", code_paths=[str(code)], extra_files=[str(code)], metadata={"k": [1]}
    )
    assert (tmp_path / "model" / "code" / code.name).is_file()
    assert flavor(tmp_path / "model", "python_function")["code"] == "code"
    assert mlflow.models.get_model_info(str(tmp_path / "model")).metadata == {"k": [1]}
    path = list(sys.path)
    monkeypatch.setattr(sys, "path", path)
    code.unlink()
    mlflow.pyfunc.load_model(str(tmp_path / "model"))
    import own_code_of_test

    assert own_code_of_test.answer == 42


class Booster:
    """Stands for an object of another framework."""


Booster.__module__ = "xgboost.core"


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (RandomForestClassifier(), "RandomForestClassifier that is not fitted"),
        (make_pipeline(StandardScaler(), LogisticRegression()), "not fitted"),
        (RandomForestClassifier, "got the class"),
        (Booster(), r"got xgboost.core.Booster: log it with the flavor xgboost"),
        ({"coef": 1}, "got builtins.dict"),
        (None, "got builtins.NoneType"),
    ],
    ids=["forest", "pipeline", "class", "other framework", "dict", "none"],
)
def test_what_is_no_fitted_model_leaves_no_trace(yard, model, message):
    with mlflow.start_run() as run:
        with pytest.raises(MlflowException, match=message) as error:
            mlflow.sklearn.log_model(model, name="m")
        assert error.value.error_code == "INVALID_PARAMETER_VALUE"
    assert mlflow.search_logged_models(output_format="list") == []
    assert mlflow.get_run(run.info.run_id).outputs.model_outputs == []


@pytest.mark.parametrize(
    ("flavor", "expected"),
    [
        ("pytorch", r"should be a torch\.nn\.Module, got sklearn"),
        ("keras", r"expected a built keras\.Model, got sklearn.*: log it with the flavor sklearn"),
        ("tensorflow", r"expected a built keras\.Model or a tf\.Module, got sklearn.*: log it with the flavor sklearn"),
    ],
)
def test_other_flavors_refuse_an_estimator_also_where_their_framework_is_not_installed(yard, flavor, expected):
    model = LogisticRegression().fit([[0], [1]], [0, 1])
    with mlflow.start_run(), pytest.raises((MlflowException, TypeError), match=expected):
        getattr(mlflow, flavor).log_model(model, name="m")
    assert mlflow.search_logged_models(output_format="list") == []


def test_a_folder_that_holds_no_model_is_said_to_hold_none(tmp_path):
    (tmp_path / "empty").mkdir()
    for folder in (tmp_path / "empty", tmp_path / "missing"):
        for load in (mlflow.sklearn.load_model, mlflow.pyfunc.load_model, mlflow.models.get_model_info):
            with pytest.raises(MlflowException, match=f"no model at '{folder}': there is no file MLmodel") as error:
                load(str(folder))
            assert error.value.error_code == "RESOURCE_DOES_NOT_EXIST"


def test_stateless_transformers_are_models_too(tmp_path):
    mlflow.sklearn.save_model(FunctionTransformer(numpy.log1p), tmp_path / "model")
    assert list(_core.read_model(tmp_path / "model")["flavors"]) == ["sklearn"]


def test_contradicting_arguments_leave_no_trace(yard, forest, iris):
    from trainyard.models import infer_signature

    signature = infer_signature(iris[0])
    for arguments, message in (
        ({"signature": signature, "input_example": iris[0][:2, :2]}, "does not match the model signature"),
        ({"signature": "long -> long"}, "signature: expected"),
        ({"serialization_format": "json"}, "Unrecognized serialization format"),
        ({"code_paths": ["nowhere.py"]}, "nowhere.py"),
        ({"name": "a/b"}, "a/b"),
        ({"input_example": object()}, "Expected one of the following types"),
    ):
        with pytest.raises(MlflowException, match=message):
            mlflow.sklearn.log_model(forest, **{"name": "m", **arguments})
    assert mlflow.search_logged_models(output_format="list") == []


def test_a_failed_upload_is_never_ready(yard, forest, tmp_path):
    root = tmp_path / "yard" / "artifacts" / "0"
    root.parent.mkdir(parents=True)
    root.write_text("a file where a folder has to be")
    with pytest.raises(MlflowException):
        mlflow.sklearn.log_model(forest, name="m")
    models = mlflow.search_logged_models(output_format="list")
    assert [str(model.status) for model in models] == ["FAILED"]


def test_changed_files_are_not_loaded(tmp_path, forest):
    mlflow.sklearn.save_model(forest, tmp_path / "model")
    with open(tmp_path / "model" / "model.skops", "ab") as file:
        file.write(b"x")
    with pytest.raises(MlflowException, match=r"model\.skops"):
        mlflow.sklearn.load_model(str(tmp_path / "model"))


@pytest.mark.parametrize("path", ["../secret.pkl", "/etc/passwd", "a/../../secret.pkl"])
def test_paths_that_leave_the_model_are_not_followed(tmp_path, path):
    (tmp_path / "model").mkdir()
    (tmp_path / "secret.pkl").write_bytes(b"")
    (tmp_path / "model" / "MLmodel").write_text(
        f"flavors:\n  sklearn:\n    pickled_model: '{path}'\n    serialization_format: pickle\n"
    )
    with pytest.raises(MlflowException):
        mlflow.sklearn.load_model(str(tmp_path / "model"))


def test_a_folder_in_use_is_not_overwritten(tmp_path, forest):
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "mine.txt").write_text("keep")
    with pytest.raises(MlflowException, match="already exists"):
        mlflow.sklearn.save_model(forest, tmp_path / "model")
    assert os.listdir(tmp_path / "model") == ["mine.txt"]


def test_a_model_without_signature_and_one_with(tmp_path, forest, iris):
    mlflow.sklearn.save_model(forest, tmp_path / "none", input_example=iris[0][:2], signature=False)
    assert mlflow.models.get_model_info(str(tmp_path / "none")).signature is None
    mlflow.sklearn.save_model(forest, tmp_path / "inferred", input_example=iris[0][:2])
    model = mlflow.pyfunc.load_model(str(tmp_path / "inferred"))
    assert model.metadata.get_input_schema().to_json() == (
        '[{"type": "tensor", "tensor-spec": {"dtype": "float64", "shape": [-1, 4]}}]'
    )
    assert (model.input_example == iris[0][:2]).all()
    assert type(model.get_raw_model()) is RandomForestClassifier
    with pytest.raises(MlflowException, match="Failed to enforce schema"):
        model.predict(iris[0][:, :2])


def test_logging_needs_no_run(yard, forest):
    info = mlflow.sklearn.log_model(forest, name="alone")
    assert info.run_id is None and mlflow.active_run() is None
    assert mlflow.last_logged_model().model_id == info.model_id


def test_the_model_of_one_process_loads_in_another(yard, forest, iris):
    info = mlflow.sklearn.log_model(forest, name="m")
    script = "import sys, trainyard; print(trainyard.sklearn.load_model(sys.argv[1]).predict([[5, 3, 1, 0.2]])[0])"
    done = subprocess.run(
        [sys.executable, "-c", script, info.model_uri], capture_output=True, text=True, check=True,
        env={**os.environ, "TRAINYARD_TRACKING_URI": yard},
    )  # fmt: skip
    assert int(done.stdout) == forest.predict([[5, 3, 1, 0.2]])[0]
