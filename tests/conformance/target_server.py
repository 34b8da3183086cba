"""Starts and stops the server the scenarios run against: ours, or stock MLflow.

`TRAINYARD_CONFORMANCE_TARGET` chooses: `trainyard` (default, the program named by `TRAINYARD_BIN`) or `stock`
(`mlflow server` of the interpreter named by `TRAINYARD_STOCK_PYTHON`). With `TRAINYARD_CONFORMANCE_URL`
nothing is started: the server of the target's kind already answers there.
"""

import os
import pathlib
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Sequence

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
TARGET = os.environ.get("TRAINYARD_CONFORMANCE_TARGET", "trainyard")
START_TIMEOUT_SECONDS = 120


class TargetServer:
    """A running server with its own data folder."""

    process = None

    def __init__(
        self,
        folder: pathlib.Path,
        settings: dict[str, str] | None = None,
        options: Sequence[str] = (),
        artifacts: str | None = None,
    ):
        if running := os.environ.get("TRAINYARD_CONFORMANCE_URL"):
            self.url = running
            return
        self.folder = folder
        self.log_path = folder / "server.log"
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        with self.log_path.open("wb") as log:
            self.process = subprocess.Popen(
                [*command(folder, self.port, artifacts or f"{folder}/artifacts"), *options],
                cwd=folder,
                stdout=log,
                stderr=log,
                env=environment() | (settings or {}),
            )
        self._wait_until_ready()

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_TIMEOUT_SECONDS
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise RuntimeError(f"the server exited with {self.process.returncode}:\n{self.log()}")
            try:
                with urllib.request.urlopen(f"{self.url}/health", timeout=5) as answer:
                    if answer.status == 200:
                        return
            except (urllib.error.URLError, OSError):
                time.sleep(0.02)
        self.stop()
        raise RuntimeError(f"the server did not answer /health in {START_TIMEOUT_SECONDS} s:\n{self.log()}")

    def log(self) -> str:
        return self.log_path.read_text(errors="replace")

    def stop(self) -> None:
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def environment() -> dict[str, str]:
    """The test process's own client settings must not reach the server."""
    return {key: value for key, value in os.environ.items() if not key.startswith("MLFLOW_")} | {
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "PYTHONWARNINGS": "ignore",
        # Stock writes sets of words into messages.
        "PYTHONHASHSEED": "0",
    }


def command(folder: pathlib.Path, port: int, artifacts: str) -> list[str]:
    storage = ["--backend-store-uri", f"sqlite:///{folder}/store.db", "--artifacts-destination", artifacts]
    address = ["--host", "127.0.0.1", "--port", str(port)]
    if TARGET == "stock":
        default = REPOSITORY / "target/venvs/mlflow-3.18/bin/python"
        python = os.environ.get("TRAINYARD_STOCK_PYTHON", str(default))
        return [python, "-m", "mlflow", "server", "--workers", "1", *storage, *address]
    if TARGET != "trainyard":
        raise RuntimeError(f"TRAINYARD_CONFORMANCE_TARGET is {TARGET!r}: expected 'trainyard' or 'stock'")
    binary = os.environ.get("TRAINYARD_BIN", str(REPOSITORY / "target/debug/trainyard"))
    if not pathlib.Path(binary).is_file():
        raise RuntimeError(f"no server program at {binary}: build it with `cargo build` or set TRAINYARD_BIN")
    return [binary, "server", *storage, *address]
