"""Evaluation datasets: records with inputs, outputs and expectations, by the stock client."""

import pytest

pytestmark = pytest.mark.models3


@pytest.fixture
def dataset(client, unique, experiment_id):
    return client.create_dataset(f"{unique}-questions", experiment_id=[experiment_id], tags={"kind": "qa"})


def _record(question, answer, **fields):
    return {"inputs": {"question": question}, "expectations": {"answer": answer}, **fields}


def test_a_dataset_is_made_and_found(client, dataset, unique, experiment_id):
    found = client.get_dataset(dataset.dataset_id)
    assert found.name == f"{unique}-questions"
    assert found.tags["kind"] == "qa"
    assert found.experiment_ids == [experiment_id]
    assert found.digest == dataset.digest
    assert found.profile is None
    searched = client.search_datasets(filter_string=f"name = '{unique}-questions' AND tags.kind LIKE 'q%'")
    assert [each.dataset_id for each in searched] == [dataset.dataset_id]
    assert client.search_datasets(experiment_ids=[experiment_id], filter_string="name = 'other'") == []


def test_records_are_added_and_merged(client, dataset):
    dataset.merge_records([_record("1 + 1", "2"), _record("sky", "blue", outputs={"said": "grey"})])
    dataset.merge_records([{"inputs": {"question": "sky"}, "expectations": {"sure": True}}])
    records = sorted(client.get_dataset(dataset.dataset_id).records, key=lambda record: record.inputs["question"])
    assert [record.inputs["question"] for record in records] == ["1 + 1", "sky"]
    assert records[1].expectations == {"answer": "blue", "sure": True}
    assert records[1].outputs == {"said": "grey"}
    described = client.get_dataset(dataset.dataset_id)
    assert '"num_records"' in described.profile
    assert '"question"' in described.schema


def test_records_are_deleted(client, dataset):
    dataset.merge_records([_record("a", "b"), _record("c", "d")])
    first, second = client.get_dataset(dataset.dataset_id).records
    assert client.get_dataset(dataset.dataset_id).delete_records([first.dataset_record_id]) == 1
    left = client.get_dataset(dataset.dataset_id).records
    assert [record.dataset_record_id for record in left] == [second.dataset_record_id]


def test_tags_and_experiments_change(client, dataset, experiment_id):
    client.set_dataset_tags(dataset.dataset_id, {"kind": "new", "team": "blue"})
    client.delete_dataset_tag(dataset.dataset_id, "team")
    assert client.get_dataset(dataset.dataset_id).tags["kind"] == "new"
    assert "team" not in client.get_dataset(dataset.dataset_id).tags
    client.add_dataset_to_experiments(dataset.dataset_id, ["0"])
    assert set(client.get_dataset(dataset.dataset_id).experiment_ids) == {"0", experiment_id}
    client.remove_dataset_from_experiments(dataset.dataset_id, ["0"])
    assert client.get_dataset(dataset.dataset_id).experiment_ids == [experiment_id]


def test_a_deleted_dataset_is_gone(client, dataset, refused):
    client.delete_dataset(dataset.dataset_id)
    client.delete_dataset(dataset.dataset_id)
    with refused("RESOURCE_DOES_NOT_EXIST", dataset.dataset_id):
        client.get_dataset(dataset.dataset_id)


def test_what_is_unknown_is_refused(client, refused):
    with refused("RESOURCE_DOES_NOT_EXIST", "d-none"):
        client.add_dataset_to_experiments("d-none", ["0"])
    with refused("INVALID_PARAMETER_VALUE"):
        client.search_datasets(filter_string="digest = 'x'")
