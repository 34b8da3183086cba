"""The rows of the interop matrix: per flavor one module with its models, written once for both packages.

The code of a cell is given the package, ours or stock, as ``mlflow``; that it is the same text for both is part of what
is shown. A module has ``CELLS`` and imports its framework inside of functions.
"""

import dataclasses
import importlib
from collections.abc import Callable

# Modules of this package, by the environment that can run them.
LIGHT = ("sklearn", "xgboost", "lightgbm", "onnx", "pyfunc")
HEAVY = ("pytorch", "tensorflow", "keras")


@dataclasses.dataclass(frozen=True)
class Cell:
    """One kind of model in one format.

    Parameters
    ----------
    name
        What it is, for the table.
    build
        ``build(mlflow)`` makes and trains the model, the same one each time.
    save
        ``save(mlflow, model, path, **arguments)`` writes the model directory.
    data
        Returns the input of predictions.
    predict
        ``predict(model, data)`` is what the model in memory says.
    native
        ``native(mlflow, path, data)`` is what the flavor's own ``load_model`` gives back says, in the same form;
        ``None`` where the flavor has no loader of its own.
    pyfunc
        Whether the model can be loaded by ``pyfunc`` too.
    tolerance
        Greatest relative difference of predictions; 0 means that they are the same to the bit.
    note
        What a reader of the table should know.
    """

    name: str
    build: Callable
    save: Callable
    data: Callable
    predict: Callable
    native: Callable | None = None
    pyfunc: bool = True
    tolerance: float = 0.0
    note: str = ""


def load(module):
    """Return the cells of a module by their ids."""
    return {f"{module}-{cell.name}": cell for cell in importlib.import_module(f"cells.{module}").CELLS}
