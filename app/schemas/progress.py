"""Progress on what has no number: qualitative goals, tasks, projects, safeguards."""

from enum import StrEnum

from pydantic import Field

from app.schemas.base import Answer, Input
from app.schemas.document.actions import ActionEntry, QualitativeGoal
from app.vocabulary import Instant, Text


class ProgressStatus(StrEnum):
    """How far an action or a qualitative goal has advanced."""

    NOT_STARTED = "not_started"
    IN_PROGRESS = "in_progress"
    DELAYED = "delayed"
    COMPLETED = "completed"
    STOPPED = "stopped"


class ProgressInput(Input):
    """A note on the progress of an action or a qualitative goal."""

    status: ProgressStatus = Field(
        description="How far it is: `not_started`, `in_progress`, `delayed`, `completed` or "
        "`stopped`."
    )
    note: Text = Field(description="What was done since the last note.")
    evidence: Text | None = Field(
        default=None, description="Document or address that shows it, if any."
    )


class ProgressView(Answer):
    """A progress note as it was recorded."""

    status: str = Field(
        description="How far it was: `not_started`, `in_progress`, `delayed`, `completed` or "
        "`stopped`."
    )
    note: str = Field(description="What was done since the previous note.")
    evidence: str | None = Field(
        description="Document or address that shows it. Null if none was given."
    )
    noted_at: Instant = Field(description="Instant in UTC at which the note was recorded.")
    noted_by: str = Field(description="Owner of the key that recorded the note.")
    revision: int = Field(description="Revision of the plan that recorded the note.")


class QualitativeGoalView(QualitativeGoal):
    """A goal without a number, with the actions that serve it and the progress noted on it."""

    actions: list[str] = Field(
        description="Codes of the actions that serve the goal. Empty if none is known."
    )
    progress: list[ProgressView] = Field(
        description="Progress notes, newest first. Empty if there are none."
    )


class GoalView(Answer):
    """A goal with the indicators of its targets and its qualitative goals."""

    code: str = Field(description="Code of the goal, unique within the plan.")
    title_zh: str = Field(description="Title of the goal in Chinese.")
    title_en: str = Field(description="Title of the goal in English.")
    indicators: list[str] = Field(
        description="Codes of the indicators that the goal sets targets for."
    )
    qualitative: list[QualitativeGoalView] = Field(
        description="Goals without a number that belong to this goal."
    )
    notes: list[str] = Field(description="Notes on the text of the goal.")


class ActionView(ActionEntry):
    """A task, project or safeguard of the plan, with the progress noted on it."""

    progress: list[ProgressView] = Field(
        description="Progress notes, newest first. Empty if there are none."
    )
