"""Types of one value in a signature: scalars, and arrays, objects and maps of them."""

from enum import Enum

from trainyard.exceptions import MlflowException


class DataType(Enum):
    """A scalar type; the value is the name in a signature."""

    boolean = "boolean"
    integer = "integer"
    long = "long"
    float = "float"
    double = "double"
    string = "string"
    binary = "binary"
    datetime = "datetime"

    def __str__(self):
        return self.value

    def __repr__(self):
        return self.value

    @classmethod
    def all_types(cls):
        """Return all scalar types."""
        return list(cls)

    def to_numpy(self):
        """Return the NumPy dtype of a column of this type."""
        import numpy

        return numpy.dtype(_NUMPY[self.value])

    def to_pandas(self):
        """Return the pandas dtype of a column of this type."""
        return self.to_numpy()

    def to_python(self):
        """Return the Python type of a value of this type."""
        return _python_types()[self.value]

    @classmethod
    def check_type(cls, data_type, value):
        """Tell whether a value is of a scalar type, whether Python's or NumPy's."""
        import numpy

        if data_type is cls.datetime:
            import datetime

            return isinstance(value, (datetime.date, numpy.datetime64))
        return type(value) in _value_types()[data_type.value]


_NUMPY = {
    "boolean": "bool",
    "integer": "int32",
    "long": "int64",
    "float": "float32",
    "double": "float64",
    "string": "O",
    "binary": "O",
    "datetime": "datetime64[ns]",
}


def _python_types():
    import datetime

    return {
        "boolean": bool,
        "integer": int,
        "long": int,
        "float": float,
        "double": float,
        "string": str,
        "binary": bytes,
        "datetime": datetime.datetime,
    }


def _value_types():
    import numpy

    return {
        "boolean": (bool, numpy.bool_),
        "integer": (numpy.int32,),
        "long": (int, numpy.int64),
        "float": (numpy.float32,),
        "double": (float, numpy.float64),
        "string": (str, numpy.str_),
        "binary": (bytes, bytearray, numpy.bytes_),
    }


class _Comparable:
    def __eq__(self, other):
        return type(self) is type(other) and self.to_dict() == other.to_dict()

    def __hash__(self):
        return hash(repr(self))


class AnyType(_Comparable):
    """A value of which nothing is known, such as a column of nulls."""

    def to_dict(self):
        """Return the signature's JSON for the type."""
        return {"type": "any"}

    def __repr__(self):
        return "Any"

    def _merge(self, other):
        return other


class SparkMLVector(_Comparable):
    """A vector of Spark ML."""

    def to_dict(self):
        """Return the signature's JSON for the type."""
        return {"type": "sparkml_vector"}

    def __repr__(self):
        return "SparkML vector"


class Property(_Comparable):
    """A named value of an :class:`Object`."""

    def __init__(self, name, dtype, required=True):
        self.name = name
        self.dtype = as_type(dtype)
        self.required = required

    def to_dict(self):
        """Return the signature's JSON for the property."""
        return {self.name: {**type_dict(self.dtype), "required": self.required}}

    def __repr__(self):
        return f"{self.name}: {self.dtype!r} ({'required' if self.required else 'optional'})"

    def _merge(self, other):
        required = self.required and other.required
        if isinstance(self.dtype, DataType):
            if isinstance(other.dtype, AnyType) or self.dtype == other.dtype:
                return Property(self.name, self.dtype, required)
            raise _mixed(self.dtype, other.dtype)
        return Property(self.name, self.dtype._merge(other.dtype), required)


class Object(_Comparable):
    """A dict with known keys."""

    def __init__(self, properties):
        self.properties = list(properties)

    def to_dict(self):
        """Return the signature's JSON for the type."""
        properties = {}
        for item in sorted(self.properties, key=lambda item: item.name):
            properties.update(item.to_dict())
        return {"type": "object", "properties": properties}

    def __repr__(self):
        return "{" + ", ".join(repr(item) for item in sorted(self.properties, key=lambda item: item.name)) + "}"

    def _merge(self, other):
        if isinstance(other, AnyType):
            return self
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


class Array(_Comparable):
    """A list of values of one type."""

    def __init__(self, dtype):
        self.dtype = as_type(dtype)

    def to_dict(self):
        """Return the signature's JSON for the type."""
        return {"type": "array", "items": type_dict(self.dtype)}

    def __repr__(self):
        return f"Array({self.dtype!r})"

    def _merge(self, other):
        if isinstance(other, AnyType):
            return self
        if not isinstance(other, Array):
            raise _mixed(self, other)
        return Array(merge_types(self.dtype, other.dtype))


class Map(_Comparable):
    """A dict with any text keys and values of one type."""

    def __init__(self, value_type):
        self.value_type = as_type(value_type)

    def to_dict(self):
        """Return the signature's JSON for the type."""
        return {"type": "map", "values": type_dict(self.value_type)}

    def __repr__(self):
        return f"Map(str -> {self.value_type!r})"

    def _merge(self, other):
        if isinstance(other, AnyType):
            return self
        if not isinstance(other, Map):
            raise _mixed(self, other)
        return Map(merge_types(self.value_type, other.value_type))


def merge_types(first, second):
    """Return the type of a list that holds values of both types."""
    if isinstance(first, AnyType):
        return second
    if isinstance(second, AnyType):
        return first
    if isinstance(first, DataType):
        if first == second:
            return first
        raise _mixed(first, second)
    return first._merge(second)


def as_type(dtype):
    """Return a type given as itself or as its name."""
    if isinstance(dtype, str):
        try:
            return DataType[dtype]
        except KeyError:
            names = ", ".join(item.name for item in DataType)
            raise MlflowException.invalid_parameter_value(
                f"Unsupported type '{dtype}', expected one of {names}, or Array, Object, Map, AnyType"
            ) from None
    if not isinstance(dtype, (DataType, Array, Object, Map, AnyType, SparkMLVector)):
        raise MlflowException.invalid_parameter_value(f"Unsupported type {dtype!r} in a signature")
    return dtype


def type_dict(dtype):
    """Return the signature's JSON for a type of any kind."""
    return {"type": dtype.name} if isinstance(dtype, DataType) else dtype.to_dict()


def type_from_dict(wire):
    """Read a type from the signature's JSON."""
    kind = wire["type"]
    if kind == "array":
        return Array(type_from_dict(wire["items"]))
    if kind == "object":
        return Object(
            [
                Property(name, type_from_dict(item), item.get("required", True))
                for name, item in wire["properties"].items()
            ]
        )
    if kind == "map":
        return Map(type_from_dict(wire["values"]))
    if kind == "any":
        return AnyType()
    if kind == "sparkml_vector":
        return SparkMLVector()
    return as_type(kind)


def _mixed(first, second):
    return MlflowException.invalid_parameter_value(f"Expected all values to be of one type, found {first} and {second}")
