"""Requirements of a saved model, found by looking at its files instead of loading it."""

import re
import sys

from trainyard import _core
from trainyard.exceptions import MlflowException

# Distributions whose name is not that of their module. What is not here is looked up in the package metadata.
_DISTRIBUTIONS = {"sklearn": "scikit-learn", "yaml": "PyYAML", "PIL": "pillow", "dateutil": "python-dateutil"}

# Pinned even where another requirement brings them: which version it is decides whether saved arrays can be read.
_ARRAY_LIBRARIES = ("numpy", "scipy")


def infer_requirements(files, base):
    """Return pinned requirements for saved files; ``mlflow`` itself is added where they are written.

    Parameters
    ----------
    files
        Paths of pickle, skops or torch files.
    base
        Distributions that the flavor needs in any case.
    """
    wanted = {_normal(name): name for name in base}
    found = {}
    for path in files:
        modules, _, _ = _core.scan_file(path)
        for module in modules:
            name = distribution_of(module)
            if name is not None:
                found.setdefault(_normal(name), name)
    brought = set()
    for name in {**wanted, **found}:
        brought |= _dependencies(name)
    for key, name in found.items():
        if key not in brought or key in _ARRAY_LIBRARIES:
            wanted.setdefault(key, name)
    return sorted(map(pin, wanted.values()), key=str.lower)


def distribution_of(module):
    """Return the distribution that a top-level module belongs to; ``None`` for the standard library and own code."""
    if module in sys.stdlib_module_names or module in ("__main__", "mlflow", "trainyard"):
        return None
    name = _DISTRIBUTIONS.get(module, module)
    if version_of(name) is not None:
        return name
    from importlib.metadata import packages_distributions

    names = packages_distributions().get(module)
    return names[0] if names else None


def version_of(distribution):
    """Return the installed version of a distribution without a local label, or ``None``."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(distribution).partition("+")[0]
    except (PackageNotFoundError, ValueError):
        return None


def pin(distribution):
    """Return a requirement of exactly the installed version."""
    version = version_of(distribution)
    return distribution if version is None else f"{distribution}=={version}"


def read_requirements(pip_requirements, argument):
    """Return a list of requirements given as such, or as the path of a requirements file."""
    if isinstance(pip_requirements, str):
        try:
            with open(pip_requirements, encoding="utf-8") as file:
                lines = file.read().splitlines()
        except OSError as error:
            raise MlflowException.invalid_parameter_value(
                f"{argument}: a text is the path of a requirements file: {error}"
            ) from None
        return [line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#")]
    try:
        requirements = list(pip_requirements)
    except TypeError:
        requirements = [pip_requirements]
    for requirement in requirements:
        if not isinstance(requirement, str):
            raise MlflowException.invalid_parameter_value(
                f"{argument}: expected texts such as 'numpy==2.0', got {requirement!r}"
            )
    return requirements


def name_of(requirement):
    """Return the normalised name of the distribution that a requirement is about, or ``None`` for an option."""
    match = re.match(r"[A-Za-z0-9][A-Za-z0-9._-]*", requirement)
    return _normal(match[0]) if match else None


def _dependencies(distribution):
    """Return the normalised names of everything that a distribution requires, directly or not."""
    from importlib.metadata import PackageNotFoundError, requires

    seen, waiting = set(), [distribution]
    while waiting:
        try:
            requirements = requires(waiting.pop()) or []
        except PackageNotFoundError:
            continue
        for requirement in requirements:
            name, _, marker = requirement.partition(";")
            key = name_of(name)
            if "extra" not in marker and key not in seen:
                seen.add(key)
                waiting.append(key)
    return seen


def _normal(name):
    return re.sub(r"[-_.]+", "-", name).lower()
