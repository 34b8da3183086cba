"""Predict functions with type hints: finding the hint of the input, and validating every call against it.

Pickles of models name ``FuncInfo`` and ``_validate_model_input`` in this module, whoever made them.
"""

import functools
import inspect
import typing
from typing import NamedTuple

from trainyard.exceptions import MlflowException


class FuncInfo(NamedTuple):
    """The hint of a predict function's input, and the name of that parameter."""

    input_type_hint: typing.Any
    input_param_name: str


def pyfunc(func):
    """Validate the input of a function against its type hint, where the hint is one that can be.

    Parameters
    ----------
    func
        A function of one argument, or the ``predict`` method of a ``PythonModel``.
    """
    return wrap_predict(func, hint_of_predict(func))


def wrap_predict(func, func_info):
    """Return a predict function that validates its input, marked as such."""
    if func_info is None:

        @functools.wraps(func)
        def wrapper(*args, **kwargs):
            return func(*args, **kwargs)

    else:
        index = _index_of_input(func)

        @functools.wraps(func)
        def wrapper(*args, **kwargs):
            try:
                args, kwargs = _validate_model_input(
                    args, kwargs, index, func_info.input_type_hint, func_info.input_param_name
                )
            except MlflowException:
                raise
            except Exception as error:
                raise MlflowException(
                    "Failed to validate the input data against the type hint "
                    f"`{func_info.input_type_hint}`. Error: {error}"
                ) from error
            return func(*args, **kwargs)

    wrapper._is_pyfunc = True
    return wrapper


def _validate_model_input(args, kwargs, model_input_index_in_sig, type_hint, model_input_param_name):
    """Return the arguments of a call with the input validated; stands by this name in pickles."""
    from trainyard.types.hinted_data import from_frame, validate

    index = model_input_index_in_sig
    if model_input_param_name in kwargs:
        data = validate(from_frame(kwargs[model_input_param_name], type_hint), type_hint)
        return args, {**kwargs, model_input_param_name: data}
    if len(args) > index:
        data = validate(from_frame(args[index], type_hint), type_hint)
        return (*args[:index], data, *args[index + 1 :]), kwargs
    return args, kwargs


def hint_of_predict(func):
    """Return the ``FuncInfo`` of a predict function; ``None`` where its input cannot be validated."""
    from trainyard.types.type_hints import InvalidTypeHintException, TypeFromExample, has_no_schema, schema_of_list

    parameters = inspect.signature(func).parameters
    # The parameter of a plain function may be called anything.
    names = check_parameters(func, "predict") if "self" in parameters else list(parameters)
    index = 1 if takes_context(func) else 0
    hint = type_hints(func, index).input
    if hint is None or has_no_schema(hint) or hint is TypeFromExample:
        return None
    try:
        schema_of_list(hint)
    except InvalidTypeHintException as error:
        raise MlflowException.invalid_parameter_value(
            f"{error.message} To disable data validation, remove the type hint from the predict function. Otherwise, "
            "fix the type hint."
        ) from None
    except MlflowException as error:
        from trainyard.notices import warn

        warn(
            "Type hint used in the model's predict function is not supported for MLflow's schema validation. "
            f"{error.message} Remove the type hint to disable this warning. To have the input checked, give an input "
            "example or a signature when the model is logged."
        )
        return None
    return FuncInfo(hint, names[index])


def check_parameters(func, name):
    """Return the names of a function's parameters, with a warning about the ones that are not filled in."""
    names = [parameter for parameter in inspect.signature(func).parameters if parameter != "self"]
    unknown = set(names) - {"context", "model_input", "params"}
    if unknown:
        from trainyard.notices import warn

        warn(
            f"Model's `{name}` method contains invalid parameters: {unknown}. Only the following parameter names are "
            "allowed: context, model_input, and params. Note that invalid parameters will no longer be permitted in "
            "future versions.",
            FutureWarning,
        )
    return names


def takes_context(func):
    """Tell whether a predict function is ``(self, context, model_input, …)``, whatever the context is called."""
    parameters = inspect.signature(func).parameters
    others = [name for name in parameters if name not in ("self", "params")]
    return "context" in parameters or len(others) == 2


def type_hints(func, input_index):
    """Return the hints of a function's input and output.

    Parameters
    ----------
    func
        A function, or an object that can be called.
    input_index
        Which parameter is the input, counted without ``self``.
    """
    from trainyard.models.signature import _TypeHints

    if not hasattr(func, "__annotations__") and callable(func):
        func = type(func).__call__
    annotations = getattr(func, "__annotations__", None)
    if not annotations:
        return _TypeHints()
    names = [name for name in inspect.signature(func).parameters if name != "self"]
    if len(names) <= input_index:
        raise MlflowException.invalid_parameter_value(
            f"The specified input argument index ({input_index}) is out of range for the function signature: {names}"
        )
    try:
        hints = _evaluated(func)
    except Exception as error:
        from trainyard.notices import warn

        warn(f"Failed to extract type hints from function {getattr(func, '__name__', func)}: {error!r}")
        return _TypeHints()
    return _TypeHints(hints.get(names[input_index]), hints.get("return"))


def _evaluated(func):
    try:
        return typing.get_type_hints(func)
    except NameError:
        # Hints can be texts, with List and Dict imported for the type checker only.
        return typing.get_type_hints(func, localns=vars(typing))


def _index_of_input(func):
    index = 1 if "self" in inspect.signature(func).parameters else 0
    return index + 1 if takes_context(func) else index
