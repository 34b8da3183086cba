"""System metrics, sampled from this machine for real."""

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

import trainyard as mlflow
from trainyard import MlflowClient, MlflowException
from trainyard.system_metrics.system_metrics_monitor import SystemMetricsMonitor

NAMES = {
    "system/cpu_utilization_percentage",
    "system/system_memory_usage_megabytes",
    "system/system_memory_usage_percentage",
    "system/disk_usage_percentage",
    "system/disk_usage_megabytes",
    "system/disk_available_megabytes",
    "system/network_receive_megabytes",
    "system/network_transmit_megabytes",
}


def monitoring_threads():
    return [thread for thread in threading.enumerate() if thread.name == "trainyard-system-metrics"]


def history(run, name):
    return [(point.step, point.value) for point in MlflowClient().get_metric_history(run.info.run_id, name)]


def wait_for(condition, seconds=20):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


def test_a_run_records_what_the_machine_does(store):
    mlflow.set_system_metrics_sampling_interval(0.3)
    with mlflow.start_run(log_system_metrics=True) as run:
        assert len(monitoring_threads()) == 1
        name = "system/cpu_utilization_percentage"
        wait_for(lambda: len(history(run, name)) >= 3)
    assert not monitoring_threads()
    metrics = mlflow.get_run(run.info.run_id).data.metrics
    assert NAMES <= set(metrics)
    points = history(run, name)
    assert [step for step, _ in points] == list(range(len(points)))
    assert all(0 <= value <= 100 for _, value in points)
    assert 0 < metrics["system/system_memory_usage_percentage"] < 100
    time.sleep(0.5)
    assert history(run, name) == points


def test_values_are_those_of_psutil(yard):
    psutil = pytest.importorskip("psutil")
    with mlflow.start_run(log_system_metrics=True) as run:
        time.sleep(0.5)
    metrics = mlflow.get_run(run.info.run_id).data.metrics
    memory, disk = psutil.virtual_memory(), psutil.disk_usage("/")
    assert metrics["system/system_memory_usage_megabytes"] == pytest.approx(
        (memory.total - memory.available) / 1e6, rel=0.2
    )
    assert metrics["system/disk_available_megabytes"] == pytest.approx(disk.free / 1e6, rel=0.05)


def test_a_short_run_has_one_point(yard):
    with mlflow.start_run(log_system_metrics=True) as run:
        time.sleep(0.3)
    assert len(history(run, "system/cpu_utilization_percentage")) == 1


def test_samples_are_averaged_into_points(yard):
    mlflow.set_system_metrics_sampling_interval(0.05)
    mlflow.set_system_metrics_samples_before_logging(4)
    started = time.monotonic()
    with mlflow.start_run(log_system_metrics=True) as run:
        wait_for(lambda: len(history(run, "system/cpu_utilization_percentage")) >= 2)
        assert time.monotonic() - started >= 8 * 0.05
    mlflow.set_system_metrics_samples_before_logging(None)
    mlflow.set_system_metrics_sampling_interval(None)
    assert "MLFLOW_SYSTEM_METRICS_SAMPLING_INTERVAL" not in os.environ


def test_a_run_taken_up_again_goes_on_with_the_next_step(yard):
    with mlflow.start_run(log_system_metrics=True) as run:
        time.sleep(0.3)
    with mlflow.start_run(run.info.run_id, log_system_metrics=True):
        time.sleep(0.3)
    assert [step for step, _ in history(run, "system/cpu_utilization_percentage")] == [0, 1]


def test_the_switches_decide_for_runs_that_say_nothing(yard, monkeypatch):
    with mlflow.start_run():
        assert not monitoring_threads()
    mlflow.enable_system_metrics_logging()
    with mlflow.start_run():
        assert monitoring_threads()
    with mlflow.start_run(log_system_metrics=False):
        assert not monitoring_threads()
    mlflow.config.disable_system_metrics_logging()
    with mlflow.start_run():
        assert not monitoring_threads()
    monkeypatch.setenv("TRAINYARD_ENABLE_SYSTEM_METRICS_LOGGING", "1")
    with mlflow.start_run():
        assert monitoring_threads()


def test_nodes_have_names_of_their_own(yard):
    mlflow.set_system_metrics_node_id("node-1")
    with mlflow.start_run() as run:
        monitor = SystemMetricsMonitor(run.info.run_id, sampling_interval=60)
        monitor.start()
        time.sleep(0.3)
        monitor.finish()
        monitor.finish()
    assert "system/node-1/cpu_utilization_percentage" in mlflow.get_run(run.info.run_id).data.metrics


def test_settings_that_make_no_sense_are_refused():
    for value in (0, -1, "often"):
        with pytest.raises(MlflowException, match="greater than 0"):
            mlflow.set_system_metrics_sampling_interval(value)
        with pytest.raises(MlflowException, match="greater than 0"):
            mlflow.set_system_metrics_samples_before_logging(value)


def test_a_store_that_fails_does_not_disturb_the_run(yard, caplog):
    with mlflow.start_run() as run:
        monitor = SystemMetricsMonitor(run.info.run_id, sampling_interval=0.05, tracking_uri=yard)
        mlflow.delete_run(run.info.run_id)
        monitor._run_id = "0" * 32
        monitor.start()
        wait_for(lambda: not monitoring_threads())
        monitor.finish()
        mlflow.restore_run(run.info.run_id)
    assert "no longer recorded" in caplog.text


FORK = """
import os, sys, time, threading
import trainyard as mlflow

mlflow.set_system_metrics_sampling_interval(0.1)
with mlflow.start_run(log_system_metrics=True) as run:
    time.sleep(0.25)
    child = os.fork()
    if child == 0:
        mlflow.end_run()
        with mlflow.start_run(log_system_metrics=True) as own:
            time.sleep(0.3)
        points = mlflow.MlflowClient().get_metric_history(own.info.run_id, "system/disk_usage_megabytes")
        os._exit(0 if points and len(threading.enumerate()) == 1 else 1)
    _, status = os.waitpid(child, 0)
    assert status == 0, status
    time.sleep(0.2)
points = mlflow.MlflowClient().get_metric_history(run.info.run_id, "system/disk_usage_megabytes")
steps = [point.step for point in points]
assert len(steps) >= 3 and len(set(steps)) == len(steps), steps
assert mlflow.get_run(run.info.run_id).info.status == "FINISHED"
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_a_forked_child_samples_for_its_own_runs(tmp_path):
    script = tmp_path / "forks.py"
    script.write_text(FORK)
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr


def test_gpus_are_read_where_their_library_is_found(yard, tmp_path):
    source = Path(__file__).with_name("nvml.c")
    command = ["cc", "-shared", "-fPIC", str(source), "-o", str(tmp_path / "libnvidia-ml.so.1")]
    subprocess.run(command, check=True)
    program = """
import time
import trainyard as mlflow
with mlflow.start_run(log_system_metrics=True) as run:
    time.sleep(0.5)
for name, value in sorted(mlflow.get_run(run.info.run_id).data.metrics.items()):
    print(name, value)
"""
    environment = {**os.environ, "LD_LIBRARY_PATH": str(tmp_path)}
    said = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
    ).stdout
    assert [line for line in said.splitlines() if line.startswith("system/gpu")] == [
        "system/gpu_0_memory_usage_megabytes 2000.0",
        "system/gpu_0_memory_usage_percentage 25.0",
        "system/gpu_0_power_usage_percentage 50.0",
        "system/gpu_0_power_usage_watts 150.0",
        "system/gpu_0_utilization_percentage 37.0",
        "system/gpu_1_memory_usage_megabytes 6000.0",
        "system/gpu_1_memory_usage_percentage 75.0",
        "system/gpu_1_utilization_percentage 99.0",
    ]
