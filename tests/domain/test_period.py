"""Periods: one axis of quarters, on which a year stands at its fourth."""

from datetime import date

import pytest

from app.domain.time.period import Period, quarters_between


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("2024", Period(2024)),
        ("2024-Q1", Period(2024, 1)),
        ("2024-Q4", Period(2024, 4)),
        ("1000", Period(1000)),
        ("2999-Q4", Period(2999, 4)),
    ],
)
def test_a_year_and_a_quarter_are_read_and_written_alike(text: str, period: Period) -> None:
    assert Period.parse(text) == period
    assert str(period) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "24",
        "0999",
        "3000",
        "2024-Q0",
        "2024-Q5",
        "2024-q1",
        "2024Q1",
        "2024-Q",
        "2024-Q11",
        "2024-01",
        " 2024",
        "2024-Q1\n",
        "２０２４",  # noqa: RUF001 - full-width digits, as an input method may leave them
    ],
)
def test_anything_else_is_no_period(text: str) -> None:
    with pytest.raises(ValueError, match="not a period"):
        Period.parse(text)


def test_a_year_and_its_fourth_quarter_are_the_same_point() -> None:
    year, quarter = Period(2021), Period(2021, 4)

    assert year.quarters_since(quarter) == 0
    assert year.as_quarter == quarter
    assert year.last_day == quarter.last_day == date(2021, 12, 31)
    assert year.quarter_of_year == 4


def test_a_range_from_a_year_begins_with_its_first_quarter() -> None:
    assert Period(2024).as_first_quarter == Period(2024, 1)
    assert Period(2024, 3).as_first_quarter == Period(2024, 3)


def test_a_year_and_its_third_quarter_are_not_the_same_point() -> None:
    assert Period(2021).quarters_since(Period(2021, 3)) == 1


@pytest.mark.parametrize(
    ("quarter", "first", "last"),
    [
        (1, date(2024, 1, 1), date(2024, 3, 31)),
        (2, date(2024, 4, 1), date(2024, 6, 30)),
        (3, date(2024, 7, 1), date(2024, 9, 30)),
        (4, date(2024, 10, 1), date(2024, 12, 31)),
    ],
)
def test_a_quarter_runs_from_its_first_day_to_its_last(
    quarter: int, first: date, last: date
) -> None:
    period = Period(2024, quarter)

    assert (period.first_day, period.last_day) == (first, last)
    assert Period.containing(first) == Period.containing(last) == period


def test_a_year_begins_on_1_january() -> None:
    assert Period(2024).first_day == date(2024, 1, 1)


def test_only_a_year_and_its_fourth_quarter_end_the_year() -> None:
    assert Period(2024).ends_year
    assert Period(2024, 4).ends_year
    assert not any(Period(2024, quarter).ends_year for quarter in (1, 2, 3))


@pytest.mark.parametrize(
    ("quarters", "expected"),
    [
        (0, Period(2024, 3)),
        (2, Period(2025, 1)),
        (-3, Period(2023, 4)),
        (-8, Period(2022, 3)),
    ],
)
def test_shifting_crosses_the_years_end(quarters: int, expected: Period) -> None:
    assert Period(2024, 3).shift(quarters) == expected


def test_a_shifted_year_is_a_quarter() -> None:
    assert Period(2024).shift(-1) == Period(2024, 3)


def test_quarters_since_is_negative_for_a_later_period() -> None:
    assert Period(2025, 4).quarters_since(Period(2021)) == 16
    assert Period(2021).quarters_since(Period(2025, 4)) == -16


def test_the_place_in_the_count_gives_the_quarter_back() -> None:
    assert Period.from_index(Period(2024, 2).index) == Period(2024, 2)
    assert Period(2024, 2).index - Period(2023, 4).index == 2


def test_quarters_between_include_both_ends() -> None:
    assert [str(each) for each in quarters_between(Period(2023, 3), Period(2024))] == [
        "2023-Q3",
        "2023-Q4",
        "2024-Q1",
        "2024-Q2",
        "2024-Q3",
        "2024-Q4",
    ]


def test_between_a_period_and_an_earlier_one_lies_nothing() -> None:
    assert list(quarters_between(Period(2024, 2), Period(2024, 1))) == []
