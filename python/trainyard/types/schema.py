"""Schemas of model inputs and outputs, columns or tensors, and their JSON in MLmodel files."""

import json

from trainyard.exceptions import MlflowException
from trainyard.types.dataclass_schema import convert_dataclass_to_schema
from trainyard.types.datatypes import DataType
from trainyard.types.nested import (
    AnyType,
    Array,
    Map,
    Object,
    Property,
    SparkMLVector,
    as_type,
    type_dict,
    type_from_dict,
)
from trainyard.types.params import ParamSchema, ParamSpec

# The private attributes of the classes below are MLflow's: pickles of models hold them by name.


class ColSpec:
    """A column: type, name, and whether it has to be there."""

    def __init__(self, type, name=None, required=True):
        self._type = as_type(type)
        self._name = name
        self._required = required

    @property
    def type(self):
        """The type of the values."""
        return self._type

    @property
    def name(self):
        """The name, or ``None``."""
        return self._name

    @name.setter
    def name(self, value):
        self._name = value

    @property
    def required(self):
        """Whether the column has to be there."""
        return self._required

    def to_dict(self):
        """Return the signature's JSON for the column."""
        result = type_dict(self.type)
        if self.name is not None:
            result["name"] = self.name
        result["required"] = self.required
        return result

    @classmethod
    def from_json_dict(cls, **kwargs):
        """Read a column from the signature's JSON.

        Parameters
        ----------
        **kwargs
            ``type``, and if they are there ``name``, ``required`` and what the type consists of.

        Returns
        -------
        ColSpec
            The column.
        """
        if "type" not in kwargs:
            raise MlflowException.invalid_parameter_value("Missing keys in ColSpec JSON. Expected to find key `type`")
        # Files of MLflow before 2.10 say `optional` in place of `required`.
        required = kwargs.get("required", not kwargs.get("optional", False))
        return cls(type_from_dict(kwargs), kwargs.get("name"), required)

    def __eq__(self, other):
        return isinstance(other, ColSpec) and self.to_dict() == other.to_dict()

    def __hash__(self):
        return hash(repr(self))

    def __repr__(self):
        mark = "required" if self.required else "optional"
        return f"{self.type!r} ({mark})" if self.name is None else f"{self.name!r}: {self.type!r} ({mark})"


class TensorInfo:
    """NumPy dtype and shape of a tensor."""

    def __init__(self, dtype, shape):
        import numpy

        if not isinstance(dtype, numpy.dtype):
            raise TypeError(f"Expected `dtype` to be instance of `{numpy.dtype}`, received `{type(dtype)}`")
        if dtype.char in "US" and not dtype.name.isalpha():
            plain = dtype.name.rstrip("0123456789")
            raise MlflowException.invalid_parameter_value(
                "MLflow does not support size information in flexible numpy data types. "
                f'Use np.dtype("{plain}") instead'
            )
        if not isinstance(shape, (tuple, list)):
            raise TypeError(f"Expected `shape` to be instance of `{tuple}` or `{list}`, received `{type(shape)}`")
        self._dtype = dtype
        self._shape = tuple(shape)

    @property
    def dtype(self):
        """The NumPy dtype."""
        return self._dtype

    @property
    def shape(self):
        """The shape, -1 for any size."""
        return self._shape

    def to_dict(self):
        """Return the signature's JSON."""
        return {"dtype": self.dtype.name, "shape": list(self.shape)}

    @classmethod
    def from_json_dict(cls, **kwargs):
        """Read the signature's JSON."""
        import numpy

        if not {"dtype", "shape"} <= set(kwargs):
            raise MlflowException.invalid_parameter_value(
                "Missing keys in TensorSpec JSON. Expected to find keys `dtype` and `shape`"
            )
        return cls(numpy.dtype(kwargs["dtype"]), kwargs["shape"])

    def __repr__(self):
        return f"Tensor({self.dtype.name!r}, {self.shape!r})"


class TensorSpec:
    """A tensor: NumPy dtype, shape with -1 for any size, and a name."""

    def __init__(self, type, shape, name=None):
        self._name = name
        self._tensorInfo = TensorInfo(type, shape)

    @property
    def type(self):
        """The NumPy dtype."""
        return self._tensorInfo.dtype

    @property
    def shape(self):
        """The shape, -1 for any size."""
        return self._tensorInfo.shape

    @property
    def name(self):
        """The name, or ``None``."""
        return self._name

    @property
    def required(self):
        """Whether the tensor has to be there: always."""
        return True

    def to_dict(self):
        """Return the signature's JSON for the tensor."""
        spec = {"type": "tensor", "tensor-spec": self._tensorInfo.to_dict()}
        return spec if self.name is None else {"name": self.name, **spec}

    @classmethod
    def from_json_dict(cls, **kwargs):
        """Read a tensor from the signature's JSON.

        Parameters
        ----------
        **kwargs
            ``type``, ``tensor-spec`` with ``dtype`` and ``shape``, and ``name`` if there is one.

        Returns
        -------
        TensorSpec
            The tensor.
        """
        if not {"tensor-spec", "type"} <= set(kwargs):
            raise MlflowException.invalid_parameter_value(
                "Missing keys in TensorSpec JSON. Expected to find keys `tensor-spec` and `type`"
            )
        info = TensorInfo.from_json_dict(**kwargs["tensor-spec"])
        return cls(info.dtype, info.shape, kwargs.get("name"))

    def __eq__(self, other):
        return isinstance(other, TensorSpec) and self.to_dict() == other.to_dict()

    def __hash__(self):
        return hash(repr(self))

    def __repr__(self):
        return repr(self._tensorInfo) if self.name is None else f"{self.name!r}: {self._tensorInfo!r}"


class Schema:
    """Columns, or tensors, of a model's inputs or outputs; all of them named, or none."""

    def __init__(self, inputs):
        if not isinstance(inputs, list):
            raise MlflowException.invalid_parameter_value(
                f"Inputs of Schema must be a list, got type {type(inputs).__name__}"
            )
        if not inputs:
            raise MlflowException.invalid_parameter_value("Creating Schema with empty inputs is not allowed.")
        names = [spec.name for spec in inputs]
        is_unnamed = all(name is None for name in names)
        if not is_unnamed and any(name is None for name in names):
            raise MlflowException.invalid_parameter_value(
                "Creating Schema with a combination of named and unnamed inputs is not allowed. "
                f"Got input names {names}"
            )
        if not any(all(isinstance(spec, kind) for spec in inputs) for kind in (TensorSpec, ColSpec)):
            raise MlflowException.invalid_parameter_value(
                "Creating Schema with a combination of ColSpec and TensorSpec is not supported. Choose one of them."
            )
        if is_unnamed and isinstance(inputs[0], TensorSpec) and len(inputs) > 1:
            raise MlflowException.invalid_parameter_value(
                "Creating Schema with multiple unnamed TensorSpecs is not supported. Name each of them."
            )
        if is_unnamed and not all(spec.required for spec in inputs):
            raise MlflowException.invalid_parameter_value(
                "Creating Schema with unnamed optional inputs is not supported. Name all inputs or require them all."
            )
        self._inputs = inputs

    @property
    def inputs(self):
        """The columns or tensors."""
        return self._inputs

    def is_tensor_spec(self):
        """Tell whether the schema holds tensors."""
        return isinstance(self.inputs[0], TensorSpec)

    def has_input_names(self):
        """Tell whether the inputs are named."""
        return self.inputs[0].name is not None

    def input_names(self):
        """Return the names, or the numbers of unnamed inputs."""
        return [spec.name or number for number, spec in enumerate(self.inputs)]

    def required_input_names(self):
        """Return the names of inputs that have to be there."""
        return [spec.name or number for number, spec in enumerate(self.inputs) if spec.required]

    def optional_input_names(self):
        """Return the names of inputs that may be left out."""
        return [spec.name or number for number, spec in enumerate(self.inputs) if not spec.required]

    def input_types(self):
        """Return the types in order."""
        return [spec.type for spec in self.inputs]

    def input_types_dict(self):
        """Return the types by name."""
        return {name: spec.type for name, spec in self.input_dict().items()}

    def input_dict(self):
        """Return the inputs by name."""
        if not self.has_input_names():
            raise MlflowException.invalid_parameter_value("Cannot get input dict for schema without names.")
        return {spec.name: spec for spec in self.inputs}

    def numpy_types(self):
        """Return the NumPy dtypes in order."""
        if self.is_tensor_spec():
            return self.input_types()
        return [kind.to_numpy() for kind in self._scalar_types("numpy")]

    def pandas_types(self):
        """Return the pandas dtypes of the columns in order."""
        if self.is_tensor_spec():
            raise MlflowException.invalid_parameter_value(
                "TensorSpec only supports numpy types, use numpy_types() instead"
            )
        return [kind.to_pandas() for kind in self._scalar_types("pandas")]

    def _scalar_types(self, library):
        types = self.input_types()
        if not all(isinstance(kind, DataType) for kind in types):
            raise MlflowException.invalid_parameter_value(
                f"Failed to get {library} types as some of the inputs types are not DataType."
            )
        return types

    def to_dict(self):
        """Return the schema as a list of dicts."""
        return [spec.to_dict() for spec in self.inputs]

    def to_json(self):
        """Return the text that stands in an MLmodel file."""
        return json.dumps(self.to_dict())

    @classmethod
    def from_json(cls, json_str):
        """Read the text of an MLmodel file.

        Parameters
        ----------
        json_str : str
            A JSON list of columns or tensors.

        Returns
        -------
        Schema
            The schema.
        """
        return cls(
            [
                TensorSpec.from_json_dict(**spec) if spec["type"] == "tensor" else ColSpec.from_json_dict(**spec)
                for spec in json.loads(json_str)
            ]
        )

    def __len__(self):
        return len(self.inputs)

    def __iter__(self):
        return iter(self.inputs)

    def __eq__(self, other):
        return isinstance(other, Schema) and self.inputs == other.inputs

    def __hash__(self):
        return hash(repr(self))

    def __repr__(self):
        return repr(self.inputs)


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
    "TensorInfo",
    "TensorSpec",
    "convert_dataclass_to_schema",
]
