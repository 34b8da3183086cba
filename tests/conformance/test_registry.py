"""The model registry: models, versions, stages, aliases, tags, searches and deletes."""

import pytest


@pytest.fixture
def name(client, unique):
    client.create_registered_model(unique, tags={"task": "iris"}, description="first words")
    return unique


@pytest.fixture
def versions(client, name, run_id):
    return [
        client.create_model_version(name, f"runs:/{run_id}/model-{n}", run_id, tags={"n": str(n)}, description=f"v{n}")
        for n in (1, 2, 3)
    ]


def numbers(found):
    return [int(version.version) for version in found]


def test_a_registered_model(client, name):
    model = client.get_registered_model(name)
    assert (model.name, model.description, model.tags) == (name, "first words", {"task": "iris"})
    assert model.latest_versions == [] and model.aliases == {}
    assert 0 < model.creation_timestamp <= model.last_updated_timestamp


def test_describing_and_tagging_a_model(client, name):
    client.update_registered_model(name, "other words")
    client.set_registered_model_tag(name, "task", "wine")
    client.set_registered_model_tag(name, "größe", "xl")
    model = client.get_registered_model(name)
    assert (model.description, model.tags) == ("other words", {"task": "wine", "größe": "xl"})
    client.delete_registered_model_tag(name, "task")
    assert client.get_registered_model(name).tags == {"größe": "xl"}


def test_versions_are_numbered(client, name, versions, run_id):
    assert numbers(versions) == [1, 2, 3]
    second = client.get_model_version(name, "2")
    assert (second.name, second.description, second.tags) == (name, "v2", {"n": "2"})
    assert (second.run_id, second.current_stage, second.status) == (run_id, "None", "READY")
    assert second.source == f"runs:/{run_id}/model-2"
    assert client.get_model_version_download_uri(name, "2").endswith("model-2")


def test_describing_and_tagging_a_version(client, name, versions):
    client.update_model_version(name, "1", "better")
    client.set_model_version_tag(name, "1", "checked", "yes")
    client.delete_model_version_tag(name, "1", "n")
    version = client.get_model_version(name, "1")
    assert (version.description, version.tags) == ("better", {"checked": "yes"})


def test_stages(client, name, versions):
    client.transition_model_version_stage(name, "1", "Production")
    client.transition_model_version_stage(name, "2", "staging")
    assert client.get_model_version(name, "2").current_stage == "Staging"
    by_stage = {version.current_stage: int(version.version) for version in client.get_latest_versions(name)}
    assert by_stage == {"Production": 1, "Staging": 2, "None": 3}
    assert numbers(client.get_latest_versions(name, ["Production"])) == [1]
    client.transition_model_version_stage(name, "3", "Production", archive_existing_versions=True)
    assert client.get_model_version(name, "1").current_stage == "Archived"
    assert numbers(client.get_latest_versions(name, ["Production"])) == [3]


def test_an_unknown_stage_is_refused(client, name, versions, refused):
    with refused("INVALID_PARAMETER_VALUE", "Somewhere"):
        client.transition_model_version_stage(name, "1", "Somewhere")


def test_aliases_point_to_one_version_and_move(client, name, versions):
    client.set_registered_model_alias(name, "champion", "1")
    client.set_registered_model_alias(name, "challenger", "1")
    client.set_registered_model_alias(name, "champion", "2")
    assert int(client.get_model_version_by_alias(name, "champion").version) == 2
    aliases = client.get_registered_model(name).aliases
    assert {alias: int(version) for alias, version in aliases.items()} == {"champion": 2, "challenger": 1}
    assert client.get_model_version(name, "2").aliases == ["champion"]
    client.delete_registered_model_alias(name, "champion")
    assert client.get_model_version(name, "2").aliases == []


def test_an_unknown_alias_is_refused(client, name, versions, refused):
    with refused("INVALID_PARAMETER_VALUE", "nobody"):
        client.get_model_version_by_alias(name, "nobody")
    client.delete_registered_model_alias(name, "nobody")


@pytest.mark.parametrize("alias", ["latest", "Latest", "v1", "V12", "a b", "a@b", "a" * 256, "ü!"])
def test_a_bad_alias_is_refused(client, wire, name, versions, alias):
    answer = wire.post("registered-models/alias", {"name": name, "alias": alias, "version": "1"})
    assert (answer.status, answer.error_code) == (400, "INVALID_PARAMETER_VALUE")
    assert client.get_registered_model(name).aliases == {}


def test_an_alias_needs_its_version(client, name, versions, refused):
    with refused("RESOURCE_DOES_NOT_EXIST"):
        client.set_registered_model_alias(name, "champion", "9")


def test_renaming_takes_everything_along(client, name, versions):
    client.set_registered_model_alias(name, "champion", "2")
    client.rename_registered_model(name, f"{name}-renamed")
    model = client.get_registered_model(f"{name}-renamed")
    assert model.tags == {"task": "iris"} and list(model.aliases) == ["champion"]
    assert numbers(client.search_model_versions(f"name = '{name}-renamed'")) == [3, 2, 1]
    assert client.search_model_versions(f"name = '{name}'") == []


def test_renaming_to_a_taken_name_is_refused(client, name, refused):
    client.create_registered_model(f"{name}-taken")
    with refused("RESOURCE_ALREADY_EXISTS"):
        client.rename_registered_model(name, f"{name}-taken")


def test_deleting_a_version(client, name, versions, refused):
    client.set_registered_model_alias(name, "champion", "3")
    client.delete_model_version(name, "3")
    assert numbers(client.get_registered_model(name).latest_versions) == [2]
    assert client.get_registered_model(name).aliases == {}
    with refused("RESOURCE_DOES_NOT_EXIST"):
        client.get_model_version(name, "3")
    with refused("RESOURCE_DOES_NOT_EXIST"):
        client.delete_model_version(name, "3")


def test_deleting_a_model_takes_its_versions_and_frees_the_name(client, name, versions, refused):
    client.set_registered_model_alias(name, "champion", "3")
    client.delete_registered_model(name)
    with refused("RESOURCE_DOES_NOT_EXIST", name):
        client.get_registered_model(name)
    client.create_registered_model(name)
    model = client.get_registered_model(name)
    assert model.latest_versions == [] and model.aliases == {} and model.tags == {}


def test_a_duplicate_model_is_refused(client, name, refused):
    with refused("RESOURCE_ALREADY_EXISTS", name):
        client.create_registered_model(name)


def test_what_is_unknown_is_not_found(client, name, versions, unique, refused):
    missing = f"{unique}-missing"
    for call in (
        lambda: client.get_registered_model(missing),
        lambda: client.update_registered_model(missing, "words"),
        lambda: client.rename_registered_model(missing, f"{missing}-2"),
        lambda: client.delete_registered_model(missing),
        lambda: client.set_registered_model_tag(missing, "a", "b"),
        lambda: client.get_latest_versions(missing),
        lambda: client.create_model_version(missing, "s3://bucket/model"),
        lambda: client.get_model_version(name, "9"),
        lambda: client.update_model_version(name, "9", "words"),
        lambda: client.set_model_version_tag(name, "9", "a", "b"),
        lambda: client.transition_model_version_stage(name, "9", "Staging"),
        lambda: client.get_model_version_download_uri(name, "9"),
    ):
        with refused("RESOURCE_DOES_NOT_EXIST"):
            call()


@pytest.mark.parametrize("name", ["", "a/b", "a:b"])
def test_a_bad_model_name_is_refused(wire, name):
    answer = wire.post("registered-models/create", {"name": name})
    assert (answer.status, answer.error_code) == (400, "INVALID_PARAMETER_VALUE")


def test_limits_of_registry_tags(wire, name):
    for tag in ({"key": "k" * 251, "value": "v"}, {"key": "k", "value": "v" * 100_001}, {"key": "", "value": "v"}):
        answer = wire.post("registered-models/set-tag", {"name": name, **tag})
        assert (answer.status, answer.error_code) == (400, "INVALID_PARAMETER_VALUE")


@pytest.mark.parametrize("version", ["abc", "1.5", ""])
def test_a_version_is_a_number(wire, name, version):
    answer = wire.get("model-versions/get", name=name, version=version)
    assert (answer.status, answer.error_code) == (400, "INVALID_PARAMETER_VALUE")


def test_searching_models(client, unique):
    for letter in "abc":
        client.create_registered_model(f"{unique}-{letter}", tags={"letter": letter, "group": unique})

    def found(filter_string, **options):
        return [
            model.name.removeprefix(f"{unique}-") for model in client.search_registered_models(filter_string, **options)
        ]

    ours = f"name LIKE '{unique}%'"
    assert found(ours) == ["a", "b", "c"]
    assert found(ours, order_by=["name DESC"]) == ["c", "b", "a"]
    client.update_registered_model(f"{unique}-b", "touched last")
    assert found(ours, order_by=["last_updated_timestamp DESC", "name"])[0] == "b"
    assert found(f"name ILIKE '{unique.upper()}-B'") == ["b"]
    assert found(f"name = '{unique}-c'") == ["c"]
    assert found(f"tags.group = '{unique}' AND tags.letter != 'b'") == ["a", "c"]

    first = client.search_registered_models(ours, max_results=2)
    second = client.search_registered_models(ours, max_results=2, page_token=first.token)
    assert len(first) == 2 and [model.name for model in second] == [f"{unique}-c"] and not second.token


def test_searching_versions(client, name, versions, run_id):
    def found(filter_string, **options):
        return numbers(client.search_model_versions(filter_string, **options))

    ours = f"name = '{name}'"
    assert sorted(found(ours)) == [1, 2, 3]
    assert found(ours, order_by=["version_number ASC"]) == [1, 2, 3]
    assert found(ours, order_by=["version_number DESC"]) == [3, 2, 1]
    assert found(f"run_id = '{run_id}' AND tags.n = '2'") == [2]
    assert sorted(found(f"name IN ('{name}', 'other') AND tags.n != '2'")) == [1, 3]
    assert found(f"{ours} AND source_path = 'runs:/{run_id}/model-3'") == [3]
    assert sorted(found(f"{ours} AND version_number >= 2")) == [2, 3]
    first = client.search_model_versions(ours, max_results=2, order_by=["version_number ASC"])
    second = client.search_model_versions(ours, max_results=2, order_by=["version_number ASC"], page_token=first.token)
    assert (numbers(first), numbers(second), bool(second.token)) == ([1, 2], [3], False)


def test_limits_of_registry_searches(wire):
    for route, most in (("registered-models/search", 1000), ("model-versions/search", 200_000)):
        assert wire.get(route, max_results=most).status == 200
        assert wire.get(route, max_results=most + 1).error_code == "INVALID_PARAMETER_VALUE"
        assert wire.get(route, filter="nothing = 'a'").error_code == "INVALID_PARAMETER_VALUE"
        assert wire.get(route, page_token="not a token").error_code == "INVALID_PARAMETER_VALUE"
