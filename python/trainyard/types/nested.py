"""Arrays, objects and maps of values in a signature, and reading, writing and merging types of any kind."""

from trainyard.exceptions import MlflowException
from trainyard.types.datatypes import DataType


class BaseType:
    """What types with parts have in common: they are equal when their JSON is."""

    def to_dict(self):
        """Return the signature's JSON for the type."""
        raise NotImplementedError

    def __eq__(self, other):
        return type(self) is type(other) and self.to_dict() == other.to_dict()

    def __hash__(self):
        return hash(repr(self))


# The private attributes of the classes below are MLflow's: pickles of models hold them by name.


class Property(BaseType):
    """A named value of an :class:`Object`."""

    def __init__(self, name, dtype, required=True):
        if not isinstance(name, str):
            raise MlflowException.invalid_parameter_value(
                f"Expected name to be a string, got type {type(name).__name__}"
            )
        self._name = name
        self._dtype = as_type(dtype, "dtype")
        self._required = required

    @property
    def name(self):
        """The key."""
        return self._name

    @property
    def dtype(self):
        """The type of the value."""
        return self._dtype

    @property
    def required(self):
        """Whether the key has to be there."""
        return self._required

    @required.setter
    def required(self, value):
        self._required = value

    def to_dict(self):
        """Return the signature's JSON for the property."""
        return {self.name: {**type_dict(self.dtype), "required": self.required}}

    @classmethod
    def from_json_dict(cls, **kwargs):
        """Read a property from its JSON: one key, the name."""
        if len(kwargs) != 1:
            raise MlflowException.invalid_parameter_value(
                f"Expected Property JSON to contain a single key as name, got {len(kwargs)} keys."
            )
        ((name, wire),) = kwargs.items()
        if "type" not in wire:
            raise MlflowException.invalid_parameter_value(
                f"Missing keys in Property `{name}`. Expected to find key `type`"
            )
        return cls(name, type_from_dict(wire), wire.get("required", True))

    def __lt__(self, other):
        return self.name < other.name

    def __repr__(self):
        return f"{self.name}: {self.dtype!r} ({'required' if self.required else 'optional'})"

    def _merge(self, other):
        if isinstance(other, AnyType):
            return Property(self.name, self.dtype, required=False)
        if not isinstance(other, Property) or other.name != self.name:
            raise _mixed(self, other)
        return Property(self.name, merge_types(self.dtype, other.dtype), self.required and other.required)


class Object(BaseType):
    """A dict with known keys."""

    def __init__(self, properties):
        self.properties = properties

    @property
    def properties(self):
        """The keys with their types, in the order of the names."""
        return self._properties

    @properties.setter
    def properties(self, value):
        if not isinstance(value, list):
            raise MlflowException.invalid_parameter_value(
                f"Expected properties to be a list, got type {type(value).__name__}"
            )
        if not value:
            raise MlflowException.invalid_parameter_value("Creating Object with empty properties is not allowed.")
        if any(not isinstance(item, Property) for item in value):
            raise MlflowException.invalid_parameter_value("Expected values to be instance of Property")
        names = [item.name for item in value]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise MlflowException.invalid_parameter_value(f"Found duplicated property names: `{', '.join(twice)}`")
        self._properties = sorted(value)

    def to_dict(self):
        """Return the signature's JSON for the type."""
        properties = {}
        for item in self.properties:
            properties.update(item.to_dict())
        return {"type": "object", "properties": properties}

    @classmethod
    def from_json_dict(cls, **kwargs):
        """Read the type from its JSON."""
        _check_keys(kwargs, "Object", "object", "properties")
        properties = kwargs["properties"]
        if not isinstance(properties, dict) or any(not isinstance(item, dict) for item in properties.values()):
            raise MlflowException.invalid_parameter_value("Expected properties to be a dictionary of Property JSON")
        return cls([Property.from_json_dict(**{name: item}) for name, item in properties.items()])

    def __repr__(self):
        return "{" + ", ".join(map(repr, self.properties)) + "}"

    def _merge(self, other):
        if isinstance(other, AnyType):
            # Where the object is missing, all of its keys are.
            return Object([item._merge(other) for item in self.properties])
        if not isinstance(other, Object):
            raise _mixed(self, other)
        mine = {item.name: item for item in self.properties}
        theirs = {item.name: item for item in other.properties}
        merged = []
        for name in dict.fromkeys([*mine, *theirs]):
            if name in mine and name in theirs:
                merged.append(mine[name]._merge(theirs[name]))
            else:
                item = mine.get(name) or theirs[name]
                merged.append(Property(name, item.dtype, required=False))
        return Object(merged)


class Array(BaseType):
    """A list of values of one type."""

    def __init__(self, dtype):
        self._dtype = as_type(dtype, "dtype")

    @property
    def dtype(self):
        """The type of the values."""
        return self._dtype

    def to_dict(self):
        """Return the signature's JSON for the type."""
        return {"type": "array", "items": type_dict(self.dtype)}

    @classmethod
    def from_json_dict(cls, **kwargs):
        """Read the type from its JSON."""
        _check_keys(kwargs, "Array", "array", "items")
        return cls(_inner(kwargs["items"], "items"))

    def __repr__(self):
        return f"Array({self.dtype!r})"

    def _merge(self, other):
        if isinstance(other, AnyType):
            return self
        if not isinstance(other, Array):
            raise _mixed(self, other)
        return Array(merge_types(self.dtype, other.dtype))


class SparkMLVector(Array):
    """A vector of Spark ML."""

    def __init__(self):
        super().__init__(DataType.double)

    def to_dict(self):
        """Return the signature's JSON for the type."""
        return {"type": "sparkml_vector"}

    @classmethod
    def from_json_dict(cls, **kwargs):
        """Read the type from its JSON."""
        return cls()

    def __repr__(self):
        return "SparkML vector"

    def _merge(self, other):
        if isinstance(other, SparkMLVector):
            return self
        raise _mixed(self, other)


class Map(BaseType):
    """A dict with any text keys and values of one type."""

    def __init__(self, value_type):
        self._value_type = as_type(value_type, "value_type")

    @property
    def value_type(self):
        """The type of the values."""
        return self._value_type

    def to_dict(self):
        """Return the signature's JSON for the type."""
        return {"type": "map", "values": type_dict(self.value_type)}

    @classmethod
    def from_json_dict(cls, **kwargs):
        """Read the type from its JSON."""
        _check_keys(kwargs, "Map", "map", "values")
        return cls(_inner(kwargs["values"], "values"))

    def __repr__(self):
        return f"Map(str -> {self.value_type})"

    def _merge(self, other):
        if isinstance(other, AnyType):
            return self
        if not isinstance(other, Map):
            raise _mixed(self, other)
        return Map(merge_types(self.value_type, other.value_type))


class AnyType(BaseType):
    """A value of which nothing is known, such as a column of nulls; it is not checked."""

    def to_dict(self):
        """Return the signature's JSON for the type."""
        return {"type": "any"}

    def __repr__(self):
        return "Any"

    def _merge(self, other):
        return merge_types(self, other)


def merge_types(first, second):
    """Return the type of a list that holds values of both types."""
    if isinstance(first, AnyType):
        return second if isinstance(second, (AnyType, DataType)) else second._merge(first)
    if isinstance(first, DataType):
        if isinstance(second, AnyType) or first == second:
            return first
        raise _mixed(first, second)
    return first._merge(second)


def as_type(dtype, argument="type"):
    """Return a type given as itself or as its name."""
    if isinstance(dtype, str):
        if dtype not in DataType.__members__:
            raise MlflowException.invalid_parameter_value(
                f"Unsupported type '{dtype}', expected instance of DataType, Array, Object, Map or "
                f"one of {[item.name for item in DataType]}"
            )
        return DataType[dtype]
    if not isinstance(dtype, (DataType, Array, Object, Map, AnyType)):
        raise MlflowException.invalid_parameter_value(
            "Expected mlflow.types.schema.Datatype, mlflow.types.schema.Array, mlflow.types.schema.Object, "
            f"mlflow.types.schema.Map, mlflow.types.schema.AnyType or str for the '{argument}' argument, "
            f"but got {dtype}"
        )
    return dtype


def type_dict(dtype):
    """Return the signature's JSON for a type of any kind."""
    return {"type": dtype.name} if isinstance(dtype, DataType) else dtype.to_dict()


def type_from_dict(wire):
    """Read a type from the signature's JSON."""
    kind = wire["type"]
    nested = {"array": Array, "object": Object, "map": Map, "sparkml_vector": SparkMLVector}.get(kind)
    if nested is not None:
        return nested.from_json_dict(**wire)
    return AnyType() if kind == "any" else as_type(kind)


def _check_keys(wire, name, kind, content):
    if not {content, "type"} <= set(wire):
        raise MlflowException.invalid_parameter_value(
            f"Missing keys in {name} JSON. Expected to find keys `{content}` and `type`"
        )
    if wire["type"] != kind:
        raise MlflowException.invalid_parameter_value(f"Type mismatch, {name} expects `{kind}` as the type")


def _inner(wire, key):
    if not isinstance(wire, dict) or "type" not in wire:
        raise MlflowException.invalid_parameter_value(f"Expected {key} to be a dictionary with the key `type`")
    return type_from_dict(wire)


def _mixed(first, second):
    return MlflowException.invalid_parameter_value(
        f"Expected all values to be of one type, found {first!r} and {second!r}"
    )
