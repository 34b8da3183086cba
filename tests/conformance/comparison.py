"""Compares answers with those that stock gave, and with the differences that are wanted.

recorded/<family>/<name>.yaml has the answers of stock. differing/<difference>.yaml names a difference, says why it is
wanted, and lists where it shows, each place with what Trainyard answers instead:

    reason: …
    answers:
      runs/creating-in-no-experiment:
        1: {status: 404, body.error_code: RESOURCE_DOES_NOT_EXIST}

Where Trainyard's messages have a form of their own, a difference lists the scenarios in which it shows instead of each
message: `messages: ^Invalid filter at` and `scenarios: […]`. It covers a message that differs and has the form, nothing
else of that answer.
"""

import functools
import json
import pathlib
import re

import yaml

from scenario import HERE, Scenario, load

RECORDED = HERE / "recorded"
DIFFERING = HERE / "differing"
ABSENT = "<absent>"
MESSAGE = "body.message"


def record_path(scenario: Scenario) -> pathlib.Path:
    """Where stock's answers to a scenario are."""
    return RECORDED / scenario.family / f"{scenario.name}.yaml"


def recorded(scenario: Scenario) -> list[dict]:
    """Stock's answers to a scenario."""
    steps = load(record_path(scenario))
    asked = [step["request"] for step in steps]
    assert asked == [step.request for step in scenario.steps], (
        f"the record of {scenario.id} is of other requests: run `make conformance-record`"
    )
    return [{key: entry for key, entry in step.items() if key != "request"} for step in steps]


def differences(stock: list[dict], ours: list[dict]) -> dict[int, dict]:
    """Where two plays of a scenario differ: by step, from 1, and path what the second has there."""
    found = {}
    for number, (left, right) in enumerate(zip(stock, ours, strict=True), start=1):
        if differing := dict(_differing("", left, right)):
            found[number] = differing
    return found


def _differing(path: str, left, right):
    if isinstance(left, dict) and isinstance(right, dict):
        for key in sorted(left.keys() | right.keys()):
            yield from _differing(f"{path}.{key}" if path else key, left.get(key, ABSENT), right.get(key, ABSENT))
    elif isinstance(left, list) and isinstance(right, list) and len(left) == len(right):
        for number, (one, other) in enumerate(zip(left, right, strict=True)):
            yield from _differing(f"{path}[{number}]", one, other)
    elif json.dumps(left, sort_keys=True) != json.dumps(right, sort_keys=True):
        # As JSON, so that 1, 1.0 and true differ.
        yield path, right


class Difference:
    """A difference that is wanted."""

    def __init__(self, path: pathlib.Path):
        written = load(path)
        self.name, self.reason = path.stem, written["reason"]
        self.answers = written.get("answers", {})
        self.messages, self.scenarios = written.get("messages"), written.get("scenarios", [])

    def covers(self, scenario: Scenario, message) -> bool:
        """Whether a message that differs has the form that is wanted."""
        return scenario.id in self.scenarios and isinstance(message, str) and bool(re.search(self.messages, message))

    def shows_in(self) -> set[str]:
        """The scenarios that have it."""
        return set(self.answers) | set(self.scenarios)


@functools.cache
def wanted_differences() -> list[Difference]:
    """All differences that are wanted, by name."""
    return [Difference(path) for path in sorted(DIFFERING.glob("*.yaml"))]


def wanted(scenario: Scenario, found: dict[int, dict]) -> dict[int, dict]:
    """The differences that are wanted in a scenario, as `differences` returned them."""
    listed: dict[int, dict] = {}
    for difference in wanted_differences():
        for number, places in difference.answers.get(scenario.id, {}).items():
            known = listed.setdefault(number, {})
            assert not known.keys() & places.keys(), f"{scenario.id}, step {number}: {difference.name} repeats another"
            known.update(places)
        if scenario.id in difference.scenarios:
            covered = [number for number in found if difference.covers(scenario, found[number].get(MESSAGE))]
            assert covered, f"{scenario.id} no longer shows {difference.name}"
            for number in covered:
                listed.setdefault(number, {})[MESSAGE] = found[number][MESSAGE]
    return listed


def explained(scenario: Scenario, stock: list[dict], ours: list[dict]) -> str:
    """What is wrong with our answers: nothing, or what differs and is not listed, and what is listed and no more so."""
    found = differences(stock, ours)
    listed = wanted(scenario, found)
    if json.dumps(found, sort_keys=True) == json.dumps(listed, sort_keys=True):
        return ""
    lines = [f"{scenario.id} differs from what is recorded and listed:"]
    for number in sorted(found.keys() | listed.keys()):
        here, there = found.get(number, {}), listed.get(number, {})
        for path in sorted(here.keys() | there.keys()):
            if path in here and path in there and _same(here[path], there[path]):
                continue
            lines.append(f"  step {number}, {scenario.steps[number - 1].request}: {path}")
            lines.append(f"    stock     {_at(stock[number - 1], path)}")
            if path in here:
                lines.append(f"    Trainyard {as_yaml(here[path])}")
            if path in there:
                lines.append(f"    listed    {as_yaml(there[path])}")
    if unlisted := {number: new for number in found if (new := _unlisted(found[number], listed.get(number, {})))}:
        lines.append("If it is wanted, what belongs into a file of tests/conformance/differing:")
        lines.append(yaml.dump({scenario.id: unlisted}, Dumper=Dumper, **STYLE))
    return "\n".join(lines)


def _unlisted(found: dict, listed: dict) -> dict:
    return {path: ours for path, ours in found.items() if path not in listed or not _same(ours, listed[path])}


def _same(one, other) -> bool:
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def _at(answer, path: str) -> str:
    for word in path.replace("[", ".[").split("."):
        if word.startswith("["):
            answer = answer[int(word[1:-1])]
        elif isinstance(answer, dict):
            answer = answer.get(word, ABSENT)
    return as_yaml(answer)


def as_yaml(value) -> str:
    """A value on one line."""
    return json.dumps(value, sort_keys=True)


class Dumper(yaml.SafeDumper):
    """Writes lists a level deeper than their key, as people do."""

    def increase_indent(self, flow=False, indentless=False):
        return super().increase_indent(flow, False)


STYLE = {"sort_keys": False, "width": 120, "allow_unicode": True}
