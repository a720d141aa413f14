"""The tasks of a year as files: the form goes out, is filled in, and comes back."""

import io
from typing import Any

import openpyxl
import pytest

from app.api.answers.files import XLSX_MEDIA_TYPE
from tests.api.reads import DISTRICTS, get_items
from tests.conftest import Deployment
from tests.writing import CITY, NATION, places

REVENUE = "software_business_revenue"


def _post(
    deployment: Deployment,
    body: bytes | str,
    kind: str = "text/csv",
    plan: str = CITY,
    **query: Any,
) -> Any:
    key = deployment.key("administrator")
    content = body if isinstance(body, bytes) else body.encode()
    return deployment.client.post(
        f"{plan}/targets/batch",
        content=content,
        params=query,
        headers={**key, "Content-Type": kind},
    )


def _form(deployment: Deployment, plan: str, year: int) -> Any:
    found = deployment.client.get(f"{plan}/targets/template", params={"year": year})
    assert found.status_code == 200, found.text
    assert found.headers["content-type"] == XLSX_MEDIA_TYPE
    return openpyxl.load_workbook(io.BytesIO(found.content))


def _rows(sheet: Any) -> list[dict[str, Any]]:
    """The rows of the form by the English names of its columns."""
    names = [str(cell.value).split(" ", 1)[1] for cell in sheet[4]]
    return [
        dict(zip(names, (cell.value for cell in line), strict=True))
        for line in sheet.iter_rows(min_row=5)
    ]


def test_the_form_shows_what_is_known_and_leaves_the_values_open(read_api: Deployment) -> None:
    sheet = _form(read_api, NATION, 2024).active
    (row,) = [
        each for each in _rows(sheet) if (each["Indicator"], each["Area"]) == (REVENUE, "china")
    ]
    # 123258 in 2023; 81616 (140000/81616)^(4/5) by the end of 2024.
    assert (row["Brought by the year before"], row["Asked by the path"]) == (123258, 125677.49)
    assert (row["Year"], row["Value"], row["Task so far"], row["Unit"]) == (
        2024,
        None,
        None,
        "亿元",
    )


def test_the_form_comes_back_filled_in(deployment: Deployment) -> None:
    book = _form(deployment, CITY, 2025)
    sheet = book.active
    names = [str(cell.value) for cell in sheet[4]]
    value, code = names.index("数值 Value") + 1, len(names) - 1
    for line in range(5, sheet.max_row + 1):
        if sheet.cell(line, code).value == "value_added":
            sheet.cell(line, value).value = 100 + line
    filled = io.BytesIO()
    book.save(filled)
    answer = _post(deployment, filled.getvalue(), XLSX_MEDIA_TYPE, reason="the year's work plan")
    assert answer.status_code == 201, answer.text
    tasks = answer.json()["tasks"]
    assert {task["area"] for task in tasks} == {"shenzhen", *DISTRICTS}
    assert {(task["year"], task["reason"]) for task in tasks} == {(2025, "the year's work plan")}
    again = _post(deployment, filled.getvalue(), XLSX_MEDIA_TYPE, reason="the year's work plan")
    assert (again.status_code, again.json()["applied"]) == (200, False)


def test_people_write_names_and_words_in_either_language(api: Deployment) -> None:
    file = (
        "指标,地区,年度,数值,单位,比较方式,理由\n"
        "软件与信息服务产业集群增加值,南山区,2025年,0.15,万亿元,不低于,年度工作安排\n"
        "value_added,Futian District,2025,800,,gt,agreed\n"
        "value_added,罗湖区,2025,,,,\n"
        "value_added,longgang,,900,,,a target over the years\n"
    )
    answer = _post(api, file)
    assert answer.status_code == 201, answer.text
    tasks = {task["area"]: task for task in answer.json()["tasks"]}
    assert {area: (each["value"], each["comparator"]) for area, each in tasks.items()} == {
        "nanshan": (1500, "gte"),
        "futian": (800, "gt"),
    }
    (target,) = answer.json()["targets"]
    assert (target["area"], target["value"]) == ("longgang", 900)
    rows = get_items(api, f"{CITY}/tasks", year=2025, area="nanshan")
    assert [(row["indicator"], row["task"]) for row in rows] == [("value_added", 1500)]


@pytest.mark.parametrize(
    ("line", "pointer", "code"),
    [
        ("value_added,nowhere,2025,1,,,x", "/rows/2/area", "unknown_code"),
        ("nothing,nanshan,2025,1,,,x", "/rows/2/indicator", "unknown_code"),
        ("value_added,nanshan,2031,1,,,x", "/rows/2/year", "invalid"),
        ("value_added,nanshan,next,1,,,x", "/rows/2/year", "invalid"),
        ('value_added,nanshan,2025,"1,200",,,x', "/rows/2/value", "invalid"),
        ("value_added,nanshan,2025,1,家,,x", "/rows/2/unit", "unknown_code"),
        ("value_added,nanshan,2025,1,,,", "/rows/2/reason", "invalid"),
    ],
)
def test_what_is_wrong_with_a_row_is_said_with_its_number(
    api: Deployment, line: str, pointer: str, code: str
) -> None:
    answer = _post(api, f"indicator,area,year,value,unit,comparator,reason\n{line}\n")
    assert answer.status_code == 422, answer.text
    assert places(answer) == [(pointer, 2, code)]
    for error in answer.json()["errors"]:
        assert "JSON" not in error["message"]


@pytest.mark.parametrize(
    ("file", "code"),
    [
        ("", "file_refused"),
        ("a,b\n1,2\n", "file_refused"),
        ("indicator,area,value,colour\nvalue_added,nanshan,1,red\n", "file_refused"),
    ],
)
def test_a_file_without_such_a_table_is_refused(api: Deployment, file: str, code: str) -> None:
    answer = _post(api, file)
    assert (answer.status_code, answer.json()["code"]) == (422, code)


def test_only_an_administrator_sends_such_a_file(api: Deployment) -> None:
    file = "indicator,area,year,value,reason\nvalue_added,nanshan,2025,1,x\n"
    sent: dict[str, Any] = {"content": file.encode()}
    headers = {"Content-Type": "text/csv"}
    path = f"{CITY}/targets/batch"
    assert api.client.post(path, **sent, headers=headers).status_code == 401
    key = api.key("reporter", "nanshan")
    assert api.client.post(path, **sent, headers=headers | key).status_code == 403
    assert api.client.post(path, json={}, headers=api.key("administrator")).status_code == 415


def test_the_form_is_for_a_year_of_the_plan(read_api: Deployment) -> None:
    for year in (2031, "x"):
        found = read_api.client.get(f"{CITY}/targets/template", params={"year": year})
        assert found.status_code == 422
