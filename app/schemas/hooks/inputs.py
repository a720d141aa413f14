"""Web hooks as they are asked for: where messages about a plan are sent, and which ones."""

import base64
import binascii
import re
from enum import StrEnum
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from app.schemas.base import Input
from app.vocabulary import Code

_URL = re.compile(r"https?://[!-~]+", re.IGNORECASE)
SECRET_PREFIX = "whsec_"  # noqa: S105 - the mark of Standard Webhooks, and no secret
# In bytes, as Standard Webhooks asks.
_SHORTEST_SECRET, _LONGEST_SECRET = 24, 64


class HookEvent(StrEnum):
    """What a hook can be told of."""

    DUE_SOON = "due_soon"
    OVERDUE = "overdue"
    RETURNED = "returned"
    APPROVED = "approved"
    RESTATED = "restated"
    PUBLISHED = "published"


class HookFormat(StrEnum):
    """Whose JSON a message is: that of Standard Webhooks, or of a chat robot."""

    STANDARD = "standard"
    WECOM = "wecom"
    DINGTALK = "dingtalk"
    FEISHU = "feishu"


def _is_url(text: str) -> str:
    try:
        parts = urlsplit(text)
        is_whole = bool(_URL.fullmatch(text) and parts.hostname) and parts.port != 0
    except ValueError:
        is_whole = False
    if not is_whole or "@" in parts.netloc or parts.fragment:
        raise PydanticCustomError("hook_url", "not an address to post to")
    return text


def _is_secret(text: str) -> str:
    try:
        size = len(base64.b64decode(text.removeprefix(SECRET_PREFIX), validate=True))
    except binascii.Error:
        size = 0
    if not text.startswith(SECRET_PREFIX) or not _SHORTEST_SECRET <= size <= _LONGEST_SECRET:
        raise PydanticCustomError("hook_secret", "not a secret of Standard Webhooks")
    return text


class HookInput(Input):
    """A web hook to create."""

    url: Annotated[
        str,
        StringConstraints(max_length=2048),
        AfterValidator(_is_url),
        Field(
            description="Address that messages are posted to, for example "
            "`https://example.org/dabiao`."
        ),
    ]
    events: list[HookEvent] = Field(
        min_length=1,
        max_length=len(HookEvent),
        description="Events to send: `due_soon`, `overdue`, `returned`, `approved`, `restated` "
        "and `published`.",
    )
    areas: list[Code] = Field(
        default=[],
        max_length=1000,
        description="Codes of the areas whose due days and reports are told, for example "
        "`nanshan`. By default all areas.",
    )
    format: HookFormat = Field(
        default=HookFormat.STANDARD,
        description="`standard` for programs (Standard Webhooks), or `wecom`, `dingtalk` or "
        "`feishu` for a chat robot, which gets the Chinese text.",
    )
    secret: Annotated[str, StringConstraints(max_length=128), AfterValidator(_is_secret)] | None = (
        Field(
            default=None,
            description="Secret that messages are signed with: `whsec_` and 24 to 64 bytes in "
            "base64. By default a new one is made.",
        )
    )
