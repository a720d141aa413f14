"""What changed figures and targets move between two states of a plan: rows at every period."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from app.domain.columns import SeriesKey, counted_in
from app.domain.course.glance import Glance, glance
from app.domain.standing import Plan
from app.domain.time.period import Period
from app.schemas.publications import RowChange
from app.services.state.figures import FigureKey
from app.services.state.plan import KnownPlan
from app.tables import Target

_COMPARED = ("target", "target_high", "actual", "gap", "rating", "areas_reported")
# Before every quarter.
_EVER = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """From which quarter on a row may differ, and quarters at which it may without a figure."""

    since: int
    also: frozenset[Period] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A row at a quarter in two states of a plan; None where one does not have the row."""

    key: SeriesKey
    period: Period | None
    was: Glance | None
    now: Glance | None


def list_moved(
    first: KnownPlan,
    second: KnownPlan,
    figures: Iterable[FigureKey],
    period: Period | None = None,
) -> Iterator[RowChange]:
    """Every target, actual, gap, rating or coverage that differs, in the plan's order.

    ``figures``: the official figures that differ. ``period``: only rows of this quarter; by
    default those of every quarter that either plan has a figure for.
    """
    found = moved_by(first.plan, second.plan, figures)
    states = [(each.definition.revision, each.history_revision) for each in (first, second)]
    if states[0] != states[1]:
        found |= {key: Reach(since=_EVER) for key in _all(first.plan) | _all(second.plan)}
    for key, versions in _changed_targets(first, second).items():
        begins = [Period.parse(each.valid_from) for each in versions if each.valid_from]
        found[key] = Reach(since=_EVER, also=frozenset(each.as_quarter for each in begins))
    for pair in pair_rows(first.plan, second.plan, found, period):
        yield from _compare(pair)


def moved_by(first: Plan, second: Plan, figures: Iterable[FigureKey]) -> dict[SeriesKey, Reach]:
    """The rows that may differ by these figures.

    No value rests on later figures, so that one moves rows from its own quarter on.
    """
    found: dict[SeriesKey, Reach] = {}
    for figure in figures:
        key, at = SeriesKey(figure.indicator, figure.area), Period.parse(figure.period).index
        for plan in (each for each in (first, second) if _has(each, key)):
            for moved in counted_in(plan.rules, [key]):
                since = min(at, found[moved].since) if moved in found else at
                found[moved] = Reach(since=since)
    return found


def pair_rows(
    first: Plan, second: Plan, reach: Mapping[SeriesKey, Reach], period: Period | None = None
) -> Iterator[Pair]:
    """The rows within reach, each at every quarter with a figure, or at one quarter."""
    for indicator in {**second.rules.indicators, **first.rules.indicators}:
        for area in {**second.rules.areas, **first.rules.areas}:
            key = SeriesKey(indicator, area)
            if key not in reach:
                continue
            known = [each for each in (first, second) if _has(each, key)]
            periods = _periods(known, key, reach[key]) if period is None else [period]
            for at in periods:
                was, now = _look(first, key, at), _look(second, key, at)
                yield Pair(key=key, period=at, was=was, now=now)


def _changed_targets(first: KnownPlan, second: KnownPlan) -> dict[SeriesKey, list[Target]]:
    """The versions of targets that only one of the two knows."""
    older, newer = sorted((first, second), key=lambda known: known.snapshot.revision)
    found = {
        SeriesKey(*key): [each for each in rows if each.revision > older.snapshot.revision]
        for key, rows in newer.stored_targets.rows.items()
    }
    return {key: versions for key, versions in found.items() if versions}


def _all(plan: Plan) -> set[SeriesKey]:
    rules = plan.rules
    return {SeriesKey(code, area) for code in rules.indicators for area in rules.areas}


def _has(plan: Plan, key: SeriesKey) -> bool:
    return key.indicator in plan.rules.indicators and key.area in plan.rules.areas


def _periods(plans: Iterable[Plan], key: SeriesKey, reach: Reach) -> list[Period] | list[None]:
    """The quarters with a figure; none where there is only a target."""
    found = {period.index for period in reach.also}
    for plan in plans:
        indicator = plan.rules.level_of(plan.rules.indicators[key.indicator])
        reported = plan.figures.periods(indicator, key.area)
        found |= {each.index for each in reported if each.index >= reach.since}
    return [Period.from_index(index) for index in sorted(found)] or [None]


def _look(plan: Plan, key: SeriesKey, at: Period | None) -> Glance | None:
    if not _has(plan, key):
        return None
    return glance(plan.track(plan.rules.indicators[key.indicator], key.area), at)


def _compare(pair: Pair) -> Iterator[RowChange]:
    for name in _COMPARED:
        before, after = _shown(pair.was, name), _shown(pair.now, name)
        if before != after:
            yield RowChange(
                **pair.key._asdict(),
                period=None if pair.period is None else str(pair.period),
                field=name,
                before=before,
                after=after,
            )


def _shown(found: Glance | None, name: str) -> Decimal | str | None:
    value = getattr(found, name, None)
    if isinstance(value, int):
        return Decimal(value)
    return value if isinstance(value, Decimal | str) else None
