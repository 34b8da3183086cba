"""What a call of ``fit`` trains on: features, target and sample weights, whatever the arguments are called."""

import copy
import inspect

# Params by which estimators are allowed to overwrite the data they are given, when they are false.
_COPY_PARAMS = ("copy", "copy_X", "copy_x", "copy_X_train")


class TrainingData:
    """The data of one call of ``fit``.

    Attributes
    ----------
    features
        The first argument.
    target
        The second one, or ``None``.
    weights
        ``sample_weight`` where the method has it and it was given, else ``None``.
    """

    def __init__(self, estimator, args, kwargs):
        names = list(inspect.signature(estimator.fit).parameters)
        given = {**dict(zip(names, args, strict=False)), **kwargs}
        self.features = given.get(names[0]) if names else None
        self.target = given.get(names[1]) if len(names) > 1 else None
        self.weights = given.get("sample_weight") if "sample_weight" in names else None
        if _may_overwrite(estimator):
            self.features = copy.deepcopy(self.features)


def _may_overwrite(estimator):
    try:
        params = estimator.get_params(deep=True)
    except Exception:
        return True
    parts = [estimator, *(value for value in params.values() if hasattr(value, "fit"))]
    if any(_runs_foreign_code(part) for part in parts):
        return True
    return any(value is False and name.rpartition("__")[2] in _COPY_PARAMS for name, value in params.items())


def _runs_foreign_code(estimator):
    """Tell whether an estimator runs code that is not scikit-learn's, of which nothing is known."""
    kind = type(estimator)
    return not kind.__module__.startswith("sklearn.") or kind.__name__ == "FunctionTransformer"
