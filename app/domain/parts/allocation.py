"""A target split over areas that have none of their own: notional, by stated weights.

Nobody has promised the parts; they only show what the whole would ask of each
(docs/measures.md#contributions).
"""

from collections.abc import Mapping
from decimal import ROUND_FLOOR, Decimal

from app.domain.quantity import EXACT, Quantity, Reason, Undefined, sum_exactly


def allocate(
    whole: Decimal, weights: Mapping[str, Quantity], *, places: int
) -> dict[str, Decimal] | Undefined:
    """Parts of the whole in proportion to the weights, which sum to it exactly.

    Each is rounded to ``places`` digits after the point by the largest remainder, ties in the
    given order. ``no_weights`` unless every weight is known, none negative, and one positive.
    ValueError for a whole with more digits than that, to which no such parts sum.

    >>> allocate(Decimal(10), {"a": Decimal(1), "b": Decimal(2)}, places=0)
    {'a': Decimal('3'), 'b': Decimal('7')}
    """
    quantum = Decimal(1).scaleb(-places)
    if whole % quantum:
        raise ValueError(f"{whole} has more than {places} digits after the point")
    known = {area: weight for area, weight in weights.items() if isinstance(weight, Decimal)}
    total = sum_exactly(list(known.values()))
    if len(known) < len(weights) or total <= 0 or min(known.values()) < 0:
        return Undefined(Reason.NO_WEIGHTS)
    exact = {
        area: EXACT.divide(EXACT.multiply(whole, weight), total) for area, weight in known.items()
    }
    parts = {area: part.quantize(quantum, ROUND_FLOOR) for area, part in exact.items()}
    left = EXACT.subtract(whole, sum_exactly(list(parts.values())))
    by_remainder = sorted(parts, key=lambda area: exact[area] - parts[area], reverse=True)
    for area in by_remainder[: int(left / quantum)]:
        parts[area] += quantum
    return parts
