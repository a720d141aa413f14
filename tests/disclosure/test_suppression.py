"""Small counts are withheld, and no total, difference or earlier revision gives them back."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.accumulation import Accumulation, Basis
from app.domain.disclosure.suppression import (
    CellPlace,
    CellRule,
    CellVersion,
    Suppressed,
    suppress,
)
from tests.disclosure.attacker import Attacker

DISTRICTS = ("east", "west", "north", "south", "port")
MINIMUM = 3
# The first quarter of 2024.
FIRST = 2024 * 4

Key = tuple[str, int, int]


def rule(
    accumulation: Accumulation = Accumulation.LEVEL, parts: Sequence[str] = DISTRICTS
) -> CellRule:
    return CellRule(minimum=Decimal(MINIMUM), accumulation=accumulation, parts={"city": parts})


def version(
    revision: int, area: str, value: int | None, quarter: int = 0, basis: Basis = Basis.LEVEL
) -> CellVersion:
    counted = None if value is None else Decimal(value)
    return CellVersion(revision, CellPlace(area, FIRST + quarter), counted, basis)


def withheld(found: Suppressed) -> set[tuple[str, int]]:
    return {(place.area, place.quarter - FIRST) for place, _ in found.versions}


def at_once(**values: int) -> list[CellVersion]:
    return [version(1, area, value) for area, value in values.items()]


def test_a_small_count_and_the_two_smallest_large_ones_are_withheld_and_the_sum_is_shown():
    found = suppress(rule(), at_once(east=2, west=40, north=9, south=7, port=6))
    assert withheld(found) == {("east", 0), ("port", 0), ("south", 0)}
    assert found.sums == frozenset()
    assert found.rests == {CellPlace("city", FIRST): (["east", "south", "port"], Decimal(15))}


def test_nothing_is_withheld_where_no_count_is_small_and_0_is_not():
    found = suppress(rule(), at_once(east=0, west=3, north=9, south=7, port=6))
    assert withheld(found) == set()
    assert not found.sums
    assert not found.rests


def test_the_sum_is_withheld_where_no_two_others_are_large_enough():
    found = suppress(rule(), at_once(east=2, west=40, north=5, south=0, port=3))
    assert withheld(found) == {("east", 0), ("west", 0)}
    assert found.sums == {CellPlace("city", FIRST)}


def test_a_small_count_that_is_last_takes_the_sum_with_it_as_the_others_are_known():
    others = [version(n, area, 20) for n, area in enumerate(DISTRICTS[1:], start=1)]
    assert withheld(suppress(rule(), others)) == set()
    found = suppress(rule(), [*others, version(9, "east", 1)])
    assert withheld(found) == {("east", 0)}
    assert found.sums == {CellPlace("city", FIRST)}


def test_where_a_count_was_small_before_two_are_held_back_until_all_have_reported():
    before = [version(1, area, 20) for area in DISTRICTS[1:]] + [version(2, "east", 1)]
    now = [version(n, area, 20, 1) for n, area in enumerate(DISTRICTS[1:], start=3)]
    found = suppress(rule(), [*before, *now])
    assert withheld(found) == {("east", 0), ("west", 1), ("north", 1)}
    found = suppress(rule(), [*before, *now, version(9, "east", 2, 1)])
    assert withheld(found) == {("east", 0), ("east", 1), ("west", 1), ("north", 1)}
    assert found.sums == {CellPlace("city", FIRST)}
    found = suppress(rule(), [*before, *now, version(9, "east", 8, 1)])
    assert withheld(found) == {("east", 0)}


def test_the_citys_own_figure_is_shown_first_and_two_districts_wait_until_all_have_reported():
    told = [version(1, "city", 100), version(2, "west", 50), version(3, "north", 30)]
    assert withheld(suppress(rule(), told)) == {("west", 0), ("north", 0)}
    told += [version(4, "south", 10), version(5, "port", 8)]
    assert withheld(suppress(rule(), told)) == {("west", 0), ("north", 0)}
    assert withheld(suppress(rule(), [*told, version(6, "east", 2)])) == {
        ("west", 0),
        ("north", 0),
        ("east", 0),
    }
    assert withheld(suppress(rule(), [*told, version(6, "east", 3)])) == set()


def test_a_city_figure_that_comes_when_one_district_is_outstanding_waits_for_it():
    told = [version(1, area, 20) for area in DISTRICTS[1:]] + [version(2, "city", 81)]
    assert withheld(suppress(rule(), told)) == {("city", 0)}
    assert withheld(suppress(rule(), [*told, version(3, "east", 1)])) == {("city", 0), ("east", 0)}
    assert withheld(suppress(rule(), [*told, version(3, "east", 4)])) == set()


def test_a_correction_of_a_withheld_count_takes_the_sum_that_would_tell_the_difference():
    told = at_once(east=1, west=40, north=9, south=7, port=6)
    assert suppress(rule(), told).sums == frozenset()
    found = suppress(rule(), [*told, version(2, "east", 2)])
    assert found.sums == {CellPlace("city", FIRST)}
    # A count that is no longer small does not come back: the sums before and after differ by it.
    found = suppress(rule(), [*told, version(2, "east", 30)])
    assert ("east", 0) in withheld(found)
    assert found.sums == {CellPlace("city", FIRST)}


def test_a_count_that_becomes_small_is_withheld_from_then_on_and_what_was_shown_stays_so():
    told = at_once(east=9, west=40, north=9, south=7, port=6)
    found = suppress(rule(), [*told, version(2, "east", 2)])
    assert found.versions == {(CellPlace("east", FIRST), 2)}
    assert found.sums == {CellPlace("city", FIRST)}


def test_a_running_total_that_rose_by_a_small_count_is_withheld():
    kind = rule(Accumulation.INCREMENT)
    first = [version(1, area, 50, 0, Basis.SINCE_START) for area in DISTRICTS]
    rises = {"east": 1, "west": 20, "north": 8, "south": 6, "port": 9}
    second = [version(2, a, 50 + n, 1, Basis.SINCE_START) for a, n in rises.items()]
    found = suppress(kind, [*first, *second])
    assert withheld(found) == {("east", 1), ("south", 1), ("north", 1)}
    assert found.rests == {CellPlace("city", FIRST + 1): (["east", "north", "south"], Decimal(165))}


def test_running_totals_of_a_year_are_not_compared_with_those_of_another():
    kind = rule(Accumulation.ANNUAL_FLOW)
    autumn = [version(1, area, 50, 2, Basis.YTD) for area in DISTRICTS]
    winter = [version(2, area, 51 if area == "east" else 90, 3, Basis.YTD) for area in DISTRICTS]
    found = suppress(kind, [*autumn, *winter])
    assert withheld(found) == {("east", 3), ("west", 3), ("north", 3)}
    spring = [version(3, area, 51, 4, Basis.YTD) for area in DISTRICTS]
    assert withheld(suppress(kind, [*autumn, *spring])) == set()


def test_counts_of_quarters_are_compared_with_no_total_beside_them():
    kind = rule(Accumulation.INCREMENT)
    told = {"east": 2, "west": 40, "north": 9, "south": 7, "port": 6}
    counts = [
        version(1 + quarter, area, value, quarter, Basis.QUARTER)
        for quarter in (0, 1)
        for area, value in told.items()
    ]
    found = suppress(kind, counts)
    assert withheld(found) == {(a, q) for a in ("east", "south", "port") for q in (0, 1)}
    assert found.sums == frozenset()


def test_a_figure_that_is_missing_is_not_a_small_count():
    told = [version(1, area, 20) for area in DISTRICTS[1:]]
    assert withheld(suppress(rule(), [*told, version(2, "east", None)])) == set()


def test_a_level_may_change_by_one():
    told = [version(1, area, 50) for area in DISTRICTS]
    told += [version(2, area, 51, 1) for area in DISTRICTS]
    assert withheld(suppress(rule(), told)) == set()


def test_a_figure_on_another_basis_than_the_areas_first_is_withheld():
    kind = rule(Accumulation.INCREMENT)
    told = [version(1, area, 50, 0, Basis.QUARTER) for area in DISTRICTS]
    told += [version(2, "east", 51, 1, Basis.SINCE_START)]
    assert withheld(suppress(kind, told)) == {("east", 1)}


# The property: whatever is published, nobody can work out a small count.


@st.composite
def histories(draw: st.DrawFn, accumulation: Accumulation) -> list[CellVersion]:
    """Figures of districts as they become official, with corrections, and figures of the city."""
    is_level = accumulation is Accumulation.LEVEL
    districts = DISTRICTS[: draw(st.integers(3, 5))]
    quarters = range(draw(st.integers(1, 2)))
    size = st.one_of(st.integers(0, 4), st.integers(5, 30))
    counts = [(area, [draw(size) for _ in quarters]) for area in districts]
    values = [
        (area, quarter, each[quarter] if is_level else sum(each[: quarter + 1]))
        for area, each in counts
        for quarter in quarters
    ]
    steps = draw(st.permutations(values))
    if is_level:
        again = draw(st.lists(st.sampled_from(steps), max_size=3))
        steps = [*steps, *((area, quarter, draw(size)) for area, quarter, _ in again)]
    for _ in range(draw(st.integers(0, 2))):
        told = ("city", draw(st.sampled_from(quarters)), -1)
        steps.insert(draw(st.integers(0, len(steps))), told)
    basis = Basis.LEVEL if is_level else Basis.SINCE_START
    gaps = [draw(st.integers(0, 1)) for _ in steps]
    return make_history(steps, gaps, basis)


def make_history(
    steps: Sequence[tuple[str, int, int]], gaps: Sequence[int], basis: Basis
) -> list[CellVersion]:
    """The steps as versions, several of which may become official at once.

    The city's own figure is what the districts add up to, with what is not reported yet.
    """
    districts = [step for step in steps if step[0] != "city"]
    current = {(area, quarter): value for area, quarter, value in reversed(districts)}
    found: list[CellVersion] = []
    seen: set[tuple[int, str, int]] = set()
    revision = 1
    for (area, quarter, value), gap in zip(steps, gaps, strict=True):
        revision += gap or (revision, area, quarter) in seen
        seen.add((revision, area, quarter))
        if area != "city":
            current[area, quarter] = value
        whole = sum(each for (_, at), each in current.items() if at == quarter)
        said = whole if area == "city" else value
        found.append(version(revision, area, said, quarter, basis))
    return found


def publish(
    kind: CellRule, history: Sequence[CellVersion], *, is_primary_alone: bool = False
) -> tuple[Attacker, dict[Key, Decimal]]:
    """What an attacker learns at every revision, and the counts that it must not learn."""
    attacker, secret = Attacker(), dict[Key, Decimal]()
    for at in sorted({each.revision for each in history}):
        known = [each for each in history if each.revision <= at]
        found = _primary(kind, known) if is_primary_alone else suppress(kind, known)
        current = {each.place: each for each in known}
        for each in current.values():
            _learn(attacker, each, found, at, current, history)
            if each.place.area != "city" and kind.is_small(each.amount):
                secret[(*each.place, each.revision)] = each.amount
        for quarter in {place.quarter for place in current}:
            _learn_sum(attacker, current, CellPlace("city", quarter), found, _districts(history))
    if kind.accumulation is Accumulation.INCREMENT:
        attacker.rising.extend(_rising(history))
    return attacker, secret


def _learn(
    attacker: Attacker,
    each: CellVersion,
    found: Suppressed,
    at: int,
    current: dict[CellPlace, CellVersion],
    history: Sequence[CellVersion],
) -> None:
    area, quarter = each.place
    if (each.place, each.revision) in found.versions:
        return
    if area != "city":
        attacker.learn((area, quarter, each.revision), Fraction(each.amount))
    elif each.revision == at:
        # It counts what is on record, and of who has not reported what they will report first.
        firsts = {each.place: each.revision for each in reversed(history)}
        places = [CellPlace(part, quarter) for part in _districts(history)]
        keys = [(*p, current[p].revision if p in current else firsts[p]) for p in places]
        attacker.learn_sum(keys, Fraction(each.amount))


def _districts(history: Iterable[CellVersion]) -> list[str]:
    there = {each.place.area for each in history}
    return [area for area in DISTRICTS if area in there]


def _learn_sum(
    attacker: Attacker,
    current: dict[CellPlace, CellVersion],
    whole: CellPlace,
    found: Suppressed,
    districts: list[str],
) -> None:
    """The sum of the districts that have reported, where it is shown."""
    parts = [current[p] for p in (CellPlace(a, whole.quarter) for a in districts) if p in current]
    if parts and whole not in found.sums:
        keys = [(*each.place, each.revision) for each in parts]
        attacker.learn_sum(keys, Fraction(sum(each.amount for each in parts)))


def _primary(kind: CellRule, known: Sequence[CellVersion]) -> Suppressed:
    """What would be withheld by the threshold alone."""
    small = {
        (each.place, each.revision)
        for each in known
        if each.place.area != "city" and kind.is_small(each.amount)
    }
    return Suppressed(small, set(), {})


def _rising(history: Sequence[CellVersion]) -> Iterable[tuple[Key, Key]]:
    for one in history:
        for other in history:
            if one.place.area == other.place.area and one.place.quarter < other.place.quarter:
                yield (*one.place, one.revision), (*other.place, other.revision)


def with_own(attacker: Attacker, history: Sequence[CellVersion], area: str) -> Attacker:
    """The attacker with all that a district knows of itself."""
    found = Attacker(list(attacker.equations), list(attacker.rising))
    for each in history:
        if each.place.area == area:
            found.learn((*each.place, each.revision), Fraction(each.amount))
    return found


@pytest.mark.parametrize("accumulation", [Accumulation.LEVEL, Accumulation.INCREMENT])
def test_nobody_can_solve_for_a_small_count(accumulation):
    kind = rule(accumulation)

    @settings(max_examples=100, deadline=None, derandomize=True)
    @given(histories(accumulation))
    def check(history: list[CellVersion]) -> None:
        kind = rule(accumulation, _districts(history))
        attacker, secret = publish(kind, history)
        solved, bounds = attacker.solve(), attacker.bound()
        for key in secret:
            assert key not in solved
            low, high = bounds.get(key, (Fraction(0), None))
            # Every small count remains possible.
            if accumulation is Accumulation.LEVEL:
                assert low <= 1, (history, key, low, high)
                assert high is None or high >= MINIMUM - 1, (history, key, low, high)
            else:
                assert high is None or low < high, (history, key, low, high)
        for area in _districts(history):
            own = with_own(attacker, history, area).solve()
            for key in secret:
                assert key[0] == area or key not in own, (history, area, key)

    assert kind.parts
    check()


def test_with_primary_suppression_alone_the_attacker_wins():
    history = at_once(east=2, west=40, north=9, south=7, port=6)
    attacker, secret = publish(rule(), history, is_primary_alone=True)
    assert secret == {("east", FIRST, 1): 2}
    assert attacker.solve()["east", FIRST, 1] == 2
    attacker, secret = publish(rule(), history)
    assert secret == {("east", FIRST, 1): 2}
    assert ("east", FIRST, 1) not in attacker.solve()
