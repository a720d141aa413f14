"""The tasks of years as known at a revision: as stored, every version, oldest first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlmodel import Session, col, select

from app.domain.path import Comparator
from app.domain.year.task import SetTask
from app.tables import AnnualTask


class TaskKey(NamedTuple):
    """Whose task it is, and for which year."""

    indicator: str
    area: str
    year: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredTasks:
    """The versions of the tasks that were set."""

    rows: Mapping[TaskKey, Sequence[AnnualTask]]

    def newest(self, key: TaskKey) -> AnnualTask | None:
        """The version that was recorded last."""
        found = self.versions(key)
        return found[-1] if found else None

    def versions(self, key: TaskKey) -> Sequence[AnnualTask]:
        """Every version of one task; empty where none was set."""
        return self.rows.get(key, ())

    def find(self, key: TaskKey) -> SetTask | None:
        """The task that holds, as the domain has it."""
        row = self.newest(key)
        if row is None:
            return None
        return SetTask(
            **key._asdict(),
            revision=row.revision,
            value=row.value,
            comparator=Comparator(row.comparator),
        )


def load_tasks(session: Session, plan: str, *, revision: int) -> StoredTasks:
    """The tasks that were known at a revision."""
    query = (
        select(AnnualTask)
        .where(AnnualTask.plan == plan, AnnualTask.revision <= revision)
        .order_by(col(AnnualTask.revision), col(AnnualTask.indicator), col(AnnualTask.area))
    )
    rows: dict[TaskKey, list[AnnualTask]] = {}
    for row in session.exec(query):
        rows.setdefault(TaskKey(row.indicator, row.area, row.year), []).append(row)
    return StoredTasks(rows=rows)
