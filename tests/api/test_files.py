"""Files as clerks keep them: taken whole, refused clearly, answered beside the cells."""

import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook

from tests.conftest import Deployment
from tests.writing import CITY, head

BATCH = f"{CITY}/reports/batch"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HEADER = ["area", "period", "indicator", "value", "unit", "basis"]
ROWS: list[list[Any]] = [
    ["nanshan", "2024-Q1", "value_added", 120.5, "亿元", "ytd"],
    ["nanshan", "2024-Q1", "new_software_workers", 3000, "人", "quarter"],
]


def _csv(rows: list[list[Any]], encoding: str = "utf-8") -> bytes:
    return "\r\n".join(",".join(map(str, row)) for row in [HEADER, *rows]).encode(encoding)


def _xlsx(rows: list[list[Any]], sheet: str = "figures") -> bytes:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        page = book.add_worksheet(sheet)
        for number, row in enumerate([HEADER, *rows]):
            page.write_row(number, 0, row)
    return target.getvalue()


def _send(api: Deployment, body: bytes, kind: str = XLSX, **headers: str) -> Any:
    known = api.key("reviewer") | {"content-type": kind} | headers
    return api.client.post(BATCH, content=body, headers=known)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_csv_file_is_read_in_the_encodings_that_excel_writes(
    api: Deployment, encoding: str
) -> None:
    answer = _send(api, _csv(ROWS, encoding), "text/csv")
    assert answer.status_code == 201
    assert answer.json()["summary"]["created"] == 2


def test_a_workbook_is_read_and_its_numbers_are_exact(deployment: Deployment) -> None:
    answer = _send(deployment, _xlsx(ROWS))
    assert answer.status_code == 201
    key = deployment.key("reader")
    query = {"view": "provisional"}
    found = deployment.client.get(f"{CITY}/observations", params=query, headers=key).json()
    assert [each["value"] for each in found["items"]] == [120.5, 3000]


def test_a_file_is_judged_by_its_content_and_not_by_its_name(api: Deployment) -> None:
    assert _send(api, _xlsx(ROWS), "text/csv").status_code == 201


def test_findings_name_sheet_row_and_column(api: Deployment) -> None:
    wrong = [["nanshan", "2024-Q1", "value_added", "1,234", "亿元", "ytd"]]
    found = _send(api, _xlsx(wrong, "三季度")).json()["errors"][0]
    assert (found["sheet"], found["row"], found["column"]) == ("三季度", 2, "value")
    assert found["facts"]["hint"] == "thousands_separators"


def test_the_form_comes_back_filled_and_is_taken(deployment: Deployment) -> None:
    key = deployment.key("reporter", "nanshan")
    query = {"area": "nanshan", "period": "2024-Q3"}
    form = deployment.client.get(f"{CITY}/reports/template", params=query, headers=key)
    assert form.headers["content-type"] == XLSX
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(form.content)).get_sheet_by_index(0)
    text = "\n".join(str(cell) for row in sheet.to_python() for cell in row)
    assert "亿元" in text
    assert "Value added" in text
    untouched = _send(deployment, form.content)
    assert {each["code"] for each in untouched.json()["errors"]} == {"value_required"}


def test_the_form_of_all_areas_has_a_row_for_each_of_them(api: Deployment) -> None:
    query = {"period": "2024-Q4"}
    form = api.client.get(f"{CITY}/reports/template", params=query, headers=api.key("reviewer"))
    refused = _send(api, form.content).json()
    assert len(refused["errors"]) == 11 * 7


def test_the_answer_may_be_the_workbook_with_the_findings_beside_the_cells(
    api: Deployment,
) -> None:
    rows = [*ROWS, ["nanshan", "2024-Q1", "industrial_space", -5, "平方米", "quarter"]]
    answer = _send(api, _xlsx(rows), accept=XLSX)
    assert (answer.status_code, answer.headers["content-type"]) == (422, XLSX)
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0)
    cells = sheet.to_python()
    assert [row[:4] for row in cells[1:]] == [row[:4] for row in rows]
    assert "below zero" in "".join(map(str, cells[3]))
    known = {"accept": XLSX, "accept-language": "zh"}
    taken = _send(api, _xlsx(ROWS), **known)
    assert taken.status_code == 201
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(taken.content)).get_sheet_by_index(0)
    assert "新增" in "".join(map(str, sheet.to_python()[1]))


def test_header_and_rows_must_be_about_the_same_area(api: Deployment) -> None:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        page = book.add_worksheet("form")
        page.write_row(0, 0, ["area", "futian"])
        page.write_row(1, 0, ["period", "2024-Q1"])
        for number, row in enumerate([HEADER, *ROWS], start=3):
            page.write_row(number, 0, row)
    codes = [each["code"] for each in _send(api, target.getvalue()).json()["errors"]]
    assert codes == ["header_mismatch", "header_mismatch"]


def _bomb() -> bytes:
    source, target = zipfile.ZipFile(io.BytesIO(_xlsx(ROWS))), io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for name in source.namelist():
            body = source.read(name)
            if name.endswith("sheet1.xml"):
                body = body.replace(b"<sheetData>", b"<sheetData>" + b" " * 300_000_000)
            package.writestr(name, body)
    return target.getvalue()


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", "text/csv"),
        (b"a,b\n1,2\n", "text/csv"),
        (b"area,period,indicator,value,unit,basis,colour\n", "text/csv"),
        (b"PK\x03\x04 not a package", XLSX),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, XLSX),
        pytest.param(_bomb, XLSX, id="bomb"),
    ],
)
def test_what_is_no_table_of_figures_is_refused_with_the_reason(
    api: Deployment, body: bytes | Callable[[], bytes], kind: str
) -> None:
    body = body if isinstance(body, bytes) else body()
    for language in ("en", "zh"):
        answer = _send(api, body, kind, **{"accept-language": language})
        assert answer.status_code == 422, answer.text
        assert answer.json()["code"] == "file_refused"
        assert "{" not in answer.json()["detail"]
    assert head(api)["revision"] == 1


def test_other_media_types_and_overlarge_files_are_refused(api: Deployment) -> None:
    assert _send(api, b"x", "image/png").status_code == 415
    key = api.key("reviewer") | {"content-type": "text/csv"}
    too_large = api.client.post(BATCH, content=b"x" * (33 * 1024 * 1024), headers=key)
    assert (too_large.status_code, too_large.json()["code"]) == (413, "payload_too_large")


@pytest.mark.parametrize(
    "kind", ["text/csv;;;=", "text/csv; charset=utf-16", "text/csv; charset=shift_jis", "csv"]
)
def test_a_media_type_that_is_unclear_is_refused_before_the_file_is_read(
    api: Deployment, kind: str
) -> None:
    assert _send(api, _csv(ROWS), kind).status_code == 415
    packed = _send(api, _csv(ROWS), "text/csv", **{"content-encoding": "gzip"})
    assert packed.status_code == 415
    too_large = _send(api, b"x" * (33 * 1024 * 1024), kind)
    assert too_large.status_code == 415


@pytest.mark.parametrize("charset", ["utf-8", '"UTF-8"', "gb18030", "GBK"])
def test_a_file_may_say_its_charset(api: Deployment, charset: str) -> None:
    assert _send(api, _csv(ROWS), f"text/csv; charset={charset}").status_code == 201


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        (XLSX, XLSX),
        (f"application/json;q=0.5, {XLSX}", XLSX),
        (f"{XLSX};q=0, */*", "application/json"),
        ("*/*", "application/json"),
    ],
)
def test_accept_decides_between_the_workbook_and_json(
    api: Deployment, accept: str, kind: str
) -> None:
    answer = _send(api, _csv(ROWS), "text/csv", accept=accept)
    assert answer.status_code == 201
    assert answer.headers["content-type"] == kind


def test_an_answer_that_cannot_be_given_is_refused_before_anything_is_stored(
    api: Deployment,
) -> None:
    assert _send(api, _csv(ROWS), "text/csv", accept="text/html").status_code == 406
    assert _send(api, b'{"reports": []}', "application/json", accept=XLSX).status_code == 406
    assert head(api)["revision"] == 1


def test_a_file_needs_a_key_that_may_report(api: Deployment) -> None:
    headers = {"content-type": "text/csv"}
    assert api.client.post(BATCH, content=_csv(ROWS), headers=headers).status_code == 401
    reader = api.key("reader") | headers
    assert api.client.post(BATCH, content=_csv(ROWS), headers=reader).status_code == 403
