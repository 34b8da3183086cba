"""The entry of the ``python_function`` flavor in an ``MLmodel`` file."""

from trainyard.models import environment, loading

FLAVOR_NAME = "python_function"
MAIN = "loader_module"
CODE = "code"
DATA = "data"
ENV = "env"
MODEL_CONFIG = "config"
PY_VERSION = "python_version"


def flavor_conf(folder):
    """Return what the ``MLmodel`` file of a folder says for prediction."""
    return loading.flavor_of(folder, FLAVOR_NAME)


def add_to_model(
    model,
    loader_module,
    data=None,
    code=None,
    conda_env=None,
    python_env=None,
    model_config=None,
    model_code_path=None,
    **kwargs,
):
    """Say in the description of a model how it is loaded for prediction, and return the description.

    Parameters
    ----------
    model
        The ``Model``.
    loader_module
        Module with ``_load_pyfunc(path)``.
    data
        What ``_load_pyfunc`` is given: a path in the model directory, or the directory itself.
    code
        Folder in the model directory whose modules are importable when the model is loaded.
    conda_env, python_env
        Names of the files that say what has to be installed.
    model_config
        The model's configuration.
    model_code_path
        The script of a model that is code.
    **kwargs
        Further entries.
    """
    env = {"conda": conda_env, "virtualenv": python_env}
    entries = {
        **kwargs,
        MAIN: loader_module,
        PY_VERSION: environment.python_version(),
        CODE: code,
        DATA: data,
        ENV: {kind: name for kind, name in env.items() if name},
        MODEL_CONFIG: model_config,
        "model_code_path": model_code_path,
    }
    optional = (CODE, DATA, ENV, MODEL_CONFIG, "model_code_path")
    return model.add_flavor(
        FLAVOR_NAME, **{name: value for name, value in entries.items() if value or name not in optional}
    )
