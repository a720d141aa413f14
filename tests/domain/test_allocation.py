"""A target split by weights: exact, by the largest remainder, or not at all."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.parts.allocation import allocate
from app.domain.quantity import Quantity, Reason, Undefined, sum_exactly

D = Decimal


def weights(*values: str | int) -> dict[str, Quantity]:
    return {f"area-{place}": D(value) for place, value in enumerate(values)}


def parts(whole: str | int, *values: str | int, places: int) -> list[Decimal]:
    found = allocate(D(whole), weights(*values), places=places)
    assert isinstance(found, dict), found
    return list(found.values())


def test_the_parts_are_as_the_weights() -> None:
    assert parts(4200, 1, 2, 3, places=0) == [700, 1400, 2100]


def test_what_does_not_come_out_even_goes_to_the_largest_remainders() -> None:
    """Ten firms by 1 : 2 : 3 : 4 : 4 are 0.71, 1.43, 2.14, 2.86, 2.86."""
    assert parts(10, 1, 2, 3, 4, 4, places=0) == [1, 1, 2, 3, 3]


def test_equal_remainders_go_to_the_first() -> None:
    assert parts(2, 1, 1, 1, places=0) == [1, 1, 0]
    assert parts("0.01", 1, 1, 1, places=2) == [D("0.01"), 0, 0]


def test_a_negative_target_is_split_as_well() -> None:
    assert parts(-10, 1, 2, places=0) == [-3, -7]


def test_an_area_without_weight_is_given_nothing() -> None:
    assert parts(10, 0, 5, places=0) == [0, 10]


@pytest.mark.parametrize(
    "given_weights",
    [
        {},
        weights(0, 0),
        weights(5, -1),
        weights(1, -5),
        {**weights(5), "silent": Undefined(Reason.NOT_REPORTED)},
    ],
)
def test_without_weights_for_all_nothing_is_split(given_weights: dict[str, Quantity]) -> None:
    assert allocate(D(10), given_weights, places=0) == Undefined(Reason.NO_WEIGHTS)


def test_a_whole_that_its_parts_could_not_sum_to_is_refused() -> None:
    with pytest.raises(ValueError, match=r"12\.5 has more than 0 digits"):
        allocate(D("12.5"), weights(1), places=0)


@given(
    whole=st.decimals("-1e9", "1e9", places=8),
    shares=st.lists(st.decimals("0", "1e9", places=8), min_size=1, max_size=12),
)
def test_the_parts_sum_to_the_whole_and_none_is_a_step_off(
    whole: Decimal, shares: list[Decimal]
) -> None:
    total = sum_exactly(shares)
    found = allocate(whole, weights(*map(str, shares)), places=8)
    if total == 0:
        assert found == Undefined(Reason.NO_WEIGHTS)
        return
    assert isinstance(found, dict)
    assert sum_exactly(list(found.values())) == whole
    for part, share in zip(found.values(), shares, strict=True):
        assert abs(part - whole * share / total) < D("1.01e-8")
