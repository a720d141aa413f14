"""A first figure: held against the target, the whole, the parts and the other areas."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from app.domain.accumulation import Basis
from app.domain.checks.first import Surroundings, find_doubt
from app.domain.series import Observed
from app.domain.time.period import Period

START = date(2022, 1, 1)


def known(
    value: str, period: str = "2024-Q4", basis: Basis = Basis.YTD, area: str = "nanshan"
) -> Observed:
    """A figure of some area."""
    return Observed(period=Period.parse(period), value=Decimal(value), basis=basis, area=area)


def doubt(now: Observed, *, is_count: bool = False, **around: Any) -> tuple[object, object] | None:
    """What a figure is held against, and that figure."""
    surroundings = Surroundings(**around)
    found = find_doubt(now, surroundings, START, is_count=is_count)
    return None if found is None else (found["against"], found["reference"])


@pytest.mark.parametrize(("value", "is_doubted"), [("4200", False), ("4200.1", True)])
def test_more_than_the_whole_target_is_doubted(value: str, *, is_doubted: bool) -> None:
    found = doubt(known(value), target=Decimal(4200))
    assert found == (("target", "4200") if is_doubted else None)


@pytest.mark.parametrize(
    ("whole", "value", "is_doubted"),
    [
        (known("1200"), "1200", False),
        (known("1200"), "1201", True),
        # A year before, or in another quarter: twice the pace is left room for.
        (known("1200", "2023-Q4"), "2400", False),
        (known("1200", "2023-Q4"), "2401", True),
        (known("900", "2024-Q3"), "2400", False),
        (known("900", "2024-Q3"), "2401", True),
        (known("300", basis=Basis.QUARTER), "2401", True),
        (known("1200", basis=Basis.SINCE_START), "801", True),
    ],
)
def test_a_part_is_no_larger_than_its_whole(
    whole: Observed, value: str, *, is_doubted: bool
) -> None:
    assert (doubt(known(value), wholes=(whole,)) is not None) is is_doubted


def test_five_for_a_whole_city_beside_1200_of_a_district_a_year_before() -> None:
    part = known("1200", "2023-Q4")
    assert doubt(known("5"), largest_part=part) == ("part", "1200")
    assert doubt(known("599"), largest_part=part) == ("part", "1200")
    assert doubt(known("600"), largest_part=part) is None
    assert doubt(known("1199"), largest_part=known("1200")) == ("part", "1200")


def test_a_hundred_times_the_largest_of_the_others_is_doubted() -> None:
    others: dict[str, Any] = {
        "largest_other": known("30"),
        "smallest_other": known("8"),
        "others": 3,
    }
    assert doubt(known("3000"), **others) is None
    assert doubt(known("3000.1"), **others) == ("largest", "30")


def test_a_hundredth_of_the_smallest_of_the_others_is_doubted_unless_it_is_a_small_count() -> None:
    others: dict[str, Any] = {
        "largest_other": known("90000"),
        "smallest_other": known("5000"),
        "others": 3,
    }
    assert doubt(known("50"), **others) is None
    assert doubt(known("49.9"), **others) == ("smallest", "5000")
    assert doubt(known("49"), is_count=True, **others) == ("smallest", "5000")
    assert doubt(known("29"), is_count=True, **others) is None


@pytest.mark.parametrize("others", [1, 2])
def test_of_one_or_two_others_nobody_knows_whether_they_are_the_odd_ones(others: int) -> None:
    beside = known("30")
    around: dict[str, Any] = {"largest_other": beside, "smallest_other": beside, "others": others}
    assert doubt(known("30000"), **around) is None
    assert doubt(known("30001"), **around) == ("largest", "30")
    assert doubt(known("0.03"), **around) is None
    assert doubt(known("0.029"), **around) == ("smallest", "30")


@pytest.mark.parametrize("value", ["0", "-5"])
def test_nothing_is_said_of_a_zero_or_a_loss(value: str) -> None:
    assert doubt(known(value), target=Decimal(-10), smallest_other=known("5000")) is None


def test_where_nothing_is_known_nothing_is_doubted() -> None:
    assert doubt(known("8124000")) is None
