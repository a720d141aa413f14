"""Student's t and the negative binomial against published tables and closed forms."""

from decimal import Decimal
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.outlook.distribution import (
    negative_binomial_tail,
    student_t_cdf,
    student_t_quantile,
)

D = Decimal


def is_close(found: Decimal, expected: Decimal, part: str = "1e-18") -> bool:
    return abs(found - expected) <= D(part) * abs(expected)


# Table of the upper 10 %, 5 %, 2.5 % and 0.5 % points of Student's t (the last digit rounded).
@pytest.mark.parametrize(
    ("share", "df", "published"),
    [
        ("0.9", 1, "3.077683537"),
        ("0.9", 2, "1.885618083"),
        ("0.9", 3, "1.637744354"),
        ("0.9", 4, "1.533206274"),
        ("0.9", 10, "1.372183641"),
        ("0.9", 30, "1.310415025"),
        ("0.95", 5, "2.015048373"),
        ("0.975", 10, "2.228138852"),
        ("0.975", 120, "1.979930405"),
        ("0.995", 20, "2.845339710"),
    ],
)
def test_quantiles_agree_with_the_published_table(share: str, df: int, published: str) -> None:
    assert round(student_t_quantile(D(share), df=df), 9) == D(published)


def test_quantile_with_two_degrees_of_freedom_has_its_closed_form() -> None:
    """It is (2p - 1) / sqrt(2p(1 - p)); for p = 0.9 that is 0.8/sqrt(0.18)."""
    assert is_close(student_t_quantile(D("0.9"), df=2), D("0.8") / D("0.18").sqrt(), "1e-26")


# 60-digit reference values of P(T <= t) (mpmath 1.4, betainc), cut to 20 digits.
@pytest.mark.parametrize(
    ("at", "df", "reference"),
    [
        ("0.3", 1, "5.92773579077742343558e-1"),
        ("-2.5", 1, "1.21118941590843398724e-1"),
        ("1.7", 5, "9.25061606575838052803e-1"),
        ("-0.4", 30, "3.45995258257096002642e-1"),
        ("-6", 4, "1.94126852348025521017e-3"),
        ("-40", 30, "6.86302259720320139357e-28"),
        ("-12", 200, "1.21106800262331570972e-25"),
        ("2", 199, "9.76569999799358081943e-1"),
    ],
)
def test_cdf_agrees_with_references_to_eighteen_digits(at: str, df: int, reference: str) -> None:
    assert is_close(student_t_cdf(D(at), df=df), D(reference))


def test_cdf_is_one_half_at_zero() -> None:
    assert student_t_cdf(D(0), df=7) == D("0.5")


def test_cdf_without_a_degree_of_freedom_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one degree of freedom, not 0"):
        student_t_cdf(D(1), df=0)


@pytest.mark.parametrize("share", ["0", "1", "-0.1", "1.1"])
def test_quantile_outside_zero_to_one_is_refused(share: str) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        student_t_quantile(D(share), df=3)


@given(share=st.decimals("0.001", "0.999", places=3), df=st.integers(1, 200))
def test_cdf_of_the_quantile_is_the_share(share: Decimal, df: int) -> None:
    assert is_close(student_t_cdf(student_t_quantile(share, df=df), df=df), share)


@given(at=st.decimals("-50", "50", places=2), df=st.integers(1, 200))
def test_cdf_is_symmetrical_about_zero(at: Decimal, df: int) -> None:
    total = student_t_cdf(at, df=df) + student_t_cdf(-at, df=df)

    assert is_close(total, D(1))


def test_median_is_zero() -> None:
    assert student_t_quantile(D("0.5"), df=3) == 0


# As above: P(N >= m) = I_(1-p)(m, r), with mpmath.
@pytest.mark.parametrize(
    ("at_least", "r", "p", "reference"),
    [
        (1, "0.5", "0.1", "6.83772233983162066800e-1"),
        (2, "3.5", "0.62", "5.62753004176785553069e-1"),
        (29, "0.5", "0.06", "5.92544678853893772918e-2"),
        (12, "17.5", "0.75", "3.39811867702181645265e-2"),
        (60, "2.5", "0.2", "0.0000544401586353307451226"),
        (300, "0.5", "0.2", "6.11399616762265816852e-31"),
        (3, "200.5", "0.5", "1.00000000000000000000"),
    ],
)
def test_tail_agrees_with_references_to_eighteen_digits(
    at_least: int, r: str, p: str, reference: str
) -> None:
    assert is_close(negative_binomial_tail(at_least, r=D(r), p=D(p)), D(reference))


@given(
    at_least=st.integers(1, 40),
    r=st.integers(1, 30),
    p=st.decimals("0.05", "0.99", places=2),
)
def test_tail_with_whole_r_is_a_binomial_sum(at_least: int, r: int, p: Decimal) -> None:
    """At least m failures before the r-th success: under r successes in m + r - 1 trials."""
    trials = at_least + r - 1

    found = negative_binomial_tail(at_least, r=D(r), p=p)

    expected = sum((comb(trials, n) * p**n * (1 - p) ** (trials - n) for n in range(r)), D(0))
    assert is_close(found, expected)


@pytest.mark.parametrize("at_least", [0, -3])
def test_none_or_fewer_arrivals_are_certain(at_least: int) -> None:
    assert negative_binomial_tail(at_least, r=D("0.5"), p=D("0.4")) == 1


@pytest.mark.parametrize(("at_least", "r", "p"), [(2, "60.5", "0.15"), (4, "183.5", "0.48")])
def test_no_rounding_makes_anything_more_than_certain(at_least: int, r: str, p: str) -> None:
    assert negative_binomial_tail(at_least, r=D(r), p=D(p)) == 1


def test_nothing_arrives_after_the_end() -> None:
    assert negative_binomial_tail(1, r=D("3.5"), p=D(1)) == 0


@pytest.mark.parametrize(("r", "p"), [("0", "0.5"), ("-1", "0.5"), ("1", "0"), ("1", "1.01")])
def test_impossible_parameters_are_refused(r: str, p: str) -> None:
    with pytest.raises(ValueError, match="no negative binomial"):
        negative_binomial_tail(2, r=D(r), p=D(p))
