"""Simulated figures: a way to each target, faster or slower than the plan asks, spread over areas.

Everything comes from the plan as it is defined and from the chance that a seed gives: no area or
indicator is known here. Figures are exact decimals, so that a seed gives the same on any machine.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_FLOOR, Decimal
from random import Random

from app.domain.accumulation import Accumulation, Frequency, Measure
from app.domain.quantity import EXACT, Undefined
from app.domain.target import Target
from app.domain.targets import Targets
from app.domain.time.period import QUARTERS_A_YEAR, Period
from app.schemas.document.indicators import IndicatorEntry
from app.schemas.document.plan import AreaEntry
from app.services.state.definitions import PlanDefinition

# What part of the way that the plan asks for is gone, by the slowest and the fastest indicator.
SLOWEST, FASTEST = Decimal("0.58"), Decimal("1.3")
# And by the plan's first indicator, which just misses its target.
NEARLY = Decimal("0.95")
# Where a level starts whose baseline the plan does not state, as a part of its target.
START = Decimal("0.6")
SEASONS = (Decimal("0.22"), Decimal("0.24"), Decimal("0.25"), Decimal("0.29"))
# How many times as large an area is as the next one away from the centre.
STEP = 3
WOBBLE_PERCENT = 9
CENT, WHOLE, HUNDRED = Decimal("0.01"), Decimal(1), Decimal(100)

# By indicator, area and the period's index: what the area would report.
SimulatedFigures = Mapping[tuple[str, str, int], Decimal]
# By area: its part of the whole. They sum to 1.
Shares = Mapping[str, Decimal]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Way:
    """How an indicator moves: towards its target, at a part of the speed that the plan asks for."""

    indicator: IndicatorEntry
    target: Target
    baseline: Decimal
    pace: Decimal

    def total_at(self, period: Period) -> Decimal:
        """Where the whole plan stands at a period."""
        path = self.target.path_value_at(period)
        if isinstance(path, Undefined):
            raise ValueError(f"no path at {period}: {path.reason}")  # noqa: TRY004 - no wrong type
        return EXACT.fma(EXACT.subtract(path, self.baseline), self.pace, self.baseline)

    def step_at(self, period: Period) -> Decimal:
        """What a period brings: of a year, its season's share; of a level, the level itself."""
        kind = self.indicator.accumulation
        if kind is Accumulation.ANNUAL_FLOW:
            year = self.total_at(Period(period.year, 4))
            return EXACT.multiply(year, SEASONS[period.quarter_of_year - 1])
        before = self.total_at(period.shift(-1)) if kind is Accumulation.INCREMENT else Decimal(0)
        return EXACT.subtract(self.total_at(period), before)


def share_out(areas: Sequence[AreaEntry], chance: Random) -> Shares:
    """The areas' parts of the whole.

    The areas to which the plan gives a role of their own are the large ones, and the one in the
    middle of these is the centre; where the plan gives none, all are taken in its order.
    """
    roles = Counter(area.role_zh for area in areas)
    own = [area for area in areas if area.role_zh and roles[area.role_zh] == 1] or list(areas)
    centre = len(own) // 2
    weights = {area.code: Decimal(1) for area in areas}
    for place, area in enumerate(own):
        weights[area.code] = Decimal(STEP) ** (centre + 1 - abs(place - centre))
    uneven = {code: weight * chance.randint(60, 140) for code, weight in weights.items()}
    whole = sum(uneven.values(), Decimal(0))
    return {code: EXACT.divide(weight, whole) for code, weight in uneven.items()}


def simulate_figures(
    definition: PlanDefinition,
    targets: Targets,
    shares: Shares,
    periods: Sequence[Period],
    chance: Random,
) -> SimulatedFigures:
    """Every figure of every reporting area, from the first period of the plan on."""
    areas = [area for area in definition.document.areas if area.reports]
    found: dict[tuple[str, str, int], Decimal] = {}
    for way in _find_ways(definition, targets, chance):
        offsets = chance.sample(range(len(areas)), len(areas))
        for area, offset in zip(areas, offsets, strict=True):
            # Rounded down from places spread over a unit, so that the areas' sum is about right.
            shift = EXACT.divide(Decimal(2 * offset + 1), Decimal(2 * len(areas)))
            for period, value in _walk(way, shares[area.code], shift, periods, chance):
                found[way.indicator.code, area.code, period.index] = value
    return found


def shape(indicator: IndicatorEntry, value: Decimal) -> Decimal:
    """A number as such figures are written: a count is whole, anything else has two places."""
    return value.quantize(WHOLE if indicator.checks.integer else CENT, ROUND_FLOOR, EXACT)


def choose_absent(
    figures: SimulatedFigures, definition: PlanDefinition, chance: Random
) -> tuple[str, str, int]:
    """A figure that comes with a reason instead of a value: an annual one, if there are any."""
    last = max(index for _, _, index in figures)
    # Not of the last two years, whose results are published.
    settled = [key for key in figures if key[2] <= last - 2 * QUARTERS_A_YEAR]
    annual = [
        key
        for key in settled
        if definition.indicators[key[0]].frequency is Frequency.YEAR
        and Period.from_index(key[2]).ends_year
    ]
    return chance.choice(annual or settled)


def _find_ways(definition: PlanDefinition, targets: Targets, chance: Random) -> list[_Way]:
    """The indicators that are reported and have a target, each with a pace of its own."""
    found = []
    first, *others = (i for i in definition.document.indicators if i.measure is Measure.REPORTED)
    for indicator, pace in [(first, NEARLY), *_set_paces(others, chance)]:
        newest = targets.newest(indicator.code, definition.root.code)
        if newest is None:
            continue
        target = newest.target
        if target.baseline is None:
            before = Period(definition.document.plan.start_year - 1, 4)
            start = EXACT.multiply(target.value, START)
            target = replace(target, baseline=start, baseline_period=before)
        baseline = Decimal(0) if target.baseline is None else target.baseline
        found.append(_Way(indicator=indicator, target=target, baseline=baseline, pace=pace))
    return found


def _set_paces(
    indicators: Sequence[IndicatorEntry], chance: Random
) -> Iterator[tuple[IndicatorEntry, Decimal]]:
    """From the slowest to the fastest, which alone meets its target before the deadline."""
    ladder = chance.sample(indicators, len(indicators))
    early = next(filter(_can_be_early, ladder), None)
    ladder.sort(key=lambda each: (each == early, not _can_be_early(each)))
    for place, indicator in enumerate(ladder):
        rung = EXACT.divide(Decimal(place), Decimal(max(len(ladder) - 1, 1)))
        yield indicator, EXACT.fma(rung, FASTEST - SLOWEST, SLOWEST)


def _can_be_early(indicator: IndicatorEntry) -> bool:
    """Whether it counts every quarter: the total of a year is not known before its end."""
    is_flow = indicator.accumulation is Accumulation.ANNUAL_FLOW
    return indicator.frequency is Frequency.QUARTER and not is_flow


def _walk(
    way: _Way, share: Decimal, shift: Decimal, periods: Sequence[Period], chance: Random
) -> Iterator[tuple[Period, Decimal]]:
    """An area's figures: running totals on the longest basis, or levels."""
    kind, total = way.indicator.accumulation, Decimal(0)
    for period in periods:
        is_new_year = kind is Accumulation.ANNUAL_FLOW and period.quarter_of_year == 1
        if is_new_year or kind is Accumulation.LEVEL:
            total = Decimal(0)
        part = EXACT.multiply(way.step_at(period), share)
        total = EXACT.fma(part, _wobble(chance), total)
        yield period, shape(way.indicator, EXACT.add(total, shift))


def _wobble(chance: Random) -> Decimal:
    """About one: no quarter is like the other."""
    return 1 + Decimal(chance.randint(-100 * WOBBLE_PERCENT, 100 * WOBBLE_PERCENT)) / 10_000
