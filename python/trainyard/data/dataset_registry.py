"""The functions that make datasets: those of this package, and those that a user adds."""

from trainyard.exceptions import MlflowException

_MODULES = ("huggingface", "numpy", "pandas", "polars", "tensorflow")
_registered = {}


def register_constructor(constructor_fn, constructor_name=None):
    """Make a function reachable as ``trainyard.data.<name>``.

    Parameters
    ----------
    constructor_fn
        A function with the arguments ``name`` and ``digest`` among others, annotated to return a ``Dataset``.
    constructor_name
        Its name, which begins with ``from_`` or ``load_``; the function's own by default.

    Returns
    -------
    str
        The name.
    """
    import inspect
    import typing

    from trainyard.data.dataset import Dataset

    name = constructor_name or constructor_fn.__name__
    if not name.startswith(("from_", "load_")):
        raise MlflowException.invalid_parameter_value(
            f"Invalid dataset constructor name: {name}. Constructor name must start with 'load_' or 'from_'."
        )
    parameters = inspect.signature(constructor_fn).parameters
    for expected in ("name", "digest"):
        found = parameters.get(expected)
        if found is None or found.kind not in (found.KEYWORD_ONLY, found.POSITIONAL_OR_KEYWORD):
            raise MlflowException.invalid_parameter_value(
                f"Invalid dataset constructor function: {constructor_fn.__name__}. Function must define an optional "
                f"parameter named '{expected}'."
            )
    returned = typing.get_type_hints(constructor_fn).get("return")
    if not (isinstance(returned, type) and issubclass(returned, Dataset)):
        raise MlflowException.invalid_parameter_value(
            f"Invalid dataset constructor function: {constructor_fn.__name__}. Function must have a return type "
            "annotation that is a subclass of :py:class:`mlflow.data.dataset.Dataset`."
        )
    _registered[name] = constructor_fn
    return name


def get_registered_constructors():
    """Return the functions that make datasets, by name."""
    import importlib

    constructors = {}
    for kind in _MODULES:
        name = f"from_{kind}"
        constructors[name] = getattr(importlib.import_module(f"trainyard.data.{kind}_dataset"), name)
    return {**constructors, **_registered}
