"""How far a value lies out, worked by hand, and from where on it is asked about."""

from decimal import Decimal

import pytest

from app.domain.checks.outliers import Outlying, judge_constant, judge_outlier

D = Decimal
STEADY = [D(each) for each in (100, 102, 98, 101, 99, 103, 97, 100)]


def judged(value: str, earlier: list[Decimal], method: str = "modified_z") -> Outlying:
    found = judge_outlier(D(value), earlier, method=method, threshold=D("3.5"))
    assert found is not None
    return found


def test_the_score_goes_by_the_median_in_whatever_order_the_values_came() -> None:
    """Median 100, median distance 2: 80 are 80 x 0.6745 / 2 deviations."""
    found = judged("180", STEADY)

    assert found.z == D("26.98")
    assert (round(found.low, 4), round(found.high, 4)) == (D("89.6219"), D("110.3781"))


def test_of_an_even_number_of_values_the_two_in_the_middle_count() -> None:
    """Median 5.5 of 1 to 9 and 50, median distance 2.5: 44.5 x 0.6745 / 2.5."""
    found = judged("50", [D(each) for each in (1, 9, 2, 8, 3, 7, 4, 6, 5)])

    assert found.z == D("12.0061")


def test_where_half_of_the_values_agree_the_mean_distance_counts() -> None:
    """Distances 0 (seven times), 1 and 45 have the mean 46/9: 45 x 0.797885 x 9 / 46."""
    found = judged("50", [D(5)] * 7 + [D(6)])

    assert round(found.z, 6) == D("7.024857")


def test_a_value_far_below_is_as_unlike_the_others_as_one_far_above() -> None:
    assert judged("20", STEADY).z == D("-26.98")


def test_a_value_at_the_threshold_is_not_asked_about() -> None:
    """Median 0.6745 and median distance 1.349, so that a deviation is 2 and 3.5 of them 7."""
    earlier = [D("-0.6745")] * 4 + [D("0.6745")] * 4

    assert judge_outlier(D("7.6745"), earlier, method="modified_z", threshold=D("3.5")) is None
    assert round(judged("7.6746", earlier).z, 5) == D("3.50005")


def test_the_plain_score_goes_by_mean_and_population_deviation() -> None:
    """Fifteen times 0 and then 16: mean 1, deviation the root of 15."""
    found = judged("16", [D(0)] * 15, "z")

    assert round(found.z, 6) == D("3.872983")


@pytest.mark.parametrize(("count", "constant"), [(7, None), (8, D(5)), (9, D(5))])
def test_eight_equal_values_are_a_constant(count: int, constant: Decimal | None) -> None:
    assert judge_constant(D(6), [D(5)] * count) == constant


def test_seven_values_say_nothing_of_what_is_usual() -> None:
    for method in ("modified_z", "z"):
        assert judge_outlier(D(999), STEADY[1:], method=method, threshold=D(1)) is None


@pytest.mark.parametrize("value", ["110.37", "89.63", "104", "100", "96"])
def test_a_value_within_the_bounds_is_not_asked_about(value: str) -> None:
    """Median 100, median distance 2: the bounds are 89.6219 and 110.3781."""
    found = judge_outlier(D(value), STEADY, method="modified_z", threshold=D("3.5"))

    assert found is None


@pytest.mark.parametrize("value", ["110.38", "89.62"])
def test_a_value_just_beyond_the_bounds_is_asked_about(value: str) -> None:
    assert abs(judged(value, STEADY).z) > D("3.5")


def test_a_threshold_of_0_asks_about_every_value_that_is_not_the_median() -> None:
    """With 101 the median is 100, and the median distance 1."""
    found = judge_outlier(D(101), STEADY, method="modified_z", threshold=D(0))

    assert found is not None
    assert round(found.z, 20) == D("0.6745")
    assert judge_outlier(D(100), STEADY, method="modified_z", threshold=D(0)) is None
