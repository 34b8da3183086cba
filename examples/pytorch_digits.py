"""Train a small network on scikit-learn's digits with a plain PyTorch loop, record each step, and load it back.

Run it with `python examples/pytorch_digits.py`: without a server everything is kept in ./yard.
"""

import sys

import numpy
import torch
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from torch.utils.data import DataLoader, TensorDataset

import trainyard as mlflow


def main() -> int:
    """Train, record, load back and compare; the exit code is 1 when the predictions differ."""
    torch.manual_seed(42)
    X, y = load_digits(return_X_y=True)
    X = (X / 16).astype("float32")
    X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, random_state=42)
    batches = DataLoader(
        TensorDataset(torch.from_numpy(X_train), torch.from_numpy(y_train)), batch_size=64, shuffle=True
    )
    params = {"epochs": 10, "hidden": 64, "lr": 0.01}
    model = torch.nn.Sequential(torch.nn.Linear(64, params["hidden"]), torch.nn.ReLU(), torch.nn.Linear(64, 10))
    optimizer = torch.optim.Adam(model.parameters(), lr=params["lr"])

    mlflow.set_experiment("digits")
    with mlflow.start_run() as run:
        mlflow.log_params(params)
        step = 0
        for epoch in range(params["epochs"]):
            for features, target in batches:
                optimizer.zero_grad()
                loss = torch.nn.functional.cross_entropy(model(features), target)
                loss.backward()
                optimizer.step()
                mlflow.log_metric("loss", loss.item(), step=step)
                step += 1
            with torch.no_grad():
                guesses = model(torch.from_numpy(X_test)).argmax(1).numpy()
            mlflow.log_metric("accuracy", (guesses == y_test).mean(), step=epoch)
        info = mlflow.pytorch.log_model(
            model, name="digits-net", input_example=X_train[:5], registered_model_name="digits-net"
        )

    uri = f"models:/digits-net/{info.registered_model_version}"
    predictions = mlflow.pyfunc.load_model(uri).predict(X_test)
    with torch.no_grad():
        same = bool(numpy.allclose(predictions, model(torch.from_numpy(X_test)).numpy(), atol=1e-5))
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
