"""The form of a year's tasks, and a file of targets and tasks in the codes of the plan."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from pydantic import ValidationError
from sqlmodel import Session

from app.domain.quantity import Undefined
from app.domain.time.period import QUARTERS_A_YEAR, Period
from app.domain.year.course import YearCourse
from app.domain.year.task import way_within
from app.errors.failure import ParametersInvalid
from app.errors.fault import Fault, invalid_field, name_rule
from app.formats.forms.tasks import TaskForm
from app.formats.intake.tasks import TaskLine
from app.formats.workbook.grid import Cell
from app.schemas.document.indicators import IndicatorEntry
from app.schemas.document.plan import AreaEntry
from app.schemas.targets.targets import TargetRevision
from app.services.state.definitions import PlanDefinition
from app.services.state.plan import KnownPlan
from app.services.state.tasks import TaskKey, load_tasks
from app.words.lexicon import Lexicon, lexicon_of


def make_task_form(session: Session, known: KnownPlan, *, year: int) -> TaskForm:
    """Every indicator that can have a task in every area that may answer for one, with what is
    known: what the year before brought, what the path asks, what was set.
    """
    tasks = load_tasks(session, known.snapshot.plan, revision=known.snapshot.revision)
    plan, rows = known.plan, list[Mapping[str, Cell]]()
    end = Period(year, QUARTERS_A_YEAR)
    for entry in known.definition.document.indicators:
        indicator, root = known.indicator(entry.code), known.definition.root.code
        if plan.targets.newest(indicator.code, root) is None or indicator.of is not None:
            continue
        for area in (root, *plan.rules.summands(indicator, root)):
            held = plan.targets.at(indicator.code, area, end)
            set_task = tasks.find(TaskKey(indicator.code, area, year))
            course = YearCourse(plan=plan, indicator=indicator, area=area)
            before = course.brought(end.shift(-QUARTERS_A_YEAR))
            way = None if held is None else way_within(indicator, held.target, year)
            place = known.definition.area(area)
            rows.append(
                {
                    "indicator": indicator.code,
                    "indicator_name": f"{entry.name_zh} {entry.name_en}",
                    "area": area,
                    "area_name": f"{place.name_zh} {place.name_en}",
                    "year": Decimal(year),
                    "last_year": None if isinstance(before, Undefined) else before,
                    "path_way": None if isinstance(way, Undefined) else way,
                    "task_now": None if set_task is None else set_task.value,
                    "unit": indicator.unit,
                }
            )
    header = known.definition.document.plan
    return TaskForm(title_zh=header.title_zh, title_en=header.title_en, year=year, rows=rows)


def read_revisions(
    definition: PlanDefinition, lines: list[TaskLine], *, reason: str | None
) -> dict[str, TargetRevision]:
    """The targets and tasks of a file by their places in it; ``reason``: of rows that give none.

    People write names and words in either language. ParametersInvalid with every fault.
    """
    words = _Words(definition)
    found, faults = dict[str, TargetRevision](), list[Fault]()
    for line in lines:
        at = f"/rows/{line.number}"
        if line.is_odd:
            faults.append(invalid_field(f"{at}/value", str(line.cells["value"]), "task_cell"))
            continue
        given = {name: words.read(name, cell) for name, cell in line.cells.items()}
        given = {name: cell for name, cell in given.items() if cell is not None}
        try:
            found[at] = TargetRevision.model_validate({"reason": reason, **given})
        except ValidationError as invalid:
            faults.extend(_faults(at, invalid))
    if faults:
        raise ParametersInvalid(faults)
    return found


def in_its_row(fault: Fault) -> Fault:
    """A fault of a file, with the number of the row that its pointer is in."""
    _, part, row, *_ = [*(fault.pointer or "").split("/"), "", "", ""]
    return replace(fault, row=int(row)) if part == "rows" else fault


def _faults(at: str, invalid: ValidationError) -> list[Fault]:
    found = []
    for error in invalid.errors():
        facts = name_rule(error["type"], error.get("ctx", {}))
        broken = str(facts.pop("rule"))
        # A clerk sends no JSON.
        rule = "task_number" if broken == "json_number" else broken
        place = "/".join(map(str, error["loc"]))
        found.append(invalid_field(f"{at}/{place}", error["input"], rule, **facts))
    return found


class _Words:
    """What people write for the codes of a row."""

    def __init__(self, definition: PlanDefinition) -> None:
        self._lexicons = {
            "indicator": _names(definition.indicators),
            "area": _names(definition.areas),
            "unit": lexicon_of("unit"),
            "comparator": lexicon_of("comparator"),
        }

    def read(self, column: str, cell: Cell) -> Cell | int:
        """The code that a cell means; what means none, or several, stays as it is."""
        if cell is None or isinstance(cell, Decimal):
            return cell
        if column == "year":
            digits = cell.removesuffix("年").strip()
            return int(digits) if digits.isascii() and digits.isdigit() else cell
        if column not in self._lexicons:
            return cell
        codes = self._lexicons[column].find(cell)
        return codes[0] if len(codes) == 1 else cell


def _names(entries: Mapping[str, AreaEntry] | Mapping[str, IndicatorEntry]) -> Lexicon:
    return Lexicon(
        {
            code: [each.name_zh, each.name_en, f"{each.name_zh} {each.name_en}"]
            for code, each in entries.items()
        }
    )
