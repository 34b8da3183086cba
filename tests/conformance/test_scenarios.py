"""Every scenario of scenarios/, against the answers that stock gave to it (see comparison.py)."""

import pytest

from comparison import RECORDED, explained, record_path, recorded, wanted_differences
from player import play
from scenario import all_scenarios
from target_server import TARGET

SCENARIOS = all_scenarios()


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.id)
def test_answers_are_those_of_stock(wire, scenario):
    assert record_path(scenario).is_file(), "stock's answers are missing: run `make conformance-record`"
    stock = recorded(scenario)
    answers = play(scenario, wire)
    if TARGET == "stock":
        assert answers == stock, "stock answers otherwise than recorded: run `make conformance-record`"
    else:
        wrong = explained(scenario, stock, answers)
        assert not wrong, wrong


def test_records_and_differences_are_of_scenarios_that_exist():
    known = {scenario.id: len(scenario.steps) for scenario in SCENARIOS}
    records = {f"{path.parent.name}/{path.stem}" for path in RECORDED.glob("*/*.yaml")}
    assert records == set(known)
    for difference in wanted_differences():
        assert difference.reason and difference.shows_in() <= set(known), difference.name
        for scenario, steps in difference.answers.items():
            assert all(places for places in steps.values()), f"{difference.name}: {scenario} lists nothing"
            assert set(steps) <= set(range(1, known.get(scenario, 0) + 1)), f"{difference.name}: {scenario}"
