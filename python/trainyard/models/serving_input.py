"""The JSON of the scoring protocol: reading the body of a request as the input of a model, with the types that its
signature knows and JSON forgets."""

import base64
import copy
import json

from trainyard.exceptions import MlflowException
from trainyard.types.columns import fit_value
from trainyard.types.datatypes import DataType
from trainyard.types.nested import AnyType, Array
from trainyard.types.schema import TensorSpec

_FORMATS = ("dataframe_split", "dataframe_records", "instances", "inputs")
_REQUEST_KEYS = ("messages", "prompt", "input")


def parse_body(body, model):
    """Return the data and the params of a request.

    Parameters
    ----------
    body
        The JSON, as text or read.
    model
        The description of the model: a ``Model``.
    """
    schema, param_schema = model.get_input_schema(), model.get_params_schema()
    wire = json.loads(body) if isinstance(body, (str, bytes)) else body
    if not isinstance(wire, dict):
        raise _invalid(f"The body must be a JSON object, got {type(wire).__name__}")
    if any(key in wire for key in _REQUEST_KEYS) and not any(key in wire for key in _FORMATS):
        known = {spec.name for spec in param_schema} if param_schema else set()
        data = {name: value for name, value in wire.items() if name not in known}
        return data, {name: value for name, value in wire.items() if name in known}
    wire = dict(wire)
    params = wire.pop("params", None)
    given = [key for key in _FORMATS if key in wire]
    if len(given) != 1 or len(wire) != 1:
        raise _invalid(
            f"The input must be a JSON dictionary with exactly one of the input fields {sorted(_FORMATS)}. "
            f"Received dictionary with input fields: {list(wire)}"
        )
    content = wire[given[0]]
    if model._is_signature_from_type_hint():
        # The model validates its input by the hint, which knows more than a schema.
        return _as_list(content, given[0]), params
    if given[0].startswith("dataframe_"):
        return frame_from_json(content, given[0].removeprefix("dataframe_"), schema), params
    if given[0] == "instances":
        content = _columns_of(content)
    return cast_inputs(content, schema), params


def frame_from_json(content, orient, schema=None):
    """Return a data frame from its JSON.

    Parameters
    ----------
    content
        The JSON, read.
    orient
        ``"split"`` or ``"records"``.
    schema
        Schema whose types the columns get.
    """
    import pandas

    if orient == "records":
        if not isinstance(content, list):
            raise _invalid(f"Dataframe records format must be a list of records. Got type {type(content).__name__}.")
        frame = pandas.DataFrame(content)
    else:
        if not isinstance(content, dict) or "data" not in content or set(content) - {"columns", "data", "index"}:
            raise _invalid(
                "Dataframe split format must be a dictionary with 'data' field and optionally 'columns' and 'index' "
                f"fields. Got {list(content) if isinstance(content, dict) else type(content).__name__}."
            )
        frame = pandas.DataFrame(content["data"], index=content.get("index"), columns=content.get("columns"))
    return frame if schema is None else _cast_frame(frame, schema)


def cast_inputs(content, schema=None):
    """Return the JSON of ``inputs`` as arrays, or as dicts and lists of values of the schema's types."""
    content = copy.deepcopy(content)
    specs = schema.input_dict() if schema is not None and schema.has_input_names() else {}
    is_rows = isinstance(content, list) and all(isinstance(row, dict) for row in content)
    if len(specs) == 1 and isinstance(content, list) and not any(isinstance(row, dict) for row in content):
        content = {next(iter(specs)): content}
    if schema is not None and not specs and isinstance(content, dict):
        raise _invalid(
            "Failed to parse input data. This model contains an un-named model signature which expects a single "
            f"n-dimensional array or a single value as input, however, an input of type {type(content)} was found."
        )
    if isinstance(content, dict):
        return {name: _cast(value, specs.get(name)) for name, value in content.items()}
    if is_rows and content:
        return [{name: _cast(value, specs.get(name)) for name, value in row.items()} for row in content]
    return _cast(content, schema.inputs[0] if schema is not None else None)


def answer(predictions):
    """Return predictions as the plain data of an answer: a frame as its rows."""
    from trainyard.types.inputs import is_array, is_frame, is_series

    if is_array(predictions):
        return predictions.tolist()
    if is_series(predictions):
        predictions = predictions.to_frame()
    return predictions.to_dict(orient="records") if is_frame(predictions) else predictions


def _as_list(content, form):
    """Return the content of a request as the list that a type hint is about."""
    if not form.startswith("dataframe_"):
        return content
    frame = frame_from_json(content, form.removeprefix("dataframe_"))
    return frame.iloc[:, 0].tolist() if list(frame.columns) == [0] else frame.to_dict(orient="records")


def _columns_of(rows):
    """Return rows that are dicts as columns; other rows are a tensor and stay."""
    if not isinstance(rows, list) or not rows or not isinstance(rows[0], dict):
        return rows
    columns = {name: [row.get(name) for row in rows] for name in rows[0]}
    if any(set(row) != set(columns) for row in rows):
        raise _invalid("The rows of instances must all have the same keys")
    return columns


def _cast_frame(frame, schema):
    if schema.has_input_names():
        specs = [(spec.name, spec) for spec in schema.inputs if spec.name in frame.columns]
    elif schema.is_tensor_spec():
        specs = [(name, schema.inputs[0]) for name in frame.columns]
    else:
        specs = list(zip(frame.columns, schema.inputs, strict=False))
    for name, spec in specs:
        try:
            frame[name] = _cast_column(frame[name], spec)
        except Exception as error:
            raise _invalid(
                "Data is not compatible with model signature. "
                f"Failed to convert column {name} to type '{spec.type!r}'. Error: '{error!r}'"
            ) from None
    return frame


def _cast_column(column, spec):
    import pandas

    kind = spec.type
    if isinstance(spec, TensorSpec):
        if len(column) and isinstance(column.iloc[0], list):
            # The check of the input gives lists their shape, and then their type.
            return column
        if kind.kind == "S":
            return column.map(lambda text: bytes(text, "utf8"))
        return column if kind.kind == "U" and isinstance(column.dtype, pandas.StringDtype) else column.astype(kind)
    if isinstance(kind, AnyType):
        return column
    if not isinstance(kind, DataType):
        return column.map(lambda value: fit_value(value, kind, spec.required))
    if kind is DataType.binary:
        return column.map(lambda text: base64.decodebytes(bytes(text, "utf8")))
    if kind is DataType.boolean and column.isna().any():
        # As a boolean, a missing value would be false.
        return column.where(column.isna(), column.astype(bool))
    if kind is DataType.datetime:
        dates = pandas.to_datetime(column)
        return dates.dt.as_unit("ns") if hasattr(dates.dt, "as_unit") else dates
    if kind is DataType.string and isinstance(column.dtype, pandas.StringDtype):
        return column
    return column.astype(kind.to_pandas())


def _cast(value, spec):
    import numpy

    try:
        if spec is None:
            return numpy.array(value)
        if isinstance(spec, TensorSpec):
            return numpy.array(value, dtype=spec.type)
        kind = spec.type
        if isinstance(kind, Array):
            return numpy.array(fit_value(value, kind, spec.required))
        if not isinstance(kind, DataType):
            return fit_value(value, kind, spec.required)
        if value is None and kind in (DataType.boolean, DataType.string, DataType.binary):
            return None
        if isinstance(value, list) and kind in (DataType.boolean, DataType.string, DataType.binary):
            if any(item is None for item in value):
                return numpy.array([None if item is None else _cast(item, spec) for item in value], dtype=object)
        array = numpy.array(value if isinstance(value, list) else [value], dtype=kind.to_numpy())
        return array if isinstance(value, list) else array[0]
    except (MlflowException, ValueError, TypeError) as error:
        raise _invalid(str(error)) from None


def _invalid(reason):
    return MlflowException(f"Invalid input. {reason}", "BAD_REQUEST")
