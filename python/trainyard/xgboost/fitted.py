"""What the XGBoost flavor takes: trained boosters and fitted models of the scikit-learn API."""

from trainyard.exceptions import MlflowException
from trainyard.models.frameworks import advice_for, class_name
from trainyard.models.loading import refuse_code_to_load

_FORMATS = ("ubj", "json", "xgb")


def check(model):
    """Raise unless a model is a trained booster or a fitted model of the scikit-learn API."""
    xgboost = _framework()
    if isinstance(model, type):
        raise MlflowException.invalid_parameter_value(
            f"expected a trained XGBoost model, got the class {class_name(model)}: make an object of it and fit it"
        )
    if isinstance(model, xgboost.Booster):
        if not _has_rounds(model):
            raise MlflowException.invalid_parameter_value(
                "expected a trained XGBoost model, got a Booster without any round: train it first"
            )
    elif is_estimator(model):
        if not model.__sklearn_is_fitted__():
            raise MlflowException.invalid_parameter_value(
                f"expected a trained XGBoost model, got {type(model).__name__} that is not fitted: call fit first"
            )
    else:
        raise MlflowException.invalid_parameter_value(
            "expected an xgboost.Booster or a model of XGBoost's scikit-learn API, "
            f"got {class_name(type(model))}: {advice_for(model)}"
        )


def check_format(model_format):
    """Refuse a file format that XGBoost does not write."""
    if model_format not in _FORMATS:
        raise MlflowException.invalid_parameter_value(
            f"model_format: expected one of {list(_FORMATS)}, got {model_format!r}"
        )


def is_estimator(model):
    """Tell whether a model is one of XGBoost's scikit-learn API."""
    return isinstance(model, _framework().XGBModel)


def class_named(name):
    """Return the class of a saved model; a class that is not XGBoost's own is code that comes with the model."""
    import importlib

    xgboost = _framework()
    module, _, attribute = name.rpartition(".")
    if module.partition(".")[0] != "xgboost":
        refuse_code_to_load(
            f"the model's class {name}, which is not XGBoost's own,",
            "log the model as a class of XGBoost's own, such as its Booster: model.get_booster()",
        )
    try:
        cls = getattr(importlib.import_module(module), attribute)
    except (ImportError, AttributeError, ValueError) as error:
        raise MlflowException(f"the model's class {name} cannot be imported: {error}") from error
    if not (isinstance(cls, type) and issubclass(cls, (xgboost.Booster, xgboost.XGBModel))):
        raise MlflowException.invalid_parameter_value(f"the model's class {name} is no XGBoost model")
    return cls


def _framework():
    try:
        import xgboost
    except ImportError:
        raise MlflowException(
            "the XGBoost flavor needs XGBoost: pip install xgboost", "INVALID_PARAMETER_VALUE"
        ) from None
    return xgboost


def _has_rounds(booster):
    try:
        if booster.num_boosted_rounds() > 0:
            return True
        # A linear booster forgets its number of rounds in the files of some versions.
        return '"gblinear"' in booster.save_config()
    except _framework().core.XGBoostError:  # a booster that has never seen data knows nothing about itself
        return False
