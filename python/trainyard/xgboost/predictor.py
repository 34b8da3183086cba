"""An XGBoost model as ``pyfunc`` calls it."""

import inspect


class Predictor:
    """A booster, for which data becomes a ``DMatrix``, or a model of the scikit-learn API, which takes it as it is."""

    def __init__(self, model):
        self.xgb_model = model

    def get_raw_model(self):
        """Return XGBoost's own object."""
        return self.xgb_model

    def predict(self, dataframe, params=None):
        """Predict.

        Parameters
        ----------
        dataframe
            Data frame, array or sparse matrix.
        params
            Keyword arguments of the model's own ``predict``; others are left out with a warning.
        """
        import xgboost

        predict = self.xgb_model.predict
        known = _known(predict, params or {})
        if isinstance(self.xgb_model, xgboost.Booster):
            return predict(xgboost.DMatrix(dataframe), **known)
        return predict(dataframe, **known)


def _known(predict, params):
    names = inspect.signature(predict).parameters
    unknown = sorted(set(params) - set(names))
    if unknown:
        import warnings

        warnings.warn(f"the XGBoost model's predict takes no params {unknown}, they are left out", stacklevel=3)
    return {name: value for name, value in params.items() if name in names}
