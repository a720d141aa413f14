"""Comparable values from figures as they were reported, on whatever basis."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from app.domain.accumulation import Accumulation, ActualBasis, Basis, MissingReason
from app.domain.quantity import Quantity, Reason, Undefined
from app.domain.series import Observed, Series
from app.domain.time.period import Period

D = Decimal
QUARTER, YTD, SINCE_START, LEVEL = Basis.QUARTER, Basis.YTD, Basis.SINCE_START, Basis.LEVEL
NO_HISTORY, NOT_REPORTED = Undefined(Reason.INSUFFICIENT_HISTORY), Undefined(Reason.NOT_REPORTED)
START = date(2022, 1, 1)


def figure(period: str, value: str, basis: Basis) -> Observed:
    return Observed(period=Period.parse(period), value=D(value), basis=basis)


def missing(period: str, reason: MissingReason | None) -> Observed:
    return Observed(period=Period.parse(period), value=None, missing_reason=reason)


def flow(*observed: Observed) -> Series:
    return Series.of(observed, accumulation=Accumulation.ANNUAL_FLOW, start=START)


def increment(*observed: Observed, start: date | None = START) -> Series:
    return Series.of(observed, accumulation=Accumulation.INCREMENT, start=start)


def level(*observed: Observed) -> Series:
    return Series.of(observed, accumulation=Accumulation.LEVEL, start=START)


def value_at(series: Series, period: str, carry_forward: int = 0) -> Quantity:
    return series.comparable(Period.parse(period), carry_forward=carry_forward).value


NATIONAL = (
    figure("2023-Q1", "24415", YTD),
    figure("2023-Q4", "123258", YTD),
    figure("2024-Q1", "28020", YTD),
    figure("2024-Q2", "62350", YTD),
    figure("2024-Q3", "98281", YTD),
    figure("2024-Q4", "137276", YTD),
    figure("2025-Q1", "31479", YTD),
)


def test_the_total_of_a_flow_starts_anew_each_year_and_others_go_on() -> None:
    found = flow(*NATIONAL).total(Period(2024, 2))

    assert (found.value, found.inputs) == (D(62350), (NATIONAL[3],))
    grown = increment(figure("2022-Q1", "5", QUARTER), figure("2022-Q2", "7", QUARTER))
    assert grown.total(Period(2022, 2)) == grown.comparable(Period(2022, 2))


def test_the_fourth_quarter_of_a_flow_is_the_full_year() -> None:
    found = flow(*NATIONAL).comparable(Period(2024, 4))

    assert (found.value, found.basis) == (D(137276), ActualBasis.FULL_YEAR)
    assert value_at(flow(*NATIONAL), "2024") == 137276


def test_before_it_the_trailing_four_quarters_count() -> None:
    """31479 + 137276 - 28020."""
    found = flow(*NATIONAL).comparable(Period(2025, 1))

    assert (found.value, found.basis) == (D(140735), ActualBasis.TTM)
    assert {str(each.period) for each in found.inputs} == {"2025-Q1", "2024-Q4", "2024-Q1"}


@pytest.mark.parametrize("gone", ["2024-Q1", "2024-Q4"])
def test_a_trailing_total_needs_both_of_last_years_totals(gone: str) -> None:
    left = [each for each in NATIONAL if str(each.period) != gone]

    assert value_at(flow(*left), "2025-Q1") == NO_HISTORY


def test_a_period_without_a_figure_is_not_reported() -> None:
    assert value_at(flow(*NATIONAL), "2025-Q2") == NOT_REPORTED
    assert value_at(flow(*NATIONAL), "2025-Q4") == NOT_REPORTED
    assert value_at(level(), "2024-Q4") == NOT_REPORTED
    assert value_at(increment(), "2024-Q4") == NOT_REPORTED


def test_a_quarter_is_added_to_the_running_total_before_it() -> None:
    series = flow(
        figure("2024-Q1", "28020", QUARTER),
        figure("2024-Q2", "34330", QUARTER),
        figure("2024-Q3", "98281", YTD),
        figure("2024-Q4", "38995", QUARTER),
    )

    assert [series.ytd(Period(2024, q)) for q in (1, 2, 3, 4)] == [28020, 62350, 98281, 137276]


def test_a_running_total_is_unknown_when_the_one_before_it_is() -> None:
    series = flow(figure("2024-Q1", "28020", YTD), figure("2024-Q3", "35931", QUARTER))

    assert series.ytd(Period(2024, 3)) == NO_HISTORY


def test_a_running_total_never_crosses_the_year() -> None:
    series = flow(
        figure("2023-Q4", "123258", YTD),
        figure("2024-Q1", "28020", QUARTER),
        figure("2025-Q2", "34000", QUARTER),
    )

    assert series.ytd(Period(2024, 1)) == 28020
    assert series.ytd(Period(2025, 2)) == NO_HISTORY


def test_a_corrected_quarter_moves_the_totals_built_from_it() -> None:
    later = [figure("2024-Q2", "20", QUARTER), figure("2024-Q3", "30", QUARTER)]

    before = flow(figure("2024-Q1", "10", QUARTER), *later)
    after = flow(figure("2024-Q1", "10", QUARTER), *later, figure("2024-Q1", "12", QUARTER))

    assert before.ytd(Period(2024, 3)) == 60
    assert after.ytd(Period(2024, 3)) == 62


def test_a_corrected_quarter_leaves_later_totals_that_were_reported() -> None:
    series = flow(
        figure("2024-Q1", "12", QUARTER),
        figure("2024-Q2", "20", QUARTER),
        figure("2024-Q3", "60", YTD),
        figure("2024-Q4", "40", QUARTER),
    )

    assert [series.ytd(Period(2024, q)) for q in (2, 3, 4)] == [32, 60, 100]


def test_a_falling_running_total_is_taken_as_it_is() -> None:
    series = flow(figure("2024-Q1", "50", YTD), figure("2024-Q2", "40", YTD))

    assert series.ytd(Period(2024, 2)) == 40


def test_an_increment_counts_on_over_the_years() -> None:
    series = increment(
        figure("2022-Q1", "5", QUARTER),
        figure("2022-Q2", "7", QUARTER),
        figure("2022-Q3", "20", YTD),
        figure("2022-Q4", "4", QUARTER),
        figure("2023-Q1", "6", QUARTER),
        figure("2023-Q2", "13", YTD),
        figure("2023-Q3", "50", SINCE_START),
        figure("2023-Q4", "2", QUARTER),
    )
    found = [value_at(series, f"{y}-Q{q}") for y in (2022, 2023) for q in (1, 2, 3, 4)]

    assert found == [5, 12, 20, 24, 30, 37, 50, 52]
    assert series.comparable(Period(2023, 4)).basis is ActualBasis.SINCE_START


def test_totals_since_the_start_are_built_in_the_order_of_time() -> None:
    series = increment(figure("2022-Q2", "7", QUARTER), figure("2022-Q1", "5", QUARTER))

    assert value_at(series, "2022-Q2") == 12


def test_a_year_to_date_after_a_total_since_the_start_adds_to_the_last_years_end() -> None:
    series = increment(
        figure("2022-Q4", "100", SINCE_START),
        figure("2023-Q1", "111", SINCE_START),
        figure("2023-Q2", "30", YTD),
    )

    assert value_at(series, "2023-Q2") == 130


def test_an_increment_with_a_hole_is_unknown_until_a_total_is_reported() -> None:
    series = increment(
        figure("2022-Q1", "5", QUARTER),
        figure("2022-Q3", "7", QUARTER),
        figure("2023-Q2", "9", YTD),
        figure("2023-Q3", "40", SINCE_START),
    )

    assert [value_at(series, p) for p in ("2022-Q3", "2023-Q2", "2023-Q3")] == [
        NO_HISTORY,
        NO_HISTORY,
        40,
    ]


def test_what_was_counted_before_the_plans_start_is_not_in_the_total() -> None:
    series = increment(figure("2021-Q4", "1000", QUARTER), figure("2022-Q1", "5", QUARTER))

    assert value_at(series, "2022-Q1") == 5


def test_without_a_start_only_a_total_that_was_reported_is_known() -> None:
    series = increment(
        figure("2022-Q1", "5", QUARTER), figure("2022-Q2", "9", SINCE_START), start=None
    )

    assert value_at(series, "2022-Q1") == NO_HISTORY
    assert value_at(series, "2022-Q2") == 9


def test_a_chain_of_quarters_may_be_longer_than_the_call_stack() -> None:
    first = Period(1000, 1)
    quarters = [
        Observed(period=first.shift(step), value=D(1), basis=QUARTER) for step in range(1500)
    ]

    assert increment(*quarters, start=date(1000, 1, 1)).comparable(first.shift(1499)).value == 1500


def test_a_level_stands_alone_and_may_fall() -> None:
    series = level(figure("2024-Q1", "13", LEVEL), figure("2024-Q2", "11", LEVEL))

    assert value_at(series, "2024-Q2") == 11
    assert series.comparable(Period(2024, 2)).basis is ActualBasis.LEVEL


@pytest.mark.parametrize("reason", list(MissingReason))
def test_a_missing_figure_says_why(reason: MissingReason) -> None:
    for series in (level, flow, increment):
        assert value_at(series(missing("2024-Q4", reason)), "2024-Q4") == Undefined(
            Reason(reason.value)
        )


def test_a_withheld_quarter_is_withheld_though_its_basis_was_named() -> None:
    withheld = replace(missing("2024-Q2", MissingReason.WITHHELD), basis=QUARTER)
    first = figure("2024-Q1", "5", QUARTER)

    assert flow(first, withheld).ytd(Period(2024, 2)) == Undefined(Reason.WITHHELD)


def test_missing_without_a_reason_is_not_reported() -> None:
    assert value_at(level(missing("2024-Q4", None)), "2024-Q4") == NOT_REPORTED


def test_zero_is_a_figure() -> None:
    assert value_at(level(figure("2024-Q4", "0", LEVEL)), "2024-Q4") == 0


def test_a_year_is_found_at_its_fourth_quarter() -> None:
    observed = figure("2023", "3100", YTD)

    assert flow(observed).at(Period(2023, 4)) == observed
    assert flow(observed).at(Period(2023, 3)) is None


def test_what_was_worked_out_does_not_make_a_series_another() -> None:
    for of in (flow, increment):
        asked, unasked = of(*NATIONAL), of(*NATIONAL)
        asked.comparable(Period(2025, 1))

        assert asked == unasked


def test_a_figure_is_approved_and_exact_unless_it_is_said_otherwise() -> None:
    observed = figure("2024-Q4", "1", LEVEL)

    assert (observed.is_provisional, observed.is_rounded) == (False, False)


def test_the_periods_are_those_with_a_value() -> None:
    series = level(
        figure("2024-Q3", "1", LEVEL),
        missing("2024-Q2", MissingReason.WITHHELD),
        figure("2023-Q4", "0", LEVEL),
    )

    assert [str(Period.from_index(each)) for each in series.numbers] == ["2023-Q4", "2024-Q3"]
