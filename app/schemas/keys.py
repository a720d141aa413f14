"""Keys: which one is asked for, and what is told of those that there are."""

from typing import Annotated, Literal

from pydantic import Field

from app.schemas.base import Answer, Input
from app.vocabulary import Instant, Text

RoleCode = Literal["reader", "reporter", "reviewer", "administrator"]


class KeyInput(Input):
    """The key that is asked for."""

    role: RoleCode = Field(
        description="Role of the key: `reader`, `reporter`, `reviewer` or `administrator`."
    )
    areas: Annotated[list[Annotated[str, Field(max_length=64)]], Field(max_length=1000)] = Field(
        default=[],
        description="Codes of the areas that a reporter reports for, at least one. Left out for "
        "other roles.",
    )
    owner: Annotated[Text, Field(max_length=200)] | None = Field(
        default=None,
        description="Person or office that uses the key. Changes are recorded under this name, "
        "and an owner cannot review own reports. By default the id of the key.",
    )
    responsible_unit: Annotated[str, Field(max_length=64)] | None = Field(
        default=None,
        description="Code of the responsible unit whose progress notes the key may record, if any.",
    )
    plan: Annotated[str, Field(max_length=64)] | None = Field(
        default=None,
        description="Code of the only plan that the key is for. By default that of your own key, "
        "which may be for all plans.",
    )
    expires_days: Annotated[int, Field(ge=1, le=36_500)] | None = Field(
        default=None,
        description="Number of days until the key expires. By default it expires with your own "
        "key, or never. It cannot last longer than your own key.",
    )


class KeyView(Answer):
    """A key, without its text."""

    id: str = Field(description="Id of the key, with which it is revoked.")
    owner: str = Field(description="Owner of the key, under whose name changes are recorded.")
    role: str = Field(
        description="Role of the key: `reader`, `reporter`, `reviewer` or `administrator`."
    )
    areas: list[str] = Field(
        description="Codes of the areas that a reporter reports for. Empty for other roles."
    )
    responsible_unit: str | None = Field(
        description="Code of the responsible unit that the key may act for. Null if it acts for "
        "none."
    )
    plan: str | None = Field(
        description="Code of the only plan that the key is for. Null if it is for all plans."
    )
    created_at: Instant = Field(description="Instant in UTC at which the key was created.")
    expires_at: Instant | None = Field(
        description="Instant in UTC from which the key is no longer valid. Null if it does not "
        "expire."
    )
    revoked_at: Instant | None = Field(
        description="Instant in UTC at which the key was revoked. Null if it was not."
    )
    active: bool = Field(description="True if the key is valid now: neither revoked nor expired.")


class NewKey(KeyView):
    """A new key with its text, which is shown this once and stored nowhere."""

    key: str = Field(
        description="Text of the key, to be sent as `Authorization: Bearer <key>`. It cannot be "
        "shown again."
    )
