"""What the scikit-learn flavor takes: fitted estimators, and nothing of another framework."""

from trainyard.exceptions import MlflowException

# Frameworks whose own objects are no estimators, with the flavor to use.
_FLAVORS = {
    "xgboost": "xgboost",
    "lightgbm": "lightgbm",
    "catboost": "catboost",
    "torch": "pytorch",
    "lightning": "pytorch",
    "pytorch_lightning": "pytorch",
    "tensorflow": "tensorflow",
    "keras": "keras",
    "onnx": "onnx",
    "statsmodels": "statsmodels",
    "transformers": "transformers",
}


def check(model):
    """Raise unless a model is a fitted estimator, transformer or pipeline."""
    if isinstance(model, type):
        raise MlflowException.invalid_parameter_value(
            f"expected a fitted scikit-learn model, got the class {_name(model)}: make an object of it and fit it"
        )
    try:
        from sklearn.base import BaseEstimator
    except ImportError:
        raise MlflowException(
            "the scikit-learn flavor needs scikit-learn: pip install 'trainyard[sklearn]'", "INVALID_PARAMETER_VALUE"
        ) from None
    if not isinstance(model, BaseEstimator) and not _looks_like_one(model):
        flavor = next((_FLAVORS[root] for root in _roots(type(model)) if root in _FLAVORS), None)
        advice = f"log it with the flavor {flavor}" if flavor else "log other objects with pyfunc"
        raise MlflowException.invalid_parameter_value(
            f"expected a fitted scikit-learn model, got {_name(type(model))}: {advice}"
        )
    if not _is_fitted(model):
        raise MlflowException.invalid_parameter_value(
            f"expected a fitted scikit-learn model, got {type(model).__name__} that is not fitted: call fit first"
        )


def _looks_like_one(model):
    foreign = any(root in _FLAVORS for root in _roots(type(model)))
    return not foreign and hasattr(model, "fit") and (hasattr(model, "predict") or hasattr(model, "transform"))


def _is_fitted(model):
    from sklearn.exceptions import NotFittedError
    from sklearn.utils.validation import check_is_fitted

    try:
        check_is_fitted(model)
    except NotFittedError:
        # scikit-learn looks for attributes that end in an underscore, which an estimator of one's own need not have:
        # there, any attribute that is not a constructor argument tells that fit has been called.
        own = type(model).__module__.partition(".")[0] != "sklearn" and hasattr(model, "get_params")
        return own and not set(vars(model)) <= set(model.get_params(deep=False))
    except (TypeError, AttributeError):
        return True
    return True


def _roots(cls):
    return [base.__module__.partition(".")[0] for base in cls.__mro__]


def _name(cls):
    return f"{cls.__module__}.{cls.__qualname__}"
