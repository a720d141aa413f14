"""Extensions: a closed period opened for one area until a day, with a reason."""

from datetime import date, datetime

from sqlmodel import Session, select

from app.domain.time.calendar import day_in_shanghai
from app.domain.time.period import Period
from app.errors import ParametersInvalid, invalid_field, unknown_in_field
from app.schemas.calendar import ExtensionInput, ExtensionView
from app.services.access.keys import Principal, Role
from app.services.ledger.entries import Action, Change, append, lock_plan
from app.services.state.definitions import get_definition
from app.tables import Extension


def load_extensions(session: Session, plan: str, *, revision: int) -> dict[tuple[str, int], date]:
    """The last day until which an area may report for a period, where it was extended."""
    found: dict[tuple[str, int], date] = {}
    query = select(Extension).where(Extension.plan == plan, Extension.revision <= revision)
    for each in session.exec(query):
        key = (each.area, Period.parse(each.period).index)
        found[key] = max(each.until, found.get(key, each.until))
    return found


def grant_extension(
    session: Session,
    principal: Principal,
    *,
    plan_code: str,
    given: ExtensionInput,
    now: datetime,
) -> ExtensionView:
    """Open a period for an area; RoleNotAllowed, ParametersInvalid."""
    plan = lock_plan(session, plan_code)
    principal.require_plan(plan_code)
    principal.require_role(Role.ADMINISTRATOR)
    definition = get_definition(session, plan_code, revision=plan.revision)
    faults = []
    if given.area not in definition.areas:
        faults.append(unknown_in_field("/area", given.area, definition.areas))
    if given.until < day_in_shanghai(now):
        faults.append(invalid_field("/until", given.until, "day_not_passed"))
    if faults:
        raise ParametersInvalid(faults)
    period = str(Period.parse(given.period).as_quarter)
    content = {
        "area": given.area,
        "period": period,
        "until": given.until.isoformat(),
        "reason": given.reason,
    }
    change = Change(
        actor=principal.owner,
        action=Action.EXTEND,
        subject=f"{given.area} {period}",
        payload=dict(content),
    )
    entry = append(session, plan, change, now=now)
    return ExtensionView(
        area=given.area,
        period=period,
        until=given.until,
        reason=given.reason,
        revision=entry.revision,
    )
