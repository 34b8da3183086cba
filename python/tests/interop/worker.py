"""Saves or loads the models of many cells in one process, for an interpreter that starts slowly.

``python worker.py save <package> <folder> <module>…`` writes ``<folder>/<cell>/model`` and what the model in memory
predicts; ``python worker.py load <package> <folder> <out> <module>…`` writes what the loaded models predict to a file.
The package is ``mlflow`` (stock) or ``trainyard``. Nothing but this file and the cells is used.
"""

import importlib
import importlib.util
import os
import pickle
import re
import sys
import traceback
import warnings


def folder_of(cell_id):
    """Return the folder's name of a cell."""
    return re.sub(r"[^A-Za-z0-9]+", "-", cell_id)


def plain(value):
    """Return predictions as arrays, lists and dicts, which both interpreters unpickle."""
    if hasattr(value, "to_dict") and hasattr(value, "columns"):  # a data frame
        return {str(name): plain(value[name].to_numpy()) for name in value.columns}
    if hasattr(value, "to_numpy"):
        return value.to_numpy()
    if hasattr(value, "detach"):  # a tensor of PyTorch
        return value.detach().cpu().numpy()
    if hasattr(value, "numpy") and not hasattr(value, "__array_interface__"):  # a tensor of TensorFlow
        return value.numpy()
    if isinstance(value, dict):
        return {str(name): plain(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value


def save(mlflow, cell, folder, arguments):
    """Save the model of a cell, and return what it predicts in memory."""
    model = cell.build(mlflow)
    # Asked before it is saved: stock MLflow empties ONNX models whose weights it writes to a file of their own.
    predictions = plain(cell.predict(model, cell.data()))
    cell.save(mlflow, model, os.path.join(folder, "model"), **arguments)
    return {"memory": predictions}


def load(mlflow, cell, folder):
    """Load the model of a cell in each way there is, and return what it predicts."""
    path = os.path.join(folder, "model")
    result = {}
    if cell.native is not None:
        result["native"] = plain(cell.native(mlflow, path, cell.data()))
    if cell.pyfunc:
        result["pyfunc"] = plain(mlflow.pyfunc.load_model(path).predict(cell.data()))
    return result


def main(action, package, folder, *rest):
    """Run the cells of the named modules and write results or tracebacks by cell."""
    warnings.simplefilter("ignore")
    is_ours = package == "trainyard"
    if is_ours and importlib.util.find_spec("mlflow") is not None:
        sys.exit("the matrix shows what works without mlflow, and it is installed here")
    mlflow = importlib.import_module(package)
    importlib.import_module(f"{package}.pyfunc")
    import cells

    out = os.path.join(folder, "saved.pkl") if action == "save" else rest[0]
    # Stock starts a process per model to infer requirements, which is not what is shown here.
    arguments = {} if is_ours else {"pip_requirements": ["pip"]}
    results = {}
    for module in rest if action == "save" else rest[1:]:
        importlib.import_module(f"{package}.{module}")
        for cell_id, cell in cells.load(module).items():
            place = os.path.join(folder, folder_of(cell_id))
            try:
                if action == "save":
                    os.makedirs(place)
                    results[cell_id] = save(mlflow, cell, place, arguments)
                else:
                    results[cell_id] = load(mlflow, cell, place)
            except Exception:
                results[cell_id] = {"error": traceback.format_exc()}
    with open(out, "wb") as file:
        pickle.dump(results, file)


if __name__ == "__main__":
    main(*sys.argv[1:])
