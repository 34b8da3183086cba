"""Models that somebody else prepared: nothing outside of them is touched, and with TRAINYARD_SAFE_ONLY nothing runs."""

import os
import pickle

import pytest

import trainyard as mlflow
from trainyard import MlflowException
from trainyard.models import loading


class Bomb:
    """Unpickling it makes a file."""

    def __init__(self, mark):
        self.mark = str(mark)

    def __reduce__(self):
        return (open, (self.mark, "w"))


def write(folder, flavors, more=""):
    folder.mkdir(exist_ok=True)
    lines = ["flavors:"]
    for flavor, conf in flavors.items():
        lines.append(f"  {flavor}:")
        lines += [f"    {key}: {value}" for key, value in conf.items()]
    (folder / "MLmodel").write_text("\n".join(lines) + "\nmlflow_version: 3.18.0\nmodel_uuid: abc\n" + more)
    return str(folder)


SKLEARN = {"pickled_model": "model.pkl", "serialization_format": "pickle", "sklearn_version": "1.9.1"}
PYFUNC = {"loader_module": "mlflow.sklearn", "model_path": "model.pkl", "predict_fn": "predict"}


@pytest.fixture
def mark(tmp_path):
    return tmp_path / "the code ran"


@pytest.fixture
def pickled(tmp_path, mark):
    """A model directory whose pickle runs code."""
    folder = tmp_path / "model"
    write(folder, {"sklearn": SKLEARN, "python_function": PYFUNC})
    (folder / "model.pkl").write_bytes(pickle.dumps(Bomb(mark)))
    return str(folder)


def test_the_bomb_goes_off_where_code_is_allowed(pickled, mark):
    mlflow.sklearn.load_model(pickled)
    assert mark.exists()


@pytest.mark.parametrize(
    "variable",
    [
        {"TRAINYARD_SAFE_ONLY": "1"},
        {"MLFLOW_ALLOW_MODEL_CODE_EXECUTION": "false"},
        {"MLFLOW_ALLOW_PICKLE_DESERIALIZATION": "false"},
    ],
    ids=lambda variable: next(iter(variable)),
)
@pytest.mark.parametrize("serialization_format", ["pickle", "cloudpickle"])
def test_pickles_are_not_opened_where_code_is_forbidden(pickled, mark, monkeypatch, variable, serialization_format):
    for name, value in variable.items():
        monkeypatch.setenv(name, value)
    write(
        type(mark)(pickled),
        {"sklearn": {**SKLEARN, "serialization_format": serialization_format}, "python_function": PYFUNC},
    )
    for load in (mlflow.sklearn.load_model, mlflow.pyfunc.load_model):
        with pytest.raises(MlflowException, match=f"{next(iter(variable))}.*can run code"):
            load(pickled)
    assert not mark.exists()


def test_the_refusal_names_what_to_do_instead(pickled, forest, monkeypatch):
    monkeypatch.setenv("TRAINYARD_SAFE_ONLY", "1")
    with pytest.raises(MlflowException, match="skops"):
        mlflow.sklearn.load_model(pickled)
    with pytest.raises(MlflowException, match="serialization_format='skops'"):
        mlflow.sklearn.log_model(forest, name="m", serialization_format="cloudpickle")


def test_a_pickle_that_calls_itself_skops_is_not_opened(pickled, mark, tmp_path):
    write(tmp_path / "model", {"sklearn": {**SKLEARN, "serialization_format": "skops"}})
    with pytest.raises(Exception):  # noqa: B017 - which error skops raises for what is no archive is its own affair
        mlflow.sklearn.load_model(pickled)
    assert not mark.exists()


def test_types_that_a_model_trusts_itself_are_not_enough_in_safe_mode(tmp_path, monkeypatch):
    from sklearn.preprocessing import FunctionTransformer

    model = FunctionTransformer(os.path.basename).fit([[1]])
    mlflow.sklearn.save_model(
        model, tmp_path / "m", serialization_format="skops", skops_trusted_types=["posixpath.basename"]
    )
    assert mlflow.sklearn.load_model(str(tmp_path / "m")).func is os.path.basename
    monkeypatch.setenv("TRAINYARD_SAFE_ONLY", "1")
    with pytest.raises(MlflowException, match=r"posixpath\.basename"):
        mlflow.sklearn.load_model(str(tmp_path / "m"))
    with pytest.raises(MlflowException, match=r"posixpath\.basename"):
        mlflow.sklearn.save_model(model, tmp_path / "n", skops_trusted_types=["posixpath.basename"])
    assert not (tmp_path / "n").exists()


def test_functions_of_a_framework_are_not_trusted_in_safe_mode(tmp_path, monkeypatch):
    import numpy
    from sklearn.preprocessing import FunctionTransformer

    model = FunctionTransformer(numpy.testing.rundocs).fit([[1]])
    name = f"{numpy.testing.rundocs.__module__}.rundocs"
    mlflow.sklearn.save_model(model, tmp_path / "m", serialization_format="skops", skops_trusted_types=[name])
    monkeypatch.setenv("TRAINYARD_SAFE_ONLY", "1")
    with pytest.raises(MlflowException, match="rundocs"):
        mlflow.sklearn.load_model(str(tmp_path / "m"))


@pytest.mark.parametrize("path", ["../outside.pkl", "/etc/passwd", "a/../../out.pkl", "..\\outside.pkl", "C:/x.pkl"])
@pytest.mark.parametrize(
    ("flavor", "key"),
    [
        ("sklearn", "pickled_model"),
        ("sklearn", "code"),
        ("xgboost", "data"),
        ("lightgbm", "data"),
        ("onnx", "data"),
        ("pytorch", "model_data"),
        ("tensorflow", "saved_model_dir"),
        ("tensorflow", "data"),
        ("keras", "data"),
        ("python_function", "model_path"),
        ("python_function", "data"),
        ("python_function", "python_model"),
        ("python_function", "code"),
    ],
)
def test_no_path_of_a_model_leaves_it(tmp_path, mark, flavor, key, path):
    (tmp_path / "outside.pkl").write_bytes(pickle.dumps(Bomb(mark)))
    conf = {**SKLEARN, key: f"'{path}'"} if flavor == "sklearn" else {key: f"'{path}'"}
    if flavor == "python_function":
        conf["loader_module"] = "mlflow.sklearn"
    folder = write(tmp_path / "model", {"sklearn": SKLEARN, flavor: conf})
    for load in (mlflow.sklearn.load_model, mlflow.pyfunc.load_model, mlflow.models.get_model_info):
        with pytest.raises(MlflowException, match=f"flavors.{flavor}.{key}"):
            load(folder)
    assert not mark.exists()


def test_the_paths_of_an_example_and_of_artifacts_stay_inside(tmp_path):
    more = "saved_input_example_info:\n  artifact_path: ../x.json\n  type: ndarray\n"
    with pytest.raises(MlflowException, match="saved_input_example_info"):
        mlflow.models.get_model_info(write(tmp_path / "a", {"sklearn": SKLEARN}, more))
    conf = {"loader_module": "mlflow.pyfunc.model", "artifacts": "{x: {path: ../../y, uri: z}}"}
    with pytest.raises(MlflowException, match=r"artifacts\.x\.path"):
        mlflow.models.get_model_info(write(tmp_path / "b", {"python_function": conf}))


def test_links_that_lead_out_are_refused(tmp_path, mark):
    (tmp_path / "outside.pkl").write_bytes(pickle.dumps(Bomb(mark)))
    folder = write(tmp_path / "model", {"sklearn": SKLEARN})
    os.symlink(tmp_path / "outside.pkl", tmp_path / "model" / "model.pkl")
    with pytest.raises(MlflowException, match="a link leads out of the model"):
        mlflow.sklearn.load_model(folder)
    with pytest.raises(MlflowException, match="outside of it"):
        loading.inside(folder, "model.pkl")
    assert not mark.exists()


def test_links_inside_of_a_model_are_followed(tmp_path, forest, iris):
    mlflow.sklearn.save_model(forest, tmp_path / "model")
    (tmp_path / "model" / "model.skops").rename(tmp_path / "model" / "real.skops")
    os.symlink("real.skops", tmp_path / "model" / "model.skops")
    assert (mlflow.sklearn.load_model(str(tmp_path / "model")).predict(iris[0]) == forest.predict(iris[0])).all()


@pytest.mark.parametrize("name", ["model.skops", "requirements.txt", "conda.yaml"])
def test_a_file_that_is_not_the_one_saved_is_named(yard, forest, tmp_path, name):
    mlflow.sklearn.save_model(forest, tmp_path / "model")
    with open(tmp_path / "model" / name, "ab") as file:
        file.write(b" ")
    with pytest.raises(MlflowException, match=rf"{name}.*SHA-256"):
        mlflow.sklearn.load_model(str(tmp_path / "model"))
    (tmp_path / "model" / name).unlink()
    with pytest.raises(MlflowException, match=rf"{name}.*missing"):
        mlflow.sklearn.load_model(str(tmp_path / "model"))


def test_code_beside_a_model_is_not_imported_where_code_is_forbidden(tmp_path, forest, monkeypatch):
    code = tmp_path / "own_module_of_hostile_test.py"
    code.write_text("answer = 42\n")
    mlflow.sklearn.save_model(forest, tmp_path / "model", code_paths=[str(code)])
    monkeypatch.setenv("TRAINYARD_SAFE_ONLY", "1")
    for load in (mlflow.sklearn.load_model, mlflow.pyfunc.load_model):
        with pytest.raises(MlflowException, match="code_paths"):
            load(str(tmp_path / "model"))
    with pytest.raises(MlflowException, match="code_paths"):
        mlflow.sklearn.save_model(forest, tmp_path / "other", code_paths=[str(code)])
    assert not (tmp_path / "other").exists()


def _python_model(folder, mark):
    write(folder, {"python_function": {"loader_module": "mlflow.pyfunc.model", "python_model": "python_model.pkl"}})
    (folder / "python_model.pkl").write_bytes(pickle.dumps(Bomb(mark)))


def _script(folder, mark):
    write(
        folder,
        {
            "python_function": {
                "loader_module": "mlflow.pyfunc.loaders.code_model",
                "model_code_path": "/home/author/script.py",
            }
        },
    )
    (folder / "script.py").write_text(f"open({str(mark)!r}, 'w')\n")


def _loader_module(folder, mark):
    write(folder, {"python_function": {"loader_module": "loader_of_hostile_test", "code": "code"}})
    (folder / "code").mkdir()
    (folder / "code" / "loader_of_hostile_test.py").write_text(f"open({str(mark)!r}, 'w')\n")


def _lightgbm(folder, mark):
    conf = {
        "data": "model.pkl",
        "serialization_format": "cloudpickle",
        "model_class": "lightgbm.sklearn.LGBMClassifier",
    }
    write(folder, {"lightgbm": conf, "python_function": {"loader_module": "mlflow.lightgbm", "data": "model.pkl"}})
    (folder / "model.pkl").write_bytes(pickle.dumps(Bomb(mark)))


def _xgboost_class(folder, mark):
    conf = {"data": "model.ubj", "model_class": "class_of_hostile_test.Thing", "model_format": "ubj", "code": "code"}
    write(folder, {"xgboost": conf, "python_function": {"loader_module": "mlflow.xgboost", "data": "model.ubj"}})
    (folder / "model.ubj").write_bytes(b"{}")
    (folder / "code").mkdir()
    (folder / "code" / "class_of_hostile_test.py").write_text(f"open({str(mark)!r}, 'w')\n")


def _without_code(folder):
    """Let a model name code that is not beside it."""
    path = folder / "MLmodel"
    path.write_text(path.read_text().replace("    code: code\n", ""))


def _foreign_loader_module(folder, mark):
    _loader_module(folder, mark)
    _without_code(folder)


def _xgboost_foreign_class(folder, mark):
    _xgboost_class(folder, mark)
    _without_code(folder)


# How a model would run code, and what has to be said about doing without.
HOSTILE = {
    _python_model: "log a model of a framework's flavor",
    _script: "log a model of a framework's flavor",
    _loader_module: "log it without, with its code installed as a package",
    _foreign_loader_module: "log the model with the flavor of its framework",
    _lightgbm: "save it again.*serialization_format='skops'",
    # Which of its two ways is met first depends on the flavor that loads it.
    _xgboost_class: "(log it without, with its code installed|log the model as a class of XGBoost's own)",
    _xgboost_foreign_class: "log the model as a class of XGBoost's own",
}


@pytest.mark.parametrize("make", HOSTILE)
@pytest.mark.parametrize("variable", ["TRAINYARD_SAFE_ONLY=1", "MLFLOW_ALLOW_MODEL_CODE_EXECUTION=false"])
def test_no_flavor_runs_code_where_it_is_forbidden(tmp_path, mark, monkeypatch, make, variable):
    make(tmp_path / "model", mark)
    name, _, value = variable.partition("=")
    monkeypatch.setenv(name, value)
    flavor = {_lightgbm: "lightgbm", _xgboost_class: "xgboost", _xgboost_foreign_class: "xgboost"}.get(make, "pyfunc")
    loads = [mlflow.pyfunc.load_model]
    if flavor != "pyfunc":
        pytest.importorskip(flavor)
        loads.append(getattr(mlflow, flavor).load_model)
    for load in loads:
        with pytest.raises(MlflowException, match=f"{name}.*can run code; .*{HOSTILE[make]}"):
            load(str(tmp_path / "model"))
    assert not mark.exists()


class _OwnTransformer:
    """A step of a pipeline that is the user's code."""

    def fit(self, X, y=None):
        return self

    def transform(self, X):
        return X


@pytest.mark.parametrize(
    ("format", "reason"),
    [
        (None, "can only be saved as a pickle, which can run code"),
        ("skops", "can run code"),
        ("pickle", "can run code"),
    ],
)
def test_a_model_with_code_of_the_user_is_refused_with_advice(tmp_path, monkeypatch, iris, format, reason):
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    model = make_pipeline(_OwnTransformer(), LogisticRegression(max_iter=500)).fit(*iris)
    monkeypatch.setenv("TRAINYARD_SAFE_ONLY", "1")
    advice = "skops" if format == "pickle" else "the framework's own classes, or convert it to ONNX"
    with pytest.raises(MlflowException, match=f"TRAINYARD_SAFE_ONLY is set.*{reason}.*; .*{advice}"):
        mlflow.sklearn.save_model(model, tmp_path / "m", serialization_format=format)
    assert not (tmp_path / "m").exists()


def test_types_that_a_model_trusts_itself_are_refused_with_advice(tmp_path, monkeypatch):
    from sklearn.preprocessing import FunctionTransformer

    model = FunctionTransformer(os.path.basename).fit([[1]])
    trusted = ["posixpath.basename"]
    mlflow.sklearn.save_model(model, tmp_path / "m", serialization_format="skops", skops_trusted_types=trusted)
    monkeypatch.setenv("TRAINYARD_SAFE_ONLY", "1")
    with pytest.raises(MlflowException, match=r"can run code; save it again: .*ONNX"):
        mlflow.sklearn.load_model(str(tmp_path / "m"))


def test_execution_providers_with_options_are_refused_with_advice(monkeypatch):
    pytest.importorskip("onnxruntime")
    from trainyard.onnx import session

    monkeypatch.setenv("TRAINYARD_SAFE_ONLY", "1")
    with pytest.raises(MlflowException, match=r"can run code; .*onnx_execution_providers as names without options"):
        session._usable([["CUDAExecutionProvider", {"custom_op_library": "evil.so"}]])
