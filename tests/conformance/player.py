"""Plays scenarios against a server: fills in, sends, keeps parts of answers, returns the answers as they compare."""

import json
import re
import urllib.parse
import uuid

from normal import Names, normal
from scenario import Scenario, Step, filled
from wire import Answer, Wire

JSON = "application/json"


def play(scenario: Scenario, wire: Wire) -> list[dict]:
    """The answers to the scenario's steps, with ids and times replaced."""
    names = Names(unique=f"s{uuid.uuid4().hex[:11]}")
    for step in scenario.given:
        answer = send(step, wire, names)
        if answer.status != 200:
            raise AssertionError(f"given {step.request}: {answer.status} {answer.body!r}")
        keep(step, answer, names)
        if missing := step.keep.keys() - names.values.keys():
            raise AssertionError(f"given {step.request}: no {sorted(missing)} in {answer.body!r}")
    answers = []
    for step in scenario.steps:
        answer = send(step, wire, names)
        keep(step, answer, names)
        answers.append(normal(answer, names))
    return answers


def send(step: Step, wire: Wire, names: Names) -> Answer:
    """Sends one request."""
    path = filled(step.path, names.values)
    message = filled(step.message, names.values)
    query = filled(step.query, names.values)
    headers = filled(step.headers, names.values)
    body = None
    if step.raw is not None:
        body = step.raw if isinstance(step.raw, bytes) else filled(step.raw, names.values).encode()
        headers = {"Content-Type": JSON} | headers if step.method == "POST" else headers
    elif step.method in ("GET", "HEAD"):
        query = query | (message or {})
    elif message is not None:
        body, headers = json.dumps(message).encode(), {"Content-Type": JSON} | headers
    if query:
        path = f"{path}?{urllib.parse.urlencode(query, doseq=True)}"
    return wire.send(step.method, path, body, headers)


def keep(step: Step, answer: Answer, names: Names) -> None:
    """Remembers the parts of an answer that later steps use; what is not there stays a placeholder."""
    for name, path in step.keep.items():
        found = part(answer, path)
        if found is not None:
            names.keep(name, str(found))


def part(answer: Answer, path: str):
    """What stands at `$.some.path[0]` of the body."""
    try:
        found = answer.json
        for word in re.findall(r"[^.\[\]]+", path.removeprefix("$")):
            # Evaluation datasets hold JSON in texts.
            found = json.loads(found) if isinstance(found, str) else found
            found = found[int(word)] if isinstance(found, list) else found[word]
    except (ValueError, LookupError, TypeError):
        return None
    return found
