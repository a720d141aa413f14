"""The simulated bureau: it gives areas their targets, notes progress and publishes results."""

from collections.abc import Sequence

from sqlmodel import Session

from app.demo.occasions import Occasion
from app.schemas.progress import ProgressInput
from app.schemas.publications import PublicationInput
from app.schemas.targets.targets import TargetRevision
from app.services.access.keys import Principal, Role
from app.services.calendar.progress import actions_serving, note_progress
from app.services.ledger.entries import Action
from app.services.publications.publications import publish
from app.services.state.definitions import PlanDefinition
from app.services.targets.revisions import revise_targets

ADMINISTRATOR, REVIEWER = "demo-administrator", "demo-reviewer"


class Bureau:
    """What administrators and responsible units do, each through the services."""

    def __init__(
        self, session: Session, definition: PlanDefinition, targets: Sequence[TargetRevision]
    ) -> None:
        self.session, self.definition, self.targets = session, definition, targets
        self.plan = definition.document.plan.code

    def mark(self, occasion: Occasion) -> None:
        """Do what the occasion says."""
        if occasion.action is Action.SET_TARGETS:
            self._set_targets(occasion)
        elif occasion.action is Action.NOTE_PROGRESS:
            self._note(occasion)
        else:
            self._publish(occasion)

    def _set_targets(self, occasion: Occasion) -> None:
        if self.targets:
            revise_targets(
                self.session,
                sign_in(self.plan, ADMINISTRATOR, Role.ADMINISTRATOR),
                plan_code=self.plan,
                revisions={f"/targets/{place}": each for place, each in enumerate(self.targets)},
                now=occasion.at,
            )

    def _note(self, occasion: Occasion) -> None:
        unit = self._responsible_for(occasion.subject)
        note_progress(
            self.session,
            sign_in(self.plan, f"demo-{unit}", Role.READER, unit=unit)
            if unit
            else sign_in(self.plan, ADMINISTRATOR, Role.ADMINISTRATOR),
            plan_code=self.plan,
            code=occasion.subject,
            given=ProgressInput(status=occasion.status, note=occasion.text),
            now=occasion.at,
        )

    def _responsible_for(self, code: str) -> str | None:
        """The unit that is listed first for an action, or for the first that serves a goal."""
        document = self.definition.document
        own = [each for each in document.actions if each.code == code]
        serving = own or actions_serving(document, code)
        return serving[0].responsible_units[0] if serving else None

    def _publish(self, occasion: Occasion) -> None:
        publish(
            self.session,
            sign_in(self.plan, ADMINISTRATOR, Role.ADMINISTRATOR),
            plan_code=self.plan,
            given=PublicationInput(name=occasion.subject, note=occasion.text),
            now=occasion.at,
        )


def sign_in(
    plan: str,
    owner: str,
    role: Role,
    *,
    areas: frozenset[str] = frozenset(),
    unit: str | None = None,
) -> Principal:
    """Someone of the office, as if a key had been shown."""
    return Principal(
        key_id=owner,
        owner=owner,
        role=role,
        areas=areas,
        responsible_unit=unit,
        plan=plan,
    )
