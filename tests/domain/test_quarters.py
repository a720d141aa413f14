"""What a figure says of its own quarter: as such, or what a total grew by."""

from datetime import date
from decimal import Decimal
from random import Random

import pytest

from app.domain.accumulation import Accumulation, Basis
from app.domain.checks.quarters import (
    find_imbalance,
    follow,
    leave_out,
    quarter_value,
    quarter_values,
)
from app.domain.quantity import ObsStatus
from app.domain.series import Observed, Series
from app.domain.time.period import Period

D = Decimal
START = date(2022, 1, 1)


def _increments(
    figures: dict[tuple[int, int], tuple[int | None, Basis]], start: date | None = START
) -> Series:
    observed = [
        Observed(
            period=Period(*place),
            value=None if value is None else D(value),
            basis=basis,
            missing_reason=None,
            revision=1,
        )
        for place, (value, basis) in figures.items()
    ]
    return Series.of(observed, accumulation=Accumulation.INCREMENT, start=start)


def test_a_year_to_date_of_an_increment_is_held_against_its_own_year() -> None:
    """900 by the end of 2023 and 100 in the first quarter: 201 since January are 101 in April."""
    history = _increments({(2023, 4): (900, Basis.SINCE_START), (2024, 1): (100, Basis.QUARTER)})
    assert quarter_value(history, Period(2024, 2), D(201), Basis.YTD) == 101


def test_in_the_first_year_nothing_lies_before_it() -> None:
    history = _increments({(2022, 1): (100, Basis.SINCE_START)})
    assert quarter_value(history, Period(2022, 2), D(150), Basis.YTD) == 50


def test_an_end_of_the_last_year_that_is_not_known_leaves_it_unknown() -> None:
    history = _increments({(2024, 1): (700, Basis.SINCE_START)})
    assert quarter_value(history, Period(2024, 2), D(150), Basis.YTD) is None


def test_a_quarter_before_that_is_not_known_leaves_it_unknown() -> None:
    history = _increments({(2023, 4): (700, Basis.SINCE_START)})
    assert quarter_value(history, Period(2024, 2), D(150), Basis.YTD) is None


@pytest.mark.parametrize(("basis", "expected"), [(Basis.QUARTER, 150), (Basis.SINCE_START, 50)])
def test_other_bases_are_taken_as_they_are(basis: Basis, expected: int) -> None:
    history = _increments({(2024, 1): (100, basis)})
    assert quarter_value(history, Period(2024, 2), D(150), basis) == expected


def test_the_quarters_before_come_in_order_without_those_that_have_no_figure() -> None:
    history = _increments(
        {
            (2024, 3): (70, Basis.QUARTER),
            (2024, 1): (100, Basis.QUARTER),
            (2024, 2): (None, Basis.QUARTER),
        },
    )
    assert quarter_values(history, Period(2024, 4)) == [100, 70]
    assert quarter_values(history, Period(2024, 3)) == [100]
    assert quarter_values(history, Period(2024, 1)) == []


@pytest.mark.parametrize(
    ("before", "quarter", "total", "is_found"),
    [
        ("410", "140", "550", False),
        ("410", "141", "550", True),
        ("410.1", "140.1", "550.3", False),
        ("410.1", "140.4", "550.1", True),
        # Each of the three rounded to hundredths: 0.015 at most.
        ("120.02", "139.99", "260", False),
        ("120.02", "140", "260", True),
    ],
)
def test_the_last_total_and_the_quarter_make_the_total_within_rounding(
    before: str, quarter: str, total: str, *, is_found: bool
) -> None:
    known = Observed(period=Period(2024, 3), value=Decimal(before), basis=Basis.YTD)
    history = Series.of([known], accumulation=Accumulation.ANNUAL_FLOW, start=None)
    found = find_imbalance(history, Period(2024, 4), Decimal(total), Basis.YTD, Decimal(quarter))
    assert (found is not None) is is_found
    if found is not None:
        assert found.sum == Decimal(before) + Decimal(quarter)


def test_without_the_last_total_nothing_is_said_and_the_first_quarter_is_its_own_total() -> None:
    nothing = Series.of([], accumulation=Accumulation.ANNUAL_FLOW, start=None)
    five, four = Decimal(5), Decimal(4)
    assert find_imbalance(nothing, Period(2024, 2), five, Basis.YTD, four) is None
    assert find_imbalance(nothing, Period(2024, 1), five, Basis.YTD, five) is None
    first = find_imbalance(nothing, Period(2024, 1), five, Basis.YTD, four)
    assert first is not None
    assert not first.has_history
    assert first.before == 0


def test_a_total_since_the_start_takes_the_one_before_across_the_year() -> None:
    known = Observed(period=Period(2023, 4), value=Decimal(900), basis=Basis.SINCE_START)
    history = Series.of([known], accumulation=Accumulation.INCREMENT, start=date(2022, 1, 1))
    sums = [
        find_imbalance(history, Period(2024, 1), Decimal(t), Basis.SINCE_START, Decimal(100))
        for t in (1000, 1001)
    ]
    assert sums[0] is None
    assert sums[1] is not None


@pytest.mark.parametrize("accumulation", [Accumulation.ANNUAL_FLOW, Accumulation.INCREMENT])
def test_a_series_that_grows_figure_by_figure_is_the_one_made_of_all(
    accumulation: Accumulation,
) -> None:
    chance = Random(2025)  # noqa: S311 - the same figures each time
    for _ in range(60):
        grown, sent = Series.of([], accumulation=accumulation, start=date(2022, 1, 1)), []
        for _ in range(12):
            is_missing = chance.random() < 0.1
            found = Observed(
                period=Period(2022 + chance.randrange(3), chance.randrange(1, 5)),
                value=None if is_missing else D(chance.randrange(500)),
                basis=None if is_missing else chance.choice(accumulation.bases),
                obs_status=chance.choice([ObsStatus.NORMAL, ObsStatus.NORMAL, ObsStatus.BREAK]),
            )
            sent.append(found)
            grown = follow(grown, found)
            made = Series.of(sent, accumulation=accumulation, start=date(2022, 1, 1))
            assert (grown, [*grown.numbers]) == (made, [*made.numbers])
            later = Period(2025, 1)
            assert quarter_values(grown, later) == quarter_values(made, later)
            place = Period(2022 + chance.randrange(3), chance.randrange(1, 5))
            others = [each for each in grown.by_index.values() if each.period != place]
            less = Series.of(others, accumulation=accumulation, start=date(2022, 1, 1))
            left = leave_out(grown, place)
            assert (left, [*left.by_index]) == (less, [*less.by_index])
            for each in (place, later):
                assert quarter_values(left, each) == quarter_values(less, each)
