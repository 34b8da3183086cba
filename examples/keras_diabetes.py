"""Train a Keras network on scikit-learn's diabetes data, register it, and load it back.

Run it with `python examples/keras_diabetes.py`: without a server everything is kept in ./yard.
"""

import sys

import keras
from sklearn.datasets import load_diabetes
from sklearn.model_selection import train_test_split

import trainyard as mlflow


def main() -> int:
    """Train, record, load back and compare; the exit code is 1 when the predictions differ."""
    keras.utils.set_random_seed(42)
    X, y = load_diabetes(return_X_y=True)
    X, y = X.astype("float32"), y.astype("float32")
    X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, random_state=42)
    params = {"epochs": 20, "batch_size": 32, "hidden": 32, "lr": 0.01}
    model = keras.Sequential([keras.Input((10,)), keras.layers.Dense(params["hidden"], "relu"), keras.layers.Dense(1)])
    model.compile(keras.optimizers.Adam(params["lr"]), "mse", metrics=["mae"])

    def log_epoch(epoch, logs):
        mlflow.log_metrics(logs, step=epoch)

    mlflow.set_experiment("diabetes")
    with mlflow.start_run() as run:
        mlflow.log_params(params)
        mlflow.log_input(mlflow.data.from_numpy(X_train, targets=y_train), context="training")
        model.fit(
            X_train,
            y_train,
            validation_data=(X_test, y_test),
            epochs=params["epochs"],
            batch_size=params["batch_size"],
            callbacks=[keras.callbacks.LambdaCallback(on_epoch_end=log_epoch)],
            verbose=0,
        )
        info = mlflow.keras.log_model(
            model,
            name="diabetes-net",
            signature=mlflow.models.infer_signature(X_test, model.predict(X_test, verbose=0)),
            registered_model_name="diabetes-net",
        )

    recorded = mlflow.get_run(run.info.run_id)
    uri = f"models:/diabetes-net/{info.registered_model_version}"
    predictions = mlflow.pyfunc.load_model(uri).predict(X_test)
    same = bool((predictions == model.predict(X_test, verbose=0)).all())
    epochs = mlflow.MlflowClient().get_metric_history(run.info.run_id, "loss")
    print(f"run        {recorded.info.run_id} ({recorded.info.run_name}, {recorded.info.status})")
    print(f"epochs     {len(epochs)}, loss {epochs[0].value:.1f} to {epochs[-1].value:.1f}")
    print(f"error      {recorded.data.metrics['val_mae']:.1f} (mean absolute, test data)")
    print(f"datasets   {', '.join(use.dataset.digest for use in recorded.inputs.dataset_inputs)}")
    print(f"model      {uri}")
    print(f"loaded     {len(X_test)} predictions, {'equal' if same else 'NOT EQUAL'} to the ones of the trained model")
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
