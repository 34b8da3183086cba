"""Plays all scenarios against stock `mlflow server` and writes its answers to recorded/.

Run by `make conformance-record`. With names of scenarios as arguments (`runs/a-run-is-created`) only these.
"""

import pathlib
import sys
import tempfile

import yaml

from comparison import RECORDED, STYLE, Dumper, record_path
from player import play
from scenario import all_scenarios
from target_server import TARGET, TargetServer
from wire import Wire


def main(names: list[str]) -> None:
    if TARGET != "stock":
        sys.exit("records are of stock: set TRAINYARD_CONFORMANCE_TARGET=stock, or use `make conformance-record`")
    scenarios = [scenario for scenario in all_scenarios() if not names or scenario.id in names]
    with tempfile.TemporaryDirectory() as folder:
        server = TargetServer(pathlib.Path(folder))
        try:
            written = [write(scenario, Wire(server.url)) for scenario in scenarios]
        finally:
            server.stop()
    if not names:
        for path in set(RECORDED.glob("*/*.yaml")).difference(written):
            path.unlink()
    print(f"{len(written)} scenarios recorded")


def write(scenario, wire: Wire) -> pathlib.Path:
    """Plays one scenario and writes its record."""
    answers = play(scenario, wire)
    steps = [{"request": step.request, **answer} for step, answer in zip(scenario.steps, answers, strict=True)]
    path = record_path(scenario)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.dump(steps, Dumper=Dumper, **STYLE))
    return path


if __name__ == "__main__":
    main(sys.argv[1:])
