"""The present year against its milestone: 1345 by the middle of a year that should reach 3000."""

from decimal import Decimal

import pytest

from app.domain.outlook.in_year import InYear, stand_in_year
from app.domain.quantity import Quantity, Reason, Undefined

D = Decimal
# The totals of three years at the end of the second quarter and of the year.
HISTORY = ((D(1010), D(2300)), (D(1105), D(2560)), (D(1216), D(2790)))


def rounded(quantity: Quantity, places: int) -> Decimal:
    assert isinstance(quantity, Decimal), quantity
    return round(quantity, places)


def test_the_worked_example_within_its_year() -> None:
    row = stand_in_year(D(1345), 2, history=HISTORY, milestone=D(3000), sign=1)

    assert rounded(row.seasonal_elapsed_percent, 8) == D("43.55377846")
    assert rounded(row.full_year_estimate, 7) == D("3088.1362023")
    assert rounded(row.year_progress_percent, 8) == D("44.83333333")
    assert rounded(row.year_projected_gap, 7) == D("-88.1362023")


def test_a_falling_target_turns_the_projected_gap() -> None:
    row = stand_in_year(D(1345), 2, history=HISTORY, milestone=D(3000), sign=-1)

    assert rounded(row.year_projected_gap, 7) == D("88.1362023")


def test_a_whole_year_is_its_own_estimate_without_any_history() -> None:
    row = stand_in_year(D(2900), 4, history=(), milestone=D(3000), sign=1)

    assert (row.seasonal_elapsed_percent, row.full_year_estimate) == (D(100), D(2900))
    assert row.year_projected_gap == 100


def test_without_a_year_before_there_is_no_estimate() -> None:
    row = stand_in_year(D(1345), 2, history=(), milestone=D(3000), sign=1)
    none = Undefined(Reason.INSUFFICIENT_HISTORY)

    assert row.seasonal_elapsed_percent == row.full_year_estimate == none
    assert row.year_projected_gap == none
    assert rounded(row.year_progress_percent, 4) == D("44.8333")


def test_without_a_figure_the_year_still_has_its_share_and_its_milestone() -> None:
    silent = Undefined(Reason.NOT_REPORTED)
    row = stand_in_year(silent, 2, history=HISTORY, milestone=D(3000), sign=1)

    assert row.full_year_estimate == row.year_progress_percent == silent
    assert row.year_projected_gap == silent
    assert rounded(row.seasonal_elapsed_percent, 4) == D("43.5538")
    assert row.year_milestone == 3000


def test_without_a_target_the_estimate_stays() -> None:
    none = Undefined(Reason.NO_TARGET)
    row = stand_in_year(D(1345), 2, history=HISTORY, milestone=none, sign=1)

    assert rounded(row.full_year_estimate, 4) == D("3088.1362")
    assert row.year_progress_percent == row.year_projected_gap == none


@pytest.mark.parametrize("milestone", [0, -5])
def test_a_milestone_that_is_not_positive_has_no_percent(milestone: int) -> None:
    row = stand_in_year(D(1), 4, history=(), milestone=D(milestone), sign=1)

    assert row.year_progress_percent == Undefined(Reason.ZERO_TARGET)
    assert row.year_projected_gap == milestone - 1


def test_a_milestone_between_0_and_1_has_a_percent() -> None:
    row = stand_in_year(D("0.3"), 4, history=(), milestone=D("0.5"), sign=1)

    assert row.year_progress_percent == 60


def test_one_reason_for_everything() -> None:
    row = InYear.undefined(Reason.NOT_APPLICABLE)

    assert row.full_year_estimate == row.year_projected_gap == Undefined(Reason.NOT_APPLICABLE)
