"""Who brought the change and who owes the gap: the four regions of national revenue."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from app.domain.parts.contribution import (
    UNALLOCATED,
    AreaChange,
    ChangeShare,
    GapShare,
    area_gap,
    contributions,
    gap_shares,
    like_for_like_gap,
)
from app.domain.path import Comparator, Direction, PathKind
from app.domain.quantity import Quantity, Reason, Undefined, sum_exactly
from app.domain.target import Target
from app.domain.time.period import Period

D = Decimal
PARTIAL = Undefined(Reason.PARTIAL_COVERAGE)
OPPOSITE = Undefined(Reason.OPPOSITE_SIGN)
REGIONS = {
    "east": ("88663", "113022"),
    "central": ("5390", "7341"),
    "west": ("11574", "13776"),
    "northeast": ("2499", "3137"),
}
NATIONAL = AreaChange(area="china", first=D(108126), last=D(137276))


def _at_least(value: int, *, up_to: int | None = None) -> Target:
    return Target(
        value=D(value),
        high=None if up_to is None else D(up_to),
        comparator=Comparator.GTE if up_to is None else Comparator.BETWEEN,
        deadline=Period(2025),
        direction=Direction.INCREASE,
        path=PathKind.LINEAR,
    )


def change(area: str, first: str | Reason, last: str | Reason) -> AreaChange:
    return AreaChange(area=area, first=quantity(first), last=quantity(last))


def quantity(given: str | Reason) -> Quantity:
    return Undefined(given) if isinstance(given, Reason) else D(given)


def regions() -> list[AreaChange]:
    return [change(area, first, last) for area, (first, last) in REGIONS.items()]


def by_area(rows: list[ChangeShare]) -> dict[str, ChangeShare]:
    return {row.area: row for row in rows}


def owed(rows: list[GapShare]) -> dict[str, GapShare]:
    return {row.area: row for row in rows}


def rounded(given: Quantity) -> Decimal:
    assert isinstance(given, Decimal), given
    return round(given, 4)


def test_the_east_brought_five_sixths_of_the_growth_from_2022_to_2024() -> None:
    rows = by_area(contributions(regions(), NATIONAL))

    assert [rows[area].change for area in REGIONS] == [24359, 1951, 2202, 638]
    assert [rounded(rows[area].contribution_percent) for area in REGIONS] == [
        D("83.5643"),
        D("6.6930"),
        D("7.5540"),
        D("2.1887"),
    ]


def test_the_pulls_are_points_of_the_wholes_growth() -> None:
    """27 % over two years: 22.5 points of it from the east."""
    rows = by_area(contributions(regions(), NATIONAL))

    assert [rounded(rows[area].pull_points) for area in REGIONS] == [
        D("22.5283"),
        D("1.8044"),
        D("2.0365"),
        D("0.5901"),
    ]


def test_parts_that_make_up_the_whole_leave_nothing_unallocated() -> None:
    assert UNALLOCATED not in by_area(contributions(regions(), NATIONAL))


def test_what_no_area_has_is_a_row_of_its_own() -> None:
    rows = by_area(contributions(regions()[:3], NATIONAL))

    assert rows[UNALLOCATED].change == 638
    assert rounded(rows[UNALLOCATED].contribution_percent) == D("2.1887")
    assert sum(rounded(row.change) for row in rows.values()) == 29150


def test_a_silent_area_takes_no_part_of_the_change_and_leaves_nothing_unallocated() -> None:
    """The northeast is silent: that it fell by 2499, or that 638 are nobody's, is not known."""
    parts = [*regions()[:3], change("northeast", "2499", Reason.WITHHELD)]
    rows = by_area(contributions(parts, NATIONAL))

    assert list(rows) == list(REGIONS)
    assert rows["northeast"] == ChangeShare(
        area="northeast",
        change=PARTIAL,
        contribution_percent=PARTIAL,
        pull_points=PARTIAL,
        like_for_like_share_percent=PARTIAL,
    )
    assert rows["east"].change == 24359
    assert {row.contribution_percent for row in rows.values()} == {PARTIAL}
    assert {row.pull_points for row in rows.values()} == {PARTIAL}


def test_the_known_areas_share_their_own_change_like_for_like() -> None:
    """Of the 28512 that the other three grew by."""
    parts = [*regions()[:3], change("northeast", Reason.NOT_REPORTED, "3137")]
    rows = by_area(contributions(parts, NATIONAL))

    assert [rounded(rows[area].like_for_like_share_percent) for area in list(REGIONS)[:3]] == [
        D("85.4342"),
        D("6.8427"),
        D("7.7231"),
    ]


def test_known_areas_that_moved_apart_have_no_shares_among_them_either() -> None:
    parts = [change("a", "10", "18"), change("b", "10", "7"), change("c", "1", Reason.NOT_REPORTED)]
    rows = by_area(contributions(parts, change("whole", "20", "25")))

    assert rows["a"].like_for_like_share_percent == OPPOSITE
    assert rows["c"].like_for_like_share_percent == PARTIAL


def test_without_a_first_period_every_part_says_so() -> None:
    parts = [change("a", Reason.NO_AREA_BASELINE, "5"), change("b", Reason.NO_AREA_BASELINE, "6")]
    rows = by_area(contributions(parts, change("whole", Reason.NO_AREA_BASELINE, "11")))

    none = Undefined(Reason.NO_AREA_BASELINE)
    assert list(rows) == ["a", "b"]
    assert {row.change for row in rows.values()} == {none}
    assert {row.contribution_percent for row in rows.values()} == {none}


VALUES = st.one_of(st.just(Reason.NOT_REPORTED), st.integers(0, 10**6).map(str))


@given(
    ends=st.lists(st.tuples(VALUES, VALUES), min_size=1, max_size=8),
    beyond=st.integers(-(10**5), 10**5),
)
def test_known_parts_sum_exactly_to_the_whole_and_silence_changes_no_part(
    ends: list[tuple[str | Reason, str | Reason]], beyond: int
) -> None:
    parts = [change(str(place), *each) for place, each in enumerate(ends)]
    known = [p for p in parts if isinstance(p.first, Decimal) and isinstance(p.last, Decimal)]
    first, last = (sum((getattr(p, n) for p in known), D(0)) for n in ("first", "last"))
    whole = AreaChange(area="whole", first=first, last=last + beyond)
    rows = by_area(contributions(parts, whole))

    values = [row.change for row in rows.values() if isinstance(row.change, Decimal)]
    if len(known) == len(parts):
        assert sum(values, D(0)) == last + beyond - first
        shares = [row.contribution_percent for row in rows.values()]
        numbers = [share for share in shares if isinstance(share, Decimal)]
        assert not numbers or abs(sum_exactly(numbers) - 100) < D("1e-25")
    else:
        assert UNALLOCATED not in rows
        assert {row.contribution_percent for row in rows.values()} == {PARTIAL}
        assert sum(values, D(0)) == last - first
    assert {row.area for row in rows.values() if row.change == PARTIAL} == {
        part.area for part in parts if part not in known
    }


def test_a_part_that_runs_the_other_way_takes_the_shares_and_leaves_the_values() -> None:
    parts = [change("a", "10", "18"), change("b", "10", "7")]
    rows = by_area(contributions(parts, change("whole", "20", "25")))

    assert [row.change for row in rows.values()] == [8, -3]
    assert {row.contribution_percent for row in rows.values()} == {OPPOSITE}
    assert [row.pull_points for row in rows.values()] == [40, -15]


def test_a_rest_that_runs_the_other_way_takes_the_shares_too() -> None:
    rows = by_area(contributions([change("a", "10", "18")], change("whole", "20", "25")))

    assert rows[UNALLOCATED].change == -3
    assert rows["a"].contribution_percent == OPPOSITE


def test_a_fall_shared_by_all_has_positive_shares() -> None:
    parts = [change("a", "10", "7"), change("b", "10", "9")]
    rows = by_area(contributions(parts, change("whole", "20", "16")))

    assert [row.contribution_percent for row in rows.values()] == [75, 25]
    assert [row.pull_points for row in rows.values()] == [-15, -5]


def test_a_whole_that_did_not_change_has_no_shares() -> None:
    rows = by_area(contributions([change("a", "10", "10")], change("whole", "20", "20")))

    assert rows["a"].change == 0
    assert rows["a"].contribution_percent == OPPOSITE
    assert rows["a"].pull_points == 0


def test_a_whole_that_changed_by_one_unit_has_shares() -> None:
    parts = [change("a", "10", "10.25"), change("b", "10", "10.75")]
    rows = by_area(contributions(parts, change("whole", "20", "21")))

    assert [row.contribution_percent for row in rows.values()] == [25, 75]


def test_without_the_whole_the_parts_stay() -> None:
    whole = change("whole", Reason.NO_AREA_BASELINE, "25")
    rows = by_area(contributions([change("a", "10", "18")], whole))

    assert list(rows) == ["a"]
    assert rows["a"].change == 8
    assert rows["a"].contribution_percent == Undefined(Reason.NO_AREA_BASELINE)
    assert rows["a"].pull_points == Undefined(Reason.NO_AREA_BASELINE)


def test_growth_from_nothing_has_no_points() -> None:
    rows = by_area(contributions([change("a", "0", "5")], change("whole", "0", "5")))

    assert rows["a"].contribution_percent == 100
    assert rows["a"].pull_points == Undefined(Reason.ZERO_DENOMINATOR)


def test_a_surplus_owes_nothing_and_lowers_nobodys_share() -> None:
    gaps = {"a": quantity("30"), "b": quantity("10"), "c": quantity("-25")}
    rows = owed(gap_shares(gaps, D(15)))

    assert [row.gap for row in rows.values()] == [30, 10, -25]
    assert [row.shortfall_share_percent for row in rows.values()] == [75, 25, 0]


def test_a_gap_that_no_area_has_is_unallocated() -> None:
    rows = owed(gap_shares({"a": D(30), "b": Undefined(Reason.NO_AREA_TARGETS)}, D(40)))

    assert (rows[UNALLOCATED].gap, rows[UNALLOCATED].shortfall_share_percent) == (D(10), D(25))
    assert rows["b"].shortfall_share_percent == Undefined(Reason.NO_AREA_TARGETS)


def test_a_silent_area_leaves_no_shortfall_that_nobody_owns() -> None:
    rows = owed(gap_shares({"a": D(30), "b": D(10), "c": PARTIAL}, D(90)))

    assert list(rows) == ["a", "b", "c"]
    assert {row.shortfall_share_percent for row in rows.values()} == {PARTIAL}
    shares = [row.like_for_like_shortfall_percent for row in rows.values()]
    assert shares == [75, 25, PARTIAL]


def test_districts_that_promise_more_than_the_city_leave_a_negative_rest() -> None:
    rows = owed(gap_shares({"a": D(30), "b": D(30)}, D(40)))

    assert (rows[UNALLOCATED].gap, rows[UNALLOCATED].shortfall_share_percent) == (D(-20), D(0))
    assert rows["a"].shortfall_share_percent == 50


def test_without_a_city_gap_the_districts_share_their_own() -> None:
    rows = owed(gap_shares({"a": D(30), "b": D(10)}, Undefined(Reason.NO_TARGET)))

    assert list(rows) == ["a", "b"]
    assert rows["a"].shortfall_share_percent == 75


def test_where_nobody_falls_short_there_are_no_shares() -> None:
    rows = owed(gap_shares({"a": D(0), "b": D(-5)}, D(-5)))

    assert [row.gap for row in rows.values()] == [0, -5]
    assert {row.shortfall_share_percent for row in rows.values()} == {
        Undefined(Reason.NO_SHORTFALL)
    }


def test_an_areas_gap_is_positive_while_it_is_still_to_go() -> None:
    assert area_gap(D(10), D(7), Direction.INCREASE) == 3
    assert area_gap(D(10), D(7), Direction.DECREASE) == -3
    assert area_gap(Undefined(Reason.NO_TARGET), D(7), Direction.INCREASE) == Undefined(
        Reason.NO_TARGET
    )


def test_ranges_of_areas_add_up_end_by_end() -> None:
    ranges = {"east": _at_least(10, up_to=12), "west": _at_least(9, up_to=20), "port": _at_least(1)}
    for east, west, port, gap in [(7, 5, 1, 7), (20, 9, 0, 0), (20, 10, 5, -2)]:
        values: dict[str, Quantity] = {"east": D(east), "west": D(west), "port": D(port)}
        assert like_for_like_gap(ranges, values, Direction.INCREASE) == gap


def test_a_like_for_like_gap_leaves_out_who_has_no_target_or_no_value() -> None:
    targets, values = {"east": _at_least(10), "west": _at_least(9)}, {"east": D(7), "port": D(100)}
    assert like_for_like_gap(targets, values, Direction.INCREASE) == 3
    nothing = Undefined(Reason.NO_AREA_TARGETS)
    assert like_for_like_gap({"west": _at_least(9)}, values, Direction.INCREASE) == nothing
