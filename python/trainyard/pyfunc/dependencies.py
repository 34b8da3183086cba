"""Where a model says what has to be installed for it."""

import os

from trainyard import _core
from trainyard.exceptions import MlflowException
from trainyard.models import loading
from trainyard.pyfunc.flavor import flavor_conf

_REQUIREMENTS = "requirements.txt"


def dependencies_file(model_uri, format="pip"):
    """Return the local path of a model's requirements file, or of its conda environment.

    Parameters
    ----------
    model_uri
        The model.
    format
        ``"pip"`` or ``"conda"``.
    """
    if format not in ("pip", "conda"):
        raise MlflowException.invalid_parameter_value(f"Illegal format argument '{format}'. Expected 'pip' or 'conda'.")
    folder = loading.download_model(model_uri)
    requirements = os.path.join(folder, _REQUIREMENTS)
    if format == "pip" and os.path.exists(requirements):
        return requirements
    env = flavor_conf(folder).get("env") or "conda.yaml"
    # Early versions wrote the name of the file in place of a dict.
    conda = loading.inside(folder, env["conda"] if isinstance(env, dict) else env)
    if format == "conda":
        return conda
    with open(conda, encoding="utf-8") as file:
        dependencies = _core.from_yaml(file.read()).get("dependencies") or []
    pip = next((item["pip"] for item in dependencies if isinstance(item, dict) and "pip" in item), None)
    if pip is None:
        raise MlflowException("No pip section found in conda.yaml file in the model directory.")
    with open(requirements, "w", encoding="utf-8") as file:
        file.write("\n".join(pip))
    return requirements
