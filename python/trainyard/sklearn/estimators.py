"""What of scikit-learn autologging watches: classes that learn, and the functions that score."""

import inspect
import sys

# Classes that prepare data are recorded as parts of a pipeline only.
_PREPARING = (
    "sklearn.preprocessing",
    "sklearn.impute",
    "sklearn.feature_extraction",
    "sklearn.feature_selection",
    "sklearn.compose._column_transformer.ColumnTransformer",
)
_NOT_METRICS = {"check_scoring", "get_scorer", "make_scorer", "get_scorer_names"}

FIT_METHODS = ("fit", "fit_transform", "fit_predict")
PREDICT_METHODS = ("predict", "predict_proba", "transform", "predict_log_proba")

# Functions that train copies of a model to judge it; these are not recorded.
VALIDATION_FUNCTIONS = (
    "cross_validate",
    "cross_val_predict",
    "cross_val_score",
    "learning_curve",
    "permutation_test_score",
    "validation_curve",
)


def watched_classes(module):
    """Return the estimators that a module of scikit-learn defines, without those that only prepare data.

    Over all modules these are the ones of ``sklearn.utils.all_estimators()``, which would import every module.
    """
    base = getattr(sys.modules.get("sklearn.base"), "BaseEstimator", None)
    if base is None:
        return []
    return [
        kind
        for name, kind in list(vars(module).items())
        if inspect.isclass(kind)
        and issubclass(kind, base)
        and kind.__module__ == module.__name__
        # Those that others are made of are not for use.
        and not name.startswith(("_", "Base"))
        and not inspect.isabstract(kind)
        and not f"{kind.__module__}.{kind.__name__}".startswith(_PREPARING)
    ]


def metric_functions():
    """Return the names of the functions of ``sklearn.metrics`` that compute metrics."""
    from sklearn import metrics

    return [
        name
        for name in metrics.__all__
        if name not in _NOT_METRICS
        and not name.startswith("plot_")
        and callable(getattr(metrics, name))
        and not inspect.isclass(getattr(metrics, name))
    ]


def owner_of(kind, name):
    """Return the object and attribute to patch for a method of a class, or ``None`` when it has no such method.

    Methods that are there only under a condition are kept in a descriptor, as its ``fn``.
    """
    function = inspect.getattr_static(kind, name, None)
    if function is None:
        return None
    if hasattr(function, "fn") and hasattr(function, "check"):
        return function, "fn"
    return (kind, name) if inspect.isfunction(function) else None
