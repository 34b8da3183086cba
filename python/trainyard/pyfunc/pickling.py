"""Pickles of Python models that trainyard and MLflow both read.

Classes and functions of this package that a model refers to are written as what has their place in MLflow: as
``getattr(importlib.import_module("mlflow.pyfunc.model"), "PythonModel")``, for which MLflow need not be installed.
Reading them, ``mlflow`` means this package where the real one is missing.
"""

import importlib
import inspect
import io
import sys
import types

from trainyard.exceptions import MlflowException

# Where MLflow has the classes and functions that pickles of models refer to.
_PLACES = {
    "mlflow.pyfunc.model": {
        "trainyard.pyfunc.model": ("PythonModel", "PythonModelContext", "_FunctionPythonModel"),
    },
    "mlflow.pyfunc.utils.data_validation": {
        "trainyard.pyfunc.utils.data_validation": ("FuncInfo", "_validate_model_input", "pyfunc"),
    },
    "mlflow.models.signature": {"trainyard.models.signature": ("ModelSignature", "_TypeHints", "infer_signature")},
    "mlflow.models.model_config": {"trainyard.models.model_config": ("ModelConfig",)},
    "mlflow.types.schema": {
        "trainyard.types.datatypes": ("DataType",),
        "trainyard.types.nested": ("AnyType", "Array", "Map", "Object", "Property", "SparkMLVector"),
        "trainyard.types.params": ("ParamSchema", "ParamSpec"),
        "trainyard.types.schema": ("ColSpec", "Schema", "TensorInfo", "TensorSpec"),
    },
    "mlflow.types.type_hints": {"trainyard.types.type_hints": ("TypeFromExample",)},
    "mlflow.exceptions": {"trainyard.exceptions": ("MlflowException", "RestException")},
}
_COMPRESSIONS = {"lzma": (".xz", "lzma"), "bzip2": (".bz2", "bz2"), "gzip": (".gz", "gzip")}

# How deep the search for what cannot be pickled goes.
_DEPTH = 6


class _Imported:
    """Stands for a module that is imported where the pickle is read."""

    def __init__(self, name):
        self.name = name


def dumps(model):
    """Return the pickle of a Python model, and the names of the top-level modules that it refers to.

    Parameters
    ----------
    model
        The model. What of it cannot be pickled is named in the error, by its attributes.
    """
    import cloudpickle

    from trainyard.pyfunc import wrapping

    # The classes of wrapped objects exist here only, so they go into the pickle whole.
    cloudpickle.register_pickle_by_value(wrapping)
    try:
        return _dumps(model)
    except Exception as error:
        place, reason = find_unpicklable(model, "python_model") or ("python_model", error)
        raise MlflowException.invalid_parameter_value(
            f"Failed to serialize Python model: {place} cannot be pickled: {reason}. Make it in load_context, leave it "
            "out with __getstate__, or put the model into a script and log that: python_model='model.py'"
        ) from error
    finally:
        cloudpickle.unregister_pickle_by_value(wrapping)


def load(path, compression=None):
    """Return the Python model of a file."""
    import pickle

    from trainyard import alias

    opener = open
    if compression is not None:
        opener = importlib.import_module(_compression(compression)[1]).open
    # cloudpickle writes pickles that the standard library reads.
    with opener(path, "rb") as file, alias.resolving_mlflow():
        try:
            return pickle.load(file)
        except (ImportError, AttributeError) as error:
            raise MlflowException(
                f"the model refers to what is not here: {error}. Its requirements.txt says what to install; modules of "
                "one's own go with a model as code_paths"
            ) from error


def compress(content, compression):
    """Return the content of a file, compressed, and the ending of its name."""
    ending, module = _compression(compression)
    return importlib.import_module(module).compress(content), ending


def find_unpicklable(value, place, depth=_DEPTH):
    """Return the innermost part of a value that cannot be pickled, as its place in the value and the reason."""
    reason = _failure(value)
    if reason is None:
        return None
    if depth:
        for name, part in _parts(value, place):
            found = find_unpicklable(part, name, depth - 1)
            if found is not None:
                return found
    return place, reason


def _dumps(model):
    import cloudpickle

    modules = set()

    class Pickler(cloudpickle.Pickler):
        def reducer_override(self, value):
            modules.update(_modules_of(value))
            place = _place(value)
            if place is None:
                return super().reducer_override(value)
            module, name = place
            if name is None:
                return importlib.import_module, (module,)
            return getattr, (_Imported(module), name)

    buffer = io.BytesIO()
    Pickler(buffer, protocol=5).dump(model)
    return buffer.getvalue(), {module.partition(".")[0] for module in modules}


def _modules_of(value):
    """Return the modules that a value needs: its own, and those that a function imports when it is called."""
    if isinstance(value, types.ModuleType):
        return [value.__name__]
    if not isinstance(value, (type, types.FunctionType, types.BuiltinFunctionType)):
        return []
    if _is_importable(value):
        return [value.__module__]
    if not isinstance(value, types.FunctionType):
        return []
    import dis

    # Code that is in the pickle itself; what installed code imports is the business of its own requirements.
    return [item.argval for item in dis.get_instructions(value) if item.opname == "IMPORT_NAME"]


def _is_importable(value):
    """Tell whether a class or function is found by its name in its module, so that the pickle holds only that."""
    module = getattr(value, "__module__", None)
    return (
        isinstance(module, str)
        and module in sys.modules
        and module != "__main__"
        and ("<locals>" not in value.__qualname__)
    )


def _place(value):
    """Return the module and the name that a value of this package has in MLflow; ``None`` for every other value."""
    if isinstance(value, _Imported):
        return value.name, None
    if isinstance(value, types.ModuleType):
        own, _, rest = value.__name__.partition(".")
        return ("mlflow." + rest if rest else "mlflow", None) if own == "trainyard" else None
    name = getattr(value, "__name__", None)
    if not isinstance(name, str) or (
        not isinstance(value, (type, types.FunctionType)) and type(value).__name__ != "TypeVar"
    ):
        return None
    own = getattr(value, "__module__", None)
    if not isinstance(own, str) or own.partition(".")[0] != "trainyard":
        return None
    for module, places in _PLACES.items():
        if name in places.get(own, ()) and getattr(importlib.import_module(own), name) is value:
            return module, name
    import trainyard

    # What a script calls as mlflow.log_metric has the same name there.
    is_public = name in trainyard.__all__ and getattr(trainyard, name) is value
    return ("mlflow", name) if is_public else None


def _failure(value):
    """Return why a value cannot be pickled, or ``None``."""
    try:
        _dumps(value)
    except Exception as error:
        return error
    return None


def _parts(value, place):
    if isinstance(value, dict):
        return [(f"{place}[{key!r}]", part) for key, part in value.items()]
    if isinstance(value, (list, tuple, set, frozenset)):
        return [(f"{place}[{number}]", part) for number, part in enumerate(value)]
    if isinstance(value, types.MethodType):
        return [(f"{place}.__self__", value.__self__)]
    if isinstance(value, types.FunctionType):
        closed, names = inspect.getclosurevars(value).nonlocals, value.__code__.co_names
        used = {**{name: value.__globals__[name] for name in names if name in value.__globals__}, **closed}
        return [(f"{name}, which {value.__qualname__} uses,", part) for name, part in used.items()]
    if isinstance(value, type):
        return [(f"{value.__name__}.{name}", part) for name, part in vars(value).items() if callable(part)]
    state = getattr(value, "__dict__", None) or {}
    return [(f"{place}.{name}", part) for name, part in state.items()] + [(type(value).__name__, type(value))]


def _compression(name):
    if name not in _COMPRESSIONS:
        raise MlflowException.invalid_parameter_value(
            f"Unrecognized compression method '{name}'. Please select one of: {', '.join(_COMPRESSIONS)}"
        )
    return _COMPRESSIONS[name]
