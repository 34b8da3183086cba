"""XGBoost: a booster and the scikit-learn API, in both of its formats."""

from cells import Cell


def _cancer():
    from sklearn.datasets import load_breast_cancer

    return load_breast_cancer(return_X_y=True)


def _diabetes():
    from sklearn.datasets import load_diabetes

    return load_diabetes(return_X_y=True, as_frame=True)


def _booster(mlflow):
    import xgboost

    features, target = _cancer()
    return xgboost.train({"objective": "binary:logistic", "max_depth": 4}, xgboost.DMatrix(features, target), 20)


def _classifier(mlflow):
    import xgboost

    return xgboost.XGBClassifier(n_estimators=20, max_depth=4).fit(*_cancer())


def _regressor(mlflow):
    import xgboost

    return xgboost.XGBRegressor(n_estimators=20, max_depth=3).fit(*_diabetes())


def _save(model_format):
    def save(mlflow, model, path, **arguments):
        mlflow.xgboost.save_model(model, path, model_format=model_format, **arguments)

    return save


def _predict_booster(model, data):
    import xgboost

    return model.predict(xgboost.DMatrix(data))


def _predict(model, data):
    return model.predict(data)


def _native(predict):
    return lambda mlflow, path, data: predict(mlflow.xgboost.load_model(path), data)


_BOOSTER = {"data": lambda: _cancer()[0], "predict": _predict_booster, "native": _native(_predict_booster)}
_ESTIMATOR = {"predict": _predict, "native": _native(_predict)}

CELLS = [
    Cell("Booster, ubj", _booster, _save("ubj"), **_BOOSTER),
    Cell("Booster, json", _booster, _save("json"), **_BOOSTER),
    Cell("XGBClassifier, ubj", _classifier, _save("ubj"), data=lambda: _cancer()[0], **_ESTIMATOR),
    Cell("XGBRegressor on a data frame, json", _regressor, _save("json"), data=lambda: _diabetes()[0], **_ESTIMATOR),
]
