"""Which framework an object belongs to, for messages that say what came in place of what was expected."""

# Roots of the modules that define the classes of models, with the flavor that takes them. An object may have bases of
# several: the estimators of XGBoost and LightGBM are scikit-learn's too, so that the order counts.
_FLAVORS = {
    "xgboost": "xgboost",
    "lightgbm": "lightgbm",
    "catboost": "catboost",
    "lightning": "pytorch",
    "pytorch_lightning": "pytorch",
    "torch": "pytorch",
    "keras": "keras",
    "tensorflow": "tensorflow",
    "onnx": "onnx",
    "statsmodels": "statsmodels",
    "transformers": "transformers",
    "sklearn": "sklearn",
}


def flavor_for(model):
    """Return the name of the flavor that a model of some framework belongs to, or ``None``."""
    roots = {base.__module__.partition(".")[0] for base in type(model).__mro__}
    return next((flavor for root, flavor in _FLAVORS.items() if root in roots), None)


def advice_for(model):
    """Return what to do with an object that a flavor does not take."""
    flavor = flavor_for(model)
    return f"log it with the flavor {flavor}" if flavor else "log other objects with pyfunc"


def class_name(cls):
    """Return the full name of a class, as model directories and messages have it."""
    return f"{cls.__module__}.{cls.__qualname__}"
