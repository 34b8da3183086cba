"""Exported files are read by the libraries that people use for tables."""

import math
import subprocess
import sys
import urllib.request

import polars

import trainyard as mlflow


def export(uri, table, path, *flags):
    command = [sys.executable, "-m", "trainyard", "export", table, "--to", str(path), "--tracking-uri", uri, *flags]
    subprocess.run(command, check=True, capture_output=True, timeout=120)


def logged():
    with mlflow.start_run(run_name="first") as run:
        mlflow.log_param("depth", 5)
        mlflow.set_tag("team", "botany")
        for step in range(3):
            mlflow.log_metric("loss", [0.5, math.nan, math.inf][step], step=step, timestamp=1000 + step)
    return run.info.run_id


def test_polars_reads_points_and_runs(yard, tmp_path):
    run_id = logged()
    export(yard, "metrics", tmp_path / "points.parquet", "--run", run_id)
    points = polars.read_parquet(tmp_path / "points.parquet")
    assert points.columns == ["run_id", "key", "step", "timestamp", "value"]
    assert points["run_id"].unique().to_list() == [run_id]
    assert points["step"].to_list() == [0, 1, 2]
    assert points["timestamp"].dt.epoch("ms").to_list() == [1000, 1001, 1002]
    assert points["value"].to_list()[0] == 0.5
    assert points["value"].is_nan().to_list() == [False, True, False]
    assert points["value"].is_infinite().to_list() == [False, False, True]

    export(yard, "runs", tmp_path / "runs.parquet")
    runs = polars.read_parquet(tmp_path / "runs.parquet")
    row = runs.filter(polars.col("run_id") == run_id).to_dicts()[0]
    assert (row["params.depth"], row["tags.team"], row["run_name"], row["status"]) == (
        "5",
        "botany",
        "first",
        "FINISHED",
    )
    assert row["end_time"] >= row["start_time"]


def test_a_server_is_read_from_directly(our_server, tmp_path):
    mlflow.set_tracking_uri(our_server)
    run_id = logged()
    with urllib.request.urlopen(f"{our_server}/api/trainyard/v1/metrics.csv?run_ids={run_id}") as answer:
        points = polars.read_csv(answer.read())
    assert points["step"].to_list() == [0, 1, 2]
    export(our_server, "metrics", tmp_path / "points.parquet", "--run", run_id, "--key", "loss")
    assert polars.read_parquet(tmp_path / "points.parquet").height == 3
