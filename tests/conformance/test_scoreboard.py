"""The scoreboard in docs/compatibility.md says what the files say."""

from comparison import wanted_differences
from scenario import all_scenarios
from scoreboard import DOCUMENT, parts, section


def test_the_scoreboard_is_current():
    written = parts(DOCUMENT.read_text())[1].strip()
    assert written == section(all_scenarios(), wanted_differences()), "run `make scoreboard`"
