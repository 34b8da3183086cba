"""Checking tensors, and data frames that stand for them, against the tensors of a schema."""

from trainyard.exceptions import MlflowException
from trainyard.types.inputs import is_array, is_frame, is_sparse


def fit_tensors(data, schema):
    """Return the input of a model whose signature has tensors: an array, or a dict of arrays by name."""
    if schema.has_input_names():
        if isinstance(data, dict):
            return {spec.name: _check(_named_array(data, spec.name), spec) for spec in schema.inputs}
        if is_frame(data):
            return {spec.name: _from_column(spec.name, data[spec.name], spec) for spec in schema.inputs}
        raise MlflowException.invalid_parameter_value(
            "This model contains a tensor-based model signature with input names, which suggests a dictionary input "
            "mapping input name to tensor, or a pandas DataFrame input containing columns mapping input name to "
            f"flattened list value from tensor, but an input of type {type(data)} was found."
        )
    spec = schema.inputs[0]
    if is_frame(data):
        return _from_frame(data, spec)
    if is_array(data) or is_sparse(data):
        return _check(data, spec)
    raise MlflowException.invalid_parameter_value(
        "This model contains a tensor-based model signature with no input names, which suggests a numpy array input "
        f"or a pandas dataframe input with proper column values, but an input of type {type(data)} was found."
    )


def _named_array(data, name):
    if not is_array(data[name]):
        raise MlflowException.invalid_parameter_value(
            "This model contains a tensor-based model signature with input names, which suggests a dictionary input "
            f"mapping input name to a numpy array, but a dict with value type {type(data[name])} was found."
        )
    return data[name]


def _check(values, spec):
    """Return an array that has the dtype and the shape of its spec."""
    have = values.dtype
    if spec.type.kind == "O" and spec.shape == (-1,):
        return values
    if have.kind == "O" and values.ndim == 1 and -1 in spec.shape[1:]:
        # Items of different sizes: an array of arrays, which has no shape to compare.
        return values
    sizes_fit = values.ndim == len(spec.shape) and all(
        size in (-1, actual) for size, actual in zip(spec.shape, values.shape, strict=True)
    )
    if not sizes_fit:
        raise MlflowException.invalid_parameter_value(
            f"Shape of input {values.shape} does not match expected shape {spec.shape}."
        )
    if have != spec.type and not (have.kind == spec.type.kind and have.kind in "US"):
        raise MlflowException.invalid_parameter_value(
            f"dtype of input {have} does not match expected dtype {spec.type}"
        )
    return values


def _from_frame(frame, spec):
    if frame.empty:
        raise MlflowException.invalid_parameter_value("Input DataFrame is empty.")
    columns = len(frame.columns)
    if columns == 1:
        return _from_column(None, frame[frame.columns[0]], spec)
    if spec.shape != (-1, columns):
        raise MlflowException.invalid_parameter_value(
            "This model contains a model signature with an unnamed input. Since the input data is a pandas DataFrame "
            "containing multiple columns, the input shape must be of the structure (-1, number_of_dataframe_columns). "
            f"Instead, the input DataFrame passed had {columns} columns and an input shape of {spec.shape}."
        )
    return _check(frame.to_numpy(), spec)


def _from_column(name, column, spec):
    """Return a column whose cells are scalars, lists or arrays as one array of the spec's shape."""
    import numpy

    if spec.shape[0] != -1 or -1 in spec.shape[1:]:
        raise MlflowException.invalid_parameter_value(
            "For pandas dataframe input, the first dimension of shape must be a variable dimension and other "
            "dimensions must be fixed, but in model signature the shape of "
            f"{'input ' + name if name else 'the unnamed input'} is {spec.shape}."
        )
    first = column.iloc[0]
    if numpy.isscalar(first):
        if spec.shape not in ((-1,), (-1, 1)):
            raise MlflowException.invalid_parameter_value(
                f"The input pandas dataframe column '{name}' contains scalar values, which requires the shape to be "
                f"(-1,) or (-1, 1), but got tensor spec shape of {spec.shape}."
            )
        return _check(numpy.array(column, dtype=spec.type).reshape(spec.shape), spec)
    is_list = isinstance(first, list) and len(first) > 0 and numpy.isscalar(first[0])
    if not is_list and not is_array(first):
        raise MlflowException.invalid_parameter_value(
            "Because the model signature requires tensor spec input, the input pandas dataframe values should be "
            "either scalar value, python list containing scalar values or numpy array containing scalar values, "
            "other types are not supported."
        )
    try:
        array = numpy.vstack(column.tolist()).reshape(spec.shape)
        # Lists say nothing about their dtype; arrays do, and are not converted.
        if is_list:
            array = array.astype(spec.type)
    except ValueError:
        array = None
    if array is None or len(array) != len(column):
        raise MlflowException.invalid_parameter_value(
            f"The value in the Input DataFrame column '{name}' could not be converted to the expected shape of: "
            f"'{spec.shape}'. All of its lists or arrays have to be of the length that makes this shape."
        )
    return array
