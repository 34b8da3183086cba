"""Fills the SQLite store of a stock MLflow server that is not running.

Arguments: the database, the experiment of the runs, the experiment of the long run. On standard input one JSON list a
line: ["run", name, start time, tags, params, metrics], ["series", name, start time, key, milliseconds between two
values, values] of a run with one metric, then ["point", key, value, timestamp, step] of the long run. Its id is
printed, and behind it that of each run of a series, one a line. Through its API stock takes minutes for the same rows.
"""

import json
import sqlite3
import sys
import uuid

database, experiment, histories = sys.argv[1:4]
connection = sqlite3.connect(database)


def insert(table, **columns):
    names, marks = ", ".join(columns), ", ".join("?" * len(columns))
    connection.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", list(columns.values()))


def add_run(experiment, name, start_time):
    run = uuid.uuid4().hex
    (location,) = connection.execute(
        "SELECT artifact_location FROM experiments WHERE experiment_id = ?", [experiment]
    ).fetchone()
    insert(
        "runs",
        run_uuid=run,
        name=name,
        source_type="UNKNOWN",
        source_name="",
        entry_point_name="",
        user_id="",
        status="RUNNING",
        start_time=start_time,
        source_version="",
        lifecycle_stage="active",
        artifact_uri=f"{location}/{run}/artifacts",
        experiment_id=experiment,
    )
    insert("tags", key="mlflow.runName", value=name, run_uuid=run)
    return run


def add_point(run, key, value, timestamp, step):
    insert("metrics", key=key, value=value, timestamp=timestamp, run_uuid=run, step=step, is_nan=False)


def add_latest(run, key, value, timestamp, step):
    insert("latest_metrics", key=key, value=value, timestamp=timestamp, run_uuid=run, step=step, is_nan=False)


long_run = add_run(histories, "empty", 0)
latest = {}
of_series = []
for line in sys.stdin:
    kind, *rest = json.loads(line)
    if kind == "point":
        key, *point = rest
        add_point(long_run, key, *point)
        latest[key] = point
        continue
    if kind == "series":
        name, start_time, key, every, values = rest
        of_series.append(run := add_run(experiment, name, start_time))
        connection.executemany(
            "INSERT INTO metrics (key, value, timestamp, run_uuid, step, is_nan) VALUES (?, ?, ?, ?, ?, FALSE)",
            ((key, value, start_time + step * every, run, step) for step, value in enumerate(values)),
        )
        last = len(values) - 1
        add_latest(run, key, values[last], start_time + last * every, last)
        continue
    name, start_time, tags, params, metrics = rest
    run = add_run(experiment, name, start_time)
    for key, value in tags.items():
        insert("tags", key=key, value=value, run_uuid=run)
    for key, value in params.items():
        insert("params", key=key, value=value, run_uuid=run)
    for key, value in metrics.items():
        add_point(run, key, value, start_time, 0)
        add_latest(run, key, value, start_time, 0)
for key, point in latest.items():
    add_latest(long_run, key, *point)
connection.commit()
print(long_run, *of_series, sep="\n")
