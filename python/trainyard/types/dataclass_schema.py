"""Schemas from dataclasses: a field is a column, and a dataclass within one an object."""

from trainyard.exceptions import MlflowException


def convert_dataclass_to_schema(dataclass):
    """Return the ``Schema`` of a dataclass: plain types, lists, other dataclasses, and each of them optional.

    Parameters
    ----------
    dataclass
        The class, or an instance of it.
    """
    from trainyard.types.schema import ColSpec, Schema

    columns = []
    for name, annotation in _annotations(dataclass).items():
        hint, required = _without_optional(annotation)
        kind = _type_of(hint)
        if kind is None:
            raise MlflowException.invalid_parameter_value(
                f"Unsupported field type {hint} in dataclass {_class_of(dataclass).__name__}"
            )
        columns.append(ColSpec(kind, name, required))
    return Schema(columns)


def _class_of(dataclass):
    return dataclass if isinstance(dataclass, type) else type(dataclass)


def _annotations(dataclass):
    """Return the fields of a dataclass and of the dataclasses it inherits from, with their types."""
    import dataclasses
    import typing

    if not dataclasses.is_dataclass(dataclass):
        raise TypeError(f"{dataclass!r} is not a dataclass")
    hints = typing.get_type_hints(_class_of(dataclass))
    return {field.name: hints[field.name] for field in dataclasses.fields(dataclass)}


def _without_optional(hint):
    """Return what ``Optional[…]`` is about, and whether a value is required."""
    import types
    import typing

    if typing.get_origin(hint) not in (typing.Union, types.UnionType):
        return hint, True
    kinds = [kind for kind in typing.get_args(hint) if kind is not type(None)]
    if len(kinds) != 1 or len(typing.get_args(hint)) != 2:
        raise MlflowException.invalid_parameter_value(
            "Only Optional[...] is supported as a Union type in dataclass fields"
        )
    return kinds[0], False


def _type_of(hint):
    """Return the type of a field, or ``None`` where signatures have none."""
    import dataclasses
    import datetime
    import typing

    from trainyard.types.datatypes import DataType
    from trainyard.types.nested import Array, Object, Property

    if typing.get_origin(hint) is list:
        items = _type_of(typing.get_args(hint)[0])
        return None if items is None else Array(items)
    if dataclasses.is_dataclass(hint):
        properties = []
        for name, annotation in _annotations(hint).items():
            inner, required = _without_optional(annotation)
            kind = _type_of(inner)
            if kind is None:
                raise MlflowException.invalid_parameter_value(
                    f"Unsupported field type {inner} in dataclass {hint.__name__}"
                )
            properties.append(Property(name, kind, required))
        return Object(properties)
    # Python's float is MLflow's `float` here, although it is `double` everywhere else.
    names = {bool: "boolean", int: "long", float: "float", str: "string", bytes: "binary", datetime.date: "datetime"}
    return DataType[names[hint]] if hint in names else None
