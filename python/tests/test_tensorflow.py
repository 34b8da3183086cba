"""The TensorFlow flavor: Keras models and other modules, custom objects, and what is refused."""

import os
import subprocess
import sys

import numpy
import pytest

import trainyard as mlflow
from trainyard import MlflowException, _core

pytestmark = pytest.mark.heavy


@pytest.fixture
def tf():
    return pytest.importorskip("tensorflow")


@pytest.fixture
def X():
    return numpy.random.default_rng(0).normal(size=(6, 4)).astype("float32")


@pytest.fixture
def model(tf):
    tf.keras.utils.set_random_seed(0)
    return tf.keras.Sequential([tf.keras.Input((4,)), tf.keras.layers.Dense(3)])


@pytest.fixture
def scale(tf):
    class Scale(tf.Module):
        def __init__(self, factor):
            self.factor = tf.Variable(factor)

        @tf.function
        def __call__(self, x):
            return x * self.factor

    return Scale(3.0)


@pytest.fixture
def double(tf):
    """A class that Keras knows by name, for as long as the test runs."""

    @tf.keras.utils.register_keras_serializable("tests")
    class Double(tf.keras.layers.Layer):
        def call(self, x):
            return x * 2

    yield Double
    tf.keras.utils.get_custom_objects().clear()


def flavor(folder):
    return _core.read_model(folder)["flavors"]["tensorflow"]


def files(folder):
    return sorted(str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file())


def test_a_keras_model_is_logged_and_loaded_with_equal_predictions(yard, tf, model, X):
    with mlflow.start_run() as run:
        info = mlflow.tensorflow.log_model(model, name="net", input_example=X[:2], registered_model_name="net")
    conf = info.flavors["tensorflow"]
    assert (conf["data"], conf["model_type"], conf["save_format"]) == ("data", "keras", "tf")
    assert conf["keras_version"] == tf.__version__
    expected = model.predict(X, verbose=0)
    for uri in (info.model_uri, "models:/net/1", f"runs:/{run.info.run_id}/net"):
        assert (mlflow.tensorflow.load_model(uri).predict(X, verbose=0) == expected).all()
        assert (mlflow.pyfunc.load_model(uri).predict(X) == expected).all()


def test_the_older_format_is_there_when_asked_for(model, X, tmp_path, monkeypatch):
    mlflow.tensorflow.save_model(model, tmp_path / "m", keras_model_kwargs={"save_format": "h5"})
    assert "data/model.h5" in files(tmp_path / "m")
    assert numpy.allclose(mlflow.pyfunc.load_model(str(tmp_path / "m")).predict(X), model.predict(X, verbose=0))
    monkeypatch.setenv("TRAINYARD_SAFE_ONLY", "1")
    with pytest.raises(MlflowException, match=r"HDF5.*\.keras"):
        mlflow.tensorflow.load_model(str(tmp_path / "m"))


def test_a_module_is_saved_for_any_batch_size(scale, X, tmp_path):
    mlflow.tensorflow.save_model(scale, tmp_path / "m", input_example=X[:2])
    assert "tf2model/saved_model.pb" in files(tmp_path / "m")
    assert flavor(tmp_path / "m") == {"code": None, "saved_model_dir": "tf2model", "model_type": "tf2-module"}
    assert (mlflow.pyfunc.load_model(str(tmp_path / "m")).predict(X) == X * 3).all()
    assert (mlflow.tensorflow.load_model(str(tmp_path / "m"))(X).numpy() == X * 3).all()


def test_a_module_can_take_a_dict_of_tensors(tf, X, tmp_path):
    class Sum(tf.Module):
        @tf.function
        def __call__(self, inputs):
            return {"sum": inputs["left"] + inputs["right"]}

    data = {"left": X, "right": X}
    mlflow.tensorflow.save_model(Sum(), tmp_path / "m", input_example=data)
    loaded = mlflow.pyfunc.load_model(str(tmp_path / "m"))
    assert loaded.metadata.signature.inputs.input_names() == ["left", "right"]
    assert (loaded.predict({name: value[:3] for name, value in data.items()})["sum"] == X[:3] * 2).all()


def test_a_module_that_cannot_be_called_again_is_warned_about(tf, tmp_path):
    class Eager(tf.Module):
        def __call__(self, x):
            return x

    with pytest.warns(UserWarning, match=r"no tf\.function"):
        mlflow.tensorflow.save_model(Eager(), tmp_path / "m")


def test_custom_objects_travel_with_the_model(tf, X, tmp_path):
    script = (
        "import tensorflow as tf, trainyard as mlflow\n"
        "class Triple(tf.keras.layers.Layer):\n"
        "    def call(self, x):\n"
        "        return x * 3\n"
        "model = tf.keras.Sequential([tf.keras.Input((4,)), Triple()])\n"
        "mlflow.tensorflow.save_model(model, 'm', custom_objects={'Triple': Triple})\n"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    subprocess.run([sys.executable, "-c", script], check=True, cwd=tmp_path, env=environment)
    assert "data/custom_objects.cloudpickle" in files(tmp_path / "m")
    assert (mlflow.pyfunc.load_model(str(tmp_path / "m")).predict(X) == X * 3).all()
    assert "cloudpickle" in (tmp_path / "m/requirements.txt").read_text()


def test_registered_classes_travel_with_the_model(tf, double, X, tmp_path):
    model = tf.keras.Sequential([tf.keras.Input((4,)), double()])
    mlflow.tensorflow.save_model(model, tmp_path / "m")
    assert "data/global_custom_objects.cloudpickle" in files(tmp_path / "m")
    tf.keras.utils.get_custom_objects().clear()
    assert (mlflow.pyfunc.load_model(str(tmp_path / "m")).predict(X) == X * 2).all()


def test_safe_only_neither_writes_nor_loads_pickled_classes(tf, double, X, tmp_path, monkeypatch):
    model = tf.keras.Sequential([tf.keras.Input((4,)), double()])
    mlflow.tensorflow.save_model(model, tmp_path / "before")
    monkeypatch.setenv("TRAINYARD_SAFE_ONLY", "1")
    with pytest.raises(MlflowException, match="registered classes"):
        mlflow.tensorflow.save_model(model, tmp_path / "m")
    with pytest.raises(MlflowException, match="custom objects"):
        mlflow.tensorflow.save_model(model, tmp_path / "m", custom_objects={"Double": double})
    assert not (tmp_path / "m").exists()
    with pytest.raises(MlflowException, match="custom objects"):
        mlflow.tensorflow.load_model(str(tmp_path / "before"))


def test_safe_only_refuses_graphs_that_touch_files(tf, scale, X, tmp_path, monkeypatch):
    class Reader(tf.Module):
        @tf.function(input_signature=[tf.TensorSpec([None], tf.string)])
        def __call__(self, names):
            return tf.map_fn(tf.io.read_file, names)

    mlflow.tensorflow.save_model(Reader(), tmp_path / "reader")
    mlflow.tensorflow.save_model(scale, tmp_path / "scale", input_example=X)
    monkeypatch.setenv("TRAINYARD_SAFE_ONLY", "1")
    assert (mlflow.pyfunc.load_model(str(tmp_path / "scale")).predict(X) == X * 3).all()
    with pytest.raises(MlflowException, match="ReadFile"):
        mlflow.tensorflow.load_model(str(tmp_path / "reader"))


def test_arguments_of_saving_and_loading_reach_tensorflow(tf, scale, X, tmp_path):
    signature = scale.__call__.get_concrete_function(tf.TensorSpec([None, 4], tf.float32))
    mlflow.tensorflow.save_model(scale, tmp_path / "m", saved_model_kwargs={"signatures": {"scale": signature}})
    loaded = mlflow.tensorflow.load_model(str(tmp_path / "m"), saved_model_kwargs={"tags": ["serve"]})
    assert list(loaded.signatures) == ["scale"]


@pytest.mark.parametrize("kind", ["class", "estimator", "unbuilt", "kwargs"])
def test_what_cannot_be_saved_is_refused_before_anything_exists(yard, tf, kind):
    from sklearn.linear_model import LinearRegression

    model, message = {
        "class": (tf.keras.Sequential, r"expected a built keras\.Model or a tf\.Module, got the class"),
        "estimator": (LinearRegression(), "log it with the flavor sklearn"),
        "unbuilt": (tf.keras.Sequential([tf.keras.layers.Dense(1)]), "which has no weights yet"),
        "kwargs": (
            tf.keras.Sequential([tf.keras.Input((4,)), tf.keras.layers.Dense(1)]),
            "expected save_format 'tf', 'keras' or 'h5'",
        ),
    }[kind]
    arguments = {"keras_model_kwargs": {"save_format": "onnx"}} if kind == "kwargs" else {}
    with mlflow.start_run(), pytest.raises(MlflowException, match=message):
        mlflow.tensorflow.log_model(model, name="m", **arguments)
    assert not mlflow.search_logged_models(output_format="list")


def test_importing_the_flavor_imports_no_tensorflow():
    script = "import sys, trainyard.tensorflow; print('tensorflow' in sys.modules or 'numpy' in sys.modules)"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, env=environment)
    assert done.stdout.strip() == "False"
