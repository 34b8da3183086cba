"""Fitting data to the schema of a model's inputs, with the conversions that lose nothing."""

from trainyard.exceptions import MlflowException
from trainyard.types.datatypes import AnyType, Array, DataType, Map, Object
from trainyard.types.infer import is_array, is_frame, is_series, is_sparse


class MissingInputs(MlflowException):
    """Inputs that the schema requires are not there, or a tensor has the wrong shape."""

    def __init__(self, message):
        super().__init__(message, "INVALID_PARAMETER_VALUE")


def enforce_schema(data, schema):
    """Return data as the model takes it, with columns in the order of the schema and of its types.

    Parameters
    ----------
    data
        A pandas DataFrame or Series, NumPy array, SciPy matrix, list, dict or scalar.
    schema
        The ``Schema`` of the model's inputs.
    """
    if is_series(data):
        data = data.to_frame()
    if schema.is_tensor_spec():
        return _enforce_tensors(data, schema)
    frame = _as_frame(data, schema)
    specs = schema.inputs
    if not schema.has_input_names():
        if len(frame.columns) < len(specs):
            raise MissingInputs(
                f"Model inference is missing inputs. The model signature declares {len(specs)} inputs but the "
                f"provided value only has {len(frame.columns)} inputs."
            )
        return _frame([(name, frame[name], spec) for name, spec in zip(frame.columns, specs, strict=False)], frame)
    missing = [spec.name for spec in specs if spec.required and spec.name not in frame.columns]
    known = {spec.name for spec in specs}
    extra = [name for name in frame.columns if name not in known]
    if missing:
        note = f" Note that there were extra inputs: {extra}." if extra else ""
        raise MissingInputs(f"Model is missing inputs {missing}.{note}")
    if extra:
        import warnings

        warnings.warn(f"inputs that are not in the model's signature are ignored: {extra}", stacklevel=4)
    return _frame([(spec.name, frame[spec.name], spec) for spec in specs if spec.name in frame.columns], frame)


def _frame(columns, original):
    import pandas

    converted = {}
    for name, column, spec in columns:
        if isinstance(spec.type, DataType):
            converted[name] = _convert_column(name, column, spec.type)
        else:
            values = [_check_value(name, value, spec.type, spec.required) for value in column]
            converted[name] = pandas.Series(values, index=original.index, name=name)
    return pandas.DataFrame(converted)


def _as_frame(data, schema):
    if is_frame(data):
        return data
    import numpy
    import pandas

    if numpy.isscalar(data):
        return pandas.DataFrame([data])
    try:
        if isinstance(data, dict):
            is_row = any(isinstance(spec.type, (Array, Object, Map)) for spec in schema.inputs) or all(
                numpy.isscalar(value) or value is None or _is_texts(value) for value in data.values()
            )
            if is_row:
                return pandas.DataFrame([data])
            deep = {name: value.tolist() if getattr(value, "ndim", 1) > 1 else value for name, value in data.items()}
            return pandas.DataFrame(deep)
        if isinstance(data, list) or is_array(data):
            return pandas.DataFrame(data)
    except (ValueError, TypeError) as error:
        raise MlflowException.invalid_parameter_value(
            f"the model's signature has columns, and the input cannot be made a data frame: {error}"
        ) from None
    raise MlflowException.invalid_parameter_value(
        f"Expected input to be DataFrame. Found: {type(data).__name__}; the model's signature has columns"
    )


def _is_texts(value):
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _convert_column(name, column, wanted):
    import numpy

    if column.dtype == "O" and wanted not in (DataType.binary, DataType.string):
        column = column.infer_objects()
    have, target = column.dtype, wanted.to_numpy()
    is_text = have == "O" or _is_text_dtype(have)
    if wanted in (DataType.string, DataType.binary):
        # A column of objects can hold anything; text and bytes are told apart by nobody.
        if is_text or have.kind in ("S" if wanted is DataType.binary else "U"):
            return column
        raise _incompatible(name, have, wanted)
    if have == target or (wanted is DataType.boolean and have == "O"):
        return column
    if wanted is DataType.datetime:
        if have.kind == "M" or have == "O":
            try:
                return column.astype(target)
            except (TypeError, ValueError) as error:
                raise MlflowException.invalid_parameter_value(
                    f"Failed to convert column {name} from type {have} to {wanted}: {error}"
                ) from None
        raise _incompatible(name, have, wanted)
    if wanted is DataType.double and have == "O" and _is_decimals(column):
        return column.astype(target)
    if _is_safe(have, target):
        return column.astype(target)
    if have == numpy.int64 and target.kind == "f" and column.isin([0, 1]).all():
        return column.astype(target)
    hint = ""
    if have == numpy.float64 and target.kind in "iu" and column.hasnans:
        hint = (
            " Hint: the column has missing values, which integers cannot represent. Infer the signature from data "
            "that has missing values, or declare the column as double."
        )
    raise _incompatible(name, have, wanted, hint)


def _is_safe(have, target):
    if not hasattr(have, "itemsize"):
        return False
    if have.kind == target.kind:
        return have.itemsize <= target.itemsize
    if have.kind == "u" and target.kind == "i":
        return have.itemsize < target.itemsize
    return have.kind in "iu" and target.kind == "f" and target.itemsize == 8 and have.itemsize <= 4


def _is_text_dtype(dtype):
    return type(dtype).__name__ == "StringDtype"


def _is_decimals(column):
    import decimal

    return all(value is None or isinstance(value, decimal.Decimal) for value in column)


def _incompatible(name, have, wanted, hint=""):
    return MlflowException.invalid_parameter_value(
        f"Incompatible input types for column {name}. Can not safely convert {have} to {wanted}.{hint}"
    )


def _check_value(name, value, wanted, required=True):
    """Check a value of a nested column, and return it with missing optional keys left out."""
    if isinstance(wanted, AnyType):
        return value
    if value is None and not required:
        return None
    if isinstance(wanted, DataType):
        if DataType.check_type(wanted, value):
            return value
        wide = {DataType.integer: (int,), DataType.float: (float, int), DataType.double: (int,)}
        if type(value) in wide.get(wanted, ()):
            return value
        raise MlflowException.invalid_parameter_value(f"Incompatible input types for {name}: {value!r} is no {wanted}")
    if isinstance(wanted, Array):
        if not isinstance(value, list) and not is_array(value):
            raise MlflowException.invalid_parameter_value(f"Expected {name} to be list or numpy array, got {value!r}")
        return [_check_value(f"{name}[{number}]", item, wanted.dtype) for number, item in enumerate(value)]
    if not isinstance(value, dict):
        raise MlflowException.invalid_parameter_value(f"Expected {name} to be a dict, got {value!r}")
    if isinstance(wanted, Map):
        return {key: _check_value(f"{name}.{key}", item, wanted.value_type) for key, item in value.items()}
    known = {item.name: item for item in getattr(wanted, "properties", ())}
    missing = [key for key, item in known.items() if item.required and key not in value]
    unknown = [key for key in value if key not in known]
    if missing or unknown:
        raise MlflowException.invalid_parameter_value(
            f"Incompatible keys of {name}: missing required {missing}, not in the schema {unknown}"
        )
    return {
        key: _check_value(f"{name}.{key}", item, known[key].dtype, known[key].required) for key, item in value.items()
    }


def _enforce_tensors(data, schema):
    if not schema.has_input_names():
        spec = schema.inputs[0]
        if is_frame(data):
            data = data.to_numpy()
        return _check_tensor(data, spec)
    names = schema.input_names()
    if len(names) == 1 and is_array(data):
        data = {names[0]: data}
    if not isinstance(data, dict) and not is_frame(data):
        raise MlflowException.invalid_parameter_value(
            f"Model input must be a dict of arrays by name, or a data frame; got {type(data).__name__}"
        )
    missing = [name for name in names if name not in data]
    if missing:
        raise MissingInputs(f"Model is missing inputs {missing}.")
    return {spec.name: _check_tensor(_column_array(data[spec.name], spec), spec) for spec in schema.inputs}


def _column_array(values, spec):
    if not is_series(values):
        return values
    import numpy

    if len(values) and not numpy.isscalar(values.iloc[0]):
        stacked = numpy.stack([numpy.asarray(item) for item in values])
        try:
            shaped = stacked.reshape(spec.shape)
        except ValueError:
            raise MissingInputs(
                f"The values of column '{spec.name}' could not be reshaped to the expected shape {spec.shape}"
            ) from None
        return shaped if is_array(values.iloc[0]) else shaped.astype(spec.type)
    return values.to_numpy(dtype=spec.type).reshape(spec.shape)


def _check_tensor(values, spec):
    name = f" '{spec.name}'" if spec.name is not None else ""
    if not is_array(values) and not is_sparse(values):
        raise MlflowException.invalid_parameter_value(
            f"This model contains a tensor-based model signature, which suggests a numpy.ndarray, a SciPy matrix or a "
            f"data frame as input{name}; got {type(values).__name__}"
        )
    have = values.dtype
    if spec.type.kind in "US":
        fits = have.kind in ("U", "S", "O")
    elif spec.type.kind == "O":
        fits = True
    else:
        fits = have == spec.type
    if not fits:
        raise MlflowException.invalid_parameter_value(
            f"dtype of input{name} {have} does not match expected dtype {spec.type}"
        )
    shape = values.shape
    if len(shape) != len(spec.shape) or any(
        size not in (-1, actual) for size, actual in zip(spec.shape, shape, strict=True)
    ):
        raise MissingInputs(f"Shape of input{name} {shape} does not match expected shape {spec.shape}.")
    return values
