"""The bar of uploads that take long: on terminals, unless it is switched off."""

import contextlib
import http.server
import os
import pathlib
import pty
import subprocess
import sys
import threading
import time

import pytest

_UPLOAD = """
import sys
from trainyard import _core
from trainyard.tracking.artifacts import new_transfer
_core.Client(sys.argv[1]).artifacts("mlflow-artifacts:/slow").upload(sys.argv[2], "", new_transfer())
"""
# More than the buffers between the two programs hold, so that the sender has to wait for the receiver.
_BYTES = 64 << 20


class _Slow(http.server.BaseHTTPRequestHandler):
    """Takes a file, but looks away for longer than a bar waits before it appears."""

    def do_PUT(self):
        time.sleep(1.3)
        left = int(self.headers["Content-Length"])
        while left > 0:
            left -= len(self.rfile.read(min(left, 1 << 20)))
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *arguments):
        pass


@pytest.fixture
def slow_server():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Slow)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def _upload(url, folder, stderr, **variables):
    big = pathlib.Path(folder, "big.bin")
    with big.open("wb") as file:
        file.truncate(_BYTES)
    command = [sys.executable, "-c", _UPLOAD, url, str(big)]
    environment = {**os.environ, "TERM": "xterm", **variables}
    return subprocess.run(command, stderr=stderr, env=environment, check=True, timeout=120)


def _shown(run):
    """Return what a program shows on a terminal: `run` is given its end, to start the program with."""
    ours, theirs = pty.openpty()
    shown = []

    def read():
        # Linux answers the end of a terminal with an error.
        with contextlib.suppress(OSError):
            while text := os.read(ours, 4096):
                shown.append(text)

    reader = threading.Thread(target=read)
    reader.start()
    try:
        run(theirs)
    finally:
        os.close(theirs)
        reader.join()
        os.close(ours)
    return b"".join(shown).decode()


def _on_a_terminal(url, folder, **variables):
    """Return what an upload shows on a terminal."""
    return _shown(lambda terminal: _upload(url, folder, terminal, **variables))


def test_a_long_upload_shows_a_bar_on_a_terminal(slow_server, tmp_path):
    shown = _on_a_terminal(slow_server, tmp_path)
    assert "64.00 MiB" in shown
    assert "1 file" in shown


def test_the_bar_can_be_switched_off(slow_server, tmp_path):
    assert _on_a_terminal(slow_server, tmp_path, MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR="false") == ""


def test_what_is_no_terminal_gets_no_bar(slow_server, tmp_path):
    assert _upload(slow_server, tmp_path, subprocess.PIPE).stderr == b""


_LOG = """
import trainyard as mlflow
with mlflow.start_run():
    for step in range(20000):
        mlflow.log_metric("loss", 0.5, step=step)
"""


def _sync(stderr):
    command = [sys.executable, "-m", "trainyard", "sync"]
    environment = {**os.environ, "TERM": "xterm"}
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=stderr, env=environment, check=True, timeout=120)


def test_a_delivery_shows_a_bar_on_a_terminal_and_leaves_nothing_of_it(tmp_path):
    offline = {**os.environ, "TRAINYARD_OFFLINE": "1"}
    for on_a_terminal in (True, False):
        subprocess.run([sys.executable, "-c", _LOG], env=offline, check=True, timeout=120)
        if on_a_terminal:
            shown = _shown(_sync)
            # The run, its points, and its end.
            assert "/20,002 records" in shown and "left" in shown
            assert shown.endswith("\x1b[2K"), "the line is cleared"
        else:
            assert _sync(subprocess.PIPE).stderr == b""
