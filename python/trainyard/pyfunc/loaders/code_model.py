"""Loads models that were logged as code."""

import os

from trainyard.models import loading
from trainyard.models.code import run_model_code
from trainyard.pyfunc.flavor import flavor_conf


def _load_pyfunc(local_path, model_config=None):
    """Run the script of a model directory, and return what it sets as an object with ``predict``."""
    from trainyard.pyfunc.model import prepare
    from trainyard.pyfunc.python_models import as_python_model

    loading.refuse_code_to_load("a model that is a script", "log a model of a framework's flavor")
    # MLflow records where the script lay on the machine of its author; in the directory only its name counts.
    name = os.path.basename(flavor_conf(local_path)["model_code_path"].replace("\\", "/"))
    model = run_model_code(loading.inside(local_path, name), model_config)
    return prepare(as_python_model(model), local_path, model_config)
