"""TensorFlow: a Keras network, and a ``tf.Module`` as a SavedModel."""

from cells import Cell


def _features():
    from sklearn.datasets import load_iris

    return load_iris(return_X_y=True)[0].astype("float32")


def _net(mlflow):
    import keras

    keras.utils.set_random_seed(7)
    return keras.Sequential([keras.Input((4,)), keras.layers.Dense(8, "relu"), keras.layers.Dense(3, "softmax")])


def _module(mlflow):
    import tensorflow as tf

    class Linear(tf.Module):
        def __init__(self):
            super().__init__()
            self.weights = tf.Variable(tf.reshape(tf.range(12.0), [4, 3]))

        @tf.function(input_signature=[tf.TensorSpec([None, 4], tf.float32)])
        def __call__(self, x):
            return tf.matmul(x, self.weights)

    return Linear()


def _save(mlflow, model, path, **arguments):
    mlflow.tensorflow.save_model(model, path, **arguments)


def _predict_keras(model, data):
    return model.predict(data, verbose=0)


def _predict_module(model, data):
    return model(data).numpy()


def _native(predict):
    return lambda mlflow, path, data: predict(mlflow.tensorflow.load_model(path), data)


CELLS = [
    Cell("Keras network", _net, _save, _features, _predict_keras, _native(_predict_keras)),
    Cell("tf.Module", _module, _save, _features, _predict_module, _native(_predict_module)),
]
