"""Training scripts in processes of their own, and servers that come and go."""

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

import trainyard
from trainyard import MlflowClient

PACKAGE = str(Path(trainyard.__file__).parents[1])


class Server:
    """`trainyard server` on one port and one folder, to be killed and started again."""

    def __init__(self, folder, port):
        self.folder = folder
        self.url = f"http://127.0.0.1:{port}"
        self._port = port
        self._process = None

    def start(self):
        command = [sys.executable, "-m", "trainyard", "server", "--port", str(self._port)]
        command += ["--backend-store-uri", f"sqlite:///{self.folder}/yard.db"]
        with open(self.folder / "server.log", "a") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log, cwd=self.folder, env=environment())
        deadline = time.monotonic() + 60
        while True:
            with contextlib.suppress(OSError), urllib.request.urlopen(f"{self.url}/health", timeout=5):
                return self
            if self._process.poll() is not None or time.monotonic() > deadline:
                pytest.fail(f"the server did not start: {(self.folder / 'server.log').read_text()}")
            time.sleep(0.02)

    def kill(self):
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


@pytest.fixture
def server(tmp_path):
    """A server that is not started yet."""
    folder = tmp_path / "server"
    folder.mkdir()
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    server = Server(folder, port)
    yield server
    server.kill()


def environment(**more):
    """Return an environment in which other programs find the package."""
    path = os.pathsep.join([PACKAGE, *filter(None, [os.environ.get("PYTHONPATH")])])
    return {**os.environ, "PYTHONPATH": path, **more}


class Scripts:
    """Runs Python text with the package; scripts end with the test."""

    def __init__(self, folder):
        self._folder = folder
        self._started = []

    def start(self, text, *arguments, **variables):
        path = self._folder / f"script{len(self._started)}.py"
        path.write_text(f"import os, sys, time\nimport trainyard as mlflow\n{text}")
        script = subprocess.Popen(
            [sys.executable, str(path), *map(str, arguments)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=self._folder,
            env=environment(**variables),
        )
        self._started.append(script)
        return script

    def run(self, text, *arguments, **variables):
        """Run to the end, which has to be a good one; returns what was printed on stdout and on stderr."""
        script = self.start(text, *arguments, **variables)
        out, err = script.communicate(timeout=120)
        assert script.returncode == 0, err
        return out.strip(), err

    def end(self):
        for script in self._started:
            if script.poll() is None:
                script.kill()
                script.communicate()


@pytest.fixture
def scripts(tmp_path):
    """A :class:`Scripts`."""
    scripts = Scripts(tmp_path)
    yield scripts
    scripts.end()


@pytest.fixture
def sync():
    """Run `trainyard sync` with `--json`; returns the exit code and the outcomes."""

    def run(*arguments):
        command = [sys.executable, "-m", "trainyard", "sync", "--json", *arguments]
        done = subprocess.run(command, capture_output=True, text=True, env=environment(), timeout=300)
        assert done.returncode in (0, 1), done.stderr
        return done.returncode, json.loads(done.stdout)

    return run


def steps(url, run_id, key="m"):
    """Return the steps of a metric's points in a store, in order."""
    return sorted(point.step for point in MlflowClient(url).get_metric_history(run_id, key))
