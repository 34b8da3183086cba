"""Scenarios as data: what a file in scenarios/ says, and the short forms in it.

A scenario is a list of requests; a step has the request as its first key, with the message that it carries:

    given: [run]
    steps:
      - POST runs/log-metric: {run_id: <run>, key: loss, value: 0.5, timestamp: 1000}
      - GET runs/get: {run_id: <run>}
        keep: {uri: $.run.info.artifact_uri}

A route without a leading slash is one below /api/2.0/mlflow. The message is the query of a GET and the JSON body of
anything else. Further keys of a step: `query`, `headers`, `raw` (a body that is sent as it is), `keep` (parts of the
answer under names that later steps use as `<name>`).

`<unique>` is a text that no other scenario has, `<x*300>` three hundred times the letter x, and a list item
`{times: 3, item: {key: k<n>}}` stands for three items, with 0, 1, 2 for `<n>`.
"""

import functools
import pathlib
import re

import yaml

HERE = pathlib.Path(__file__).parent
SCENARIOS = HERE / "scenarios"
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")
STEP_KEYS = {"query", "headers", "raw", "keep"}
PLACEHOLDER = re.compile(r"<([a-z][a-z_0-9]*)>")
REPEATED = re.compile(r"<(.)\*(\d+)>")


class Step:
    """One request, with its placeholders still in it."""

    def __init__(self, written: dict, origin: str):
        written = dict(written)
        request = next(iter(written))
        self.method, _, route = request.partition(" ")
        if self.method not in METHODS or not route:
            raise ValueError(f"{origin}: {request!r} is no request: expected e.g. 'GET runs/get'")
        self.path = route if route.startswith("/") else f"/api/2.0/mlflow/{route}"
        self.message = written.pop(request)
        self.request = request
        if unknown := written.keys() - STEP_KEYS:
            raise ValueError(f"{origin}: {request}: there is no {sorted(unknown)} in a step")
        self.query = written.get("query", {})
        self.headers = written.get("headers", {})
        self.raw = written.get("raw")
        self.keep = written.get("keep", {})


class Scenario:
    """The steps of one file, and the names of what they start from."""

    def __init__(self, path: pathlib.Path):
        self.family, self.name = path.parent.name, path.stem
        self.id = f"{self.family}/{self.name}"
        written = load(path)
        if unknown := written.keys() - {"given", "steps"}:
            raise ValueError(f"{self.id}: there is no {sorted(unknown)} in a scenario")
        self.given = given(tuple(written.get("given", ())))
        self.steps = [Step(step, self.id) for step in written["steps"]]


def all_scenarios() -> list[Scenario]:
    """Every scenario, by family and name."""
    return [Scenario(path) for path in sorted(SCENARIOS.glob("*/*.yaml"))]


@functools.cache
def given(names: tuple[str, ...]) -> list[Step]:
    """The requests that make what a scenario starts from, each once and in order of need."""
    known = load(SCENARIOS / "given.yaml")
    needed: dict[str, None] = {}

    def need(name: str) -> None:
        if name not in known:
            raise ValueError(f"given.yaml has no {name!r}; it has {', '.join(known)}")
        for other in known[name].get("needs", ()):
            need(other)
        needed[name] = None

    for name in names:
        need(name)
    return [Step(step, f"given.yaml: {name}") for name in needed for step in known[name]["steps"]]


def load(path: pathlib.Path):
    """A YAML file, with the quick loader where PyYAML has it."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load(path.read_text(), Loader=loader)


def filled(value, names: dict[str, str]):
    """`value` with placeholders replaced by what they stand for, at any depth."""
    if isinstance(value, str):
        value = REPEATED.sub(lambda found: found[1] * int(found[2]), value)
        return PLACEHOLDER.sub(lambda found: names.get(found[1], found[0]), value)
    if isinstance(value, list):
        return [item for entry in value for item in repeated(entry, names)]
    if isinstance(value, dict):
        return {filled(key, names): filled(entry, names) for key, entry in value.items()}
    return value


def repeated(entry, names: dict[str, str]) -> list:
    """A list's entry, as often as it says."""
    if isinstance(entry, dict) and entry.keys() == {"times", "item"}:
        return [filled(entry["item"], {**names, "n": str(n)}) for n in range(entry["times"])]
    return [filled(entry, names)]
