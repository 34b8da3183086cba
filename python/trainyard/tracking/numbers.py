"""What a program gives as value, step or time of a metric, as the numbers that are recorded."""

from trainyard.exceptions import MlflowException

# What it can raise to ask something for its number.
_NO_NUMBER = (TypeError, ValueError, RuntimeError, OverflowError)
_LEAST_INTEGER, _GREATEST_INTEGER = -(2**63), 2**63 - 1
# So much of a wrong value is shown in a message.
_SHOWN = 200


def whole(field, key, value):
    """Return a step or a time of a metric as an ``int``; frameworks also hand over floats and arrays of one element."""
    try:
        if isinstance(value, (str, bytes)):
            raise TypeError
        integer = int(_single(value))
        if not _LEAST_INTEGER <= integer <= _GREATEST_INTEGER:
            raise OverflowError
    except _NO_NUMBER:
        raise MlflowException.invalid_parameter_value(
            f"Got invalid value {_shown(value)} for {field} of metric '{key}': it has to be a whole number of 64 bits"
        ) from None
    return integer


def number(key, value):
    """Return a metric value as a float: numbers, and arrays or tensors of one element."""
    try:
        return float(_single(value))
    except _NO_NUMBER:
        raise MlflowException.invalid_parameter_value(
            f"Got invalid value {_shown(value)} for metric '{key}': a metric value has to be a number, or an array or "
            "tensor of one element"
        ) from None


def _single(value):
    """Return the number of an array or a tensor of one element; anything else as it is."""
    if not hasattr(value, "item") and callable(getattr(value, "numpy", None)):  # a tensor of TensorFlow
        value = value.numpy()
    return value.item() if callable(getattr(value, "item", None)) else value


def _shown(value):
    """Return what a value is for a message, which is for people: the beginning of a long one will do."""
    try:
        text = repr(value)
    except ValueError:  # an integer of more digits than Python turns into text
        text = f"of type {type(value).__name__}"
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
