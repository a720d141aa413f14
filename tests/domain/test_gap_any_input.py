"""Whatever goes in, a row comes out: numbers, days and reasons, never an exception."""

from dataclasses import fields
from datetime import date
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.accumulation import ActualBasis
from app.domain.coverage import Part, combine
from app.domain.gap import assess
from app.domain.path import Comparator, Direction, PathKind, Waypoint
from app.domain.quantity import Reason, Undefined
from app.domain.rating import Bands, Rating, rate_only
from app.domain.series import Comparable
from app.domain.target import Target
from app.domain.time.period import Period
from app.domain.time.spells import Dated

numbers = st.one_of(
    st.integers(-5, 5).map(Decimal),
    st.integers(-(10**15), 10**15).map(Decimal),
    st.builds(
        lambda digits, scale: Decimal(digits).scaleb(scale),
        st.integers(-(10**15), 10**15),
        st.integers(-60, 60),
    ),
)
periods = st.builds(Period, st.integers(2018, 2032), st.sampled_from([None, 1, 2, 3, 4]))
unknown = st.sampled_from(
    [Undefined(Reason.NOT_REPORTED), Undefined(Reason.NOT_APPLICABLE), Undefined(Reason.WITHHELD)]
)
values = st.builds(
    Comparable,
    value=numbers | unknown,
    basis=st.sampled_from(list(ActualBasis)),
    age=st.integers(0, 3),
)
# Deadlines before baselines, milestones anywhere, directions against comparators: all of it.
targets = st.builds(
    Target,
    value=numbers,
    comparator=st.sampled_from(list(Comparator)),
    deadline=periods,
    direction=st.sampled_from(list(Direction)),
    path=st.sampled_from(list(PathKind)),
    high=st.none() | numbers,
    baseline=st.none() | numbers,
    baseline_period=st.none() | periods,
    start=st.none() | st.dates(date(2018, 1, 1), date(2032, 1, 1)),
    waypoints=st.lists(st.builds(Waypoint, period=periods, value=numbers), max_size=3).map(tuple),
)
parts = st.lists(st.builds(Part, area=st.just("a"), value=values), max_size=4).map(tuple)
histories = st.lists(st.builds(Dated, period=periods, value=numbers), max_size=6).map(tuple)


@settings(derandomize=True, max_examples=300, deadline=None)
@given(
    target=targets,
    period=periods,
    own=values,
    parts=parts,
    history=histories,
    is_net=st.booleans(),
)
def test_every_row_comes_out_whole(
    target: Target,
    period: Period,
    own: Comparable,
    parts: tuple[Part, ...],
    history: tuple[Dated[Decimal], ...],
    *,
    is_net: bool,
) -> None:
    actual = combine(period=period, own=own, parts=parts)

    row = assess(target, actual, history=history, bands=Bands(), is_net=is_net)

    assert row.rating is rate_only(target, actual, Bands())
    for field in fields(row):
        value = getattr(row, field.name)
        assert not isinstance(value, Decimal) or value.is_finite(), field.name
    if isinstance(actual.value, Undefined):
        assert row.rating is Rating.UNABLE_TO_ASSESS
        assert row.gap == row.attainment_percent == row.eta == actual.value
