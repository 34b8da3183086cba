"""Models as code: a script that makes a model and hands it over with ``set_model``."""

import os

from trainyard.exceptions import MlflowException
from trainyard.models.model_config import _set_model_config

# What the script that is being run has handed over.
_model = None


def set_model(model):
    """Say, in a script that is logged as a model, which object the model is.

    Parameters
    ----------
    model
        A ``PythonModel`` or a function of one argument; an object that predicts by itself is fine too.
    """
    global _model
    if isinstance(model, str) or not (callable(model) or hasattr(model, "predict") or hasattr(model, "forward")):
        raise MlflowException.invalid_parameter_value(
            "Model should either be an instance of PyFuncModel, a callable, or an object with a predict method; got "
            f"{type(model).__name__}"
        )
    _model = model


def run_model_code(path, model_config=None):
    """Run a script and return the model that it sets.

    Parameters
    ----------
    path
        The script.
    model_config
        What ``ModelConfig`` answers in it.
    """
    import importlib.util
    import sys
    import uuid

    from trainyard import alias

    global _model
    # A name of its own, so that the same script can be run again.
    name = f"code_model_{uuid.uuid4().hex}"
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    _model = None
    _set_model_config("" if model_config is None else model_config)
    try:
        with alias.resolving_mlflow():
            spec.loader.exec_module(module)
        model = _model if _model is not None else _set_in_mlflow()
    except Exception as error:
        what = "import" if isinstance(error, ImportError) else "run"
        raise MlflowException(f"Failed to {what} code model from {path}. Error: {error}") from error
    finally:
        _set_model_config(None)
        _model = None
    if model is None:
        raise MlflowException.invalid_parameter_value(
            "If the model is logged as code, ensure the model is set using mlflow.models.set_model() within the code "
            f"file {os.path.basename(path)}."
        )
    return model


def check_code_path(path):
    """Return the absolute path of a script that is logged as a model."""
    absolute = os.path.abspath(os.fspath(path))
    if not os.path.isfile(absolute):
        hint = "" if os.path.splitext(absolute)[1] else f" Perhaps you meant '{absolute}.py'?"
        raise MlflowException.invalid_parameter_value(
            f"The provided model path '{absolute}' does not exist. Ensure the file path is valid and try again.{hint}"
        )
    return absolute


def _set_in_mlflow():
    """Return what a script that imports the real MLflow has handed to it."""
    import sys

    real = sys.modules.get("mlflow.models.model")
    model = getattr(real, "__mlflow_model__", None)
    if model is not None:
        real.__mlflow_model__ = None
    return model
