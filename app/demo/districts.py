"""What each area would have to bring: the whole's targets split over the areas that report.

The parts sum exactly to the whole. Some areas are asked for more than they are on the way to,
others for less, so that their ratings differ.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from random import Random

from app.demo.figures import Shares
from app.demo.texts import SPLIT
from app.domain.accumulation import AreaRule, Measure
from app.domain.parts.allocation import allocate
from app.domain.path import PathKind
from app.domain.quantity import EXACT, Undefined
from app.domain.target import Target
from app.domain.targets import Targets
from app.schemas.document.indicators import IndicatorEntry
from app.schemas.evaluate import BaselineInput
from app.schemas.targets.targets import TargetRevision
from app.services.state.definitions import PlanDefinition

# How much an area is asked for beside its part, in percent.
EASIEST, HARDEST = 85, 115
# Parts are written to about this many digits of the whole.
DIGITS = 3
MOST_PLACES = 2


def split_targets(
    definition: PlanDefinition, targets: Targets, shares: Shares, chance: Random
) -> list[TargetRevision]:
    """The targets of the areas; an area whose part is nothing has none."""
    found: list[TargetRevision] = []
    for indicator in definition.document.indicators:
        newest = targets.newest(indicator.code, definition.root.code)
        asked = {code: part * chance.randint(EASIEST, HARDEST) for code, part in shares.items()}
        is_summed = indicator.area_rule is AreaRule.SUM and indicator.measure is Measure.REPORTED
        if newest is not None and is_summed:
            found.extend(_split(indicator, newest.target, asked, shares))
    return found


def _split(
    indicator: IndicatorEntry, target: Target, asked: Shares, shares: Shares
) -> Iterator[TargetRevision]:
    values = _allocate(indicator, target.value, asked)
    starts: Mapping[str, Decimal] = {}
    # An increment starts from 0 with the plan, and says no period.
    if target.baseline is not None and target.baseline_period is not None:
        starts = _allocate(indicator, target.baseline, shares)
    for area, value in values.items():
        if value:
            start = starts.get(area)
            # Nothing grows from 0 by a rate.
            is_geometric = target.path is PathKind.GEOMETRIC and start != 0
            given = None
            if start is not None:
                given = BaselineInput(value=start, period=str(target.baseline_period))
            yield TargetRevision(
                indicator=indicator.code,
                area=area,
                value=value,
                path=PathKind.GEOMETRIC if is_geometric else PathKind.LINEAR,
                baseline=given,
                reason=SPLIT,
            )


def _allocate(indicator: IndicatorEntry, whole: Decimal, weights: Shares) -> dict[str, Decimal]:
    """The whole in parts of round numbers, to which it sums."""
    least = 0 if indicator.checks.integer else MOST_PLACES
    exponent = whole.normalize(EXACT).as_tuple().exponent
    digits = -exponent if isinstance(exponent, int) else 0
    places = max(min(least, DIGITS - whole.adjusted()), digits)
    parts = allocate(whole, dict(weights), places=places)
    if isinstance(parts, Undefined):
        raise ValueError(f"{whole} is not split: {parts.reason}")  # noqa: TRY004 - no wrong type
    return parts
