"""Schemas from data: data frames, series, arrays, sparse matrices, dicts, lists and scalars."""

import math
import sys
import warnings

from trainyard.exceptions import MlflowException
from trainyard.types.datatypes import AnyType, Array, DataType, Object, Property, merge_types
from trainyard.types.schema import ColSpec, Schema, TensorSpec


def infer_schema(data):
    """Return the schema of data, as MLflow infers it.

    Parameters
    ----------
    data
        A pandas or Polars DataFrame or Series, a NumPy array or a dict of them, a SciPy sparse matrix, or lists, dicts
        and scalars.
    """
    schema = _infer(_plain_frame(data))
    if not schema.is_tensor_spec() and any(kind in (DataType.integer, DataType.long) for kind in schema.input_types()):
        warnings.warn(
            "the inferred schema has integer columns, which cannot hold missing values: if the data can have any at "
            "inference, infer the signature from data that has them, or make these columns floats",
            stacklevel=3,
        )
    return schema


def _infer(data):
    if is_frame(data):
        columns = [ColSpec(_column_type(data[name]), name, not _has_missing(data[name])) for name in data.columns]
        return Schema(columns)
    if is_series(data):
        required = True if data.name is None else not _has_missing(data)
        return Schema([ColSpec(_column_type(data), data.name, required)])
    if is_array(data) or is_sparse(data):
        return Schema([_tensor(data)])
    if isinstance(data, dict):
        if all(is_array(value) for value in data.values()):
            return Schema([_tensor(value, name) for name, value in data.items()])
        if any(not isinstance(name, str) for name in data):
            raise MlflowException.invalid_parameter_value("the keys of a dict of inputs have to be texts")
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
    if _is_missing(value) or (isinstance(value, (list, dict)) and not value):
        return AnyType()
    if isinstance(value, dict):
        properties = []
        for name, item in value.items():
            kind = infer_type(item)
            if kind is None:
                raise MlflowException.invalid_parameter_value("a value of a dict must not be an empty array")
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
    for kind in DataType:
        if DataType.check_type(kind, value):
            return kind
    raise MlflowException.invalid_parameter_value(f"{value!r} is not of a type that a signature can hold")


def _known(value):
    """Return the type of a value of which something can be known."""
    kind = infer_type(value)
    if kind is None:
        raise MlflowException.invalid_parameter_value("A column of nested array type must include at least one value.")
    return kind


def _column_type(column):
    if column.dtype.kind == "O":
        column = column.infer_objects()
    if column.dtype.kind != "O":
        return _numpy_type(column.dtype)
    return _known(column.to_list()).dtype


def _numpy_type(dtype):
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
        raise MlflowException.invalid_parameter_value(f"a signature has no type for columns of {dtype}")
    return named


def _tensor(array, name=None):
    import numpy

    dtype = array.dtype
    if dtype.kind in "US":
        # The length of the longest text is no property of the type.
        dtype = numpy.dtype(dtype.kind)
    return TensorSpec(dtype, (-1, *array.shape[1:]), name)


def _has_missing(column):
    return bool(column.isna().any())


def _is_required(value):
    if isinstance(value, list):
        return not any(_is_missing(item) for item in value)
    return not _is_missing(value)


def _is_missing(value):
    if isinstance(value, float):
        return math.isnan(value)
    if value is None:
        return True
    pandas = sys.modules.get("pandas")
    return pandas is not None and (value is pandas.NA or value is pandas.NaT)


def is_frame(data):
    """Tell whether data is a pandas DataFrame, without importing pandas."""
    pandas = sys.modules.get("pandas")
    return pandas is not None and isinstance(data, pandas.DataFrame)


def is_series(data):
    """Tell whether data is a pandas Series, without importing pandas."""
    pandas = sys.modules.get("pandas")
    return pandas is not None and isinstance(data, pandas.Series)


def is_array(data):
    """Tell whether data is a NumPy array, without importing NumPy."""
    numpy = sys.modules.get("numpy")
    return numpy is not None and isinstance(data, numpy.ndarray)


def is_sparse(data):
    """Tell whether data is a SciPy matrix in CSR or CSC form, without importing SciPy."""
    sparse = sys.modules.get("scipy.sparse")
    return sparse is not None and sparse.issparse(data) and data.format in ("csr", "csc")


def _plain_frame(data):
    """Return a Polars frame or series as the pandas one; everything else as it is."""
    polars = sys.modules.get("polars")
    if polars is not None and isinstance(data, (polars.DataFrame, polars.Series)):
        return data.to_pandas()
    return data
