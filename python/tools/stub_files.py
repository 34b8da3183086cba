"""Write the type stubs: ``python stub_files.py`` makes a ``.pyi`` beside each public module of the package.

Names, arguments and defaults come from the running package, types from :mod:`stub_types`; so the stubs cannot name what
is not there. What they say is checked once more by mypy's stubtest.
"""

import ast
import enum
import importlib
import inspect
import shutil
import subprocess
import sys
from pathlib import Path

import compare
import introspect
import stub_types

PACKAGE = Path(__file__).parents[1] / "trainyard"
HEADER = "# Written by python/tools/stub_files.py from the package itself; do not edit.\n"

_SPECIAL = {
    "__bool__", "__call__", "__contains__", "__enter__", "__eq__", "__exit__", "__format__", "__getitem__", "__hash__",
    "__init__", "__iter__", "__len__", "__lt__", "__setitem__",
}  # fmt: skip


def main():
    """Write all stubs, and remove those of modules that are no longer public."""
    stubs = {path: text for path, text in generate()}
    for old in PACKAGE.rglob("*.pyi"):
        if old not in stubs and old.read_text().startswith(HEADER):
            old.unlink()
    for path, text in stubs.items():
        path.write_text(text)
    paths = [str(path) for path in stubs]
    configuration = ["--config", str(PACKAGE.parent / "pyproject.toml"), "--quiet"]
    ruff = shutil.which("ruff") or str(Path(sys.executable).with_name("ruff"))
    subprocess.run([ruff, "check", "--select", "I,F401", "--fix", *configuration, *paths], check=True)
    subprocess.run([ruff, "format", *configuration, *paths], check=True)


def generate():
    """Return the stubs: path and text of each."""
    modules, classes, pairs = _public()
    stock = stub_types.stock_types(pairs)
    for name in sorted(modules):
        module = importlib.import_module(name)
        yield Path(module.__file__).with_suffix(".pyi"), _Stub(module, modules, stub_types.Kinds(classes, stock)).text()


def _public():
    """Return the public modules with the names each offers, all their classes, and MLflow's twins of our things."""
    modules, pairs = {}, []
    for name in introspect.MODULES:
        module = introspect.module("trainyard", name)
        if module is None:
            continue
        offered = modules.setdefault(module.__name__, set())
        offered.update(getattr(module, "__all__", ()))
        for public, key in compare.recorded()["modules"][name].items():
            thing = _get(module, public)
            if thing is None:
                continue
            offered.add(public)
            if inspect.isclass(thing) or inspect.isfunction(thing):
                pairs.append((thing, key))
    for thing in [thing for module, names in list(modules.items()) for thing in _things(module, names)]:
        for owner in [thing.__module__, *(base.__module__ for base in getattr(thing, "__mro__", ()))]:
            if owner.startswith("trainyard.") and owner != "trainyard._core":
                modules.setdefault(owner, set())
    classes = {}
    for module in modules:
        for name, value in vars(importlib.import_module(module)).items():
            if inspect.isclass(value) and value.__module__ == module and not name.startswith("_"):
                classes[name] = module
    return modules, classes, pairs


def _things(module, names):
    found = importlib.import_module(module)
    things = [_get(found, name) for name in names]
    return [thing for thing in things if inspect.isclass(thing) or inspect.isfunction(thing)]


def _get(module, name):
    try:
        return getattr(module, name, None)
    except introspect.unavailable():
        return None


class _Stub:
    """The stub of one module."""

    def __init__(self, module, modules, types):
        self.module = module
        self.offered = modules[module.__name__]
        self.types = types
        self.reexports = []

    def text(self):
        """Return the stub as text."""
        body = []
        for name in sorted({*self._own_names(), *self.offered}):
            body += self._member(name)
        if hasattr(self.module, "__all__"):
            names = ", ".join(f'"{name}"' for name in self.module.__all__)
            body.append(f"__all__ = [{names}]")
        own = self.module.__name__
        imports = []
        for source, name in sorted(self.types.imports, key=str):
            if source != own:
                imports.append(f"import {source}" if name is None else f"from {source} import {name}")
        again = {line.removesuffix(f" as {line.split()[-1]}") for line in self.reexports}
        imports = [line for line in imports if line not in again]
        return "\n".join([HEADER.rstrip(), *imports, *sorted(self.reexports), *body]) + "\n"

    def _own_names(self):
        """Return the public names that the module's source assigns and defines."""
        names = set()
        for node in ast.parse(inspect.getsource(self.module)).body:
            if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
                names.add(node.name)
            elif isinstance(node, ast.Assign):
                names |= {target.id for target in node.targets if isinstance(target, ast.Name)}
        # Classes that a loop makes are in no statement of the source.
        names |= {name for name, value in vars(self.module).items() if _is_class_of(value, self.module.__name__)}
        return {name for name in names if not name.startswith("_") and name in vars(self.module)}

    def _member(self, name):
        try:
            thing = getattr(self.module, name)
        except introspect.unavailable():
            return [f"{name}: {self.types.resolve('Any')}"]
        if inspect.ismodule(thing):
            parent, _, last = thing.__name__.rpartition(".")
            self.reexports.append(f"from {parent} import {last} as {name}")
            return []
        owner = getattr(thing, "__module__", None)
        if (inspect.isclass(thing) or inspect.isroutine(thing)) and owner != self.module.__name__:
            if owner.startswith("trainyard") and hasattr(sys.modules[owner], thing.__name__):
                self.reexports.append(f"from {owner} import {thing.__name__} as {name}")
                return []
            if not owner.startswith("trainyard"):
                return [f"{name}: {self.types.resolve('Any')}"]
        if inspect.isclass(thing):
            return self._class(name, thing)
        if inspect.isfunction(thing):
            return [self._function(name, thing)]
        return [f"{name}: {self.types.value(thing)}"]

    def _class(self, name, cls):
        bases = [self.types.resolve(base.__name__) if base.__module__.startswith("trainyard") else _builtin(base)
                 for base in cls.__bases__ if base is not object]  # fmt: skip
        if any(base.startswith("enum.") for base in bases):
            self.types.imports.add(("enum", None))
        bases = [base for base in bases if base != "Any"]
        if list in cls.__bases__:
            # What a list is of is for the caller to say.
            self.types.imports.add(("typing", "TypeVar"))
            self.reexports.append('_T = TypeVar("_T")')
            bases = [f"{base}[_T]" if base == "list" else base for base in bases]
        body = [f"    {attribute}: {self.types.attribute(cls, attribute)}" for attribute in _attributes(cls)]
        for member, raw in vars(cls).items():
            body += [f"    {line}" for line in self._class_member(cls, member, raw)]
        return [f"class {name}({', '.join(bases)}):" if bases else f"class {name}:", *(body or ["    ..."])]

    def _class_member(self, cls, name, raw):
        if name.startswith("_") and (name not in _SPECIAL or not inspect.isfunction(raw)):
            return []
        if issubclass(cls, enum.Enum) and isinstance(getattr(cls, name, None), cls):
            return [f"{name} = {getattr(cls, name).value!r}"]
        if isinstance(raw, property):
            return ["@property", f"def {name}(self) -> {self.types.attribute(cls, name)}: ..."]
        if isinstance(raw, (classmethod, staticmethod)):
            return [f"@{type(raw).__name__}", self._function(name, raw.__func__)]
        if inspect.isfunction(raw):
            return [self._function(name, raw)]
        return [f"{name}: {self.types.value(raw)}"]

    def _function(self, name, function):
        parts, last = [], None
        for parameter in inspect.signature(function).parameters.values():
            if parameter.kind == parameter.KEYWORD_ONLY and last not in (
                parameter.KEYWORD_ONLY,
                parameter.VAR_POSITIONAL,
            ):
                parts.append("*")
            stars = {parameter.VAR_POSITIONAL: "*", parameter.VAR_KEYWORD: "**"}.get(parameter.kind, "")
            text = stars + parameter.name
            if not (last is None and parameter.name in ("self", "cls")):
                text += f": {self.types.parameter(function, parameter)}"
            if parameter.default is not parameter.empty:
                text += f" = {_default(parameter.default)}"
            parts.append(text)
            last = parameter.kind
        return f"def {name}({', '.join(parts)}) -> {self.types.result(function)}: ..."


def _attributes(cls):
    """Return the public attributes that instances get from the constructor."""
    shown = set(getattr(cls, "_fields", ())) if "_fields" in vars(cls) else set()
    if "__init__" in vars(cls):
        shown |= set(introspect.set_by(vars(cls)["__init__"]))
    if issubclass(cls, enum.Enum):
        return []
    return sorted(name for name in shown if not name.startswith("_") and name not in vars(cls))


def _is_class_of(value, module):
    return inspect.isclass(value) and value.__module__ == module


def _builtin(base):
    return f"enum.{base.__name__}" if base.__module__ == "enum" else base.__name__


def _default(value):
    return repr(value) if value is None or type(value) in (bool, int, float, str) else "..."


if __name__ == "__main__":
    sys.exit(main())
