"""Progress on what has no number: qualitative goals, tasks, projects, safeguards."""

from enum import StrEnum

from pydantic import Field

from app.schemas.base import Answer, Input
from app.schemas.document.plan import ActionEntry, QualitativeGoal
from app.vocabulary import Instant, Text


class ProgressStatus(StrEnum):
    """How far it is."""

    NOT_STARTED = "not_started"
    IN_PROGRESS = "in_progress"
    DELAYED = "delayed"
    COMPLETED = "completed"
    STOPPED = "stopped"


class ProgressInput(Input):
    """A progress note."""

    status: ProgressStatus = Field(description="How far it is.")
    note: Text = Field(description="What was done.")
    evidence: Text | None = Field(default=None, description="A document or address that shows it.")


class ProgressView(Answer):
    """A progress note as it was made."""

    status: str = Field(description="How far it is.")
    note: str = Field(description="What was done.")
    evidence: str | None = Field(description="What shows it.")
    noted_at: Instant = Field(description="When.")
    noted_by: str = Field(description="By which owner.")
    revision: int = Field(description="The revision of the note.")


class QualitativeGoalView(QualitativeGoal):
    """A goal without a number, with its progress."""

    progress: list[ProgressView] = Field(description="Notes, newest first.")


class GoalView(Answer):
    """A goal with its targets' indicators and its qualitative goals."""

    code: str = Field(description="The goal's code.")
    title_zh: str = Field(description="Its title in Chinese.")
    title_en: str = Field(description="Its title in English.")
    indicators: list[str] = Field(description="The indicators of its targets.")
    qualitative: list[QualitativeGoalView] = Field(description="Goals without a number.")
    notes: list[str] = Field(description="Notes on the text.")


class ActionView(ActionEntry):
    """A task, project or safeguard with its progress."""

    progress: list[ProgressView] = Field(description="Notes, newest first.")
