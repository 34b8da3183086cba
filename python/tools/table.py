"""Write the table of MLflow's names into docs/compatibility.md: ``python table.py``."""

from pathlib import Path

import compare
import introspect
import reasons

DOCUMENT = Path(__file__).parents[2] / "docs/compatibility.md"
BEGIN, END = "<!-- names: begin -->", "<!-- names: end -->"


def main():
    """Replace what is between the marks."""
    text = DOCUMENT.read_text()
    before, rest = text.split(BEGIN)
    after = rest.split(END)[1]
    DOCUMENT.write_text(f"{before}{BEGIN}\n{table()}{END}{after}")


def table():
    """Return the table as Markdown, a part for each module."""
    return "".join(_module(module) for module in introspect.MODULES)


def _module(module):
    found = compare.findings(module)
    if not found:
        return ""
    title = f"mlflow.{module}" if module else "mlflow"
    present = [finding for finding in found if finding.state == compare.PRESENT]
    lines = [f"\n### `{title}`: {len(present)} of {len(found)}\n"]
    rows = _rows(module, found)
    if rows:
        lines += ["| name | here | remarks |", "|---|---|---|", *rows]
    return "\n".join(lines) + "\n"


def _rows(module, found):
    rows, absent = [], {}
    for finding in found:
        if finding.state == compare.ABSENT:
            absent.setdefault(reasons.reason(reasons.ABSENT, finding.name), []).append(finding.name)
    present = [finding for finding in found if finding.state == compare.PRESENT]
    here = [finding.name for finding in present if not _differs_with_framework(finding)]
    if here:
        names = [_with_count(module, name, found) for name in here if not _is_member(name, found)]
        rows.append(f"| {', '.join(names)} | yes | |")
    for finding in found:
        if finding.state == compare.DIFFERENT or _differs_with_framework(finding):
            why = reasons.reason(reasons.DIFFERENT + reasons.WITH_FRAMEWORK, finding.name)
            rows.append(f"| {_with_count(module, finding.name, found)} | yes, differs | {why} |")
    for why, missing in absent.items():
        rows.append(f"| {_listed([_short(module, name) for name in missing])} | no | {why} |")
    return rows


def _differs_with_framework(finding):
    return finding.state == compare.PRESENT and reasons.reason(reasons.WITH_FRAMEWORK, finding.name) is not None


def _is_member(name, found):
    """Tell whether a name belongs to a class among the findings."""
    return any(finding.name == name.rpartition(".")[0] for finding in found)


def _with_count(module, name, found):
    """Return a name as Markdown; that of a class with the number of its members that are here."""
    members = [finding for finding in found if finding.name.startswith(f"{name}.")]
    here = sum(finding.state != compare.ABSENT for finding in members)
    text = f"`{_short(module, name)}`"
    if members:
        text += f" with its {here} members" if here == len(members) else f" with {here} of its {len(members)} members"
    return text


def _short(module, name):
    return name.removeprefix(f"{module}.") if module else name


def _listed(names):
    return ", ".join(f"`{name}`" for name in names)


if __name__ == "__main__":
    main()
