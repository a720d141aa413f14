"""Which version of a target holds, and where a plan's figures begin."""

from app.domain.targets import Targets
from app.domain.time.period import Period
from tests.domain.plans import RULES, set_target

FIRST = set_target(200)
RAISED = set_target(300, revision=5, valid_from=Period(2024, 1))
TARGETS = Targets([FIRST, RAISED])


def test_a_target_revised_from_a_period_on_leaves_those_before_it() -> None:
    at = [TARGETS.at("revenue", "province", Period.parse(p)) for p in ("2023-Q4", "2024-Q1")]
    assert at == [FIRST, RAISED]


def test_without_a_period_the_newest_version_is_meant() -> None:
    assert TARGETS.at("revenue", "province", None) is RAISED
    assert TARGETS.all_newest() == [RAISED]


def test_a_target_that_holds_for_later_periods_only_is_none_before_them() -> None:
    assert Targets([RAISED]).at("revenue", "province", Period(2023, 4)) is None


def test_an_area_without_a_target_has_none() -> None:
    assert TARGETS.newest("revenue", "east") is None
    assert TARGETS.at("revenue", "east", Period(2024)) is None
    found = TARGETS.of_areas("revenue", ["province", "east"], None)
    assert {area: target.value for area, target in found.items()} == {"province": 300}


def test_figures_begin_with_the_year_of_the_earliest_baseline() -> None:
    assert TARGETS.first_period(RULES) == Period(2020, 1)
    assert Targets([]).first_period(RULES) == Period(2021, 1)
