"""Dataset inputs of runs."""

import json

import mlflow
import numpy
import pandas
import pytest
from mlflow.entities import Dataset, DatasetInput, InputTag


def frame():
    return pandas.DataFrame({"width": [0.1, 0.2, 0.3], "species": ["a", "b", "a"]})


def test_a_pandas_dataset_of_a_run(experiment_id, client):
    dataset = mlflow.data.from_pandas(frame(), source="https://example.com/iris.csv", name="iris", targets="species")
    with mlflow.start_run() as run:
        mlflow.log_input(dataset, context="training", tags={"split": "train"})
    [logged] = client.get_run(run.info.run_id).inputs.dataset_inputs
    assert (logged.dataset.name, logged.dataset.digest) == ("iris", dataset.digest)
    assert logged.dataset.source_type == "http"
    assert "https://example.com/iris.csv" in logged.dataset.source
    assert '"num_rows": 3' in logged.dataset.profile
    assert "species" in logged.dataset.schema
    assert {tag.key: tag.value for tag in logged.tags} == {"mlflow.data.context": "training", "split": "train"}


def test_the_source_of_a_dataset_is_found_again(experiment_id, client, tmp_path):
    path = tmp_path / "rows.csv"
    frame().to_csv(path, index=False)
    with mlflow.start_run() as run:
        mlflow.log_input(mlflow.data.from_pandas(frame(), source=str(path), name="rows"), context="training")
    [logged] = client.get_run(run.info.run_id).inputs.dataset_inputs
    assert mlflow.data.get_source(logged).load() == str(path)


def test_a_numpy_dataset_of_a_run(experiment_id, client):
    with mlflow.start_run() as run:
        mlflow.log_input(mlflow.data.from_numpy(numpy.arange(6.0).reshape(2, 3), name="grid"))
    [logged] = client.get_run(run.info.run_id).inputs.dataset_inputs
    assert logged.dataset.name == "grid" and '"features_shape": [2, 3]' in logged.dataset.profile


def test_one_dataset_is_shared_by_runs_and_logged_once_per_run(client, experiment_id):
    dataset = Dataset("shared", "digest1", "local", "{}", "{}", "{}")
    runs = [client.create_run(experiment_id).info.run_id for _ in range(2)]
    for run_id in runs:
        for _ in range(2):
            client.log_inputs(run_id, [DatasetInput(dataset, [InputTag("mlflow.data.context", "training")])])
    for run_id in runs:
        assert [entry.dataset.name for entry in client.get_run(run_id).inputs.dataset_inputs] == ["shared"]


def test_several_datasets_of_a_run(client, run_id):
    client.log_inputs(
        run_id,
        [
            DatasetInput(Dataset(f"set-{n}", f"d{n}", "local", "{}"), [InputTag("mlflow.data.context", context)])
            for n, context in enumerate(["training", "validation", "test"])
        ],
    )
    inputs = client.get_run(run_id).inputs.dataset_inputs
    assert {(entry.dataset.name, entry.tags[0].value) for entry in inputs} == {
        ("set-0", "training"),
        ("set-1", "validation"),
        ("set-2", "test"),
    }


def test_runs_are_found_by_their_datasets(client, experiment_id):
    names = {}
    for name, digest, context in (("iris", "d1", "training"), ("wine", "d2", "training"), ("iris", "d3", "test")):
        run_id = client.create_run(experiment_id, run_name=f"{name}-{context}").info.run_id
        entry = DatasetInput(Dataset(name, digest, "local", "{}"), [InputTag("mlflow.data.context", context)])
        client.log_inputs(run_id, [entry])
        names[run_id] = f"{name}-{context}"

    def found(filter_string):
        return sorted(names[run.info.run_id] for run in client.search_runs([experiment_id], filter_string))

    assert found("datasets.name = 'iris'") == ["iris-test", "iris-training"]
    assert found("dataset.name = 'iris' AND dataset.context = 'training'") == ["iris-training"]
    assert found("datasets.digest = 'd2'") == ["wine-training"]
    assert found("datasets.name LIKE 'wi%'") == ["wine-training"]
    assert found("datasets.name ILIKE 'IRIS'") == ["iris-test", "iris-training"]
    assert found("datasets.digest IN ('d1', 'd2')") == ["iris-training", "wine-training"]
    assert found("datasets.context = 'nothing'") == []


@pytest.mark.parametrize(
    ("dataset", "tags"),
    [
        ({"name": "n" * 501, "digest": "d", "source_type": "local", "source": "{}"}, []),
        ({"name": "n", "digest": "d" * 37, "source_type": "local", "source": "{}"}, []),
        ({"name": "", "digest": "d", "source_type": "local", "source": "{}"}, []),
        ({"name": "n", "digest": "", "source_type": "local", "source": "{}"}, []),
        ({"name": "n", "digest": "d", "source_type": "local", "source": "{}"}, [{"key": "k" * 256, "value": "v"}]),
        ({"name": "n", "digest": "d", "source_type": "local", "source": "{}"}, [{"key": "k", "value": "v" * 501}]),
    ],
    ids=["long-name", "long-digest", "no-name", "no-digest", "long-tag-key", "long-tag-value"],
)
def test_a_bad_dataset_is_refused(wire, client, run_id, dataset, tags):
    answer = wire.post("runs/log-inputs", {"run_id": run_id, "datasets": [{"dataset": dataset, "tags": tags}]})
    assert (answer.status, answer.error_code) == (400, "INVALID_PARAMETER_VALUE")
    assert client.get_run(run_id).inputs.dataset_inputs == []


def test_inputs_of_an_unknown_run_are_refused(client, refused):
    with refused("RESOURCE_DOES_NOT_EXIST"):
        client.log_inputs("0" * 32, [DatasetInput(Dataset("n", "d", "local", "{}"), [])])


SEARCH = "/ajax-api/2.0/mlflow/experiments/search-datasets"


def search(wire, message):
    return wire.send("POST", SEARCH, json.dumps(message).encode(), {"Content-Type": "application/json"})


def test_the_datasets_of_an_experiment(wire, client, experiment_id):
    for context in ("training", "training", "eval"):
        run_id = client.create_run(experiment_id).info.run_id
        tags = [InputTag("mlflow.data.context", context)]
        client.log_inputs(run_id, [DatasetInput(Dataset("iris", "d1", "local", "{}"), tags)])
    client.log_inputs(run_id, [DatasetInput(Dataset("untold", "d2", "local", "{}"), [])])
    summaries = search(wire, {"experiment_ids": [experiment_id, "999999"]}).json["dataset_summaries"]
    described = {(s["experiment_id"], s["name"], s["digest"], s.get("context")) for s in summaries}
    assert described == {
        (experiment_id, "iris", "d1", "training"),
        (experiment_id, "iris", "d1", "eval"),
        (experiment_id, "untold", "d2", None),
    }
    assert len(summaries) == 3
    assert search(wire, {"experiment_ids": ["999999"]}).json == {}


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ({}, "must specify at least one experiment_id."),
        ({"experiment_ids": [str(i) for i in range(21)]}, "more than 20 experiment_ids. Received 21 experiment_ids."),
        ({"experiment_ids": ["abc"]}, "Invalid experiment ID 'abc'. Experiment ID must be a valid integer."),
    ],
)
def test_a_bad_search_for_datasets_is_refused(wire, message, words):
    answer = search(wire, message)
    assert (answer.status, answer.error_code) == (400, "INVALID_PARAMETER_VALUE")
    assert words in answer.message
