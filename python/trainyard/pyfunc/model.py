"""``PyFuncModel``: a loaded model behind one ``predict``, which checks its input against the signature."""

import importlib
import os

from trainyard import _core
from trainyard.exceptions import MlflowException
from trainyard.models import loading
from trainyard.models.model import Model

# Loader modules of MLflow that have a counterpart here.
_OUR_LOADERS = {"mlflow.sklearn": "trainyard.sklearn"}


def load_model(model_uri, suppress_warnings=False, dst_path=None, model_config=None):
    """Load a model for prediction.

    Parameters
    ----------
    model_uri
        ``models:/…``, ``runs:/<run id>/<name>``, an artifact URI, or a local folder.
    suppress_warnings
        Do not warn when another Python version made the model.
    dst_path
        Existing folder to fetch the files into.
    model_config
        Values to overlay the model's configuration with, for loaders that take one.

    Returns
    -------
    PyFuncModel
    """
    folder = loading.download_model(model_uri, dst_path)
    conf = flavor_conf(folder)
    if not suppress_warnings:
        _compare_python(conf)
    loading.add_code_to_path(folder, conf)
    implementation = _load_implementation(folder, conf, model_config)
    model = Model.from_dict(_core.read_model(folder))
    return PyFuncModel(model, implementation, model_id=model.model_id, folder=folder)


def flavor_conf(folder):
    """Return what the ``MLmodel`` file of a folder says for prediction."""
    return loading.flavor_of(folder, "python_function")


def _load_implementation(folder, conf, model_config):
    name = conf["loader_module"]
    if name in _OUR_LOADERS:
        return importlib.import_module(_OUR_LOADERS[name]).load_pyfunc(folder)
    loading.refuse_code_to_load(f"a model with loader_module {name!r}")
    try:
        loader = importlib.import_module(name)
    except ImportError as error:
        raise MlflowException(
            f"the model's loader_module {name!r} cannot be imported, which its requirements.txt should provide: {error}"
        ) from error
    path = next((conf[key] for key in ("data", "model_path") if conf.get(key)), None)
    path = folder if path is None else loading.inside(folder, path)
    config = {**(conf.get("config") or {}), **(model_config or {})}
    return loader._load_pyfunc(path, config) if config else loader._load_pyfunc(path)


def _compare_python(conf):
    from trainyard.models.environment import python_version

    made_by = conf.get("python_version")
    if made_by and made_by.split(".")[:2] != python_version().split(".")[:2]:
        import warnings

        warnings.warn(f"the model was saved with Python {made_by}, this is {python_version()}", stacklevel=3)


class PyFuncModel:
    """A loaded model.

    Parameters
    ----------
    model_meta
        The description of the model.
    model_impl
        What predicts: an object with ``predict(data, params)`` or ``predict(data)``.
    predict_fn
        Name of its method.
    """

    def __init__(self, model_meta, model_impl, predict_fn="predict", model_id=None, folder=None):
        self._model_meta = model_meta
        self._model_impl = model_impl
        self._predict_fn = getattr(model_impl, predict_fn)
        self._takes_params = _takes_params(self._predict_fn)
        self._model_id = model_id
        self._folder = folder

    def predict(self, data, params=None):
        """Predict.

        Parameters
        ----------
        data
            The input: checked against the signature, with columns reordered and widened where nothing is lost.
        params
            Params of inference; the ones left out take the defaults of the signature.
        """
        signature = self._model_meta.signature
        if signature is not None:
            from trainyard.types.enforce import enforce_schema
            from trainyard.types.params import enforce_params

            if signature.inputs is not None:
                try:
                    data = enforce_schema(data, signature.inputs)
                except MlflowException as error:
                    raise MlflowException.invalid_parameter_value(
                        f"Failed to enforce schema of data with schema '{signature.inputs}'. Error: {error}"
                    ) from error
            if params or signature.params is not None:
                params = enforce_params(params, signature.params)
        if self._takes_params:
            return self._predict_fn(data, params=params)
        if params:
            import warnings

            warnings.warn("the model takes no params, they are ignored", stacklevel=2)
        return self._predict_fn(data)

    @property
    def metadata(self):
        """The description of the model: a ``Model``."""
        return self._model_meta

    @property
    def model_id(self):
        """Id of the logged model, or ``None``."""
        return self._model_id

    @property
    def loader_module(self):
        """Module that loads the model, by MLflow's name."""
        return self._model_meta.flavors["python_function"]["loader_module"]

    @property
    def model_config(self):
        """The model's configuration."""
        return self._model_meta.flavors["python_function"].get("config")

    @property
    def input_example(self):
        """The data of the saved input example, or ``None``."""
        return self._model_meta.load_input_example(self._folder) if self._folder else None

    def unwrap_python_model(self):
        """Return the Python model inside of a model of the pyfunc flavor."""
        try:
            return self._model_impl.python_model
        except AttributeError:
            raise MlflowException("Unable to retrieve base model object from pyfunc.") from None

    def get_raw_model(self):
        """Return the framework's own object."""
        if hasattr(self._model_impl, "get_raw_model"):
            return self._model_impl.get_raw_model()
        raise NotImplementedError("the model's loader gives no access to the framework's own object")

    def __repr__(self):
        lines = ["mlflow.pyfunc.loaded_model:"]
        for name in ("artifact_path", "run_id"):
            value = getattr(self._model_meta, name)
            if value is not None:
                lines.append(f"  {name}: {os.fspath(value)}")
        lines.append(f"  flavor: {self.loader_module}")
        return "\n".join(lines) + "\n"


def _takes_params(predict):
    import inspect

    try:
        parameters = inspect.signature(predict).parameters
    except (TypeError, ValueError):
        return False
    return "params" in parameters
