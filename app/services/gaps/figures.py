"""The actuals of a plan: the value of any indicator in any area at any period.

One object answers for one snapshot; it derives per area first, then sums.
"""

from collections.abc import Mapping
from decimal import Decimal

from app.domain.accumulation import Measure
from app.domain.coverage import Actual, Part, combine
from app.domain.quantity import Reason, Undefined
from app.domain.series import Comparable, Observed, Series, ratio_of
from app.domain.time.period import Period
from app.schemas.document.plan import IndicatorEntry
from app.services.gaps.observations import KnownFigures, SeriesKey
from app.services.ledger.snapshots import Snapshot
from app.services.plans.definitions import PlanDefinition

Assumed = Mapping[SeriesKey, Mapping[int, Observed]]
_NOTHING = Comparable(value=Undefined(Reason.NO_DATA))


class Figures:
    """The figures of a plan at a snapshot, derived on demand and kept while it lives.

    ``assumed``: figures of a scenario, which go before those that were reported.
    """

    def __init__(
        self,
        definition: PlanDefinition,
        known: KnownFigures,
        snapshot: Snapshot,
        assumed: Assumed | None = None,
    ) -> None:
        self.definition = definition
        self._known = known
        self._snapshot = snapshot
        self._assumed = assumed or {}
        self._series: dict[tuple[str, str, bool], Series] = {}
        self._actuals: dict[tuple[str, str, int, int], Actual] = {}

    def assuming(self, assumed: Assumed) -> "Figures":
        """The same figures with others assumed in their place."""
        return Figures(self.definition, self._known, self._snapshot, assumed)

    def actual(
        self,
        indicator: IndicatorEntry,
        area: str,
        period: Period,
        *,
        carry_forward: int = 0,
    ) -> Actual:
        """The value of an area at a period: its own figure, else the sum of those below it."""
        key = (indicator.code, area, period.index, carry_forward)
        if key not in self._actuals:
            self._actuals[key] = self._combine(indicator, area, period, carry_forward)
        return self._actuals[key]

    def periods(self, indicator: IndicatorEntry, area: str) -> list[Period]:
        """The quarters for which the area or any of those summed has a value, ascending."""
        places = [(area, False), *((a, True) for a in self._summands(indicator, area))]
        found = {
            period.index
            for part in self.definition.reported_parts(indicator)
            for place, in_sum in places
            for period in self._series_of(part, place, in_sum=in_sum).periods
        }
        return [Period.from_index(index) for index in sorted(found)]

    def sides(self, indicator: IndicatorEntry, area: str, period: Period) -> tuple[Actual, Actual]:
        """An area's total by its own figures alone, and by those of the areas below it alone.

        Annual flows are totals since 1 January here, not trailing years.
        """
        own = self._total(indicator, area, period, in_sum=False)
        parts = tuple(
            Part(area=code, value=self._total(indicator, code, period, in_sum=True))
            for code in self._summands(indicator, area)
        )
        scale = _scale(indicator)
        return (
            combine(period=period, own=own, parts=(), scale=scale),
            combine(period=period, own=_NOTHING, parts=parts, scale=scale),
        )

    def own(self, indicator: IndicatorEntry, area: str, period: Period) -> Observed | None:
        """The figure that the area itself reported for the period."""
        return self._series_of(indicator.code, area, in_sum=False).at(period)

    def last_before(self, indicator: IndicatorEntry, area: str, period: Period) -> Observed | None:
        """The newest figure with a value that the area itself reported for an earlier period."""
        series = self._series_of(indicator.code, area, in_sum=False)
        earlier = [each for each in series.periods if each.index < period.index]
        return series.at(earlier[-1]) if earlier else None

    def _combine(
        self, indicator: IndicatorEntry, area: str, period: Period, carry_forward: int
    ) -> Actual:
        own = self._comparable(indicator, area, period, carry_forward, in_sum=False)
        parts = tuple(
            Part(
                area=code,
                value=self._comparable(indicator, code, period, carry_forward, in_sum=True),
            )
            for code in self._summands(indicator, area)
        )
        return combine(period=period, own=own, parts=parts, scale=_scale(indicator))

    def _comparable(
        self,
        indicator: IndicatorEntry,
        area: str,
        period: Period,
        carry_forward: int,
        *,
        in_sum: bool,
    ) -> Comparable:
        found = [
            self._series_of(part, area, in_sum=in_sum).comparable(
                period, carry_forward=carry_forward
            )
            for part in self.definition.reported_parts(indicator)
        ]
        if indicator.measure is Measure.RATIO:
            return ratio_of(found[0], found[1], scale=_scale(indicator))
        return found[0]

    def _total(
        self, indicator: IndicatorEntry, area: str, period: Period, *, in_sum: bool
    ) -> Comparable:
        if indicator.measure is Measure.RATIO:
            return self._comparable(indicator, area, period, 0, in_sum=in_sum)
        return self._series_of(indicator.code, area, in_sum=in_sum).total(period)

    def _summands(self, indicator: IndicatorEntry, area: str) -> tuple[str, ...]:
        return tuple(self.definition.summands(indicator, area))

    def _series_of(self, indicator: str, area: str, *, in_sum: bool) -> Series:
        key = (indicator, area, in_sum)
        if key not in self._series:
            self._series[key] = self._make_series(indicator, area, in_sum=in_sum)
        return self._series[key]

    def _make_series(self, indicator: str, area: str, *, in_sum: bool) -> Series:
        by_index = dict(self._known.official.get((indicator, area), {}))
        if self._snapshot.sees_pending(area, in_sum=in_sum):
            for index, pending in self._known.pending.get((indicator, area), {}).items():
                official = by_index.get(index)
                if official is None or official.revision < pending.revision:
                    by_index[index] = pending
        by_index.update(self._assumed.get((indicator, area), {}))
        return Series.of(
            by_index.values(),
            accumulation=self.definition.indicators[indicator].accumulation,
            start=self.definition.document.plan.start_date,
        )


def _scale(indicator: IndicatorEntry) -> Decimal:
    return Decimal(100) if indicator.unit == "%" else Decimal(1)
