"""What can be given as ``python_model``, and making a ``PythonModel`` of it."""

import inspect

from trainyard.exceptions import MlflowException
from trainyard.pyfunc.model import PythonModel, _FunctionPythonModel

# The flavor whose own format is better for an object of a framework than a pickle.
_FLAVORS = {
    "sklearn": "sklearn",
    "xgboost": "xgboost",
    "lightgbm": "lightgbm",
    "torch": "pytorch",
    "keras": "keras",
    "tensorflow": "tensorflow",
}


def as_python_model(python_model, signature=None):
    """Return a ``PythonModel`` for a model, function or other object that predicts.

    Parameters
    ----------
    python_model
        A ``PythonModel``; a function of one argument; an object with ``predict``, such as a fitted estimator; an
        object with ``forward``, such as a PyTorch module; or another object that can be called.
    signature
        The signature that was given, which a function's model keeps.
    """
    if is_python_model(python_model):
        return python_model
    if isinstance(python_model, type):
        raise MlflowException.invalid_parameter_value(
            f"`python_model` must be a PythonModel instance, callable object, or path to a script; got the class "
            f"{python_model.__name__}, of which an instance is needed: {python_model.__name__}(…)"
        )
    if inspect.isroutine(python_model):
        return _function_model(python_model, signature)
    _check_fitted(python_model)
    framework = _framework(python_model)
    if framework == "torch" and callable(getattr(python_model, "forward", None)):
        return _wrapped("TorchModel", python_model, "forward")
    if callable(getattr(python_model, "predict", None)):
        if framework == "xgboost" and type(python_model).__name__ == "Booster":
            return _wrapped("BoosterModel", python_model, "predict")
        return _wrapped("ArrayModel" if framework == "keras" else "ObjectModel", python_model, "predict")
    if callable(python_model):
        return _function_model(python_model, signature)
    if callable(getattr(python_model, "forward", None)):
        return _wrapped("ObjectModel", python_model, "forward")
    raise MlflowException.invalid_parameter_value(
        "`python_model` must be a PythonModel instance, callable object, or path to a script that uses set_model() to "
        "set a PythonModel instance or callable object; an object with a predict or forward method is fine too. "
        f"Got {type(python_model).__name__}, which has none of them"
    )


def is_python_model(value):
    """Tell whether a value is a ``PythonModel``, of this package or of the real MLflow."""
    return isinstance(value, PythonModel) or any(
        kind.__module__ == "mlflow.pyfunc.model" and kind.__name__ == "PythonModel" for kind in type(value).__mro__
    )


def is_streamable(python_model):
    """Tell whether a model has a ``predict_stream`` of its own."""
    for kind in type(python_model).__mro__:
        if "predict_stream" in vars(kind):
            return kind.__name__ != "PythonModel"
    return False


def _function_model(function, signature):
    try:
        parameters = inspect.signature(function).parameters
    except (TypeError, ValueError) as error:
        raise MlflowException.invalid_parameter_value(
            f"python_model: the parameters of {function!r} cannot be read, so give a function that calls it: {error}"
        ) from None
    if len(parameters) != 1:
        raise MlflowException.invalid_parameter_value(
            "When `python_model` is a callable object, it must accept exactly one argument. "
            f"Found {len(parameters)} arguments."
        )
    return _FunctionPythonModel(function, signature)


def _wrapped(kind, model, method):
    from trainyard.pyfunc import wrapping

    framework = _framework(model)
    if framework in _FLAVORS:
        from trainyard.notices import warn

        warn(
            f"the {type(model).__name__} is pickled as it is; {_FLAVORS[framework]}.log_model writes it in the format "
            "of its framework, which later versions read too"
        )
    return getattr(wrapping, kind)(model, method)


def _framework(model):
    """Return the framework whose class an object is an instance of, itself or by what its class inherits from."""
    for kind in type(model).__mro__:
        name = kind.__module__.partition(".")[0]
        if name in _FLAVORS:
            return name
    return None


def _check_fitted(model):
    import sys

    base = sys.modules.get("sklearn.base")
    if base is not None and isinstance(model, base.BaseEstimator):
        from trainyard.sklearn import fitted

        fitted.check(model)
