"""Schemas from data: data frames, series, arrays, sparse matrices, dicts, lists and scalars."""

from trainyard.exceptions import MlflowException
from trainyard.notices import warn
from trainyard.types.datatypes import DataType
from trainyard.types.inputs import is_array, is_frame, is_missing, is_pydantic, is_series, is_sparse, plain
from trainyard.types.nested import AnyType, Array, Object, Property, merge_types
from trainyard.types.schema import ColSpec, Schema, TensorSpec

_INTEGER_HINT = (
    "Hint: Inferred schema contains integer column(s). Integer columns in Python cannot represent missing values: "
    "input with missing values comes as floats and is then refused. If your data can have missing values at "
    "inference, infer the signature from data that has them, or make these columns doubles (float64)."
)


class InvalidDataForSignatureInferenceError(MlflowException):
    """Data of a kind that no signature can be inferred from, where another way to get one exists."""

    def __init__(self, message):
        super().__init__(message, "INVALID_PARAMETER_VALUE")


def infer_schema(data):
    """Return the schema of data, as MLflow infers it.

    Parameters
    ----------
    data
        A pandas or Polars DataFrame or Series, a NumPy array, a tensor or a dict of them, a SciPy sparse matrix, or
        lists, dicts and scalars.
    """
    schema = _infer(plain(data))
    if not schema.is_tensor_spec() and any(kind in (DataType.integer, DataType.long) for kind in schema.input_types()):
        warn(_INTEGER_HINT)
    return schema


def _infer(data):
    if is_frame(data):
        columns = [ColSpec(_column_type(data[name]), name, not _has_missing(data[name])) for name in data.columns]
        return Schema(columns)
    if is_series(data):
        # A column without a name cannot be optional.
        required = True if data.name is None else not _has_missing(data)
        return Schema([ColSpec(_column_type(data), data.name, required)])
    if is_array(data) or is_sparse(data):
        return Schema([_tensor(data)])
    if isinstance(data, dict):
        if all(is_array(value) for value in data.values()):
            return Schema([_tensor(value, name) for name, value in data.items()])
        if any(not isinstance(name, str) for name in data):
            raise MlflowException.invalid_parameter_value("The dictionary keys are not all strings.")
        return Schema([ColSpec(_known(value), name, _is_required(value)) for name, value in data.items()])
    if isinstance(data, list):
        return _infer_list(data)
    return Schema([ColSpec(_known(data))])


def _infer_list(rows):
    if not rows:
        return Schema([ColSpec(DataType.string)])
    if not all(isinstance(row, dict) for row in rows):
        return Schema([ColSpec(_known(rows).dtype)])
    values = {}
    for row in rows:
        for name, value in row.items():
            values.setdefault(name, []).append(value)
    columns = []
    for name, column in values.items():
        required = all(row.get(name) is not None for row in rows)
        columns.append(ColSpec(_known(column).dtype, name, required))
    return Schema(columns)


def infer_type(value):
    """Return the type of a value, or ``None`` for an empty NumPy array."""
    if is_pydantic(value):
        raise InvalidDataForSignatureInferenceError(
            "MLflow does not support inferring model signature from input example with Pydantic objects. Give the "
            "`predict` method of your PythonModel a Pydantic type hint, such as "
            "`def predict(self, model_input: list[PydanticType])`; the signature is then inferred from it."
        )
    if is_missing(value) or (isinstance(value, (list, dict)) and not value):
        return AnyType()
    if isinstance(value, dict):
        properties = []
        for name, item in value.items():
            kind = infer_type(item)
            if kind is None:
                raise MlflowException.invalid_parameter_value("Dictionary value must not be an empty numpy array.")
            properties.append(Property(name, kind, not isinstance(kind, AnyType)))
        return Object(properties)
    if isinstance(value, list) or is_array(value):
        kinds = [kind for kind in map(infer_type, value) if kind is not None]
        if not kinds:
            return None
        merged = kinds[0]
        for kind in kinds[1:]:
            merged = merge_types(merged, kind)
        return Array(merged)
    return infer_value_type(value)


def infer_value_type(value):
    """Return the type of a scalar."""
    named = {bool: "boolean", int: "long", float: "double", str: "string", bytes: "binary", bytearray: "binary"}
    name = named.get(type(value))
    if name is not None:
        return DataType[name]
    for kind in DataType:
        if DataType.check_type(kind, value):
            return kind
    raise MlflowException.invalid_parameter_value(f"Data {value} is not one of the supported DataType")


def infer_numpy_type(dtype):
    """Return the type of a column of a NumPy or pandas dtype other than object."""
    kind, size = dtype.kind, dtype.itemsize
    if kind == "b":
        return DataType.boolean
    if kind in "iu":
        if size < 4 or (kind == "i" and size == 4):
            return DataType.integer
        if size < 8 or kind == "i":
            return DataType.long
    if kind == "f" and size <= 8:
        return DataType.float if size <= 4 else DataType.double
    named = {"U": DataType.string, "S": DataType.binary, "M": DataType.datetime}.get(kind)
    if named is None:
        raise MlflowException.invalid_parameter_value(f"Unsupported numpy data type '{dtype}', kind '{kind}'")
    return named


def _known(value):
    """Return the type of a value of which something can be known."""
    kind = infer_type(value)
    if kind is None:
        raise MlflowException.invalid_parameter_value(
            f"Numpy array must include at least one non-empty item. Invalid input `{value}`."
        )
    return kind


def _column_type(column):
    if column.ndim > 1:
        raise MlflowException.invalid_parameter_value(f"Expected 1d array, got array with shape {column.shape}")
    if column.dtype.kind == "O":
        column = column.infer_objects()
    if column.dtype.kind != "O":
        return infer_numpy_type(column.dtype)
    try:
        kind = _known(column.to_list())
    except MlflowException:
        kind = None
    if isinstance(kind, Array):
        return kind.dtype
    # Texts with some that no type is known for, and a column without rows, are texts to pandas.
    from pandas.api.types import is_string_dtype

    if is_string_dtype(column):
        return DataType.string
    raise MlflowException.invalid_parameter_value(f"Failed to infer schema for pandas.Series {column}.")


def _tensor(array, name=None):
    import numpy

    dtype = array.dtype
    if dtype.kind in "US":
        # The length of the longest text is no property of the type.
        dtype = numpy.dtype("str" if dtype.kind == "U" else "bytes")
    if not array.ndim:
        raise MlflowException.invalid_parameter_value(
            "The specified variable_dimension 0 is out of bounds with respect to the number of dimensions 0 in the "
            "input dataset"
        )
    return TensorSpec(dtype, (-1, *array.shape[1:]), name)


def _has_missing(column):
    return any(map(is_missing, column)) if column.dtype.kind == "O" else bool(column.isna().any())


def _is_required(value):
    if isinstance(value, list) or is_series(value):
        return not any(map(is_missing, value))
    return not is_missing(value)
