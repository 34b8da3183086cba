"""LightGBM: a booster as text, the scikit-learn API with skops and with cloudpickle."""

from cells import Cell


def _wine():
    from sklearn.datasets import load_wine

    return load_wine(return_X_y=True, as_frame=True)


def _features():
    return _wine()[0]


def _booster(mlflow):
    import lightgbm

    features, target = _wine()
    params = {"objective": "multiclass", "num_class": 3, "verbose": -1, "num_threads": 1}
    return lightgbm.train(params, lightgbm.Dataset(features, target), num_boost_round=10)


def _classifier(mlflow):
    import lightgbm

    return lightgbm.LGBMClassifier(n_estimators=10, verbose=-1, n_jobs=1).fit(*_wine())


def _save(**own):
    def save(mlflow, model, path, **arguments):
        mlflow.lightgbm.save_model(model, path, **own, **arguments)

    return save


def _predict(model, data):
    return model.predict(data)


def _native(mlflow, path, data):
    return mlflow.lightgbm.load_model(path).predict(data)


_SHARED = {"data": _features, "predict": _predict, "native": _native}

CELLS = [
    Cell("Booster, text", _booster, _save(), **_SHARED),
    Cell("LGBMClassifier, skops", _classifier, _save(serialization_format="skops"), **_SHARED),
    Cell("LGBMClassifier, cloudpickle", _classifier, _save(serialization_format="cloudpickle"), **_SHARED),
]
