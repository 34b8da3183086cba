"""Fitting one column or one nested value of the input to its type, with the conversions that lose nothing."""

from trainyard.exceptions import MlflowException
from trainyard.types.datatypes import DataType
from trainyard.types.inputs import is_array, is_missing
from trainyard.types.nested import AnyType, Array, Map, Object


def fit_column(name, column, wanted):
    """Return a pandas column as one of a scalar type.

    Integers and floats are widened, bytes and texts are told apart by nobody, and datetimes of any precision are made
    those of nanoseconds. Everything else that would change values is refused.
    """
    import numpy

    is_text = wanted in (DataType.string, DataType.binary)
    if column.dtype.kind == "O" and not is_text:
        column = column.infer_objects()
    have, target = column.dtype, wanted.to_numpy()
    is_object = have == numpy.dtype("O")
    if is_text and (is_object or _is_string_dtype(have)):
        # A column of objects can hold anything, and None would not survive a conversion.
        return column
    if have == target or (wanted is DataType.binary and have.kind == "S"):
        return column
    if wanted is DataType.datetime and (have.kind == "M" or is_object):
        return _datetimes(name, column, wanted)
    if wanted is DataType.boolean and is_object:
        # As booleans, None would be False.
        return column
    if wanted is DataType.double and is_object:
        return _numbers(name, column, wanted)
    if _is_upcast(have, target):
        return column.astype(target)
    if have == numpy.int64 and target.kind == "f" and column.isin([0, 1]).all():
        return column.astype(target)
    raise MlflowException.invalid_parameter_value(
        f"Incompatible input types for column {name}. Can not safely convert {have} to {target}."
        + _hint(column, target)
    )


def fit_value(value, wanted, required=True):
    """Return a value within a column as one of a type of any kind."""
    if isinstance(wanted, DataType):
        return _fit_scalar(value, wanted, required)
    if isinstance(wanted, Array):
        return _fit_array(value, wanted, required)
    if isinstance(wanted, Object):
        return _fit_object(value, wanted, required)
    if isinstance(wanted, Map):
        return _fit_map(value, wanted, required)
    if isinstance(wanted, AnyType):
        return value
    raise MlflowException.invalid_parameter_value(f"Invalid data type: {wanted!r}")


def _is_string_dtype(dtype):
    import pandas

    return isinstance(dtype, pandas.StringDtype)


def _datetimes(name, column, wanted):
    import numpy

    try:
        return column.astype(numpy.dtype("datetime64[ns]"))
    except (TypeError, ValueError) as error:
        if column.dtype.kind == "M":
            raise MlflowException.invalid_parameter_value(
                "Please ensure that the input data of datetime column only contains timezone-naive datetime objects. "
                f"Error: {error}"
            ) from None
        raise MlflowException.invalid_parameter_value(
            f"Failed to convert column {name} from type {column.dtype} to {wanted}."
        ) from error


def _numbers(name, column, wanted):
    """Return a column of decimals, or of numbers and None, as doubles."""
    import pandas

    try:
        return pandas.to_numeric(column)
    except (TypeError, ValueError) as error:
        raise MlflowException.invalid_parameter_value(
            f"Failed to convert column {name} from type {column.dtype} to {wanted}."
        ) from error


def _is_upcast(have, target):
    if have.kind == target.kind:
        return have.itemsize <= target.itemsize
    if have.kind == "u" and target.kind == "i":
        return have.itemsize < target.itemsize
    # Doubles hold all integers of 32 bits, not those of 64.
    return have.kind in "iu" and target.kind == "f" and target.itemsize == 8 and have.itemsize < 8


def _hint(column, target):
    """Say what probably happened where whole numbers came as floats because some are missing."""
    is_whole = (
        column.dtype == "float64"
        and target.kind in "iu"
        and column.hasnans
        and all(value.is_integer() for value in column.dropna())
    )
    if not is_whole:
        return ""
    return (
        " Hint: the type mismatch is likely caused by missing values. Integer columns in python can not represent "
        "missing values and are therefore encoded as floats. Infer the signature from data that has missing values, "
        "or declare the column as double."
    )


def _fit_scalar(value, wanted, required):
    import numpy
    import pandas

    if not required and is_missing(value):
        return None
    if not numpy.isscalar(value):
        raise MlflowException.invalid_parameter_value(f"Expected data to be scalar, got {type(value).__name__}")
    try:
        return fit_column("", pandas.Series(value), wanted)[0]
    except MlflowException:
        raise MlflowException.invalid_parameter_value(
            f"Failed to enforce schema of data `{value}` with dtype `{wanted.name}`"
        ) from None


def _fit_array(value, wanted, required):
    import numpy
    import pandas

    kind = wanted.dtype
    is_list = isinstance(value, list)
    is_known = is_list or is_array(value)
    if (not required or isinstance(kind, AnyType)) and (value is None or (is_known and len(value) == 0)):
        return value
    if not is_known:
        raise MlflowException.invalid_parameter_value(
            f"Expected data to be list or numpy array, got {type(value).__name__}"
        )
    if not isinstance(kind, DataType):
        fitted = [fit_value(item, kind, required) for item in value]
        return fitted if is_list else numpy.array(fitted)
    if len(value) == 0:
        return value
    fitted = fit_column("", pandas.Series(value), kind).to_numpy(dtype=kind.to_numpy())
    if not is_list:
        return fitted
    # NumPy's own lists of datetimes are lists of numbers.
    return pandas.Series(fitted).tolist() if kind is DataType.datetime else fitted.tolist()


def _fit_object(value, wanted, required):
    if not required and (value is None or value == {}):
        return value
    if not isinstance(value, dict):
        raise MlflowException.invalid_parameter_value(
            f"Failed to enforce schema of '{value}' with type '{wanted}'. "
            f"Expected data to be dictionary, got {type(value).__name__}"
        )
    known = {item.name: item for item in wanted.properties}
    missing = {name for name, item in known.items() if item.required} - set(value)
    if missing:
        raise MlflowException.invalid_parameter_value(f"Missing required properties: {missing}")
    unknown = set(value) - set(known)
    if unknown:
        raise MlflowException.invalid_parameter_value(f"Invalid properties not defined in the schema found: {unknown}")
    fitted = {}
    for name, item in value.items():
        try:
            fitted[name] = fit_value(item, known[name].dtype, known[name].required)
        except MlflowException as error:
            raise MlflowException.invalid_parameter_value(
                f"Failed to enforce schema for key `{name}`. Expected type "
                f"{known[name].to_dict()[name]['type']}, received type {type(item).__name__}"
            ) from error
    return fitted


def _fit_map(value, wanted, required):
    kind = wanted.value_type
    if (not required or isinstance(kind, AnyType)) and (value is None or value == {}):
        return value
    if not isinstance(value, dict):
        raise MlflowException.invalid_parameter_value(f"Expected data to be a dict, got {type(value).__name__}")
    if not all(isinstance(name, str) for name in value):
        raise MlflowException.invalid_parameter_value("Expected all keys in the map type data are string type.")
    return {name: fit_value(item, kind, required) for name, item in value.items()}
