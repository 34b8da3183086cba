"""The pickling of ``torch.save`` and ``torch.load``: cloudpickle, under the name ``mlflow.pytorch.pickle_module``.

Classes of the user's script are pickled by value. Modules of this package are written by the name that MLflow has for
them, so that the file loads where either package is installed.
"""

import importlib
from pickle import Unpickler
from types import ModuleType

import cloudpickle
from cloudpickle import dump, dumps, load, loads

# The text in `pickle_module_info.txt`, which stock MLflow imports.
MLFLOW_NAME = "mlflow.pytorch.pickle_module"


class Pickler(cloudpickle.Pickler):
    """cloudpickle's pickler, which calls this package ``mlflow``."""

    def reducer_override(self, obj):
        """Write a module of this package by MLflow's name; leave all else to cloudpickle."""
        if isinstance(obj, ModuleType) and obj.__name__.partition(".")[0] == "trainyard":
            return importlib.import_module, ("mlflow" + obj.__name__[len("trainyard") :],)
        return super().reducer_override(obj)


__all__ = ["Pickler", "Unpickler", "dump", "dumps", "load", "loads"]
