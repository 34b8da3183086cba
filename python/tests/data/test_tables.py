"""Tables as artifacts: appending, pictures in cells, reading over runs, and stock reading and writing the same."""

import json
import os
import subprocess

import numpy
import pandas
import polars
import pytest

import trainyard as mlflow
from trainyard import artifacts


def stored(run, path):
    return json.loads(artifacts.load_text(f"runs:/{run.info.run_id}/{path}"))


def test_rows_are_added_to_the_table_that_is_there(store):
    with mlflow.start_run() as run:
        mlflow.log_table({"question": ["a", "b"], "score": [0.5, 1.0]}, "eval/results.json")
        mlflow.log_table(pandas.DataFrame({"question": ["c"], "score": [0.25]}, index=[7]), "eval/results.json")
        mlflow.log_table({"question": "d", "score": 2.0}, "eval/results.json", run_id=run.info.run_id)
        mlflow.log_table(polars.DataFrame({"other": [1]}), "other.json")
    assert stored(run, "eval/results.json") == {
        "columns": ["question", "score"],
        "data": [["a", 0.5], ["b", 1.0], ["c", 0.25], ["d", 2.0]],
    }
    tag = json.loads(mlflow.get_run(run.info.run_id).data.tags["mlflow.loggedArtifacts"])
    assert tag == [{"path": "eval/results.json", "type": "table"}, {"path": "other.json", "type": "table"}]


def test_tables_of_several_runs_are_read_below_each_other(store):
    experiment = mlflow.set_experiment(f"tables {store[:6]}")
    runs = []
    for number in range(3):
        with mlflow.start_run(run_name=f"run {number}") as run:
            mlflow.log_param("lr", number)
            mlflow.log_metric("loss", number / 2)
            if number < 2:
                mlflow.log_table({"n": [number, number], "loss": [1, 2]}, "t.json")
        runs.append(run.info.run_id)
    table = mlflow.load_table("t.json", extra_columns=["run_id", "params.lr", "metrics.loss", "start_time"])
    assert sorted(table["n"]) == [0, 0, 1, 1]
    assert dict(zip(table["run_id"], table["params.lr"], strict=True)) == {runs[0]: "0", runs[1]: "1"}
    assert set(table["metrics.loss"]) == {0.0, 0.5} and str(table["start_time"].dt.tz) == "UTC"
    with pytest.warns(UserWarning, match="Not all runs have the specified table artifact"):
        table = mlflow.load_table("t.json", run_ids=[runs[1], runs[2]], extra_columns=["params.none"])
    assert list(table["n"]) == [1, 1] and table["params.none"].isna().all()
    with pytest.raises(mlflow.MlflowException, match="No runs found") as caught:
        mlflow.load_table("none.json")
    assert caught.value.error_code == "RESOURCE_DOES_NOT_EXIST"
    with pytest.raises(mlflow.MlflowException, match="'lr' is no column of runs"):
        mlflow.load_table("t.json", extra_columns=["lr"])
    found = mlflow.MlflowClient().load_table(experiment.experiment_id, "t.json", run_ids=runs[:1])
    assert list(found.columns) == ["n", "loss"]


def test_a_column_of_the_table_keeps_its_name_before_an_extra_one(yard):
    with mlflow.start_run() as run:
        mlflow.log_table({"run_id": ["mine"]}, "t.json")
    table = mlflow.load_table("t.json", extra_columns=["run_id"])
    assert table.to_dict("records") == [{"run_id": "mine", "run_id_": run.info.run_id}]


def test_pictures_of_cells_become_files_with_thumbnails(store):
    pixels = numpy.arange(300 * 300, dtype=numpy.uint8).reshape(300, 300)
    data = {"picture": [mlflow.Image(pixels), mlflow.Image(pixels).to_pil()], "label": ["a", "b"]}
    with mlflow.start_run() as run:
        mlflow.log_table(data, "in/seen.json")
    assert isinstance(data["picture"][0], mlflow.Image)
    rows = stored(run, "in/seen.json")["data"]
    assert [row[1] for row in rows] == ["a", "b"]
    for cell, _ in rows:
        assert cell["type"] == "image" and cell["filepath"].startswith("table_images/in/seen/")
        image = artifacts.load_image(f"runs:/{run.info.run_id}/{cell['filepath']}")
        assert numpy.array_equal(numpy.array(image), pixels)
        thumbnail = artifacts.load_image(f"runs:/{run.info.run_id}/{cell['compressed_filepath']}")
        assert (thumbnail.format, thumbnail.size) == ("WEBP", (256, 256))


ENDLESS = []
ENDLESS.append(ENDLESS)

REFUSED = [
    (({"a": [1]}, "t.csv"), ValueError, "Invalid artifact file path"),
    (({"a": [1]}, "t"), ValueError, "either '.json' or '.parquet'"),
    (({"a": [1]}, "a:b.json"), ValueError, "forbidden character: :"),
    (([1, 2], "t.json"), mlflow.MlflowException, "data must be a pandas.DataFrame or a dictionary, not list"),
    (({"a": [mlflow.Image([[1]]), 1]}, "t.json"), ValueError, "Column `a` contains a mix of images and non-images"),
    (
        ({"a": [mlflow.Image([[1]])], "b": [ENDLESS]}, "t.json"),
        mlflow.MlflowException,
        "not JSON serializable",
    ),
]


@pytest.mark.parametrize(("arguments", "error", "expected"), REFUSED, ids=range(len(REFUSED)))
def test_what_is_no_table_is_refused_and_nothing_is_stored(yard, arguments, error, expected):
    with mlflow.start_run() as run:
        with pytest.raises(error, match=expected):
            mlflow.log_table(*arguments)
    assert mlflow.MlflowClient().list_artifacts(run.info.run_id) == []
    assert "mlflow.loggedArtifacts" not in mlflow.get_run(run.info.run_id).data.tags


def test_the_users_data_frame_stays_as_it_was(yard):
    frame = pandas.DataFrame({"picture": [mlflow.Image([[1]])], "n": [1]})
    with mlflow.start_run():
        mlflow.log_table(frame, "t.json")
    assert isinstance(frame["picture"].iloc[0], mlflow.Image)


LOG = """
import json, sys
import {package} as mlflow, pandas
mlflow.set_tracking_uri(sys.argv[1])
frame = pandas.DataFrame({{
    "number": [1, 2], "share": [0.1234567890123, None], "text": ["x", None], "flag": [True, False],
    "when": pandas.to_datetime(["2024-01-01T00:00:00.000", "2024-01-02T03:04:05.678"]), "list": [[1, 2], {{"a": 1}}],
}})
with mlflow.start_run() as run:
    mlflow.log_table(frame, "deep/table.json")
    mlflow.log_table({{"number": 3, "new": "y"}}, "deep/table.json")
print(json.dumps(run.info.run_id))
"""

LOAD = """
import json, sys
import {package} as mlflow
mlflow.set_tracking_uri(sys.argv[1])
loaded = mlflow.load_table("deep/table.json", run_ids=[sys.argv[2]], extra_columns=["run_id", "status"])
print(json.dumps([loaded.to_json(), [str(kind) for kind in loaded.dtypes]]))
"""


def test_stock_and_ours_write_the_same_bytes_and_read_the_same_tables(stock_server, stock, capsys, monkeypatch):
    def ours(script, *arguments):
        monkeypatch.setattr("sys.argv", ["script.py", *arguments])
        exec(compile(script.format(package="trainyard"), "script", "exec"), {})
        return json.loads(capsys.readouterr().out.splitlines()[-1])

    run_ids = [ours(LOG, stock_server), stock(LOG.format(package="mlflow"), stock_server)]
    bytes_of = [artifacts.load_text(f"runs:/{run_id}/deep/table.json") for run_id in run_ids]
    assert bytes_of[0] == bytes_of[1]
    tags = [mlflow.get_run(run_id).data.tags["mlflow.loggedArtifacts"] for run_id in run_ids]
    assert tags[0] == tags[1]
    for run_id in run_ids:
        here, there = ours(LOAD, stock_server, run_id), stock(LOAD.format(package="mlflow"), stock_server, run_id)
        assert here == there


PARQUET = """
import sys
sys.path.insert(0, sys.argv[1])
import pandas
import trainyard as mlflow

with mlflow.start_run() as run:
    mlflow.log_table(pandas.DataFrame({"a": [1, 2], "b": ["x", None]}), "rows.parquet")
    mlflow.log_table({"a": [3], "b": ["z"]}, "rows.parquet")
table = mlflow.load_table("rows.parquet", run_ids=[run.info.run_id])
print(table.to_json(orient="values"))
"""


# Stock's environment has pyarrow, which ours does without.
@pytest.mark.stock
def test_a_table_can_be_parquet_where_pyarrow_is_installed(tmp_path):
    package = os.path.dirname(os.path.dirname(mlflow.__file__))
    command = [os.environ["TRAINYARD_STOCK_PYTHON"], "-c", PARQUET, package]
    said = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
    assert said.returncode == 0, said.stderr
    assert json.loads(said.stdout) == [[1, "x"], [2, None], [3, "z"]]


def test_a_table_that_cannot_be_parquet_says_why(yard, monkeypatch):
    def refuse(*args, **kwargs):
        raise ImportError("Unable to find a usable engine")

    monkeypatch.setattr("pandas.DataFrame.to_parquet", refuse)
    with mlflow.start_run(), pytest.raises(mlflow.MlflowException, match=r"(?s)cannot be parquet.*usable engine"):
        mlflow.log_table({"a": [1]}, "rows.parquet")
