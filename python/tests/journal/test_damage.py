"""Journals that a broken disk has changed under the program that writes them."""

import time

import pytest

import trainyard as mlflow
from trainyard import MlflowClient, MlflowException

from .conftest import steps


def test_a_program_is_told_that_its_own_journal_is_damaged_and_goes_on(server, tmp_path, monkeypatch):
    monkeypatch.setenv("TRAINYARD_END_RUN_TIMEOUT", "30")
    mlflow.set_tracking_uri(server.url)
    with pytest.warns(UserWarning, match="no answer from"):
        run_id = mlflow.start_run().info.run_id
    # What is read now is the making of the run alone.
    time.sleep(0.5)
    for step in range(100):
        mlflow.log_metric("m", 0.5, step=step)
    (segment,) = (tmp_path / "home/journal").glob("*/00000001.segment")
    with open(segment, "r+b") as file:
        used = len(file.read().rstrip(b"\0"))
        file.seek(used - 20 * 37)
        file.write(b"\xff\xff")
    server.start()
    with pytest.raises(MlflowException, match=r"is damaged: segment 1, byte \d+: .* the folder is kept"):
        mlflow.flush_async_logging()
    mlflow.flush_async_logging()
    mlflow.log_metric("m", 0.5, step=1000)
    mlflow.end_run()
    assert segment.exists()
    stored = steps(server.url, run_id)
    assert stored[-1] == 1000 and stored[:-1] == list(range(len(stored) - 1)) and 75 < len(stored) < 90
    assert MlflowClient(server.url).get_run(run_id).info.status == "FINISHED"
