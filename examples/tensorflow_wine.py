"""Fit a linear classifier on scikit-learn's wine data with a plain TensorFlow loop, record it, and load it back.

Run it with `python examples/tensorflow_wine.py`: without a server everything is kept in ./yard.
"""

import sys

import numpy
import tensorflow as tf
from sklearn.datasets import load_wine
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

import trainyard as mlflow


class Linear(tf.Module):
    """A linear classifier."""

    def __init__(self, inputs: int, classes: int):
        super().__init__()
        self.weights = tf.Variable(tf.zeros([inputs, classes]))
        self.bias = tf.Variable(tf.zeros([classes]))

    @tf.function
    def __call__(self, x):
        return tf.matmul(x, self.weights) + self.bias


def main() -> int:
    """Train, record, load back and compare; the exit code is 1 when the predictions differ."""
    X, y = load_wine(return_X_y=True)
    X = StandardScaler().fit_transform(X).astype("float32")
    X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, random_state=42)
    params = {"steps": 200, "learning_rate": 0.5}
    model = Linear(X.shape[1], 3)

    mlflow.set_experiment("wine")
    with mlflow.start_run() as run:
        mlflow.log_params(params)
        for step in range(params["steps"]):
            with tf.GradientTape() as tape:
                loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(y_train, model(X_train)))
            for variable, gradient in zip(
                model.trainable_variables, tape.gradient(loss, model.trainable_variables), strict=True
            ):
                variable.assign_sub(params["learning_rate"] * gradient)
            mlflow.log_metric("loss", float(loss), step=step)
        scores = model(X_test).numpy()
        mlflow.log_metric("accuracy", (scores.argmax(1) == y_test).mean())
        info = mlflow.tensorflow.log_model(
            model, name="wine-linear", input_example=X_train[:5], registered_model_name="wine-linear"
        )

    uri = f"models:/wine-linear/{info.registered_model_version}"
    same = bool(numpy.allclose(mlflow.pyfunc.load_model(uri).predict(X_test), scores, atol=1e-5))
    recorded = mlflow.get_run(run.info.run_id)
    steps = mlflow.MlflowClient().get_metric_history(run.info.run_id, "loss")
    print(f"run        {recorded.info.run_id} ({recorded.info.run_name}, {recorded.info.status})")
    print(f"steps      {len(steps)}, loss {steps[0].value:.4f} to {steps[-1].value:.4f}")
    print(f"accuracy   {recorded.data.metrics['accuracy']:.4f}")
    print(f"model      {uri} ({info.model_uri})")
    print(f"loaded     {len(X_test)} predictions, {'equal' if same else 'NOT EQUAL'} to the ones of the trained model")
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
