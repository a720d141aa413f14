"""The observations of a dataflow: the figures, or the gap table, as cells by component."""

import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import groupby

from sqlmodel import Session, col, select

from app.domain.accumulation import Frequency
from app.domain.plan import Indicator
from app.domain.standing import Plan, stand
from app.domain.time.period import Period
from app.errors.failure import NothingThere
from app.schemas.gaps.row import GapRow
from app.schemas.observations import ObservationRow
from app.sdmx.model import TIME, Availability, Dataflow, DataSet, ObservationCells
from app.sdmx.selection import Selection
from app.sdmx.structures import FIGURES
from app.sdmx.words import STATUSES, unit_code
from app.services.gaps.table import to_row
from app.services.state.keys import FigureFilter, Release
from app.services.state.observations import list_observations
from app.services.state.plan import KnownPlan
from app.tables import LedgerEntry
from app.vocabulary import to_instant, to_number

QUARTERLY, ANNUAL = "Q", "A"


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesOrder:
    """Which observations are wanted. ``first`` and ``last``: so many periods of each series.

    ``updated_after``: only what became known after this revision.
    """

    structure: str
    selection: Selection
    first: int | None = None
    last: int | None = None
    include_history: bool = False
    updated_after: int | None = None


def list_datasets(
    session: Session, known: KnownPlan, flow: Dataflow, order: SeriesOrder
) -> tuple[DataSet, ...]:
    """The observations in the order of the JSON answers; versions as a set for each revision.

    NothingThere when there is none: that is how SDMX-REST answers.
    """
    rows = (
        _figures(session, known, flow, order)
        if order.structure == FIGURES
        else _gaps(known, flow, order)
    )
    found = _ends_of_series(flow, list(rows), order)
    if not found:
        raise NothingThere(kind="observation", code=flow.id)
    if not order.include_history and order.updated_after is None:
        return (DataSet(rows=[row.cells for row in found]),)
    by_revision = groupby(sorted(found, key=_revision), key=_revision)
    sets = {revision: [row.cells for row in rows] for revision, rows in by_revision}
    query = select(LedgerEntry.revision, LedgerEntry.recorded_at).where(
        LedgerEntry.plan == known.snapshot.plan, col(LedgerEntry.revision) <= max(sets)
    )
    moments = dict(session.exec(query).all())
    return tuple(DataSet(rows=sets[each], valid_from=moments[each]) for each in sets)


def find_availability(
    flow: Dataflow, datasets: Iterable[DataSet], *, only: Collection[str] | None
) -> Availability:
    """Which values the observations have, of each dimension or of some."""
    rows = [row for each in datasets for row in each.rows]
    key = [each.id for each in flow.structure.key]
    periods = [Period.parse(row[TIME]) for row in rows]
    return Availability(
        flow=flow,
        values={
            name: list(dict.fromkeys(row[name] for row in rows))
            for name in key
            if only is None or name in only
        },
        first_day=min(period.first_day for period in periods),
        last_day=max(period.last_day for period in periods),
        series=len({tuple(row[name] for name in key) for row in rows}),
        observations=len(rows),
    )


@dataclass(frozen=True, slots=True)
class _Row:
    cells: ObservationCells
    revision: int


def _revision(row: _Row) -> int:
    return row.revision


def _figures(
    session: Session, known: KnownPlan, flow: Dataflow, order: SeriesOrder
) -> Iterator[_Row]:
    rules = known.plan.rules
    wanted = FigureFilter(
        indicators=tuple(rules.indicators),
        release=Release.ALL if order.include_history else Release.LATEST,
        since=order.updated_after or 0,
    )
    for row in list_observations(session, known, wanted):
        key = _key(rules.indicators[row.indicator], row.area, Period.parse(row.period))
        if order.selection.accepts(key, are_all=False):
            cells = _cells(flow, row) | key
            if row.missing_reason is not None:
                cells["OBS_STATUS"] = STATUSES[row.missing_reason]
            if order.selection.accepts(cells):
                yield _Row(cells, row.revision)


def _gaps(known: KnownPlan, flow: Dataflow, order: SeriesOrder) -> Iterator[_Row]:
    for indicator in known.plan.rules.indicators.values():
        for area in known.plan.rules.areas:
            for period in _periods(known.plan, indicator, area):
                key = _key(indicator, area, period)
                if not order.selection.accepts(key, are_all=False):
                    continue
                row = to_row(known, stand(known.plan, indicator, area, period))
                cells = _cells(flow, row) | key
                is_new = order.updated_after is None or row.revision > order.updated_after
                if is_new and order.selection.accepts(cells):
                    yield _Row(cells, row.revision)


def _periods(plan: Plan, indicator: Indicator, area: str) -> list[Period]:
    """Those with an actual. A target without any stands at its deadline, without a value."""
    found = plan.figures.periods(plan.rules.level_of(indicator), area)
    newest = plan.targets.newest(indicator.code, area)
    if found or newest is None:
        return found
    return [newest.target.deadline.as_quarter]


def _key(indicator: Indicator, area: str, period: Period) -> ObservationCells:
    """The dimensions. A yearly indicator's fourth quarter is the year."""
    is_annual = indicator.frequency is Frequency.YEAR and period.ends_year
    time = str(period.year) if is_annual else str(period)
    frequency = ANNUAL if is_annual else QUARTERLY
    return {"FREQ": frequency, "INDICATOR": indicator.code, "REF_AREA": area, TIME: time}


def _cells(flow: Dataflow, row: ObservationRow | GapRow) -> ObservationCells:
    cells = {}
    for each in flow.structure.components:
        value = None if each.field is None else getattr(row, each.field)
        if value is not None and value != []:
            is_unit = each.field in {"unit", "reported_unit"}
            cells[each.id] = unit_code(value) if is_unit else _text(value)
    return cells


def _text(value: object) -> str:
    """A value as JSON has it, without the quotation marks; of a source its publisher.

    The members of a list are joined as in other files.
    """
    if isinstance(value, list):
        return "; ".join(value)
    if isinstance(value, dict):
        return str(value.get("publisher", ""))
    if isinstance(value, datetime):
        return to_instant(value)
    if isinstance(value, bool | int | Decimal):
        return json.dumps(to_number(value) if isinstance(value, Decimal) else value)
    return str(value)


def _ends_of_series(flow: Dataflow, rows: list[_Row], order: SeriesOrder) -> list[_Row]:
    """The rows of the first and the last so many periods of each series."""
    if order.first is None and order.last is None:
        return rows
    key = [each.id for each in flow.structure.key]
    periods: dict[tuple[str, ...], list[str]] = {}
    for row in rows:
        known = periods.setdefault(tuple(row.cells[name] for name in key), [])
        if row.cells[TIME] not in known:
            known.append(row.cells[TIME])
    chosen = {
        series: {*known[: order.first or 0], *(known[-order.last :] if order.last else ())}
        for series, known in periods.items()
    }
    return [
        row for row in rows if row.cells[TIME] in chosen[tuple(row.cells[name] for name in key)]
    ]
