"""Classify wines with LightGBM's scikit-learn API, record the run, and load the model back as what it was.

Run it with `python examples/lightgbm_wine.py`: without a server everything is kept in ./yard.
"""

import sys

from lightgbm import LGBMClassifier
from sklearn.datasets import load_wine
from sklearn.model_selection import train_test_split

import trainyard as mlflow
from trainyard.models import infer_signature


def main() -> int:
    """Train, record, load back and compare; the exit code is 1 when the predictions differ."""
    X, y = load_wine(return_X_y=True, as_frame=True)
    X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, random_state=42)
    params = {"n_estimators": 60, "num_leaves": 7, "learning_rate": 0.1, "random_state": 42}

    mlflow.set_experiment("wine")
    with mlflow.start_run() as run:
        mlflow.log_params(params)
        model = LGBMClassifier(verbose=-1, **params)
        model.fit(X_train, y_train)
        mlflow.log_metric("accuracy", model.score(X_test, y_test))
        info = mlflow.lightgbm.log_model(
            model,
            name="wine-classifier",
            signature=infer_signature(X_train, model.predict(X_train)),
            input_example=X_train[:5],
            registered_model_name="wine-classifier",
        )

    uri = f"models:/wine-classifier/{info.registered_model_version}"
    loaded = mlflow.lightgbm.load_model(uri)
    same = bool((loaded.predict_proba(X_test) == model.predict_proba(X_test)).all())
    recorded = mlflow.get_run(run.info.run_id)
    print(f"run        {recorded.info.run_id} ({recorded.info.run_name}, {recorded.info.status})")
    print(f"params     {', '.join(f'{key}={value}' for key, value in sorted(recorded.data.params.items()))}")
    print(f"accuracy   {recorded.data.metrics['accuracy']:.4f}")
    print(
        f"model      {uri} ({info.model_uri}), a {type(loaded).__name__} saved with "
        f"{info.flavors['lightgbm']['serialization_format']}"
    )
    print(f"loaded     {len(X_test)} probabilities, {'equal' if same else 'NOT EQUAL'} to the ones of the fitted model")
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
