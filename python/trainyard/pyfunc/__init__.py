"""Models behind one ``predict``: loading those of any framework, and logging Python code as a model.

``log_model(python_model=…)`` takes

- an object of a class derived from ``PythonModel``;
- a function of one argument;
- the path of a script that hands a model over with ``models.set_model``;
- any other object that predicts: with ``predict``, such as a fitted estimator; with ``forward``, such as a PyTorch
  module, whose tensors become arrays; or with ``__call__``. It is pickled as it is, in a class that goes into the
  pickle too, so whoever loads it needs its framework only. The flavor of the framework writes a format that lasts.

With ``loader_module`` and ``data_path`` in its place, the files are kept and the module loads them.
"""

from trainyard.models.arguments import check_further, shared_arguments
from trainyard.models.logging import log_saved
from trainyard.notices import warn
from trainyard.pyfunc.flavor import CODE, DATA, ENV, FLAVOR_NAME, MAIN, MODEL_CONFIG, PY_VERSION, add_to_model
from trainyard.pyfunc.loaded import PyFuncModel
from trainyard.pyfunc.loader import load_model
from trainyard.pyfunc.model import (
    PythonModel,
    PythonModelContext,
    get_default_conda_env,
    get_default_pip_requirements,
)
from trainyard.pyfunc.saving import saver_of


@shared_arguments
def log_model(
    artifact_path=None,
    loader_module=None,
    data_path=None,
    code_paths=None,
    infer_code_paths=False,
    conda_env=None,
    python_model=None,
    artifacts=None,
    registered_model_name=None,
    signature=None,
    input_example=None,
    await_registration_for=300,
    pip_requirements=None,
    extra_pip_requirements=None,
    metadata=None,
    model_config=None,
    streamable=None,
    resources=None,
    auth_policy=None,
    uv_project_path=None,
    uv_groups=None,
    uv_extras=None,
    prompts=None,
    name=None,
    params=None,
    tags=None,
    model_type=None,
    step=0,
    model_id=None,
):
    """Log Python code, or files with the module that loads them, as a model.

    Parameters
    ----------
    loader_module
        Name of a module with ``_load_pyfunc(path)``, which returns an object with ``predict``; not together with
        ``python_model`` and ``artifacts``.
    data_path
        File or folder that ``loader_module`` is given.
    infer_code_paths
        Keep the sources of the modules that the model refers to and that are not installed, in place of
        ``code_paths``.
    python_model
        A ``PythonModel``, a function of one argument, the path of a script that calls ``models.set_model``, or another
        object with ``predict``, ``forward`` or ``__call__``.
    artifacts
        Local paths and URIs by name: they are copied into the model, which finds them by ``context.artifacts``.
    model_config
        Configuration that the model reads from its context, or by ``ModelConfig`` in a script: a dict, or the path of
        a YAML file.
    streamable
        Whether ``predict_stream`` can be called; by default, whether the model has one.
    resources, auth_policy, prompts
        Kept in the ``MLmodel`` file.
    uv_project_path, uv_groups, uv_extras
        Not supported: export the requirements of the project, and give them as ``pip_requirements``.
    """
    arguments = locals()
    return log_saved(saver_of(arguments).save, arguments)


@shared_arguments
def save_model(
    path,
    loader_module=None,
    data_path=None,
    code_paths=None,
    infer_code_paths=False,
    conda_env=None,
    mlflow_model=None,
    python_model=None,
    artifacts=None,
    signature=None,
    input_example=None,
    pip_requirements=None,
    extra_pip_requirements=None,
    metadata=None,
    model_config=None,
    streamable=None,
    resources=None,
    auth_policy=None,
    uv_project_path=None,
    uv_groups=None,
    uv_extras=None,
    **kwargs,
):
    """Save Python code, or files with the module that loads them, as a model directory; see :func:`log_model`.

    Parameters
    ----------
    loader_module, data_path, infer_code_paths, python_model, artifacts, model_config, streamable
        See :func:`log_model`.
    resources, auth_policy
        Kept in the ``MLmodel`` file.
    uv_project_path, uv_groups, uv_extras
        Not supported, see :func:`log_model`.
    """
    arguments = locals()
    from trainyard.models.model import Model

    # An older name of mlflow_model.
    model = check_further(arguments, {"model"}).get("model", mlflow_model) or Model()
    saver = saver_of(arguments)
    for name in ("resources", "auth_policy"):
        if arguments[name] is not None:
            setattr(model, name, arguments[name])
    saver.save(path, model)


def load_pyfunc(model_uri, suppress_warnings=False):
    """Load a model for prediction; the older name of :func:`load_model`."""
    warn("load_pyfunc is deprecated. Please use `load_model` instead.", FutureWarning)
    return load_model(model_uri, suppress_warnings)


def get_model_dependencies(model_uri, format="pip"):
    """Return the path of the file that says what a model needs.

    Parameters
    ----------
    model_uri
        The model.
    format
        ``"pip"`` for the requirements file, ``"conda"`` for the conda environment.
    """
    from trainyard.pyfunc.dependencies import dependencies_file

    return dependencies_file(model_uri, format)


__all__ = [
    "CODE",
    "DATA",
    "ENV",
    "FLAVOR_NAME",
    "MAIN",
    "MODEL_CONFIG",
    "PY_VERSION",
    "PyFuncModel",
    "PythonModel",
    "PythonModelContext",
    "add_to_model",
    "get_default_conda_env",
    "get_default_pip_requirements",
    "get_model_dependencies",
    "load_model",
    "load_pyfunc",
    "log_model",
    "save_model",
]
