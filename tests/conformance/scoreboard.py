"""Writes the section of docs/compatibility.md that says which scenarios are answered as stock answers them.

Run by `make scoreboard`. It counts files and plays nothing: the tests see to it that a scenario is answered as
recorded, but for what is listed.
"""

import pathlib

from comparison import Difference, wanted_differences
from normal import GLOBAL_DIFFERENCES
from scenario import HERE, Scenario, all_scenarios

DOCUMENT = HERE.parents[1] / "docs/compatibility.md"
BEGIN, END = "<!-- scenarios: begin -->", "<!-- scenarios: end -->"
NOT_SERVED = "not-served-yet"


def section(scenarios: list[Scenario], differences: list[Difference]) -> str:
    """The section's text."""
    differing = {scenario for difference in differences for scenario in difference.shows_in()}
    unserved = set()
    for difference in differences:
        if difference.name == NOT_SERVED:
            unserved |= difference.shows_in()
    rows = []
    for family in sorted({scenario.family for scenario in scenarios}):
        ids = {scenario.id for scenario in scenarios if scenario.family == family}
        rows.append((family, len(ids), len(ids - differing), len((ids & differing) - unserved), len(ids & unserved)))
    rows.append(("together", *(sum(row[column] for row in rows) for column in range(1, 5))))
    lines = ["| family | scenarios | answered alike | with known differences | not served |", "|---|---|---|---|---|"]
    lines += [f"| {' | '.join(str(cell) for cell in row)} |" for row in rows]
    lines += ["", "The known differences, and in how many scenarios each shows:", ""]
    lines += ["| difference | scenarios | reason |", "|---|---|---|"]
    for fields, reason in GLOBAL_DIFFERENCES.items():
        lines.append(f"| the fields {', '.join(f'`{field}`' for field in fields)} | all | {reason} |")
    for difference in differences:
        link = f"[{difference.name.replace('-', ' ')}](../tests/conformance/differing/{difference.name}.yaml)"
        lines.append(f"| {link} | {len(difference.shows_in())} | {difference.reason} |")
    return "\n".join(lines)


def parts(document: str) -> tuple[str, str, str]:
    """What stands before, in and after the section."""
    before, _, rest = document.partition(BEGIN)
    inside, _, after = rest.partition(END)
    return before, inside, after


def main(path: pathlib.Path = DOCUMENT) -> None:
    before, _, after = parts(path.read_text())
    text = section(all_scenarios(), wanted_differences())
    path.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}")


if __name__ == "__main__":
    main()
