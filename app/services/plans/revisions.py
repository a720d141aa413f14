"""Changing a plan that is there: its texts, rules and targets, and the figures published with it.

A file is held against the definition before it, so that targets revised since stay revised. What
figures rest on is frozen: an indicator that has some cannot change how they accumulate.
"""

from collections.abc import Collection
from datetime import datetime
from decimal import Decimal

from pydantic import JsonValue
from sqlmodel import Session, col, select

from app.domain.quantity import ObsStatus
from app.errors.plans import DefinitionReduced, RuleInUse
from app.schemas.document.plan import PlanDocument
from app.services.ledger.entries import (
    Action,
    Change,
    Payload,
    PlanHead,
    follow_plan,
    lock_plan,
)
from app.services.plans.loading import lock_earlier
from app.services.plans.payloads import observe, written_document, written_targets, written_tasks
from app.services.publications.restatements import append_official
from app.services.state.definitions import PlanDefinition, get_definition
from app.tables import Figure, Observation

# Another value of any of these would give the figures that are there another meaning.
_FROZEN = ("accumulation", "measure", "unit", "of", "numerator", "denominator")


def revise_plan(session: Session, document: PlanDocument, *, reason: str, now: datetime) -> int:
    """Append what the file changes in its plan; how many revisions that made.

    The definition with its changed targets and tasks is one entry; new and corrected figures
    follow, one entry to a period. PlanUnknown; RuleInUse; DefinitionReduced where something is
    left out.
    """
    earlier = lock_earlier(session, document)
    plan = lock_plan(session, document.plan.code)
    before = plan.revision
    known = get_definition(session, plan.code, revision=before)
    _require_whole(known.document, document)
    _require_units(known.document, document)
    _require_frozen(session, known, document)
    for action, subject, payload in _changes(session, plan, known.document, document, reason):
        change = Change(
            actor=document.plan.publisher_en, action=action, subject=subject, payload=payload
        )
        append_official(session, plan, change, now=now)
        if action is Action.DEFINE and earlier is not None:
            follow_plan(session, plan, earlier, actor=change.actor, now=now)
    return plan.revision - before


def _require_whole(known: PlanDocument, document: PlanDocument) -> None:
    """DefinitionReduced where an area, indicator, target or task is left out: it would go on."""
    for kind in ("areas", "indicators", "targets", "tasks"):
        left_out = {*_codes(known, kind)} - {*_codes(document, kind)}
        if left_out:
            raise DefinitionReduced(kind=kind, codes=", ".join(sorted(left_out)))


def _codes(document: PlanDocument, kind: str) -> list[str]:
    if kind == "targets":
        return [f"{each.indicator} {each.area}" for each in document.targets]
    if kind == "tasks":
        return [f"{each.indicator} {each.area} {each.year}" for each in document.tasks]
    return [each.code for each in getattr(document, kind)]


def _require_frozen(session: Session, known: PlanDefinition, document: PlanDocument) -> None:
    """RuleInUse where an indicator with figures would count them otherwise."""
    for each in document.indicators:
        before = known.indicators.get(each.code)
        if before is None:
            continue
        changed = [n for n in _FROZEN if getattr(before, n) != getattr(each, n)]
        if changed and _has_figures(
            session, document.plan.code, known.rules.indicators[before.code].parts
        ):
            raise RuleInUse(
                indicator=each.code,
                rule=changed[0],
                before=getattr(before, changed[0]),
                after=getattr(each, changed[0]),
            )


def _require_units(known: PlanDocument, document: PlanDocument) -> None:
    """RuleInUse where a declared unit changes or goes: figures were reported in it."""
    for unit in known.units:
        now = document.known_units.get(unit.symbol)
        if now != unit.unit:
            after = "-" if now is None else f"{now.factor:f} {now.dimension}"
            before = f"{unit.factor:f} {unit.dimension}"
            raise RuleInUse(indicator=unit.symbol, rule="unit", before=before, after=after)


def _has_figures(session: Session, plan: str, indicators: Collection[str]) -> bool:
    official = select(Observation.revision).where(
        Observation.plan == plan, col(Observation.indicator).in_(indicators)
    )
    sent = select(Figure.revision).where(Figure.plan == plan, col(Figure.indicator).in_(indicators))
    return any(session.exec(query.limit(1)).first() is not None for query in (official, sent))


def _changes(
    session: Session, plan: PlanHead, known: PlanDocument, document: PlanDocument, reason: str
) -> list[tuple[Action, str, Payload]]:
    """The entries that the file makes: action, subject and content."""
    changes: list[tuple[Action, str, Payload]] = []
    if written_document(document) != written_document(known):
        were = written_targets(known)
        new = [each | {"reason": reason} for each in written_targets(document) if each not in were]
        content: Payload = {"document": written_document(document), "targets": [*new]}
        had = written_tasks(known)
        tasks = [each | {"reason": reason} for each in written_tasks(document) if each not in had]
        if tasks:
            content["tasks"] = [*tasks]
        changes.append((Action.DEFINE, plan.code, content))
    for period, rows in observe(document):
        if new := [row for row in rows if not _is_there(session, plan, row)]:
            changes.append((Action.OBSERVE, period, {"observations": [*new]}))
    return changes


def _is_there(session: Session, plan: PlanHead, row: Payload) -> bool:
    """Whether the official figure says what the file says."""
    query = (
        select(Observation)
        .where(
            Observation.plan == plan.code,
            *(getattr(Observation, name) == row[name] for name in ("indicator", "area", "period")),
        )
        .order_by(col(Observation.revision).desc())
    )
    found = session.exec(query.limit(1)).first()
    if found is None:
        return False
    numbers = ("value", "published_growth_percent")
    said = {"price_basis": None, "obs_status": ObsStatus.NORMAL, **row}
    others = ("basis", "rounded", "price_basis", "obs_status")
    return all(getattr(found, name) == _number(row[name]) for name in numbers) and all(
        getattr(found, name) == said[name] for name in others
    )


def _number(text: JsonValue) -> Decimal | None:
    return None if text is None else Decimal(str(text))
