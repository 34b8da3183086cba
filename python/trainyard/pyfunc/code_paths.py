"""Finding a model's own modules: the ones that are in no installed distribution, and so have to go with the model."""

import importlib.util
import os
import sys


def infer_code_paths(modules):
    """Return the files and packages of modules that belong to no distribution, and of what they import in turn.

    Parameters
    ----------
    modules
        Names of the modules that a model refers to.
    """
    from trainyard.models.distributions import distribution_of
    from trainyard.models.requirements import modules_of

    found, seen, waiting = [], set(), list(modules)
    while waiting:
        module = waiting.pop().partition(".")[0]
        if module in seen:
            continue
        seen.add(module)
        path = None if distribution_of(module) else _own_source(module)
        if path is not None:
            found.append(path)
            waiting.extend(modules_of(path))
    return sorted(found)


def warn_of_own_modules(modules):
    """Say which of a model's modules will be missing elsewhere, because nothing installs them."""
    from trainyard.models.distributions import distribution_of

    own = sorted(module for module in modules if not distribution_of(module) and _own_source(module))
    if own:
        from trainyard.notices import warn

        warn(
            f"the model refers to {own}, which no installed distribution has: give their files as code_paths, or "
            "infer_code_paths=True, for the model to be loaded where they are not"
        )


def _own_source(module):
    """Return the file or the package folder of a module; ``None`` for the standard library and what has no source."""
    if module in sys.stdlib_module_names or module in ("__main__", "mlflow", "trainyard"):
        return None
    try:
        spec = importlib.util.find_spec(module)
    except (ImportError, ValueError):
        return None
    if spec is None:
        return None
    if spec.submodule_search_locations:
        return os.path.abspath(next(iter(spec.submodule_search_locations)))
    return os.path.abspath(spec.origin) if spec.origin and spec.origin.endswith(".py") else None
