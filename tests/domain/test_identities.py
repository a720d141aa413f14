"""Identities that hold for any figures: the measures' own, and what follows from them."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from app.domain.accumulation import ActualBasis, ActualSource
from app.domain.coverage import Actual, Part, combine
from app.domain.gap import Assessment, assess
from app.domain.parts.contribution import AreaChange, contributions, gap_shares
from app.domain.path import Comparator, Direction, PathKind, Waypoint
from app.domain.quantity import EXACT, Flag, Quantity, Reason, Undefined, sum_exactly
from app.domain.rating import Bands
from app.domain.series import Comparable
from app.domain.target import Target
from app.domain.time.period import Period

D = Decimal
CASES = settings(derandomize=True, max_examples=100, deadline=None)
RATIOS = (
    "gap_percent attainment_percent progress_percent elapsed_percent schedule_variance "
    "schedule_index path_progress_percent acceleration growth_ratio rating_index rating_threshold"
)
BASE, END = Period(2020), Period(2025)
ONE = D(1)
RISING, FALLING = Comparator.GTE, Comparator.LTE

positive = st.integers(1, 10**15 - 1).map(lambda n: D(n).scaleb(-6))
levels = st.integers(-(10**12), 10**12).map(lambda n: D(n).scaleb(-4))
quarters = st.integers(1, 19)
years = st.integers(0, 7).map(lambda ahead: Period(2025 + ahead))


def to_target(
    baseline: Decimal, value: Decimal, deadline: Period = END, path: str = "linear"
) -> Target:
    """A target that lies where its direction points, as seen from the baseline."""
    is_rise = value >= baseline
    return Target(
        value=value,
        comparator=RISING if is_rise else FALLING,
        deadline=deadline,
        direction=Direction.INCREASE if is_rise else Direction.DECREASE,
        path=PathKind(path),
        baseline=baseline,
        baseline_period=BASE,
    )


def row_of(target: Target, value: Decimal, quarters_gone: int) -> Assessment:
    actual = Actual(
        period=BASE.shift(quarters_gone),
        value=value,
        basis=ActualBasis.LEVEL,
        source=ActualSource.REPORTED,
    )
    return assess(target, actual, bands=Bands())


def number(quantity: Quantity) -> Decimal:
    assert isinstance(quantity, Decimal), quantity
    return quantity


def is_close(found: Quantity, expected: Quantity, scale: Decimal = ONE) -> bool:
    """To 25 digits of the larger of the numbers that went in; the same reason, where undefined."""
    if isinstance(found, Undefined) or isinstance(expected, Undefined):
        return found == expected
    return abs(found - expected) <= D("1e-25") * max(abs(expected), abs(scale))


@CASES
@given(baseline=levels, value=levels, wanted=levels, gone=quarters, deadline=years)
def test_linear_the_schedule_index_is_where_the_projection_from_the_baseline_ends(
    baseline: Decimal, value: Decimal, wanted: Decimal, gone: int, deadline: Period
) -> None:
    assume(wanted != baseline)
    row = row_of(to_target(baseline, wanted, deadline), value, gone)

    way = wanted - baseline
    ends = EXACT.divide(EXACT.subtract(number(row.projection), baseline), way)
    scale = max(abs(baseline), abs(value), abs(way)) * 20 / abs(way)
    assert is_close(row.schedule_index, ends, scale)
    if abs(ends - 1) > D("1e-20"):
        is_met = to_target(baseline, wanted, deadline).is_met_by(number(row.projection))
        assert (number(row.schedule_index) >= 1) is is_met


@CASES
@given(baseline=positive, value=positive, wanted=positive, gone=quarters, deadline=years)
def test_geometric_the_growth_ratio_reaches_one_when_the_projection_meets_the_target(
    baseline: Decimal, value: Decimal, wanted: Decimal, gone: int, deadline: Period
) -> None:
    target = to_target(baseline, wanted, deadline, "geometric")
    row = row_of(target, value, gone)
    assume(Flag.RATIO_UNSTABLE not in row.flags)

    assert (number(row.growth_ratio) >= 1) is target.is_met_by(number(row.projection))


@CASES
@given(baseline=positive, share=st.integers(2, 480), gone=quarters, deadline=years)
def test_geometric_a_value_on_the_path_has_a_growth_ratio_of_one(
    baseline: Decimal, share: int, gone: int, deadline: Period
) -> None:
    target = to_target(baseline, baseline * share / 100, deadline, "geometric")
    assume(target.value != baseline)
    on_path = target.path_value_at(BASE.shift(gone))
    row = row_of(target, number(on_path), gone)

    assert is_close(row.growth_ratio, D(1), D("1e8"))
    assert abs(number(row.path_gap)) <= D("1e-30") * baseline


@CASES
@given(baseline=st.none() | levels, value=levels, wanted=levels, gone=quarters, deadline=years)
def test_linear_the_gap_is_the_required_rate_times_the_time_left(
    baseline: Decimal | None, value: Decimal, wanted: Decimal, gone: int, deadline: Period
) -> None:
    target = to_target(value if baseline is None else baseline, wanted, deadline)
    target = replace(target, baseline=baseline)
    assume(not target.is_met_by(value))
    row = row_of(target, value, gone)

    years_left = D(deadline.quarters_since(BASE) - gone) / 4
    expected = target.direction.sign * number(row.required_rate) * years_left
    assert is_close(row.gap, expected)


@CASES
@given(
    numbers=st.tuples(levels, levels, levels),
    factor=st.fractions(Fraction(1, 1000), 1000).filter(lambda k: k > 0),
    gone=quarters,
    path=st.sampled_from(list(PathKind)),
)
def test_a_factor_on_every_level_changes_no_ratio_and_no_rating(
    numbers: tuple[Decimal, Decimal, Decimal], factor: Fraction, gone: int, path: PathKind
) -> None:
    k = EXACT.divide(D(factor.numerator), D(factor.denominator))
    k = round(k, 6) or D(1)
    baseline, value, wanted = numbers
    target = replace(
        to_target(baseline, wanted, path=path),
        waypoints=(Waypoint(period=Period(2022), value=(baseline + wanted) / 2),),
    )
    scaled = replace(
        target,
        baseline=EXACT.multiply(baseline, k),
        value=EXACT.multiply(wanted, k),
        waypoints=(
            Waypoint(period=Period(2022), value=EXACT.multiply(target.waypoints[0].value, k)),
        ),
    )
    before, after = row_of(target, value, gone), row_of(scaled, EXACT.multiply(value, k), gone)

    assert (after.rating, after.rating_basis, after.flags) == (
        before.rating,
        before.rating_basis,
        before.flags,
    )
    changed = [
        name
        for name in RATIOS.split()
        if not is_close(getattr(after, name), getattr(before, name), D("1e8"))
    ]
    assert changed == []


@CASES
@given(
    districts=st.lists(st.tuples(positive, positive), min_size=1, max_size=11),
    is_rise=st.booleans(),
)
def test_the_gaps_of_districts_sum_to_the_citys(
    districts: list[tuple[Decimal, Decimal]], *, is_rise: bool
) -> None:
    sign = Direction.INCREASE if is_rise else Direction.DECREASE
    targets = [replace(to_target(D(0), wanted), direction=sign) for _, wanted in districts]
    gaps = {
        f"d{n}": row_of(target, value, 4).gap
        for n, (target, (value, _)) in enumerate(zip(targets, districts, strict=True))
    }
    city = combine(
        period=Period(2021),
        own=Comparable(value=Undefined(Reason.NOT_REPORTED)),
        parts=tuple(
            Part(area=f"d{n}", value=Comparable(value=value))
            for n, (value, _) in enumerate(districts)
        ),
    )
    whole = replace(targets[0], value=sum_exactly([each.value for each in targets]))
    gap = assess(whole, city, bands=Bands()).gap

    assert gap == sum_exactly([number(each) for each in gaps.values()])
    assert [row.area for row in gap_shares(gaps, gap)] == list(gaps)


@CASES
@given(st.lists(st.tuples(levels, levels), max_size=11), levels, levels)
def test_contributions_sum_to_the_whole(
    parts: list[tuple[Decimal, Decimal]], first: Decimal, last: Decimal
) -> None:
    changes = [AreaChange(area=f"d{n}", first=a, last=b) for n, (a, b) in enumerate(parts)]
    rows = contributions(changes, AreaChange(area="city", first=first, last=last))

    assert sum_exactly([number(row.change) for row in rows]) == last - first
    shares = [row.contribution_percent for row in rows]
    known = [share for share in shares if isinstance(share, Decimal)]
    assert len(known) in {0, len(shares)}
    assert not known or is_close(sum_exactly(known), D(100))


@CASES
@given(gaps=st.lists(levels, max_size=11), whole=levels)
def test_shares_of_the_shortfall_sum_to_100(gaps: list[Decimal], whole: Decimal) -> None:
    rows = gap_shares({f"d{n}": gap for n, gap in enumerate(gaps)}, whole)

    shares = [row.shortfall_share_percent for row in rows]
    known = [share for share in shares if isinstance(share, Decimal)]
    assert sum_exactly([number(row.gap) for row in rows]) == whole
    assert is_close(sum_exactly(known), D(100 if known else 0))
    assert all(share >= 0 for share in known)


@CASES
@given(baseline=levels, value=levels, wanted=levels, gone=quarters)
def test_a_falling_target_is_its_mirror_image_rising(
    baseline: Decimal, value: Decimal, wanted: Decimal, gone: int
) -> None:
    target = to_target(baseline, wanted)
    mirror = to_target(-baseline, -wanted)
    assume(wanted != baseline)
    row, image = row_of(target, value, gone), row_of(mirror, -value, gone)

    assert target.direction is not mirror.direction
    assert (row.progress_percent, row.schedule_index, row.gap, row.path_gap) == (
        image.progress_percent,
        image.schedule_index,
        image.gap,
        image.path_gap,
    )
    assert (row.rating, row.acceleration, row.projected_gap, row.eta) == (
        image.rating,
        image.acceleration,
        image.projected_gap,
        image.eta,
    )
