"""Record what stock MLflow offers: ``python record.py``, under an interpreter with mlflow and all frameworks.

Writes ``stock.json`` beside this file. The recorded list is committed, so that checks need no MLflow.
"""

import inspect
import json
from importlib.metadata import version
from pathlib import Path

import introspect

_PROTOBUF = ("to_proto", "from_proto")


def main():
    """Write the list: what there is, and under which names the modules offer it."""
    things, modules = {}, {}
    for module, extra in introspect.MODULES.items():
        found = introspect.module("mlflow", module)
        if found is None:
            raise SystemExit(f"mlflow.{module} cannot be imported here: install its framework first")
        names = modules[module] = {}
        for name in introspect.public_names(found, "mlflow", extra):
            thing = getattr(found, name, None)
            names[name] = key = _key(thing) or f"{module}.{name}"
            if key not in things:
                things[key] = _without_protobuf(introspect.describe(thing))
    # One thing a line, so that a new version of MLflow shows as a readable difference.
    lines = [f"  {json.dumps(key)}: {json.dumps(thing, sort_keys=True)}" for key, thing in sorted(things.items())]
    names = [f"  {json.dumps(module)}: {json.dumps(names, sort_keys=True)}" for module, names in modules.items()]
    text = (
        f'{{\n "version": {json.dumps(version("mlflow"))},\n "modules": {{\n'
        + ",\n".join(names)
        + '\n },\n "things": {\n'
        + ",\n".join(lines)
        + "\n }\n}\n"
    )
    Path(__file__).with_name("stock.json").write_text(text)


def _key(thing):
    if inspect.isclass(thing) or inspect.isroutine(thing):
        return f"{thing.__module__}.{thing.__qualname__}".removeprefix("mlflow.")
    return None


def _without_protobuf(entry):
    for name in _PROTOBUF:
        entry.get("members", {}).pop(name, None)
    return entry


if __name__ == "__main__":
    main()
