"""The Keras 3 flavor: models in Keras's own format, or exported as a TensorFlow SavedModel."""

from trainyard.models import loading
from trainyard.models.arguments import shared_arguments
from trainyard.models.logging import log_saved
from trainyard.models.saving import Saving

FLAVOR_NAME = "keras"


@shared_arguments
def log_model(
    model,
    artifact_path=None,
    save_exported_model=False,
    conda_env=None,
    signature=None,
    input_example=None,
    registered_model_name=None,
    await_registration_for=300,
    pip_requirements=None,
    extra_pip_requirements=None,
    save_model_kwargs=None,
    metadata=None,
    name=None,
    params=None,
    tags=None,
    model_type=None,
    step=0,
    model_id=None,
):
    """Log a Keras model, with what is needed to load it again.

    Parameters
    ----------
    model
        A ``keras.Model`` that is built.
    save_exported_model
        Export it for serving, as a TensorFlow SavedModel, which is loaded without the code of its layers; needs a
        signature or an example. Otherwise it is saved in Keras's own format.
    signature
        What :func:`trainyard.models.infer_signature` returns, of tensors whose first dimension is -1; inferred from the
        example when left out; ``False`` for none.
    save_model_kwargs
        Further arguments of ``model.save``.
    """
    arguments = locals()
    from trainyard.keras.saver import Saver

    return log_saved(Saver(model, save_exported_model, save_model_kwargs, Saving.of(arguments)).save, arguments)


@shared_arguments
def save_model(
    model,
    path,
    save_exported_model=False,
    conda_env=None,
    mlflow_model=None,
    signature=None,
    input_example=None,
    pip_requirements=None,
    extra_pip_requirements=None,
    save_model_kwargs=None,
    metadata=None,
):
    """Save a Keras model as a model directory.

    Parameters
    ----------
    model
        A ``keras.Model`` that is built.
    signature, save_exported_model, save_model_kwargs
        See :func:`log_model`.
    """
    saving = Saving.of(locals())
    from trainyard.keras.saver import Saver

    Saver(model, save_exported_model, save_model_kwargs, saving).save(path, mlflow_model)


def load_model(model_uri, dst_path=None, custom_objects=None, load_model_kwargs=None):
    """Load a Keras model.

    Parameters
    ----------
    model_uri
        ``models:/…``, ``runs:/<run id>/<name>``, an artifact URI, or a local folder.
    dst_path
        Existing folder to fetch the files into.
    custom_objects
        Classes and functions by the name that the model has for them.
    load_model_kwargs
        Further arguments of ``keras.saving.load_model``.

    Returns
    -------
    The model, or the object that TensorFlow makes of an exported one.
    """
    from trainyard.keras import loader

    folder = loading.download_model(model_uri, dst_path)
    return loader.load(folder, loading.flavor_of(folder, FLAVOR_NAME), custom_objects, load_model_kwargs)


def load_pyfunc(folder, model_config=None):
    """Load the model of a directory for ``pyfunc``."""
    from trainyard.keras import loader
    from trainyard.keras.predictor import Predictor

    conf = loading.flavor_of(folder, FLAVOR_NAME)
    model = loader.load(folder, conf)
    return Predictor(model, model.serve if conf.get("save_exported_model") else None)


def get_default_pip_requirements():
    """Return what every saved Keras model needs, pinned."""
    from trainyard.models.requirements import pinned

    return pinned(["keras"])


def get_default_conda_env():
    """Return the conda environment with :func:`get_default_pip_requirements`."""
    from trainyard.models.environment import conda_env

    return conda_env(get_default_pip_requirements())


def __getattr__(name):
    import importlib

    # What needs Keras is imported when it is asked for.
    if name == "autolog":
        return importlib.import_module("trainyard.keras.autologging").autolog
    if name in ("MlflowCallback", "MLflowCallback"):
        return importlib.import_module("trainyard.keras.callbacks").MlflowCallback
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = [
    "MLflowCallback",
    "MlflowCallback",
    "autolog",
    "get_default_conda_env",
    "get_default_pip_requirements",
    "load_model",
    "log_model",
    "save_model",
]
