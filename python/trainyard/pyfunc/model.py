"""Models that are Python code: the base class, functions as models, and loading both.

Pickles name the classes of this module as those of ``mlflow.pyfunc.model``, whoever made them.
"""

import inspect
import os

from trainyard.exceptions import MlflowException
from trainyard.models import loading
from trainyard.pyfunc.flavor import flavor_conf
from trainyard.pyfunc.utils.data_validation import (
    check_parameters,
    hint_of_predict,
    pyfunc,
    takes_context,
    type_hints,
    wrap_predict,
)


class PythonModel:
    """A model whose prediction is code of its own.

    A subclass has ``predict(self, context, model_input, params=None)``, or the same without ``context``. With a type
    hint on ``model_input``, such as ``list[str]`` or a list of pydantic models, every input is validated, and the
    signature comes from the hint.
    """

    def load_context(self, context):
        """Prepare the model for predictions, once, right after it is loaded.

        Parameters
        ----------
        context
            The ``PythonModelContext``, which knows where the artifacts lie.
        """

    @property
    def predict_type_hints(self):
        """The hints of ``predict``: an object with ``input`` and ``output``."""
        if not hasattr(self, "_predict_type_hints"):
            self._predict_type_hints = type_hints(self.predict, 1 if takes_context(self.predict) else 0)
        return self._predict_type_hints

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        if cls.__module__.startswith("trainyard.pyfunc."):
            return
        predict = cls.__dict__.get("predict")
        if callable(predict):
            cls.predict = wrap_predict(predict, hint_of_predict(predict))
        if callable(cls.__dict__.get("predict_stream")):
            check_parameters(cls.__dict__["predict_stream"], "predict_stream")

    def predict(self, context, model_input, params=None):
        """Predict.

        Parameters
        ----------
        context
            The ``PythonModelContext``. A method without this parameter is fine too.
        model_input
            The input, after it has been checked against the signature.
        params
            Params of inference.
        """
        raise NotImplementedError(f"{type(self).__name__} has no predict method")

    def predict_stream(self, context, model_input, params=None):
        """Predict piece by piece: a generator, with the parameters of :meth:`predict`.

        Parameters
        ----------
        context : PythonModelContext
            Artifacts and configuration of the model.
        model_input
            What to predict for.
        params : dict
            Params of the prediction, by name.

        Yields
        ------
        The pieces of the prediction.
        """
        raise NotImplementedError(f"{type(self).__name__} has no predict_stream method")


class PythonModelContext:
    """What a ``PythonModel`` is given besides the input: where its artifacts lie, and its configuration."""

    def __init__(self, artifacts, model_config):
        self._artifacts = artifacts
        self._model_config = model_config

    @property
    def artifacts(self):
        """Local paths by the names that the artifacts were logged under."""
        return self._artifacts

    @property
    def model_config(self):
        """The model's configuration."""
        return self._model_config


class _FunctionPythonModel(PythonModel):
    """A function of one argument as a model."""

    def __init__(self, func, signature=None):
        self.signature = signature
        self.func = func if getattr(func, "_is_pyfunc", False) else pyfunc(func)

    @property
    def predict_type_hints(self):
        """The hints of the function."""
        if not hasattr(self, "_predict_type_hints"):
            self._predict_type_hints = type_hints(self.func, 0)
        return self._predict_type_hints

    def predict(self, model_input, params=None):
        """Call the function; it knows no params."""
        return self.func(model_input)


class _PythonModelPyfuncWrapper:
    """A ``PythonModel`` as ``PyFuncModel`` calls it, whatever parameters its methods have."""

    def __init__(self, python_model, context, signature):
        self.python_model = python_model
        self.context = context
        self.signature = signature

    def predict(self, model_input, params=None):
        """Predict."""
        return self._call(self.python_model.predict, model_input, params)

    def predict_stream(self, model_input, params=None):
        """Predict piece by piece."""
        return self._call(self.python_model.predict_stream, model_input, params)

    def _call(self, method, model_input, params):
        arguments = [self.context] if takes_context(method) else []
        arguments.append(self._as_hinted(model_input))
        if "params" in inspect.signature(method).parameters:
            return method(*arguments, params=params)
        if params:
            from trainyard.notices import warn

            warn(
                "The underlying model does not support passing additional parameters to the predict function. "
                f"`params` {params} will be ignored."
            )
        return method(*arguments)

    def _as_hinted(self, model_input):
        """Return a frame as a list of texts or dicts for models saved before MLflow validated hints by itself."""
        hint = getattr(getattr(self.python_model, "predict_type_hints", None), "input", None)
        is_old = not getattr(getattr(self.python_model, "func", self.python_model.predict), "_is_pyfunc", False)
        if is_old and hint in (list[str], list[dict[str, str]]):
            from trainyard.types.hinted_data import from_frame

            return from_frame(model_input, hint)
        return model_input


def get_default_pip_requirements():
    """Return what every model of this flavor needs."""
    from trainyard.models.requirements import pinned

    return pinned(["cloudpickle"])


def get_default_conda_env():
    """Return the conda environment with what every model of this flavor needs."""
    from trainyard.models.environment import conda_env

    return conda_env(get_default_pip_requirements())


def _load_pyfunc(model_path, model_config=None):
    """Load the model of a directory as an object with ``predict``; the entry point by MLflow's name."""
    from trainyard.pyfunc import pickling

    conf = flavor_conf(model_path)
    loading.refuse_code_to_load("a Python model", "log a model of a framework's flavor, whose format holds no code")
    file_name = conf.get("python_model")
    if file_name is None:
        raise MlflowException("Python model path was not specified in the model configuration")
    _compare_cloudpickle(conf.get("cloudpickle_version"))
    path = loading.inside(model_path, file_name)
    return prepare(pickling.load(path, conf.get("python_model_compression")), model_path, model_config)


def prepare(python_model, folder, model_config):
    """Give a loaded Python model its context, and return it as an object with ``predict``."""
    from trainyard.models.model import Model

    artifacts = {
        name: loading.inside(folder, entry["path"])
        for name, entry in (flavor_conf(folder).get("artifacts") or {}).items()
    }
    context = PythonModelContext(artifacts, model_config)
    python_model.load_context(context)
    return _PythonModelPyfuncWrapper(python_model, context, Model.load(os.fspath(folder)).signature)


def _compare_cloudpickle(made_by):
    import cloudpickle

    if made_by != cloudpickle.__version__:
        from trainyard.notices import warn

        warn(
            f"The version of CloudPickle that was used to save the model, {made_by}, differs from the one that is "
            f"installed, {cloudpickle.__version__}; what one wrote the other may not read"
        )
