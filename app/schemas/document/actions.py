"""What a plan wants without a number: goals, actions, and the units responsible for them."""

from typing import Annotated, Literal, Self

from pydantic import Field, StrictBool, model_validator
from pydantic_core import PydanticCustomError

from app.schemas.base import DocumentPart
from app.vocabulary import Code, Text

Verbatim = Annotated[
    Text | None,
    Field(
        description="The words of the plan in Chinese, verbatim. Null if they are not "
        "available, which `text_extent` says."
    ),
]
Extent = Annotated[
    Literal["whole", "excerpt", "not_available"],
    Field(
        description="How much of the plan's own words `text_zh` holds: `whole`, `excerpt`, or "
        "`not_available` if it is null."
    ),
]


def _require_extent(text: str | None, extent: str) -> None:
    """A text is whole or an excerpt, and no text is not available."""
    if (text is None) != (extent == "not_available"):
        raise PydanticCustomError("text_extent", "text and extent disagree")


class QualitativeGoal(DocumentPart):
    """A goal without a number."""

    code: Code = Field(description="Code of the qualitative goal, unique within the plan.")
    text_zh: Text = Field(description="Text of the goal in Chinese.")
    text_en: Text = Field(description="Text of the goal in English.")


class GoalEntry(DocumentPart):
    """A goal: the targets and the qualitative goals under it."""

    code: Code = Field(description="Code of the goal, unique within the plan.")
    title_zh: Text = Field(description="Title of the goal in Chinese.")
    title_en: Text = Field(description="Title of the goal in English.")
    indicators: list[Code] = Field(
        default=[], description="Codes of the indicators that measure the goal."
    )
    qualitative: list[QualitativeGoal] = Field(default=[], description="Goals without a number.")
    notes: list[Text] = Field(default=[], description="Notes on the goal.")


class Serves(DocumentPart):
    """What an action is for."""

    goals: list[Code] = Field(default=[], description="Codes of the goals that the action serves.")
    indicators: list[Code] = Field(
        default=[], description="Codes of the indicators that the action serves."
    )
    qualitative_goals: list[Code] = Field(
        default=[], description="Codes of the qualitative goals that the action serves."
    )
    basis: Literal["stated", "inferred"] = Field(
        description="`stated` if the plan says so, `inferred` if it was concluded from the text."
    )


class CircumstanceEntry(DocumentPart):
    """An opportunity or a problem that the plan states as its ground."""

    code: Code = Field(description="Code of the opportunity or problem, unique within the plan.")
    text_zh: Verbatim = None
    text_extent: Extent = "not_available"
    summary_zh: Text = Field(description="What the plan says, summarized in Chinese.")
    summary_en: Text = Field(description="What the plan says, summarized in English.")
    notes: list[Text] = Field(default=[], description="Notes on the text of the plan.")

    @model_validator(mode="after")
    def _agree(self) -> Self:
        _require_extent(self.text_zh, self.text_extent)
        return self


class ActionEntry(DocumentPart):
    """A task, project or safeguard of the plan, with the units responsible for it."""

    code: Code = Field(description="Code of the action, unique within the plan.")
    kind: Literal["task", "project", "safeguard"] = Field(
        description="Kind of the action: `task`, `project` or `safeguard`."
    )
    ordinal_zh: Text | None = Field(
        default=None,
        description="Number of the action in the plan, in Chinese. Null if it has none.",
    )
    title_zh: Text = Field(description="Title of the action in Chinese.")
    title_en: Text = Field(description="Title of the action in English.")
    text_zh: Verbatim = None
    text_extent: Extent = "not_available"
    summary_zh: Text | None = Field(
        default=None, description="What is to be done, in Chinese. Null if it is not summarized."
    )
    summary_en: Text | None = Field(
        default=None, description="What is to be done, in English. Null if it is not summarized."
    )
    responsible_units: list[Code] = Field(
        description="Codes of the units responsible for the action, in the order of the plan."
    )
    first_listed_unit: Code | None = Field(
        default=None,
        description="Code of the unit that the plan lists first. Null if it names none.",
    )
    lead_is_designated: StrictBool = Field(
        default=False, description="True if the plan calls that unit the leading one."
    )
    projects: list[Code] = Field(
        default=[], description="Codes of the projects that the plan names within the action."
    )
    serves: Serves | None = Field(
        default=None,
        description="Goals and indicators that the action serves. Null if none is known.",
    )
    notes: list[Text] = Field(default=[], description="Notes on the text of the action.")

    @model_validator(mode="after")
    def _agree(self) -> Self:
        _require_extent(self.text_zh, self.text_extent)
        return self


class ResponsibleUnitEntry(DocumentPart):
    """An authority or other body that the plan makes responsible."""

    code: Code = Field(
        description="Code of the responsible unit, for example `industry_information_bureau`."
    )
    name_zh: Text = Field(description="Name of the unit in Chinese.")
    name_en: Text = Field(description="Name of the unit in English.")
    name_en_basis: Text | None = Field(
        default=None, description="Where the English name comes from. Null if it is not stated."
    )
    kind: Code = Field(
        description="Kind of body that the unit is, for example `municipal_department`."
    )
    notes: list[Text] = Field(default=[], description="Notes on the responsible unit.")
