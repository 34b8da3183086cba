"""What a package offers, by introspection: names, signatures, members. Used on MLflow and on Trainyard alike.

Names are public when the module says so in ``__all__``, else when the module (or one below it) defines them.
"""

import dataclasses
import dis
import enum
import importlib
import inspect
import re
import warnings

# The modules that are compared, below ``mlflow`` and ``trainyard``; the value says what else than functions and classes
# is public in a module without ``__all__``, as a pattern.
MODULES = {
    "": None,
    "artifacts": None,
    "client": None,
    "config": None,
    "data": None,
    "data.sources": None,
    "entities": None,
    "entities.model_registry": None,
    "environment_variables": r"MLFLOW_\w+",
    "exceptions": None,
    "keras": None,
    "lightgbm": None,
    "models": None,
    "models.model": None,
    "models.signature": None,
    "onnx": None,
    "pyfunc": None,
    "pytorch": None,
    "sklearn": r"SERIALIZATION_FORMAT_\w+",
    "store.entities": None,
    "store.entities.paged_list": None,
    "system_metrics": None,
    "tensorflow": None,
    "tracking": None,
    "tracking.client": None,
    "tracking.context": None,
    "tracking.context.registry": None,
    "tracking.fluent": None,
    "types": None,
    "types.schema": None,
    "utils.async_logging.run_operations": None,
    "utils.mlflow_tags": r"MLFLOW_\w+",
    "xgboost": None,
}

# Members that every class has by way of its base.
_BASES = (object, Exception, BaseException, str, int, list, dict, enum.Enum)


def module(package, name):
    """Import a module of a package; ``None`` when there is none, or it cannot be imported here."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return importlib.import_module(f"{package}.{name}" if name else package)
    except ImportError:
        return None


def unavailable():
    """Return the errors with which a name says that its framework is not installed."""
    from trainyard.exceptions import MlflowException

    return (ImportError, MlflowException)


def public_names(found, package, extra=None):
    """Return the names that a module offers, sorted."""
    if found.__name__ == package:
        # The package itself: what it lists, and its submodules.
        submodules = {name for name in dir(found) if not name.startswith("_") and _is_submodule(found, name)}
        return sorted({*found.__all__, *submodules} - {"version"})
    if hasattr(found, "__all__"):
        return sorted(name for name in set(found.__all__) if not name.startswith("_"))
    return sorted(name for name in dir(found) if not name.startswith("_") and _is_own(found, name, extra))


def describe(thing):
    """Return what is compared of a function, class, module or value."""
    if inspect.isclass(thing):
        return {"kind": "class", **_callable(thing), "members": _members(thing)}
    if inspect.ismodule(thing) or type(thing).__name__ == "LazyLoader":
        return {"kind": "module"}
    if callable(thing):
        return {"kind": "function", **_callable(thing)}
    return {"kind": "value", "value": default_text(thing)}


def _callable(thing):
    return {"signature": signature(thing), "types": annotations(thing)}


def signature(function):
    """Return the parameters of a callable as text, without types; ``None`` when it does not say."""
    found = _inspected(function)
    if found is None:
        return None
    parts, last = [], None
    for parameter in found.parameters.values():
        if last == parameter.POSITIONAL_ONLY != parameter.kind:
            parts.append("/")
        if parameter.kind == parameter.KEYWORD_ONLY and last not in (parameter.KEYWORD_ONLY, parameter.VAR_POSITIONAL):
            parts.append("*")
        stars = {parameter.VAR_POSITIONAL: "*", parameter.VAR_KEYWORD: "**"}.get(parameter.kind, "")
        default = "" if parameter.default is parameter.empty else f"={default_text(parameter.default)}"
        parts.append(f"{stars}{parameter.name}{default}")
        last = parameter.kind
    return ", ".join(parts)


def annotations(function):
    """Return the types that a callable declares, by parameter; that of the result by ``return``."""
    found = _inspected(function)
    if found is None:
        return {}
    types = {name: parameter.annotation for name, parameter in found.parameters.items()}
    types["return"] = found.return_annotation
    return {name: type_text(kind) for name, kind in types.items() if kind is not inspect.Signature.empty}


def type_text(kind):
    """Return a declared type as text."""
    return kind if isinstance(kind, str) else inspect.formatannotation(kind)


def _inspected(function):
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return inspect.signature(function)
    except (ValueError, TypeError):
        return None


def default_text(value):
    """Return a default as text that is the same in every process and for both packages."""
    if isinstance(value, enum.Enum):
        return f"{type(value).__name__}.{value.name}"
    if value is None or isinstance(value, (bool, int, float, str, bytes)):
        return repr(value)
    if isinstance(value, (list, tuple, set, frozenset)):
        items = ", ".join(
            sorted(map(default_text, value)) if isinstance(value, (set, frozenset)) else map(default_text, value)
        )
        return f"{type(value).__name__}({items})"
    if isinstance(value, dict):
        return "dict(" + ", ".join(f"{key}={default_text(item)}" for key, item in value.items()) + ")"
    # What this machine and this process put into a text (addresses, folders) says nothing.
    return f"<{type(value).__name__}>"


def _members(cls):
    # Attributes that instances have and the class does not show: fields of dataclasses, and of our entities.
    fields = {field.name: field.type for field in dataclasses.fields(cls)} if dataclasses.is_dataclass(cls) else {}
    fields |= dict.fromkeys(getattr(cls, "_fields", ()))
    fields |= {name: None for name in _set_by_constructors(cls) if name not in fields}
    members = {name: _field(kind) for name, kind in fields.items() if not name.startswith("_")}
    for name in dir(cls):
        if name.startswith("_") or any(name in vars(base) for base in _BASES):
            continue
        raw = inspect.getattr_static(cls, name)
        value = getattr(cls, name, None)
        if isinstance(raw, property):
            members[name] = {"kind": "attribute", "types": annotations(raw.fget)}
        elif inspect.isclass(value) or not callable(value):
            members.setdefault(name, {"kind": "attribute"})
        else:
            kind = "class method" if isinstance(raw, (classmethod, staticmethod)) else "method"
            members[name] = {"kind": kind, **_callable(value)}
    return members


def set_by(function):
    """Return the attributes that a method sets, in the order of its code."""
    code = getattr(function, "__code__", None)
    steps = dis.get_instructions(code) if code is not None else ()
    return [step.argval for step in steps if step.opname == "STORE_ATTR"]


def _set_by_constructors(cls):
    return [name for base in cls.__mro__ for name in set_by(vars(base).get("__init__"))]


def _field(kind):
    return {"kind": "attribute"} if kind is None else {"kind": "attribute", "types": {"return": type_text(kind)}}


def _is_submodule(found, name):
    value = vars(found).get(name)
    is_module = inspect.ismodule(value) and value.__name__ == f"{found.__name__}.{name}"
    return is_module or type(value).__name__ == "LazyLoader"


def _is_own(found, name, extra):
    value = getattr(found, name)
    if inspect.isclass(value) or inspect.isroutine(value):
        owner = getattr(value, "__module__", None) or ""
        return owner == found.__name__ or owner.startswith(f"{found.__name__}.")
    return extra is not None and re.fullmatch(extra, name) is not None
