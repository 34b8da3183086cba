"""The environment files of a model directory: what has to be installed to load it."""

import os
import sys

from trainyard import _core
from trainyard.exceptions import MlflowException
from trainyard.models.distributions import version_of
from trainyard.models.requirement_lines import name_of, read_requirements

CONDA_FILE = "conda.yaml"
PYTHON_ENV_FILE = "python_env.yaml"
CONSTRAINTS_FILE = "constraints.txt"

_MLFLOW = ("mlflow", "mlflow-skinny", "mlflow-tracing")


class Environment:
    """The environment that one ``save_model`` or ``log_model`` was asked for, read and checked at once.

    Parameters
    ----------
    conda_env
        A conda environment as a dict, or the path of its YAML file.
    pip_requirements
        Requirements in place of the inferred ones.
    extra_pip_requirements
        Requirements on top of the inferred ones.
    """

    def __init__(self, conda_env=None, pip_requirements=None, extra_pip_requirements=None):
        if conda_env is not None and (pip_requirements is not None or extra_pip_requirements is not None):
            raise MlflowException.invalid_parameter_value(
                "conda_env cannot be combined with pip_requirements or extra_pip_requirements"
            )
        if pip_requirements is not None and extra_pip_requirements is not None:
            raise MlflowException.invalid_parameter_value(
                "pip_requirements and extra_pip_requirements cannot be combined: the first replaces what is inferred, "
                "the second adds to it"
            )
        self._conda = None
        self._given, self._extra, self._constraints = None, [], []
        if conda_env is not None:
            self._conda = _read_conda(conda_env)
            self._given, self._constraints = read_requirements(_pip_section(self._conda), "conda_env")
        elif pip_requirements is not None:
            self._given, self._constraints = read_requirements(pip_requirements, "pip_requirements")
        elif extra_pip_requirements is not None:
            self._extra, self._constraints = read_requirements(extra_pip_requirements, "extra_pip_requirements")

    @property
    def is_given(self):
        """Whether the caller named all requirements, so that none have to be inferred."""
        return self._given is not None

    def write(self, folder, infer):
        """Write ``conda.yaml``, ``python_env.yaml``, ``requirements.txt``, and ``constraints.txt`` where there are any.

        Parameters
        ----------
        folder
            The model directory.
        infer
            Returns the requirements when none are given.
        """
        requirements = self._given
        if requirements is None:
            # What is asked for by name replaces what was inferred for it.
            asked = {name_of(requirement) for requirement in self._extra}
            requirements = [known for known in infer() if name_of(known) not in asked] + self._extra
        _core.write_environment(
            folder,
            {
                "python_version": python_version(),
                "pip_version": version_of("pip"),
                "setuptools_version": version_of("setuptools"),
                "requirements": requirements,
                "constraints": self._constraints,
                "conda_yaml": self._conda_yaml(requirements),
            },
        )

    def _conda_yaml(self, requirements):
        """The caller's environment, with the lines of the pip section that the model needs in any case."""
        if self._conda is None:
            return None
        pip = list(requirements)
        if not any(name_of(requirement) in _MLFLOW for requirement in pip):
            pip.insert(0, f"mlflow=={_core.COMPAT_VERSION}")
        if self._constraints:
            pip.append(f"-c {CONSTRAINTS_FILE}")
        dependencies = [
            dependency
            for dependency in self._conda.get("dependencies") or []
            if not (isinstance(dependency, dict) and "pip" in dependency)
        ]
        return _core.to_yaml({**self._conda, "dependencies": [*dependencies, {"pip": pip}]})


def python_version():
    """Return the interpreter's version, such as ``3.11.7``."""
    return ".".join(map(str, sys.version_info[:3]))


def conda_env(requirements):
    """Return the conda environment of a flavor: what ``get_default_conda_env`` answers.

    Parameters
    ----------
    requirements
        The flavor's own requirements, which MLflow is added to.
    """
    pip = version_of("pip")
    return {
        "name": "mlflow-env",
        "channels": ["conda-forge"],
        "dependencies": [
            f"python={python_version()}",
            f"pip<={pip}" if pip else "pip",
            {"pip": [f"mlflow=={_core.COMPAT_VERSION}", *requirements]},
        ],
    }


def _read_conda(conda_env):
    if isinstance(conda_env, (str, os.PathLike)):
        try:
            with open(conda_env, encoding="utf-8") as file:
                conda_env = _core.from_yaml(file.read())
        except OSError as error:
            raise MlflowException.invalid_parameter_value(
                f"conda_env: expected a dict or the path of a YAML file: {error}"
            ) from None
    if not isinstance(conda_env, dict):
        raise MlflowException.invalid_parameter_value(
            f"conda_env: expected a dict or the path of a YAML file with one, got {type(conda_env).__name__}"
        )
    return conda_env


def _pip_section(conda):
    for dependency in conda.get("dependencies") or []:
        if isinstance(dependency, dict) and "pip" in dependency:
            return dependency["pip"] or []
    return []
