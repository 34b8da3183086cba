"""What a metric takes as value, step and time, and what is said about anything else."""

import threading

import numpy
import pytest

import trainyard as mlflow
from trainyard import MlflowClient, MlflowException
from trainyard.tracking import run_logs


class Tensor:
    """A tensor of a framework: its number is asked for with `item`, which frameworks refuse in ways of their own."""

    def __init__(self, *numbers):
        self.numbers = numbers

    def item(self):
        if len(self.numbers) != 1:
            raise RuntimeError(f"a Tensor with {len(self.numbers)} elements cannot be converted to Scalar")
        return self.numbers[0]

    def __str__(self):
        return f"tensor{self.numbers}"


class Eager:
    """A tensor of TensorFlow, which has `numpy` in place of `item`."""

    def numpy(self):
        return numpy.array([2.5])


def log_metric(run, **point):
    mlflow.log_metric("d", **point)


def log_metrics(run, value, **point):
    mlflow.log_metrics({"d": value}, **point)


def log_with_client(run, **point):
    MlflowClient().log_metric(run.info.run_id, "d", **point)


LOG = pytest.mark.parametrize("log", [log_metric, log_metrics, log_with_client])


@LOG
@pytest.mark.parametrize(
    "value",
    [numpy.array([2.5]), numpy.array([[2.5]]), numpy.array(2.5), numpy.float32(2.5), Tensor(2.5), Eager(), "2.5"],
    ids=lambda value: f"{type(value).__name__}{numpy.shape(value)}",
)
def test_one_number_is_taken_in_whatever_it_is_wrapped(yard, log, value):
    with mlflow.start_run() as run:
        log(run, value=value)
    assert mlflow.get_run(run.info.run_id).data.metrics == {"d": 2.5}


@LOG
@pytest.mark.parametrize(
    "value",
    [numpy.array([1.0, 2.0]), numpy.array([]), Tensor(1.0, 2.0), [2.5], "much", None, 1j, 10**400, 10**5000],
    ids=lambda value: type(value).__name__,
)
def test_what_is_no_number_is_refused_with_its_value(yard, log, value):
    with mlflow.start_run() as run, pytest.raises(MlflowException, match=r"value .* for metric 'd'") as error:
        log(run, value=value)
    assert error.value.error_code == "INVALID_PARAMETER_VALUE"
    assert len(str(error.value)) < 500
    assert mlflow.get_run(run.info.run_id).data.metrics == {}


@LOG
@pytest.mark.parametrize(("field", "given", "kept"), [
    ("step", 3.0, 3), ("step", numpy.int64(3), 3), ("step", numpy.array([3]), 3), ("step", Tensor(3), 3),
    ("timestamp", 1.5e12, 1_500_000_000_000), ("timestamp", numpy.int64(7), 7),
])  # fmt: skip
def test_steps_and_times_are_taken_as_frameworks_hand_them_over(yard, log, field, given, kept):
    with mlflow.start_run() as run:
        log(run, value=1.0, **{field: given})
    (point,) = MlflowClient().get_metric_history(run.info.run_id, "d")
    assert getattr(point, field) == kept


@LOG
@pytest.mark.parametrize("field", ["step", "timestamp"])
@pytest.mark.parametrize(
    "given", ["3", b"3", 2**70, -(2**70), float("nan"), float("inf"), [1], numpy.array([1, 2]), Tensor(1, 2)], ids=str
)
def test_steps_and_times_that_are_none_are_refused_by_name(yard, log, field, given):
    with mlflow.start_run() as run, pytest.raises(MlflowException, match=f"for {field} of metric 'd'") as error:
        log(run, value=1.0, **{field: given})
    assert error.value.error_code == "INVALID_PARAMETER_VALUE"
    assert mlflow.get_run(run.info.run_id).data.metrics == {}


def test_threads_log_to_more_runs_than_logs_are_kept(yard, monkeypatch):
    monkeypatch.setattr(run_logs, "_KEPT", 4)
    client = MlflowClient()
    runs = [client.create_run("0").info.run_id for _ in range(16)]
    errors = []

    def log(first):
        try:
            for turn in range(20):
                for index in range(len(runs)):
                    client.log_metric(runs[(first + index) % len(runs)], "m", first, step=turn)
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=log, args=(first,)) for first in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert len(run_logs._logs) <= 4
    mlflow.flush_async_logging()
    assert {len(client.get_metric_history(run_id, "m")) for run_id in runs} == {80}


def test_the_oldest_log_goes_whatever_other_threads_do_meanwhile(monkeypatch):
    """As where two threads find the same log to be the oldest: each is closed once, and none is missed."""

    class Log:
        started_offline = False

        def __init__(self):
            self.closed = 0

        def close(self):
            self.closed += 1

    class Slow(dict):
        """Lets other threads run where the oldest is looked for."""

        def __iter__(self):
            for key in super().__iter__():
                barrier_passed.wait(0.002)
                yield key

    barrier_passed = threading.Event()
    monkeypatch.setattr(run_logs, "_KEPT", 4)
    monkeypatch.setattr(run_logs, "_logs", Slow())
    monkeypatch.setattr(run_logs, "_known", set())
    logs, errors = [], []

    def keep(thread):
        try:
            for turn in range(20):
                log = Log()
                logs.append(log)
                run_logs.remember(client, f"{thread}-{turn}", log)
        except Exception as error:
            errors.append(error)

    client = MlflowClient("sqlite:///never.db")
    threads = [threading.Thread(target=keep, args=(thread,)) for thread in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert sorted(log.closed for log in logs) == [0] * 4 + [1] * 156
