"""Requirements of a model directory, by its files or by loading it."""

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
    *,
    infer=None,
):
    """Return what has to be installed to load a saved model, pinned to what is installed here.

    Parameters
    ----------
    model_uri
        The model.
    flavor
        Its flavor, such as ``"sklearn"`` or ``"python_function"``.
    fallback
        Requirements to return when the files cannot be looked at.
    timeout, extra_env_vars
        Of the process that the model is loaded in, with ``infer="load"``.
    uv_project_dir, uv_groups, uv_extras
        Not used: uv projects are not looked at.
    infer
        ``"static"`` looks at the files, and nothing is loaded; ``"load"`` loads the model in another process and lists
        what that imports. By default what ``TRAINYARD_REQUIREMENTS_INFERENCE`` says, else ``"static"``.
    """
    from trainyard.models.inference_by_loading import requirements_by_loading, way_to_infer
    from trainyard.models.requirement_lines import name_of
    from trainyard.models.requirements import infer_requirements

    way = way_to_infer(infer)
    module = "pyfunc" if flavor == "python_function" else flavor
    try:
        folder = loading.download_model(model_uri)
        loading.flavor_of(folder, flavor)
        defaults = getattr(importlib.import_module(f"trainyard.{module}"), "get_default_pip_requirements", list)
        base = [name_of(requirement) for requirement in defaults()]
        if way == "load":
            return requirements_by_loading(folder, flavor, base, timeout, extra_env_vars)
        files = [
            os.path.join(parent, name)
            for parent, _, names in os.walk(folder)
            for name in names
            if name not in _SKIPPED and name.endswith(_SCANNED)
        ]
        return infer_requirements(files, base)
    except Exception as error:
        if fallback is None:
            raise MlflowException(f"the requirements of {model_uri} could not be inferred: {error}") from error
        from trainyard.notices import warn

        warn(f"the requirements of {model_uri} could not be inferred, so {fallback} is assumed: {error}")
        return fallback
