"""A Keras model as ``pyfunc`` calls it."""

from trainyard.exceptions import MlflowException
from trainyard.types.infer import is_array, is_frame


class Predictor:
    """A Keras model behind ``predict``.

    Parameters
    ----------
    model
        The model.
    call
        What predicts, where it is not ``model.predict``.
    """

    def __init__(self, model, call=None):
        self.model = model
        self._call = call

    def get_raw_model(self):
        """Return the model."""
        return self.model

    def predict(self, data, params=None):
        """Predict.

        Parameters
        ----------
        data
            An array, a list or tuple of them, a dict of arrays by the name of the input, or a DataFrame of numbers.
        params
            Further arguments of ``model.predict``.

        Returns
        -------
        Arrays; a DataFrame with the same index for a DataFrame.
        """
        if is_frame(data):
            import pandas

            return pandas.DataFrame(self._predict(data.to_numpy(), params), index=data.index)
        if not (is_array(data) or isinstance(data, (list, tuple, dict))):
            raise MlflowException.invalid_parameter_value(
                f"Unsupported input data type: {type(data)}. Must be one of: ['ndarray', 'list', 'tuple', 'dict', "
                "'DataFrame']"
            )
        return self._predict(data, params)

    def _predict(self, data, params):
        if self._call is None:
            return self.model.predict(data, **{"verbose": 0, **(params or {})})
        return _arrays(self._call(data))


def _arrays(outputs):
    if isinstance(outputs, dict):
        return {name: _arrays(output) for name, output in outputs.items()}
    if isinstance(outputs, (list, tuple)):
        return [_arrays(output) for output in outputs]
    return outputs.numpy()
