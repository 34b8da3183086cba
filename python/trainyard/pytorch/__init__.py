"""The PyTorch flavor: modules saved as an exported graph (pt2) where torch can export them, else as a pickle."""

from trainyard.models import loading
from trainyard.models.arguments import shared_arguments
from trainyard.models.logging import log_saved
from trainyard.pytorch.state_dict import load_state_dict, log_state_dict, save_state_dict

FLAVOR_NAME = "pytorch"
SERIALIZATION_FORMAT_PICKLE = "pickle"
SERIALIZATION_FORMAT_PT2 = "pt2"


@shared_arguments
def log_model(
    pytorch_model,
    artifact_path=None,
    conda_env=None,
    code_paths=None,
    pickle_module=None,
    registered_model_name=None,
    signature=None,
    input_example=None,
    await_registration_for=300,
    extra_files=None,
    pip_requirements=None,
    extra_pip_requirements=None,
    metadata=None,
    name=None,
    params=None,
    tags=None,
    model_type=None,
    step=0,
    model_id=None,
    export_model=False,
    serialization_format=None,
    **kwargs,
):
    """Log a PyTorch model, with what is needed to load it again.

    Parameters
    ----------
    pytorch_model
        A ``torch.nn.Module``, scripted ones included.
    pickle_module
        Module that ``torch.save`` and ``torch.load`` pickle with; cloudpickle when left out.
    input_example
        Data like the model's input: an array, tensor or DataFrame, or a list of arrays or tensors for a model that
        takes several. The pt2 format is traced from it.
    export_model
        Older way to ask for ``serialization_format="pt2"``.
    serialization_format
        ``"pt2"``: the graph that ``torch.export`` traces, which runs no code of the archive when it is loaded.
        ``"pickle"``: the object itself. Left out, it is pt2 when an example is given and torch can export the model,
        else pickle with a warning that names the reason.
    **kwargs
        Passed to ``torch.save``.
    """
    arguments = locals()
    from trainyard.pytorch.saver import Saver

    saver = Saver(pytorch_model, serialization_format, export_model, pickle_module, arguments, _torch_save(kwargs))
    return log_saved(saver.save, arguments, further=_torch_save(kwargs))


@shared_arguments
def save_model(
    pytorch_model,
    path,
    conda_env=None,
    mlflow_model=None,
    code_paths=None,
    pickle_module=None,
    signature=None,
    input_example=None,
    extra_files=None,
    pip_requirements=None,
    extra_pip_requirements=None,
    metadata=None,
    export_model=False,
    serialization_format=None,
    **kwargs,
):
    """Save a PyTorch model as a model directory.

    Parameters
    ----------
    pytorch_model
        A ``torch.nn.Module``, scripted ones included.
    input_example, pickle_module, export_model, serialization_format, **kwargs
        See :func:`log_model`.
    """
    arguments = locals()
    from trainyard.pytorch.saver import Saver

    Saver(pytorch_model, serialization_format, export_model, pickle_module, arguments, kwargs).save(path, mlflow_model)


def load_model(model_uri, dst_path=None, **kwargs):
    """Load a PyTorch model, in evaluation mode.

    Parameters
    ----------
    model_uri
        ``models:/…``, ``runs:/<run id>/<name>``, an artifact URI, or a local folder.
    dst_path
        Existing folder to fetch the files into.
    **kwargs
        ``device``, to which the model is moved; the others are passed to ``torch.load``.

    Returns
    -------
    The ``torch.nn.Module``.
    """
    from trainyard.pytorch import loader

    folder, conf = loading.download_flavor(model_uri, dst_path, FLAVOR_NAME)
    return loader.load(folder, conf, **kwargs)


def load_pyfunc(folder, model_config=None):
    """Load the model of a directory for ``pyfunc``; ``model_config`` can name the ``device``."""
    from trainyard.pytorch import loader
    from trainyard.pytorch.predictor import Predictor, prediction_device

    device = prediction_device(model_config)
    return Predictor(loader.load(folder, loading.flavor_of(folder, FLAVOR_NAME), device=device), device)


def load_checkpoint(model_class, run_id=None, epoch=None, global_step=None, kwargs=None):
    """Load a checkpoint that autologging kept of a Lightning model.

    Parameters
    ----------
    model_class
        The class of the ``LightningModule``.
    run_id
        The run; the active one when left out.
    epoch, global_step
        Which checkpoint; the latest one when both are left out.
    kwargs
        Further arguments of the class.
    """
    from trainyard.autologging.checkpoints import checkpoint_file

    with checkpoint_file(run_id, epoch, global_step) as path:
        return model_class.load_from_checkpoint(path, **{"weights_only": False, **(kwargs or {})})


def get_default_pip_requirements():
    """Return what every saved PyTorch model needs, pinned."""
    from trainyard.models.requirements import pinned

    return pinned(["torch", "cloudpickle"])


def get_default_conda_env():
    """Return the conda environment with :func:`get_default_pip_requirements`."""
    from trainyard.models.environment import conda_env

    return conda_env(get_default_pip_requirements())


def _torch_save(kwargs):
    """Return the keywords that are none of ``log_model``'s own: those of ``torch.save``."""
    from trainyard.models.logging import FURTHER

    return {name: value for name, value in kwargs.items() if name not in FURTHER}


def __getattr__(name):
    import importlib

    # What needs torch or Lightning is imported when it is asked for.
    module = {
        "autolog": "trainyard.pytorch.autologging",
        "autolog_loop": "trainyard.pytorch.loop",
        "MlflowModelCheckpointCallback": "trainyard.pytorch.callbacks",
        "pickle_module": None,
    }.get(name, False)
    if module is False:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    if module is None:
        return importlib.import_module(f"{__name__}.{name}")
    return getattr(importlib.import_module(module), name)


__all__ = [
    "MlflowModelCheckpointCallback",
    "autolog",
    "autolog_loop",
    "get_default_conda_env",
    "get_default_pip_requirements",
    "load_checkpoint",
    "load_model",
    "load_state_dict",
    "log_model",
    "log_state_dict",
    "save_model",
    "save_state_dict",
]
