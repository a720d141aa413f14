"""The ledger as clients read it: entries, their head, and what a correction restated."""

from pydantic import Field, JsonValue

from app.domain.rating import Rating
from app.schemas.base import Answer
from app.vocabulary import Instant, Number


class RestatedFigure(Answer):
    """A published figure that was corrected."""

    indicator: str = Field(description="Code of the indicator, for example `value_added`.")
    area: str = Field(description="Code of the area that reported the figure.")
    period: str = Field(description="Quarter of the figure, for example `2024-Q3`.")
    before: Number | None = Field(
        description="Official value before the correction, in the unit of the indicator. Null "
        "if there was none."
    )
    after: Number | None = Field(
        description="Official value after the correction, in the unit of the indicator. Null if "
        "the value was withdrawn."
    )
    missing_reason: str | None = Field(
        description="Reason why there is no value after the correction. Null if there is one."
    )


class RestatedRating(Answer):
    """The rating of a target before and after a correction."""

    indicator: str = Field(description="Code of the indicator that the target is for.")
    area: str = Field(description="Code of the area that the target is for.")
    period: str | None = Field(description="Period of the rating. Null if the target had no data.")
    before: Rating = Field(description="Rating before the correction, for example `on_track`.")
    after: Rating = Field(
        description="Rating after the correction, for example `acceleration_needed`."
    )


class Restatement(Answer):
    """What the correction of published figures changed."""

    figures: list[RestatedFigure] = Field(description="The corrected figures, before and after.")
    ratings: list[RestatedRating] = Field(
        description="Ratings of the targets that the figures count towards, at the period of "
        "each figure and at the latest."
    )
    publications: list[str] = Field(
        description="Names of the publications that show the figures as they were before."
    )


class LedgerRow(Answer):
    """One entry of the ledger. Every entry makes a new revision of the plan."""

    revision: int = Field(description="Revision of the plan that the entry made.")
    recorded_at: Instant = Field(
        description="Instant in UTC at which the entry was recorded. Never earlier than that of "
        "the previous entry."
    )
    actor: str | None = Field(
        description="Owner of the key that made the change. Null if the entry is not official and "
        "the caller may not see it."
    )
    action: str = Field(
        description="What was done, for example `submit`, `approve` or `set_targets`."
    )
    subject: str | None = Field(
        description="What the entry is about, for example an area and a quarter. Null if the entry "
        "is not official and the caller may not see it."
    )
    payload: dict[str, JsonValue] | None = Field(
        description="The recorded change in full. In a list, one of more than 128 KiB is "
        "`omitted`: its `size` in bytes, and its `count` of reports or published figures. Null if "
        "it is not official and the caller may not see it, or if it holds figures of a plan that "
        "withholds small counts from the caller. Of many decisions (`decide`), such a "
        "caller sees the approvals only."
    )
    restatement: Restatement | None = Field(
        description="Published figures that the entry changed. Null if it changed none."
    )
    parts: list[dict[str, JsonValue]] | None = Field(
        description="The submitted reports, whose digests are in `payload`. In a list, reports "
        "of more than 128 KiB together are `omitted`: their `count`, and their `size` in bytes. "
        "Null if the caller may not see them."
    )
    digest: str = Field(
        description="SHA-256 digest of the previous digest and this entry, in hexadecimal."
    )


class LedgerHead(Answer):
    """The newest entry of the ledger. A copy kept elsewhere proves that nothing was changed."""

    plan: str = Field(description="Code of the plan, for example `shenzhen-software-2025`.")
    revision: int = Field(description="Number of the newest revision of the plan.")
    digest: str = Field(description="Digest of the whole ledger up to this revision.")
    recorded_at: Instant = Field(description="Instant in UTC at which the revision was recorded.")
