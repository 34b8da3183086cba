"""Requirements of a model directory, by its files."""

import importlib
import os

from trainyard.exceptions import MlflowException
from trainyard.models import loading

# Files that say what a model needs without being scanned, and data that no module is named in.
_SKIPPED = ("MLmodel", "conda.yaml", "python_env.yaml", "requirements.txt", "constraints.txt")
_SCANNED = (".pkl", ".skops", ".pth", ".pt", ".pt2", ".keras", ".py", ".gz", ".xz", ".bz2")


def infer_pip_requirements(
    model_uri,
    flavor,
    fallback=None,
    timeout=None,
    extra_env_vars=None,
    uv_project_dir=None,
    uv_groups=None,
    uv_extras=None,
):
    """Return what has to be installed to load a saved model, found by looking at its files.

    Nothing is loaded and no process is started, so what follows is taken for the sake of callers only.

    Parameters
    ----------
    model_uri
        The model.
    flavor
        Its flavor, such as ``"sklearn"`` or ``"python_function"``.
    fallback
        Requirements to return when the files cannot be looked at.
    timeout, extra_env_vars, uv_project_dir, uv_groups, uv_extras
        Of the process that MLflow loads the model in.
    """
    from trainyard.models.requirement_lines import name_of
    from trainyard.models.requirements import infer_requirements

    module = "pyfunc" if flavor == "python_function" else flavor
    try:
        folder = loading.download_model(model_uri)
        loading.flavor_of(folder, flavor)
        defaults = getattr(importlib.import_module(f"trainyard.{module}"), "get_default_pip_requirements", list)
        files = [
            os.path.join(parent, name)
            for parent, _, names in os.walk(folder)
            for name in names
            if name not in _SKIPPED and name.endswith(_SCANNED)
        ]
        return infer_requirements(files, [name_of(requirement) for requirement in defaults()])
    except Exception as error:
        if fallback is None:
            raise MlflowException(f"the requirements of {model_uri} could not be inferred: {error}") from error
        from trainyard.notices import warn

        warn(f"the requirements of {model_uri} could not be inferred, so {fallback} is assumed: {error}")
        return fallback
