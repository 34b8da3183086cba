"""pyfunc: models as objects, functions, scripts, and files with a loader module."""

import json
import os
import tempfile

from cells import Cell

_SCRIPT = """
import mlflow


class Shift(mlflow.pyfunc.PythonModel):
    def predict(self, context, model_input, params=None):
        return model_input + 0.5


mlflow.models.set_model(Shift())
"""

_LOADER = """
import json


class Scale:
    def __init__(self, factor):
        self.factor = factor

    def predict(self, model_input):
        return model_input * self.factor


def _load_pyfunc(path):
    with open(path) as file:
        return Scale(json.load(file)["factor"])
"""


def _array():
    import numpy

    return numpy.random.default_rng(1).normal(size=(5, 3))


def _texts():
    return ["one", "two", "three"]


def _object(mlflow):
    # A class of a function's own goes into the pickle itself, as one of a script or a notebook does.
    class Shift(mlflow.pyfunc.PythonModel):
        def load_context(self, context):
            with open(context.artifacts["offsets"]) as file:
                self.offsets = json.load(file)

        def predict(self, context, model_input, params=None):
            return model_input + self.offsets

    return Shift()


def _shifted(_, model_input):
    import numpy

    return model_input + numpy.array([1.0, 2.0, 3.0])


def _save_object(mlflow, model, path, **arguments):
    with tempfile.TemporaryDirectory() as folder:
        offsets = os.path.join(folder, "offsets.json")
        with open(offsets, "w") as file:
            json.dump([1.0, 2.0, 3.0], file)
        mlflow.pyfunc.save_model(path, python_model=model, artifacts={"offsets": offsets}, **arguments)


def _function(mlflow):
    def double(model_input):
        return model_input * 2

    return double


def _save_function(mlflow, model, path, **arguments):
    mlflow.pyfunc.save_model(path, python_model=model, input_example=_array(), **arguments)


def _typed(mlflow):
    class Lengths(mlflow.pyfunc.PythonModel):
        def predict(self, model_input: list[str]) -> list[int]:
            return [len(text) for text in model_input]

    return Lengths()


def _save(mlflow, model, path, **arguments):
    mlflow.pyfunc.save_model(path, python_model=model, **arguments)


def _save_code(mlflow, model, path, **arguments):
    with tempfile.TemporaryDirectory() as folder:
        script = os.path.join(folder, "shift.py")
        with open(script, "w") as file:
            file.write(_SCRIPT)
        mlflow.pyfunc.save_model(path, python_model=script, **arguments)


def _save_loader(mlflow, model, path, **arguments):
    with tempfile.TemporaryDirectory() as folder:
        data, module = os.path.join(folder, "scale.json"), os.path.join(folder, "scale_loader.py")
        with open(data, "w") as file:
            json.dump({"factor": 1.1}, file)
        with open(module, "w") as file:
            file.write(_LOADER)
        mlflow.pyfunc.save_model(path, loader_module="scale_loader", data_path=data, code_paths=[module], **arguments)


def _nothing(mlflow):
    return None


CELLS = [
    Cell("PythonModel object with an artifact", _object, _save_object, _array, _shifted),
    Cell("function", _function, _save_function, _array, lambda function, x: function(x)),
    Cell("typed PythonModel", _typed, _save, _texts, lambda model, texts: [len(text) for text in texts]),
    Cell("models from code", _nothing, _save_code, _array, lambda _, x: x + 0.5),
    Cell("loader_module with data and code", _nothing, _save_loader, _array, lambda _, x: x * 1.1),
]
