"""Train with scikit-learn, convert to ONNX, and score the logged model with ONNX Runtime.

Run it with `python examples/onnx_iris.py`: without a server everything is kept in ./yard.
"""

import sys

from skl2onnx import to_onnx
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split

import trainyard as mlflow


def main() -> int:
    """Train, convert, record, load back and compare; the exit code is 1 when the predicted classes differ."""
    X, y = load_iris(return_X_y=True)
    X_train, X_test, y_train, y_test = train_test_split(X.astype("float32"), y, test_size=0.2, random_state=42)
    params = {"C": 0.5, "max_iter": 500}

    mlflow.set_experiment("iris")
    with mlflow.start_run() as run:
        mlflow.log_params(params)
        model = LogisticRegression(**params).fit(X_train, y_train)
        mlflow.log_metric("accuracy", model.score(X_test, y_test))
        converted = to_onnx(model, X_train[:1], options={"zipmap": False})
        info = mlflow.onnx.log_model(
            converted, name="iris-onnx", input_example=X_train[:5], registered_model_name="iris-onnx"
        )

    uri = f"models:/iris-onnx/{info.registered_model_version}"
    answer = mlflow.pyfunc.load_model(uri).predict(X_test)
    same = bool((answer["label"] == model.predict(X_test)).all())
    difference = abs(answer["probabilities"] - model.predict_proba(X_test)).max()
    recorded = mlflow.get_run(run.info.run_id)
    print(f"run        {recorded.info.run_id} ({recorded.info.run_name}, {recorded.info.status})")
    print(f"accuracy   {recorded.data.metrics['accuracy']:.4f}")
    print(f"model      {uri} ({info.model_uri})")
    print(f"loaded     {len(X_test)} classes, {'equal' if same else 'NOT EQUAL'} to the ones of scikit-learn")
    print(f"           probabilities differ by {difference:.1e} at most, since ONNX computes them in single precision")
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
