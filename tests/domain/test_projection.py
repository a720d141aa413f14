"""Projections to the deadline: the worked example of the measures, the edges, the identities."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.domain.outlook.projection import (
    Point,
    ProjectionInput,
    eta_time,
    project,
)
from app.domain.path import Comparator, Direction, PathKind
from app.domain.quantity import EXACT, Flag, Quantity, Reason, Undefined

D = Decimal
WORKED = ("1500", "1680", "1850", "2050", "2300", "2560")


def yearly(*values: str | int, start: int = 2019) -> tuple[Point, ...]:
    return tuple(Point(time=D(start + at), value=D(value)) for at, value in enumerate(values))


BASE = ProjectionInput(
    points=yearly(*WORKED),
    deadline_time=D(2025),
    kind=PathKind.LINEAR,
    direction=Direction.INCREASE,
    comparator=Comparator.GTE,
    target=D(2800),
)
FALLING = replace(BASE, direction=Direction.DECREASE, comparator=Comparator.LTE)


def number(quantity: Quantity) -> Decimal:
    assert isinstance(quantity, Decimal), quantity
    return quantity


def is_close(found: Quantity, expected: Quantity, tolerance: str = "1e-25") -> bool:
    error = abs(number(found) - number(expected))
    return error <= D(tolerance) * max(D(1), abs(number(expected)))


def test_the_worked_example_comes_out_to_the_digit() -> None:
    found = project(BASE)

    assert found.central == 2772
    assert round(number(found.low), 10) == D("2703.3643981337")
    assert round(number(found.high), 10) == D("2840.6356018663")
    assert found.projected_gap == 28
    assert found.flags == ()


def test_sigma_of_the_worked_example_comes_out_to_the_digit() -> None:
    """The reach is t sigma sqrt(h(1 + h/5)), with t = 1.533206274 for four degrees."""
    found = project(BASE)

    reach = number(found.central) - number(found.low)
    assert round(reach / D("1.2").sqrt() / D("1.5332062740589438"), 10) == D("40.8656334834")


@pytest.mark.parametrize(
    ("years", "damped"),
    [
        ("1", "2772"),
        ("2", "2962.8"),
        ("3", "3134.52"),
        ("0.5", "2666"),
        ("2.5", "3048.66"),
    ],
)
def test_prudent_weakens_the_drift_by_a_tenth_a_year(years: str, damped: str) -> None:
    assert project(replace(BASE, deadline_time=2024 + D(years))).prudent == D(damped)


def test_geometric_goes_on_by_the_same_rate() -> None:
    points = yearly("100", "110", "121", "133.1")

    found = project(
        replace(
            BASE,
            points=points,
            deadline_time=D(2023),
            kind=PathKind.GEOMETRIC,
            target=None,
        )
    )

    assert (found.central, found.low, found.high) == (D("146.41"),) * 3
    assert found.prudent == D("146.41")


def test_geometric_is_the_linear_projection_of_logs() -> None:
    logs = tuple(replace(point, value=EXACT.ln(point.value)) for point in BASE.points)

    found = project(replace(BASE, kind=PathKind.GEOMETRIC))

    expected = project(replace(BASE, points=logs, target=EXACT.ln(D(2800))))
    assert is_close(EXACT.ln(number(found.low)), expected.low)
    assert is_close(EXACT.ln(number(found.prudent)), expected.prudent)
    assert is_close(found.probability, expected.probability)


def test_milestones_are_projected_as_linear() -> None:
    assert project(replace(BASE, kind=PathKind.MILESTONES)) == project(BASE)


def test_steps_of_unequal_length_weigh_by_their_years() -> None:
    """Values 0, 1, 3, 4, 8 at t = 0, 1, 2, 4, 5: c = 1.6, sum e^2 = 0.36 + 0.16 + 2.42 + 5.76."""
    times, values = (0, 1, 2, 4, 5), (0, 1, 3, 4, 8)
    points = tuple(Point(time=D(t), value=D(v)) for t, v in zip(times, values, strict=True))

    found = project(replace(BASE, points=points, deadline_time=D(6)))

    assert found.central == D("9.6")
    reach = D("1.637744353696210") * (D("8.7") / 3 * D("1.2")).sqrt()
    assert is_close(found.high, D("9.6") + reach, "1e-14")


@pytest.mark.parametrize(
    ("count", "deadline", "flags"),
    [
        (6, "2026.5", ()),
        (6, "2026.75", (Flag.LONG_HORIZON,)),
        (3, "2022", ()),
        (3, "2022.25", (Flag.LONG_HORIZON,)),
    ],
)
def test_a_horizon_beyond_half_the_record_is_flagged(
    count: int, deadline: str, flags: tuple[str, ...]
) -> None:
    points = yearly(*WORKED[:count])

    assert project(replace(BASE, points=points, deadline_time=D(deadline))).flags == flags


@pytest.mark.parametrize(("horizon", "flags"), [(3, ()), (4, (Flag.LONG_HORIZON,))])
def test_a_horizon_beyond_three_years_is_flagged(horizon: int, flags: tuple[str, ...]) -> None:
    points = yearly(*range(12))

    assert project(replace(BASE, points=points, deadline_time=D(2030 + horizon))).flags == flags


@pytest.mark.parametrize("count", [0, 1])
def test_below_two_points_nothing_is_projected(count: int) -> None:
    found = project(replace(BASE, points=BASE.points[:count]))

    nothing = Undefined(Reason.INSUFFICIENT_POINTS)
    assert (found.central, found.low, found.high, found.prudent) == (nothing,) * 4
    assert (found.probability, found.projected_gap, found.flags) == (
        nothing,
        nothing,
        (),
    )


@pytest.mark.parametrize("count", [2, 3])
def test_below_four_points_there_is_no_interval(count: int) -> None:
    found = project(replace(BASE, points=yearly(*WORKED[:count]), deadline_time=D(2022)))

    nothing = Undefined(Reason.INSUFFICIENT_POINTS)
    assert (found.low, found.high, found.probability) == (nothing,) * 3
    assert {type(each) for each in (found.central, found.prudent, found.projected_gap)} == {D}


@pytest.mark.parametrize("deadline", [2024, 2023])
def test_after_the_deadline_nothing_is_projected(deadline: int) -> None:
    for elapsed in (None, D(1)):
        found = project(replace(BASE, deadline_time=D(deadline), count_elapsed=elapsed))

        passed = Undefined(Reason.DEADLINE_PASSED)
        assert (found.central, found.low, found.high, found.prudent) == (passed,) * 4
        assert (found.probability, found.projected_gap) == (passed, passed)


@pytest.mark.parametrize("value", ["0", "-5"])
def test_a_geometric_path_through_zero_is_not_projected(value: str) -> None:
    points = yearly(value, "110", "121", "133.1")

    found = project(replace(BASE, points=points, deadline_time=D(2023), kind=PathKind.GEOMETRIC))

    assert found.central == found.low == found.probability == Undefined(Reason.NOT_POSITIVE)


def test_without_a_target_the_figures_are_still_projected() -> None:
    found = project(replace(BASE, target=None))

    assert found.central == 2772
    assert found.probability == found.projected_gap == Undefined(Reason.NO_TARGET)


@pytest.mark.parametrize("times", [(1, 1), (2, 1)])
def test_times_that_do_not_ascend_are_refused(times: tuple[int, int]) -> None:
    points = tuple(Point(time=D(at), value=D(1)) for at in times)

    with pytest.raises(ValueError, match="must ascend in time"):
        project(replace(BASE, points=points))


def test_a_falling_target_turns_the_gap() -> None:
    assert project(replace(FALLING, target=D(2700))).projected_gap == 72


# --- the floor of a gross increment ------------------------------------------------------

UNEVEN = yearly("0", "1", "50", "51", "52", start=2020)
CLIPPED = replace(BASE, points=UNEVEN, floor=D(52), target=D(60))


def test_a_gross_increment_does_not_fall_below_its_value() -> None:
    free, clipped = project(replace(CLIPPED, floor=None)), project(CLIPPED)

    assert number(free.low) < 52
    assert clipped.low == 52
    assert (clipped.central, clipped.high) == (free.central, free.high)


def test_low_central_and_high_stay_in_order_when_a_total_fell() -> None:
    found = project(replace(CLIPPED, points=yearly("90", "80", "70", "60", "52", start=2020)))

    assert found.low == found.central == found.high == found.prudent == 52


@pytest.mark.parametrize(
    ("comparator", "target", "certainty"),
    [("gte", "52", 1), ("gt", "51", 1), ("lte", "51", 0), ("lt", "52", 0)],
)
def test_what_a_gross_increment_has_reached_is_certain(
    comparator: str, target: str, certainty: int
) -> None:
    given_ = replace(CLIPPED, comparator=Comparator(comparator), target=D(target))

    assert project(given_).probability == certainty


def test_what_a_gross_increment_has_not_reached_is_as_likely_as_without_a_floor() -> None:
    likely = number(project(CLIPPED).probability)

    assert 0 < likely < 1
    assert likely == project(replace(CLIPPED, floor=None)).probability


# --- the probability -----------------------------------------------------------------------


@pytest.mark.parametrize("kind", [PathKind.LINEAR, PathKind.GEOMETRIC])
def test_the_end_of_the_interval_is_passed_with_one_in_ten(kind: PathKind) -> None:
    high = number(project(replace(BASE, kind=kind)).high)

    rising = project(replace(BASE, kind=kind, target=high))
    falling = project(replace(FALLING, kind=kind, target=high))

    assert is_close(rising.probability, D("0.1"))
    assert is_close(falling.probability, D("0.9"))


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        (PathKind.GEOMETRIC, ("0.15", "0.168", "0.185", "0.205", "0.23", "0.256")),
        (PathKind.LINEAR, ("-256", "-230", "-205", "-185", "-168", "-150")),
    ],
    ids=["growth below one", "a loss that shrinks"],
)
def test_one_in_ten_holds_for_small_and_for_negative_figures(
    kind: PathKind, values: tuple[str, ...]
) -> None:
    small = replace(BASE, kind=kind, points=yearly(*values))
    found = project(small)

    assert number(found.high) < 1
    assert is_close(project(replace(small, target=number(found.high))).probability, D("0.1"))
    assert is_close(project(replace(small, target=number(found.low))).probability, D("0.9"))


@pytest.mark.parametrize(("comparator", "certainty"), [("gte", 1), ("gt", 0)])
@pytest.mark.parametrize("span", [3, 7])
def test_even_steps_below_zero_are_decided_by_the_comparator_too(
    comparator: str, certainty: int, span: int
) -> None:
    points = tuple(
        Point(time=EXACT.divide(at, span), value=EXACT.divide(-1000 * at, 5 * span))
        for at in range(4)
    )
    fallen = replace(BASE, points=points, deadline_time=D(5), target=D(-1000))

    assert project(replace(fallen, comparator=Comparator(comparator))).probability == certainty


@pytest.mark.parametrize(
    ("comparator", "target", "certainty"),
    [
        ("gte", "1000", 1),
        ("gt", "1000", 0),
        ("gt", "999", 1),
        ("lte", "1000", 1),
        ("lt", "1000", 0),
        ("gte", "1001", 0),
    ],
)
@pytest.mark.parametrize("span", [3, 7])
def test_even_steps_are_decided_by_the_comparator(
    comparator: str, target: str, certainty: int, span: int
) -> None:
    """Thirds and sevenths of a year and of a unit: no rounding may tip the comparison."""
    points = tuple(
        Point(time=EXACT.divide(at, span), value=EXACT.divide(1000 * at, 5 * span))
        for at in range(4)
    )

    found = project(
        replace(
            BASE,
            points=points,
            deadline_time=D(5),
            comparator=Comparator(comparator),
            target=D(target),
        )
    )

    assert found.probability == certainty


@pytest.mark.parametrize(("comparator", "certainty"), [("gte", 1), ("lte", 0)])
@pytest.mark.parametrize("target", ["0", "-1"])
def test_growth_stays_above_zero_for_certain(comparator: str, certainty: int, target: str) -> None:
    given_ = replace(BASE, kind=PathKind.GEOMETRIC, comparator=Comparator(comparator))

    assert project(replace(given_, target=D(target))).probability == certainty


COUNTER = replace(
    BASE,
    points=(
        Point(time=D(0), value=D(0)),
        Point(time=EXACT.divide(912, D("365.25")), value=D(3)),
    ),
    deadline_time=D(4),
    target=D(5),
    floor=D(3),
    count_elapsed=EXACT.divide(912, 1461),
)


def test_three_of_five_firms_after_912_of_1461_days() -> None:
    found = project(COUNTER)

    assert round(number(found.probability), 10) == D("0.5550678710")
    assert found.low == Undefined(Reason.INSUFFICIENT_POINTS)


def test_a_counter_has_a_probability_from_one_point_on() -> None:
    found = project(replace(COUNTER, points=COUNTER.points[1:]))

    assert found.probability == project(COUNTER).probability
    assert found.central == Undefined(Reason.INSUFFICIENT_POINTS)


def test_a_counter_without_a_point_has_none() -> None:
    found = project(replace(COUNTER, points=()))

    assert found.probability == Undefined(Reason.INSUFFICIENT_POINTS)


@pytest.mark.parametrize(
    ("comparator", "target", "like"),
    [("gt", "5", "6"), ("gt", "4.5", "5"), ("gte", "4.5", "5")],
)
def test_a_counter_needs_whole_arrivals(comparator: str, target: str, like: str) -> None:
    found = project(replace(COUNTER, comparator=Comparator(comparator), target=D(target)))

    assert found.probability == project(replace(COUNTER, target=D(like))).probability


@pytest.mark.parametrize(("ceiling", "floor"), [("lte", "gt"), ("lt", "gte")])
def test_a_ceiling_on_a_counter_is_kept_unless_it_is_passed(ceiling: str, floor: str) -> None:
    kept, passed = (
        number(project(replace(COUNTER, comparator=Comparator(each))).probability)
        for each in (ceiling, floor)
    )

    assert is_close(kept, 1 - passed)


def test_a_counter_that_has_arrived_is_certain() -> None:
    assert project(replace(COUNTER, target=D(3))).probability == 1


@pytest.mark.parametrize(
    ("count", "elapsed", "reason"),
    [(3, 0, Reason.NOTHING_ELAPSED), (-1, 1, Reason.NEGATIVE_VALUE)],
)
def test_a_counter_outside_the_model_has_no_probability(
    count: int, elapsed: int, reason: Reason
) -> None:
    points = (Point(time=D(0), value=D(count)),)

    found = project(replace(COUNTER, points=points, count_elapsed=D(elapsed)))

    assert found.probability == Undefined(reason)


# --- the date --------------------------------------------------------------------------------


def eta(
    value: str,
    target: str | None,
    rate: str | Undefined,
    *,
    like: ProjectionInput = BASE,
    kind: PathKind = PathKind.LINEAR,
) -> Quantity:
    return eta_time(
        time=D(2024),
        value=D(value),
        target=None if target is None else D(target),
        rate=rate if isinstance(rate, Undefined) else D(rate),
        kind=kind,
        direction=like.direction,
        comparator=like.comparator,
    )


@pytest.mark.parametrize("kind", [PathKind.LINEAR, PathKind.MILESTONES])
def test_linear_eta_divides_what_is_left_by_the_rate(kind: PathKind) -> None:
    assert eta("2560", "3196", "212", kind=kind) == 2027


def test_less_than_one_unit_is_a_distance_and_a_rate() -> None:
    assert eta("10", "10.5", "0.25") == 2026


def test_a_strict_target_is_passed_from_its_very_number_on() -> None:
    strict = replace(BASE, comparator=Comparator.GT)

    assert eta("50", "50", "4", like=strict) == 2024


def test_geometric_eta_divides_the_logs() -> None:
    found = eta("100", "133.1", "10", kind=PathKind.GEOMETRIC)

    assert is_close(found, D(2027))


def test_eta_of_a_decrease_needs_a_negative_rate() -> None:
    assert eta("60", "50", "-4", like=FALLING) == D("2026.5")
    assert is_close(eta("100", "81", "-10", like=FALLING, kind=PathKind.GEOMETRIC), D(2026))
    assert eta("60", "50", "4", like=FALLING) == Undefined(Reason.NO_PROGRESS)


@pytest.mark.parametrize(
    ("value", "target", "rate", "reason"),
    [
        ("10", None, "1", Reason.NO_TARGET),
        ("50", "50", "1", Reason.MET),
        ("10", "50", "0", Reason.NO_PROGRESS),
        ("10", "50", "-1", Reason.NO_PROGRESS),
        ("10", "50", Undefined(Reason.NO_BASELINE), Reason.NO_BASELINE),
    ],
)
def test_eta_is_undefined_with_its_reason(
    value: str, target: str | None, rate: str | Undefined, reason: Reason
) -> None:
    assert eta(value, target, rate) == Undefined(reason)


@pytest.mark.parametrize(("value", "rate"), [("0", "10"), ("-5", "10")])
def test_geometric_eta_from_what_is_not_positive_is_undefined(value: str, rate: str) -> None:
    found = eta(value, "50", rate, kind=PathKind.GEOMETRIC)

    assert found == Undefined(Reason.NOT_POSITIVE)


def test_a_figure_that_fell_through_its_floor_has_no_eta() -> None:
    keep_above = replace(BASE, direction=Direction.DECREASE, comparator=Comparator.GTE)

    assert eta("40", "50", "-4", like=keep_above) == Undefined(Reason.NO_PROGRESS)


# --- identities ------------------------------------------------------------------------------

values = st.lists(st.decimals("0.01", "100000", places=2), min_size=4, max_size=9)
kinds = st.sampled_from(list(PathKind))
comparators = st.sampled_from(list(Comparator))


def given_series(series: list[Decimal], kind: PathKind) -> ProjectionInput:
    points = yearly(*(str(value) for value in series), start=0)
    return replace(BASE, points=points, deadline_time=len(series) + D("0.5"), kind=kind)


@given(series=values, kind=kinds, shift=st.decimals("-3000", "3000", places=2))
def test_shifting_all_times_changes_nothing(
    series: list[Decimal], kind: PathKind, shift: Decimal
) -> None:
    here = given_series(series, kind)

    there = replace(
        here,
        points=tuple(replace(point, time=point.time + shift) for point in here.points),
        deadline_time=here.deadline_time + shift,
    )

    assert project(there) == project(here)


@given(series=values, kind=kinds, factor=st.decimals("0.01", "1000", places=2))
def test_scaling_the_values_scales_the_projection(
    series: list[Decimal], kind: PathKind, factor: Decimal
) -> None:
    here = given_series(series, kind)
    there = given_series([factor * value for value in series], kind)

    small, large = project(here), project(there)

    for name in ("central", "low", "high", "prudent"):
        assert is_close(getattr(large, name), factor * number(getattr(small, name)), "1e-22"), name


@given(
    series=values,
    kind=kinds,
    comparator=comparators,
    targets=st.tuples(*[st.decimals("-1000", "200000", places=1)] * 2),
    is_gross=st.booleans(),
)
def test_probability_is_a_share_and_monotone_in_the_target(
    series: list[Decimal],
    kind: PathKind,
    comparator: Comparator,
    targets: tuple[Decimal, Decimal],
    *,
    is_gross: bool,
) -> None:
    here = replace(
        given_series(series, kind),
        comparator=comparator,
        floor=series[-1] if is_gross else None,
    )

    near, far = (
        number(project(replace(here, target=target)).probability) for target in sorted(targets)
    )

    assert min(near, far) >= 0
    assert max(near, far) <= 1
    assert near >= far if comparator in {Comparator.GT, Comparator.GTE} else near <= far


@given(
    count=st.integers(0, 30),
    target=st.integers(0, 30),
    days=st.integers(1, 1461),
    comparator=comparators,
)
def test_probability_of_a_counter_is_a_share_and_monotone_in_the_target(
    count: int, target: int, days: int, comparator: Comparator
) -> None:
    here = replace(
        COUNTER,
        points=(Point(time=D(0), value=D(count)),),
        comparator=comparator,
        count_elapsed=EXACT.divide(days, 1461),
    )

    near, far = (
        number(project(replace(here, target=D(each))).probability) for each in (target, target + 1)
    )

    assert min(near, far) >= 0
    assert max(near, far) <= 1
    assert near >= far if comparator in {Comparator.GT, Comparator.GTE} else near <= far


@given(series=values, kind=kinds, is_gross=st.booleans())
def test_low_central_and_high_are_in_order(
    series: list[Decimal],
    kind: PathKind,
    *,
    is_gross: bool,
) -> None:
    floor = series[-1] if is_gross else None

    found = project(replace(given_series(series, kind), floor=floor))

    assert number(found.low) <= number(found.central) <= number(found.high)


@given(series=values)
def test_schedule_index_is_the_projection_from_the_baseline(
    series: list[Decimal],
) -> None:
    """Section 4: the linear index is (projection from the baseline - B)/(X - B)."""
    first, last = series[0], series[-1]
    target, deadline = first + 100, D(len(series) + 1)
    assume(last != first)

    found = project(replace(given_series(series, PathKind.LINEAR), deadline_time=deadline))

    elapsed = EXACT.divide(D(len(series) - 1), deadline)
    schedule_index = EXACT.divide(EXACT.divide(last - first, target - first), elapsed)
    assert is_close(EXACT.divide(number(found.central) - first, target - first), schedule_index)
