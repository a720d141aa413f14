"""Every word that the form prints is taken back: by the reader of files, and through push."""

import csv
import io
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from app.domain.accumulation import Basis, MissingReason
from app.domain.quantity import ObsStatus, PriceBasis
from app.formats.forms.style import heading_of
from app.formats.intake.heading import AREA_NAME, INDICATOR_NAME
from app.push.client import PushOrder, push
from app.push.outcome import ExitCode
from app.words.book import LANGUAGES, name_code
from tests.conftest import Deployment
from tests.test_push import PLAN, URL, Network
from tests.writing import CITY, deployed_once, nothing_stored

HEADER = ["area", "period", "indicator", "value", "unit", "basis", "missing_reason"]
HEADER += ["explanation", "price_basis", "obs_status"]
KINDS: dict[str, list[str]] = {
    "basis": [*Basis],
    "missing_reason": [*MissingReason],
    "price_basis": [*PriceBasis],
    "obs_status": [*ObsStatus],
}
PERIODS = [f"{year}-Q{quarter}" for year in range(2021, 2025) for quarter in range(1, 5)]
ALLOWED = {"ytd": "value_added", "quarter": "value_added", "since_start": "rd_institutions"}
ALLOWED["level"] = "national_key_software_enterprises"
UNIT = {"value_added": "亿元", "rd_institutions": "家", ALLOWED["level"]: "家"}

Row = dict[str, Any]


@pytest.fixture(scope="module")
def deployment(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A deployment that nothing is ever stored in."""
    with deployed_once(sqlite_template, tmp_path_factory.mktemp("words")) as found:
        yield found


@pytest.fixture(scope="module")
def form(deployment: Deployment) -> Worksheet:
    """The form of all areas for a fourth quarter, when every indicator is due."""
    answer = deployment.client.get(f"{CITY}/reports/template", params={"period": "2023-Q4"})
    sheet = load_workbook(io.BytesIO(answer.content)).worksheets[0]
    assert isinstance(sheet, Worksheet)
    return sheet


def _printed(form: Worksheet, column: str, beside: str) -> dict[str, str]:
    """What the form prints for each code of a column, in the column of names beside it."""
    lines = list(form.iter_rows(values_only=True))
    [top] = [number for number, line in enumerate(lines) if heading_of(column) in line]
    code, name = (lines[top].index(each) for each in (heading_of(column), heading_of(beside)))
    return {str(line[code]): str(line[name]) for line in lines[top + 1 :]}


def _lists(form: Worksheet, column: str) -> Iterator[tuple[int, list[str]]]:
    """The words in the lists of a column's cells, each with its row."""
    cells = (cell for row in form.iter_rows() for cell in row)
    [letter] = [cell.column_letter for cell in cells if cell.value == heading_of(column)]
    for each in form.data_validations.dataValidation:
        if each.type == "list":
            for place in each.sqref.ranges:
                if place.coord.startswith(letter):
                    yield place.min_row, str(each.formula1).strip('"').split(",")


def _units(form: Worksheet) -> set[tuple[str, str]]:
    """The units that the form offers, each with an indicator."""
    cells = (cell for row in form.iter_rows() for cell in row)
    [letter] = [cell.column_letter for cell in cells if cell.value == heading_of("indicator")]
    lists = _lists(form, "unit")
    return {(str(form[f"{letter}{row}"].value), unit) for row, units in lists for unit in units}


def _words(form: Worksheet, kind: str, code: str) -> list[str]:
    """A code, its name in either language, and what the list of the form has for it."""
    names = [name_code(kind, code, language) for language in LANGUAGES]
    both = f"{name_code(kind, code, 'zh')} {name_code(kind, code, 'en')}"
    assert both in {word for _, words in _lists(form, kind) for word in words}
    return [code, *names, both]


def _rows(deployment: Deployment, form: Worksheet) -> Iterator[Row]:
    """A row for each word. No two are about the same area, quarter and indicator."""
    withheld = {"missing_reason": "withheld"}
    areas = _printed(form, "area", AREA_NAME)
    indicators = _printed(form, "indicator", INDICATOR_NAME)
    for shift, column, printed in ((0, "area", areas), (4, "indicator", indicators)):
        listed = deployment.client.get(f"{CITY}/{column}s").json()["items"]
        assert {each["code"] for each in listed} >= set(printed)
        for each in (each for each in listed if each["code"] in printed):
            words = (each["code"], each["name_zh"], each["name_en"], printed[each["code"]])
            place = {"area": "nanshan", "indicator": "revenue_1bn_10bn", **withheld}
            for word, period in zip(words, PERIODS[shift:], strict=False):
                yield {**place, "period": period, column: word}
    free = iter(product(sorted(set(areas) - {"nanshan"}), PERIODS[4:]))
    for kind, codes in KINDS.items():
        for code, word in [(each, said) for each in codes for said in _words(form, kind, each)]:
            area, period = next(free)
            indicator = ALLOWED[code if kind == "basis" else "ytd"]
            row = {"area": area, "period": period, "indicator": indicator, kind: word}
            figure = {"value": 1, "unit": UNIT[indicator], "basis": "ytd"}
            yield row if kind == "missing_reason" else {**figure, **row}
    for indicator, unit in _units(form):
        area, period = next(free)
        of_unit: Row = {"area": area, "period": period, "indicator": indicator, "value": 1}
        basis = "level" if indicator == ALLOWED["level"] else "quarter"
        yield {**of_unit, "unit": unit, "basis": basis}


def _file(rows: list[Row]) -> bytes:
    target = io.StringIO(newline="")
    writer = csv.DictWriter(target, HEADER)
    writer.writeheader()
    writer.writerows({"explanation": "checked", **row} for row in rows)
    return target.getvalue().encode()


def test_every_word_of_the_form_is_taken_back(deployment: Deployment, form: Worksheet) -> None:
    rows = list(_rows(deployment, form))
    headers = deployment.key("reviewer") | {"content-type": "text/csv"}
    with nothing_stored(deployment):
        answer = deployment.client.post(
            f"{CITY}/reports/batch?dry_run=true", content=_file(rows), headers=headers
        )
    assert answer.status_code == 200, [each["message"] for each in answer.json()["errors"]]
    assert answer.json()["summary"] == {
        "created": len(rows), "updated": 0, "unchanged": 0, "rejected": 0
    }  # fmt: skip
    assert len(rows) > 100


def test_every_word_of_the_form_is_taken_through_push(
    deployment: Deployment, form: Worksheet, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = list(_rows(deployment, form))
    file, key = tmp_path / "report.csv", tmp_path / "key"
    file.write_bytes(_file(rows))
    key.write_text(deployment.key("reviewer")["Authorization"].removeprefix("Bearer "))
    order = PushOrder(file=file, url=URL, key_file=key, plan=PLAN, is_dry_run=True)
    with nothing_stored(deployment):
        assert push(order, transport=Network(deployment)) is ExitCode.STORED
    assert f"New: {len(rows)}. Updated: 0." in capsys.readouterr().out
