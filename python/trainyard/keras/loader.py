"""Loading the files of a Keras model."""

import os

from trainyard.exceptions import MlflowException
from trainyard.models import loading


def load(folder, conf, custom_objects=None, load_model_kwargs=None):
    """Return the model of a model directory.

    Parameters
    ----------
    folder
        The model directory.
    conf
        What its ``MLmodel`` file says for this flavor.
    custom_objects
        Classes and functions by the name that the model has for them.
    load_model_kwargs
        Further arguments of ``keras.saving.load_model``.
    """
    base = os.path.join(loading.inside(folder, conf.get("data") or "data"), "model")
    if conf.get("save_exported_model"):
        return load_saved_model(base)
    _compare_backends(conf)
    return load_file(f"{base}.keras", custom_objects, load_model_kwargs)


def load_file(path, custom_objects=None, load_model_kwargs=None):
    """Return the model of a ``.keras`` or HDF5 file.

    Keras itself refuses the code of Lambda layers unless it is told ``safe_mode=False``.
    """
    import keras

    load_model_kwargs = load_model_kwargs or {}
    if not os.path.isfile(path):
        raise MlflowException.invalid_parameter_value(f"the model has no file {os.path.basename(path)}")
    if load_model_kwargs.get("safe_mode") is False:
        loading.refuse_code_to_load("a Keras model with safe_mode=False", "leave the argument out")
    if not path.endswith(".keras"):
        # Keras does not check what the older format refers to.
        loading.refuse_code_to_load("a Keras model in the HDF5 format", "save it in the .keras format")
    return keras.saving.load_model(path, custom_objects=custom_objects, **load_model_kwargs)


def load_saved_model(path, **kwargs):
    """Return the object of a TensorFlow SavedModel."""
    try:
        import tensorflow
    except ImportError:
        raise MlflowException(
            "`tensorflow` must be installed if you want to load an exported model: pip install tensorflow"
        ) from None
    if not loading.may_load_code():
        _check_operations(path)
    return tensorflow.saved_model.load(path, **kwargs)


# Operations of a TensorFlow graph that call Python or touch files other than the model's own.
_UNSAFE_OPERATIONS = {
    "EagerPyFunc",
    "MatchingFiles",
    "PyFunc",
    "PyFuncStateless",
    "ReadFile",
    "WholeFileReader",
    "WholeFileReaderV2",
    "WriteFile",
}


def _check_operations(path):
    from tensorflow.core.protobuf import saved_model_pb2

    content = saved_model_pb2.SavedModel()
    with open(os.path.join(path, "saved_model.pb"), "rb") as file:
        content.ParseFromString(file.read())
    for graph in content.meta_graphs:
        nodes = [*graph.graph_def.node]
        for function in graph.graph_def.library.function:
            nodes += function.node_def
        unsafe = sorted({node.op for node in nodes} & _UNSAFE_OPERATIONS)
        if unsafe:
            loading.refuse_code_to_load(
                f"a SavedModel whose graph has the operations {unsafe}", "export it without them"
            )


def _compare_backends(conf):
    import keras

    saved, here = conf.get("keras_backend"), keras.backend.backend()
    if saved and saved != here:
        from trainyard.notices import warn

        warn(f"the model was saved with Keras on {saved}, this is Keras on {here}")
