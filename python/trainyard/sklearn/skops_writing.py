"""Writing skops files without waiting for what only reading them needs.

``skops.io`` imports all of scikit-learn, its tests' tools included, to list the estimators it trusts when it reads, and
its audit builds the whole tree of a file that has just been written. Together that is most of the time of saving a
model. Here the list is put off until something is read, and the types of a model that skops is sure to trust, or sure
not to, are told apart by looking at what was written; everything else is left to skops' own audit.
"""

import io
import json
import sys
from zipfile import ZipFile

# What skops trusts in nodes of each kind, as far as it matters: what is not here goes to its audit.
_TRUSTED = {
    "DictNode": {"builtins.dict", "collections.OrderedDict"},
    "ListNode": {"builtins.list"},
    "TupleNode": {"builtins.tuple"},
    "SetNode": {"builtins.set"},
    "TypeNode": {"builtins.str", "builtins.int", "builtins.float", "builtins.bool", "numpy.float64", "numpy.int64"},
    "NdArrayNode": {"numpy.ndarray", "numpy.float32", "numpy.float64", "numpy.int32", "numpy.int64", "numpy.uint64"},
    "RandomStateNode": {"numpy.random.mtrand.RandomState"},
}
_NESTED = (dict, list, tuple)
_LISTS = "skops.io._trusted_types"
_ESTIMATORS = "SKLEARN_ESTIMATOR_TYPE_NAMES"


def dump(model):
    """Return the bytes of a skops file and the names of the types that skops does not trust in it.

    The file is what ``skops.io.dumps`` returns without the indentation of its schema, which is written by Python code
    and takes longer than the rest; a reader sees no difference.
    """
    try:
        import_skops()
        from skops import __version__
        from skops.io._utils import SaveContext, get_state
    except ImportError:
        # The parts are private: where they have moved, the public functions do.
        from skops.io import dumps, get_untrusted_types

        content = dumps(model)
        return content, get_untrusted_types(data=content)
    buffer = io.BytesIO()
    with ZipFile(buffer, "w") as archive:
        context = SaveContext(zip_file=archive)
        state = get_state(model, context)
        context.clear_memo()
        state["protocol"] = context.protocol
        state["_skops_version"] = __version__
        archive.writestr("schema.json", json.dumps(state))
    content = buffer.getvalue()
    untrusted = untrusted_types(state)
    if untrusted is None:
        from skops.io import get_untrusted_types

        untrusted = get_untrusted_types(data=content)
    return content, untrusted


def untrusted_types(state):
    """Return the types of a written state that skops does not trust, by name; ``None`` where it has to be asked."""
    untrusted, verdicts, waiting = set(), {}, [state]
    while waiting:
        node = waiting.pop()
        if type(node) is dict:
            loader = node.get("__loader__")
            if loader == "JsonNode":
                continue
            if type(loader) is str:
                kind = loader, node.get("__module__"), node.get("__class__")
                if kind not in verdicts:
                    verdicts[kind] = _is_trusted(*kind)
                if verdicts[kind] is None:
                    return None
                if not verdicts[kind]:
                    untrusted.add(f"{kind[1]}.{kind[2]}")
            waiting += [value for value in node.values() if type(value) in _NESTED]
        else:
            waiting += [value for value in node if type(value) in _NESTED]
    return sorted(untrusted)


def _is_trusted(loader, module, name):
    if loader == "TreeNode":
        return False if f"{module}.{name}" == "sklearn.tree._tree.Tree" else None
    if loader == "ObjectNode":
        return _is_public_estimator(module, name)
    return True if f"{module}.{name}" in _TRUSTED.get(loader, ()) else None


def _is_public_estimator(module, name):
    """Whether scikit-learn lists a class among its estimators; ``None`` where that is not plain to see.

    It lists what the modules without an underscore in their names hold, which is where its classes are told to users.
    """
    from sklearn.base import BaseEstimator

    cls = getattr(sys.modules.get(module), name, None)
    if not (isinstance(cls, type) and module.startswith("sklearn.") and issubclass(cls, BaseEstimator)):
        return None
    if cls is BaseEstimator or name.startswith("_") or getattr(cls, "__abstractmethods__", None):
        return None
    public = module.partition("._")[0]
    ignored = {"tests", "externals", "setup", "conftest", "experimental", "estimator_checks"}
    if ignored & set(public.split(".")):
        return None
    return True if getattr(sys.modules.get(public), name, None) is cls else None


def import_skops():
    """Import ``skops.io`` so that it lists scikit-learn's estimators when it reads for the first time."""
    if "skops.io" in sys.modules or _LISTS in sys.modules:
        return
    import sklearn.utils

    real, asked = sklearn.utils.all_estimators, []

    def put_off(*args, **kwargs):
        asked.append((args, kwargs))
        return []

    sklearn.utils.all_estimators = put_off
    try:
        import skops.io
    finally:
        sklearn.utils.all_estimators = real
    holders = [module for name, module in list(sys.modules.items()) if name.startswith("skops.io.")]
    held = [module for module in holders if vars(module).get(_ESTIMATORS) == []]
    if asked == [((), {})] and sys.modules[_LISTS] in held:
        names = _Estimators()
        for module in held:
            setattr(module, _ESTIMATORS, names)
    elif asked:
        # This version uses the list in another way; it gets it.
        for module in [name for name in sys.modules if name == "skops" or name.startswith("skops.")]:
            del sys.modules[module]
        import skops.io  # noqa: F401


class _Estimators(list):
    """The names of scikit-learn's estimators, listed when they are first looked at."""

    _is_listed = False

    def _list(self):
        if not self._is_listed:
            from sklearn.utils import all_estimators
            from skops.io._utils import get_type_name

            names = [get_type_name(cls) for _, cls in all_estimators()]
            self.extend(name for name in names if name.startswith("sklearn."))
            self._is_listed = True
        return list.__getitem__(self, slice(None))

    def __iter__(self):
        return iter(self._list())

    def __contains__(self, name):
        return name in self._list()

    def __add__(self, other):
        return self._list() + other

    def __radd__(self, other):
        return other + self._list()

    def __len__(self):
        return len(self._list())

    def __getitem__(self, index):
        return self._list()[index]
