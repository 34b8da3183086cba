"""What type a parameter, result or attribute has: its own annotation, MLflow's, that of its docstring, or its name."""

import ast
import inspect
import re

import compare
import introspect

PATH = "str | PathLike[str]"

# Where we take more than MLflow says, or MLflow does not say: by name of the parameter.
PARAMETERS = {
    "artifact_uri": PATH,
    "code_paths": f"list[{PATH}] | None",
    "conda_env": f"dict[str, Any] | {PATH} | None",
    "data_path": PATH,
    "dst_path": PATH,
    "experiment_id": "str | int",
    "experiment_ids": "list[str] | None",
    "extra_pip_requirements": f"list[str] | {PATH} | None",
    "json": "dict[str, Any]",
    "key": "str",
    "local_dir": PATH,
    "local_path": PATH,
    "metadata": "dict[str, Any] | None",
    "model_id": "str",
    "model_uri": PATH,
    "name": "str",
    "params": "dict[str, Any]",
    "path": PATH,
    "pip_requirements": f"list[str] | {PATH} | None",
    "run_id": "str",
    "signature": "ModelSignature | bool | None",
    "step": "int",
    "synchronous": "bool | None",
    "tags": "dict[str, Any]",
    "value": "Any",
    "version": "str | int",
}
# Parameters whose type above holds only where MLflow has none.
_MLFLOW_FIRST = {
    "experiment_ids", "json", "key", "metadata", "name", "params", "path", "signature", "step", "tags", "value",
}  # fmt: skip
RESULTS = {
    "__bool__": "bool",
    "__contains__": "bool",
    "__enter__": "Self",
    "__eq__": "bool",
    "__hash__": "int",
    "__init__": "None",
    "__iter__": "Iterator[Any]",
    "__len__": "int",
    "__repr__": "str",
    "__str__": "str",
    "from_dictionary": "Self",
    "to_dictionary": "dict[str, Any]",
}
_IMPORTS = {
    "Any": "typing",
    "Callable": "collections.abc",
    "ClassVar": "typing",
    "Generator": "collections.abc",
    "Iterable": "collections.abc",
    "Iterator": "collections.abc",
    "Literal": "typing",
    "PathLike": "os",
    "Self": "typing_extensions",
    "Sequence": "collections.abc",
}
_LIBRARIES = {
    "DataFrame": "pandas.DataFrame",
    "Series": "pandas.Series",
    "ndarray": "numpy.ndarray",
}
_BUILTIN = {"bool", "bytes", "dict", "float", "int", "list", "object", "set", "str", "tuple", "type", "None"}


class Kinds:
    """Resolves types as text, and remembers what one stub has to import for them."""

    def __init__(self, classes, stock):
        self._classes = classes
        self._stock = stock
        self.imports = set()

    def parameter(self, function, parameter):
        """Return the type of a parameter."""
        name = parameter.name
        own, stock = self._own(parameter.annotation), self._stock.get(id(function), {}).get(name)
        table = PARAMETERS.get(name)
        text = own or (stock if table is None or (stock and name in _MLFLOW_FIRST) else table) or "Any"
        if parameter.default is None and text != "Any" and "None" not in text:
            text += " | None"
        return self.resolve(text)

    def result(self, function):
        """Return the type of a function's result."""
        own = self._own(inspect.signature(function).return_annotation)
        stock = self._stock.get(id(function), {}).get("return")
        text = own or RESULTS.get(function.__name__) or stock or _described(function) or _nothing(function) or "Any"
        return self.resolve(text)

    def attribute(self, cls, name):
        """Return the type of an attribute that instances have."""
        for base in cls.__mro__:
            stock = self._stock.get((id(base), name))
            if stock:
                return self.resolve(stock)
        init = inspect.signature(cls.__init__).parameters.get(name) if "__init__" in vars(cls) else None
        return self.parameter(cls.__init__, init) if init is not None else self.resolve("Any")

    def value(self, value):
        """Return the type of a constant."""
        kind = type(value)
        if kind.__name__ in _BUILTIN - {"None"} and kind.__module__ == "builtins":
            return kind.__name__ if kind not in (list, dict, set, tuple) else self.resolve(_container(kind))
        return self.resolve(kind.__name__ if self._classes.get(kind.__name__) == kind.__module__ else "Any")

    def resolve(self, text):
        """Return a type as the stub writes it; what is not known here is ``Any``."""
        try:
            tree = ast.parse(text.replace("~", ""), mode="eval").body
        except SyntaxError:
            tree = ast.Name("Any")
        return ast.unparse(self._resolved(tree))

    @staticmethod
    def _own(annotation):
        return None if annotation is inspect.Parameter.empty else introspect.type_text(annotation)

    def _resolved(self, node):
        if isinstance(node, ast.Constant):
            return self._resolved(ast.parse(node.value, mode="eval").body) if isinstance(node.value, str) else node
        if isinstance(node, ast.BinOp):
            return self._union([self._resolved(node.left), self._resolved(node.right)])
        if isinstance(node, ast.Subscript):
            return self._subscript(node)
        if isinstance(node, (ast.Tuple, ast.List)):
            return type(node)([self._resolved(item) for item in node.elts], ast.Load())
        if isinstance(node, ast.Call):
            # As `ForwardRef('Run')` is written.
            return self._resolved(node.args[0]) if node.args else self._name("Any")
        if isinstance(node, (ast.Attribute, ast.Name)):
            return self._name(node.attr if isinstance(node, ast.Attribute) else node.id)
        return self._name("Any")

    def _subscript(self, node):
        name = node.value.attr if isinstance(node.value, ast.Attribute) else node.value.id
        items = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        if name == "Literal":
            self._name(name)
            return ast.Subscript(ast.Name("Literal"), node.slice, ast.Load())
        if name in ("Optional", "Union"):
            extra = [ast.Constant(None)] if name == "Optional" else []
            return self._union([self._resolved(item) for item in items] + extra)
        head = self._name({"List": "list", "Dict": "dict", "Tuple": "tuple", "Type": "type"}.get(name, name))
        if ast.unparse(head) in ("Any", "numpy.ndarray", "pandas.Series"):
            return head
        inner = [ast.Constant(...) if _is_dots(item) else self._resolved(item) for item in items]
        return ast.Subscript(head, ast.Tuple(inner, ast.Load()) if len(inner) > 1 else inner[0], ast.Load())

    def _union(self, parts):
        texts = list(dict.fromkeys(text for part in parts for text in ast.unparse(part).split(" | ")))
        return ast.parse("Any" if "Any" in texts else " | ".join(texts), mode="eval").body

    def _name(self, name):
        if name in _BUILTIN:
            return ast.Constant(None) if name == "None" else ast.Name(name)
        if name in self._classes:
            self.imports.add((self._classes[name], name))
            return ast.Name(name)
        if name in _LIBRARIES:
            self.imports.add((_LIBRARIES[name].split(".")[0], None))
            return ast.parse(_LIBRARIES[name], mode="eval").body
        name = name if name in _IMPORTS else "Any"
        self.imports.add((_IMPORTS[name], name))
        return ast.Name(name)


def stock_types(pairs):
    """Return MLflow's declared types: by the id of our function, and by (id of our class, attribute).

    Parameters
    ----------
    pairs
        Our things with the keys of MLflow's in the recorded list.
    """
    types = {}
    for ours, key in pairs:
        stock = compare.recorded()["things"][key]
        types[id(ours)] = stock.get("types", {})
        if not inspect.isclass(ours):
            continue
        types[id(vars(ours).get("__init__"))] = stock.get("types", {})
        for name, member in stock.get("members", {}).items():
            function = getattr(inspect.getattr_static(ours, name, None), "__func__", None)
            function = function or inspect.getattr_static(ours, name, None)
            if member["kind"] == "attribute":
                types[(id(ours), name)] = member.get("types", {}).get("return")
            elif inspect.isfunction(function):
                types[id(function)] = member.get("types", {})
    return types


def _described(function):
    """Return the type that the docstring's section Returns names."""
    found = re.search(r"^ *Returns\n *-+\n *(.+)$", function.__doc__ or "", re.MULTILINE)
    if not found:
        return None
    text = re.sub(r"PagedList of ([\w.]+)", r"PagedList[\1]", found[1].strip())
    text = re.sub(r"list of ([\w.]+)", r"list[\1]", text)
    text = re.sub(r"dict of (\w+) to (\w+)", r"dict[\1, \2]", text).replace(" or ", " | ")
    return text if re.fullmatch(r"[\w.\[\], |]+", text) else None


def _nothing(function):
    """Return ``None`` as a type when no path of a function returns a value."""
    try:
        tree = ast.parse(inspect.cleandoc("if 1:\n" + inspect.getsource(function)))
    except (OSError, SyntaxError, TypeError):
        return None
    for node in ast.walk(tree):
        if isinstance(node, (ast.Yield, ast.YieldFrom)) or (isinstance(node, ast.Return) and node.value is not None):
            return None
    return "None"


def _container(kind):
    return {list: "list[Any]", dict: "dict[str, Any]", set: "set[Any]", tuple: "tuple[Any, ...]"}[kind]


def _is_dots(node):
    return isinstance(node, ast.Constant) and node.value is ...
