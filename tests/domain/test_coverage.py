"""The value of an area: its own figure, or the sum of the areas below it."""

from dataclasses import replace
from decimal import Decimal

import pytest

from app.domain.accumulation import ActualBasis, ActualSource, Basis
from app.domain.coverage import Actual, Coverage, Part, combine
from app.domain.measures import situate
from app.domain.path import Comparator, Direction, PathKind
from app.domain.quantity import Reason, Undefined, sum_exactly
from app.domain.series import Comparable, Observed, ratio_of
from app.domain.target import Target
from app.domain.time.period import Period

D = Decimal
AT = Period(2024, 4)
FLOOR = Target(
    value=D(50),
    comparator=Comparator.GTE,
    deadline=AT,
    direction=Direction.INCREASE,
    path=PathKind.LINEAR,
)
DISTRICTS = (
    "luohu",
    "futian",
    "nanshan",
    "baoan",
    "longgang",
    "yantian",
    "longhua",
    "pingshan",
    "guangming",
    "dapeng",
    "shenshan",
)


def known(value: str, age: int = 0, *, is_provisional: bool = False) -> Comparable:
    observed = Observed(
        period=AT.shift(-age),
        value=D(value),
        basis=Basis.LEVEL,
        is_provisional=is_provisional,
    )
    return Comparable(value=D(value), basis=ActualBasis.LEVEL, inputs=(observed,), age=age)


def unknown(reason: Reason = Reason.NOT_REPORTED, input_value: str | None = None) -> Comparable:
    observed = Observed(period=AT, value=None if input_value is None else D(input_value))
    return Comparable(value=Undefined(reason), inputs=(observed,))


SILENT = Comparable(value=Undefined(Reason.NOT_REPORTED))


def parts(*values: Comparable) -> tuple[Part, ...]:
    return tuple(Part(area=a, value=v) for a, v in zip(DISTRICTS, values, strict=False))


def combined(own: Comparable, *values: Comparable) -> Actual:
    return combine(period=AT, own=own, parts=parts(*values))


def test_the_areas_own_figure_counts_where_there_is_one() -> None:
    found = combined(known("100"), known("60"), known("50"))

    assert (found.value, found.source, found.basis) == (
        D(100),
        ActualSource.REPORTED,
        ActualBasis.LEVEL,
    )

    assert found.coverage is None
    assert not found.is_partial


def test_an_honest_zero_is_a_figure_of_its_own() -> None:
    assert combined(known("0"), known("60")).value == 0


def test_else_the_areas_below_are_summed() -> None:
    found = combined(SILENT, known("60"), known("50.5"))

    assert (found.value, found.source) == (D("110.5"), ActualSource.SUMMED)
    assert found.coverage == Coverage(expected=2, reported=2, carried_forward=0, missing=())
    assert len(found.inputs) == 2
    assert not found.is_partial


def test_two_of_eleven_districts_give_a_sum_and_nine_names() -> None:
    values = [known("60"), SILENT, known("50"), *[SILENT] * 8]

    found = combined(SILENT, *values)

    assert found.value == 110
    assert found.is_partial
    assert found.coverage == Coverage(
        expected=11,
        reported=2,
        carried_forward=0,
        missing=tuple(each for each in DISTRICTS if each not in {"luohu", "nanshan"}),
    )


def test_an_area_to_which_nothing_applies_is_not_expected() -> None:
    found = combined(SILENT, known("60"), unknown(Reason.NOT_APPLICABLE), known("1"))

    assert found.coverage == Coverage(expected=2, reported=2, carried_forward=0, missing=())
    assert not found.is_partial


@pytest.mark.parametrize(
    "reason",
    [Reason.NOT_DUE, Reason.NOT_REPORTED, Reason.WITHHELD, Reason.NOT_YET_AVAILABLE],
)
def test_any_other_reason_leaves_an_area_missing(reason: Reason) -> None:
    found = combined(SILENT, known("60"), unknown(reason))

    assert found.coverage is not None
    assert found.coverage.missing == ("futian",)
    assert found.is_partial


def test_carried_areas_are_counted_apart_and_not_missing() -> None:
    found = combined(SILENT, known("60"), known("50", age=2), known("40", age=1))

    assert found.value == 150
    assert found.coverage == Coverage(expected=3, reported=1, carried_forward=2, missing=())
    assert (found.age, found.oldest_age) == (0, 2)
    assert found.data_period == AT


def test_a_sum_of_carried_values_alone_is_as_old_as_its_newest() -> None:
    found = combined(SILENT, known("50", age=2), known("40", age=1))

    assert (found.value, found.age, found.oldest_age) == (D(90), 1, 2)
    assert found.data_period == Period(2024, 3)


def test_a_reported_part_comes_before_an_own_figure_that_was_carried() -> None:
    found = combined(known("100", age=1), known("60"), known("50", age=1))

    assert (found.value, found.source) == (D(110), ActualSource.SUMMED)


def test_an_own_figure_that_was_carried_comes_before_parts_that_were() -> None:
    found = combined(known("100", age=1), known("60", age=1), known("50", age=1))

    assert (found.value, found.source) == (D(100), ActualSource.REPORTED)
    assert (found.age, found.oldest_age) == (1, 1)
    assert found.data_period == Period(2024, 3)


def test_neither_source_alone_gives_a_value_is_mixed_sources() -> None:
    found = combined(
        unknown(Reason.INSUFFICIENT_HISTORY, "31479"),
        unknown(Reason.INSUFFICIENT_HISTORY, "28020"),
    )

    assert found.value == Undefined(Reason.MIXED_SOURCES)
    assert found.source is None
    assert found.coverage is not None
    assert found.coverage.missing == ("luohu",)


@pytest.mark.parametrize(
    ("own", "part", "reason"),
    [
        (SILENT, SILENT, Reason.NO_DATA),
        (unknown(Reason.WITHHELD), SILENT, Reason.WITHHELD),
        (SILENT, unknown(Reason.INSUFFICIENT_HISTORY, "5"), Reason.INSUFFICIENT_HISTORY),
        (SILENT, unknown(Reason.WITHHELD), Reason.NO_DATA),
        (unknown(Reason.INSUFFICIENT_HISTORY, "5"), SILENT, Reason.INSUFFICIENT_HISTORY),
    ],
)
def test_a_null_says_whose_fault_it_is(own: Comparable, part: Comparable, reason: Reason) -> None:
    assert combined(own, part).value == Undefined(reason)


def test_without_parts_an_area_stands_for_itself() -> None:
    found = combined(unknown(Reason.WITHHELD))

    assert found.value == Undefined(Reason.WITHHELD)
    assert found.source is None
    assert found.basis is None
    assert found.coverage is None


def test_ratios_combine_by_their_parts_and_are_never_averaged() -> None:
    """1/10 and 90/100 are 91/110, not their mean of 50 %; 0/0 adds nothing."""
    ratios = [
        ratio_of(known(top), known(bottom), scale=D(100))
        for top, bottom in (("1", "10"), ("90", "100"), ("0", "0"))
    ]
    found = combine(period=AT, own=SILENT, parts=parts(*ratios), scale=D(100))

    assert isinstance(found.value, Decimal)
    assert round(found.value, 6) == D("82.727273")
    assert found.coverage == Coverage(expected=3, reported=3, carried_forward=0, missing=())
    assert found.basis is ActualBasis.RATIO


def test_a_ratio_is_a_fraction_of_one_unless_it_is_scaled() -> None:
    half = ratio_of(known("1"), known("2"), scale=D(1))

    assert combined(SILENT, half, half).value == D("0.5")


def test_where_nothing_could_be_summed_there_is_no_partial_sum() -> None:
    found = combined(SILENT, SILENT, SILENT)

    assert found.coverage is not None
    assert found.coverage.missing
    assert not found.is_partial


def test_nothing_over_nothing_everywhere_is_a_zero_denominator() -> None:
    nothing = ratio_of(known("0"), known("0"), scale=D(100))

    for found in (
        combine(period=AT, own=SILENT, parts=parts(nothing, nothing), scale=D(100)),
        combine(period=AT, own=nothing, parts=parts(nothing), scale=D(100)),
    ):
        assert found.value == Undefined(Reason.ZERO_DENOMINATOR)


def test_a_negative_part_is_seen() -> None:
    negative = combined(SILENT, known("60"), known("-1"), SILENT)
    assert situate(FLOOR, negative, AT).trend == Undefined(Reason.PARTIAL_COVERAGE)
    assert situate(FLOOR, combined(SILENT, known("60"), known("0"), SILENT), AT).trend == 60


def test_one_provisional_input_makes_the_value_provisional() -> None:
    assert combined(SILENT, known("60"), known("5", is_provisional=True)).is_provisional
    assert not combined(SILENT, known("60"), known("5")).is_provisional


def test_without_a_period_there_is_no_data_period() -> None:
    assert replace(combined(known("1")), period=None).data_period is None


def test_a_sum_is_not_rounded() -> None:
    values = [D("9999999999.12345678"), D("0.00000001"), D("-9999999999.12345678")]

    assert sum_exactly(values) == D("0.00000001")
    assert sum_exactly([]) == 0
