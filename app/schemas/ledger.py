"""The ledger as clients read it: entries, their head, and what a correction restated."""

from pydantic import Field, JsonValue

from app.domain.rating import Rating
from app.schemas.base import Answer
from app.vocabulary import Instant, Number


class RestatedFigure(Answer):
    """A published figure that changed."""

    indicator: str = Field(description="The indicator.")
    area: str = Field(description="The area.")
    period: str = Field(description="The quarter.")
    before: Number | None = Field(description="The official value until then, in its unit.")
    after: Number | None = Field(description="The official value since.")
    missing_reason: str | None = Field(description="Why there is no figure any more.")


class RestatedRating(Answer):
    """The rating of a target that a restated figure counts for."""

    indicator: str = Field(description="The indicator.")
    area: str = Field(description="The area of the target.")
    period: str | None = Field(description="The period of the rating.")
    before: Rating = Field(description="The rating until then.")
    after: Rating = Field(description="The rating since.")


class Restatement(Answer):
    """What the correction of a published figure changed."""

    figures: list[RestatedFigure] = Field(description="The figures, before and after.")
    ratings: list[RestatedRating] = Field(
        description="Of every target that they count for, at their periods and at the latest."
    )
    publications: list[str] = Field(description="The publications that show another figure.")


class LedgerRow(Answer):
    """One entry of the ledger."""

    revision: int = Field(description="The revision that it made.")
    recorded_at: Instant = Field(description="When; never before the entry ahead of it.")
    actor: str = Field(description="Who: the owner of the key.")
    action: str = Field(description="What was done.")
    subject: str = Field(description="To what.")
    payload: dict[str, JsonValue] | None = Field(description="All of it, where it is official.")
    restatement: Restatement | None = Field(description="Published figures that it changed.")
    parts: list[dict[str, JsonValue]] | None = Field(
        description="The reports that it submits; the payload holds their digests."
    )
    digest: str = Field(description="SHA-256 over the previous digest and this entry.")


class LedgerHead(Answer):
    """The newest revision, for others to pin."""

    plan: str = Field(description="The plan's code.")
    revision: int = Field(description="Its newest revision.")
    digest: str = Field(description="The digest of the whole ledger up to it.")
    recorded_at: Instant = Field(description="When it was recorded.")
