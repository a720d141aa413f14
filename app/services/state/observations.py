"""The figures of a plan as clients read them: official vintages, and submissions that wait."""

import json
from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from itertools import accumulate, groupby
from typing import Any, NamedTuple

import sqlalchemy as sa
from pydantic import JsonValue
from sqlmodel import Session, col, select

from app.schemas.base import Rows
from app.schemas.observations import ObservationRow
from app.services.ledger.snapshots import Snapshot, find_revision_at
from app.services.state.pending import find_pending_figures
from app.tables import LedgerEntry, Observation, Report
from app.tables.series import BY_REVISION
from app.vocabulary import View

SOURCES_KEPT = 1024
_FIELDS = set(ObservationRow.model_fields)

# A row of the official series, with the revision at which the next one came.
Version = tuple[sa.Row[Any], int | None]


class Release(StrEnum):
    """Which versions of a figure are wanted."""

    FIRST = "first"
    LATEST = "latest"
    ALL = "all"

    def choose(self, versions: list[Version]) -> list[Version]:
        """Those of a figure's versions, which come oldest first."""
        chosen = {Release.FIRST: versions[:1], Release.LATEST: versions[-1:]}
        return chosen.get(self, versions)


class _Recorded(NamedTuple):
    at: datetime
    actor: str


def list_observations(
    session: Session,
    snapshot: Snapshot,
    *,
    units: dict[str, str],
    wanted: Release,
    updated_after: int | datetime | None,
    indicators: Collection[str] | None = None,
    areas: Collection[str] | None = None,
) -> list[ObservationRow]:
    """The figures that the snapshot knows: of each the versions that are wanted.

    ``updated_after``: only what became known after the revision or instant. ``indicators``,
    ``areas``: of these official figures alone; None for all.
    """
    rows = []
    among = [(Observation.indicator, indicators), (Observation.area, areas)]
    chosen = [col(column).in_(codes) for column, codes in among if codes is not None]
    stored = session.connection().execute(_vintages(snapshot).where(*chosen)).all()
    recorded = _recorded_at(session, snapshot, {each.revision for each in stored})
    for _, vintages in groupby(stored, key=lambda each: (each.indicator, each.area, each.period)):
        versions = list(vintages)
        ends: list[int | None] = [version.revision for version in versions[1:]]
        found = list(zip(versions, [*ends, None], strict=True))
        for version, end in wanted.choose(found):
            unit, reason = units[version.indicator], version.correction_reason
            rows.append(_row(version, unit, end, recorded, reason))
    rows.extend(_pending_rows(session, snapshot, units))
    return [row for row in rows if _is_after(row, updated_after)]


def count_observations(
    session: Session,
    snapshot: Snapshot,
    *,
    wanted: Release,
    indicators: Collection[str] | None = None,
    areas: Collection[str] | None = None,
    periods: Collection[str] | None = None,
) -> dict[str, int]:
    """How many official figures there are of each indicator that has any; None for all."""
    key = (col(Observation.indicator), col(Observation.area), col(Observation.period))
    among = zip(key, (indicators, areas, periods), strict=True)
    figures = sa.select(*key).where(
        col(Observation.plan) == snapshot.plan,
        col(Observation.revision) <= snapshot.revision,
        *(column.in_(codes) for column, codes in among if codes is not None),
    )
    if wanted is not Release.ALL:
        figures = figures.group_by(*key)
    found = figures.subquery()
    query = sa.select(found.c.indicator, sa.func.count().label("number")).group_by(
        found.c.indicator
    )
    return {each.indicator: each.number for each in session.connection().execute(query)}


def find_changed(session: Session, snapshot: Snapshot, after: int | datetime) -> list[str]:
    """The indicators of which official figures became known after a revision or instant."""
    since = (
        find_revision_at(session, snapshot.plan, after) if isinstance(after, datetime) else after
    ) or 0
    if since >= snapshot.revision:
        return []
    query = (
        select(Observation.indicator)
        .where(
            Observation.plan == snapshot.plan,
            col(Observation.revision) > since,
            col(Observation.revision) <= snapshot.revision,
            BY_REVISION,
        )
        .distinct()
    )
    return [*session.exec(query)]


def list_by_indicator(
    counts: Mapping[str, int], read: Callable[[str], Sequence[ObservationRow]]
) -> Rows[ObservationRow]:
    """The rows of some indicators, one after the other: only those looked at are read."""
    codes, ends = [*counts], [*accumulate(counts.values())]
    # A page, or a piece of a file, is often of the indicator that was read last.
    read = lru_cache(maxsize=1)(read)

    def make(places: Iterable[int]) -> Iterator[ObservationRow]:
        for place in places:
            which = bisect_right(ends, place)
            yield read(codes[which])[place - ends[which]]

    return Rows(range(ends[-1] if ends else 0), make)


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


def _pending_rows(
    session: Session,
    snapshot: Snapshot,
    units: dict[str, str],
) -> Iterable[ObservationRow]:
    if snapshot.view is not View.PROVISIONAL:
        return
    pending = find_pending_figures(session, snapshot.plan, revision=snapshot.revision)
    recorded = _recorded_at(session, snapshot, {each.revision for each in pending})
    reports = select(Report.id, Report.correction_reason).where(
        Report.plan == snapshot.plan, col(Report.id).in_({each.report_id for each in pending})
    )
    reasons = dict(session.exec(reports).all())
    for figure in pending:
        if snapshot.sees_pending(figure.area, in_sum=False):
            entry = recorded[figure.revision]
            official = Observation(
                **figure.model_dump(include=set(Observation.model_fields)),
                rounded=False,
                source=json.dumps({"publisher": entry.actor}),
            )
            reason = reasons[figure.report_id]
            row = _row(official, units[figure.indicator], None, recorded, reason)
            yield row.model_copy(update={"provisional": True, "report": figure.report_id})


def _is_after(row: ObservationRow, threshold: int | datetime | None) -> bool:
    if threshold is None:
        return True
    if isinstance(threshold, int):
        return row.revision > threshold
    return row.recorded_at > threshold
