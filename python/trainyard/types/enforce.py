"""Fitting data to the schema of a model's inputs, with the conversions that lose nothing."""

from trainyard.exceptions import MlflowException
from trainyard.notices import warn
from trainyard.types.columns import fit_column, fit_value
from trainyard.types.datatypes import DataType
from trainyard.types.inputs import is_array, is_frame, is_series, plain
from trainyard.types.nested import Array, Object
from trainyard.types.tensors import fit_tensors


def enforce_schema(data, schema):
    """Return data as the model takes it, with columns in the order of the schema and of its types.

    Parameters
    ----------
    data
        A pandas or Polars DataFrame or Series, NumPy array, tensor, SciPy matrix, list, dict or scalar.
    schema
        The ``Schema`` of the model's inputs.
    """
    data = plain(data)
    if is_series(data):
        data = data.to_frame()
    if not schema.is_tensor_spec():
        data = _as_frame(data, schema)
    if schema.has_input_names():
        data = _check_names(data, schema)
    elif not schema.is_tensor_spec() and len(data.columns) < len(schema.inputs):
        raise MlflowException.invalid_parameter_value(
            f"Model inference is missing inputs. The model signature declares {len(schema.inputs)} inputs  but the "
            f"provided value only has {len(data.columns)} inputs. Note: the inputs were not named in the signature so "
            "we can only verify their count."
        )
    if schema.is_tensor_spec():
        return fit_tensors(data, schema)
    if schema.has_input_names():
        return _fit([(spec.name, spec) for spec in schema.inputs if spec.name in data], data)
    return _fit(list(zip(data.columns, schema.inputs, strict=False)), data)


def validate_schema(data, expected_schema):
    """Raise when data does not fit a schema.

    Parameters
    ----------
    data
        Data of any kind that a model takes.
    expected_schema
        The ``Schema``.
    """
    enforce_schema(data, expected_schema)


def _fit(columns, frame):
    import pandas

    fitted = {}
    for name, spec in columns:
        if isinstance(spec.type, DataType):
            fitted[name] = fit_column(name, frame[name], spec.type)
        else:
            values = [fit_value(value, spec.type, spec.required) for value in frame[name]]
            # Columns are put side by side by their index, so all of them need the one of the input.
            fitted[name] = pandas.Series(values, index=frame.index, name=name)
    return pandas.DataFrame(fitted)


def _check_names(data, schema):
    """Return data whose named inputs are all there; one array is the input where only one is required."""
    required = schema.required_input_names()
    if len(required) == 1 and is_array(data):
        data = {required[0]: data}
    have = list(data) if isinstance(data, dict) or is_frame(data) else []
    known = set(schema.input_names())
    extra = [name for name in have if name not in known]
    missing = [name for name in required if name not in have]
    if missing:
        raise MlflowException.invalid_parameter_value(_missing_message(missing, extra))
    if extra:
        warn(
            "Found extra inputs in the model input that are not defined in the model signature: "
            f"`{extra}`. These inputs will be ignored."
        )
    return data


def _missing_message(missing, extra):
    from trainyard import environment

    if environment.is_true("DISABLE_SCHEMA_DETAILS"):
        note = " Note that there were extra inputs provided." if extra else ""
        return f"Input schema validation failed. Mismatched or missing input(s).{note}"
    note = f" Note that there were extra inputs: {extra}." if extra else ""
    return f"Model is missing inputs {missing}.{note}"


def _as_frame(data, schema):
    import numpy
    import pandas

    if is_frame(data):
        return data
    if numpy.isscalar(data):
        return pandas.DataFrame([data])
    if isinstance(data, dict):
        return _frame_of_dict(data, schema)
    if isinstance(data, list) or is_array(data):
        return pandas.DataFrame(data)
    raise MlflowException.invalid_parameter_value(f"Expected input to be DataFrame. Found: {type(data).__name__}")


def _frame_of_dict(data, schema):
    """Return a dict as one row where its values are those of a row, else as columns."""
    import numpy
    import pandas

    is_row = (
        any(isinstance(spec.type, (Array, Object)) for spec in schema.inputs)
        or all(numpy.isscalar(value) or value is None or _is_texts(value) for value in data.values())
        or all(is_array(value) and value.dtype.kind == "U" and value.shape == () for value in data.values())
    )
    if is_row:
        return pandas.DataFrame([data])
    try:
        # Frames hold no arrays of several dimensions; as lists they are refused by the check of their column.
        return pandas.DataFrame(
            {name: value.tolist() if is_array(value) and value.ndim > 1 else value for name, value in data.items()}
        )
    except Exception as error:
        raise MlflowException.invalid_parameter_value(
            "This model contains a column-based signature, which suggests a DataFrame input. There was an error "
            f"casting the input data to a DataFrame: {error}"
        ) from None


def _is_texts(value):
    return isinstance(value, list) and all(isinstance(item, str) for item in value)
