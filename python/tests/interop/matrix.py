"""The table in docs/interop.md: compared with what tests find, or written when ``TRAINYARD_INTEROP_TABLE`` is set."""

import os
from pathlib import Path

import cells

DOCUMENT = Path(__file__).parents[3] / "docs" / "interop.md"
WRITES = bool(os.environ.get("TRAINYARD_INTEROP_TABLE"))

# Who saves, who loads.
DIRECTIONS = {"ours → stock": ("ours", "stock"), "stock → ours": ("stock", "ours"), "ours → ours": ("ours", "ours")}

_HEAD = ("flavor", "model", *DIRECTIONS, "note")
_fresh = {}


def record(cell_id, direction, result):
    """Keep what a test found for the table, or compare it with the table."""
    if WRITES:
        _fresh.setdefault(cell_id, {})[direction] = result
        return
    documented = read().get(cell_id, {}).get(direction)
    assert documented == result, f"docs/interop.md says {documented!r}, found was {result!r}: run `make interop`"


def read():
    """Return the results that stand in the document, by cell and direction."""
    rows = {}
    if DOCUMENT.exists():
        for line in DOCUMENT.read_text(encoding="utf-8").splitlines():
            entries = [entry.strip() for entry in line.strip().strip("|").split("|")]
            if line.startswith("|") and len(entries) == len(_HEAD) and entries[0] not in ("flavor", "---"):
                rows[f"{entries[0]}-{entries[1]}"] = dict(zip(DIRECTIONS, entries[2:], strict=False))
    return rows


def write():
    """Write the table anew: what ran replaces what stood there, what did not run stays."""
    text = DOCUMENT.read_text(encoding="utf-8")
    known = read()
    lines = [_line(_HEAD), _line(["---"] * len(_HEAD))]
    for module in cells.LIGHT + cells.HEAVY:
        for cell_id, cell in cells.load(module).items():
            results = {**known.get(cell_id, {}), **_fresh.get(cell_id, {})}
            lines.append(
                _line([module, cell.name, *(results.get(direction, "not run") for direction in DIRECTIONS), cell.note])
            )
    before = text.partition("| flavor |")[0].rstrip("\n")
    after = text.rpartition("|\n")[2]
    DOCUMENT.write_text(f"{before}\n\n" + "\n".join(lines) + f"\n{after}", encoding="utf-8")


def _line(entries):
    return "| " + " | ".join(entries) + " |"
