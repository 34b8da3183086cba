"""Stores to test on: an embedded one, our server, and stock `mlflow server` when an interpreter with it is named."""

import importlib.util
import json
import os
import socket
import subprocess
import sys
import time
import urllib.request

import pytest

import trainyard

# What tests marked `heavy` need; without them they are skipped, and `make test-frameworks` runs them.
HEAVY_FRAMEWORKS = ("torch", "lightning", "tensorflow", "keras")
STOCK_PYTHON = os.environ.get("TRAINYARD_STOCK_PYTHON")
START_SECONDS = 300


def pytest_configure(config):
    config.addinivalue_line("markers", "stock: needs stock MLflow, TRAINYARD_STOCK_PYTHON names its interpreter")
    config.addinivalue_line("markers", f"heavy: needs {', '.join(HEAVY_FRAMEWORKS)}; `make test-frameworks` has them")


def pytest_collection_modifyitems(items):
    if not STOCK_PYTHON:
        reason = "TRAINYARD_STOCK_PYTHON does not name an interpreter with stock mlflow 3.18"
        for item in items:
            if "stock" in item.keywords or "stock" in getattr(getattr(item, "callspec", None), "id", ""):
                item.add_marker(pytest.mark.skip(reason=reason))
    missing = [name for name in HEAVY_FRAMEWORKS if importlib.util.find_spec(name) is None]
    if missing:
        reason = f"{', '.join(missing)} not installed: run `make test-frameworks`"
        for item in items:
            if "heavy" in item.keywords:
                item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(autouse=True)
def clean_slate(tmp_path, monkeypatch):
    """Every test has a folder and an environment of its own, and leaves no run behind."""
    monkeypatch.chdir(tmp_path)
    for name in list(os.environ):
        if name.startswith("MLFLOW_") or (name.startswith("TRAINYARD_") and name != "TRAINYARD_STOCK_PYTHON"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("TRAINYARD_HOME", str(tmp_path / "home"))
    trainyard.set_tracking_uri("")
    from trainyard.tracking import connection, experiments

    monkeypatch.setattr(experiments, "_active", None)
    # A relative tracking URI goes on meaning the folder it was first used in; here every test has another one.
    monkeypatch.setattr(connection, "_connections", {})
    yield
    while trainyard.active_run():
        trainyard.end_run()
    trainyard.set_tracking_uri("")
    # What calls of the test put into the environment for the programs it starts.
    for name in [name for name in os.environ if name.startswith("MLFLOW_")]:
        del os.environ[name]


@pytest.fixture
def yard(tmp_path):
    """An embedded store in a folder of the test; its tracking URI."""
    uri = f"sqlite:///{tmp_path}/yard/yard.db"
    trainyard.set_tracking_uri(uri)
    return uri


@pytest.fixture(scope="session")
def our_server(tmp_path_factory):
    """The URL of `trainyard server`, run by the wheel's own command."""
    folder = tmp_path_factory.mktemp("server")
    port = free_port()
    command = [sys.executable, "-m", "trainyard", "server", "--port", str(port)]
    command += ["--backend-store-uri", f"sqlite:///{folder}/yard.db", "--artifacts-destination", f"{folder}/artifacts"]
    yield from serve(command, port, folder)


@pytest.fixture(scope="session")
def stock_server(tmp_path_factory):
    """The URL of stock `mlflow server`."""
    if not STOCK_PYTHON:
        pytest.skip("TRAINYARD_STOCK_PYTHON is not set")
    folder = tmp_path_factory.mktemp("stock")
    port = free_port()
    command = [STOCK_PYTHON, "-m", "mlflow", "server", "--port", str(port), "--workers", "1"]
    command += [
        "--backend-store-uri",
        f"sqlite:///{folder}/mlflow.db",
        "--artifacts-destination",
        f"{folder}/artifacts",
    ]
    yield from serve(command, port, folder)


@pytest.fixture(params=["embedded", "ours", "stock"])
def store(request):
    """Each tracking store in turn, chosen as the one in force."""
    if request.param == "embedded":
        return request.getfixturevalue("yard")
    uri = request.getfixturevalue("our_server" if request.param == "ours" else "stock_server")
    trainyard.set_tracking_uri(uri)
    return uri


def serve(command, port, folder):
    """Run a server until it is no longer needed; yields its URL once it answers."""
    with open(folder / "server.log", "w") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder, start_new_session=True)
    url = f"http://127.0.0.1:{port}"
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            with urllib.request.urlopen(f"{url}/health", timeout=5):
                break
        except OSError:
            if server.poll() is not None or time.monotonic() > deadline:
                server.kill()
                pytest.fail(f"the server did not start: {(folder / 'server.log').read_text()}")
            time.sleep(0.05)
    yield url
    server.terminate()
    try:
        server.wait(20)
    except subprocess.TimeoutExpired:
        server.kill()


def free_port():
    """Return a port that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@pytest.fixture
def stock(tmp_path):
    """Run Python text under stock MLflow; the last line it prints is JSON and is returned."""

    def run(script, *arguments):
        path = tmp_path / "stock_script.py"
        path.write_text(script)
        # Where this package is found by PYTHONPATH, stock would find it too, and pass without deserving it.
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        done = subprocess.run(
            [STOCK_PYTHON, str(path), *map(str, arguments)],
            capture_output=True,
            text=True,
            cwd=tmp_path,
            env=environment,
            timeout=300,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.strip().splitlines()[-1])

    return run


@pytest.fixture(scope="session")
def iris():
    """Features and target of iris."""
    from sklearn.datasets import load_iris

    return load_iris(return_X_y=True)


@pytest.fixture(scope="session")
def forest(iris):
    """The random forest of the example."""
    from sklearn.ensemble import RandomForestClassifier

    return RandomForestClassifier(n_estimators=100, max_depth=5, random_state=42).fit(*iris)
