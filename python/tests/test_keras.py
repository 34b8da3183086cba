"""The Keras flavor: what is saved, what is loaded again, and what is refused."""

import os
import subprocess
import sys
import warnings

import numpy
import pytest

import trainyard as mlflow
from trainyard import MlflowClient, MlflowException, _core

pytestmark = pytest.mark.heavy


@pytest.fixture
def keras():
    return pytest.importorskip("keras")


@pytest.fixture
def X():
    return numpy.random.default_rng(0).normal(size=(6, 4)).astype("float32")


@pytest.fixture
def model(keras):
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(8, "relu"), keras.layers.Dense(3, "softmax")])
    model.compile("adam", "sparse_categorical_crossentropy")
    return model


def two_inputs(keras):
    left, right = keras.Input((4,), name="left"), keras.Input((2,), name="right")
    return keras.Model([left, right], keras.layers.Dense(1)(keras.layers.Concatenate()([left, right])))


def files(folder):
    return sorted(str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file())


def test_a_logged_model_is_loaded_with_equal_predictions(yard, model, X):
    with mlflow.start_run() as run:
        info = mlflow.keras.log_model(model, name="net", input_example=X[:2], registered_model_name="net")
    assert {file.path for file in MlflowClient().list_logged_model_artifacts(info.model_id, "data")} == {
        "data/keras_module.txt",
        "data/model.keras",
    }
    expected = model.predict(X, verbose=0)
    for uri in (info.model_uri, "models:/net/1", f"runs:/{run.info.run_id}/net"):
        assert (mlflow.keras.load_model(uri).predict(X, verbose=0) == expected).all()
        assert (mlflow.pyfunc.load_model(uri).predict(X) == expected).all()
    assert info.flavors["keras"]["save_exported_model"] is False
    assert info.signature.outputs.to_dict()[0]["tensor-spec"] == {"dtype": "float32", "shape": [-1, 3]}


def test_an_exported_model_predicts_without_its_layers(model, X, tmp_path):
    mlflow.keras.save_model(model, tmp_path / "m", save_exported_model=True, input_example=X)
    assert "data/model/saved_model.pb" in files(tmp_path / "m")
    assert numpy.allclose(
        mlflow.pyfunc.load_model(str(tmp_path / "m")).predict(X), model.predict(X, verbose=0), atol=1e-6
    )
    assert mlflow.keras.load_model(str(tmp_path / "m")).serve(X[:1]).shape == (1, 3)


@pytest.mark.parametrize("is_exported", [False, True])
def test_several_inputs_are_a_dict_of_arrays(keras, X, tmp_path, is_exported):
    model = two_inputs(keras)
    data = {"left": X, "right": X[:, :2]}
    mlflow.keras.save_model(model, tmp_path / "m", input_example=data, save_exported_model=is_exported)
    loaded = mlflow.pyfunc.load_model(str(tmp_path / "m"))
    assert loaded.metadata.signature.inputs.input_names() == ["left", "right"]
    assert numpy.allclose(loaded.predict(data), model.predict(data, verbose=0), atol=1e-6)
    with pytest.raises(MlflowException, match="right"):
        loaded.predict({"left": X})


def test_a_data_frame_is_answered_by_a_data_frame(model, X, tmp_path):
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(X, columns=list("abcd"), index=list("uvwxyz"))
    mlflow.keras.save_model(model, tmp_path / "m", input_example=frame)
    info = mlflow.models.get_model_info(str(tmp_path / "m"))
    assert info.signature.inputs.is_tensor_spec()
    mlflow.keras.save_model(model, tmp_path / "n")
    answered = mlflow.pyfunc.load_model(str(tmp_path / "n")).predict(frame)
    assert list(answered.index) == list("uvwxyz")
    assert (answered.to_numpy() == model.predict(X, verbose=0)).all()


def test_own_layers_are_given_when_loading(keras, X, tmp_path):
    class Triple(keras.layers.Layer):
        def call(self, x):
            return x * 3

    model = keras.Sequential([keras.Input((4,)), Triple()])
    mlflow.keras.save_model(model, tmp_path / "m")
    with pytest.raises(TypeError, match="Triple"):
        mlflow.keras.load_model(str(tmp_path / "m"))
    loaded = mlflow.keras.load_model(str(tmp_path / "m"), custom_objects={"Triple": Triple})
    assert (loaded.predict(X, verbose=0) == X * 3).all()


def test_code_of_lambda_layers_is_only_run_when_asked_for(keras, X, tmp_path, monkeypatch):
    model = keras.Sequential([keras.Input((4,)), keras.layers.Lambda(lambda x: x * 3, output_shape=(4,))])
    mlflow.keras.save_model(model, tmp_path / "m")
    with pytest.raises(ValueError, match="safe_mode"):
        mlflow.keras.load_model(str(tmp_path / "m"))
    loaded = mlflow.keras.load_model(str(tmp_path / "m"), load_model_kwargs={"safe_mode": False})
    assert (loaded.predict(X, verbose=0) == X * 3).all()
    monkeypatch.setenv("TRAINYARD_SAFE_ONLY", "1")
    with pytest.raises(MlflowException, match=r"TRAINYARD_SAFE_ONLY is set.*safe_mode=False"):
        mlflow.keras.load_model(str(tmp_path / "m"), load_model_kwargs={"safe_mode": False})


def test_safe_only_writes_and_loads_keras_files(model, X, tmp_path, monkeypatch):
    monkeypatch.setenv("TRAINYARD_SAFE_ONLY", "1")
    mlflow.keras.save_model(model, tmp_path / "m", input_example=X)
    assert (mlflow.pyfunc.load_model(str(tmp_path / "m")).predict(X) == model.predict(X, verbose=0)).all()


@pytest.mark.parametrize("kind", ["class", "estimator", "module", "unbuilt"])
def test_what_is_no_built_model_is_refused_before_anything_exists(yard, keras, kind):
    from sklearn.linear_model import LinearRegression

    model, message = {
        "class": (keras.Sequential, "expected a built keras.Model, got the class"),
        "estimator": (LinearRegression(), "log it with the flavor sklearn"),
        "module": (keras.layers.Dense(1), "expected a built keras.Model, got keras"),
        "unbuilt": (keras.Sequential([keras.layers.Dense(1)]), "which has no weights yet"),
    }[kind]
    with mlflow.start_run(), pytest.raises(MlflowException, match=message):
        mlflow.keras.log_model(model, name="m")
    assert not mlflow.search_logged_models(output_format="list")


def test_signatures_that_are_none_of_tensors_are_refused(model, X, tmp_path):
    pandas = pytest.importorskip("pandas")
    columns = mlflow.models.infer_signature(pandas.DataFrame(X, columns=list("abcd")))
    with pytest.raises(MlflowException, match="must be of type TensorSpec"):
        mlflow.keras.save_model(model, tmp_path / "m", signature=columns)
    spec = mlflow.types.TensorSpec(numpy.dtype("float32"), (6, 4))
    fixed = mlflow.models.ModelSignature(mlflow.types.Schema([spec]))
    with pytest.raises(MlflowException, match="first dimension is a variable dimension"):
        mlflow.keras.save_model(model, tmp_path / "m", signature=fixed)
    with pytest.raises(MlflowException, match="give a signature or an input_example"):
        mlflow.keras.save_model(model, tmp_path / "m", save_exported_model=True)
    assert not (tmp_path / "m").exists()


def test_a_failure_while_saving_leaves_nothing_behind(yard, keras, tmp_path):
    class Broken(keras.layers.Layer):
        def call(self, x):
            return x

        def get_config(self):
            raise RuntimeError("no config today")

    model = keras.Sequential([keras.Input((4,)), Broken()])
    with (
        mlflow.start_run(),
        pytest.raises(MlflowException, match=r"cannot be saved as model\.keras: .*no config today"),
    ):
        mlflow.keras.log_model(model, name="m")
    assert not mlflow.search_logged_models(output_format="list")
    with pytest.raises(MlflowException, match="no config today"):
        mlflow.keras.save_model(model, tmp_path / "m")
    assert not (tmp_path / "m").exists()


def test_requirements_come_from_the_saved_file(model, X, tmp_path):
    mlflow.keras.save_model(model, tmp_path / "m")
    lines = (tmp_path / "m/requirements.txt").read_text().splitlines()
    names = {line.partition("==")[0] for line in lines}
    assert {"mlflow", "keras"} <= names
    assert names <= {"mlflow", "keras", "numpy", "tensorflow", "tensorflow-cpu"}
    assert all("==" in line for line in lines)


def test_the_model_directory_has_no_warnings_of_ours(model, X, tmp_path):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.filterwarnings("ignore", category=DeprecationWarning, module="keras")
        mlflow.keras.save_model(model, tmp_path / "m", input_example=X)
    assert _core.read_model(tmp_path / "m")["flavors"]["python_function"]["loader_module"] == "mlflow.keras"


def test_importing_the_flavor_imports_no_keras():
    script = "import sys, trainyard.keras; print('keras' in sys.modules or 'numpy' in sys.modules)"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, env=environment)
    assert done.stdout.strip() == "False"
