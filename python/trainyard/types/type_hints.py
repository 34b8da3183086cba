"""Schemas from type hints: what ``predict(self, model_input: list[…]) -> …`` says about its input and output."""

import typing
from types import UnionType

from trainyard.exceptions import MlflowException
from trainyard.notices import warn
from trainyard.types.datatypes import DataType
from trainyard.types.nested import AnyType, Array, Map, Object, Property
from trainyard.types.schema import ColSpec, Schema

# A hint that says: validate the input, then give it to the model in the form that the input example has.
TypeFromExample = typing.TypeVar("TypeFromExample")

_UNIONS = (typing.Union, UnionType)
_OPTIONAL_INPUT = (
    "Input cannot be Optional type. Remove the Optional wrapper from the type hint; for optional fields, use a "
    "pydantic model."
)


class InvalidTypeHintException(MlflowException):
    """A type hint that is of the right kind, but wrong."""

    def __init__(self, *, message):
        super().__init__(message, "INVALID_PARAMETER_VALUE")


class UnsupportedTypeHintException(MlflowException):
    """A type hint that has no schema."""

    def __init__(self, type_hint):
        super().__init__(f"Unsupported type hint `{hint_name(type_hint)}`. {_supported()}", "INVALID_PARAMETER_VALUE")


def scalar_types():
    """Return the scalar types that a hint may name, with their type in a schema."""
    import datetime

    return {
        int: DataType.long,
        str: DataType.string,
        bool: DataType.boolean,
        float: DataType.double,
        bytes: DataType.binary,
        datetime.datetime: DataType.datetime,
    }


def has_no_schema(hint):
    """Tell whether a hint is a data frame, array or matrix, which is supported, but of which no schema is known."""
    module = getattr(hint, "__module__", "").partition(".")[0]
    return isinstance(hint, type) and (module, hint.__name__) in {
        ("pandas", "DataFrame"),
        ("pandas", "Series"),
        ("polars", "DataFrame"),
        ("polars", "Series"),
        ("numpy", "ndarray"),
        ("scipy", "csc_matrix"),
        ("scipy", "csr_matrix"),
    }


def is_pydantic_model(hint):
    """Tell whether a hint is a class of pydantic models, without importing pydantic."""
    import sys

    pydantic = sys.modules.get("pydantic")
    try:
        return pydantic is not None and issubclass(hint, pydantic.BaseModel)
    except TypeError:
        return False


def is_list(hint):
    """Tell whether a hint is ``list`` or ``list[…]``, or an optional one."""
    return hint is list or _origin(hint) is list


def is_union(hint):
    """Tell whether a hint is ``X | Y``."""
    return typing.get_origin(hint) in _UNIONS


def without_none(hint):
    """Return the members of a union other than ``None``."""
    return [member for member in typing.get_args(hint) if member is not type(None)]


def element_of(hint):
    """Return what the list is of that a hint says the input is."""
    if is_union(hint):
        raise MlflowException.invalid_parameter_value(_OPTIONAL_INPUT)
    arguments = typing.get_args(hint)
    if not arguments:
        raise InvalidTypeHintException(
            message=f"Type hint `{hint_name(hint)}` doesn't contain a collection element type. Fix by adding an "
            "element type to the collection type definition, e.g. `list[str]` instead of `list`."
        )
    if len(arguments) > 1:
        raise InvalidTypeHintException(
            message=f"Type hint `{hint_name(hint)}` contains {len(arguments)} element types. Collections must have "
            "only a single type definition e.g. `list[int]` is valid; `list[str, int]` is invalid."
        )
    return arguments[0]


def schema_of_list(hint):
    """Return the schema of an input, whose hint has to be ``list[…]``: one column of the element's type."""
    if not is_list(hint):
        raise MlflowException.invalid_parameter_value(
            "Type hints must be wrapped in list[...] because MLflow assumes the predict method to take multiple "
            f"input instances. Specify your type hint as `list[{hint_name(hint)}]` for a valid signature."
        )
    return schema_of(element_of(hint))


def schema_of(hint):
    """Return the schema of one column whose values have a hint."""
    kind, required = _type_of(hint)
    if not required:
        raise InvalidTypeHintException(message=_OPTIONAL_INPUT)
    return Schema([ColSpec(kind)])


def hint_name(hint):
    """Return a hint as it stands in errors."""
    return hint.__name__ if is_pydantic_model(hint) or type(hint) is type else str(hint)


def refuse(hint):
    """Raise the error for a hint that cannot be."""
    if hint in (list, dict, typing.Optional, *_UNIONS):
        raise InvalidTypeHintException(
            message=f"Invalid type hint `{hint_name(hint)}`, it must include a valid element type. {_supported()}"
        )
    raise UnsupportedTypeHintException(hint)


def _type_of(hint):
    """Return the type of values with a hint, and whether they are required."""
    if hint is typing.Any:
        warn("Any type hint is inferred as AnyType, and data is not validated against it: use a more specific hint")
        return AnyType(), True
    scalars = scalar_types()
    # Hints such as Annotated[…] may hold what cannot be hashed.
    if isinstance(hint, type) and hint in scalars:
        return scalars[hint], True
    if is_pydantic_model(hint):
        return _object_of(hint), True
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is list:
        return Array(_type_of(element_of(hint))[0]), True
    if origin is dict:
        return Map(_type_of(_value_of(hint, arguments))[0]), True
    if origin in _UNIONS:
        members = without_none(hint)
        required = len(members) == len(arguments)
        if len(members) == 1:
            return _type_of(members[0])[0], required
        warn(f"Union type hint {hint} is inferred as AnyType, and data is not validated against it")
        return AnyType(), required
    refuse(hint)


def _value_of(hint, arguments):
    if len(arguments) != 2:
        raise InvalidTypeHintException(
            message=f"Dictionary type hint must contain two element types, got {hint_name(hint)}"
        )
    if arguments[0] is not str:
        raise InvalidTypeHintException(
            message=f"Dictionary key type must be str, got {arguments[0]} in type hint {hint_name(hint)}"
        )
    return arguments[1]


def _object_of(model):
    properties = []
    for name, field in model.model_fields.items():
        kind, required = _type_of(field.annotation)
        if not required and field.is_required():
            raise InvalidTypeHintException(
                message=f"Optional field `{name}` in Pydantic model `{model.__name__}` doesn't have a default value. "
                "Please set default value to None for this field."
            )
        properties.append(Property(name, kind, required))
    return Object(properties)


def _origin(hint):
    """Return ``list`` for ``list[…]`` and for an optional one; unions of several are anything."""
    if not is_union(hint):
        return typing.get_origin(hint)
    members = without_none(hint)
    is_optional = len(members) == 1 and len(typing.get_args(hint)) == 2
    return _origin(members[0]) if is_optional else typing.Any


def _supported():
    return (
        "Type hints must be a list[...] where collection element type is one of these types: "
        f"{list(scalar_types())}, pydantic BaseModel subclasses, lists and dictionaries of primitive types, or "
        "typing.Any."
    )
