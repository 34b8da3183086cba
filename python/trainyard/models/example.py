"""Input examples: the files beside a model that show what its input looks like."""

import base64
import copy
import json
import os
import typing

from trainyard.exceptions import MlflowException
from trainyard.types.inputs import is_array, is_frame, is_pydantic, is_series, is_sparse, plain

EXAMPLE_FILE = "input_example.json"
SERVING_FILE = "serving_input_example.json"

# The name under which MLflow has the types of an input example, for annotations.
ModelInputExample = typing.Any

# A dict with one of these keys is the body of a chat, completion or embedding request, and is sent as it is.
_REQUEST_KEYS = ("messages", "prompt", "input")


class Example:
    """An input example, split into data and params, and the texts that are saved of it.

    Parameters
    ----------
    input_example
        The data, or a tuple of the data and a dict of params.
    """

    def __init__(self, input_example):
        data, self.params = split_params(input_example)
        if self.params is not None:
            from trainyard.types.params import infer_params

            infer_params(self.params)
        self.data = plain(data)
        if is_series(self.data):
            self.data = self.data.to_frame()
        self.info = {"artifact_path": EXAMPLE_FILE, "serving_input_path": SERVING_FILE}
        content, serving, is_request = self._forms()
        if self.params:
            self.info["params"] = "true"
        if self.params is not None:
            content = {"inputs": content, "params": self.params}
            serving = {**serving, **(self.params if is_request else {"params": self.params})}
        self.json_input_example = _dump(content)
        self.json_serving_input = _dump(serving, indent=2)

    def _forms(self):
        """Return the JSON of the file and of the request, and whether the data is itself the body of a request."""
        data = self.data.model_dump() if is_pydantic(self.data) else self.data
        if is_frame(data):
            content = _frame(data)
            self.info.update(type="dataframe", pandas_orient="split" if "columns" in content else "values")
            return content, {"dataframe_split": content}, False
        if is_sparse(data):
            self.info.update(type=f"sparse_matrix_{data.format}")
            return _sparse(data), {"inputs": data.toarray()}, False
        if is_array(data) or (isinstance(data, dict) and any(map(is_array, data.values()))):
            content = _arrays(data)
            self.info.update(type="ndarray")
            return content, {"inputs": content}, False
        if _holds_array(data):
            raise MlflowException.invalid_parameter_value(
                "Multidimensional arrays (aka tensors) are not supported. Numpy arrays in list are not supported as "
                "input examples."
            )
        if not isinstance(data, (dict, list)) and not _is_scalar(data):
            raise MlflowException.invalid_parameter_value(
                "Expected one of the following types: a pandas or Polars DataFrame or Series, numpy.ndarray, tensor, "
                "dictionary of (name -> numpy.ndarray), scipy.sparse.csr_matrix, scipy.sparse.csc_matrix, dict, list, "
                f"scalars, datetime.datetime or pydantic model instance, but got '{type(data)}'"
            )
        self.info.update(type="json_object")
        is_request = isinstance(data, dict) and any(key in data for key in _REQUEST_KEYS)
        return data, data if is_request else {"inputs": data}, is_request

    def copy(self):
        """Return a copy of the data, which a model may change."""
        return copy.deepcopy(self.data)

    def save(self, folder):
        """Write both files into a model directory."""
        with open(os.path.join(folder, EXAMPLE_FILE), "w", encoding="utf-8") as file:
            file.write(self.json_input_example)
        with open(os.path.join(folder, SERVING_FILE), "w", encoding="utf-8") as file:
            file.write(self.json_serving_input)


def split_params(input_example):
    """Return the data and the params of an input example; ``None`` where it has none."""
    is_pair = isinstance(input_example, tuple) and len(input_example) == 2 and isinstance(input_example[1], dict)
    return input_example if is_pair else (input_example, None)


def convert_input_example_to_serving_input(input_example):
    """Return the JSON body with which a scoring server is sent an input example; ``None`` for none."""
    return None if input_example is None else Example(input_example).json_serving_input


def load_example(folder, info, schema=None):
    """Return the data of the example that is saved in a model directory.

    Parameters
    ----------
    folder
        The model directory.
    info
        What its ``MLmodel`` file says about the example.
    schema
        The schema of the model's inputs, which knows the types that JSON forgets.
    """
    from trainyard.models.serving_input import cast_inputs, frame_from_json

    content = _read(folder, info)
    if info.get("params"):
        content = content["inputs"]
    kind = info["type"]
    if kind == "dataframe":
        return frame_from_json(content if isinstance(content, dict) else {"data": content}, "split", schema)
    if kind == "ndarray":
        return cast_inputs(content, schema)
    if kind.startswith("sparse_matrix_"):
        from scipy import sparse

        make = sparse.csr_matrix if kind.endswith("csr") else sparse.csc_matrix
        return make((content["data"], content["indices"], content["indptr"]), shape=content["shape"])
    if kind == "json_object":
        return content
    raise MlflowException.invalid_parameter_value(
        f"Malformed input example metadata. The 'type' field must be one of 'dataframe', 'ndarray', "
        f"'sparse_matrix_csc', 'sparse_matrix_csr' or 'json_object', and is {kind!r}"
    )


def load_example_params(folder, info):
    """Return the params of the example that is saved in a model directory, or ``None``."""
    return _read(folder, info)["params"] if info.get("params") else None


def to_json(value, indent=None):
    """Return data of pandas, NumPy and Python as JSON, as it stands in examples and answers."""
    return json.dumps(value, default=_as_json, indent=indent)


def _read(folder, info):
    from trainyard.models.loading import inside

    with open(inside(folder, info["artifact_path"]), encoding="utf-8") as file:
        return json.load(file)


def _frame(frame):
    split = frame.where(frame.notnull(), None).to_dict(orient="split")
    del split["index"]
    if list(frame.columns) == list(range(len(frame.columns))):
        del split["columns"]
    return split


def _arrays(data):
    if not isinstance(data, dict):
        return _without_nan(data).tolist()
    if not all(map(is_array, data.values())):
        raise MlflowException.invalid_parameter_value(
            "Mixed types in dictionary are not supported as input examples. Found numpy arrays and other types."
        )
    return {name: _without_nan(values).tolist() for name, values in data.items()}


def _without_nan(array):
    import numpy

    return numpy.where(numpy.isnan(array), None, array) if numpy.issubdtype(array.dtype, numpy.number) else array


def _sparse(matrix):
    return {
        "data": _without_nan(matrix.data).tolist(),
        "indices": matrix.indices.tolist(),
        "indptr": matrix.indptr.tolist(),
        "shape": list(matrix.shape),
    }


def _holds_array(data):
    if isinstance(data, (list, dict)):
        return any(map(_holds_array, data.values() if isinstance(data, dict) else data))
    return is_array(data)


def _is_scalar(data):
    import datetime
    import numbers

    return isinstance(data, (str, bytes, numbers.Number, datetime.datetime)) or (
        type(data).__module__ == "numpy" and hasattr(data, "item")
    )


def _dump(value, indent=None):
    try:
        return to_json(value, indent)
    except TypeError as error:
        raise MlflowException.invalid_parameter_value(f"input_example cannot be written as JSON: {error}") from None


def _as_json(value):
    if is_array(value) or (type(value).__module__ == "numpy" and hasattr(value, "item")):
        return value.tolist()
    if isinstance(value, (bytes, bytearray)):
        return base64.encodebytes(value).decode("ascii")
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if is_pydantic(value):
        return value.model_dump()
    raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")
