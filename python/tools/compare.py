"""What of stock MLflow's public interface is here, what is not, and what differs."""

import functools
import json
from pathlib import Path

import introspect

PRESENT, ABSENT, DIFFERENT = "yes", "no", "differs"


class Finding:
    """One public name of stock, and how it stands with it here.

    Parameters
    ----------
    name
        Dotted name below ``mlflow``: module, name, and member of a class.
    state
        ``PRESENT``, ``ABSENT`` or ``DIFFERENT``.
    stock, ours
        Signatures or values that differ.
    """

    def __init__(self, name, state, stock=None, ours=None):
        self.name = name
        self.state = state
        self.stock = stock
        self.ours = ours


@functools.cache
def recorded():
    """Return the recorded list: MLflow's version, modules, and things by key."""
    return json.loads(Path(__file__).with_name("stock.json").read_text())


def findings(module):
    """Return the findings of one module of :data:`introspect.MODULES`.

    Members of classes and differing signatures are told of once, in the first module that offers the thing.
    """
    found = introspect.module("trainyard", module)
    prefix = f"{module}." if module else ""
    result = []
    for name, key in recorded()["modules"][module].items():
        ours = _ours(found, name)
        if ours is not None and _home(key) != module:
            result.append(Finding(f"{prefix}{name}", PRESENT))
        else:
            _compare(f"{prefix}{name}", recorded()["things"][key], ours, result)
    return result


@functools.cache
def _homes():
    homes = {}
    for module, names in recorded()["modules"].items():
        for key in names.values():
            homes.setdefault(key, module)
    return homes


def _home(key):
    return _homes()[key]


def _ours(found, name):
    """Return our thing described, ``None`` when there is none, ``{}`` when only its framework can tell."""
    if found is None:
        return None
    try:
        return introspect.describe(getattr(found, name))
    except AttributeError:
        return None
    except introspect.unavailable():
        return {}


def _compare(name, stock, ours, result):
    if ours is None:
        result.append(Finding(name, ABSENT))
        return
    said = "value" if stock["kind"] == "value" else "signature"
    if not ours or stock.get(said) is None or stock[said].startswith("<") or ours.get(said) == stock[said]:
        result.append(Finding(name, PRESENT))
    else:
        result.append(Finding(name, DIFFERENT, stock[said], ours.get(said)))
    if not ours:
        return
    for member, described in stock.get("members", {}).items():
        _compare(f"{name}.{member}", described, ours.get("members", {}).get(member), result)
