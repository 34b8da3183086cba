"""The server is killed again and again, and the program that logs is too: every logged point is there exactly once.

In short by default; with ``TRAINYARD_CHAOS=full`` for 60 seconds, 10 kills of the server and 2 of the program
(``make test-chaos``).
"""

import os
import random
import signal
import time
from collections import Counter

from trainyard import MlflowClient

from .conftest import steps

FULL = os.environ.get("TRAINYARD_CHAOS") == "full"
SECONDS, SERVER_KILLS, PROGRAM_KILLS = (60, 10, 2) if FULL else (9, 3, 2)
PER_SECOND = 1000

# A point counts as logged when the call has returned; the program then says so in a file that its death does not touch.
TRAIN = """
import mmap

mlflow.set_tracking_uri(sys.argv[1])
run_id, first, file = sys.argv[2], int(sys.argv[3]), sys.argv[4]
logged = mmap.mmap(os.open(file, os.O_RDWR), 8)
mlflow.start_run(run_id or None)
with open(file + ".run", "w") as note:
    note.write(mlflow.active_run().info.run_id)
began, step = time.monotonic(), first
while True:
    for _ in range(100):
        mlflow.log_metric("m", step / 7, step=step)
        step += 1
        logged[:] = step.to_bytes(8, "little")
    time.sleep(max(0.0, began + (step - first) / {per_second} - time.monotonic()))
"""


class Program:
    """One life of the program: it logs the steps from ``first`` on until it is killed."""

    def __init__(self, scripts, url, run_id, first, file):
        self.first, self._file = first, file
        file.write_bytes(first.to_bytes(8, "little"))
        text = TRAIN.format(per_second=PER_SECOND)
        self.process = scripts.start(text, url, run_id, first, file, TRAINYARD_END_RUN_TIMEOUT="0")

    def run_id(self):
        note = self._file.with_suffix(self._file.suffix + ".run")
        deadline = time.monotonic() + 60
        while not (note.exists() and note.read_text()):
            assert self.process.poll() is None, self.process.communicate()[1]
            assert time.monotonic() < deadline
            time.sleep(0.01)
        return note.read_text()

    def logged(self):
        """Return the step behind the last one that is known to be logged."""
        return int.from_bytes(self._file.read_bytes(), "little")

    def kill(self):
        assert self.process.poll() is None, self.process.communicate()[1]
        self.process.send_signal(signal.SIGKILL)
        self.process.communicate()


def test_every_logged_point_is_stored_exactly_once(server, scripts, sync, tmp_path):
    url = server.start().url
    chance = random.Random()
    events = [("server", (number + 1) * SECONDS / (SERVER_KILLS + 1)) for number in range(SERVER_KILLS)]
    events += [("program", (number + 0.5) * SECONDS / PROGRAM_KILLS) for number in range(PROGRAM_KILLS)]
    events = sorted((at + chance.uniform(-0.2, 0.2), what) for what, at in events)

    lives = [Program(scripts, url, "", 0, tmp_path / "life0")]
    # The first life's run is gone on with by the second; the third starts one of its own.
    runs = [lives[0].run_id()]
    began = time.monotonic()
    for at, what in [*events, (SECONDS, "end")]:
        time.sleep(max(0.0, began + at - time.monotonic()))
        if what == "server":
            server.kill()
            time.sleep(chance.uniform(0, 0.5))
            server.start()
            continue
        lives[-1].kill()
        if what == "program":
            number = len(lives)
            # The last step of a killed life may be in the journal although nobody was told; the next begins behind it.
            first = lives[-1].logged() + 1000
            run_id = runs[-1] if number == 1 else ""
            lives.append(Program(scripts, url, run_id, first, tmp_path / f"life{number}"))
            runs.append(lives[-1].run_id())

    code, outcomes = sync()
    assert code == 0, outcomes
    assert runs[0] == runs[1] != runs[2]
    stored = {run_id: steps(url, run_id) for run_id in set(runs)}
    expected = Counter()
    for life, run_id in zip(lives, runs, strict=True):
        logged = range(life.first, life.logged())
        expected[run_id] += len(logged)
        found = [step for step in stored[run_id] if life.first <= step <= life.logged()]
        # One more than it could tell of may have been logged by a life that was killed in between.
        assert found in (list(logged), list(range(life.first, life.logged() + 1)))
    surplus = sum(map(len, stored.values())) - sum(expected.values())
    assert 0 <= surplus <= len(lives)
    assert sum(expected.values()) > SECONDS * PER_SECOND / 2, "hardly anything was logged: nothing was tested"
    for run_id in stored:
        for point in MlflowClient(url).get_metric_history(run_id, "m"):
            assert point.value == point.step / 7
