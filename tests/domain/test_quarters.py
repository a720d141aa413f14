"""What a figure says of its own quarter: as such, or what a total grew by."""

from datetime import date
from decimal import Decimal

import pytest

from app.domain.accumulation import Accumulation, Basis
from app.domain.checks.quarters import quarter_value, quarter_values
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
