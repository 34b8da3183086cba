"""Input examples: the files beside a model that show what its input looks like."""

import base64
import json
import os

from trainyard.exceptions import MlflowException
from trainyard.types.infer import is_array, is_frame, is_series, is_sparse

EXAMPLE_FILE = "input_example.json"
SERVING_FILE = "serving_input_example.json"


class Example:
    """An input example, split into data and params, in the forms that are saved."""

    def __init__(self, input_example):
        self.data, self.params = _split(input_example)
        if is_series(self.data):
            self.data = self.data.to_frame()
        self.info = {"artifact_path": EXAMPLE_FILE, "serving_input_path": SERVING_FILE}
        if is_frame(self.data):
            content, serving = _frame(self.data)
            has_names = not _is_range(self.data.columns)
            self.info.update(type="dataframe", pandas_orient="split" if has_names else "values")
        elif is_array(self.data) or _is_dict_of_arrays(self.data):
            content = _array(self.data)
            serving = {"inputs": content}
            self.info.update(type="ndarray")
        elif is_sparse(self.data):
            content = _sparse(self.data)
            serving = {"inputs": self.data.toarray().tolist()}
            self.info.update(type=f"sparse_matrix_{self.data.format}")
        else:
            content = self.data
            is_chat = isinstance(content, dict) and "messages" in content
            serving = content if is_chat else {"inputs": content}
            self.info.update(type="json_object")
        if self.params is not None:
            self.info["params"] = "true"
            content = {"inputs": content, "params": self.params}
            serving = {**serving, "params": self.params}
        self.content = content
        self.serving = serving

    def check(self):
        """Raise when the example cannot be written as JSON."""
        _dump(self.serving)

    def save(self, folder):
        """Write both files into a model directory."""
        with open(os.path.join(folder, EXAMPLE_FILE), "w", encoding="utf-8") as file:
            file.write(_dump(self.content))
        with open(os.path.join(folder, SERVING_FILE), "w", encoding="utf-8") as file:
            file.write(_dump(self.serving, indent=2))


def convert_input_example_to_serving_input(input_example):
    """Return the JSON body with which a scoring server is sent an input example; ``None`` for none."""
    return None if input_example is None else _dump(Example(input_example).serving, indent=2)


def load_example(folder, info):
    """Return the data of the example that is saved in a model directory."""
    content = _read(folder, info)
    if info.get("params"):
        content = content["inputs"]
    kind = info["type"]
    if kind == "dataframe":
        import pandas

        if info.get("pandas_orient") == "split":
            return pandas.DataFrame(content["data"], columns=content["columns"])
        return pandas.DataFrame(content["data"] if isinstance(content, dict) else content)
    if kind == "ndarray":
        import numpy

        if isinstance(content, dict):
            return {name: numpy.array(values) for name, values in content.items()}
        return numpy.array(content)
    if kind.startswith("sparse_matrix_"):
        from scipy import sparse

        make = sparse.csr_matrix if kind.endswith("csr") else sparse.csc_matrix
        return make((content["data"], content["indices"], content["indptr"]), shape=content["shape"])
    return content


def load_example_params(folder, info):
    """Return the params of the example that is saved in a model directory, or ``None``."""
    return _read(folder, info)["params"] if info.get("params") else None


def _read(folder, info):
    with open(os.path.join(folder, info["artifact_path"]), encoding="utf-8") as file:
        return json.load(file)


def _split(input_example):
    if isinstance(input_example, tuple) and len(input_example) == 2 and isinstance(input_example[1], dict):
        return input_example
    if isinstance(input_example, tuple):
        raise MlflowException.invalid_parameter_value(
            "input_example: a tuple has to be (input, params) with a dict of params"
        )
    return input_example, None


def _frame(frame):
    rows = [[_cell(value) for value in row] for row in frame.itertuples(index=False, name=None)]
    if _is_range(frame.columns):
        split = {"data": rows}
    else:
        split = {"columns": [_plain(name) for name in frame.columns], "data": rows}
    return split, {"dataframe_split": split}


def _cell(value):
    """Return a cell of a data frame as JSON has it."""
    if isinstance(value, (bytes, bytearray)):
        return base64.encodebytes(value).decode("ascii")
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return value


def _array(data):
    if isinstance(data, dict):
        return {name: _array(values) for name, values in data.items()}
    return _without_nan(data.tolist())


def _without_nan(value):
    if isinstance(value, list):
        return [_without_nan(item) for item in value]
    return None if isinstance(value, float) and value != value else value


def _sparse(matrix):
    return {
        "data": matrix.data.tolist(),
        "indices": matrix.indices.tolist(),
        "indptr": matrix.indptr.tolist(),
        "shape": list(matrix.shape),
    }


def _is_dict_of_arrays(data):
    return isinstance(data, dict) and bool(data) and all(is_array(values) for values in data.values())


def _is_range(columns):
    return type(columns).__name__ == "RangeIndex"


def _dump(value, indent=None):
    try:
        return json.dumps(value, default=_plain, indent=indent)
    except TypeError as error:
        raise MlflowException.invalid_parameter_value(f"input_example cannot be written as JSON: {error}") from None


def _plain(value):
    if hasattr(value, "tolist"):
        return value.tolist()
    if isinstance(value, (bytes, bytearray)):
        return base64.encodebytes(value).decode("ascii")
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if hasattr(value, "model_dump"):
        return value.model_dump()
    if isinstance(value, (int, float, str)) or value is None:
        return value
    raise TypeError(f"{type(value).__module__}.{type(value).__name__} is not supported")
