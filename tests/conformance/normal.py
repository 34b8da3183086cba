"""Answers as they compare: without what differs from one run of a server to the next.

Ids, names made up by the server, times and page tokens become `<…>`, by the name under which the scenario keeps them
or by their order of first appearance. Everything else stays as it is.
"""

import json
import re
import time

from wire import Answer

# Headers that a client acts on.
# What nearly every answer has; not written into records.
USUAL_HEADERS = {"content-type": "application/json", "x-content-type-options": "nosniff"}
HEADERS = ("content-type", "content-disposition", "content-range", "x-content-type-options", "allow", "location")
# Fields that stock adds for platforms and features that are not served; no client needs them.
GLOBAL_DIFFERENCES = {
    ("sqlstate", "error_class"): "Errors carry `error_code` and `message`, which clients read; stock adds the codes of "
    "another platform.",
    ("workspace",): "Experiments are in no workspace here; stock says of each that it is in `default`.",
}
LEFT_OUT = {field for fields in GLOBAL_DIFFERENCES for field in fields}
# Lists in which the protocol promises no order, by the end of their path.
UNORDERED = ("tags", "params", "data.metrics", "latest_versions")
PAGE_TOKENS = ("next_page_token", "nextPageToken")
# Texts of evaluation datasets that hold JSON, which clients read.
JSON_TEXTS = (
    ".records",
    *(".dataset.tags", ".dataset.schema", ".dataset.profile"),
    *(".datasets.tags", ".datasets.schema", ".datasets.profile"),
)

ID = re.compile(r"\bm-[0-9a-f]{32}\b|\b[0-9a-f]{32}\b|\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")
MADE_UP_NAME = re.compile(r"[a-z]+-[a-z]+-\d{1,4}")
DATABASE_ERROR = re.compile(r"\(sqlite3\..*", re.DOTALL)
LONG_REPEAT = re.compile(r"(.)\1{49,}")
DAY_MS = 24 * 3600 * 1000


class Names:
    """What the placeholders of one scenario stand for, and what stands for them in its answers."""

    def __init__(self, unique: str):
        self.values = {"unique": unique}
        self.ids: dict[str, str] = {}

    def keep(self, name: str, value: str) -> None:
        self.values[name] = value

    def id(self, value: str) -> str:
        """The placeholder of an id that no step keeps."""
        return self.ids.setdefault(value, f"<id {len(self.ids) + 1}>")

    def experiment_id(self, value: str) -> str:
        """The placeholder of an experiment's id, which is a number; that of the Default experiment stays."""
        kept = next((f"<{name}>" for name, other in self.values.items() if other == value), None)
        return kept or (value if value in ("", "0") else self.id(value))

    def hidden(self, text: str) -> str:
        """`text` with kept values, ids and made-up names replaced."""
        for name, value in self.values.items():
            if value.isdecimal():
                text = self._number_hidden(text, name, value)
            else:
                text = text.replace(value, f"<{name}>")
        text = ID.sub(lambda found: self.id(found[0]), text)
        text = DATABASE_ERROR.sub("<database error>", text)
        text = LONG_REPEAT.sub(lambda found: f"<{found[1]}*{len(found[0])}>", text)
        return "<made-up name>" if MADE_UP_NAME.fullmatch(text) else text

    def _number_hidden(self, text: str, name: str, value: str) -> str:
        """A kept number is that of an experiment: replaced where an experiment is spoken of, and in paths."""
        follows = r"(?!\w)" if re.search("experiment|:/", text, re.IGNORECASE) else "(?=/)"
        return re.sub(rf"(?<![\w.]){value}{follows}", f"<{name}>", text)


def normal(answer: Answer, names: Names) -> dict:
    """Status, headers and body of an answer, ready to compare."""
    found: dict = {"status": answer.status}
    headers = {name: names.hidden(answer.headers[name]) for name in HEADERS if name in answer.headers}
    if "allow" in headers:
        headers["allow"] = ", ".join(sorted(headers["allow"].replace(" ", "").split(",")))
    if headers != USUAL_HEADERS:
        found["headers"] = headers
    kind = headers.get("content-type", "")
    if kind.startswith("application/json") and answer.body:
        found["body"] = value(json.loads(answer.body), "", names)
    elif kind.startswith("text/html") and answer.body.startswith(b"<"):
        found["body"] = "<page>"
    elif answer.body:
        found["body"] = names.hidden(answer.body.decode("utf-8", errors="backslashreplace"))
    return found


def value(found, path: str, names: Names):
    """One value of a JSON body at `path`, its names joined by dots."""
    if isinstance(found, dict):
        kept = sorted(key for key in found if key not in LEFT_OUT)
        return {names.hidden(key): value(found[key], f"{path}.{key}", names) for key in kept}
    if isinstance(found, list):
        if path.endswith(tuple(f".{end}" for end in UNORDERED)):
            found = sorted(found, key=lambda item: json.dumps(item, sort_keys=True))
        return [value(item, path, names) for item in found]
    field = path.rpartition(".")[2]
    if field in PAGE_TOKENS and found:
        return "<page token>"
    if isinstance(found, str):
        # GraphQL writes integers of 64 bits as text.
        if found.isdecimal() and is_now(int(found)):
            return "<time>"
        if path in JSON_TEXTS and found:
            return {"json": value(_oldest_first(json.loads(found)), f"{path}.json", names)}
        if path in (".dataset.digest", ".datasets.digest"):
            return "<digest>"
        if field in ("experiment_id", "experiment_ids", "experimentId"):
            return names.experiment_id(found)
        return names.hidden(found)
    if isinstance(found, int) and not isinstance(found, bool) and is_now(found):
        return "<time>"
    return found


def is_now(number: int) -> bool:
    """Whether a number is the time of this day."""
    return abs(number - time.time() * 1000) < DAY_MS


def _oldest_first(found):
    """Records of one request have the same time, and then no order."""
    if not isinstance(found, list):
        return found
    return sorted(found, key=lambda record: (record["created_time"], json.dumps(record["inputs"], sort_keys=True)))
