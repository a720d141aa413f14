"""Rules between indicators: one side against the other, at one period, on one basis."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from app.domain.path import Comparator
from app.domain.quantity import sum_exactly
from app.domain.series import Observed


class MissingStrategy(StrEnum):
    """What a rule does when a figure that it needs is not there."""

    SKIP_IF_ANY = "skip_if_any"
    SKIP_IF_ALL = "skip_if_all"
    TREAT_AS_ZERO = "treat_as_zero"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """The sum of the left side must hold against the sum of the right one."""

    code: str
    left: tuple[str, ...]
    comparator: Comparator
    right: tuple[str, ...]
    missing: MissingStrategy

    @property
    def indicators(self) -> tuple[str, ...]:
        """Every indicator that the rule is about."""
        return self.left + self.right


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """The two sides of a rule that does not hold."""

    left: Decimal
    right: Decimal


def find_breach(rule: Rule, figures: Mapping[str, Observed]) -> Breach | None:
    """The two sides where the rule does not hold; None where it does, or cannot be judged.

    Figures on different bases are never held against each other.
    """
    known = {
        code: figures[code]
        for code in rule.indicators
        if code in figures and figures[code].value is not None
    }
    if not known or len({each.basis for each in known.values()}) > 1:
        return None
    is_short = len(known) < len(set(rule.indicators))
    if is_short and rule.missing is MissingStrategy.SKIP_IF_ANY:
        return None
    left, right = _side(rule.left, known), _side(rule.right, known)
    return None if rule.comparator.holds(left, right) else Breach(left=left, right=right)


def _side(codes: tuple[str, ...], known: Mapping[str, Observed]) -> Decimal:
    values = [known[code].value for code in codes if code in known]
    return sum_exactly([value for value in values if value is not None])
