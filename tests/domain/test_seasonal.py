"""The full year from a running total and the usual spread of a year."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.outlook.seasonal import full_year_estimate, mean_share
from app.domain.quantity import Reason, Undefined

D = Decimal


def year(*totals: int) -> tuple[Decimal, ...]:
    return tuple(D(total) for total in totals)


def two(so_far: int, whole: int) -> tuple[Decimal, Decimal]:
    """A year's total at the end of the quarter, and at its own end."""
    return D(so_far), D(whole)


def at(quarter: int, *years: tuple[Decimal, ...]) -> tuple[tuple[Decimal, Decimal], ...]:
    """The totals of years at the end of a quarter and at their ends."""
    return tuple((totals[quarter - 1], totals[-1]) for totals in years)


OLDEST, MIDDLE, LATEST = (
    year(480, 1010, 1580, 2300),
    year(520, 1105, 1745, 2560),
    year(575, 1216, 1910, 2790),
)


def test_the_worked_example_comes_out_to_the_digit() -> None:
    share = mean_share(at(2, OLDEST, MIDDLE, LATEST))

    assert isinstance(share, Decimal)
    assert round(share, 10) == D("0.4355377846")
    estimate = full_year_estimate(D(1345), share)
    assert isinstance(estimate, Decimal)
    assert round(estimate, 7) == D("3088.1362023")


def test_one_year_gives_last_years_total_times_the_growth_to_date() -> None:
    estimate = full_year_estimate(D(1345), mean_share(at(2, LATEST)))

    assert isinstance(estimate, Decimal)
    assert round(estimate, 10) == round(2790 * D(1345) / 1216, 10)


def test_two_years_are_both_used() -> None:
    assert mean_share((two(1, 10), two(3, 10))) == D("0.2")


def test_only_the_last_five_years_count() -> None:
    five = (two(1, 4),) * 5

    assert mean_share((two(4, 4), *five)) == D("0.25")


@pytest.mark.parametrize("years", [1, 2, 3, 4, 5])
def test_a_full_year_is_its_own_estimate(years: int) -> None:
    share = mean_share(at(4, *((OLDEST, MIDDLE, LATEST) * 2)[:years]))

    assert share == 1
    assert full_year_estimate(D(1345), share) == 1345


def test_without_a_year_there_is_no_share_and_no_estimate() -> None:
    share = mean_share(())

    assert share == Undefined(Reason.INSUFFICIENT_HISTORY)
    assert full_year_estimate(D(5), share) == share


@pytest.mark.parametrize("full", [0, -4])
def test_a_full_year_that_is_not_positive_has_no_shares(full: int) -> None:
    assert mean_share((*at(1, LATEST), two(1, full))) == Undefined(Reason.NOT_POSITIVE)


def test_a_year_of_less_than_one_unit_has_shares() -> None:
    assert mean_share(((D("0.1"), D("0.5")),)) == D("0.2")


@pytest.mark.parametrize("share", ["0", "-0.1"])
def test_a_share_that_is_not_positive_gives_no_estimate(share: str) -> None:
    assert full_year_estimate(D(5), D(share)) == Undefined(Reason.NOT_POSITIVE)


@given(factor=st.decimals("0.001", "1000", places=3), quarter=st.integers(1, 4))
def test_the_unit_does_not_change_the_share(factor: Decimal, quarter: int) -> None:
    scaled = tuple(factor * total for total in LATEST)

    found, expected = mean_share(at(quarter, scaled)), mean_share(at(quarter, LATEST))

    assert isinstance(found, Decimal)
    assert isinstance(expected, Decimal)
    assert abs(found - expected) < D("1e-30")
