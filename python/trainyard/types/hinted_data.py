"""Validating data against type hints, and converting it between the forms that hints and frames have for it."""

import os
import typing

from trainyard.exceptions import MlflowException
from trainyard.types.inputs import is_array, is_frame, is_missing, is_pydantic, is_series
from trainyard.types.type_hints import (
    element_of,
    hint_name,
    is_list,
    is_pydantic_model,
    is_union,
    refuse,
    scalar_types,
    without_none,
)

# How many wrong elements an error names.
_SHOWN = 5

# Set in a scoring server, where the input comes from JSON, which has no bytes and no dates.
SERVING_VARIABLE = "_MLFLOW_IS_IN_SERVING_ENVIRONMENT"


def is_serving():
    """Tell whether this process answers requests."""
    return os.environ.get(SERVING_VARIABLE, "").lower() in ("1", "true")


def validate(data, hint):
    """Return data that fits a hint; dicts become instances where the hint is a pydantic model.

    Parameters
    ----------
    data
        The data.
    hint
        The type hint. Nothing else is converted: a text that looks like a number is still no number.
    """
    if is_pydantic_model(hint):
        return _validate_pydantic(data, hint)
    if hint is typing.Any:
        return data
    if isinstance(hint, type) and hint in scalar_types():
        if is_serving():
            data = _from_json(data, hint)
        if isinstance(data, hint):
            return data
        raise MlflowException.invalid_parameter_value(f"Expected type {hint_name(hint)}, but got {type(data).__name__}")
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is list:
        return _validate_list(data, arguments[0])
    if origin is dict:
        return _validate_dict(data, arguments[1])
    if is_union(hint):
        members = without_none(hint)
        if data is None or len(members) != 1:
            return data
        return validate(data, members[0])
    refuse(hint)


def from_frame(data, hint):
    """Return a data frame as the list that a hint says the input is; other data comes back as it is."""
    if not is_frame(data) or hint is type(data):
        return data
    if hint is list or not is_list(hint):
        raise MlflowException.invalid_parameter_value(
            "Only `list[...]` type hint supports pandas DataFrame input with a single column. "
            f"But got {hint_name(hint)}."
        )
    element = element_of(hint)
    is_dict = typing.get_origin(element) is dict and len(data.columns) > 1
    if is_dict or element is dict or is_pydantic_model(element):
        rows = data.iloc[:, 0].tolist() if list(data.columns) == [0] else data.to_dict(orient="records")
        return _plain(rows)
    if len(data.columns) != 1:
        from trainyard.notices import warn

        warn(
            "`predict` function with list[...] type hints of non-dictionary collection type only supports pandas "
            f"DataFrame with a single column. But got {len(data.columns)} columns, of which the first is used."
        )
    return _plain(data.iloc[:, 0].tolist())


def like_example(data, example):
    """Return a data frame that was made from the input in the form that an input example has."""
    import numpy

    if not is_frame(data) or is_frame(example):
        return data
    if is_series(example):
        return data.iloc[:, 0].rename(example.name)
    if numpy.isscalar(example):
        return data.iloc[0, 0]
    if isinstance(example, dict):
        return data.to_dict(orient="records")[0] if len(data) == 1 else data
    if isinstance(example, list):
        if len(data.columns) == 1 and all(map(numpy.isscalar, example)):
            return data.iloc[:, 0].tolist()
        return data.to_dict(orient="records")
    return data


def can_be_example_of_type(example):
    """Tell whether an input example has one of the forms that ``TypeFromExample`` knows."""
    return isinstance(example, list) or is_frame(example) or is_series(example)


def _validate_pydantic(data, model):
    import pydantic

    if is_pydantic(data):
        fields = data.model_dump()
    elif isinstance(data, dict):
        fields = data
    else:
        raise MlflowException.invalid_parameter_value(
            f"Expecting example to be a dictionary or pydantic model instance for Pydantic type hint, got {type(data)}"
        )
    try:
        # Strict: pydantic itself would make a number of a text.
        model.model_validate(fields, strict=True)
    except pydantic.ValidationError as error:
        raise MlflowException.invalid_parameter_value(
            f"Data doesn't match type hint, error: {error}. Expected fields in the type hint: "
            f"{model.model_fields}; passed data: {fields}."
        ) from error
    return model(**fields) if isinstance(data, dict) else data


def _validate_list(data, element):
    if not isinstance(data, list):
        raise MlflowException.invalid_parameter_value(f"Expected list, but got {type(data).__name__}")
    result, wrong = [], []
    for item in data:
        try:
            result.append(validate(item, element))
        except MlflowException as error:
            wrong.append((str(item), error.message))
    if wrong:
        shown = f"{wrong[:_SHOWN]} ... (truncated)" if len(wrong) > _SHOWN else str(wrong)
        raise MlflowException.invalid_parameter_value(
            f"Failed to validate data against type hint `list[{hint_name(element)}]`, invalid elements: {shown}"
        )
    return result


def _validate_dict(data, element):
    if not isinstance(data, dict):
        raise MlflowException.invalid_parameter_value(f"Expected dict, but got {type(data).__name__}")
    result, wrong = {}, {}
    for name, item in data.items():
        if not isinstance(name, str):
            wrong[str(name)] = f"Key must be a string, got {type(name).__name__}"
            continue
        try:
            result[name] = validate(item, element)
        except MlflowException as error:
            wrong[name] = error.message
    if wrong:
        raise MlflowException.invalid_parameter_value(
            f"Failed to validate data against type hint `dict[str, {hint_name(element)}]`, invalid elements: {wrong}"
        )
    return result


def _from_json(value, hint):
    """Return what a text in a JSON request stands for where the hint is a type that JSON lacks."""
    import datetime

    if isinstance(value, str) and hint is bytes:
        import base64

        return base64.decodebytes(value.encode("utf-8"))
    if isinstance(value, str) and hint is datetime.datetime:
        return datetime.datetime.fromisoformat(value)
    return value


def _plain(data):
    """Return the cells of a frame as Python's own lists, with ``None`` for what is missing."""
    if is_array(data):
        data = data.tolist()
    if isinstance(data, list):
        return [_plain(item) for item in data]
    if isinstance(data, dict):
        return {name: _plain(item) for name, item in data.items()}
    return None if isinstance(data, float) and is_missing(data) else data
