"""What the flavors of Keras and TensorFlow take: models that have weights, and nothing of another framework."""

import sys

from trainyard.exceptions import MlflowException

_FLAVORS = {
    "sklearn": "sklearn",
    "xgboost": "xgboost",
    "lightgbm": "lightgbm",
    "torch": "pytorch",
    "lightning": "pytorch",
    "pytorch_lightning": "pytorch",
}


def check_keras(model):
    """Raise unless a model is a ``keras.Model`` that is built."""
    # Who has a Keras model has imported Keras; the wrong object gets its error also where there is no Keras.
    keras = sys.modules.get("keras")
    if keras is None or not isinstance(model, keras.Model):
        raise unexpected(model, "a built keras.Model")
    check_built(model)


def check_built(model):
    """Raise when a Keras model has no weights yet."""
    if not model.built:
        raise MlflowException.invalid_parameter_value(
            f"expected a Keras model that is built, got {type(model).__name__} ({model.name!r}), which has no weights "
            "yet: fit it, call it with a batch, or give it an input shape"
        )


def unexpected(model, expected):
    """Return the error about an object that is none of the flavor's models."""
    if isinstance(model, type):
        advice = "make an object of it"
        got = f"the class {model.__module__}.{model.__qualname__}"
    else:
        roots = [base.__module__.partition(".")[0] for base in type(model).__mro__]
        flavor = next((_FLAVORS[root] for root in roots if root in _FLAVORS), None)
        advice = f"log it with the flavor {flavor}" if flavor else "log other objects with pyfunc"
        got = f"{type(model).__module__}.{type(model).__qualname__}"
    return MlflowException.invalid_parameter_value(f"expected {expected}, got {got}: {advice}")
