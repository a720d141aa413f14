"""Progress on qualitative goals, tasks, projects and safeguards, noted by who is responsible."""

from collections import defaultdict
from datetime import datetime

from sqlmodel import Session, col, select

from app.errors.access import UnitNotAllowed
from app.errors.failure import NothingThere
from app.schemas.document.actions import ActionEntry
from app.schemas.document.plan import PlanDocument
from app.schemas.progress import (
    ActionView,
    GoalView,
    ProgressInput,
    ProgressView,
    QualitativeGoalView,
)
from app.services.access.keys import Principal, Role
from app.services.ledger.entries import Action, Change, append, lock_plan
from app.services.ledger.snapshots import Snapshot
from app.services.state.definitions import PlanDefinition, get_definition
from app.tables import ProgressNote


def note_progress(
    session: Session,
    principal: Principal,
    *,
    plan_code: str,
    code: str,
    given: ProgressInput,
    now: datetime,
) -> ProgressView:
    """Add a note; NothingThere, and UnitNotAllowed but for a responsible unit or administrator."""
    plan = lock_plan(session, plan_code)
    principal.require_plan(plan_code)
    definition = get_definition(session, plan_code, revision=plan.revision)
    responsible = responsible_units(definition, code)
    is_responsible = principal.responsible_unit in responsible
    if principal.role is not Role.ADMINISTRATOR and not is_responsible:
        raise UnitNotAllowed(code=code, allowed=" ".join(sorted(responsible)))
    payload = {"code": code, **given.model_dump(mode="json")}
    change = Change(
        actor=principal.owner, action=Action.NOTE_PROGRESS, subject=code, payload=payload
    )
    entry = append(session, plan, change, now=now)
    return ProgressView.model_validate(
        session.get_one(ProgressNote, (plan_code, entry.revision)), extra="ignore"
    )


def responsible_units(definition: PlanDefinition, code: str) -> set[str]:
    """The units responsible for an action, or for the actions that serve a qualitative goal.

    Where the plan file names none that serve it, those that serve the goal it belongs to count.
    """
    document = definition.document
    for action in document.actions:
        if action.code == code:
            return set(action.responsible_units)
    for goal in document.goals:
        if code in {each.code for each in goal.qualitative}:
            serving = actions_serving(document, code) or [
                each for each in document.actions if each.serves and goal.code in each.serves.goals
            ]
            return {unit for action in serving for unit in action.responsible_units}
    raise NothingThere(kind="goal_or_action", code=code)


def actions_serving(document: PlanDocument, qualitative_goal: str) -> list[ActionEntry]:
    """The actions that serve a qualitative goal, in the order of the plan."""
    return [
        each
        for each in document.actions
        if each.serves and qualitative_goal in each.serves.qualitative_goals
    ]


def list_goals(session: Session, snapshot: Snapshot) -> list[GoalView]:
    """The goals with the progress on their qualitative goals."""
    document = get_definition(session, snapshot.plan, revision=snapshot.revision).document
    notes = _load_notes(session, snapshot)
    return [
        GoalView(
            **goal.model_dump(exclude={"qualitative"}),
            qualitative=[
                QualitativeGoalView(
                    **each.model_dump(),
                    actions=[action.code for action in actions_serving(document, each.code)],
                    progress=notes.get(each.code, []),
                )
                for each in goal.qualitative
            ],
        )
        for goal in document.goals
    ]


def list_actions(session: Session, snapshot: Snapshot) -> list[ActionView]:
    """Tasks, projects and safeguards with their progress."""
    definition = get_definition(session, snapshot.plan, revision=snapshot.revision)
    notes = _load_notes(session, snapshot)
    return [
        ActionView(**action.model_dump(), progress=notes.get(action.code, []))
        for action in definition.document.actions
    ]


def _load_notes(session: Session, snapshot: Snapshot) -> dict[str, list[ProgressView]]:
    query = (
        select(ProgressNote)
        .where(ProgressNote.plan == snapshot.plan, ProgressNote.revision <= snapshot.revision)
        .order_by(col(ProgressNote.revision).desc())
    )
    notes: dict[str, list[ProgressView]] = defaultdict(list)
    for note in session.exec(query):
        notes[note.code].append(ProgressView.model_validate(note, extra="ignore"))
    return notes
