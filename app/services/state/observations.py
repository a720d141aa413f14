"""The figures of a plan as clients read them: official vintages, and submissions that wait.

The list is in the order of indicators, areas and periods. A page of it reads the series that the
page shows, wherever it is in the list.
"""

import json
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from itertools import groupby
from typing import Any, NamedTuple

import sqlalchemy as sa
from pydantic import JsonValue
from sqlmodel import Session, col, select

from app.domain.accumulation import MissingReason
from app.domain.columns import SeriesKey
from app.schemas.base import Rows
from app.schemas.observations import ObservationRow
from app.services.ledger.snapshots import Snapshot
from app.services.state.keys import FigureFilter, SeriesPlaces
from app.services.state.pending import find_pending_figures
from app.services.state.plan import KnownPlan
from app.tables import Figure, LedgerEntry, Observation, Report
from app.vocabulary import View

SOURCES_KEPT = 1024
_FIELDS = set(ObservationRow.model_fields)
# Growth and the count of this year would give the count of the year before.
_NO_GROWTH = {"published_growth_percent": None, "price_basis": None}
_NOTHING_SHOWN = {
    **_NO_GROWTH,
    **dict.fromkeys(("value", "basis", "reported_value", "reported_unit", "obs_status")),
    "missing_reason": MissingReason.WITHHELD.value,
    "rounded": False,
    "correction_reason": None,
}


class _Recorded(NamedTuple):
    at: datetime
    actor: str


def list_observations(
    session: Session, known: KnownPlan, wanted: FigureFilter
) -> Rows[ObservationRow]:
    """The figures that the snapshot knows: of each the versions that are wanted.

    Those that wait for a decision are among them in the provisional view.
    """
    pending = _list_pending(session, known, wanted)
    places = known.columns.keys_of_all.places(wanted)
    if pending:
        places = _with_pending(places, pending, wanted)

    def make(asked: Sequence[int]) -> Iterator[ObservationRow]:
        first, last = (bisect_right(places.ends, place) for place in (min(asked), max(asked)))
        begin = places.ends[first - 1] if first else 0
        rows = [
            row
            for indicator, series in groupby(places.series[first : last + 1], key=_indicator)
            for row in _read(session, known, wanted, indicator, {key.area for key in series})
        ]
        if pending:
            shown = {*places.series[first : last + 1]}
            rows += [row for row in pending if _series(row) in shown]
            order = {code: place for place, code in enumerate(wanted.indicators)}
            rows.sort(key=lambda row: (order[row.indicator], row.area, row.period, row.revision))
        for place in asked:
            yield rows[place - begin]

    return Rows(range(places.ends[-1] if places.ends else 0), make)


def _indicator(key: SeriesKey) -> str:
    return key.indicator


def _series(row: ObservationRow) -> SeriesKey:
    return SeriesKey(row.indicator, row.area)


def _with_pending(
    official: SeriesPlaces, pending: list[ObservationRow], wanted: FigureFilter
) -> SeriesPlaces:
    counts = official.counts()
    for row in pending:
        counts[_series(row)] = counts.get(_series(row), 0) + 1
    order = {code: place for place, code in enumerate(wanted.indicators)}
    return SeriesPlaces.of(
        {key: counts[key] for key in sorted(counts, key=lambda k: (order[k[0]], k))}
    )


def _read(
    session: Session, known: KnownPlan, wanted: FigureFilter, indicator: str, areas: Collection[str]
) -> list[ObservationRow]:
    """The official rows of some series of an indicator, by area, period and revision."""
    snapshot, unit = known.snapshot, known.plan.rules.indicators[indicator].unit
    chosen = (col(Observation.indicator) == indicator, col(Observation.area).in_(areas))
    stored = session.connection().execute(_vintages(snapshot).where(*chosen)).all()
    recorded = _recorded_at(session, snapshot, {each.revision for each in stored})
    rows = []
    for _, vintages in groupby(stored, key=lambda each: (each.area, each.period)):
        versions = list(vintages)
        ends: list[int | None] = [version.revision for version in versions[1:]]
        found = list(zip(versions, [*ends, None], strict=True))
        rows += [
            _shown(known, version, _row(version, unit, end, recorded, version.correction_reason))
            for version, end in wanted.release.choose(found)
            if wanted.accepts(version.area, version.period, version.revision)
        ]
    # A database may order texts by the rules of a language.
    return sorted(rows, key=lambda row: (row.area, row.period, row.revision))


def _vintages(snapshot: Snapshot) -> sa.Select[Any]:
    """Every version of every figure, those of one figure together, oldest first."""
    figure = (col(Observation.indicator), col(Observation.area), col(Observation.period))
    return (
        sa.select(
            *(col(getattr(Observation, name)) for name in Observation.model_fields),
            col(Report.correction_reason),
        )
        .outerjoin(
            Report,
            sa.and_(col(Report.plan) == Observation.plan, col(Report.id) == Observation.report_id),
        )
        .where(
            col(Observation.plan) == snapshot.plan, col(Observation.revision) <= snapshot.revision
        )
        .order_by(*figure, col(Observation.revision))
    )


def _recorded_at(
    session: Session, snapshot: Snapshot, revisions: Collection[int]
) -> dict[int, _Recorded]:
    if not revisions:
        return {}
    query = select(LedgerEntry.revision, LedgerEntry.recorded_at, LedgerEntry.actor).where(
        LedgerEntry.plan == snapshot.plan,
        col(LedgerEntry.revision).between(min(revisions), max(revisions)),
    )
    return {revision: _Recorded(at, actor) for revision, at, actor in session.exec(query)}


def _shown(known: KnownPlan, version: Any, row: ObservationRow) -> ObservationRow:  # noqa: ANN401
    """A row as the reader may see it: without the figure, and what is said of it."""
    if known.withheld.hides(version):
        return row.model_copy(update=_NOTHING_SHOWN)
    if version.indicator in known.withheld.by_indicator:
        return row.model_copy(update=_NO_GROWTH)
    return row


# A row of the official series, or a figure dressed as one.
def _row(
    each: Any,  # noqa: ANN401
    unit: str,
    end: int | None,
    recorded: dict[int, _Recorded],
    reason: str | None,
) -> ObservationRow:
    entry = recorded[each.revision]
    return ObservationRow.model_construct(
        # Shared: a set of its own would take more memory than the row.
        _fields_set=_FIELDS,
        plan=each.plan,
        indicator=each.indicator,
        area=each.area,
        period=each.period,
        value=each.value,
        missing_reason=each.missing_reason,
        basis=each.basis,
        unit=unit,
        reported_value=each.reported_value,
        reported_unit=each.reported_unit,
        published_growth_percent=each.published_growth_percent,
        price_basis=each.price_basis,
        obs_status=each.obs_status if each.missing_reason is None else None,
        rounded=each.rounded,
        source=_read_source(each.source),
        report=each.report_id,
        provisional=False,
        revision=each.revision,
        valid_from_revision=each.revision,
        valid_to_revision=None if end is None else end - 1,
        recorded_at=entry.at,
        recorded_by=entry.actor,
        correction_reason=reason,
    )


@lru_cache(maxsize=SOURCES_KEPT)
def _read_source(text: str) -> dict[str, JsonValue]:
    """A source, shared by the figures that have it: many come from one publication."""
    found: dict[str, JsonValue] = json.loads(text)
    return found


def _list_pending(session: Session, known: KnownPlan, wanted: FigureFilter) -> list[ObservationRow]:
    """The figures that await a decision, of those that the snapshot sees and that are wanted."""
    snapshot = known.snapshot
    if snapshot.view is not View.PROVISIONAL:
        return []
    pending = [
        figure
        for figure in find_pending_figures(session, snapshot.plan, revision=snapshot.revision)
        if figure.indicator in wanted.indicators
        and snapshot.sees_pending(figure.area, in_sum=False)
        and wanted.accepts(figure.area, figure.period, figure.revision)
    ]
    return [*_rows_of_pending(session, known, pending)]


def _rows_of_pending(
    session: Session, known: KnownPlan, pending: Sequence[Figure]
) -> Iterable[ObservationRow]:
    snapshot = known.snapshot
    recorded = _recorded_at(session, snapshot, {each.revision for each in pending})
    reports = select(Report.id, Report.correction_reason).where(
        Report.plan == snapshot.plan, col(Report.id).in_({each.report_id for each in pending})
    )
    reasons = dict(session.exec(reports).all())
    for figure in pending:
        entry = recorded[figure.revision]
        official = Observation(
            **figure.model_dump(include=set(Observation.model_fields)),
            rounded=False,
            source=json.dumps({"publisher": entry.actor}),
        )
        unit, reason = known.plan.rules.indicators[figure.indicator].unit, reasons[figure.report_id]
        row = _row(official, unit, None, recorded, reason)
        yield row.model_copy(update={"provisional": True, "report": figure.report_id})
