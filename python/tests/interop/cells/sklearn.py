"""scikit-learn: a forest, and a pipeline with code of the user's own."""

from cells import Cell


def _iris():
    from sklearn.datasets import load_iris

    return load_iris(return_X_y=True)


def _features():
    return _iris()[0]


def _forest(mlflow):
    from sklearn.ensemble import RandomForestClassifier

    return RandomForestClassifier(n_estimators=10, random_state=7).fit(*_iris())


def _pipeline(mlflow):
    import numpy
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import FunctionTransformer, StandardScaler

    return make_pipeline(
        FunctionTransformer(lambda features: numpy.log1p(features)), StandardScaler(), LogisticRegression()
    ).fit(*_iris())


def _save(serialization_format, **own):
    def save(mlflow, model, path, **arguments):
        mlflow.sklearn.save_model(model, path, serialization_format=serialization_format, **own, **arguments)

    return save


def _predict(model, data):
    return model.predict(data)


def _native(mlflow, path, data):
    return mlflow.sklearn.load_model(path).predict(data)


_SHARED = {"data": _features, "predict": _predict, "native": _native}

CELLS = [
    Cell("forest, skops", _forest, _save("skops", skops_trusted_types=["sklearn.tree._tree.Tree"]), **_SHARED),
    Cell("forest, pickle", _forest, _save("pickle"), **_SHARED),
    Cell("pipeline with a lambda, cloudpickle", _pipeline, _save("cloudpickle"), **_SHARED),
]
