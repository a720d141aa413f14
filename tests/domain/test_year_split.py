"""A task divided: the parts are whole, sum exactly, and follow what is said of the past."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.quantity import Reason, Undefined
from app.domain.standing import Plan
from app.domain.year.split import SplitBy, past_weights, split
from tests.domain.plans import REVENUE, columns, make_plan

D = Decimal
AREAS = ("east", "west")
weights = st.dictionaries(
    st.text("abcdefgh", min_size=1, max_size=3),
    st.decimals("0", "99999", places=3),
    min_size=1,
    max_size=12,
).filter(lambda found: any(found.values()))


@given(whole=st.decimals("0", "9999999", places=4), of_areas=weights)
def test_the_parts_sum_exactly_and_none_is_a_unit_off_its_share(
    whole: Decimal, of_areas: dict[str, Decimal]
) -> None:
    parts = split(whole, of_areas)
    assert not isinstance(parts, Undefined)
    assert sum(parts.values()) == whole
    places = -int(whole.normalize().as_tuple().exponent)
    unit = D(1).scaleb(-max(0, places))
    total = sum(of_areas.values())
    for area, part in parts.items():
        assert part % unit == 0
        assert abs(part - whole * of_areas[area] / total) < unit


@pytest.mark.parametrize(
    ("whole", "parts"),
    [
        # 10/3 = 3.33 each: the unit that is left goes to the first of equal remainders.
        (10, {"a": 4, "b": 3, "c": 3}),
        # 4200/3 = 1400 exactly.
        (4200, {"a": 1400, "b": 1400, "c": 1400}),
        # Stated to a tenth, so divided to a tenth: 0.3 three times, and 0.2 is left.
        (D("1.1"), {"a": D("0.4"), "b": D("0.4"), "c": D("0.3")}),
    ],
)
def test_equal_parts_by_hand(whole: Decimal, parts: dict[str, Decimal]) -> None:
    assert split(D(whole), dict.fromkeys("abc", D(1))) == parts


def _plan(*figures: tuple[str, int, int]) -> Plan:
    found = [("revenue", area, f"{year}-Q4", value) for area, year, value in figures]
    return make_plan(columns(*found))


def test_the_weights_are_those_of_the_last_full_year_that_all_areas_have() -> None:
    plan = _plan(("east", 2022, 60), ("west", 2022, 40), ("east", 2023, 90))
    found = past_weights(plan, REVENUE, AREAS, by=SplitBy.PAST_SHARE, year=2024)
    assert (found.year, found.weights) == (2022, {"east": D(60), "west": D(40)})


def test_growth_is_carried_on_to_the_year_by_each_area_at_its_own_rate() -> None:
    # East grew by half: 60 * 1.5^2 = 135 in 2025. West stood still: 40.
    plan = _plan(("east", 2022, 40), ("west", 2022, 40), ("east", 2023, 60), ("west", 2023, 40))
    found = past_weights(plan, REVENUE, AREAS, by=SplitBy.PAST_GROWTH, year=2025)
    assert (found.year, found.weights) == (2023, {"east": D(135), "west": D(40)})
    assert split(D(350), found.weights) == {"east": D(270), "west": D(80)}


def test_without_a_full_year_there_are_no_weights() -> None:
    plan = _plan(("east", 2023, 60))
    found = past_weights(plan, REVENUE, AREAS, by=SplitBy.PAST_SHARE, year=2024)
    assert found.year is None
    assert set(found.weights.values()) == {Undefined(Reason.INSUFFICIENT_HISTORY)}
    assert split(D(10), found.weights) == Undefined(Reason.NO_WEIGHTS)
