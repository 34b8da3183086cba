"""Objects that are no Python models as Python models: anything with ``predict``, ``forward`` or ``__call__``.

The classes here go into the model's pickle whole, so that whoever reads it needs the object's own framework only, and
not this package. So they use nothing of this module but ``PythonModel``.
"""

from trainyard.pyfunc.model import PythonModel


class ObjectModel(PythonModel):
    """An object whose method predicts; params are keywords of the method."""

    def __init__(self, model, method):
        self.model = model
        self.method = method

    def predict(self, context, model_input, params=None):
        """Call the method."""
        return getattr(self.model, self.method)(model_input, **(params or {}))


class ArrayModel(ObjectModel):
    """An object whose method predicts from arrays, such as a Keras model: frames become arrays."""

    def predict(self, context, model_input, params=None):
        """Call the method."""
        if hasattr(model_input, "to_numpy"):
            model_input = model_input.to_numpy()
        return getattr(self.model, self.method)(model_input, **(params or {}))


class TorchModel(ObjectModel):
    """A PyTorch module: frames and arrays become tensors of its own type, and its answers arrays."""

    def predict(self, context, model_input, params=None):
        """Call the module in its evaluation mode."""
        import numpy
        import torch

        weight = next((tensor for tensor in self.model.parameters() if tensor.is_floating_point()), None)

        def tensor(values):
            values = torch.as_tensor(numpy.asarray(values))
            if not values.is_floating_point() or weight is None:
                return values if weight is None else values.to(weight.device, torch.get_default_dtype())
            return values.to(weight.device, weight.dtype)

        def array(values):
            if isinstance(values, torch.Tensor):
                return values.detach().cpu().numpy()
            if isinstance(values, dict):
                return {name: array(value) for name, value in values.items()}
            return [array(value) for value in values] if isinstance(values, (list, tuple)) else values

        self.model.eval()
        with torch.no_grad():
            if isinstance(model_input, dict):
                inputs = {name: tensor(values) for name, values in model_input.items()}
                return array(self.model(**inputs, **(params or {})))
            return array(self.model(tensor(model_input), **(params or {})))


class BoosterModel(ObjectModel):
    """An XGBoost booster, which predicts from matrices of its own."""

    def predict(self, context, model_input, params=None):
        """Call the booster."""
        import xgboost

        return self.model.predict(xgboost.DMatrix(model_input), **(params or {}))
