"""The ONNX flavor: models of the exchange format, scored by ONNX Runtime."""

import os

from trainyard.models import loading
from trainyard.models.arguments import check_further, shared_arguments
from trainyard.models.logging import log_saved
from trainyard.models.saving import Saving
from trainyard.onnx import proto
from trainyard.onnx.options import ONNX_EXECUTION_PROVIDERS, check_providers, check_session_options

FLAVOR_NAME = "onnx"

MODEL_FILE = "model.onnx"


@shared_arguments
def log_model(
    onnx_model,
    artifact_path=None,
    conda_env=None,
    code_paths=None,
    registered_model_name=None,
    signature=None,
    input_example=None,
    await_registration_for=300,
    pip_requirements=None,
    extra_pip_requirements=None,
    onnx_execution_providers=None,
    onnx_session_options=None,
    metadata=None,
    save_as_external_data=True,
    extra_files=None,
    name=None,
    params=None,
    tags=None,
    model_type=None,
    step=0,
    model_id=None,
    **kwargs,
):
    """Log an ONNX model, with what is needed to load it again.

    ``size_threshold``, ``location``, ``all_tensors_to_one_file`` and ``convert_attribute`` are handed to
    ``onnx.save_model``.

    Parameters
    ----------
    onnx_model
        An ``onnx.ModelProto``. It is left as it is, also where its weights are saved to a file of their own.
    signature
        What :func:`trainyard.models.infer_signature` returns. As in MLflow it is not inferred from the example, which
        ONNX Runtime would hold to the example's exact number type.
    onnx_execution_providers
        Execution providers of ONNX Runtime in order of preference: names, or ``(name, options)``. Those that are not
        installed where the model is loaded are passed over. The default is CUDA, then CPU.
    onnx_session_options
        Options of the session, such as ``{"intra_op_num_threads": 1, "execution_mode": "sequential",
        "graph_optimization_level": 99, "extra_session_config": {…}}``.
    save_as_external_data
        Write weights of a kilobyte and more to a file beside ``model.onnx``, which may not exceed 2 GiB.
    """
    arguments = locals()
    saver = _Saver(onnx_model, arguments, Saving.of(arguments))
    return log_saved(saver.save, arguments, further=proto.SAVE_ARGUMENTS)


@shared_arguments
def save_model(
    onnx_model,
    path,
    conda_env=None,
    code_paths=None,
    mlflow_model=None,
    signature=None,
    input_example=None,
    pip_requirements=None,
    extra_pip_requirements=None,
    onnx_execution_providers=None,
    onnx_session_options=None,
    metadata=None,
    save_as_external_data=True,
    extra_files=None,
    **kwargs,
):
    """Save an ONNX model as a model directory.

    Parameters
    ----------
    onnx_model, onnx_execution_providers, onnx_session_options, save_as_external_data
        See :func:`log_model`.
    """
    arguments = locals()
    check_further(arguments, proto.SAVE_ARGUMENTS)
    _Saver(onnx_model, arguments, Saving.of(arguments)).save(path, mlflow_model)


def load_model(model_uri, dst_path=None):
    """Load an ONNX model and check that it is valid.

    Parameters
    ----------
    model_uri
        ``models:/…``, ``runs:/<run id>/<name>``, an artifact URI, or a local folder.
    dst_path
        Existing folder to fetch the files into.

    Returns
    -------
    onnx.ModelProto
        With the weights, also where these are in a file of their own.
    """
    folder, conf = loading.download_flavor(model_uri, dst_path, FLAVOR_NAME)
    return proto.load(loading.inside(folder, conf["data"]))


def get_default_pip_requirements():
    """Return the requirements that every model of this flavor has."""
    from trainyard.models.requirements import pinned

    return pinned(["onnx", "onnxruntime"])


def get_default_conda_env():
    """Return the conda environment with :func:`get_default_pip_requirements`."""
    from trainyard.models.environment import conda_env

    return conda_env(get_default_pip_requirements())


def load_pyfunc(folder):
    """Load the model of a directory for ``pyfunc``."""
    from trainyard.onnx.session import Session

    conf = loading.flavor_of(folder, FLAVOR_NAME)
    path = loading.inside(folder, conf["data"])
    return Session(path, conf.get("providers") or ONNX_EXECUTION_PROVIDERS, conf.get("onnx_session_options") or {})


class _Saver:
    """One model with how it is to be saved, checked before anything is written."""

    def __init__(self, model, arguments, saving):
        proto.check(model)
        check_session_options(arguments["onnx_session_options"])
        providers = arguments["onnx_execution_providers"]
        check_providers(providers)
        self._model = model
        self._providers = ONNX_EXECUTION_PROVIDERS if providers is None else providers
        self._session_options = arguments["onnx_session_options"]
        self._is_external = bool(arguments["save_as_external_data"])
        self._save_arguments = {
            name: value for name, value in arguments["kwargs"].items() if name in proto.SAVE_ARGUMENTS
        }
        self._saving = saving

    def save(self, folder, model=None):
        """Fill a model directory."""
        import onnx

        saving = self._saving
        entries = saving.begin(folder, model)
        proto.save(self._model, os.path.join(saving.folder, MODEL_FILE), self._is_external, self._save_arguments)
        saving.written()
        saving.describe_data(None)
        saving.add_pyfunc("mlflow.onnx", data=MODEL_FILE)
        saving.model.add_flavor(
            FLAVOR_NAME,
            onnx_version=onnx.__version__,
            data=MODEL_FILE,
            providers=self._providers,
            onnx_session_options=self._session_options,
            **entries,
        )
        saving.finish(_requirements)


def _requirements():
    from trainyard.models.requirements import infer_requirements

    return infer_requirements([], ["onnx", "onnxruntime", "numpy"])


__all__ = [
    "ONNX_EXECUTION_PROVIDERS",
    "get_default_conda_env",
    "get_default_pip_requirements",
    "load_model",
    "log_model",
    "save_model",
]
