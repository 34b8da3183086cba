"""Metrics: latest value, history, special values, duplicates and limits."""

import math
import random
import time
import urllib.parse

import pytest
from mlflow.entities import Metric

LARGEST = 1.7976931348623157e308


def points(client, run_id, key):
    return [(point.timestamp, point.step, point.value) for point in client.get_metric_history(run_id, key)]


def test_history_keeps_every_point_in_order(client, run_id):
    for step in range(5):
        client.log_metric(run_id, "loss", 1.0 / (step + 1), timestamp=1000 + step, step=step)
    assert points(client, run_id, "loss") == [(1000 + step, step, 1.0 / (step + 1)) for step in range(5)]
    assert client.get_run(run_id).data.metrics == {"loss": 0.2}


def test_time_and_step_have_defaults(client, run_id):
    before = int(time.time() * 1000)
    client.log_metric(run_id, "loss", 2)
    [(timestamp, step, value)] = points(client, run_id, "loss")
    assert before - 1000 <= timestamp <= before + 60_000
    assert (step, value) == (0, 2.0)


def test_the_latest_value_has_the_highest_step_then_time_then_value(client, run_id):
    client.log_batch(
        run_id,
        metrics=[
            Metric("by_step", 3.0, 10, 7),
            Metric("by_step", 9.0, 99, 6),
            Metric("by_time", 1.0, 50, 1),
            Metric("by_time", 8.0, 40, 1),
            Metric("by_value", 5.0, 10, 1),
            Metric("by_value", 4.0, 10, 1),
        ],
    )
    client.log_metric(run_id, "by_step", 100.0, timestamp=5000, step=-1)
    assert client.get_run(run_id).data.metrics == {"by_step": 3.0, "by_time": 1.0, "by_value": 5.0}


def test_history_is_ordered_by_time_then_step_then_value(client, run_id):
    logged = [(30, 1, 1.0), (10, 3, 5.0), (20, 2, 2.0), (10, 3, -5.0), (10, -1, 0.0)]
    client.log_batch(run_id, metrics=[Metric("m", value, timestamp, step) for timestamp, step, value in logged])
    assert points(client, run_id, "m") == sorted(logged)


def test_exact_duplicates_are_stored_once(client, run_id):
    for _ in range(3):
        client.log_metric(run_id, "m", 1.5, timestamp=1000, step=1)
    client.log_batch(run_id, metrics=[Metric("m", 1.5, 1000, 1), Metric("m", 2.5, 1000, 1), Metric("m", 2.5, 1000, 1)])
    assert points(client, run_id, "m") == [(1000, 1, 1.5), (1000, 1, 2.5)]


def test_special_values(client, run_id):
    client.log_metric(run_id, "nan", math.nan, timestamp=1, step=0)
    client.log_metric(run_id, "up", math.inf, timestamp=1, step=0)
    client.log_metric(run_id, "down", -math.inf, timestamp=1, step=0)
    client.log_metric(run_id, "tiny", 5e-324, timestamp=1, step=0)
    client.log_metric(run_id, "zero", -0.0, timestamp=1, step=0)
    metrics = client.get_run(run_id).data.metrics
    assert math.isnan(metrics["nan"])
    assert (metrics["up"], metrics["down"]) == (LARGEST, -LARGEST)
    assert (metrics["tiny"], metrics["zero"]) == (5e-324, 0.0)
    assert math.isnan(points(client, run_id, "nan")[0][2])
    assert points(client, run_id, "up") == [(1, 0, LARGEST)]


def test_special_values_in_a_batch(client, run_id):
    values = [1.0, math.nan, math.inf, -math.inf, 2.0]
    client.log_batch(run_id, metrics=[Metric("m", value, step, step) for step, value in enumerate(values)])
    history = [value for _, _, value in points(client, run_id, "m")]
    assert history[0] == 1.0 and math.isnan(history[1]) and history[2:] == [LARGEST, -LARGEST, 2.0]
    assert client.get_run(run_id).data.metrics["m"] == 2.0


def test_values_come_back_to_the_last_bit(client, run_id):
    generator = random.Random(1)
    values = [1 / (step + 1) for step in range(300)] + [generator.random() for _ in range(300)]
    values += [generator.random() * 10.0 ** generator.randint(-300, 300) for _ in range(300)]
    client.log_batch(run_id, metrics=[Metric("m", value, step, step) for step, value in enumerate(values)])
    assert [value for _, _, value in points(client, run_id, "m")] == values


def test_nan_is_logged_once_when_repeated(client, run_id):
    for _ in range(2):
        client.log_metric(run_id, "m", math.nan, timestamp=1, step=1)
    assert len(points(client, run_id, "m")) == 1


def test_steps_and_times_may_be_large_and_negative(client, run_id):
    client.log_metric(run_id, "m", 1.0, timestamp=0, step=-(2**40))
    client.log_metric(run_id, "m", 2.0, timestamp=4_102_444_800_000, step=2**40)
    assert points(client, run_id, "m") == [(0, -(2**40), 1.0), (4_102_444_800_000, 2**40, 2.0)]


def test_a_full_batch_of_points(client, run_id):
    client.log_batch(run_id, metrics=[Metric("m", float(step), 1000 + step, step) for step in range(1000)])
    history = points(client, run_id, "m")
    assert len(history) == 1000 and history[999] == (1999, 999, 999.0)
    assert client.get_run(run_id).data.metrics["m"] == 999.0


def test_long_histories_come_in_pages(client, run_id, wire):
    client.log_batch(run_id, metrics=[Metric("m", float(step), 1000, step) for step in range(10)])
    values, token = [], None
    for _ in range(4):
        fields = {"run_id": run_id, "metric_key": "m", "max_results": 3} | ({"page_token": token} if token else {})
        page = wire.get("metrics/get-history", **fields).json
        values += [point["value"] for point in page["metrics"]]
        token = page.get("next_page_token")
    assert values == [float(step) for step in range(10)] and token is None


def test_an_unknown_key_has_no_history(client, run_id):
    assert points(client, run_id, "never") == []


def test_history_of_an_unknown_run_is_empty_or_not_found(wire):
    answer = wire.get("metrics/get-history", run_id="0" * 32, metric_key="m")
    assert (answer.status, answer.body.strip()) == (200, b"{}") or answer.error_code == "RESOURCE_DOES_NOT_EXIST"


def test_keys_may_hold_slashes_spaces_and_any_script(client, run_id):
    for key in ("train/loss", "val loss", "précision@1".replace("@", ":"), "層.0-a_b", "k" * 250):
        client.log_metric(run_id, key, 1.0)
        assert client.get_metric_history(run_id, key)[0].key == key


@pytest.mark.parametrize("key", ["k" * 251, "", "a//b", "/a", "../a", "a?b", "a\\b"])
def test_a_bad_key_is_refused(wire, run_id, key):
    answer = wire.post("runs/log-metric", {"run_id": run_id, "key": key, "value": 1.0, "timestamp": 1, "step": 0})
    assert (answer.status, answer.error_code) == (400, "INVALID_PARAMETER_VALUE")


@pytest.mark.parametrize("kind", ["params", "tags"])
def test_a_bad_key_in_a_batch_refuses_the_batch(wire, client, run_id, kind):
    message = {"run_id": run_id, kind: [{"key": "good", "value": "1"}, {"key": "k" * 251, "value": "1"}]}
    assert wire.post("runs/log-batch", message).error_code == "INVALID_PARAMETER_VALUE"
    data = client.get_run(run_id).data
    assert data.params == {} and "good" not in data.tags


@pytest.mark.parametrize("value", ["abc", [1], {"a": 1}, None], ids=["text", "list", "object", "null"])
def test_a_value_that_is_no_number_is_refused(wire, client, run_id, value):
    answer = wire.post("runs/log-metric", {"run_id": run_id, "key": "m", "value": value, "timestamp": 1})
    assert (answer.status, answer.error_code) == (400, "INVALID_PARAMETER_VALUE")
    assert client.get_run(run_id).data.metrics == {}


def test_batch_limits(wire, client, run_id):
    def batch(metrics=0, params=0, tags=0):
        return wire.post(
            "runs/log-batch",
            {
                "run_id": run_id,
                "metrics": [{"key": "m", "value": n, "timestamp": n, "step": n} for n in range(metrics)],
                "params": [{"key": f"p{n}", "value": "v"} for n in range(params)],
                "tags": [{"key": f"t{n}", "value": "v"} for n in range(tags)],
            },
        )

    for answer in (batch(metrics=1001), batch(params=101), batch(tags=101), batch(metrics=900, params=100, tags=1)):
        assert (answer.status, answer.error_code) == (400, "INVALID_PARAMETER_VALUE")
    data = client.get_run(run_id).data
    assert data.metrics == {} and data.params == {}
    assert batch(metrics=800, params=100, tags=100).json == {}


def test_a_batch_with_one_param_twice_is_refused(wire, run_id):
    params = [{"key": "a", "value": "1"}, {"key": "a", "value": "2"}]
    answer = wire.post("runs/log-batch", {"run_id": run_id, "params": params})
    assert (answer.status, answer.error_code) == (400, "INVALID_PARAMETER_VALUE")


def test_a_batch_of_ten_megabytes_is_refused(wire, client, run_id):
    params = [{"key": f"p{n}", "value": "v" * 100_000} for n in range(100)]
    answer = wire.post("runs/log-batch", {"run_id": run_id, "params": params})
    assert (answer.status, answer.error_code) == (400, "INVALID_PARAMETER_VALUE")
    assert client.get_run(run_id).data.params == {}


BULK = "/ajax-api/2.0/mlflow/metrics/get-history-bulk"


def bulk(wire, path, **fields):
    return wire.send("GET", f"{path}?{urllib.parse.urlencode(fields, doseq=True)}")


@pytest.fixture
def disordered_run(client, run_id):
    """A run whose steps go against the time, two points a step, all alike: where points differ, we keep extremes."""
    client.log_batch(run_id, metrics=[Metric("m", 1.0, 100 - i, i // 2) for i in range(12)])
    return run_id


@pytest.mark.parametrize(
    ("max_results", "expected"),
    [
        (1, [90]),
        (2, [99, 90]),
        (5, [99, 98, 93, 91, 90]),
        (7, [99, 97, 95, 93, 91, 89, 90]),
        (2500, [99, 100, 97, 98, 95, 96, 93, 94, 91, 92, 89, 90]),
    ],
)
def test_a_sample_of_a_history_has_both_ends(wire, disordered_run, max_results, expected):
    for root in ("/api", "/ajax-api"):
        path = f"{root}/2.0/mlflow/metrics/get-history-bulk-interval"
        answer = bulk(wire, path, run_ids=[disordered_run], metric_key="m", max_results=max_results).json
        assert [point["timestamp"] for point in answer["metrics"]] == expected
        assert {point["run_id"] for point in answer["metrics"]} == {disordered_run}


def test_a_sample_of_an_interval_of_steps(wire, disordered_run):
    answer = wire.get(
        "metrics/get-history-bulk-interval",
        run_ids=[disordered_run, "unknown", disordered_run],
        metric_key="m",
        start_step=2,
        end_step=4,
        max_results=3,
    )
    assert [point["step"] for point in answer.json["metrics"]] == [2, 3, 4] * 2


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"metric_key": "m"}, "Missing value for required parameter 'run_ids'"),
        ({"run_ids": ["r"]}, "Missing value for required parameter 'metric_key'"),
        ({"run_ids": ["r"] * 101, "metric_key": "m"}, "at most 100 run_ids. Received 101 run_ids."),
        ({"run_ids": ["r"], "metric_key": "m", "max_results": 0}, "max_results must be between 1 and 2500."),
        ({"run_ids": ["r"], "metric_key": "m", "max_results": 2501}, "max_results must be between 1 and 2500."),
        ({"run_ids": ["r"], "metric_key": "m", "max_results": "x"}, "max_results"),
        ({"run_ids": ["r"], "metric_key": "m", "start_step": 1}, "both must be specified."),
        ({"run_ids": ["r"], "metric_key": "m", "start_step": 2, "end_step": 1}, "start_step=2 and end_step=1"),
    ],
)
def test_a_bad_question_for_a_sample_is_refused(wire, fields, message):
    answer = wire.get("metrics/get-history-bulk-interval", **fields)
    assert (answer.status, answer.error_code) == (400, "INVALID_PARAMETER_VALUE")
    assert message in answer.message


def test_histories_of_several_runs_at_once(wire, client, disordered_run):
    experiment_id = client.get_run(disordered_run).info.experiment_id
    other = client.create_run(experiment_id).info.run_id
    client.log_metric(other, "m", 0.5, timestamp=7, step=1)
    both = bulk(wire, BULK, run_id=[other, disordered_run, "unknown"], metric_key="m").json["metrics"]
    assert len(both) == 13
    assert [point["run_id"] for point in both] == sorted(point["run_id"] for point in both)
    mine = [point["timestamp"] for point in both if point["run_id"] == disordered_run]
    assert mine == sorted(mine)
    assert bulk(wire, BULK, run_id=[other, disordered_run], metric_key="m", max_results=1).json["metrics"] == both[:1]
    assert bulk(wire, BULK, run_id=["unknown"], metric_key="m").json == {"metrics": []}


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({}, "must specify at least one run_id."),
        ({"run_id": ["r"] * 101, "metric_key": "m"}, "more than 100 run_ids. Received 101 run_ids."),
        ({"run_id": ["r"]}, "must specify a metric_key."),
    ],
)
def test_a_bad_question_for_several_histories_is_refused(wire, fields, message):
    answer = bulk(wire, BULK, **fields)
    assert (answer.status, answer.error_code) == (400, "INVALID_PARAMETER_VALUE")
    assert message in answer.message
