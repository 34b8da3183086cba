"""Train a random forest on iris, record it, register it, and load it back from the registry.

Run it with `python examples/sklearn_iris.py`: without a server everything is kept in ./yard.
"""

import sys

from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split

import trainyard as mlflow
from trainyard.models import infer_signature


def main() -> int:
    """Train, record, load back and compare; the exit code is 1 when the predictions differ."""
    X, y = load_iris(return_X_y=True)
    X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, random_state=42)
    params = {"n_estimators": 100, "max_depth": 5, "random_state": 42}

    mlflow.set_experiment("iris")
    with mlflow.start_run() as run:
        mlflow.log_params(params)
        model = RandomForestClassifier(**params)
        model.fit(X_train, y_train)
        accuracy = model.score(X_test, y_test)
        mlflow.log_metric("accuracy", accuracy)
        info = mlflow.sklearn.log_model(
            model,
            name="iris-classifier",
            signature=infer_signature(X_train, model.predict(X_train)),
            input_example=X_train[:5],
            registered_model_name="iris-classifier",
        )

    version = info.registered_model_version
    uri = f"models:/iris-classifier/{version}"
    predictions = mlflow.pyfunc.load_model(uri).predict(X_test)
    same = bool((predictions == model.predict(X_test)).all())

    recorded = mlflow.get_run(run.info.run_id)
    print(f"run        {recorded.info.run_id} ({recorded.info.run_name}, {recorded.info.status})")
    print(f"params     {', '.join(f'{key}={value}' for key, value in sorted(recorded.data.params.items()))}")
    print(f"accuracy   {recorded.data.metrics['accuracy']:.4f}")
    print(f"model      {uri} ({info.model_uri})")
    print(
        f"loaded     {len(predictions)} predictions, {'equal' if same else 'NOT EQUAL'} to the ones of the fitted model"
    )
    print()
    print("Look at it:")
    print(f"  trainyard runs show {recorded.info.run_id}")
    print("  trainyard models show iris-classifier")
    print("  trainyard server     serves the same folder to every MLflow client")
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
