"""The environment files of a model directory: what has to be installed to load it."""

import sys

from trainyard import _core
from trainyard.exceptions import MlflowException
from trainyard.models.requirements import name_of, read_requirements, version_of

CONDA_FILE = "conda.yaml"
PYTHON_ENV_FILE = "python_env.yaml"


def check_arguments(conda_env, pip_requirements, extra_pip_requirements):
    """Refuse contradicting arguments before anything is written."""
    if conda_env is not None and (pip_requirements is not None or extra_pip_requirements is not None):
        raise MlflowException.invalid_parameter_value(
            "conda_env cannot be combined with pip_requirements or extra_pip_requirements"
        )
    if pip_requirements is not None and extra_pip_requirements is not None:
        raise MlflowException.invalid_parameter_value(
            "pip_requirements and extra_pip_requirements cannot be combined: the first replaces what is inferred, "
            "the second adds to it"
        )
    if pip_requirements is not None:
        read_requirements(pip_requirements, "pip_requirements")
    if extra_pip_requirements is not None:
        read_requirements(extra_pip_requirements, "extra_pip_requirements")


def write_environment(folder, infer, conda_env=None, pip_requirements=None, extra_pip_requirements=None):
    """Write ``conda.yaml``, ``python_env.yaml`` and ``requirements.txt``.

    Parameters
    ----------
    folder
        The model directory.
    infer
        A function that returns the requirements when none are given.
    conda_env
        A conda environment as a dict, or the path of its YAML file.
    pip_requirements
        Requirements in place of the inferred ones.
    extra_pip_requirements
        Requirements on top of the inferred ones.
    """
    environment = {
        "python_version": python_version(),
        "pip_version": version_of("pip"),
        "setuptools_version": version_of("setuptools"),
        "conda_yaml": None,
    }
    if conda_env is not None:
        conda = _read_conda(conda_env)
        requirements = _pip_section(conda)
        environment["conda_yaml"] = _core.to_yaml(conda)
    elif pip_requirements is not None:
        requirements = read_requirements(pip_requirements, "pip_requirements")
    else:
        requirements = infer()
        for requirement in read_requirements(extra_pip_requirements or [], "extra_pip_requirements"):
            # What is asked for by name replaces what was inferred for it.
            requirements = [known for known in requirements if name_of(known) != name_of(requirement)] + [requirement]
    _core.write_environment(folder, {**environment, "requirements": requirements})


def python_version():
    """Return the interpreter's version, such as ``3.11.7``."""
    return ".".join(map(str, sys.version_info[:3]))


def _read_conda(conda_env):
    if isinstance(conda_env, dict):
        return conda_env
    try:
        with open(conda_env, encoding="utf-8") as file:
            return _core.from_yaml(file.read())
    except OSError as error:
        raise MlflowException.invalid_parameter_value(
            f"conda_env: expected a dict or the path of a YAML file: {error}"
        ) from None


def _pip_section(conda):
    for dependency in conda.get("dependencies") or []:
        if isinstance(dependency, dict) and "pip" in dependency:
            return list(dependency["pip"])
    return []
