"""Requirements of a model directory, by loading the model in another process and listing what that imports."""

import json
import os

from trainyard import environment
from trainyard.exceptions import MlflowException
from trainyard.models.distributions import distribution_of
from trainyard.models.requirements import requirements_of

_WAYS = ("static", "load")
_TIMEOUT_SECONDS = 120

# What libraries import where it is installed, without which they load models as well.
_TEST_TOOLS = ("pytest",)

# Loads the model of a folder and prints the modules that this brought, top-level names only.
_PROBE = """
import importlib, json, sys
before = set(sys.modules)
import trainyard
module, folder = sys.argv[1], sys.argv[2]
importlib.import_module(module).load_model(folder)
print(json.dumps(sorted({name.partition(".")[0] for name in set(sys.modules) - before})))
"""


def way_to_infer(given=None):
    """Return how requirements are inferred: ``"static"`` or ``"load"``.

    By default what the variable ``TRAINYARD_REQUIREMENTS_INFERENCE`` says, else ``"static"``.
    """
    way = given or environment.get("REQUIREMENTS_INFERENCE") or "static"
    if way not in _WAYS:
        raise MlflowException.invalid_parameter_value(f"infer: expected one of {list(_WAYS)}, got {way!r}")
    return way


def requirements_by_loading(folder, flavor, base=(), timeout=None, extra_env_vars=None):
    """Return pinned requirements for the modules that loading a model in a new process imports.

    Parameters
    ----------
    folder
        The model directory.
    flavor
        Name of the flavor that loads it.
    base
        Distributions that the flavor needs in any case.
    timeout
        Seconds that it may take; ``MLFLOW_REQUIREMENTS_INFERENCE_TIMEOUT`` or 120 by default.
    extra_env_vars
        Environment variables for the process.
    """
    import subprocess
    import sys

    module = "trainyard.pyfunc" if flavor == "python_function" else f"trainyard.{flavor}"
    timeout = float(timeout or environment.get("REQUIREMENTS_INFERENCE_TIMEOUT") or _TIMEOUT_SECONDS)
    paths = [path for path in map(os.path.abspath, sys.path) if os.path.exists(path)]
    variables = {**os.environ, "PYTHONPATH": os.pathsep.join(paths), **(extra_env_vars or {})}
    command = [sys.executable, "-c", _PROBE, module, os.path.abspath(folder)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=timeout, env=variables)
    except subprocess.TimeoutExpired:
        raise MlflowException(f"the model was not loaded within {timeout:g} seconds") from None
    if done.returncode:
        raise MlflowException(f"the model could not be loaded in a new process: {done.stderr.strip()[-2000:]}")
    modules = set(json.loads(done.stdout.splitlines()[-1]))
    modules = {module for module in modules if distribution_of(module) not in _TEST_TOOLS}
    return requirements_of(modules, base)
