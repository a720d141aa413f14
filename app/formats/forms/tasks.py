"""The form for the tasks of a year, as a workbook to fill in: the values are left to be entered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from io import BytesIO

from app.formats.forms.style import NO_TIME, Sheet, StyledWorkbook, set_up_page, written_to
from app.formats.intake.tasks import name_of
from app.formats.workbook.grid import Cell
from app.words.book import LANGUAGES, fill, say_both, texts

# The columns in their order, with their widths in characters.
_WIDTHS: Mapping[str, int] = {
    "indicator_name": 32,
    "area_name": 16,
    "year": 9,
    "last_year": 15,
    "path_way": 15,
    "task_now": 15,
    "value": 15,
    "unit": 12,
    "comparator": 12,
    "reason": 30,
    "indicator": 28,
    "area": 14,
}
_FILL_IN = frozenset({"value", "unit", "comparator", "reason"})
_TOP = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskForm:
    """The form for one year of a plan; each row by the names of the columns."""

    title_zh: str
    title_en: str
    year: int
    rows: Sequence[Mapping[str, Cell]]


def write_task_form(form: TaskForm) -> bytes:
    """The form as an XLSX file."""
    target = BytesIO()
    with written_to(target) as workbook:
        workbook.book.set_properties({"title": form.title_en, "created": NO_TIME})
        sheet = workbook.add_sheet(say_both("forms", "tasks", "sheet"))
        workbook.write(sheet, (0, 0), f"{form.title_zh}  {_titles(form.year)}", "title")
        workbook.write(sheet, (1, 0), say_both("forms", "tasks", "hint"), "hint")
        for column, (name, width) in enumerate(_WIDTHS.items()):
            sheet.set_column(column, column, width)
            workbook.write(sheet, (_TOP, column), name_of(name), "heading")
        for number, row in enumerate(form.rows, start=_TOP + 1):
            _write_row(workbook, sheet, number, row)
        sheet.freeze_panes(_TOP + 1, 2)
        sheet.repeat_rows(_TOP)
        set_up_page(sheet)
    return target.getvalue()


def _write_row(
    workbook: StyledWorkbook, sheet: Sheet, number: int, row: Mapping[str, Cell]
) -> None:
    for column, name in enumerate(_WIDTHS):
        cell = row.get(name)
        # More digits than Excel keeps are of a path: nobody types them.
        shown = round(cell, 2) if isinstance(cell, Decimal) and name == "path_way" else cell
        workbook.write(sheet, (number, column), shown, "fill_in" if name in _FILL_IN else "said")


def _titles(year: int) -> str:
    titles = (str(texts("forms", language)["tasks"]["title"]) for language in reversed(LANGUAGES))
    return "  ".join(fill(title, {"year": year}) for title in titles)
