"""An ONNX model as ``pyfunc`` calls it: one session of ONNX Runtime."""

from trainyard.exceptions import MlflowException
from trainyard.models.loading import refuse_code_to_load
from trainyard.notices import warn
from trainyard.onnx.options import ONNX_EXECUTION_PROVIDERS, name_of, session_options

_CPU = "CPUExecutionProvider"


class Session:
    """A model in ONNX Runtime.

    Parameters
    ----------
    path
        The model's file.
    providers
        Execution providers in order of preference.
    options
        Options of the session, as they stand in the ``MLmodel`` file.
    """

    def __init__(self, path, providers, options):
        self.rt = _open(path, _usable(providers), session_options(options))
        self.inputs = [(given.name, given.type) for given in self.rt.get_inputs()]
        self.output_names = [output.name for output in self.rt.get_outputs()]
        self._ranks = {given.name: len(given.shape or ()) for given in self.rt.get_inputs()}

    def get_raw_model(self):
        """Return the session of ONNX Runtime."""
        return self.rt

    def predict(self, data, params=None):
        """Predict.

        Parameters
        ----------
        data
            A dict of arrays by the names of the model's inputs; an array, where there is one input; or a data frame,
            whose values are the one input, or whose columns are the several inputs.
        params
            ONNX Runtime has none; they are left out.

        Returns
        -------
        A data frame for a data frame, else a dict of arrays by the names of the outputs.
        """
        kind = _kind(data)
        if kind == "dict":
            feeds = dict(data)
        elif kind == "array":
            feeds = self._of_array(data)
        elif kind == "frame":
            feeds = self._of_frame(data)
        else:
            raise TypeError(f"Input should be a dictionary or a numpy array or a pandas.DataFrame, got '{type(data)}'")
        outputs = self.rt.run(self.output_names, self._as_floats(feeds))
        if kind == "frame":
            return _frame(dict(zip(self.output_names, outputs, strict=True)), len(data))
        return dict(zip(self.output_names, outputs, strict=True))

    def _of_array(self, data):
        if len(self.inputs) != 1:
            names = [name for name, _ in self.inputs]
            raise MlflowException(
                "Unable to map numpy array input to the expected model input: an array can only be the input of a "
                f"model with one input, and this model has {len(names)}. Pass a dictionary or a DataFrame with {names}."
            )
        return {self.inputs[0][0]: data}

    def _of_frame(self, data):
        if len(self.inputs) == 1:
            return {self.inputs[0][0]: data.values}
        feeds = {name: data[name].values for name, _ in self.inputs}
        # Converters of data frames give each column an input of its own with one number a row.
        return {name: values.reshape(-1, 1) if self._ranks[name] == 2 else values for name, values in feeds.items()}

    def _as_floats(self, feeds):
        """Narrow doubles for inputs that are declared as floats, which ONNX Runtime does not do by itself."""
        import numpy

        for name, declared in self.inputs:
            if declared == "tensor(float)" and getattr(feeds.get(name), "dtype", None) == numpy.float64:
                feeds[name] = feeds[name].astype(numpy.float32)
        return feeds


def _kind(data):
    import numpy

    if isinstance(data, dict):
        return "dict"
    if isinstance(data, numpy.ndarray):
        return "array"
    return "frame" if hasattr(data, "columns") and hasattr(data, "values") else None


def _frame(outputs, rows):
    """Return outputs as columns, flattened as MLflow does; values of one row stay together where that would not fit."""
    import numpy
    import pandas

    columns = {name: numpy.asarray(values) for name, values in outputs.items()}
    if len({values.size for values in columns.values()}) > 1:
        return pandas.DataFrame(
            {name: list(values) if values.size != rows else values.reshape(-1) for name, values in columns.items()}
        )
    return pandas.DataFrame({name: values.reshape(-1) for name, values in columns.items()})


def _usable(providers):
    import onnxruntime

    providers = [providers] if isinstance(providers, str) else providers
    providers = [tuple(provider) if isinstance(provider, list) else provider for provider in providers]
    if any(isinstance(provider, tuple) for provider in providers):
        # An option may name a library that the provider loads.
        refuse_code_to_load(
            "a model whose execution providers have options",
            "log the model again with onnx_execution_providers as names without options",
        )
    available = set(onnxruntime.get_available_providers())
    usable = [provider for provider in providers if name_of(provider) in available]
    absent = [provider for provider in providers if name_of(provider) not in available]
    # The default names CUDA too, whose absence is no news.
    if absent and providers != ONNX_EXECUTION_PROVIDERS:
        warn(f"the model asks for the execution providers {absent}, which this ONNX Runtime does not have")
    return usable or [_CPU]


def _open(path, providers, options):
    import onnxruntime

    try:
        session = onnxruntime.InferenceSession(path, providers=providers, sess_options=options)
    except Exception as error:
        if providers == [_CPU]:
            raise
        warn(f"the execution providers {providers} could not be started, the CPU is used: {error}")
        return onnxruntime.InferenceSession(path, providers=[_CPU], sess_options=options)
    idle = [name_of(provider) for provider in providers if name_of(provider) not in session.get_providers()]
    if idle:
        warn(f"the execution providers {idle} could not be started; {session.get_providers()} are used")
    return session
