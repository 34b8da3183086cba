"""The embedded store in a PostgreSQL database."""

import math
import os

import pytest

import trainyard

URL = os.environ.get("TRAINYARD_TEST_POSTGRES_URL")


@pytest.mark.skipif(not URL, reason="SKIPPED on PostgreSQL: TRAINYARD_TEST_POSTGRES_URL is not set")
def test_a_run_is_recorded_and_found_in_postgresql(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    trainyard.set_tracking_uri(URL)
    try:
        experiment = trainyard.set_experiment(f"python-{os.getpid()}")
        with trainyard.start_run(run_name="first") as run:
            trainyard.log_params({"lr": 0.1})
            for step in range(50):
                trainyard.log_metric("loss", 1 / (step + 1), step=step)
            trainyard.log_metric("odd", math.nan)
            trainyard.log_text("hello", "notes/hello.txt")
        client = trainyard.MlflowClient()
        assert len(client.get_metric_history(run.info.run_id, "loss")) == 50
        assert math.isnan(client.get_run(run.info.run_id).data.metrics["odd"])
        found = client.search_runs([experiment.experiment_id], "params.lr = '0.1' AND metrics.loss < 0.1")
        assert [found.info.run_name for found in found] == ["first"]
        assert (tmp_path / "yard/artifacts").is_dir()
    finally:
        trainyard.set_tracking_uri("")
