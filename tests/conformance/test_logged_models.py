"""Logged models of MLflow 3 without a flavor: creation, states, params, tags, metrics, search."""

import mlflow
import pytest
from mlflow.entities import Dataset, DatasetInput, Metric
from mlflow.exceptions import MlflowException

pytestmark = pytest.mark.models3


@pytest.fixture
def model(client, experiment_id):
    return client.create_logged_model(experiment_id, name="net", tags={"team": "vision"}, params={"depth": "3"})


def test_creation(client, model, experiment_id):
    read = client.get_logged_model(model.model_id)
    assert read.model_id.startswith("m-") and len(read.model_id) == 34
    assert (read.name, read.experiment_id, read.params) == ("net", experiment_id, {"depth": "3"})
    assert read.tags["team"] == "vision"
    assert str(read.status) == "PENDING"
    assert read.creation_timestamp <= read.last_updated_timestamp


def test_a_model_without_a_name_gets_one(client, experiment_id):
    assert client.create_logged_model(experiment_id).name


@pytest.mark.parametrize("state", ["READY", "FAILED"])
def test_finalizing(client, model, state):
    client.finalize_logged_model(model.model_id, state)
    assert str(client.get_logged_model(model.model_id).status) == f"{state}"


def test_a_failed_upload_marks_the_model(experiment_id, client):
    from sklearn.linear_model import LinearRegression

    options = {"pip_requirements": ["scikit-learn"], "code_paths": ["/does/not/exist"]}
    with mlflow.start_run(), pytest.raises(MlflowException, match="does/not/exist"):
        mlflow.sklearn.log_model(LinearRegression(), name="broken", **options)
    [model] = client.search_logged_models([experiment_id], "name = 'broken'")
    assert str(model.status) == "FAILED"


def test_tags(client, model, refused):
    client.set_logged_model_tags(model.model_id, {"team": "audio", "größe": "xl"})
    assert client.get_logged_model(model.model_id).tags == {"team": "audio", "größe": "xl"}
    client.delete_logged_model_tag(model.model_id, "team")
    assert client.get_logged_model(model.model_id).tags == {"größe": "xl"}
    with refused("RESOURCE_DOES_NOT_EXIST"):
        client.delete_logged_model_tag(model.model_id, "team")


def test_params_are_added(client, model):
    client.log_model_params(model.model_id, {"width": "8"})
    assert client.get_logged_model(model.model_id).params == {"depth": "3", "width": "8"}


def test_more_params_than_one_request_carries(client, experiment_id):
    params = {f"p{number}": str(number) for number in range(250)}
    model = client.create_logged_model(experiment_id, name="many", params=params)
    assert client.get_logged_model(model.model_id).params == params


def test_metrics_of_a_model(client, model, run_id):
    client.log_metric(run_id, "accuracy", 0.5, model_id=model.model_id, timestamp=1, step=0)
    client.log_metric(run_id, "accuracy", 0.75, model_id=model.model_id, timestamp=2, step=1)
    client.log_batch(run_id, metrics=[Metric("loss", 0.1, 3, 0, model_id=model.model_id)])
    metrics = {(metric.key, metric.value, metric.step) for metric in client.get_logged_model(model.model_id).metrics}
    assert metrics >= {("accuracy", 0.75, 1), ("loss", 0.1, 0)}
    assert client.get_run(run_id).data.metrics == {"accuracy": 0.75, "loss": 0.1}


def test_a_metric_names_its_dataset(experiment_id, client):
    import pandas

    dataset = mlflow.data.from_pandas(pandas.DataFrame({"a": [1]}), name="rows")
    with mlflow.start_run() as run:
        model = mlflow.initialize_logged_model(name="scored")
        mlflow.log_metric("accuracy", 0.5, model_id=model.model_id, dataset=dataset)
    [metric] = client.get_logged_model(model.model_id).metrics
    assert (metric.dataset_name, metric.dataset_digest, metric.run_id) == ("rows", dataset.digest, run.info.run_id)
    assert [used.model_id for used in client.get_run(run.info.run_id).inputs.model_inputs] == [model.model_id]


def test_artifacts_of_a_model(client, model, tmp_path):
    (tmp_path / "weights.bin").write_bytes(b"12345")
    client.log_model_artifact(model.model_id, str(tmp_path / "weights.bin"))
    client.log_model_artifacts(model.model_id, str(tmp_path))
    listed = client.list_logged_model_artifacts(model.model_id)
    assert [(entry.path, entry.file_size) for entry in listed] == [("weights.bin", 5)]


def test_deleting(client, model, refused):
    client.delete_logged_model(model.model_id)
    with refused("RESOURCE_DOES_NOT_EXIST", model.model_id):
        client.get_logged_model(model.model_id)
    assert client.search_logged_models([model.experiment_id]) == []


@pytest.fixture
def zoo(client, experiment_id):
    """Three models with metrics, params and tags; `c` has no metric, `b` was scored on another dataset."""
    run_id = client.create_run(experiment_id).info.run_id
    client.log_inputs(
        run_id, [DatasetInput(Dataset("val", "d1", "local", "{}")), DatasetInput(Dataset("test", "d2", "local", "{}"))]
    )
    ids = {}
    for position, (name, accuracy, dataset) in enumerate(
        [("a", 0.9, ("val", "d1")), ("b", 0.7, ("test", "d2")), ("c", None, None)]
    ):
        created = client.create_logged_model(
            experiment_id,
            name=name,
            source_run_id=run_id,
            model_type="even" if position % 2 == 0 else "odd",
            tags={"position": str(position)},
            params={"depth": str(position)},
        )
        if accuracy is not None:
            client.log_metric(
                run_id,
                "accuracy",
                accuracy,
                model_id=created.model_id,
                dataset_name=dataset[0],
                dataset_digest=dataset[1],
            )
        ids[name] = created.model_id
    client.finalize_logged_model(ids["a"], "READY")
    return experiment_id, run_id, ids


def test_search_filters(client, zoo):
    experiment_id, run_id, ids = zoo

    def found(filter_string, **options):
        return sorted(model.name for model in client.search_logged_models([experiment_id], filter_string, **options))

    assert found(None) == ["a", "b", "c"]
    assert found("name = 'a'") == ["a"]
    assert found("name != 'a'") == ["b", "c"]
    assert found("name LIKE '%'") == ["a", "b", "c"]
    assert found("name IN ('a', 'c')") == ["a", "c"]
    assert found(f"model_id = '{ids['b']}'") == ["b"]
    assert found("model_type = 'odd'") == ["b"]
    assert found(f"source_run_id = '{run_id}' AND params.depth = '2'") == ["c"]
    assert found("tags.position = '1'") == ["b"]
    assert found("params.depth != '0'") == ["b", "c"]
    assert found("metrics.accuracy > 0.8") == ["a"]
    assert found("metrics.accuracy < 0.8 AND tags.position = '1'") == ["b"]
    assert found("creation_timestamp > 0 AND last_updated_timestamp > 0") == ["a", "b", "c"]
    assert found("metrics.accuracy > 0", datasets=[{"dataset_name": "test", "dataset_digest": "d2"}]) == ["b"]


def test_search_narrowed_to_a_dataset_of_any_digest(client, zoo):
    experiment_id, _, _ = zoo
    found = client.search_logged_models([experiment_id], "metrics.accuracy > 0", datasets=[{"dataset_name": "val"}])
    assert [model.name for model in found] == ["a"]


def test_search_by_status(client, zoo):
    experiment_id, _, _ = zoo
    assert [model.name for model in client.search_logged_models([experiment_id], "status = 'READY'")] == ["a"]


def test_search_order(client, zoo):
    experiment_id, _, _ = zoo

    def ordered(field, **options):
        order = [{"field_name": field, **options}]
        return "".join(model.name for model in client.search_logged_models([experiment_id], order_by=order))

    assert ordered("name", ascending=True) == "abc"
    assert ordered("name", ascending=False) == "cba"
    assert ordered("metrics.accuracy", ascending=True) == "bac"
    assert ordered("metrics.accuracy", ascending=False) == "abc"
    assert ordered("metrics.accuracy", ascending=False, dataset_name="test").startswith("b")


def test_search_in_pages(client, zoo, refused):
    experiment_id, _, _ = zoo
    order = [{"field_name": "name", "ascending": True}]
    first = client.search_logged_models([experiment_id], order_by=order, max_results=2)
    second = client.search_logged_models([experiment_id], order_by=order, max_results=2, page_token=first.token)
    assert [model.name for model in first] == ["a", "b"] and [model.name for model in second] == ["c"]
    assert not second.token
    with refused("INVALID_PARAMETER_VALUE"):
        client.search_logged_models([experiment_id], filter_string="name = 'a'", max_results=2, page_token=first.token)


def test_a_broken_page_token_is_refused(client, experiment_id, refused):
    with refused("INVALID_PARAMETER_VALUE"):
        client.search_logged_models([experiment_id], page_token="not a token")


@pytest.mark.parametrize(
    "filter_string",
    ["name >", "nothing = 'a'", "metrics.a = 'x'", "name = 'a' OR name = ", "metrics.a LIKE '1'"],
    ids=["no-value", "unknown-attribute", "text-metric", "unfinished", "like-metric"],
)
def test_a_bad_filter_is_refused(client, experiment_id, refused, filter_string):
    with refused("INVALID_PARAMETER_VALUE"):
        client.search_logged_models([experiment_id], filter_string)


@pytest.mark.parametrize("name", ["a/b", "a:b", "a.b", "a%b", "a'b", 'a"b'])
def test_a_bad_name_is_refused(client, experiment_id, refused, name):
    with refused("INVALID_PARAMETER_VALUE"):
        client.create_logged_model(experiment_id, name=name)


def test_an_unknown_model_is_not_found(client, refused):
    unknown = "m-" + "0" * 32
    for call in (
        client.get_logged_model,
        client.delete_logged_model,
        lambda model_id: client.finalize_logged_model(model_id, "READY"),
    ):
        with refused("RESOURCE_DOES_NOT_EXIST", unknown):
            call(unknown)


def test_a_model_of_an_unknown_experiment_is_refused(client, refused):
    with refused("RESOURCE_DOES_NOT_EXIST", "987654321"):
        client.create_logged_model("987654321", name="a")
