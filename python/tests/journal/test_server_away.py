"""A server that is away at the start, in the middle or at the end, and processes that are killed."""

import signal
import time

import pytest

from trainyard import MlflowClient

from .conftest import steps

TRAIN = """
mlflow.set_tracking_uri(sys.argv[1])
with mlflow.start_run() as run:
    print(run.info.run_id, flush=True)
    mlflow.log_param("depth", 5)
    for step in range(300):
        mlflow.log_metric("m", 0.5, step=step)
        if step == 100:
            print("middle", flush=True)
            time.sleep(float(sys.argv[2]))
"""


def test_training_goes_on_while_the_server_is_away_and_everything_arrives(server, scripts):
    server.start()
    script = scripts.start(TRAIN, server.url, 1.5)
    run_id = script.stdout.readline().strip()
    assert script.stdout.readline() == "middle\n"
    server.kill()
    time.sleep(1)
    server.start()
    _, err = script.communicate(timeout=60)
    assert (script.returncode, err) == (0, "")
    assert steps(server.url, run_id) == list(range(300))
    run = MlflowClient(server.url).get_run(run_id)
    assert (run.info.status, run.data.params) == ("FINISHED", {"depth": "5"})


def test_the_end_of_a_run_waits_for_a_while_then_names_the_command(server, scripts, sync):
    server.start()
    script = scripts.start(TRAIN, server.url, 0.5, TRAINYARD_END_RUN_TIMEOUT="1")
    run_id = script.stdout.readline().strip()
    script.stdout.readline()
    server.kill()
    began = time.monotonic()
    _, err = script.communicate(timeout=60)
    assert script.returncode == 0
    assert 1 <= time.monotonic() - began < 20
    assert "trainyard sync" in err and run_id in err and "connection refused" in err

    server.start()
    code, (outcome,) = sync()
    assert (code, outcome["run_id"], outcome["state"]) == (0, run_id, "delivered")
    assert steps(server.url, run_id) == list(range(300))
    assert MlflowClient(server.url).get_run(run_id).info.status == "FINISHED"
    assert sync() == (0, [])


def test_a_run_starts_without_a_server_and_keeps_its_id(server, scripts, sync):
    out, err = scripts.run(
        """
mlflow.set_tracking_uri(sys.argv[1])
mlflow.set_experiment("made later")
with mlflow.start_run(run_name="offline", tags={"a": "b"}) as run:
    mlflow.log_metric("m", 1, step=1)
    with mlflow.start_run(nested=True) as child:
        mlflow.log_metric("m", 2, step=2)
print(run.info.run_id, child.info.run_id)
""",
        server.url,
        TRAINYARD_END_RUN_TIMEOUT="0.2",
    )
    run_id, child_id = out.split()
    assert "no answer from" in err and run_id in err
    code, outcomes = sync("--dry-run")
    assert (code, [outcome["state"] for outcome in outcomes]) == (0, ["waiting", "waiting"])
    assert "a new run" in outcomes[0]["message"]
    # Without a server nothing is lost by trying.
    assert [outcome["state"] for outcome in sync()[1]] == ["failed", "failed"]

    server.start()
    code, outcomes = sync()
    assert (code, [outcome["state"] for outcome in outcomes]) == (0, ["delivered", "delivered"])
    client = MlflowClient(server.url)
    run, child = client.get_run(run_id), client.get_run(child_id)
    assert (run.info.run_name, run.data.tags["a"], run.info.status) == ("offline", "b", "FINISHED")
    assert client.get_experiment(run.info.experiment_id).name == "made later"
    assert child.data.tags["mlflow.parentRunId"] == run_id
    assert (steps(server.url, run_id), steps(server.url, child_id)) == ([1], [2])


def test_a_run_started_without_a_server_is_delivered_by_itself_when_there_is_one(server, scripts):
    script = scripts.start(
        """
mlflow.set_tracking_uri(sys.argv[1])
with mlflow.start_run() as run:
    print(run.info.run_id, flush=True)
    mlflow.log_metric("m", 1, step=1)
print(mlflow.get_run(run.info.run_id).info.status)
""",
        server.url,
        TRAINYARD_END_RUN_TIMEOUT="30",
    )
    run_id = script.stdout.readline().strip()
    server.start()
    out, err = script.communicate(timeout=60)
    assert (script.returncode, out.strip()) == (0, "FINISHED"), err
    assert steps(server.url, run_id) == [1]


def test_offline_means_that_no_server_is_asked(server, scripts, sync):
    server.start()
    out, err = scripts.run(
        """
mlflow.set_tracking_uri(sys.argv[1])
mlflow.set_experiment("later")
with mlflow.start_run() as run:
    mlflow.log_metric("m", 1, step=1, synchronous=True)
print(run.info.run_id)
""",
        server.url,
        TRAINYARD_OFFLINE="1",
    )
    assert err == ""
    client = MlflowClient(server.url)
    assert [experiment.name for experiment in client.search_experiments()] == ["Default"]
    assert sync()[0] == 0
    assert steps(server.url, out) == [1]


def test_kill_9_of_the_program_loses_nothing_and_the_next_one_delivers_it(server, scripts):
    script = scripts.start(
        """
mlflow.set_tracking_uri(sys.argv[1])
mlflow.start_run()
print(mlflow.active_run().info.run_id, flush=True)
sys.stdin.readline()
for step in range(20000):
    mlflow.log_metric("m", 0.5, step=step)
os.kill(os.getpid(), 9)
""",
        server.start().url,
    )
    run_id = script.stdout.readline().strip()
    script.communicate("\n", timeout=60)
    assert script.returncode == -signal.SIGKILL
    # Another run of the same store: it is left to the background, and what comes now does not wait for it.
    _, err = scripts.run(
        """
mlflow.set_tracking_uri(sys.argv[1])
with mlflow.start_run():
    mlflow.log_metric("m", 1)
deadline = time.monotonic() + 60
while os.listdir(os.environ["TRAINYARD_HOME"] + "/journal"):
    assert time.monotonic() < deadline, "it was not delivered"
    time.sleep(0.05)
""",
        server.url,
    )
    assert err == ""
    assert steps(server.url, run_id) == list(range(20000))


def test_a_run_that_is_gone_on_with_gets_what_its_dead_process_logged_first(server, scripts):
    url = server.start().url
    crash = """
mlflow.set_tracking_uri(sys.argv[1])
mlflow.start_run()
print(mlflow.active_run().info.run_id, flush=True)
mlflow.set_tag("stage", "first")
mlflow.end_run()
mlflow.start_run(mlflow.last_active_run().info.run_id)
mlflow.set_tag("stage", "second")
mlflow.log_metric("m", 1, step=1)
os.kill(os.getpid(), 9)
"""
    script = scripts.start(crash, url)
    run_id = script.stdout.readline().strip()
    script.communicate(timeout=60)
    resume = """
mlflow.set_tracking_uri(sys.argv[1])
with mlflow.start_run(sys.argv[2]):
    mlflow.set_tag("stage", "third")
    mlflow.log_metric("m", 2, step=2)
"""
    scripts.run(resume, url, run_id)
    run = MlflowClient(url).get_run(run_id)
    assert (run.data.tags["stage"], run.info.status) == ("third", "FINISHED")
    assert steps(url, run_id) == [1, 2]


def test_two_processes_log_to_one_run(server, scripts):
    url = server.start().url
    run_id = MlflowClient(url).create_run("0").info.run_id
    both = """
mlflow.set_tracking_uri(sys.argv[1])
client = mlflow.MlflowClient()
for step in range(int(sys.argv[3]), 4000, 2):
    client.log_metric(sys.argv[2], "m", 0.5, step=step)
"""
    started = [scripts.start(both, url, run_id, first) for first in (0, 1)]
    assert [script.communicate(timeout=60)[1] for script in started] == ["", ""]
    assert steps(url, run_id) == list(range(4000))


NESTED = """
mlflow.set_tracking_uri(sys.argv[1])
with mlflow.start_run() as parent:
    pass
with mlflow.start_run(parent_run_id=parent.info.run_id) as child:
    mlflow.log_metric("m", 1, step=1)
print(parent.info.run_id, child.info.run_id)
"""


@pytest.mark.parametrize("variables", [{"TRAINYARD_OFFLINE": "1"}, {"MLFLOW_HTTP_REQUEST_MAX_RETRIES": "0"}])
def test_a_run_is_nested_under_a_parent_that_no_server_knows_yet(server, scripts, sync, variables):
    out, _ = scripts.run(NESTED, server.url, TRAINYARD_END_RUN_TIMEOUT="0.2", **variables)
    parent_id, child_id = out.split()
    server.start()
    code, outcomes = sync()
    assert (code, [outcome["state"] for outcome in outcomes]) == (0, ["delivered", "delivered"])
    child = MlflowClient(server.url).get_run(child_id)
    assert (child.data.tags["mlflow.parentRunId"], child.info.status) == (parent_id, "FINISHED")
    assert steps(server.url, child_id) == [1]


MONITORED = """
os.environ["MLFLOW_SYSTEM_METRICS_SAMPLING_INTERVAL"] = "0.1"
mlflow.set_tracking_uri(sys.argv[1])
with mlflow.start_run() as run:
    pass
with mlflow.start_run(run.info.run_id, log_system_metrics=True):
    time.sleep(0.5)
assert mlflow.active_run() is None
print(run.info.run_id)
"""


@pytest.mark.parametrize("variables", [{"TRAINYARD_OFFLINE": "1"}, {"MLFLOW_HTTP_REQUEST_MAX_RETRIES": "0"}])
def test_a_run_that_is_gone_on_with_records_system_metrics_without_a_server(server, scripts, sync, variables):
    run_id, _ = scripts.run(MONITORED, server.url, TRAINYARD_END_RUN_TIMEOUT="0.2", **variables)
    server.start()
    # A journal of each block.
    code, outcomes = sync()
    assert (code, [outcome["state"] for outcome in outcomes]) == (0, ["delivered", "delivered"])
    assert 0 in steps(server.url, run_id, "system/cpu_utilization_percentage")
    assert MlflowClient(server.url).get_run(run_id).info.status == "FINISHED"


ARTIFACT = """
mlflow.set_tracking_uri(sys.argv[1])
with mlflow.start_run() as run:
    try:
        mlflow.log_text("text", "a.txt")
    except mlflow.MlflowException as error:
        print(error.error_code, error)
"""


def test_offline_an_artifact_is_refused_with_the_reason(server, scripts):
    out, _ = scripts.run(ARTIFACT, server.url, TRAINYARD_OFFLINE="1")
    assert out.startswith("TEMPORARILY_UNAVAILABLE")
    assert "artifacts and models need the server" in out and "TRAINYARD_OFFLINE" in out


USES = """
import numpy
from trainyard.entities import Dataset, DatasetInput, LoggedModelInput, LoggedModelOutput

mlflow.set_tracking_uri(sys.argv[1])
client = mlflow.MlflowClient()


def use(run, name, context):
    # As quick as any log: nothing waits for the server.
    began = time.monotonic()
    mlflow.log_input(mlflow.data.from_numpy(numpy.zeros(3), name=name), context=context)
    mlflow.set_tag("stage", name)
    assert time.monotonic() - began < 5, time.monotonic() - began
"""


def uses(url, run_id):
    """Return the datasets of a run, each with its context."""
    found = MlflowClient(url).get_run(run_id)
    return sorted((use.dataset.name, use.tags[0].value) for use in found.inputs.dataset_inputs)


def test_datasets_are_logged_while_the_server_is_away(server, scripts):
    server.start()
    script = scripts.start(
        USES
        + """
with mlflow.start_run() as run:
    use(run, "before", "train")
    mlflow.flush_async_logging()
    print(run.info.run_id, flush=True)
    sys.stdin.readline()
    use(run, "away", "test")
    mlflow.delete_tag("stage")
    print("logged", flush=True)
    sys.stdin.readline()
""",
        server.url,
        TRAINYARD_END_RUN_TIMEOUT="30",
    )
    run_id = script.stdout.readline().strip()
    server.kill()
    script.stdin.write("\n")
    script.stdin.flush()
    assert script.stdout.readline() == "logged\n", script.communicate()[1]
    server.start()
    _, err = script.communicate("\n", timeout=60)
    assert (script.returncode, err) == (0, "")
    assert uses(server.url, run_id) == [("away", "test"), ("before", "train")]
    assert "stage" not in MlflowClient(server.url).get_run(run_id).data.tags


def test_a_run_that_starts_without_a_server_has_its_datasets_in_the_end(server, scripts, sync):
    out, _ = scripts.run(
        USES
        + """
with mlflow.start_run() as run:
    use(run, "iris", "train")
    mlflow.delete_tag("stage")
print(run.info.run_id)
""",
        server.url,
        TRAINYARD_END_RUN_TIMEOUT="0.2",
    )
    code, (outcome,) = sync("--dry-run")
    assert code == 0
    assert outcome["message"] == "a new run, 1 tag, 1 deleted tag, 1 input call, its end"
    server.start()
    assert sync()[0] == 0
    assert uses(server.url, out) == [("iris", "train")]
    assert "stage" not in MlflowClient(server.url).get_run(out).data.tags


def test_an_offline_run_asks_no_server_for_datasets_and_models(server, scripts, sync):
    server.start()
    client = MlflowClient(server.url)
    model = client.create_logged_model("0", "net")
    out, err = scripts.run(
        USES
        + """
with mlflow.start_run() as run:
    use(run, "iris", "train")
    mlflow.log_input(model=LoggedModelInput(sys.argv[2]))
    mlflow.log_outputs([LoggedModelOutput(sys.argv[2], 3)])
    mlflow.delete_tag("stage")
    try:
        client.log_inputs(run.info.run_id, [DatasetInput(Dataset("", "0a", "local", "x"), [])])
    except mlflow.MlflowException as error:
        assert "datasets[0].dataset.name" in error.message, error.message
    else:
        raise AssertionError("a dataset without a name is refused at the call")
print(run.info.run_id)
""",
        server.url,
        model.model_id,
        TRAINYARD_OFFLINE="1",
    )
    assert err == ""
    assert client.search_runs(["0"]) == []
    code, (outcome,) = sync()
    assert (code, outcome["state"], outcome["refused"]) == (0, "delivered", 0)
    assert uses(server.url, out) == [("iris", "train")]
    run = client.get_run(out)
    assert [used.model_id for used in run.inputs.model_inputs] == [model.model_id]
    assert [(made.model_id, made.step) for made in run.outputs.model_outputs] == [(model.model_id, 3)]
    assert "stage" not in run.data.tags


def test_fits_are_recorded_with_their_data_while_the_server_is_away(server, scripts, sync):
    server.start()
    script = scripts.start(
        """
import numpy
from sklearn.linear_model import LinearRegression

mlflow.set_tracking_uri(sys.argv[1])
mlflow.sklearn.autolog(log_models=False)
with mlflow.start_run() as run:
    mlflow.flush_async_logging()
    print(run.info.run_id, flush=True)
    sys.stdin.readline()
    LinearRegression().fit(numpy.arange(6.0).reshape(3, 2), numpy.arange(3.0))
""",
        server.url,
        TRAINYARD_END_RUN_TIMEOUT="0.2",
    )
    run_id = script.stdout.readline().strip()
    server.kill()
    _, err = script.communicate("\n", timeout=300)
    assert script.returncode == 0, err
    # Artifacts need the server, and say so.
    assert "training data" not in err, err
    server.start()
    assert sync()[0] == 0
    assert [context for _, context in uses(server.url, run_id)] == ["train"]
