"""A formula: written as its definition is, and ended by the first letter that is not known.

Outside a formula what is undefined is a value with its reason, like any other result. Inside
it is an exception that no one but :func:`formula` catches, so that a definition needs no branch.
"""

from collections.abc import Callable
from decimal import getcontext, setcontext
from functools import wraps
from typing import ParamSpec, TypeVar

from app.domain.quantity import EXACT, Reason, Undefined

P = ParamSpec("P")
T = TypeVar("T")


class _UnknownError(Exception):
    """A formula has met something unknown; only :func:`formula` catches it."""

    def __init__(self, why: Undefined) -> None:
        self.why = why


def formula(compute: Callable[P, T]) -> Callable[P, T | Undefined]:
    """A definition as a function: to forty digits, and undefined where it meets the unknown.

    Inside it numbers are added and divided by the usual signs, :func:`known` takes what may be
    undefined and :func:`require` states a condition. Of several reasons the first one is given.

    >>> from decimal import Decimal
    >>> formula(lambda part, whole: known(part) / known(whole))(Decimal(1), Decimal(8))
    Decimal('0.125')
    """

    @wraps(compute)
    def evaluate(*args: P.args, **kwargs: P.kwargs) -> T | Undefined:
        # Not localcontext: it copies the context, which takes longer than most formulas.
        outer = getcontext()
        setcontext(EXACT)
        try:
            return compute(*args, **kwargs)
        except _UnknownError as unknown:
            return unknown.why
        finally:
            setcontext(outer)

    return evaluate


def known(value: T | Undefined) -> T:
    """The value inside a formula, which ends with its reason where there is none."""
    if isinstance(value, Undefined):
        raise _UnknownError(value)
    return value


def require(condition: bool, reason: Reason) -> None:  # noqa: FBT001  # reads as in the law
    """End the formula with this reason unless the condition holds."""
    if not condition:
        raise _UnknownError(Undefined(reason))
