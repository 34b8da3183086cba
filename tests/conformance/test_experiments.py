"""Experiments: creation, lookup, tags, renaming, deletion and restoring."""

import mlflow
import pytest
from mlflow.entities import ViewType


def test_set_experiment_creates_a_new_one(unique):
    created = mlflow.set_experiment(f"{unique}-new")
    assert created.name == f"{unique}-new"
    assert created.lifecycle_stage == "active"
    assert created.artifact_location == f"mlflow-artifacts:/{created.experiment_id}"
    assert 0 < created.creation_time <= created.last_update_time


def test_set_experiment_finds_an_existing_one(unique):
    first = mlflow.set_experiment(f"{unique}-twice")
    assert mlflow.set_experiment(f"{unique}-twice").experiment_id == first.experiment_id


def test_set_experiment_by_id(client, unique):
    experiment_id = client.create_experiment(f"{unique}-by-id")
    chosen = mlflow.set_experiment(experiment_id=experiment_id)
    assert chosen.name == f"{unique}-by-id"
    with mlflow.start_run() as run:
        assert run.info.experiment_id == experiment_id


def test_experiment_zero_is_the_default(client):
    default = client.get_experiment("0")
    assert (default.name, default.lifecycle_stage) == ("Default", "active")


def test_names_may_hold_any_script(client, unique):
    name = f"{unique} обучение / 訓練 % ? & #"
    experiment_id = client.create_experiment(name)
    assert client.get_experiment_by_name(name).experiment_id == experiment_id


def test_an_unknown_name_is_none(client, unique):
    assert client.get_experiment_by_name(f"{unique}-missing") is None


def test_tags_are_given_at_creation_and_changed_later(client, unique):
    experiment_id = client.create_experiment(f"{unique}-tags", tags={"team": "vision", "stage": "draft"})
    client.set_experiment_tag(experiment_id, "stage", "done")
    client.set_experiment_tag(experiment_id, "número", "één")
    tags = client.get_experiment(experiment_id).tags
    assert {key: value for key, value in tags.items() if not key.startswith("mlflow.")} == {
        "team": "vision",
        "stage": "done",
        "número": "één",
    }


@pytest.mark.models3
def test_a_tag_can_be_deleted(client, unique):
    experiment_id = client.create_experiment(f"{unique}-untag", tags={"a": "1", "b": "2"})
    client.delete_experiment_tag(experiment_id, "a")
    tags = client.get_experiment(experiment_id).tags
    assert "a" not in tags and tags["b"] == "2"


def test_an_own_artifact_location_is_kept(client, unique, tmp_path):
    location = (tmp_path / "elsewhere").as_uri()
    experiment_id = client.create_experiment(f"{unique}-located", artifact_location=location)
    assert client.get_experiment(experiment_id).artifact_location == location
    run = client.create_run(experiment_id)
    assert run.info.artifact_uri == f"{location}/{run.info.run_id}/artifacts"


def test_rename(client, unique):
    experiment_id = client.create_experiment(f"{unique}-old")
    client.rename_experiment(experiment_id, f"{unique}-renamed")
    assert client.get_experiment(experiment_id).name == f"{unique}-renamed"
    assert client.get_experiment_by_name(f"{unique}-old") is None


def test_a_deleted_experiment_takes_its_runs_along_and_comes_back_with_them(client, unique):
    experiment_id = client.create_experiment(f"{unique}-deleted")
    run_id = client.create_run(experiment_id).info.run_id

    client.delete_experiment(experiment_id)
    assert client.get_experiment(experiment_id).lifecycle_stage == "deleted"
    assert client.get_run(run_id).info.lifecycle_stage == "deleted"
    assert client.get_experiment_by_name(f"{unique}-deleted").lifecycle_stage == "deleted"

    client.restore_experiment(experiment_id)
    assert client.get_experiment(experiment_id).lifecycle_stage == "active"
    assert client.get_run(run_id).info.lifecycle_stage == "active"


def test_search_by_name_tag_and_view(client, unique):
    ids = [client.create_experiment(f"{unique}-{letter}", tags={"group": unique, "letter": letter}) for letter in "abc"]
    client.delete_experiment(ids[2])

    def found(**query):
        return [experiment.name.removeprefix(f"{unique}-") for experiment in client.search_experiments(**query)]

    ours = f"name LIKE '{unique}%'"
    assert found(filter_string=ours, order_by=["name ASC"]) == ["a", "b"]
    assert found(filter_string=ours, order_by=["name DESC"]) == ["b", "a"]
    assert found(filter_string=ours, view_type=ViewType.DELETED_ONLY) == ["c"]
    assert found(filter_string=ours, view_type=ViewType.ALL, order_by=["experiment_id"]) == ["a", "b", "c"]
    assert found(filter_string=f"tags.group = '{unique}' AND tags.letter != 'a'") == ["b"]
    assert found(filter_string=f"name ILIKE '{unique.upper()}-A'") == ["a"]
    assert found(filter_string=f"attribute.name = '{unique}-b'") == ["b"]
    assert found(filter_string=f"tags.`letter` LIKE 'b' AND tags.group = '{unique}'") == ["b"]


def test_search_by_time(client, unique):
    first = client.get_experiment(client.create_experiment(f"{unique}-time"))
    query = f"name = '{unique}-time' AND creation_time >= {first.creation_time}"
    assert [found.experiment_id for found in client.search_experiments(filter_string=query)] == [first.experiment_id]
    query = f"name = '{unique}-time' AND last_update_time < {first.creation_time}"
    assert client.search_experiments(filter_string=query) == []


def test_search_in_pages(client, unique):
    expected = {client.create_experiment(f"{unique}-page-{number}") for number in range(5)}
    found, token, pages = [], None, 0
    while True:
        page = client.search_experiments(filter_string=f"name LIKE '{unique}%'", max_results=2, page_token=token)
        found += [experiment.experiment_id for experiment in page]
        pages += 1
        token = page.token
        if not token:
            break
    assert pages == 3 and len(found) == 5 and set(found) == expected


def test_search_limits_its_page_size(client, refused):
    with refused("INVALID_PARAMETER_VALUE", "max_results"):
        client.search_experiments(max_results=50001)
    with refused("INVALID_PARAMETER_VALUE", "max_results"):
        client.search_experiments(max_results=0)


@pytest.mark.parametrize(
    "filter_string",
    [
        "name = ",
        "metrics.a > 1",
        "name > 'a'",
        "creation_time LIKE '1'",
        "nothing = 'x'",
        "name = 'a' OR",
        "tags.a > '1'",
    ],
)
def test_a_bad_filter_is_refused(client, refused, filter_string):
    with refused("INVALID_PARAMETER_VALUE"):
        client.search_experiments(filter_string=filter_string)


def test_a_duplicate_name_is_refused(client, unique, refused):
    client.create_experiment(f"{unique}-only")
    with refused("RESOURCE_ALREADY_EXISTS", f"{unique}-only"):
        client.create_experiment(f"{unique}-only")


def test_the_name_of_a_deleted_experiment_stays_taken(client, unique, refused):
    client.delete_experiment(client.create_experiment(f"{unique}-gone"))
    with refused("RESOURCE_ALREADY_EXISTS"):
        client.create_experiment(f"{unique}-gone")


def test_renaming_to_a_taken_name_is_refused(client, unique, refused):
    client.create_experiment(f"{unique}-one")
    other = client.create_experiment(f"{unique}-two")
    with refused("RESOURCE_ALREADY_EXISTS"):
        client.rename_experiment(other, f"{unique}-one")
    assert client.get_experiment(other).name == f"{unique}-two"


def test_an_unknown_experiment_is_not_found(client, refused):
    for call in (
        client.get_experiment,
        client.delete_experiment,
        client.restore_experiment,
        client.create_run,
        lambda experiment_id: client.rename_experiment(experiment_id, "other"),
        lambda experiment_id: client.set_experiment_tag(experiment_id, "a", "b"),
    ):
        with refused("RESOURCE_DOES_NOT_EXIST", "987654321"):
            call("987654321")


@pytest.mark.parametrize(
    "experiment_id",
    ["no-such-id", "1.5", "-1", "9" * 30, "ключ"],
    ids=["word", "fraction", "negative", "huge", "letters"],
)
def test_an_id_that_is_no_id_is_refused(wire, experiment_id):
    answer = wire.get("experiments/get", experiment_id=experiment_id)
    assert answer.error_code in ("RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE")
    assert answer.status in (400, 404)


def test_a_deleted_experiment_takes_no_changes(client, unique, refused):
    experiment_id = client.create_experiment(f"{unique}-closed")
    client.delete_experiment(experiment_id)
    with refused("INVALID_PARAMETER_VALUE", "active"):
        client.create_run(experiment_id)
    with refused("INVALID_PARAMETER_VALUE"):
        client.set_experiment_tag(experiment_id, "a", "b")
    with refused("RESOURCE_DOES_NOT_EXIST"):
        client.delete_experiment(experiment_id)


def test_only_a_deleted_experiment_can_be_restored(client, unique, refused):
    experiment_id = client.create_experiment(f"{unique}-alive")
    with refused("RESOURCE_DOES_NOT_EXIST"):
        client.restore_experiment(experiment_id)


def test_limits_of_names_and_tags(wire, unique):
    assert wire.post("experiments/create", {"name": unique + "n" * 500}).error_code == "INVALID_PARAMETER_VALUE"
    assert wire.post("experiments/create", {"name": ""}).error_code == "INVALID_PARAMETER_VALUE"
    assert wire.post("experiments/create", {"name": "   "}).error_code == "INVALID_PARAMETER_VALUE"
    experiment_id = wire.post("experiments/create", {"name": f"{unique}-limits"}).json["experiment_id"]
    tag = {"experiment_id": experiment_id, "key": "k" * 251, "value": "v"}
    assert wire.post("experiments/set-experiment-tag", tag).error_code == "INVALID_PARAMETER_VALUE"
    tag = {"experiment_id": experiment_id, "key": "k", "value": "v" * 20001}
    assert wire.post("experiments/set-experiment-tag", tag).error_code == "INVALID_PARAMETER_VALUE"
    tag = {"experiment_id": experiment_id, "key": "k" * 250, "value": "v" * 5000}
    assert wire.post("experiments/set-experiment-tag", tag).json == {}
