"""Record which data a model was trained on, and what it predicts: datasets, a table, a picture and a figure.

Run it with `python examples/datasets_wine.py`: without a server everything is kept in ./yard.
"""

import sys

import numpy
import polars
from sklearn.datasets import load_wine
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.metrics import confusion_matrix

import trainyard as mlflow


def main() -> int:
    """Train on Polars data, record data and predictions, read them back; the exit code is 1 when they differ."""
    wine = load_wine()
    names = [name.replace("/", "_per_") for name in wine.feature_names]
    rows = polars.DataFrame(wine.data, schema=names).with_columns(polars.Series("class", wine.target))
    rows = rows.sample(fraction=1.0, shuffle=True, seed=42)
    train, test = rows.head(130), rows.tail(48)

    mlflow.set_experiment("wine")
    with mlflow.start_run() as run:
        source = "https://archive.ics.uci.edu/dataset/109/wine"
        train_set = mlflow.data.from_polars(train, source=source, targets="class", name="wine-train")
        test_set = mlflow.data.from_polars(test, source=source, targets="class", name="wine-test")
        mlflow.log_inputs([train_set, test_set], ["training", "test"], [None, None])

        model = GradientBoostingClassifier(random_state=42)
        model.fit(train[names].to_numpy(), train["class"].to_numpy())
        predicted = model.predict(test[names].to_numpy())
        correct = predicted == test["class"].to_numpy()
        mlflow.log_metric("accuracy", float(correct.mean()), dataset=test_set)

        answers = test.select("alcohol", "class").with_columns(polars.Series("predicted", predicted))
        mlflow.log_table(answers, "predictions.json")
        matrix = confusion_matrix(test["class"].to_numpy(), predicted)
        mlflow.log_image(numpy.kron(matrix / matrix.max(), numpy.ones((40, 40))), key="confusion")

    recorded = mlflow.get_run(run.info.run_id)
    print(f"run        {recorded.info.run_id} ({recorded.info.run_name}, {recorded.info.status})")
    for use in recorded.inputs.dataset_inputs:
        came_from = mlflow.data.get_source(use).to_dict()["url"]
        print(f"data       {use.dataset.name} {use.dataset.digest} {use.dataset.profile} from {came_from}")
    print(f"accuracy   {recorded.data.metrics['accuracy']:.4f}")

    table = mlflow.load_table("predictions.json", run_ids=[run.info.run_id], extra_columns=["metrics.accuracy"])
    same = table["predicted"].tolist() == predicted.tolist()
    print(f"table      {len(table)} rows read back, {'equal' if same else 'NOT EQUAL'} to the ones that were recorded")
    pictures = [file.path for file in mlflow.MlflowClient().list_artifacts(run.info.run_id, "images")]
    print(f"pictures   {', '.join(pictures)}")
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
