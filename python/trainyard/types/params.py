"""Checking and converting the parameters of inference."""

from trainyard.exceptions import MlflowException
from trainyard.types.datatypes import DataType, Object

# Types whose values may stand for a wider one.
_WIDER = {
    DataType.long: (DataType.integer,),
    DataType.float: (DataType.integer, DataType.long),
    DataType.double: (DataType.integer, DataType.long, DataType.float),
}


def check_param(name, value, dtype, shape):
    """Return a parameter as a plain Python value of its type.

    Parameters
    ----------
    name
        The parameter, for the error.
    value
        Its value; ``None`` is let through.
    dtype
        A ``DataType``, or an ``Object``.
    shape
        ``None`` for a scalar, ``(-1,)`` for a list.
    """
    if value is None:
        return None
    if shape is None:
        if isinstance(dtype, Object):
            if not isinstance(value, dict):
                raise _invalid(name, f"expected a dict, got {value!r}")
            return value
        return _scalar(name, value, dtype)
    if shape != (-1,):
        raise _invalid(name, f"shape has to be (-1,) for a list or None for a scalar, not {shape}")
    if hasattr(value, "ndim") and value.ndim != 1:
        raise _invalid(name, f"expected one dimension, got {value.ndim}")
    if isinstance(value, (str, bytes, dict)) or not hasattr(value, "__iter__"):
        raise _invalid(name, f"expected a list or an array of one dimension, got {value!r}")
    return [_scalar(name, item, dtype) for item in value]


def infer_param(name, value):
    """Return the ``ParamSpec`` of a parameter with this default."""
    from trainyard.types.infer import infer_type, infer_value_type
    from trainyard.types.schema import ParamSpec

    if isinstance(value, dict):
        return ParamSpec(name, infer_type(value), value, None)
    if isinstance(value, (list, tuple)) or hasattr(value, "ndim"):
        if getattr(value, "ndim", 1) == 0:
            return ParamSpec(name, infer_value_type(value.item()), value.item(), None)
        if getattr(value, "ndim", 1) != 1 or len(value) == 0:
            raise _invalid(name, "expected a scalar, or a list or array of one dimension that is not empty")
        kinds = {infer_value_type(item) for item in value}
        if len(kinds) > 1:
            raise _invalid(name, f"expected all values to be of one type, found {sorted(map(str, kinds))}")
        return ParamSpec(name, kinds.pop(), list(value), (-1,))
    return ParamSpec(name, infer_value_type(value), value, None)


def enforce_params(params, schema):
    """Return the parameters of a call: given ones checked, left-out ones as their defaults, unknown ones refused."""
    params = dict(params or {})
    if schema is None:
        return params
    known = {spec.name: spec for spec in schema.params}
    result = {}
    for name, spec in known.items():
        result[name] = check_param(name, params[name], spec.dtype, spec.shape) if name in params else spec.default
    unknown = [name for name in params if name not in known]
    if unknown:
        import warnings

        warnings.warn(f"unknown params {unknown} are ignored; the signature has {sorted(known)}", stacklevel=3)
    return result


def _scalar(name, value, dtype):
    import numpy

    if value is None:
        return None
    if dtype is DataType.datetime:
        try:
            converted = numpy.datetime64(value).item()
        except ValueError:
            raise _invalid(name, f"cannot convert {value!r} to {dtype}") from None
        if isinstance(converted, int):
            raise _invalid(name, f"cannot convert {value!r} to {dtype}")
        return converted
    if not numpy.isscalar(value):
        raise _invalid(name, f"expected a scalar of type {dtype}, got {value!r}")
    if any(DataType.check_type(kind, value) for kind in (dtype, *_WIDER.get(dtype, ()))):
        return dtype.to_python()(value)
    # Numbers of JSON and Python have no 32-bit types.
    if dtype is DataType.integer and type(value) is int and -(2**31) <= value < 2**31:
        return value
    if dtype is DataType.float and type(value) is float:
        return value
    raise _invalid(name, f"can not safely convert {type(value).__name__} to {dtype} for value {value!r}")


def _invalid(name, reason):
    return MlflowException.invalid_parameter_value(f"Invalid value for parameter '{name}': {reason}")
