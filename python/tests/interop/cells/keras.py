"""Keras 3: a network in Keras's format, and exported for serving."""

from cells import Cell


def _features():
    from sklearn.datasets import load_iris

    return load_iris(return_X_y=True)[0].astype("float32")


def _net(mlflow):
    import keras

    keras.utils.set_random_seed(7)
    return keras.Sequential([keras.Input((4,)), keras.layers.Dense(8, "relu"), keras.layers.Dense(3, "softmax")])


def _save(mlflow, model, path, **arguments):
    mlflow.keras.save_model(model, path, **arguments)


def _save_exported(mlflow, model, path, **arguments):
    # An exported model takes what its signature says.
    signature = mlflow.models.infer_signature(_features(), _predict(model, _features()))
    mlflow.keras.save_model(model, path, save_exported_model=True, signature=signature, **arguments)


def _predict(model, data):
    return model.predict(data, verbose=0)


def _native(mlflow, path, data):
    return _predict(mlflow.keras.load_model(path), data)


def _native_exported(mlflow, path, data):
    # The function holds the model's variables only as long as somebody holds the model.
    model = mlflow.keras.load_model(path)
    return model.serve(data).numpy()


_SHARED = {"data": _features, "predict": _predict}

CELLS = [
    Cell("network, .keras", _net, _save, native=_native, **_SHARED),
    Cell("network, exported", _net, _save_exported, native=_native_exported, **_SHARED),
]
