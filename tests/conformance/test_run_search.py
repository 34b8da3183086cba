"""`search_runs`: the filter grammar, ordering and paging, over one set of runs."""

import math
import uuid

import pytest
from mlflow.entities import Metric, Param, RunTag, ViewType


@pytest.fixture(scope="module")
def runs(server):
    """Five runs `a` to `e`: losses 0.1, 0.2, 0.3, NaN and none; started in that order."""
    from mlflow import MlflowClient

    client = MlflowClient(server.url)
    experiment_id = client.create_experiment(f"run-search-{uuid.uuid4().hex}")
    ids = {}
    for position, (letter, loss) in enumerate(zip("abcde", [0.1, 0.2, 0.3, math.nan, None], strict=True)):
        run_id = client.create_run(
            experiment_id, start_time=1000 * (position + 1), run_name=f"run-{letter}"
        ).info.run_id
        client.log_batch(
            run_id,
            metrics=[] if loss is None else [Metric("loss", loss, 1, 0), Metric("val loss/é", 10 * loss, 1, 0)],
            params=[Param("letter", letter), Param("Depth", str(position))]
            + ([Param("only_a", "x")] if letter == "a" else []),
            tags=[RunTag("group", "early" if position < 2 else "late"), RunTag("quoted.key with space", letter)],
        )
        ids[letter] = run_id
    client.set_terminated(ids["a"], "FINISHED", end_time=9000)
    client.set_terminated(ids["b"], "FAILED", end_time=8000)
    return client, experiment_id, ids


@pytest.fixture
def found(runs):
    client, experiment_id, _ = runs

    def search(filter_string="", order_by=("attributes.start_time ASC",), **options):
        page = client.search_runs([experiment_id], filter_string, order_by=list(order_by), **options)
        return "".join(run.info.run_name.removeprefix("run-") for run in page)

    return search


@pytest.mark.parametrize(
    ("filter_string", "expected"),
    [
        ("", "abcde"),
        ("metrics.loss > 0.1", "bc"),
        ("metrics.loss >= 0.1 AND metrics.loss < 0.3", "ab"),
        ("metric.loss != 0.2", "acd"),
        ("metrics.loss = 2e-1", "b"),
        ("metrics.loss > -1", "abc"),
        ('metrics."val loss/é" <= 2', "ab"),
        ("metrics.`val loss/é` > 2", "c"),
        ("metrics.never > 0", ""),
        ("params.letter = 'a'", "a"),
        ('params.letter = "a"', "a"),
        ("parameters.letter != 'a'", "bcde"),
        ("param.Depth = '3'", "d"),
        ("params.depth = '3'", ""),
        ("params.letter LIKE '%'", "abcde"),
        ("params.letter LIKE 'A'", ""),
        ("params.letter ILIKE 'A'", "a"),
        ("params.only_a IS NULL", "bcde"),
        ("params.only_a IS NOT NULL", "a"),
        ("tags.group = 'early'", "ab"),
        ("tag.group != 'early' and metrics.loss > 0", "c"),
        ("tags.group LIKE 'l_te'", "cde"),
        ("tags.`quoted.key with space` = 'd'", "d"),
        ("tags.missing IS NULL", "abcde"),
        ("tags.mlflow.runName = 'run-b'", "b"),
        ("attributes.status = 'FAILED'", "b"),
        ("status != 'RUNNING'", "ab"),
        ("run_name = 'run-c'", "c"),
        ("attr.run_name LIKE 'run-%' AND run.run_name ILIKE '%E'", "e"),
        ("start_time > 2000", "cde"),
        ("attributes.start_time <= 2000", "ab"),
        ("created = 3000", "c"),
        ("end_time < 8500", "b"),
        ("user_id = 'nobody'", ""),
        ("artifact_uri LIKE '%/artifacts'", "abcde"),
        ("params.letter = 'a' AND tags.group = 'early' AND metrics.loss = 0.1 AND status = 'FINISHED'", "a"),
        ("params.letter = 'a' AND params.letter = 'b'", ""),
        ("  params.letter   =   'b'  ", "b"),
        ("params.letter = 'it''s'", ""),
        ("AND params.letter = 'b'", "b"),
        ("params.letter = 'b' AND", "b"),
        ("params.letter = 'b' tags.group = 'early'", "b"),
    ],
)
def test_filters(found, filter_string, expected):
    assert found(filter_string) == expected


def test_filters_by_run_id(found, runs):
    _, _, ids = runs
    assert found(f"run_id = '{ids['b']}'") == "b"
    assert found(f"attributes.run_id IN ('{ids['a']}', '{ids['e']}')") == "ae"
    assert found(f"run_id NOT IN ('{ids['a']}')") == "bcde"


def test_words_of_sql_in_values_are_only_text(found):
    assert found("params.letter = '); DROP TABLE runs; --'") == ""
    assert found("params.letter = 'a\" OR 1=1'") == ""
    assert found() == "abcde"


@pytest.mark.parametrize(
    ("order_by", "expected"),
    [
        ([], "edcba"),
        (["start_time DESC"], "edcba"),
        (["attributes.start_time ASC"], "abcde"),
        (["metrics.loss ASC"], "abcde"),
        (["metrics.loss DESC"], "cbade"),
        (["metrics.`val loss/é` desc"], "cbade"),
        (["params.letter DESC"], "edcba"),
        (["params.only_a", "start_time"], "abcde"),
        (["tags.group DESC", "params.letter ASC"], "cdeab"),
        (["run_name DESC"], "edcba"),
        (["status", "start_time ASC"], "bacde"),
        (["end_time ASC", "start_time DESC"], "baedc"),
    ],
    ids=str,
)
def test_order(found, order_by, expected):
    assert found(order_by=order_by) == expected


def test_pages_cover_everything_once(runs):
    client, experiment_id, _ = runs
    letters, token, pages = "", None, 0
    while True:
        page = client.search_runs([experiment_id], order_by=["metrics.loss DESC"], max_results=2, page_token=token)
        letters += "".join(run.data.params["letter"] for run in page)
        pages, token = pages + 1, page.token
        if not token:
            break
    assert (letters, pages) == ("cbade", 3)


def test_several_experiments_at_once(runs, unique):
    client, experiment_id, _ = runs
    other = client.create_experiment(unique)
    client.create_run(other)
    assert len(client.search_runs([experiment_id, other])) == 6
    assert client.search_runs(["987654321"]) == []


def test_views(runs):
    client, experiment_id, _ = runs
    run_id = client.create_run(experiment_id, run_name="run-gone", start_time=1).info.run_id
    client.delete_run(run_id)
    counts = {
        view: len(client.search_runs([experiment_id], run_view_type=view))
        for view in (ViewType.ACTIVE_ONLY, ViewType.DELETED_ONLY, ViewType.ALL)
    }
    assert counts == {ViewType.ACTIVE_ONLY: 5, ViewType.DELETED_ONLY: 1, ViewType.ALL: 6}


def test_a_found_run_is_whole(runs):
    client, experiment_id, ids = runs
    [run] = client.search_runs([experiment_id], "params.letter = 'a'")
    assert run.to_dictionary() == client.get_run(ids["a"]).to_dictionary()


def test_limits_of_the_page_size(wire, runs):
    _, experiment_id, _ = runs
    for max_results in (50_001, 0, -1):
        answer = wire.post("runs/search", {"experiment_ids": [experiment_id], "max_results": max_results})
        assert (answer.status, answer.error_code) == (400, "INVALID_PARAMETER_VALUE")
    answer = wire.post("runs/search", {"experiment_ids": [experiment_id], "max_results": 50_000})
    assert answer.status == 200


def test_a_broken_page_token_is_refused(wire, runs):
    _, experiment_id, _ = runs
    answer = wire.post("runs/search", {"experiment_ids": [experiment_id], "page_token": "not a token"})
    assert (answer.status, answer.error_code) == (400, "INVALID_PARAMETER_VALUE")


@pytest.mark.parametrize(
    "filter_string",
    [
        "metrics.loss",
        "metrics.loss >",
        "metrics.loss > 'abc'",
        "metrics.loss LIKE '1'",
        "metrics.loss > NaN",
        "params.letter > 'a'",
        "params.letter = a",
        "params.letter = 'a",
        "params. = 'a'",
        "unknown = 'a'",
        "models.a = 'b'",
        "start_time = 'yesterday'",
        "status > 'FINISHED'",
        "params.letter == 'a'",
        "'a' = params.letter",
    ],
    ids=str,
)
def test_a_bad_filter_is_refused(runs, refused, filter_string):
    client, experiment_id, _ = runs
    with refused("INVALID_PARAMETER_VALUE"):
        client.search_runs([experiment_id], filter_string)


@pytest.mark.parametrize("order_by", ["nothing DESC", "metrics.loss SIDEWAYS", "datasets.name", "metrics."])
def test_a_bad_order_is_refused(runs, refused, order_by):
    client, experiment_id, _ = runs
    with refused("INVALID_PARAMETER_VALUE"):
        client.search_runs([experiment_id], order_by=[order_by])
