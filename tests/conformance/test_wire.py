"""What no Python client sends: broken bodies, wrong types, missing fields, unknown routes, encodings of numbers."""

import json

import pytest

JSON = {"Content-Type": "application/json"}


MISSING = [
    ("experiments/create", {}, "name"),
    ("runs/update", {}, "run_id"),
    ("runs/log-metric", {"run_id": "r", "value": 1, "timestamp": 1}, "key"),
    ("runs/log-metric", {"run_id": "r", "key": "k", "timestamp": 1}, "value"),
    ("runs/log-metric", {"run_id": "r", "key": "k", "value": 1}, "timestamp"),
    ("runs/log-parameter", {"run_id": "r", "value": "1"}, "key"),
    ("runs/set-tag", {"run_id": "r", "value": "1"}, "key"),
    ("runs/delete-tag", {"run_id": "r"}, "key"),
    ("runs/delete", {}, "run_id"),
    ("experiments/delete", {}, "experiment_id"),
    ("registered-models/create", {}, "name"),
    ("model-versions/create", {"name": "n"}, "source"),
    ("logged-models", {}, "experiment_id"),
]


@pytest.mark.parametrize(
    ("route", "message", "field"), MISSING, ids=[f"{route}-{field}" for route, _, field in MISSING]
)
def test_a_missing_field_is_named(wire, route, message, field):
    answer = wire.post(route, message)
    assert (answer.status, answer.error_code) == (400, "INVALID_PARAMETER_VALUE")
    assert field in answer.message


@pytest.mark.parametrize("route", ["runs/create", "runs/log-batch", "experiments/create", "experiments/search"])
def test_a_broken_body_is_refused(wire, route):
    for body in (b'{"experiment_id": "0"', b"[1, 2]", b"nonsense", b"\xff\xfe", b'"text"', b"{" * 100_000):
        answer = wire.post(route, body)
        assert answer.status == 400
        assert answer.error_code in ("INVALID_PARAMETER_VALUE", "BAD_REQUEST")


def test_a_broken_body_names_line_and_column(wire):
    answer = wire.post("runs/create", b'{\n  "experiment_id": "0",\n  oops\n}')
    assert answer.status == 400
    assert "line 3 column 3" in answer.message


@pytest.mark.parametrize(
    ("route", "message"),
    [
        ("experiments/create", {"name": 5}),
        ("experiments/create", {"name": ["a"]}),
        ("experiments/create", {"name": "typed", "tags": "a"}),
        ("experiments/create", {"name": "typed", "tags": [{"key": 1, "value": 2}]}),
        ("runs/create", {"experiment_id": "0", "start_time": "soon"}),
        ("runs/create", {"experiment_id": "0", "tags": {"a": "b"}}),
        ("runs/search", {"experiment_ids": "0", "max_results": "many"}),
        ("runs/search", {"experiment_ids": ["0"], "run_view_type": "SIDEWAYS"}),
        ("runs/log-batch", {"run_id": "r", "metrics": 5}),
    ],
    ids=[
        "number-for-text",
        "list-for-text",
        "text-for-list",
        "number-in-list",
        "text-for-time",
        "object-for-list",
        "text-for-number",
        "unknown-view",
        "number-for-list",
    ],
)
def test_a_wrong_type_is_refused(wire, route, message):
    answer = wire.post(route, message)
    assert (answer.status, answer.error_code) == (400, "INVALID_PARAMETER_VALUE")


@pytest.mark.parametrize(
    ("route", "message", "value", "field"),
    [
        ("experiments/create", {"name": 5}, "5", "name"),
        ("experiments/create", {"name": ["a"]}, '["a"]', "name"),
        ("runs/create", {"experiment_id": "0", "start_time": "soon"}, '"soon"', "start_time"),
        ("runs/set-tag", {"run_id": "r", "key": "k", "value": {"b": 1, "a": 2}}, '{"a":2,"b":1}', "value"),
        ("registered-models/create", {"name": "m", "tags": 5}, "5", "tags"),
    ],
    ids=["number", "list", "text", "object", "number-for-list"],
)
def test_a_wrong_type_is_told_in_words_that_clients_look_for(wire, route, message, value, field):
    told = wire.post(route, message).message
    assert told.startswith(f"Invalid value {value} for parameter '{field}' supplied: ")
    assert told.endswith(". See the API docs for more information about request parameters.")


def test_a_search_for_runs_by_a_broken_body_finds_nothing(wire, run_id):
    answer = wire.post("runs/search", b'{"experiment_ids": ["0"]')
    assert (answer.status, answer.json) == (200, {})


def test_an_unknown_status_is_refused(wire, client, run_id):
    answer = wire.post("runs/update", {"run_id": run_id, "status": "SLEEPING"})
    assert (answer.status, answer.error_code) == (400, "INVALID_PARAMETER_VALUE")
    assert client.get_run(run_id).info.status == "RUNNING"


def test_numbers_may_be_text_and_text_is_kept(wire, experiment_id):
    run = wire.post("runs/create", {"experiment_id": experiment_id, "start_time": "1234"}).json["run"]
    assert run["info"]["start_time"] == 1234
    point = {"run_id": run["info"]["run_id"], "key": "m", "value": 1, "timestamp": "5", "step": "-7"}
    assert wire.post("runs/log-metric", point).json == {}
    history = wire.get("metrics/get-history", run_id=run["info"]["run_id"], metric_key="m").json
    assert history["metrics"] == [{"key": "m", "value": 1.0, "timestamp": 5, "step": -7}]


def test_unset_lists_and_scalars_are_left_out(wire, experiment_id):
    message = {"experiment_id": experiment_id, "run_name": "bare", "user_id": "me", "start_time": 5}
    run = wire.post("runs/create", message).json["run"]
    run_id = run["info"]["run_id"]
    assert run["info"] == {
        "artifact_uri": f"mlflow-artifacts:/{experiment_id}/{run_id}/artifacts",
        "experiment_id": experiment_id,
        "lifecycle_stage": "active",
        "run_id": run_id,
        "run_name": "bare",
        "run_uuid": run_id,
        "start_time": 5,
        "status": "RUNNING",
        "user_id": "me",
    }
    assert run["data"] == {"tags": [{"key": "mlflow.runName", "value": "bare"}]}


def test_nan_is_text_on_the_wire(wire, run_id):
    assert wire.post("runs/log-metric", {"run_id": run_id, "key": "m", "value": "NaN", "timestamp": 1}).json == {}
    body = wire.get("runs/get", run_id=run_id).body
    assert json.loads(body)["run"]["data"]["metrics"][0]["value"] == "NaN"


def test_a_single_log_batch_field_at_a_time(wire, client, run_id):
    for field, entry in (("params", {"key": "p", "value": "1"}), ("tags", {"key": "t", "value": "1"})):
        assert wire.post("runs/log-batch", {"run_id": run_id, field: [entry]}).json == {}
    assert wire.post("runs/log-batch", {"run_id": run_id}).json == {}
    data = client.get_run(run_id).data
    assert data.params == {"p": "1"} and data.tags["t"] == "1"


def test_old_field_names_are_understood(wire, run_id):
    assert wire.get("runs/get", run_uuid=run_id).json["run"]["info"]["run_id"] == run_id
    point = {"run_uuid": run_id, "key": "m", "value": 1.5, "timestamp": 1}
    assert wire.post("runs/log-metric", point).json == {}


def test_unknown_fields_are_ignored(wire, unique):
    assert "experiment_id" in wire.post("experiments/create", {"name": unique, "colour": "red"}).json


def test_the_content_type_may_name_a_charset(wire, unique):
    body = json.dumps({"name": unique}).encode()
    headers = {"Content-Type": "application/json; charset=utf-8"}
    assert wire.send("POST", "/api/2.0/mlflow/experiments/create", body, headers).status == 200


def test_another_content_type_is_refused(wire, unique):
    body = json.dumps({"name": unique}).encode()
    answer = wire.send("POST", "/api/2.0/mlflow/experiments/create", body, {"Content-Type": "text/plain"})
    assert answer.status == 400


def test_routes_are_served_twice(wire):
    answer = wire.send("GET", "/ajax-api/2.0/mlflow/experiments/get?experiment_id=0")
    assert answer.json["experiment"]["name"] == "Default"


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_an_unknown_route_is_not_found(wire, method):
    answer = wire.send(method, "/api/2.0/mlflow/experiments/nothing", b"{}" if method == "POST" else None, JSON)
    assert (answer.status, answer.error_code) == (404, "ENDPOINT_NOT_FOUND")


def test_health_version_and_server_info(wire):
    health = wire.send("GET", "/health")
    assert (health.status, health.body) == (200, b"OK")
    assert wire.send("GET", "/version").status == 200
    info = wire.send("GET", "/api/3.0/mlflow/server-info").json
    assert info["workspaces_enabled"] is False and info["artifact_serving_enabled"] is True


def test_the_server_lives_on_after_all_of_this(wire):
    assert wire.send("GET", "/health").body == b"OK"
