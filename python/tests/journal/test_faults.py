"""Full disks, forks, Ctrl-C, torn files, refused records."""

import glob
import os
import shutil
import signal
import subprocess
import sys
import time

import pytest
from sklearn.linear_model import LinearRegression

import trainyard as mlflow
from trainyard import MlflowClient
from trainyard.entities import Dataset, DatasetInput
from trainyard.exceptions import MlflowException

from .conftest import environment, steps

FULL = """
import os, sys
import trainyard as mlflow

home = os.environ["TRAINYARD_HOME"]
mlflow.set_tracking_uri(sys.argv[1])
mlflow.start_run()
run_id = mlflow.active_run().info.run_id
logged = 0
try:
    while True:
        mlflow.log_metric("m", 0.5, step=logged)
        logged += 1
except mlflow.exceptions.MlflowException as error:
    assert error.error_code == "RESOURCE_EXHAUSTED", error.error_code
    assert "was not logged" in error.message and "TRAINYARD_HOME" in error.message, error.message
assert logged > 10000, logged
# With room again the next call is as good as any.
os.remove(home + "/ballast")
mlflow.log_metric("m", 0.5, step=logged)
print(run_id, logged + 1, flush=True)
for name in os.listdir(home + "/journal"):
    os.system(f"cp -r {home}/journal/{name} {sys.argv[2]}/")
os._exit(0)
"""


def test_a_full_disk_is_an_error_at_the_call_and_loses_nothing_before_it(yard, tmp_path, sync):
    small, kept, script = tmp_path / "small", tmp_path / "home" / "journal", tmp_path / "full.py"
    small.mkdir()
    kept.mkdir(parents=True)
    script.write_text(FULL)
    mount = f"mount -t tmpfs -o size=2m none '{small}' && head -c 400000 /dev/zero > '{small}/ballast'"
    found = shutil.which("unshare")
    if not found or subprocess.run([found, "-rm", "sh", "-c", mount], capture_output=True).returncode:
        if os.environ.get("CI"):
            pytest.fail(
                "`unshare -rm` may not mount a small disk here, so nothing was tested; allow unprivileged user "
                "namespaces on this machine, or unset CI to skip this test"
            )
        pytest.skip("this kernel allows no mounts in a namespace of one's own")
    done = subprocess.run(
        ["unshare", "-rm", "sh", "-c", f"{mount} && exec '{sys.executable}' '{script}' '{yard}' '{kept}'"],
        capture_output=True,
        text=True,
        env=environment(TRAINYARD_HOME=str(small), TRAINYARD_OFFLINE="1"),
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    run_id, logged = done.stdout.split()
    assert sync()[0] == 0
    assert steps(yard, run_id) == list(range(int(logged)))


def test_workers_that_are_forked_log_to_the_run_of_their_parent(store):
    import multiprocessing

    def work(worker, ends):
        for step in range(100):
            mlflow.log_metric(f"worker{worker}", 0.5, step=step)
        assert mlflow.active_run() is None
        ends.wait()
        os._exit(0)

    context = multiprocessing.get_context("fork")
    with mlflow.start_run() as run:
        mlflow.log_metric("m", 1, step=1)
        ends = context.Event()
        workers = [context.Process(target=work, args=(worker, ends)) for worker in range(3)]
        for worker in workers:
            worker.start()
        mlflow.log_metric("m", 1, step=2)
        ends.set()
        for worker in workers:
            worker.join()
            assert worker.exitcode == 0
    client = MlflowClient()
    assert [point.step for point in client.get_metric_history(run.info.run_id, "m")] == [1, 2]
    for worker in range(3):
        found = client.get_metric_history(run.info.run_id, f"worker{worker}")
        assert sorted(point.step for point in found) == list(range(100))
    assert client.get_run(run.info.run_id).info.status == "FINISHED"


def test_a_journal_of_a_killed_parent_is_free_although_its_worker_lives(scripts, server, sync):
    script = scripts.start(
        """
mlflow.set_tracking_uri(sys.argv[1])
mlflow.start_run()
for step in range(100):
    mlflow.log_metric("m", 0.5, step=step)
worker = os.fork()
if worker == 0:
    os.close(1)
    os.close(2)
    time.sleep(60)
    os._exit(0)
print(mlflow.active_run().info.run_id, worker, flush=True)
os.kill(os.getpid(), 9)
""",
        server.url,
        TRAINYARD_END_RUN_TIMEOUT="0",
    )
    run_id, worker = script.communicate(timeout=60)[0].split()
    try:
        server.start()
        assert [outcome["state"] for outcome in sync()[1]] == ["delivered"]
        assert steps(server.url, run_id) == list(range(100))
    finally:
        os.kill(int(worker), signal.SIGKILL)


def test_ctrl_c_ends_a_wait_and_loses_nothing(scripts, server, sync):
    script = scripts.start(
        """
import warnings
warnings.simplefilter("ignore")
mlflow.set_tracking_uri(sys.argv[1])
mlflow.start_run()
print(mlflow.active_run().info.run_id, flush=True)
mlflow.log_metric("m", 1, step=1)
began = time.monotonic()
try:
    print("waiting", flush=True)
    mlflow.log_metric("m", 2, step=2, synchronous=True)
except KeyboardInterrupt:
    # As in a notebook: the next cell goes on.
    mlflow.log_metric("m", 3, step=3)
    print("went on", flush=True)
mlflow.end_run()
""",
        server.url,
        TRAINYARD_END_RUN_TIMEOUT="0.2",
    )
    run_id = script.stdout.readline().strip()
    assert script.stdout.readline() == "waiting\n"
    time.sleep(0.5)
    script.send_signal(signal.SIGINT)
    began = time.monotonic()
    out, err = script.communicate(timeout=60)
    assert (script.returncode, out) == (0, "went on\n"), err
    assert time.monotonic() - began < 20
    server.start()
    sync()
    assert steps(server.url, run_id) == [1, 2, 3]


def test_a_torn_last_record_is_dropped_and_everything_before_it_kept(yard, monkeypatch, sync, tmp_path):
    monkeypatch.setenv("TRAINYARD_OFFLINE", "1")
    with mlflow.start_run() as run:
        for step in range(100):
            mlflow.log_metric("m", 0.5, step=step)
    (segment,) = glob.glob(str(tmp_path / "home" / "journal" / "*" / "*.segment"))
    written = open(segment, "rb").read().rstrip(b"\0")
    # The status of the run is the last record; half of it is missing, as after a crash in the middle of a store.
    with open(segment, "r+b") as file:
        file.seek(len(written) - 10)
        file.write(b"\0" * 10)
    monkeypatch.delenv("TRAINYARD_OFFLINE")
    code, (outcome,) = sync()
    assert (code, outcome["state"]) == (0, "delivered")
    assert steps(yard, run.info.run_id) == list(range(100))
    assert mlflow.get_run(run.info.run_id).info.status == "RUNNING"


def test_a_refused_record_is_told_at_the_next_flush_with_the_message_of_the_store(store):
    with mlflow.start_run() as run:
        mlflow.log_param("depth", 5)
        mlflow.flush_async_logging()
    with pytest.raises(MlflowException, match=r"param 'depth'.*Changing param values is not allowed") as caught:
        with mlflow.start_run(run.info.run_id):
            mlflow.log_param("depth", 6)
            mlflow.log_metric("behind", 1)
    assert caught.value.error_code == "INVALID_PARAMETER_VALUE"
    found = mlflow.get_run(run.info.run_id)
    assert (found.data.params, found.data.metrics, found.info.status) == ({"depth": "5"}, {"behind": 1.0}, "FINISHED")


def test_an_error_of_the_block_is_not_hidden_by_a_refusal(yard, capsys):
    with mlflow.start_run() as run:
        mlflow.log_param("depth", 5)
    with pytest.raises(ZeroDivisionError):
        with mlflow.start_run(run.info.run_id):
            mlflow.log_param("depth", 6)
            raise ZeroDivisionError
    assert "Changing param values" in capsys.readouterr().err
    assert mlflow.get_run(run.info.run_id).info.status == "FAILED"


def test_synchronous_waits_and_a_handle_can_be_waited_on(store):
    with mlflow.start_run() as run:
        assert mlflow.log_metric("m", 1, step=1) is None
        assert mlflow.log_metric("m", 2, step=2, synchronous=True) is None
        handle = mlflow.log_metric("m", 3, step=3, synchronous=False)
        handle.wait()
        # Past this package, which would flush.
        other = [sys.executable, "-m", "trainyard", "runs", "show", run.info.run_id, "--tracking-uri", store, "--json"]
        shown = subprocess.run(other, capture_output=True, text=True, env=environment())
        assert '"step": 3' in shown.stdout, shown.stderr
        assert mlflow.log_param("a", 1, synchronous=False).wait() is None
        assert mlflow.log_param("b", 1) == 1


def test_one_bad_run_does_not_stop_the_rest(yard, monkeypatch, sync, tmp_path):
    monkeypatch.setenv("TRAINYARD_OFFLINE", "1")
    with mlflow.start_run() as first:
        mlflow.log_metric("m", 1, step=1)
    mlflow.set_tracking_uri("http://127.0.0.1:9")
    with mlflow.start_run() as away:
        mlflow.log_metric("m", 1, step=1)
    mlflow.set_tracking_uri(yard)
    with mlflow.start_run() as last:
        mlflow.log_metric("m", 1, step=1)
    monkeypatch.delenv("TRAINYARD_OFFLINE")
    code, outcomes = sync()
    states = {outcome["run_id"]: outcome["state"] for outcome in outcomes}
    assert code == 1
    assert states == {first.info.run_id: "delivered", away.info.run_id: "failed", last.info.run_id: "delivered"}
    assert steps(yard, first.info.run_id) == steps(yard, last.info.run_id) == [1]
    assert len(glob.glob(str(tmp_path / "home" / "journal" / f"{away.info.run_id}-*"))) == 1


@pytest.mark.stock
def test_a_run_started_without_a_stock_server_gets_an_id_there(stock_server, monkeypatch, sync):
    monkeypatch.setenv("TRAINYARD_OFFLINE", "1")
    mlflow.set_tracking_uri(stock_server)
    with mlflow.start_run(run_name="offline", tags={"a": "b"}) as run:
        mlflow.log_metric("m", 1, step=1)
        with mlflow.start_run(nested=True) as child:
            mlflow.log_metric("m", 2, step=2)
    monkeypatch.delenv("TRAINYARD_OFFLINE")
    assert sync()[0] == 0
    client = MlflowClient(stock_server)
    query = "tags.`trainyard.offlineRunId` = '{}'"
    (made,) = client.search_runs(["0"], query.format(run.info.run_id))
    (made_child,) = client.search_runs(["0"], query.format(child.info.run_id))
    assert made.info.run_id != run.info.run_id
    assert (made.info.run_name, made.info.status, made.data.metrics) == ("offline", "FINISHED", {"m": 1.0})
    assert made_child.data.tags["mlflow.parentRunId"] == made.info.run_id

    # The program goes on with the id that it knows.
    assert mlflow.get_run(run.info.run_id).info.run_id == made.info.run_id
    assert mlflow.last_active_run().info.run_id == made.info.run_id
    assert [point.step for point in client.get_metric_history(run.info.run_id, "m")] == [1]
    client.log_text(run.info.run_id, "a first try", "notes.txt")
    assert [file.path for file in client.list_artifacts(run.info.run_id)] == ["notes.txt"]
    assert [file.path for file in client.list_artifacts(made.info.run_id)] == ["notes.txt"]
    client.set_tag(run.info.run_id, "late", "yes")
    client.delete_tag(run.info.run_id, "a")
    client.log_inputs(run.info.run_id, [DatasetInput(Dataset("iris", "0a1b", "local", "iris.csv"), [])])
    with mlflow.start_run(run_id=run.info.run_id):
        logged = mlflow.sklearn.log_model(LinearRegression().fit([[0.0], [1.0]], [0.0, 1.0]), name="line")
    found = client.get_run(made.info.run_id)
    assert found.data.tags["late"] == "yes" and "a" not in found.data.tags
    assert [use.dataset.name for use in found.inputs.dataset_inputs] == ["iris"]
    assert client.get_logged_model(logged.model_id).source_run_id == made.info.run_id
    assert mlflow.get_parent_run(child.info.run_id).info.run_id == made.info.run_id


RESUMED = """
mlflow.set_tracking_uri(sys.argv[1])
offline_id, stored_id = sys.argv[2:]
client = mlflow.MlflowClient()
client.log_metric(offline_id, "m", 2, step=2)
with mlflow.start_run(run_id=offline_id) as run:
    assert run.info.run_id == stored_id, run.info.run_id
    mlflow.log_metric("m", 3, step=3)
    with mlflow.start_run(nested=True) as child:
        assert child.data.tags["mlflow.parentRunId"] == stored_id
with mlflow.start_run(parent_run_id=offline_id) as child:
    assert child.data.tags["mlflow.parentRunId"] == stored_id
mlflow.flush_async_logging()
"""


@pytest.mark.stock
def test_a_later_program_goes_on_with_a_run_that_a_stock_server_has_named(stock_server, monkeypatch, sync, scripts):
    monkeypatch.setenv("TRAINYARD_OFFLINE", "1")
    mlflow.set_tracking_uri(stock_server)
    with mlflow.start_run() as run:
        mlflow.log_metric("m", 1, step=1)
    monkeypatch.delenv("TRAINYARD_OFFLINE")
    assert sync()[0] == 0
    stored_id = mlflow.get_run(run.info.run_id).info.run_id
    assert stored_id != run.info.run_id
    scripts.run(RESUMED, stock_server, run.info.run_id, stored_id)
    assert steps(stock_server, stored_id) == [1, 2, 3]


@pytest.mark.stock
def test_points_are_known_by_the_id_that_the_program_logs_with(stock_server, monkeypatch, sync):
    monkeypatch.setenv("TRAINYARD_OFFLINE", "1")
    mlflow.set_tracking_uri(stock_server)
    with mlflow.start_run() as run:
        mlflow.log_param("a", 1)
    monkeypatch.delenv("TRAINYARD_OFFLINE")
    assert sync()[0] == 0
    client, run_id = MlflowClient(stock_server), run.info.run_id
    other = mlflow.initialize_logged_model("other", source_run_id=client.get_run(run_id).info.run_id)
    client.log_metric(run_id, "acc", 0.5, timestamp=1)
    client.log_metric(run_id, "acc", 0.5, timestamp=2, model_id=other.model_id)
    client.log_metric(run_id, "of other", 0.25, model_id=other.model_id)
    model = LinearRegression().fit([[0.0], [1.0]], [0.0, 1.0])
    logged = mlflow.sklearn.log_model(model, name="line", run_id=run_id)
    points = client.get_logged_model(logged.model_id).metrics
    assert [(point.key, point.value) for point in points] == [("acc", 0.5)]
