"""What a plan's rules say of its indicators and areas."""

import pytest

from app.domain.plan import Indicator
from tests.domain.plans import GROWTH, REVENUE, RULES, SHARE


@pytest.mark.parametrize(
    ("indicator", "parts"),
    [(REVENUE, ("revenue",)), (GROWTH, ("revenue",)), (SHARE, ("research", "revenue"))],
)
def test_an_indicator_is_computed_from_those_that_take_its_reports(
    indicator: Indicator, parts: tuple[str, ...]
) -> None:
    assert indicator.parts == parts


def test_figures_count_for_their_own_indicator_and_for_those_derived() -> None:
    assert RULES.counting("revenue") == [REVENUE, SHARE, GROWTH]


def test_areas_that_overlap_others_are_not_summed() -> None:
    assert RULES.summands(REVENUE, "province") == ("east", "west")
    assert RULES.summands(GROWTH, "province") == ()
    assert RULES.summands(REVENUE, "east") == ()


def test_an_area_lies_in_those_above_it() -> None:
    assert RULES.with_those_above("east") == ["east", "province"]
    assert RULES.root == "province"


def test_a_growth_is_held_by_the_levels_of_its_indicator() -> None:
    assert (RULES.level_of(GROWTH), RULES.level_of(SHARE)) == (REVENUE, SHARE)
