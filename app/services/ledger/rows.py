"""The ledger as clients read it: a page costs what the page holds.

Entries are counted from 1 without gaps, so a page is found by its revisions. An entry may hold
every figure of a quarter, or of a file: on a page it says how large that is.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from pydantic import JsonValue
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction
from sqlmodel import Session, col, select

from app.errors.failure import NothingThere
from app.schemas.base import Rows
from app.schemas.ledger import LedgerHead, LedgerRow
from app.services.access.keys import Principal
from app.services.ledger.official import (
    OF_FIGURES,
    SUBMISSIONS,
    find_known,
    official_part,
    withholds,
)
from app.services.ledger.snapshots import Snapshot
from app.tables import LedgerEntry, LedgerPart, Observation, Publication
from app.tables.series import BY_REVISION

# A larger payload, or larger parts together, are given whole by one entry alone. In bytes.
SHOWN_WHOLE = 128 * 1024
_HEAD = ("revision", "recorded_at", "action", "digest")
_Parts = list[dict[str, JsonValue]]


class octet_length(GenericFunction[int]):  # noqa: N801 - the name in SQL
    """The bytes of a text in UTF-8."""

    type = sa.Integer()
    inherit_cache = True


@compiles(octet_length, "sqlite")
def _count_bytes(element: octet_length, compiler: Any, **options: Any) -> str:  # noqa: ANN401
    # SQLite has a function of this name since version 3.43 only.
    return f"length(CAST({compiler.process(element.clauses, **options)} AS BLOB))"


@dataclass(frozen=True, slots=True)
class _Size:
    """How many parts there are, and their bytes."""

    count: int
    size: int


def list_ledger(
    session: Session, snapshot: Snapshot, *, principal: Principal | None
) -> Rows[LedgerRow]:
    """Every entry up to the snapshot, oldest first; submissions in full only to who sees all.

    Who submitted for what is told to those who may see it.

    What is larger than SHOWN_WHOLE is given as its size and count.
    """
    return Rows(
        range(1, snapshot.revision + 1),
        lambda revisions: _make_rows(
            session, snapshot, revisions, principal=principal, most=SHOWN_WHOLE
        ),
    )


def get_ledger_entry(
    session: Session, snapshot: Snapshot, revision: int, *, principal: Principal | None
) -> LedgerRow:
    """One entry whole, however large it is; NothingThere."""
    if not 1 <= revision <= snapshot.revision:
        raise NothingThere(kind="ledger_entry", code=str(revision))
    (row,) = _make_rows(session, snapshot, [revision], principal=principal, most=None)
    return row


def get_ledger_head(session: Session, snapshot: Snapshot) -> LedgerHead:
    """Revision and digest of the newest entry that the snapshot knows."""
    entry = session.get_one(LedgerEntry, (snapshot.plan, snapshot.revision))
    return LedgerHead(
        plan=entry.plan,
        revision=entry.revision,
        digest=entry.digest,
        recorded_at=entry.recorded_at,
    )


def _make_rows(
    session: Session,
    snapshot: Snapshot,
    revisions: Sequence[int],
    *,
    principal: Principal | None,
    most: int | None,
) -> Iterable[LedgerRow]:
    plan = snapshot.plan
    sees_all = principal is not None and principal.pending_areas is None
    # Figures are in the payloads as they were recorded: small counts, too.
    is_cut = not sees_all and withholds(session, plan, revision=snapshot.revision)
    sizes = _measure_parts(session, plan, revisions) if sees_all else {}
    parts = _load_parts(session, plan, sizes, most)
    known = find_known(session, plan, (revisions[0], revisions[-1]), principal)
    for entry in session.connection().execute(_entries(session, plan, revisions, most)):
        payload = None if entry.payload is None else json.loads(entry.payload)
        is_whole = most is None or entry.size <= most
        is_known = entry.revision in known
        is_open = entry.action not in (OF_FIGURES if is_cut else SUBMISSIONS)
        is_shown = sees_all or (is_known and is_open)
        shown = payload if sees_all or payload is None else official_part(entry.action, payload)
        if not is_whole:
            figures = _count_figures(session, plan, entry.revision)
            count = sizes[entry.revision].count if entry.revision in sizes else figures
            shown = {"omitted": {"size": entry.size, "count": count}}
        yield LedgerRow(
            **{name: getattr(entry, name) for name in _HEAD},
            actor=entry.actor if is_known else None,
            subject=entry.subject if is_known else None,
            payload=shown if is_shown else None,
            restatement=None if payload is None else payload.get("restatement"),
            parts=parts.get(entry.revision, []) if sees_all else None,
        )


def _entries(
    session: Session, plan: str, revisions: Sequence[int], most: int | None
) -> sa.Select[Any]:
    """The entries of some revisions; of a large payload the size alone, if it restates nothing."""
    size = octet_length(col(LedgerEntry.payload))
    is_read: sa.ColumnElement[bool] = sa.true()
    if most is not None:
        publications = select(sa.func.min(Publication.revision)).where(Publication.plan == plan)
        published = session.exec(publications).one()
        is_read = size <= most
        if published is not None:
            is_read = sa.or_(is_read, col(LedgerEntry.revision) > published)
    return (
        sa.select(
            *(col(getattr(LedgerEntry, name)) for name in (*_HEAD, "actor", "subject")),
            size.label("size"),
            sa.case((is_read, col(LedgerEntry.payload))).label("payload"),
        )
        .where(
            col(LedgerEntry.plan) == plan,
            col(LedgerEntry.revision).between(revisions[0], revisions[-1]),
        )
        .order_by(col(LedgerEntry.revision))
    )


def _measure_parts(session: Session, plan: str, revisions: Sequence[int]) -> dict[int, _Size]:
    size = sa.func.sum(octet_length(col(LedgerPart.payload)))
    revision = col(LedgerPart.revision)
    query = (
        sa.select(revision, sa.func.count(), size)
        .where(col(LedgerPart.plan) == plan, revision.between(revisions[0], revisions[-1]))
        .group_by(revision)
    )
    found = session.connection().execute(query)
    return {place: _Size(count, int(total)) for place, count, total in found}


def _load_parts(
    session: Session, plan: str, sizes: Mapping[int, _Size], most: int | None
) -> dict[int, _Parts]:
    """The reports that entries submitted, by revision."""
    found: dict[int, _Parts] = {}
    for revision, each in sizes.items():
        if most is not None and each.size > most:
            found[revision] = [{"omitted": {"size": each.size, "count": each.count}}]
            continue
        query = (
            select(LedgerPart.payload)
            .where(LedgerPart.plan == plan, LedgerPart.revision == revision)
            .order_by(col(LedgerPart.position))
        )
        found[revision] = [json.loads(text) for text in session.exec(query)]
    return found


def _count_figures(session: Session, plan: str, revision: int) -> int:
    query = sa.select(sa.func.count()).where(
        col(Observation.plan) == plan,
        # Not as an equal: for that SQLite goes through the whole index.
        col(Observation.revision).between(revision, revision),
        BY_REVISION,
    )
    return int(session.connection().execute(query).scalar_one())
