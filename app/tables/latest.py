"""The gap table as it is now, stored for views of SQL and for pages that nobody asked for yet."""

from datetime import date

from sqlmodel import Field, SQLModel

from app.tables.base import text_column


class GapTable(SQLModel, table=True):
    """Which state of a plan its stored rows show: the newest revision that changed them, a day.

    ``made_by``: the digest of the code that made them.
    """

    __tablename__ = "gap_table"

    plan: str = Field(primary_key=True, foreign_key="plan.code")
    revision: int
    day: date
    made_by: str


class StoredGap(SQLModel, table=True):
    """A row of the gap table: ``cells`` is the JSON that the API answers.

    It follows from the ledger, as everything else; but it is changed.
    """

    __tablename__ = "stored_gap"

    plan: str = Field(primary_key=True, foreign_key="gap_table.plan")
    indicator: str = Field(primary_key=True)
    area: str = Field(primary_key=True)
    cells: str = text_column()
