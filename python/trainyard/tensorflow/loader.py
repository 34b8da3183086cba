"""Loading the files of a TensorFlow model: Keras's format, HDF5, or a SavedModel."""

import os

from trainyard import _core
from trainyard.alias import resolving_mlflow
from trainyard.exceptions import MlflowException
from trainyard.keras.loader import load_file, load_saved_model
from trainyard.models import loading

CUSTOM_OBJECTS_FILE = "custom_objects.cloudpickle"
GLOBAL_CUSTOM_OBJECTS_FILE = "global_custom_objects.cloudpickle"


def conf_of(folder):
    """Return what the ``MLmodel`` file says for this flavor, or for keras, as which Keras 2 models were logged once."""
    flavors = _core.read_model(folder).get("flavors") or {}
    return loading.flavor_of(folder, "keras" if "keras" in flavors else "tensorflow")


def is_saved_model(conf):
    """Tell whether the model is a SavedModel and not a Keras model."""
    return conf.get("model_type") == "tf2-module"


def load(folder, conf, saved_model_kwargs=None, keras_model_kwargs=None):
    """Return the model of a model directory.

    Parameters
    ----------
    folder
        The model directory.
    conf
        What :func:`conf_of` returns.
    saved_model_kwargs
        Further arguments of ``tf.saved_model.load``.
    keras_model_kwargs
        Further arguments of ``keras.saving.load_model``.
    """
    kind = conf.get("model_type", "keras" if "data" in conf else None)
    if is_saved_model(conf):
        return load_saved_model(loading.inside(folder, conf["saved_model_dir"]), **(saved_model_kwargs or {}))
    if kind != "keras":
        raise MlflowException.invalid_parameter_value(
            f"expected a TensorFlow model of the type 'keras' or 'tf2-module', got {kind!r}: models of TensorFlow 1 "
            "are not supported"
        )
    keras_model_kwargs = dict(keras_model_kwargs or {})
    data = loading.inside(folder, conf["data"])
    custom_objects = {
        **_custom_objects(data, GLOBAL_CUSTOM_OBJECTS_FILE),
        **_custom_objects(data, CUSTOM_OBJECTS_FILE),
        **(keras_model_kwargs.pop("custom_objects", None) or {}),
    }
    extension = ".h5" if conf.get("save_format", "h5") == "h5" else ".keras"
    return load_file(os.path.join(data, f"model{extension}"), custom_objects, keras_model_kwargs)


def _custom_objects(data, name):
    path = os.path.join(data, name)
    if not os.path.isfile(path):
        return {}
    loading.refuse_code_to_load(
        "a Keras model with pickled custom objects",
        "make them importable, register them with keras.saving.register_keras_serializable, and log with flavor keras",
    )
    import pickle

    with open(path, "rb") as file, resolving_mlflow():
        return pickle.load(file)
