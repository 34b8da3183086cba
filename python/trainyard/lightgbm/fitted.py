"""What the LightGBM flavor takes: trained boosters and fitted models of the scikit-learn API."""

from trainyard.exceptions import MlflowException
from trainyard.models.frameworks import advice_for, class_name


def check(model):
    """Raise unless a model is a trained booster or a fitted model of the scikit-learn API."""
    lightgbm = framework()
    if isinstance(model, type):
        raise MlflowException.invalid_parameter_value(
            f"expected a trained LightGBM model, got the class {class_name(model)}: make an object of it and fit it"
        )
    if isinstance(model, lightgbm.Booster):
        if model.num_trees() == 0:
            raise MlflowException.invalid_parameter_value(
                "expected a trained LightGBM model, got a Booster without any tree: train it first"
            )
    elif is_estimator(model):
        if not model.__sklearn_is_fitted__():
            raise MlflowException.invalid_parameter_value(
                f"expected a trained LightGBM model, got {type(model).__name__} that is not fitted: call fit first"
            )
    else:
        raise MlflowException.invalid_parameter_value(
            "expected a lightgbm.Booster or a model of LightGBM's scikit-learn API, "
            f"got {class_name(type(model))}: {advice_for(model)}"
        )


def is_estimator(model):
    """Tell whether a model is one of LightGBM's scikit-learn API."""
    return isinstance(model, framework().LGBMModel)


def framework():
    """Return the module ``lightgbm``, or say how to get it."""
    try:
        import lightgbm
    except ImportError:
        raise MlflowException(
            "the LightGBM flavor needs LightGBM: pip install lightgbm", "INVALID_PARAMETER_VALUE"
        ) from None
    return lightgbm
