"""Runs a training script with one of the packages named `mlflow`, and prints what was recorded as JSON.

python recorded.py mlflow|trainyard TRACKING_URI SCRIPT
"""

import importlib
import json
import sys
import time


def main():
    package, uri, script = sys.argv[1:]
    mlflow = importlib.import_module(package)
    importlib.import_module(f"{package}.sklearn")
    sys.modules.setdefault("mlflow", mlflow)
    mlflow.set_tracking_uri(uri)
    mlflow.set_experiment(f"autologging with {package}")
    with open(script) as file:
        # As the main script, so that names of variables are found as those of a user.
        exec(compile(file.read(), script, "exec"), {"__name__": "__main__", "mlflow": mlflow})
    client = mlflow.MlflowClient()
    experiment = client.get_experiment_by_name(f"autologging with {package}")
    runs = settled_runs(client, experiment.experiment_id)
    models = {model.model_id: model for model in client.search_logged_models([experiment.experiment_id])}
    print(json.dumps([describe(client, run, models) for run in runs]))


def settled_runs(client, experiment_id):
    """Return the runs of an experiment, each with params and data.

    Stock writes these in the background while it trains, and does not wait for it when the training fails.
    """
    deadline = time.monotonic() + 60
    while True:
        runs = client.search_runs([experiment_id], order_by=["start_time ASC"])
        if all(run.data.params and run.inputs.dataset_inputs for run in runs) or time.monotonic() > deadline:
            return runs
        time.sleep(0.1)


def describe(client, run, models):
    """Return what a run holds, without what differs from run to run."""
    logged = [model for model in models.values() if model.source_run_id == run.info.run_id]
    return {
        "status": run.info.status,
        "params": run.data.params,
        "metrics": {name: round(value, 9) for name, value in run.data.metrics.items() if "_time" not in name},
        "times": sorted(name for name in run.data.metrics if "_time" in name),
        "tags": {name: value for name, value in run.data.tags.items() if is_comparable(name)},
        "is_child": "mlflow.parentRunId" in run.data.tags,
        "artifacts": sorted(entry.path for entry in client.list_artifacts(run.info.run_id)),
        "datasets": sorted(
            (use.dataset.source_type, use.dataset.digest, use.tags[0].value) for use in run.inputs.dataset_inputs
        ),
        "models": sorted(
            (
                model.name,
                str(model.status),
                dict(sorted(model.params.items())),
                sorted(
                    (metric.key, round(metric.value, 9)) for metric in model.metrics or [] if "_time" not in metric.key
                ),
            )
            for model in logged
        ),
    }


def is_comparable(tag):
    """Tell whether a tag is the same for both packages."""
    return not tag.startswith(
        (
            "mlflow.source",
            "mlflow.runName",
            "mlflow.user",
            "mlflow.parentRunId",
            "mlflow.loggedArtifacts",
            "mlflow.log-model",
        )
    )


if __name__ == "__main__":
    main()
