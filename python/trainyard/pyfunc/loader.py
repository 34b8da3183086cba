"""Loading a model for prediction, by its own loader or by that of the flavor that made it."""

import importlib
import inspect
import json

from trainyard import _core, environment
from trainyard.exceptions import MlflowException
from trainyard.models import loading
from trainyard.models.model import Model
from trainyard.notices import warn
from trainyard.pyfunc.flavor import FLAVOR_NAME, MODEL_CONFIG, flavor_conf
from trainyard.pyfunc.loaded import PyFuncModel

# Loaders of MLflow's agent interfaces, which have no counterpart here.
_AGENTS = ("chat_model", "chat_agent", "responses_agent")


def load_model(model_uri, suppress_warnings=False, dst_path=None, model_config=None):
    """Load a model for prediction, whatever framework made it.

    Parameters
    ----------
    model_uri
        ``models:/…``, ``runs:/<run id>/<name>``, an artifact URI, or a local folder.
    suppress_warnings
        Do not warn when another Python version made the model.
    dst_path
        Existing folder to fetch the files into.
    model_config
        Values that replace those of the model's configuration: a dict, or the path of a YAML file.

    Returns
    -------
    PyFuncModel
    """
    from trainyard.models.model_config import read_config

    folder = loading.download_model(model_uri, dst_path)
    conf = flavor_conf(folder)
    if not suppress_warnings:
        _compare_python(conf)
    loading.add_code_to_path(folder, conf)
    model = Model.from_dict(_core.read_model(folder))
    flavor = model.flavors[FLAVOR_NAME]
    config = _configure(conf.get(MODEL_CONFIG), read_config(model_config))
    if config:
        flavor[MODEL_CONFIG] = config
    implementation = _load_implementation(folder, conf, config)
    return PyFuncModel(
        model,
        implementation,
        predict_fn=_method(implementation, flavor),
        predict_stream_fn=flavor.get("predict_stream_fn", "predict_stream") if flavor.get("streamable") else None,
        model_id=model.model_id,
        folder=folder,
    )


def _load_implementation(folder, conf, config):
    from trainyard import alias

    name = conf["loader_module"]
    own = _own_loader(name)
    if own is not None:
        load = getattr(own, "load_pyfunc", None) or own._load_pyfunc
        takes_config = "model_config" in inspect.signature(load).parameters
        return load(folder, config) if takes_config and config else load(folder)
    loading.refuse_code_to_load(
        f"a model with loader_module {name!r}",
        "log the model with the flavor of its framework, whose loader is known here",
    )
    path = next((conf[key] for key in ("data", "model_path") if conf.get(key)), None)
    path = folder if path is None else loading.inside(folder, path)
    with alias.resolving_mlflow():
        try:
            loader = importlib.import_module(name)
        except ImportError as error:
            raise MlflowException(
                f"the model's loader_module {name!r} cannot be imported, which its code or requirements.txt should "
                f"provide: {error}"
            ) from error
        return loader._load_pyfunc(path, config) if config else loader._load_pyfunc(path)


def _own_loader(name):
    """Return the module of this package that loads what a loader of MLflow does; ``None`` for a user's own."""
    root, _, rest = name.partition(".")
    if root != "mlflow":
        return None
    if rest.rpartition(".")[2] in _AGENTS:
        raise MlflowException(
            f"the model's loader_module is {name!r}: models of MLflow's chat and agent interfaces are not loaded here",
            "NOT_IMPLEMENTED",
        )
    try:
        return importlib.import_module(f"trainyard.{rest}")
    except ModuleNotFoundError as error:
        if not (error.name or "").startswith("trainyard"):
            raise
        # A flavor that only MLflow has is loaded by it, where it is installed.
        return None


def _method(implementation, flavor):
    # Our own loaders have taken the name of the method into account; their objects predict with `predict`.
    name = flavor.get("predict_fn", "predict")
    return "predict" if type(implementation).__module__.startswith("trainyard.") else name


def _configure(own, given):
    """Return a model's configuration with the values that were given for the keys it has."""
    variable = environment.get("PYFUNC_INFERENCE_CONFIG")
    given = {**(json.loads(variable) if variable else {}), **(given or {})}
    if not given:
        return own
    if not own:
        warn(
            f"Argument(s) {', '.join(given)} were ignored since the model's ``pyfunc`` flavor doesn't accept model "
            "configuration. Use ``model_config`` when logging the model to allow it."
        )
        return None
    unknown = [key for key in given if key not in own]
    if unknown:
        warn(
            f"Argument(s) {', '.join(unknown)} were ignored since they are not valid keys in the corresponding "
            f"section of the ``pyfunc`` flavor. Current allowed configuration includes {', '.join(own)}"
        )
    return {key: given.get(key, value) for key, value in own.items()}


def _compare_python(conf):
    from trainyard.models.environment import python_version

    made_by = conf.get("python_version")
    if made_by and made_by.split(".")[:2] != python_version().split(".")[:2]:
        warn(f"the model was saved with Python {made_by}, this is {python_version()}")
