"""Extensions: closed periods opened until a day, with a reason; for one area and period, or all."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, select

from app.domain.time.calendar import day_in_shanghai
from app.domain.time.period import Period
from app.errors.failure import ParametersInvalid
from app.errors.fault import invalid_field, unknown_in_field
from app.errors.reports import NeverCloses
from app.schemas.calendar import ExtensionInput, ExtensionView
from app.services.access.keys import Principal, Role
from app.services.calendar.ending import find_completed_since
from app.services.ledger.entries import Action, Change, append, lock_plan
from app.services.state.definitions import PlanDefinition, get_definition
from app.services.state.targets import load_targets
from app.tables import Extension


@dataclass(frozen=True, slots=True)
class Extensions:
    """The extensions of a plan: each for an area and a period, or for all of either (None)."""

    granted: Mapping[tuple[str | None, int | None], date]

    def until(self, area: str, period: Period) -> date | None:
        """The last day on which the area may report for the period; None where not extended."""
        if not self.granted:
            return None
        places = [(a, p) for a in (area, None) for p in (period.index, None)]
        return max((self.granted[each] for each in places if each in self.granted), default=None)


def load_extensions(session: Session, plan: str, *, revision: int) -> Extensions:
    """The extensions that were granted up to a revision."""
    found: dict[tuple[str | None, int | None], date] = {}
    query = select(Extension).where(Extension.plan == plan, Extension.revision <= revision)
    for each in session.exec(query):
        key = (each.area, Period.parse(each.period).index if each.period else None)
        found[key] = max(each.until, found.get(key, each.until))
    return Extensions(found)


def grant_extension(
    session: Session,
    principal: Principal,
    *,
    plan_code: str,
    given: ExtensionInput,
    now: datetime,
) -> ExtensionView:
    """Open closed periods, or a completed plan; RoleNotAllowed, NeverCloses, ParametersInvalid."""
    plan = lock_plan(session, plan_code)
    principal.require_plan(plan_code)
    principal.require_role(Role.ADMINISTRATOR)
    definition = get_definition(session, plan_code, revision=plan.revision)
    period = Period.parse(given.period).as_quarter if given.period else None
    rules, today = definition.rules, day_in_shanghai(now)
    targets = load_targets(session, plan_code, rules, revision=plan.revision).targets
    if definition.calendar.closes_after_days is None:
        held = targets.all_newest()
        if find_completed_since(session, plan, definition, held, today=today) is None:
            raise NeverCloses(plan=plan_code)
    first = targets.first_period(rules)
    _check(definition, given, period, first=first, today=today)
    content = {
        "area": given.area,
        "period": None if period is None else str(period),
        "until": given.until.isoformat(),
        "reason": given.reason,
    }
    change = Change(
        actor=principal.owner,
        action=Action.EXTEND,
        subject=f"{given.area or 'all areas'} {period or 'all quarters'}",
        payload=dict(content),
    )
    entry = append(session, plan, change, now=now)
    return ExtensionView(
        area=given.area,
        period=content["period"],
        until=given.until,
        reason=given.reason,
        revision=entry.revision,
    )


def _check(
    definition: PlanDefinition,
    given: ExtensionInput,
    period: Period | None,
    *,
    first: Period,
    today: date,
) -> None:
    """ParametersInvalid for what the plan does not have, and for a day that has passed."""
    faults = []
    if given.area is not None and given.area not in definition.areas:
        faults.append(unknown_in_field("/area", given.area, definition.areas))
    last = Period(definition.document.plan.end_year, 4)
    if period is not None and not first.index <= period.index <= last.index:
        span = {"first": str(first), "last": str(last)}
        faults.append(invalid_field("/period", given.period, "plan_period", **span))
    if given.until < today:
        faults.append(invalid_field("/until", given.until, "day_not_passed"))
    if faults:
        raise ParametersInvalid(faults)
