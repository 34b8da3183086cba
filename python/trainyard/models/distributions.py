"""Installed distributions: which one a module belongs to, its version, and what it requires.

``importlib.metadata`` answers the same, but parses whole metadata files for each question and asks every distribution
about every module. Names and versions are in the names of the ``.dist-info`` folders, so here these are listed once.
"""

import os
import re
import sys

from trainyard.models.requirement_lines import name_of, normal

# Modules whose distribution has another name, for the ones that models are made of.
_KNOWN = {"sklearn": "scikit-learn", "yaml": "PyYAML", "PIL": "pillow", "dateutil": "python-dateutil"}
_OWN = ("__main__", "mlflow", "trainyard", "setuptools", "pkg_resources")

_folders = None
_folders_of = None
_by_module = None
_required = {}


def distribution_of(module):
    """Return the distribution that a top-level module belongs to; ``None`` for the standard library and own code."""
    if module in sys.stdlib_module_names or module in _OWN:
        return None
    for name in (_KNOWN.get(module), module):
        if name is not None and normal(name) in _installed():
            return name if name == _KNOWN.get(module) else _installed()[normal(name)].name
    return _modules().get(module)


def version_of(distribution):
    """Return the installed version of a distribution without a local label, or ``None``."""
    found = _installed().get(normal(distribution))
    if found is not None:
        return found.version
    # Not in a .dist-info folder of sys.path: an .egg-info, or what an import hook provides.
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(distribution).partition("+")[0]
    except (PackageNotFoundError, ValueError):
        return None


def required_by(distribution):
    """Return the normalised names of everything that a distribution requires, directly or not, itself left out."""
    seen, waiting = set(), [normal(distribution)]
    while waiting:
        for name in _requires(waiting.pop()):
            if name not in seen:
                seen.add(name)
                waiting.append(name)
    return seen - {normal(distribution)}


class _Installed:
    """One ``.dist-info`` folder."""

    __slots__ = ("folder", "name", "version")

    def __init__(self, folder, name, version):
        self.folder, self.name, self.version = folder, name, version


def _installed():
    """Distributions by normalised name; what comes first in ``sys.path`` wins, as for imports."""
    global _folders, _folders_of, _by_module
    if _folders is None or _folders_of != _state_of_path():
        found = {}
        for folder in sys.path:
            try:
                entries = os.listdir(folder or os.curdir)
            except OSError:
                continue
            for entry in entries:
                if entry.endswith(".dist-info"):
                    name, _, version = entry[: -len(".dist-info")].partition("-")
                    installed = _Installed(os.path.join(folder, entry), name, version.partition("+")[0])
                    found.setdefault(normal(name), installed)
        _folders, _folders_of, _by_module = found, _state_of_path(), None
        _required.clear()
    return _folders


def _state_of_path():
    """What changes when something is installed: the folders and when they were last written to."""
    states = []
    for folder in sys.path:
        try:
            states.append((folder, os.stat(folder or os.curdir).st_mtime_ns if "-packages" in folder else 0))
        except OSError:
            continue
    return states


def _modules():
    """Distributions by top-level module, from the lists of their files."""
    global _by_module
    installed = _installed()
    if _by_module is None:
        _by_module = {}
        for distribution in installed.values():
            for module in _top_level(distribution.folder):
                _by_module.setdefault(module, _proper_name(distribution))
    return _by_module


def _top_level(folder):
    try:
        with open(os.path.join(folder, "top_level.txt"), encoding="utf-8") as file:
            return file.read().split()
    except (OSError, UnicodeDecodeError):
        pass
    try:
        with open(os.path.join(folder, "RECORD"), encoding="utf-8") as file:
            # One file a line; the first part of its path is a package, or a module's file.
            paths = re.findall(r"^[^/,.]+(?=/[^,]*\.(?:py|so|pyd),|\.py,|\.[^/,]*(?:so|pyd),)", file.read(), re.M)
    except (OSError, UnicodeDecodeError):
        return ()
    return set(paths)


def _proper_name(distribution):
    """The name as the distribution itself writes it, which its folder does not keep."""
    return next(iter(_header(distribution.folder, "Name")), distribution.name)


def _requires(name):
    if name not in _required:
        found = _installed().get(name)
        lines = _header(found.folder, "Requires-Dist") if found else ()
        _required[name] = {
            name_of(requirement)
            for requirement, _, marker in (line.partition(";") for line in lines)
            if "extra" not in marker
        }
    return _required[name]


def _header(folder, field):
    """The values of a field in the header of ``METADATA``, whose long text is not read."""
    values = []
    try:
        with open(os.path.join(folder, "METADATA"), encoding="utf-8", errors="replace") as file:
            for line in file:
                if line == "\n":
                    break
                if line.startswith(f"{field}: "):
                    values.append(line[len(field) + 2 :].strip())
    except OSError:
        pass
    return values
