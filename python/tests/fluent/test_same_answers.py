"""Stock MLflow and Trainyard ask the same store the same questions and get the same answers, attribute by attribute."""

import json
import os
import subprocess
import sys

import pytest

import trainyard
from trainyard import MlflowClient
from trainyard.entities import LoggedModelInput, LoggedModelOutput, Metric

QUESTIONS = """
import json, sys, warnings
warnings.simplefilter("ignore")
package, uri, experiment_id, run_id, model_id, name = sys.argv[1:]
if package == "trainyard":
    import trainyard as mlflow
    from trainyard.entities import ViewType
else:
    import mlflow
    from mlflow.entities import ViewType

mlflow.set_tracking_uri(uri)
client = mlflow.MlflowClient()


# Stock's REST client leaves these of model versions empty; ours passes on what the server says.
UNKNOWN_TO_STOCK = ("model_id", "params", "metrics")


def plain(value):
    if type(value).__name__ == "ModelVersion":
        return {key: plain(item) for key, item in value if key not in UNKNOWN_TO_STOCK}
    if type(value).__name__ == "RepeatedScalarContainer":
        return list(value)
    if isinstance(value, (str, int, float, bool)) or value is None:
        return str(value) if isinstance(value, float) else value
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if hasattr(value, "__iter__"):
        return {"class": type(value).__name__, **{key: plain(item) for key, item in value}}
    return str(value)


def error(call):
    try:
        call()
    except mlflow.MlflowException as problem:
        return [problem.error_code, problem.get_http_status_code(), str(problem)]
    return None


def frame(found):
    found = found.reindex(sorted(found.columns), axis=1)
    kinds = {name: str(kind) for name, kind in found.dtypes.items()}
    return {"kinds": kinds, "rows": json.loads(found.to_json(orient="records", date_format="iso"))}


run = client.get_run(run_id)
print(json.dumps({
    "experiment": plain(client.get_experiment(experiment_id)),
    "run": plain(run),
    "run as dict": plain({**run.to_dictionary(), "inputs": run.inputs.to_dictionary()["dataset_inputs"]}),
    "representation": repr(run.info),
    "status": plain(run.info.status),
    "history": plain(client.get_metric_history(run_id, "loss")),
    "latest": sorted((point.key, point.step, str(point.value)) for point in run.data._metric_objs),
    "parent": plain(client.get_parent_run(run_id)),
    "artifacts": plain(client.list_artifacts(run_id)),
    "model": plain(client.get_logged_model(model_id)),
    "model uri": client.get_logged_model(model_id).model_uri,
    "models": frame(mlflow.search_logged_models([experiment_id])),
    "registered": plain(client.get_registered_model(name)),
    "version": plain(client.get_model_version(name, "1")),
    "alias": plain(client.get_model_version_by_alias(name, "best")),
    "latest versions": plain(client.get_latest_versions(name)),
    "place": client.get_model_version_download_uri(name, "1"),
    "searched versions": plain(mlflow.search_model_versions(filter_string=f"name = '{name}'")),
    "searched models": plain(mlflow.search_registered_models(filter_string=f"name = '{name}'")),
    "runs": frame(mlflow.search_runs([experiment_id], order_by=["attributes.start_time"])),
    "run list": plain(mlflow.search_runs([experiment_id], output_format="list")),
    "experiments": plain(mlflow.search_experiments(filter_string=f"attribute.name = '{name}'")),
    "deleted": plain(mlflow.search_experiments(ViewType.DELETED_ONLY, filter_string=f"attribute.name = '{name}'")),
    "page": [len(page := client.search_runs([experiment_id], max_results=1)), bool(page.token)],
    "no run": error(lambda: client.get_run("0" * 32)),
    "no experiment": error(lambda: client.get_experiment("987654")),
    "no version": error(lambda: client.get_model_version(name, "77")),
    "bad filter": error(lambda: client.search_runs([experiment_id], "metrics.loss >")),
    "same name": error(lambda: client.create_experiment(name))[:2],
    "deleted key": error(lambda: client.delete_tag(run_id, "no-such-tag")),
}))
"""


@pytest.mark.parametrize("server", ["our_server", "stock_server"])
@pytest.mark.stock
def test_stock_and_we_see_the_same(server, request, tmp_path):
    uri = request.getfixturevalue(server)
    trainyard.set_tracking_uri(uri)
    name = f"same-{server}"
    client = MlflowClient()
    experiment_id = client.create_experiment(name, tags={"team": "a"})
    trainyard.set_experiment(experiment_id=experiment_id)
    with trainyard.start_run(run_name="parent") as parent, trainyard.start_run(nested=True, tags={"k": "v"}) as run:
        trainyard.log_params({"depth": 3, "model": {"kind": "forest"}})
        points = [Metric("loss", value, 1000 + step, step) for step, value in enumerate([0.5, float("nan"), 0.25])]
        client.log_batch(run.info.run_id, metrics=points)
        trainyard.log_metric("acc", 1e300, step=7)
        trainyard.log_text("x", "notes/x.txt")
        dataset = trainyard.data.from_numpy(__import__("numpy").zeros((3, 2)), name="zeros")
        trainyard.log_input(dataset, context="training", tags={"a": "b"})
        model = trainyard.create_external_model(name="net", params={"p": 1}, tags={"t": "u"}, model_type="agent")
        trainyard.log_metric("acc", 0.5, step=1, model_id=model.model_id, dataset=dataset)
        client.log_inputs(run.info.run_id, models=[LoggedModelInput(model.model_id)])
        trainyard.log_outputs([LoggedModelOutput(model.model_id, 2)])
    client.create_registered_model(name, tags={"a": "b"}, description="what it is")
    client.create_model_version(
        name, model.model_uri, run.info.run_id, tags={"c": "d"}, description="one", model_id=model.model_id
    )
    client.set_registered_model_alias(name, "best", "1")
    assert client.get_parent_run(run.info.run_id).info.run_id == parent.info.run_id

    script = tmp_path / "questions.py"
    script.write_text(QUESTIONS)
    answers = {}
    for package, python in (("trainyard", sys.executable), ("mlflow", os.environ["TRAINYARD_STOCK_PYTHON"])):
        command = [python, str(script), package, uri, experiment_id, run.info.run_id, model.model_id, name]
        environment = {**os.environ, "PYTHONPATH": os.environ.get("PYTHONPATH", "")}
        done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env=environment, timeout=300)
        assert done.returncode == 0, done.stderr
        answers[package] = json.loads(done.stdout.strip().splitlines()[-1])
    for question, answer in answers["mlflow"].items():
        assert answers["trainyard"][question] == answer, question
