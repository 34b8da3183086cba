"""A PyTorch model as ``pyfunc`` calls it: arrays and data frames in, the same out."""

from trainyard import environment
from trainyard.types.infer import is_array, is_frame


def prediction_device(model_config=None):
    """Return where to predict: what the configuration or ``MLFLOW_DEFAULT_PREDICTION_DEVICE`` says, else a GPU."""
    import torch

    device = (model_config or {}).get("device") or environment.get("DEFAULT_PREDICTION_DEVICE")
    return device or ("cuda" if torch.cuda.is_available() else "cpu")


def float_dtype(module):
    """Return the type of a module's floating parameters, or ``None`` when it has none."""
    tensors = [*module.parameters(), *module.buffers()]
    return next((tensor.dtype for tensor in tensors if tensor.is_floating_point()), None)


def to_tensor(data, dtype=None):
    """Return a NumPy array or tensor as a tensor; floats of another precision become the model's.

    Torch never converts by itself, while NumPy's floats are double where nobody says otherwise.
    """
    import torch

    if isinstance(data, torch.Tensor):
        tensor = data
    else:
        # A tensor over memory that must not be written to would only be a warning away from writing to it.
        tensor = torch.from_numpy(data if data.flags.writeable else data.copy())
    return tensor.to(dtype) if dtype is not None and tensor.is_floating_point() else tensor


class Predictor:
    """A PyTorch module behind ``predict``."""

    def __init__(self, pytorch_model, device):
        self.pytorch_model = pytorch_model
        self.device = device
        self._dtype = float_dtype(pytorch_model)

    def get_raw_model(self):
        """Return the module."""
        return self.pytorch_model

    def predict(self, data, params=None):
        """Predict.

        Parameters
        ----------
        data
            A NumPy array, or a DataFrame of numbers, which is taken as ``float32``.
        params
            Keyword arguments of the module's ``forward``.

        Returns
        -------
        An array for an array, a DataFrame with the same index for a DataFrame.
        """
        import torch

        if params and "device" in params:
            raise ValueError(
                "device' can no longer be specified as an inference parameter. It must be specified at load time. "
                "Please specify the device at load time, for example: "
                "`mlflow.pyfunc.load_model(model_uri, model_config={'device': 'cuda'})`."
            )
        if is_frame(data):
            values = data.to_numpy(dtype="float32")
        elif is_array(data):
            values = data
        elif isinstance(data, (list, dict)):
            raise TypeError(
                "The PyTorch flavor does not support List or Dict input types. "
                "Please use a pandas.DataFrame or a numpy.ndarray"
            )
        else:
            raise TypeError(f"Input data should be pandas.DataFrame or numpy.ndarray, got {type(data).__name__}")
        with torch.no_grad():
            outputs = self.pytorch_model(to_tensor(values, self._dtype).to(self.device), **(params or {}))
        if not isinstance(outputs, torch.Tensor):
            raise TypeError(
                f"Expected PyTorch model to output a single output tensor, but got output of type '{type(outputs)}'"
            )
        outputs = outputs.cpu().numpy()
        if not is_frame(data):
            return outputs
        import pandas

        return pandas.DataFrame(outputs, index=data.index)
