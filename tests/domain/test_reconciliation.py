"""A whole beside its parts: national revenue and its regions, and targets given to districts."""

from decimal import Decimal

from app.domain.accumulation import ActualSource
from app.domain.coverage import Actual, Coverage
from app.domain.parts.reconciliation import compare_figures, compare_targets
from app.domain.quantity import Quantity, Reason, Undefined
from app.domain.time.period import Period

D = Decimal
PARTIAL = Undefined(Reason.PARTIAL_COVERAGE)


def whole(value: Quantity) -> Actual:
    return Actual(period=Period(2023, 1), value=value, source=ActualSource.REPORTED)


def parts(value: Quantity, *missing: str) -> Actual:
    coverage = Coverage(expected=4, reported=4 - len(missing), carried_forward=0, missing=missing)
    return Actual(
        period=Period(2023, 1), value=value, source=ActualSource.SUMMED, coverage=coverage
    )


def test_what_the_whole_has_beyond_its_parts_is_positive() -> None:
    """The first quarter of 2023: the nation 24415, its four regions 24414."""
    found = compare_figures(whole(D(24415)), parts(D(24414)))

    assert found.amount == 1
    assert isinstance(found.percent, Decimal)
    assert round(found.percent, 10) == D("0.0040958427")


def test_parts_beyond_the_whole_are_negative_and_the_percent_keeps_the_sign() -> None:
    found = compare_figures(whole(D(-200)), parts(D(-150)))

    assert (found.amount, found.percent) == (D(-50), D(-25))


def test_what_missing_parts_would_add_is_no_difference() -> None:
    found = compare_figures(whole(D(24415)), parts(D(20464), "west"))

    assert found.amount == found.percent == PARTIAL


def test_without_one_side_there_is_none() -> None:
    silent, nothing = Undefined(Reason.NOT_REPORTED), Undefined(Reason.NO_DATA)

    assert compare_figures(whole(silent), parts(D(5))).amount == silent
    assert compare_figures(whole(D(5)), parts(nothing)).percent == nothing


def test_a_silent_side_is_the_reason_even_where_parts_are_missing_too() -> None:
    silent = Undefined(Reason.NOT_REPORTED)

    assert compare_figures(whole(silent), parts(D(20464), "west")).amount == silent


def test_nothing_has_no_percent() -> None:
    found = compare_figures(whole(D(0)), parts(D(5)))

    assert (found.amount, found.percent) == (D(-5), Undefined(Reason.ZERO_DENOMINATOR))


def test_what_no_district_was_given_is_left_of_the_citys_target() -> None:
    found = compare_targets(D(4200), {"nanshan": D(1500), "futian": D(900)})

    assert (found.summed, found.amount) == (D(2400), D(1800))
    more = compare_targets(D(4200), {"nanshan": D(4300)})
    assert more.amount == -100


def test_targets_on_one_side_alone_have_no_difference() -> None:
    assert compare_targets(D(5), {}).amount == Undefined(Reason.NO_AREA_TARGETS)
    without = compare_targets(None, {"nanshan": D(5)})
    assert (without.summed, without.amount) == (D(5), Undefined(Reason.NO_TARGET))
