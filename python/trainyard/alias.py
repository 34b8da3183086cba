"""The name ``mlflow`` for trainyard: in this process ``import mlflow`` and ``mlflow.<x>`` give trainyard's modules."""

import contextlib
import importlib
import importlib.abc
import importlib.util
import sys
import threading

_NAME = "mlflow"
# Guards what `resolving_mlflow` puts into the import system: the finder, and how many threads need it.
_lock = threading.Lock()
_finder, _users = None, 0


class _Finder(importlib.abc.MetaPathFinder):
    """Finds ``mlflow`` and ``mlflow.<x>`` where there is a ``trainyard.<x>``."""

    def find_spec(self, fullname, path=None, target=None):
        if fullname != _NAME and not fullname.startswith(f"{_NAME}."):
            return None
        ours = "trainyard" + fullname[len(_NAME) :]
        try:
            found = importlib.util.find_spec(ours)
        except ModuleNotFoundError:
            return None
        if found is None:
            return None
        return importlib.util.spec_from_loader(fullname, _Loader(ours), is_package=found.submodule_search_locations)


class _Loader(importlib.abc.Loader):
    """Gives the very module of trainyard, not a copy under another name."""

    def __init__(self, ours):
        self._ours = ours

    def create_module(self, spec):
        module = importlib.import_module(self._ours)
        # The import system is about to write the alias's spec into the module, which goes on being trainyard's own.
        self._spec, self._loader = module.__spec__, module.__loader__
        return module

    def exec_module(self, module):
        module.__spec__, module.__loader__ = self._spec, self._loader


def install():
    """Make ``mlflow`` mean trainyard in this process, from now on."""
    if any(isinstance(finder, _Finder) for finder in sys.meta_path):
        return
    real = sys.modules.get(_NAME)
    if real is not None and real is not sys.modules.get("trainyard"):
        raise ImportError("mlflow is already imported in this process, so its name cannot be given to trainyard")
    sys.meta_path.insert(0, _Finder())


@contextlib.contextmanager
def resolving_mlflow():
    """Give ``mlflow`` and ``mlflow.<x>`` to this package for a while, where the real one is not installed.

    Pickles and model code that were made with MLflow name its modules.
    """
    if not _enter():
        yield
        return
    try:
        yield
    finally:
        _leave()


def _enter():
    """Install the finder with the first user; ``False`` where the name is somebody else's."""
    global _finder, _users
    with _lock:
        if _finder is None:
            if _NAME in sys.modules or importlib.util.find_spec(_NAME) is not None:
                return False
            _finder = _Finder()
            sys.meta_path.insert(0, _finder)
        _users += 1
        return True


def _leave():
    """Clean up with the last user."""
    global _finder, _users
    with _lock:
        _users -= 1
        if _users:
            return
        sys.meta_path.remove(_finder)
        _finder = None
        # What is loaded holds the modules; the rest of the program goes on without a package of this name.
        for name in [name for name in sys.modules if name.partition(".")[0] == _NAME]:
            del sys.modules[name]
