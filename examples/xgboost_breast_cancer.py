"""Boost trees on the breast cancer data with XGBoost's own API, record each round, and load the model back.

Run it with `python examples/xgboost_breast_cancer.py`: without a server everything is kept in ./yard.
"""

import sys

import xgboost
from sklearn.datasets import load_breast_cancer
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split

import trainyard as mlflow


def main() -> int:
    """Train, record, load back and compare; the exit code is 1 when the predictions differ."""
    X, y = load_breast_cancer(return_X_y=True, as_frame=True)
    X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, random_state=42)
    train, test = xgboost.DMatrix(X_train, y_train), xgboost.DMatrix(X_test, y_test)
    params = {"objective": "binary:logistic", "eval_metric": "logloss", "max_depth": 4, "eta": 0.3, "seed": 42}

    mlflow.set_experiment("breast-cancer")
    with mlflow.start_run() as run:
        mlflow.log_params(params)
        history = {}
        model = xgboost.train(params, train, 40, evals=[(test, "test")], evals_result=history, verbose_eval=False)
        for step, loss in enumerate(history["test"]["logloss"]):
            mlflow.log_metric("test-logloss", loss, step=step)
        probabilities = model.predict(test)
        mlflow.log_metric("accuracy", accuracy_score(y_test, probabilities > 0.5))
        info = mlflow.xgboost.log_model(
            model, name="cancer-booster", input_example=X_train[:5], registered_model_name="cancer-booster"
        )

    uri = f"models:/cancer-booster/{info.registered_model_version}"
    same = bool((mlflow.pyfunc.load_model(uri).predict(X_test) == probabilities).all())
    rounds = mlflow.MlflowClient().get_metric_history(run.info.run_id, "test-logloss")
    recorded = mlflow.get_run(run.info.run_id)
    print(f"run        {recorded.info.run_id} ({recorded.info.run_name}, {recorded.info.status})")
    print(f"rounds     {len(rounds)}, loss on the test data {rounds[0].value:.4f} to {rounds[-1].value:.4f}")
    print(f"accuracy   {recorded.data.metrics['accuracy']:.4f}")
    print(f"model      {uri} ({info.model_uri})")
    print(f"loaded     {len(X_test)} predictions, {'equal' if same else 'NOT EQUAL'} to the ones of the trained model")
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
