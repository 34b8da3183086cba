"""The TensorFlow flavor: Keras models in Keras's own format, and other modules as a SavedModel."""

from trainyard.models import loading
from trainyard.models.arguments import shared_arguments
from trainyard.models.logging import log_saved
from trainyard.models.saving import Saving

FLAVOR_NAME = "tensorflow"


@shared_arguments
def log_model(
    model,
    artifact_path=None,
    custom_objects=None,
    conda_env=None,
    code_paths=None,
    signature=None,
    input_example=None,
    registered_model_name=None,
    await_registration_for=300,
    pip_requirements=None,
    extra_pip_requirements=None,
    saved_model_kwargs=None,
    keras_model_kwargs=None,
    metadata=None,
    extra_files=None,
    name=None,
    params=None,
    tags=None,
    model_type=None,
    step=0,
    model_id=None,
    **kwargs,
):
    """Log a TensorFlow model, with what is needed to load it again.

    Parameters
    ----------
    model
        A ``keras.Model`` that is built, or a ``tf.Module`` whose ``__call__`` is a ``tf.function``.
    custom_objects
        Classes and functions by the name that a Keras model has for them; they are pickled beside it.
    signature
        What :func:`trainyard.models.infer_signature` returns, of tensors whose first dimension is -1; inferred from the
        example when left out; ``False`` for none.
    saved_model_kwargs
        Further arguments of ``tf.saved_model.save``.
    keras_model_kwargs
        Further arguments of ``model.save``; ``save_format="h5"`` asks for the older format.
    """
    arguments = locals()
    from trainyard.tensorflow.saver import Saver

    saver = Saver(model, custom_objects, saved_model_kwargs, keras_model_kwargs, Saving.of(arguments))
    return log_saved(saver.save, arguments)


@shared_arguments
def save_model(
    model,
    path,
    conda_env=None,
    code_paths=None,
    mlflow_model=None,
    custom_objects=None,
    signature=None,
    input_example=None,
    pip_requirements=None,
    extra_pip_requirements=None,
    saved_model_kwargs=None,
    keras_model_kwargs=None,
    metadata=None,
    extra_files=None,
):
    """Save a TensorFlow model as a model directory.

    Parameters
    ----------
    model
        A ``keras.Model`` that is built, or a ``tf.Module`` whose ``__call__`` is a ``tf.function``.
    custom_objects, signature, saved_model_kwargs, keras_model_kwargs
        See :func:`log_model`.
    """
    saving = Saving.of(locals())
    from trainyard.tensorflow.saver import Saver

    Saver(model, custom_objects, saved_model_kwargs, keras_model_kwargs, saving).save(path, mlflow_model)


def load_model(model_uri, dst_path=None, saved_model_kwargs=None, keras_model_kwargs=None):
    """Load a TensorFlow model.

    Parameters
    ----------
    model_uri
        ``models:/…``, ``runs:/<run id>/<name>``, an artifact URI, or a local folder.
    dst_path
        Existing folder to fetch the files into.
    saved_model_kwargs
        Further arguments of ``tf.saved_model.load``.
    keras_model_kwargs
        Further arguments of ``keras.saving.load_model``, such as ``custom_objects``.

    Returns
    -------
    The Keras model, or the object that TensorFlow makes of a SavedModel.
    """
    from trainyard.tensorflow import loader

    folder = loading.download_model(model_uri, dst_path)
    conf = loader.conf_of(folder)
    loading.add_code_to_path(folder, conf)
    return loader.load(folder, conf, saved_model_kwargs, keras_model_kwargs)


def load_pyfunc(folder, model_config=None):
    """Load the model of a directory for ``pyfunc``."""
    from trainyard.keras.predictor import Predictor
    from trainyard.tensorflow import loader
    from trainyard.tensorflow.predictor import ModulePredictor

    conf = loader.conf_of(folder)
    model = loader.load(folder, conf)
    return ModulePredictor(model) if loader.is_saved_model(conf) else Predictor(model)


def load_checkpoint(model=None, run_id=None, epoch=None, global_step=None):
    """Load a checkpoint that autologging kept of a Keras model.

    Parameters
    ----------
    model
        A model of the same shape, for checkpoints that hold the weights only.
    run_id
        The run; the active one when left out.
    epoch, global_step
        Which checkpoint; the latest one when both are left out.

    Returns
    -------
    The model.
    """
    from trainyard.autologging.checkpoints import checkpoint_file
    from trainyard.keras.loader import load_file

    with checkpoint_file(run_id, epoch, global_step) as path:
        if not path.removesuffix(".h5").endswith(".weights"):
            return load_file(path)
        if model is None:
            from trainyard.exceptions import MlflowException

            raise MlflowException.invalid_parameter_value(
                "The latest checkpoint is weights-only, 'model' argument must be provided"
            )
        model.load_weights(path)
        return model


def get_global_custom_objects():
    """Return the classes and functions that are registered with Keras under a name."""
    import keras

    return keras.saving.get_custom_objects()


def get_default_pip_requirements(include_cloudpickle=False):
    """Return what every saved TensorFlow model needs, pinned.

    Parameters
    ----------
    include_cloudpickle : bool
        Whether the model has parts that need the package.

    Returns
    -------
    list of str
        Requirements as pip reads them.
    """
    from trainyard.models.requirements import distribution_of, pinned

    names = [distribution_of("tensorflow") or "tensorflow"]
    return pinned([*names, "cloudpickle"] if include_cloudpickle else names)


def get_default_conda_env():
    """Return the conda environment with :func:`get_default_pip_requirements`."""
    from trainyard.models.environment import conda_env

    return conda_env(get_default_pip_requirements())


def __getattr__(name):
    import importlib

    # What needs TensorFlow is imported when it is asked for.
    if name == "autolog":
        return importlib.import_module("trainyard.tensorflow.autologging").autolog
    if name == "MLflowCallback":
        name = "MlflowCallback"
    if name in ("MlflowCallback", "MlflowModelCheckpointCallback"):
        return getattr(importlib.import_module("trainyard.tensorflow.callbacks"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = [
    "MLflowCallback",
    "MlflowCallback",
    "MlflowModelCheckpointCallback",
    "autolog",
    "get_default_conda_env",
    "get_default_pip_requirements",
    "get_global_custom_objects",
    "load_checkpoint",
    "load_model",
    "log_model",
    "save_model",
]
