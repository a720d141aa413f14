"""Tables of a few rows, written and read back in each format."""

import csv
import io
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

from pydantic import BaseModel, JsonValue
from python_calamine import CalamineWorkbook

from app.formats.plans.plan_file import read_plan_file
from app.formats.tables.csv import write_csv
from app.formats.tables.table import Origin, Table, columns_of
from app.formats.tables.xlsx import write_xlsx
from app.schemas.document.plan import PlanDocument
from app.vocabulary import Instant, Number

ROOT = Path(__file__).parents[2]
RECORDED_AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)

Row = dict[str, Any]


class Sample(BaseModel):
    """A row with a cell of each kind."""

    text: str | None = None
    texts: list[str] | None = None
    number: Number | None = None
    share_percent: Number | None = None
    many: int | None = None
    truth: bool | None = None
    day: date | None = None
    moment: Instant | None = None
    parts: dict[str, JsonValue] | None = None


FULL = Sample(
    text='产业 "a", b\nc',
    texts=["甲", "b"],
    number=Decimal("812.4"),
    share_percent=Decimal(200) / 3,
    many=2025,
    truth=False,
    day=date(2025, 12, 31),
    moment=datetime(2025, 1, 2, 3, 4, 5, 678901, tzinfo=UTC),
    parts={"a": [1, None], "名": "x"},
)


def read_plan(name: str = "shenzhen-software-2025") -> PlanDocument:
    """A bundled plan."""
    return read_plan_file(ROOT / "seeds" / "plans" / f"{name}.yaml")


def make_origin(document: PlanDocument | None = None) -> Origin:
    """Revision 7 of a plan, as it was asked for by its number."""
    found = document or read_plan()
    return Origin(document=found, revision=7, recorded_at=RECORDED_AT, view="official", as_of="7")


def make_table(*rows: BaseModel, model: type[BaseModel] | None = None, **more: Any) -> Table:
    """A table of these rows; of a model where there are none."""
    columns = columns_of(type(rows[0]) if model is None else model)
    return Table(name="samples", columns=columns, rows=rows, total=len(rows), **more)


def written(write: Callable[[Table, IO[bytes]], None], table: Table) -> bytes:
    """The bytes of a file."""
    target = io.BytesIO()
    write(table, target)
    return target.getvalue()


def read_csv(content: bytes) -> list[dict[str, str]]:
    """The rows of a CSV file, by column."""
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def csv_of(*rows: BaseModel) -> list[dict[str, str]]:
    """The rows as CSV has them."""
    return read_csv(written(write_csv, make_table(*rows)))


def read_sheet(content: bytes, number: int = 0) -> list[list[Any]]:
    """The cells of a sheet of a workbook."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return book.get_sheet_by_index(number).to_python(skip_empty_area=False)


def xlsx_of(*rows: BaseModel) -> list[Row]:
    """The rows as a workbook has them, an empty cell as an empty text."""
    names, *cells = read_sheet(written(write_xlsx, make_table(*rows)))
    return [dict(zip(names, each, strict=True)) for each in cells]
