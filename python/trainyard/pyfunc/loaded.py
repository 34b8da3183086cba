"""``PyFuncModel``: a loaded model behind one ``predict``, which checks its input against the signature."""

import inspect

from trainyard import environment
from trainyard.exceptions import MlflowException
from trainyard.notices import warn
from trainyard.pyfunc.flavor import FLAVOR_NAME, MODEL_CONFIG

# How much of the data an error shows.
_SHOWN = 200


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
    predict_stream_fn
        Name of the method that predicts piece by piece, where there is one.
    model_id
        Id of the logged model.
    folder
        Where the files of the model lie.
    """

    def __init__(
        self, model_meta, model_impl, predict_fn="predict", predict_stream_fn=None, model_id=None, folder=None
    ):
        for name in filter(None, (predict_fn, predict_stream_fn)):
            if not hasattr(model_impl, name):
                raise MlflowException(f"Model implementation is missing required {name} method.")
        if not model_meta:
            raise MlflowException("Model is missing metadata.")
        self._model_meta = model_meta
        self._model_impl = model_impl
        self._predict_fn = getattr(model_impl, predict_fn)
        self._takes_params = _takes_params(self._predict_fn)
        self._predict_stream_fn = getattr(model_impl, predict_stream_fn) if predict_stream_fn else None
        self._model_id = model_id
        self._folder = folder
        self._input_example = None

    def predict(self, data, params=None):
        """Predict.

        Parameters
        ----------
        data
            The input: checked against the signature, with columns reordered and widened where nothing is lost.
        params
            Params of inference; the ones left out take the defaults of the signature.
        """
        data, params = self._check(data, params)
        return _call(self._predict_fn, self._takes_params, data, params)

    def predict_stream(self, data, params=None):
        """Predict piece by piece, for models that can.

        Parameters
        ----------
        data
            One input.
        params
            Params of inference.

        Returns
        -------
        An iterator of the pieces.
        """
        if self._predict_stream_fn is None:
            raise MlflowException("This model does not support predict_stream method.")
        data, params = self._check(data, params)
        data = _one_input(data)
        yield from _call(self._predict_stream_fn, _takes_params(self._predict_stream_fn), data, params)

    def _check(self, data, params):
        """Return the arguments as the model takes them."""
        from trainyard.types.params import enforce_params

        meta = self._model_meta
        # What a type hint says is validated by the model itself, in its predict.
        if self.input_schema is not None and not meta._is_signature_from_type_hint():
            data = self._enforce(data)
            if meta._is_type_hint_from_example() and self.input_example is not None:
                from trainyard.types.hinted_data import like_example

                data = like_example(data, self.input_example)
        return data, enforce_params(params, self.params_schema)

    def _enforce(self, data):
        from trainyard.types.enforce import enforce_schema

        try:
            return enforce_schema(data, self.input_schema)
        except Exception as error:
            if environment.is_true("DISABLE_SCHEMA_DETAILS"):
                message = "Failed to enforce model input schema. Please check your input data."
            else:
                text = str(data)
                shown = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
                message = (
                    f"Failed to enforce schema of data '{shown}' with schema '{self.input_schema}'. Error: {error}"
                )
            raise MlflowException.invalid_parameter_value(message, error_class="SCHEMA_ENFORCEMENT_FAILED") from error

    @property
    def metadata(self):
        """The description of the model: a ``Model``."""
        return self._model_meta

    @property
    def input_schema(self):
        """The schema of the inputs, or ``None``."""
        return self._model_meta.get_input_schema()

    @property
    def params_schema(self):
        """The schema of the params, or ``None``."""
        return self._model_meta.get_params_schema()

    @property
    def model_id(self):
        """Id of the logged model, or ``None``."""
        return self._model_id

    @property
    def loader_module(self):
        """Module that loads the model, by MLflow's name."""
        return self._model_meta.flavors.get(FLAVOR_NAME, {}).get("loader_module")

    @property
    def model_config(self):
        """The model's configuration."""
        return self._model_meta.flavors[FLAVOR_NAME].get(MODEL_CONFIG, {})

    @property
    def input_example(self):
        """The data of the saved input example, or ``None``."""
        if self._input_example is None and self._folder:
            self._input_example = self._model_meta.load_input_example(self._folder)
        return self._input_example

    @input_example.setter
    def input_example(self, value):
        self._input_example = value

    def unwrap_python_model(self):
        """Return the ``PythonModel`` of a model of the pyfunc flavor."""
        python_model = getattr(self._model_impl, "python_model", None)
        if python_model is None:
            raise MlflowException("Unable to retrieve base model object from pyfunc.")
        return python_model

    def get_raw_model(self):
        """Return the framework's own object."""
        if hasattr(self._model_impl, "get_raw_model"):
            return self._model_impl.get_raw_model()
        raise NotImplementedError("`get_raw_model` is not implemented by the underlying model")

    def __eq__(self, other):
        return isinstance(other, PyFuncModel) and self._model_meta == other._model_meta

    __hash__ = None

    def __repr__(self):
        entries = {
            "artifact_path": self._model_meta.artifact_path,
            "flavor": self.loader_module,
            "run_id": self._model_meta.run_id,
        }
        lines = [f"  {name}: {value}" for name, value in entries.items() if value is not None]
        return "\n".join(["mlflow.pyfunc.loaded_model:", *lines]) + "\n"


def _call(method, takes_params, data, params):
    if takes_params:
        return method(data, params=params)
    if params:
        warn(
            "The underlying model does not support passing additional parameters to the predict function. "
            f"`params` {params} will be ignored."
        )
    return method(data)


def _takes_params(method):
    try:
        parameter = inspect.signature(method).parameters.get("params")
    except (TypeError, ValueError):
        return False
    return parameter is not None and parameter.kind is not parameter.VAR_KEYWORD


def _one_input(data):
    """Return the one input of a stream, which the check of the signature may have made a frame of one row."""
    from trainyard.types.inputs import is_frame

    if is_frame(data):
        data = data.iloc[:, 0].tolist() if list(data.columns) == [0] else data.to_dict(orient="records")
    data = _python_values(data)
    if not isinstance(data, list):
        return data
    if len(data) != 1:
        raise MlflowException.invalid_parameter_value(
            f"'predict_stream' requires single input, but it got input data {data}"
        )
    return data[0]


def _python_values(data):
    if isinstance(data, list):
        return [_python_values(item) for item in data]
    if isinstance(data, dict):
        return {name: _python_values(item) for name, item in data.items()}
    return data.tolist() if type(data).__module__ == "numpy" and hasattr(data, "tolist") else data
