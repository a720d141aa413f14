"""Events: one revision of a plan, as listeners are told of it."""

from pydantic import Field

from app.schemas.base import Answer, Input
from app.schemas.ledger import Restatement
from app.vocabulary import Instant


class Touched(Answer):
    """What a revision is about: the codes of what to read anew."""

    indicators: list[str] = Field(description="Indicators of its figures and targets.")
    areas: list[str] = Field(description="Their areas.")
    periods: list[str] = Field(description="The quarters of its figures.")


class EventView(Answer):
    """One revision, as it is told to those who listen."""

    plan: str = Field(description="The plan's code.")
    revision: int = Field(description="The revision; the id of the event.")
    recorded_at: Instant = Field(description="When it was recorded.")
    actor: str = Field(description="Who: the owner of the key.")
    action: str = Field(description="What was done.")
    subject: str = Field(description="To what.")
    digest: str = Field(description="The digest of the ledger up to it.")
    touched: Touched = Field(description="The official figures and targets that it is about.")
    restatement: Restatement | None = Field(description="Published figures that it changed.")


class EventQuery(Input):
    """Since when a listener wants to be told."""

    updated_after: str | None = Field(
        default=None, max_length=40, description="This revision; 0 for all; by default the newest."
    )
