"""Schemas of model inputs, outputs and params, and their JSON in MLmodel files."""

import json

from trainyard.exceptions import MlflowException
from trainyard.types.datatypes import (
    AnyType,
    Array,
    DataType,
    Map,
    Object,
    Property,
    SparkMLVector,
    as_type,
    type_dict,
    type_from_dict,
)


class ColSpec:
    """A column: type, name, and whether it has to be there."""

    def __init__(self, type, name=None, required=True):
        self.type = as_type(type)
        self.name = name
        self.required = required

    def to_dict(self):
        """Return the signature's JSON for the column."""
        result = type_dict(self.type)
        if self.name is not None:
            result["name"] = self.name
        result["required"] = self.required
        return result

    @classmethod
    def from_json_dict(cls, **kwargs):
        """Read a column from the signature's JSON."""
        return cls(
            type_from_dict(kwargs), kwargs.get("name"), kwargs.get("required", not kwargs.get("optional", False))
        )

    def __eq__(self, other):
        return isinstance(other, ColSpec) and self.to_dict() == other.to_dict()

    def __hash__(self):
        return hash(repr(self))

    def __repr__(self):
        mark = "required" if self.required else "optional"
        return f"{self.type!r} ({mark})" if self.name is None else f"{self.name!r}: {self.type!r} ({mark})"


class TensorSpec:
    """A tensor: NumPy dtype, shape with -1 for any size, and a name."""

    def __init__(self, type, shape, name=None):
        import numpy

        if not isinstance(type, numpy.dtype):
            raise TypeError(f"TensorSpec: type has to be a numpy.dtype, not {type!r}")
        if not isinstance(shape, (tuple, list)):
            raise TypeError(f"TensorSpec: shape has to be a tuple or list, not {shape!r}")
        self.type = type
        self.shape = tuple(int(size) for size in shape)
        self.name = name
        self.required = True

    def to_dict(self):
        """Return the signature's JSON for the tensor."""
        dtype = "str" if self.type.kind == "U" else "bytes" if self.type.kind == "S" else self.type.name
        spec = {"type": "tensor", "tensor-spec": {"dtype": dtype, "shape": list(self.shape)}}
        return spec if self.name is None else {"name": self.name, **spec}

    @classmethod
    def from_json_dict(cls, **kwargs):
        """Read a tensor from the signature's JSON."""
        import numpy

        spec = kwargs["tensor-spec"]
        return cls(numpy.dtype(spec["dtype"]), spec["shape"], kwargs.get("name"))

    def __eq__(self, other):
        return isinstance(other, TensorSpec) and self.to_dict() == other.to_dict()

    def __hash__(self):
        return hash(repr(self))

    def __repr__(self):
        text = f"Tensor({self.to_dict()['tensor-spec']['dtype']!r}, {self.shape})"
        return text if self.name is None else f"{self.name!r}: {text}"


class Schema:
    """Columns, or tensors, of a model's inputs or outputs; all of them named, or none."""

    def __init__(self, inputs):
        inputs = list(inputs)
        if not inputs:
            raise MlflowException.invalid_parameter_value("Creating Schema with empty inputs is not allowed.")
        if len({isinstance(spec, TensorSpec) for spec in inputs}) > 1:
            raise MlflowException.invalid_parameter_value("A schema holds columns or tensors, not both")
        names = [spec.name for spec in inputs]
        if any(name is None for name in names) and any(name is not None for name in names):
            raise MlflowException.invalid_parameter_value("Either all inputs of a schema are named, or none")
        if isinstance(inputs[0], TensorSpec) and len(inputs) > 1 and names[0] is None:
            raise MlflowException.invalid_parameter_value("Several tensors of a schema have to be named")
        if not isinstance(inputs[0], TensorSpec) and names[0] is None and not all(spec.required for spec in inputs):
            raise MlflowException.invalid_parameter_value("Optional columns of a schema have to be named")
        self._inputs = inputs

    @property
    def inputs(self):
        """The columns or tensors."""
        return self._inputs

    def is_tensor_spec(self):
        """Tell whether the schema holds tensors."""
        return isinstance(self._inputs[0], TensorSpec)

    def has_input_names(self):
        """Tell whether the inputs are named."""
        return self._inputs[0].name is not None

    def input_names(self):
        """Return the names, or the numbers of unnamed inputs."""
        return [spec.name if spec.name is not None else number for number, spec in enumerate(self._inputs)]

    def required_input_names(self):
        """Return the names of inputs that have to be there."""
        return [name for name, spec in zip(self.input_names(), self._inputs, strict=True) if spec.required]

    def optional_input_names(self):
        """Return the names of inputs that may be left out."""
        return [name for name, spec in zip(self.input_names(), self._inputs, strict=True) if not spec.required]

    def input_types(self):
        """Return the types in order."""
        return [spec.type for spec in self._inputs]

    def input_types_dict(self):
        """Return the types by name."""
        return {spec.name: spec.type for spec in self._inputs}

    def input_dict(self):
        """Return the inputs by name."""
        return {spec.name: spec for spec in self._inputs}

    def numpy_types(self):
        """Return the NumPy dtypes in order."""
        return [spec.type if self.is_tensor_spec() else spec.type.to_numpy() for spec in self._inputs]

    def pandas_types(self):
        """Return the pandas dtypes of the columns in order."""
        return [spec.type.to_pandas() for spec in self._inputs]

    def to_dict(self):
        """Return the schema as a list of dicts."""
        return [spec.to_dict() for spec in self._inputs]

    def to_json(self):
        """Return the text that stands in an MLmodel file."""
        return json.dumps(self.to_dict())

    @classmethod
    def from_json(cls, json_str):
        """Read the text of an MLmodel file."""
        return cls(
            [
                TensorSpec.from_json_dict(**spec) if spec["type"] == "tensor" else ColSpec.from_json_dict(**spec)
                for spec in json.loads(json_str)
            ]
        )

    def __len__(self):
        return len(self._inputs)

    def __eq__(self, other):
        return isinstance(other, Schema) and self._inputs == other._inputs

    def __hash__(self):
        return hash(repr(self))

    def __repr__(self):
        return repr(self._inputs)


class ParamSpec:
    """A parameter of inference: type, default, and shape (``None`` for a scalar, ``(-1,)`` for a list)."""

    def __init__(self, name, dtype, default, shape=None):
        from trainyard.types.params import check_param

        self.name = name
        self.dtype = as_type(dtype)
        self.shape = tuple(shape) if shape is not None else None
        self.default = check_param(name, default, self.dtype, self.shape)

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
        shape = kwargs.get("shape")
        return cls(kwargs["name"], type_from_dict(kwargs), kwargs["default"], tuple(shape) if shape else None)

    def __eq__(self, other):
        return isinstance(other, ParamSpec) and self.to_dict() == other.to_dict()

    def __hash__(self):
        return hash(repr(self))

    def __repr__(self):
        shape = f" (shape: {self.shape})" if self.shape else ""
        return f"{self.name!r}: {self.dtype!r} (default: {self.default}){shape}"


class ParamSchema:
    """The parameters that a model's predict takes."""

    def __init__(self, params):
        self._params = list(params)
        names = [param.name for param in self._params]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise MlflowException.invalid_parameter_value(f"Duplicated parameters found in schema: {twice}")

    @property
    def params(self):
        """The parameters."""
        return self._params

    def to_dict(self):
        """Return the schema as a list of dicts."""
        return [param.to_dict() for param in self._params]

    def to_json(self):
        """Return the text that stands in an MLmodel file."""
        return json.dumps(self.to_dict())

    @classmethod
    def from_json(cls, json_str):
        """Read the text of an MLmodel file."""
        return cls([ParamSpec.from_json_dict(**param) for param in json.loads(json_str)])

    def __len__(self):
        return len(self._params)

    def __eq__(self, other):
        return isinstance(other, ParamSchema) and self._params == other._params

    def __hash__(self):
        return hash(repr(self))

    def __repr__(self):
        return repr(self._params)


__all__ = [
    "AnyType",
    "Array",
    "ColSpec",
    "DataType",
    "Map",
    "Object",
    "ParamSchema",
    "ParamSpec",
    "Property",
    "Schema",
    "SparkMLVector",
    "TensorSpec",
]
