"""The scalar types of a signature; arrays, objects and maps of them are in ``nested``."""

from enum import Enum


class DataType(Enum):
    """A scalar type; its name is the word in a signature, its value the number that MLflow pickles."""

    boolean = 1
    integer = 2
    long = 3
    float = 4
    double = 5
    string = 6
    binary = 7
    datetime = 8

    def __repr__(self):
        return self.name

    @classmethod
    def all_types(cls):
        """Return all scalar types."""
        return list(cls)

    @classmethod
    def from_numpy_type(cls, np_type):
        """Return the type of a NumPy dtype, or ``None``."""
        return next((kind for kind in cls if kind.to_numpy() == np_type), None)

    @classmethod
    def check_type(cls, data_type, value):
        """Tell whether a value is of a scalar type, whether Python's or NumPy's."""
        import datetime

        import numpy

        if data_type is cls.datetime:
            return type(value) in (datetime.date, datetime.datetime, numpy.datetime64)
        if isinstance(value, numpy.generic):
            return numpy.dtype(type(value)) == data_type.to_numpy()
        return type(value) is data_type.to_python() or (data_type is cls.binary and type(value) is bytearray)

    def to_numpy(self):
        """Return the NumPy dtype of a column of this type."""
        import numpy

        return numpy.dtype(_NUMPY[self.name])

    def to_pandas(self):
        """Return the pandas dtype of a column of this type."""
        return object if self in (DataType.string, DataType.binary) else self.to_numpy()

    def to_python(self):
        """Return the Python type of a value of this type."""
        if self is DataType.datetime:
            import datetime

            return datetime.date
        return _PYTHON[self.name]


_NUMPY = {
    "boolean": "bool",
    "integer": "int32",
    "long": "int64",
    "float": "float32",
    "double": "float64",
    "string": "str",
    "binary": "bytes",
    "datetime": "datetime64[ns]",
}
_PYTHON = {
    "boolean": bool,
    "integer": int,
    "long": int,
    "float": float,
    "double": float,
    "string": str,
    "binary": bytes,
}
