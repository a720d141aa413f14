"""The two distributions of the projections: Student-t and the negative binomial.

Both come down to the regularized incomplete beta function (NIST DLMF 8.17), summed
as a series of positive terms in decimals: right to 18 digits and more, far tails included.
"""

from decimal import Decimal, localcontext
from functools import lru_cache

from app.domain.quantity import EXACT

_PI = Decimal("3.141592653589793238462643383279502884197169399375")
_HALF = Decimal("0.5")
_NEGLIGIBLE = Decimal("1e-40")
_CONVERGED = Decimal("1e-30")
# Above this argument the series is slow, and that of the complement is fast.
_SLOW = Decimal("0.75")
# One minus a number keeps twenty of the forty digits while it is above this.
_CANCELLED = Decimal("1e-20")


def student_t_cdf(at: Decimal, *, df: int) -> Decimal:
    """P(T <= at), 0 to 1, for Student's t with df >= 1 degrees of freedom.

    Half of I_x(df/2, 1/2) with x = df/(df + at^2) lies below -abs(at). ValueError for df < 1.

    >>> round(student_t_cdf(Decimal(1), df=1), 12)
    Decimal('0.750000000000')
    """
    if df < 1:
        raise ValueError(f"Student's t needs at least one degree of freedom, not {df}")
    with localcontext(EXACT):
        freedom = Decimal(df)
        x = freedom / (freedom + at * at)
        tail = _regularized_beta(x, freedom / 2, _HALF) / 2
        return tail if at <= 0 else 1 - tail


@lru_cache(maxsize=1024)
def student_t_quantile(share: Decimal, *, df: int) -> Decimal:
    """The t with P(T <= t) = share, for 0 < share < 1; ValueError outside.

    Newton's method from 0: the distribution function is concave above 0, so every
    step stays on the near side of the root. Kept, since a table asks for few of them.

    >>> round(student_t_quantile(Decimal("0.9"), df=4), 9)
    Decimal('1.533206274')
    """
    if not 0 < share < 1:
        raise ValueError(f"a quantile is asked for at a share between 0 and 1, not {share}")
    with localcontext(EXACT):
        beyond = min(share, 1 - share)
        at, step = Decimal(0), Decimal(1)
        while step > at * _CONVERGED:
            step = (student_t_cdf(-at, df=df) - beyond) / _student_t_density(at, df)
            at += step
        return at if share >= _HALF else -at


def negative_binomial_tail(at_least: int, *, r: Decimal, p: Decimal) -> Decimal:
    """P(N >= at_least), 0 to 1, for N ~ NB(r, p): arrivals before the r-th success.

    It is I_(1-p)(at_least, r); r > 0 need not be whole. With r = k + 1/2 and p the
    elapsed share, N is what is still to come after k arrivals at a steady unknown rate
    (gamma-Poisson, Jeffreys prior). ValueError for r <= 0 or p outside (0, 1].

    >>> round(negative_binomial_tail(1, r=Decimal(2), p=Decimal("0.5")), 4)
    Decimal('0.7500')
    """
    if r <= 0 or not 0 < p <= 1:
        raise ValueError(f"no negative binomial has r = {r}, p = {p}")
    if at_least <= 0:
        return Decimal(1)
    with localcontext(EXACT):
        return _regularized_beta(1 - p, Decimal(at_least), r)


def _student_t_density(at: Decimal, df: int) -> Decimal:
    freedom = Decimal(df)
    kernel = (1 + at * at / freedom) ** (-(freedom + 1) / 2)
    return kernel / (freedom.sqrt() * _beta(freedom / 2, _HALF))


def _regularized_beta(x: Decimal, a: Decimal, b: Decimal) -> Decimal:
    """I_x(a, b) by DLMF 8.17.8, or as one minus I_(1-x)(b, a)."""
    front = x**a * (1 - x) ** b / _beta(a, b)
    if x > _SLOW:
        rest = 1 - front / b * _beta_series(1 - x, b, a)
        if rest > _CANCELLED:
            return rest
    return min(front / a * _beta_series(x, a, b), Decimal(1))


def _beta_series(x: Decimal, a: Decimal, b: Decimal) -> Decimal:
    total = term = Decimal(1)
    place = 0
    while term > total * _NEGLIGIBLE:
        term *= x * (a + b + place) / (a + 1 + place)
        total += term
        place += 1
    return total


def _beta(a: Decimal, b: Decimal) -> Decimal:
    """B(a, b) for a whole a, or for half of an odd number with b = 1/2."""
    at = a % 1 or Decimal(1)
    value = _PI if at == _HALF else 1 / b
    while at < a:
        value *= at / (at + b)
        at += 1
    return value
