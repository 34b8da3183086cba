"""Calling back when modules have been imported: autologging waits for frameworks instead of importing them."""

import sys
import threading

# By name of a module, or by prefix of names, callbacks by owner: an owner that asks again replaces its own.
_by_name = {}
_by_prefix = {}


def when_imported(name, owner, callback):
    """Call ``callback(module)`` now if a module is there, and each time it has been imported.

    Parameters
    ----------
    name
        Full name of the module.
    owner
        Who asks; asked again by the same owner, only the new callback counts.
    callback
        Called with the module, after its code has run. An error in it is a warning, not an error of the import.
    """
    _install()
    _by_name.setdefault(name, {})[owner] = callback
    module = sys.modules.get(name)
    # A module whose code is still running is announced when it has ended.
    if module is not None and not getattr(getattr(module, "__spec__", None), "_initializing", False):
        _call(callback, module)


def when_imported_below(package, owner, callback):
    """Call ``callback(module)`` for each module of a package that is there, and for each that is imported later."""
    _install()
    prefix = f"{package}."
    _by_prefix.setdefault(prefix, {})[owner] = callback
    for name, module in list(sys.modules.items()):
        if module is not None and (name == package or name.startswith(prefix)):
            _call(callback, module)


def forget(owner):
    """Call back an owner no more."""
    for callbacks in (*_by_name.values(), *_by_prefix.values()):
        callbacks.pop(owner, None)


class _Finder:
    """Finds nothing itself: what the other finders find for an awaited module gets told when the module has run."""

    def __init__(self):
        self._searching = threading.local()

    def find_spec(self, fullname, path=None, target=None):
        if not _callbacks_of(fullname) or getattr(self._searching, "name", None) == fullname:
            return None
        self._searching.name = fullname
        try:
            spec = _find_elsewhere(self, fullname, path, target)
        finally:
            self._searching.name = None
        if spec is not None:
            _announce_after(spec)
        return spec


def _install():
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())


def _find_elsewhere(own, fullname, path, target):
    for finder in list(sys.meta_path):
        find = getattr(finder, "find_spec", None)
        if finder is not own and find is not None:
            spec = find(fullname, path, target)
            if spec is not None:
                return spec
    return None


def _announce_after(spec):
    """Let the loader of one module call back after it has run the module's code.

    The loader stays the one that it was, since resources of a package are read by way of it.
    """
    loader = spec.loader
    execute = getattr(loader, "exec_module", None)
    # Loaders that are classes serve many modules, those of the interpreter itself.
    if execute is None or isinstance(loader, type):
        return

    def exec_module(module):
        vars(loader).pop("exec_module", None)
        execute(module)
        for callback in _callbacks_of(spec.name):
            _call(callback, module)

    try:
        loader.exec_module = exec_module
    except AttributeError:
        return


def _callbacks_of(name):
    callbacks = list(_by_name.get(name, {}).values())
    for prefix, below in _by_prefix.items():
        if name.startswith(prefix):
            callbacks += below.values()
    return callbacks


def _call(callback, module):
    from trainyard.autologging.isolation import attempt

    attempt(f"autologging could not be enabled for {module.__name__}", callback, module)
