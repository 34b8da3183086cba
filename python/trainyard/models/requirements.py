"""Requirements of a saved model, found by looking at its files instead of loading it."""

import os

from trainyard import _core
from trainyard.models.distributions import distribution_of, required_by, version_of
from trainyard.models.requirement_lines import name_of, normal

# Pinned even where another requirement brings them: which version it is decides whether saved arrays can be read.
_ARRAY_LIBRARIES = ("numpy", "scipy")


def infer_requirements(files, base):
    """Return pinned requirements for saved files; ``mlflow`` itself is added where they are written.

    Parameters
    ----------
    files
        Paths of pickle, skops, torch and Keras files, of Python source files, and of folders with such.
    base
        Distributions that the flavor needs in any case.
    """
    modules = set()
    for path in files:
        modules |= modules_of(path)
    return requirements_of(modules, base)


def requirements_of(modules, base=()):
    """Return pinned requirements that bring top-level modules; those that others bring are left out.

    Parameters
    ----------
    modules
        Names of modules; the ones of the standard library and of no distribution are skipped.
    base
        Distributions to list in any case.
    """
    wanted = {normal(name): name for name in map(installed_name, base)}
    found = {}
    for module in modules:
        name = distribution_of(module)
        if name is not None and normal(name) not in wanted:
            found[normal(name)] = name
    brought = set()
    for name in (*wanted, *sorted(found)):
        # Of distributions that require each other the first stays.
        if name not in brought:
            brought |= required_by(name)
    for key, name in found.items():
        if key not in brought or key in _ARRAY_LIBRARIES:
            wanted[key] = name
    return sorted(map(pin, wanted.values()), key=str.lower)


def merged(requirements, modules):
    """Return requirements with what further top-level modules need that these do not bring."""
    known = [name_of(requirement) for requirement in requirements]
    more = requirements_of(modules, [name for name in known if name])
    return requirements + [requirement for requirement in more if name_of(requirement) not in known]


def modules_of(path):
    """Return the top-level modules that a file, or all files of a folder, refer to."""
    if os.path.isdir(path):
        return _modules_of_folder(path)
    if path.endswith(".py"):
        return _modules_of_source(path)
    return set(_core.scan_file(path)[0])


def pinned(distributions):
    """Return requirements of exactly the installed versions: what ``get_default_pip_requirements`` answers."""
    return [pin(installed_name(name)) for name in distributions]


def pin(distribution):
    """Return a requirement of exactly the installed version."""
    version = version_of(distribution)
    return distribution if version is None else f"{distribution}=={version}"


def installed_name(distribution):
    """Return the distribution that stands in for another: ``xgboost-cpu`` has the modules of ``xgboost``."""
    if version_of(distribution) is None:
        return distribution_of(distribution.replace("-", "_")) or distribution
    return distribution


def _modules_of_folder(folder):
    modules, own = set(), set()
    for parent, folders, files in os.walk(folder):
        own.update(folders)
        for name in files:
            if name.endswith(".py"):
                own.add(name[: -len(".py")])
                modules |= _modules_of_source(os.path.join(parent, name))
    return modules - own


def _modules_of_source(path):
    """Top-level modules that a source file imports, wherever in it; a file that is not Python imports nothing."""
    import ast

    try:
        with open(path, "rb") as file:
            tree = ast.parse(file.read())
    except (SyntaxError, ValueError, RecursionError):
        return set()
    modules = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            modules.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            modules.add(node.module)
        elif isinstance(node, ast.Call) and node.args and _imports(node.func):
            name = node.args[0]
            if isinstance(name, ast.Constant) and isinstance(name.value, str):
                modules.add(name.value)
    return {module.partition(".")[0] for module in modules} - {""}


def _imports(function):
    """Whether a call is one of ``importlib.import_module`` or ``__import__``."""
    import ast

    if isinstance(function, ast.Attribute):
        return function.attr == "import_module"
    return isinstance(function, ast.Name) and function.id in ("import_module", "__import__")
