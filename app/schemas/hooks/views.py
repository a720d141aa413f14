"""Web hooks as they are shown, and how their messages fared."""

from pydantic import Field

from app.schemas.base import Answer
from app.schemas.hooks.inputs import HookEvent, HookFormat
from app.vocabulary import Instant


class HookView(Answer):
    """A web hook, and how its messages fared. Its secret is not shown again."""

    id: str = Field(description="Id of the hook.")
    url: str = Field(description="Address that messages are posted to.")
    events: list[HookEvent] = Field(description="Events that are sent.")
    areas: list[str] = Field(
        description="Codes of the areas that messages are limited to. Empty for all areas."
    )
    format: HookFormat = Field(
        description="Format of the messages: `standard`, `wecom`, `dingtalk` or `feishu`."
    )
    created_at: Instant = Field(description="Instant in UTC at which the hook was created.")
    created_by: str = Field(description="Owner of the key that created the hook.")
    pending: int = Field(description="Number of messages that wait to be delivered.")
    delivered: int = Field(description="Number of messages that were delivered.")
    failed: int = Field(
        description="Number of messages that were given up after a day of attempts."
    )
    last_error: str | None = Field(
        description="Why the newest message that was tried and not delivered failed, for example "
        "`http_500`, `timed_out`, `not_connected` or `address_not_allowed`. Null if there is none."
    )
    last_delivered_at: Instant | None = Field(
        description="Instant in UTC of the last delivery. Null before the first."
    )


class NewHook(HookView):
    """A web hook as it was created, with its secret, which is shown this once."""

    secret: str = Field(
        description="Secret for checking the signature of messages, by the rules of Standard "
        "Webhooks. Keep it; it is not shown again."
    )
