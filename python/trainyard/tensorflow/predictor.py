"""A ``tf.Module`` as ``pyfunc`` calls it."""

from trainyard.exceptions import MlflowException
from trainyard.types.infer import is_array, is_frame


class ModulePredictor:
    """A module, or what was loaded from its SavedModel, behind ``predict``."""

    def __init__(self, model):
        self.model = model

    def get_raw_model(self):
        """Return the module."""
        return self.model

    def predict(self, data, params=None):
        """Predict.

        Parameters
        ----------
        data
            An array or list, or a dict of arrays, which the module gets as a dict of tensors.
        params
            Keyword arguments of the module.

        Returns
        -------
        Arrays where the module returns tensors.
        """
        import tensorflow

        if is_frame(data):
            data = data.to_numpy()
        if isinstance(data, dict):
            tensors = {name: tensorflow.convert_to_tensor(value) for name, value in data.items()}
        elif is_array(data) or isinstance(data, list):
            tensors = tensorflow.convert_to_tensor(data)
        else:
            raise MlflowException.invalid_parameter_value(
                f"Unsupported input data type: {type(data)}, the input data must be numpy array or a list."
            )
        return _arrays(self.model(tensors, **(params or {})))


def _arrays(outputs):
    if isinstance(outputs, dict):
        return {name: _arrays(output) for name, output in outputs.items()}
    if isinstance(outputs, (list, tuple)):
        return [_arrays(output) for output in outputs]
    return outputs.numpy() if hasattr(outputs, "numpy") else outputs
