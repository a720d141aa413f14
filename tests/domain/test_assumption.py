"""What a scenario assumes, as figures that anything else could have been."""

from decimal import Decimal

import pytest

from app.domain.accumulation import Accumulation, Basis
from app.domain.outlook.assumption import assume, grow, just_meeting
from app.domain.path import Comparator, Direction, PathKind
from app.domain.series import Observed, Series
from app.domain.target import Target
from app.domain.time.period import Period

D = Decimal
FLOW, LEVEL, TOTAL = Accumulation.ANNUAL_FLOW, Accumulation.LEVEL, Accumulation.INCREMENT


def grown(accumulation: Accumulation, at: Period, until: Period, percent: str) -> list[Observed]:
    return grow(D(100), D(percent), at=at, until=until, accumulation=accumulation)


@pytest.mark.parametrize("accumulation", [FLOW, LEVEL, TOTAL])
def test_an_assumed_figure_is_the_comparable_value_of_its_period(
    accumulation: Accumulation,
) -> None:
    at = Period(2025, 4)
    figure = assume(D(5), at, accumulation)
    series = Series.of([figure], accumulation=accumulation, start=None)

    assert series.comparable(at).value == 5
    assert figure.revision == 0


def test_an_annual_flow_grows_from_year_end_to_year_end() -> None:
    found = grown(FLOW, Period(2023, 4), Period(2025, 4), "10")

    assert [(str(each.period), each.value, each.basis) for each in found] == [
        ("2024-Q4", D(110), Basis.YTD),
        ("2025-Q4", D(121), Basis.YTD),
    ]


def test_a_trailing_year_grows_by_the_part_of_a_year_that_is_left() -> None:
    (found,) = grown(FLOW, Period(2024, 2), Period(2024, 4), "21")

    assert found.value == 110


def test_a_level_grows_every_quarter() -> None:
    found = grown(LEVEL, Period(2024, 4), Period(2025, 2), "21")

    assert [str(each.period) for each in found] == ["2025-Q1", "2025-Q2"]
    assert found[-1].value == 110


def test_a_total_since_the_start_grows_by_days() -> None:
    """A year from 2023-12-31 has 366 days, which are a little more than one of 365.25."""
    found = grown(TOTAL, Period(2023, 4), Period(2024, 4), "10")

    assert found[-1].value is not None
    assert round(found[-1].value, 8) == round(100 * D("1.1") ** (D(366) / D("365.25")), 8)


def test_a_fall_is_growth_below_zero_and_none_changes_nothing() -> None:
    assert grown(FLOW, Period(2023, 4), Period(2024, 4), "-50")[0].value == 50
    assert grown(LEVEL, Period(2023, 4), Period(2024, 1), "0")[0].value == 100


def test_at_its_end_nothing_grows() -> None:
    assert grown(LEVEL, Period(2025, 4), Period(2025, 4), "10") == []
    assert grown(LEVEL, Period(2026, 4), Period(2025, 4), "10") == []


def test_what_would_not_be_a_comparable_value_is_refused() -> None:
    with pytest.raises(ValueError, match="assume those"):
        assume(D(5), Period(2025, 4), Accumulation.RATIO)
    with pytest.raises(ValueError, match="2025-Q2 is none"):
        assume(D(5), Period(2025, 2), FLOW)


@pytest.mark.parametrize(
    ("comparator", "is_count", "value"),
    [
        ("gte", False, "380"),
        ("lte", True, "380"),
        ("gt", False, "380.00000001"),
        ("gt", True, "381"),
        ("lt", False, "379.99999999"),
        ("lt", True, "379"),
    ],
)
def test_a_target_is_just_met_by_itself_or_by_the_next_value(
    comparator: str, value: str, *, is_count: bool
) -> None:
    target = Target(
        value=D(380),
        comparator=Comparator(comparator),
        deadline=Period(2025),
        direction=Direction.INCREASE,
        path=PathKind.LINEAR,
    )
    found = just_meeting(target, is_count=is_count)

    assert found == D(value)
    assert target.is_met_by(found)
