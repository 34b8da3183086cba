"""Parameters of inference: their schema, inferring it from defaults, and fitting the values of a call to it."""

import copy
import json
import sys

from trainyard.exceptions import MlflowException
from trainyard.notices import warn
from trainyard.types.datatypes import DataType
from trainyard.types.nested import Object, as_type, type_dict, type_from_dict

# Types whose values may stand for a wider one.
_WIDER = {
    DataType.long: (DataType.integer,),
    DataType.float: (DataType.integer, DataType.long),
    DataType.double: (DataType.integer, DataType.long, DataType.float),
}


class ParamSpec:
    """A parameter of inference: type, default, and shape (``None`` for a scalar or dict, ``(-1,)`` for a list)."""

    def __init__(self, name, dtype, default, shape=None):
        self._name = str(name)
        self._shape = tuple(shape) if shape is not None else None
        self._dtype = as_type(dtype, "dtype")
        if not isinstance(self.dtype, (DataType, Object)):
            raise TypeError(f"'dtype' must be DataType, Object or str, got {self.dtype}")
        if self.dtype is DataType.binary:
            raise MlflowException.invalid_parameter_value(
                f"Binary type is not supported for parameters, ParamSpec '{self.name}' has dtype 'binary'"
            )
        # The text of this object, which stands in the error of a default that does not fit, shows it.
        self._default = default
        self._default = self.validate_type_and_shape(repr(self), default, self.dtype, self.shape)

    @property
    def name(self):
        """The name."""
        return self._name

    @property
    def dtype(self):
        """The type of the value, or of the items of a list."""
        return self._dtype

    @property
    def default(self):
        """The value of a call that leaves the parameter out."""
        return self._default

    @property
    def shape(self):
        """``None`` for a scalar or dict, ``(-1,)`` for a list."""
        return self._shape

    @classmethod
    def validate_param_spec(cls, value, param_spec):
        """Return a value as a plain Python value of the parameter's type."""
        return cls.validate_type_and_shape(repr(param_spec), value, param_spec.dtype, param_spec.shape)

    @classmethod
    def validate_type_and_shape(cls, spec, value, value_type, shape):
        """Return a value as a plain Python value of a type.

        Parameters
        ----------
        spec
            The parameter as text, for the error.
        value
            The value; ``None`` is let through.
        value_type
            A ``DataType``, or an ``Object``.
        shape
            ``None`` for a scalar or dict, ``(-1,)`` for a list.
        """
        if shape not in (None, (-1,)):
            raise MlflowException.invalid_parameter_value(
                "Shape must be None for scalar or dictionary value, or (-1,) for 1D array value "
                f"for ParamSpec {spec}), received {shape}"
            )
        if shape is not None and _depth(value) != 1:
            raise MlflowException.invalid_parameter_value(
                f"Value must be a 1D array with shape (-1,) for param {spec}, "
                f"received {type(value).__name__} with ndim {_depth(value)}"
            )
        try:
            if shape is not None:
                return [_scalar(item, value_type) for item in value]
            if isinstance(value_type, Object):
                from trainyard.types.columns import fit_value

                # Only checked: what the model gets is what was given, not its copy in NumPy's types.
                fit_value(copy.deepcopy(value), value_type)
                return value
            return _scalar(value, value_type)
        except MlflowException as error:
            raise MlflowException.invalid_parameter_value(
                f"Failed to validate type and shape for {spec}, error: {error}"
            ) from None

    def to_dict(self):
        """Return the signature's JSON for the parameter."""
        default = self.default
        if self.dtype is DataType.datetime and default is not None:
            default = [item.isoformat() for item in default] if self.shape else default.isoformat()
        shape = None if self.shape is None else list(self.shape)
        return {"name": self.name, "default": default, "shape": shape, **type_dict(self.dtype)}

    @classmethod
    def from_json_dict(cls, **kwargs):
        """Read a parameter from the signature's JSON."""
        # Files of early versions say `dtype` in place of `type`.
        kind = kwargs.get("type") or kwargs.get("dtype")
        if kind is None or not {"name", "default"} <= set(kwargs):
            raise MlflowException.invalid_parameter_value(
                "Missing keys in ParamSpec JSON. Expected to find keys `name`, `type`(or `dtype`) and `default`. "
                f"Received keys: {list(kwargs)}"
            )
        return cls(kwargs["name"], type_from_dict({**kwargs, "type": kind}), kwargs["default"], kwargs.get("shape"))

    def __eq__(self, other):
        return isinstance(other, ParamSpec) and self.to_dict() == other.to_dict()

    def __hash__(self):
        return hash(repr(self))

    def __repr__(self):
        shape = "" if self.shape is None else f" (shape: {self.shape})"
        return f"{self.name!r}: {self.dtype!r} (default: {self.default}){shape}"


class ParamSchema:
    """The parameters that a model's predict takes."""

    def __init__(self, params):
        if not all(isinstance(param, ParamSpec) for param in params):
            raise MlflowException.invalid_parameter_value("ParamSchema takes a list of ParamSpec")
        names = [param.name for param in params]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise MlflowException.invalid_parameter_value(f"Duplicated parameters found in schema: {twice}")
        self._params = params

    @property
    def params(self):
        """The parameters."""
        return self._params

    def to_dict(self):
        """Return the schema as a list of dicts."""
        return [param.to_dict() for param in self.params]

    def to_json(self):
        """Return the text that stands in an MLmodel file."""
        return json.dumps(self.to_dict())

    @classmethod
    def from_json(cls, json_str):
        """Read the text of an MLmodel file."""
        return cls([ParamSpec.from_json_dict(**param) for param in json.loads(json_str)])

    def __len__(self):
        return len(self.params)

    def __iter__(self):
        return iter(self.params)

    def __eq__(self, other):
        return isinstance(other, ParamSchema) and self.params == other.params

    def __hash__(self):
        return hash(repr(self))

    def __repr__(self):
        return repr(self.params)


def infer_params(params):
    """Return the ``ParamSchema`` of parameters with these defaults."""
    if not isinstance(params, dict):
        raise MlflowException.invalid_parameter_value(f"Expected parameters to be dict, got {type(params).__name__}")
    specs, wrong = [], []
    for name, value in params.items():
        try:
            kind, shape = _infer(value)
            specs.append(ParamSpec(name, kind, copy.deepcopy(value), shape))
        except Exception as error:
            wrong.append((name, value, error))
    if wrong:
        raise MlflowException.invalid_parameter_value(f"Failed to infer schema for parameters: {wrong}")
    return ParamSchema(specs)


def enforce_params(params, schema):
    """Return the parameters of a call: given ones checked, left-out ones as their defaults, unknown ones dropped."""
    if schema is None:
        if params:
            warn(
                "`params` can only be specified at inference time if the model signature defines a params schema. "
                "This model does not define a params schema. Ignoring provided params: "
                f"{list(params) if isinstance(params, dict) else params!r}"
            )
            return {}
        return params
    params = {} if params is None else params
    if not isinstance(params, dict):
        raise MlflowException.invalid_parameter_value(
            f"Parameters must be a dictionary. Got type '{type(params).__name__}'."
        )
    params = {str(name): value for name, value in params.items()}
    known = {spec.name: spec for spec in schema.params}
    unknown = [name for name in params if name not in known]
    if unknown:
        warn(
            f"Unrecognized params {unknown} are ignored for inference. Supported params are: {set(known)}. "
            "To enable them, please add corresponding schema in ModelSignature."
        )
    result = {name: value for name, value in params.items() if name in known}
    wrong = set()
    for name, spec in known.items():
        try:
            result[name] = ParamSpec.validate_param_spec(result[name], spec) if name in result else spec.default
        except MlflowException as error:
            wrong.add((name, error.message))
    if wrong:
        raise MlflowException.invalid_parameter_value(f"Invalid parameters found: {wrong!r}")
    return result


def _infer(value):
    import numpy

    from trainyard.types.infer import infer_numpy_type, infer_type

    if isinstance(value, (list, numpy.ndarray)):
        depth = _depth(value)
        if depth != 1:
            raise MlflowException.invalid_parameter_value(
                f"Expected parameters to be 1D array or scalar, got {depth}D array"
            )
        if all(DataType.check_type(DataType.datetime, item) for item in value):
            return DataType.datetime, (-1,)
        return infer_numpy_type(numpy.array(value).dtype), (-1,)
    if DataType.check_type(DataType.datetime, value):
        return DataType.datetime, None
    if numpy.isscalar(value):
        return infer_numpy_type(numpy.array(value).dtype), None
    if isinstance(value, dict):
        return infer_type(value), None
    raise MlflowException.invalid_parameter_value(
        f"Expected parameters to be 1D array or scalar, got {type(value).__name__}"
    )


def _depth(value):
    if isinstance(value, list):
        return max((_depth(item) for item in value), default=0) + 1
    numpy = sys.modules.get("numpy")
    return value.ndim if numpy is not None and isinstance(value, numpy.ndarray) else 0


def _scalar(value, dtype):
    import numpy

    if value is None:
        return None
    if dtype is DataType.datetime:
        try:
            converted = numpy.datetime64(value).item()
        except ValueError:
            converted = None
        if converted is None or isinstance(converted, int):
            raise MlflowException.invalid_parameter_value(
                f"Failed to convert value `{value}` from type `{type(value)}` to `{dtype}`"
            )
        return converted
    if not numpy.isscalar(value):
        raise MlflowException.invalid_parameter_value(f"Value must be a scalar for type `{dtype}`, got `{value}`")
    if any(DataType.check_type(kind, value) for kind in (dtype, *_WIDER.get(dtype, ()))):
        return dtype.to_python()(value)
    raise MlflowException.invalid_parameter_value(
        f"Can not safely convert `{type(value)}` to `{dtype}` for value `{value}`"
    )
