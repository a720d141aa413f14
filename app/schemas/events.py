"""Events: one revision of a plan, as listeners are told of it."""

from pydantic import Field

from app.schemas.base import Answer, Input
from app.schemas.ledger import Restatement
from app.vocabulary import Instant


class Touched(Answer):
    """Codes of what a revision changed, so that a client knows what to read again."""

    indicators: list[str] = Field(
        description="Codes of the indicators whose figures or targets changed."
    )
    areas: list[str] = Field(description="Codes of the areas whose figures or targets changed.")
    periods: list[str] = Field(description="Quarters whose figures changed, for example `2024-Q3`.")


class EventView(Answer):
    """A revision of a plan, as sent to listeners."""

    plan: str = Field(description="Code of the plan, for example `shenzhen-software-2025`.")
    revision: int = Field(description="Number of the revision, which is also the id of the event.")
    recorded_at: Instant = Field(description="Instant in UTC at which the revision was recorded.")
    actor: str = Field(description="Owner of the key that made the change.")
    action: str = Field(
        description="What was done, for example `submit`, `approve` or `set_targets`."
    )
    subject: str = Field(description="What the change is about, for example an area and a quarter.")
    digest: str = Field(description="Digest of the ledger up to and including this revision.")
    touched: Touched = Field(description="Codes of the official figures and targets that changed.")
    restatement: Restatement | None = Field(
        description="Published figures that the revision changed. Null if it changed none."
    )


class Resync(Answer):
    """What a listener is told whose position is not one of the plan: read the plan again."""

    plan: str = Field(description="Code of the plan, for example `shenzhen-software-2025`.")
    revision: int = Field(
        description="Newest revision, which is also the id of the event. Events continue after it."
    )


class TicketView(Answer):
    """A ticket for one stream of events."""

    ticket: str = Field(description="The ticket, to be sent as the parameter `ticket`.")
    expires_at: Instant = Field(
        description="Instant in UTC until which the ticket opens a stream. The stream lasts longer."
    )


class EventQuery(Input):
    """Where the stream of events begins, and who listens."""

    since: str | None = Field(
        default=None,
        description="Send events after this revision. 0 sends all of them; by default only new "
        "ones are sent. For clients that cannot send `Last-Event-ID`.",
    )
    ticket: str | None = Field(
        default=None,
        description="Ticket from `POST /plans/{plan}/events/tickets`, in place of a key, for "
        "browsers' `EventSource`, which sends no header. It opens one stream, within 60 seconds.",
    )
