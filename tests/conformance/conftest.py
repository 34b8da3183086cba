"""Fixtures of the conformance suite: one server per session, the stock `mlflow` client pointed at it."""

import os

# Settled before mlflow is imported: fail at once instead of retrying for minutes, print nothing.
os.environ.update(
    {
        "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "0",
        "MLFLOW_HTTP_REQUEST_TIMEOUT": "30",
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
        "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
        "MLFLOW_LOGGING_LEVEL": "CRITICAL",
        "GIT_PYTHON_REFRESH": "quiet",
        "MPLBACKEND": "Agg",
    }
)

import logging
import uuid

import mlflow
import pytest
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException

import differences
from target_server import TARGET, TargetServer
from wire import Wire

NEEDS_NO_CLIENT = ("test_scenarios", "test_scoreboard")
CLIENT_VERSION = tuple(int(part) for part in mlflow.__version__.split(".")[:2])
logging.getLogger("mlflow").setLevel(logging.CRITICAL)
logging.getLogger("alembic").setLevel(logging.CRITICAL)


def pytest_report_header():
    return f"conformance: mlflow client {mlflow.__version__} against {TARGET}"


def pytest_collection_modifyitems(items):
    for item in items:
        if CLIENT_VERSION < (3, 0) and item.get_closest_marker("models3"):
            item.add_marker(pytest.mark.skip(reason="logged models came with MLflow 3"))
        if CLIENT_VERSION < (3, 0) and item.path.stem in NEEDS_NO_CLIENT:
            item.add_marker(pytest.mark.skip(reason="plays without a client, so once is enough"))
        reason = differences.reason(TARGET, item.nodeid)
        if reason:
            item.add_marker(pytest.mark.xfail(reason=reason, raises=differences.VISIBLE_AS, strict=True))


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    try:
        running = TargetServer(tmp_path_factory.mktemp("server"))
    except RuntimeError as error:
        pytest.exit(str(error), returncode=2)
    yield running
    running.stop()


@pytest.fixture(autouse=True)
def connected(server):
    """Every test starts with the client pointed at the server, in the Default experiment, with no active run."""
    mlflow.set_tracking_uri(server.url)
    mlflow.set_registry_uri(None)
    yield
    while mlflow.active_run() is not None:
        mlflow.end_run("KILLED")


@pytest.fixture
def client(server):
    return MlflowClient(server.url)


@pytest.fixture
def wire(server):
    return Wire(server.url)


@pytest.fixture
def unique():
    """A prefix no other test uses, for names that are unique in the whole server."""
    return f"c{uuid.uuid4().hex[:12]}"


@pytest.fixture
def experiment_id(client, unique):
    """A fresh experiment, also the active one of the fluent interface."""
    experiment_id = client.create_experiment(f"{unique}-experiment")
    mlflow.set_experiment(experiment_id=experiment_id)
    return experiment_id


@pytest.fixture
def run_id(client, experiment_id):
    """A fresh running run in a fresh experiment."""
    return client.create_run(experiment_id).info.run_id


@pytest.fixture
def refused():
    """`with refused("ERROR_CODE", "word"):` the block must fail with that code, its message holding the words."""

    class Refused:
        def __init__(self, code, *words):
            self.code, self.words = code, words

        def __enter__(self):
            return self

        def __exit__(self, kind, error, trace):
            assert error is not None, f"expected {self.code}, but the call succeeded"
            if not isinstance(error, MlflowException):
                return False
            assert error.error_code == self.code, f"{error.error_code}: {error}"
            for word in self.words:
                assert word in str(error), f"{word!r} is not in {error}"
            return True

    return Refused
