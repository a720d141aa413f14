"""What a request may know: a plan at a revision, in a view, as one caller sees it."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import NamedTuple

import sqlalchemy as sa
from sqlmodel import Session, col, select

from app.domain.time.calendar import SHANGHAI, day_in_shanghai
from app.errors.failure import AsOfInvalid, PlanUnknown
from app.services.ledger.official import is_official
from app.tables import LedgerEntry, Plan, Publication
from app.vocabulary import View

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_REVISION = re.compile(r"[0-9]{1,9}", re.ASCII)
# The standard library reads many more ways of writing an instant than RFC 3339 has.
_INSTANT = re.compile(
    r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})", re.ASCII
)


class EntryHead(NamedTuple):
    """An entry of a ledger: its revision, when it was recorded, and its digest."""

    revision: int
    recorded_at: datetime
    digest: str


_ENTRY = sa.select(
    col(LedgerEntry.revision), col(LedgerEntry.recorded_at), col(LedgerEntry.digest)
).where(col(LedgerEntry.plan) == sa.bindparam("plan"))
_HEAD = sa.select(col(Plan.revision), col(Plan.recorded_at), col(Plan.digest)).where(
    col(Plan.code) == sa.bindparam("plan")
)
# The newest one; the plan's definition is official, so there is always some.
_OFFICIAL = _ENTRY.where(is_official()).order_by(col(LedgerEntry.revision).desc()).limit(1)
_AT_REVISION = _ENTRY.where(col(LedgerEntry.revision) == sa.bindparam("revision"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """A plan as known at a revision.

    ``pending_areas``: areas whose submitted figures are seen; None for all.
    A sum takes submitted figures only where those of all areas are seen.
    """

    plan: str
    revision: int
    recorded_at: datetime
    # The day in Asia/Shanghai that deadlines are judged on: the revision's or instant's own.
    day: date
    # That of the revision's entry; empty where it is not known.
    digest: str = ""
    # The instant that was asked for, or the revision's own; None for the present.
    as_of: datetime | None = None
    view: View = View.OFFICIAL
    pending_areas: frozenset[str] | None = frozenset()

    @property
    def shown_areas(self) -> frozenset[str]:
        """Areas of which nothing is withheld: an area's own, beside what it has submitted."""
        is_apart = self.view is View.PROVISIONAL and self.pending_areas is not None
        return (self.pending_areas or frozenset()) if is_apart else frozenset()

    def sees_pending(self, area: str, *, in_sum: bool) -> bool:
        """Whether the area's submitted figures count, alone or within a sum."""
        if self.view is View.OFFICIAL:
            return False
        return self.pending_areas is None or (area in self.pending_areas and not in_sum)


def take_snapshot(
    session: Session,
    plan: str,
    *,
    as_of: str | None = None,
    view: View = View.OFFICIAL,
    pending_areas: frozenset[str] | None = frozenset(),
    sees_submissions: bool = True,
    now: datetime,
) -> Snapshot:
    """The plan now, or as of a revision, instant, day or publication; PlanUnknown, AsOfInvalid.

    ``sees_submissions``: False where nothing after the newest official entry is there yet.
    """
    newest = _find(session, _HEAD if sees_submissions else _OFFICIAL, plan=plan)
    if newest is None:
        raise PlanUnknown(plan=plan)
    entry = newest if as_of is None else _entry_at(session, plan, newest, as_of, now)
    instant = None if as_of is None else read_moment(as_of)
    moment = now if as_of is None else instant or entry.recorded_at
    return Snapshot(
        plan=plan,
        revision=entry.revision,
        recorded_at=entry.recorded_at,
        day=day_in_shanghai(moment),
        digest=entry.digest,
        as_of=None if as_of is None else moment,
        view=view,
        pending_areas=pending_areas,
    )


def take_snapshots(
    session: Session, *, as_of: str | None, only: str | None, now: datetime
) -> list[Snapshot]:
    """Every plan that was there, officially, by code; ``only``: the one that the key is for.

    A plan may be loaded long after the others. AsOfInvalid where none was there yet.
    """
    found, missing = [], []
    for code in session.exec(select(Plan.code).order_by(Plan.code)):
        if only is not None and only != code:
            continue
        try:
            found.append(take_snapshot(session, code, as_of=as_of, sees_submissions=False, now=now))
        except AsOfInvalid as invalid:
            missing.append(invalid)
    if missing and not found:
        raise missing[0]
    return found


def read_revision(text: str) -> int | None:
    """A revision number, of a plan that has come so far or not; None for anything else."""
    return int(text) if text.isascii() and text.isdigit() else None


def read_instant(text: str) -> datetime | None:
    """An RFC 3339 instant with its offset, in UTC; None for anything else."""
    written = text.upper()
    if not _INSTANT.fullmatch(written):
        return None
    try:
        return datetime.fromisoformat(written).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def read_moment(text: str) -> datetime | None:
    """An instant, or the last one of a day in Asia/Shanghai; None for anything else."""
    if not _DAY.fullmatch(text):
        return read_instant(text)
    try:
        return datetime.combine(date.fromisoformat(text), time.max, SHANGHAI).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def find_revision_at(session: Session, plan: str, instant: datetime) -> int | None:
    """The newest revision that was recorded at an instant or before; None before the plan."""
    newest = select(sa.func.max(LedgerEntry.revision)).where(
        LedgerEntry.plan == plan, col(LedgerEntry.recorded_at) <= instant
    )
    return session.exec(newest).one()


def _find(session: Session, query: sa.Executable, **named: str | int) -> EntryHead | None:
    found = session.connection().execute(query, named).first()
    return None if found is None else EntryHead._make(found)


def _entry_at(
    session: Session, plan: str, newest: EntryHead, as_of: str, now: datetime
) -> EntryHead:
    """The newest entry that was there at the revision or instant, of those up to ``newest``."""
    if _REVISION.fullmatch(as_of):
        if int(as_of) > newest.revision:
            raise AsOfInvalid(why="future", as_of=as_of, newest=newest.revision)
        revision: int | None = int(as_of)
    else:
        revision = _revision_at(session, plan, newest, as_of, now)
    found = None
    if revision is not None:
        found = _find(session, _AT_REVISION, plan=plan, revision=revision)
    if found is None:
        raise AsOfInvalid(why="before_plan", as_of=as_of, newest=newest.revision)
    return found


def _revision_at(
    session: Session, plan: str, newest: EntryHead, as_of: str, now: datetime
) -> int | None:
    instant = read_moment(as_of)
    published = session.get(Publication, (plan, as_of)) if instant is None else None
    if published is not None:
        return published.frozen_revision
    if instant is None:
        raise AsOfInvalid(why="malformed", as_of=as_of, newest=newest.revision)
    if instant > max(now, newest.recorded_at):
        why = "day_not_over" if as_of == str(day_in_shanghai(now)) else "future"
        raise AsOfInvalid(why=why, as_of=as_of, newest=newest.revision)
    revision = find_revision_at(session, plan, instant)
    return None if revision is None else min(revision, newest.revision)
