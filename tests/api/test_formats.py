"""One table in many formats: the same rows and names, chosen by name or by Accept."""

import io
import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import jsonschema_rs
import pytest
from arro3.io import read_parquet

from app.formats.forms.style import LONGEST_TEXT
from app.formats.tables import parquet
from app.formats.tables.beside import BESIDE
from app.formats.tables.table import to_text
from tests.api.reads import CITY, NATION, REVENUE, Row, approve, get_items, submit
from tests.conftest import Deployment
from tests.formats.tables import read_csv, read_sheet

# The contract's own list (api, A gap row).
GAP_COLUMNS = """
plan, indicator, indicator_name_zh, indicator_name_en, area, area_name_zh, area_name_en, period,
period_start, period_end, unit, target, target_high, comparator, deadline, commitment, baseline,
baseline_period, actual,
actual_basis, actual_source, provisional, gap, gap_percent, attainment_percent, progress_percent,
elapsed_percent, schedule_variance, schedule_index, path, path_value, path_progress_percent,
path_gap, achieved_rate, required_rate, required_per_quarter, reachability, acceleration,
growth_ratio, projection, projection_low,
projection_high, projection_prudent, probability, projected_gap, eta, rating, rating_index,
rating_basis, rating_threshold, areas_expected, areas_reported, areas_carried_forward,
data_age_quarters, yoy_percent, yoy_change, yoy_basis, published_growth_percent,
two_year_average_growth_percent, share_percent, share_change, rank, rank_of, obs_status,
year_to_date, missing_areas, flags, goal, responsible_units, trend, revision
""".replace("\n", " ")
TABLES = [
    "/api/v1/plans",
    f"{NATION}/areas",
    f"{CITY}/indicators",
    f"{CITY}/goals",
    f"{CITY}/actions",
    f"{CITY}/units",
    f"{NATION}/targets",
    f"{NATION}/gaps",
    f"{NATION}/observations",
    f"{NATION}/ledger",
    f"{NATION}/periods",
    f"{NATION}/publications",
]
CUBES = [f"{NATION}/{name}" for name in ("gaps", "targets", "observations", "completeness")]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PARQUET = "application/vnd.apache.parquet"
JSONSTAT = "application/vnd.json-stat+json"
MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": XLSX,
    "parquet": PARQUET,
    "jsonstat": JSONSTAT,
}
Asked = dict[str, Any]

ENDINGS = {"csv": "csv", "xlsx": "xlsx", "parquet": "parquet", "jsonstat": "jsonstat.json"}


def _fetch(deployment: Deployment, path: str, name: str, **query: Any) -> bytes:
    found = deployment.client.get(path, params={"format": name, **query})
    assert found.status_code == 200, found.text
    assert found.headers["content-type"] == MEDIA_TYPES[name]
    return bytes(found.content)


def _read_xlsx(content: bytes) -> list[Row]:
    names, *rows = read_sheet(content)
    return [dict(zip(names, row, strict=True)) for row in rows]


def _read_parquet(content: bytes) -> list[Row]:
    table = read_parquet(io.BytesIO(content)).read_all()
    cells = {
        name: [each for chunk in table[name].chunks for each in chunk.to_pylist()]
        for name in table.column_names
    }
    return [{name: cells[name][n] for name in cells} for n in range(len(table))]


def _as_json(cell: object) -> object:
    """What JSON would say of a day or an instant in a cell."""
    if isinstance(cell, datetime):
        # Excel counts in days: the last microsecond is lost, and its instants have no zone.
        moment = cell if cell.tzinfo else cell.replace(tzinfo=UTC)
        return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return cell.isoformat() if isinstance(cell, date) else cell


def _flat(value: object, *, keeps_lists: bool) -> object:
    """A JSON value as a cell that has no nested parts."""
    is_texts = isinstance(value, list) and all(isinstance(each, str) for each in value)
    if is_texts and keeps_lists:
        return value
    return _cell(value) if isinstance(value, list | dict) else value


def _cell(value: object) -> str:
    """A JSON value as its cell must read."""
    if value is None:
        return ""
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return "; ".join(value)
    if isinstance(value, str):
        return value
    if isinstance(value, list | dict):
        # tests/formats/test_table.py says how parts read in a line.
        text = to_text(value)
        assert '{"' not in text
        return text
    return json.dumps(value)


@pytest.mark.parametrize("path", TABLES)
def test_csv_has_the_rows_names_and_values_of_json(read_api: Deployment, path: str) -> None:
    rows = get_items(read_api, path, limit=1000)
    found = read_api.client.get(path, params={"format": "csv"})
    assert found.headers["content-type"] == "text/csv; charset=utf-8"
    assert found.content.startswith(b"\xef\xbb\xbf")
    assert found.content.endswith(b"\r\n")
    table = read_csv(found.content)
    assert len(table) == len(rows)
    for row, cells in zip(rows, table, strict=True):
        assert set(cells) - set(row) <= set(BESIDE)
        assert set(row) - set(cells) <= {"reasons", "explain"}
        for name in set(cells) & set(row):
            assert cells[name].removeprefix("'") == _cell(row[name]), name


@pytest.mark.parametrize("path", TABLES)
def test_a_workbook_has_the_rows_names_and_values_of_json(read_api: Deployment, path: str) -> None:
    rows = get_items(read_api, path, limit=1000)
    table = _read_xlsx(_fetch(read_api, path, "xlsx"))
    assert len(table) == len(rows)
    for row, cells in zip(rows, table, strict=True):
        assert set(row) - set(cells) <= {"reasons", "explain"}
        for name in set(cells) & set(row):
            cell, expected = cells[name], _flat(row[name], keeps_lists=False)
            if isinstance(expected, str) and len(expected) > LONGEST_TEXT:
                expected = f"{expected[: LONGEST_TEXT - 1]}…"
            if isinstance(expected, float):
                assert cell == pytest.approx(expected, rel=1e-15), name
            else:
                assert _as_json(cell) == ("" if expected is None else expected), name


@pytest.mark.parametrize("path", TABLES)
def test_parquet_has_the_rows_names_and_values_of_json(read_api: Deployment, path: str) -> None:
    rows = get_items(read_api, path, limit=1000)
    table = _read_parquet(_fetch(read_api, path, "parquet"))
    assert len(table) == len(rows)
    for row, cells in zip(rows, table, strict=True):
        assert set(row) - set(cells) <= {"reasons", "explain"}
        for name in set(cells) & set(row):
            cell = cells[name]
            keeps_lists = isinstance(cell, list)
            assert _as_json(cell) == _flat(row[name], keeps_lists=keeps_lists), name


@pytest.mark.parametrize("path", ["/api/v1/plans", f"{NATION}/gaps", f"{NATION}/ledger"])
def test_the_columns_are_the_same_in_the_same_order(read_api: Deployment, path: str) -> None:
    header = _fetch(read_api, path, "csv").decode("utf-8-sig").splitlines()[0].split(",")
    assert read_sheet(_fetch(read_api, path, "xlsx"))[0] == header
    parquet = read_parquet(io.BytesIO(_fetch(read_api, path, "parquet")))
    assert parquet.schema.names == header


def test_the_columns_of_gaps_are_the_contracts_in_its_order(read_api: Deployment) -> None:
    found = read_api.client.get(f"{CITY}/gaps", params={"format": "csv"})
    header = found.content.decode("utf-8-sig").splitlines()[0]
    expected = [name.strip() for name in GAP_COLUMNS.split(",")]
    assert header.split(",") == expected
    (row, *_) = get_items(read_api, f"{CITY}/gaps")
    assert set(row) - {"reasons", "explain"} == set(expected) - {"period_start", "period_end"}


def test_a_file_has_every_row_unless_a_limit_is_given(read_api: Deployment) -> None:
    path = f"{NATION}/gaps"
    query = {"start_period": "2020", "format": "csv"}
    whole = read_csv(read_api.client.get(path, params=query).content)
    assert (
        len(whole) == read_api.client.get(path, params={**query, "format": "json"}).json()["total"]
    )
    part = read_api.client.get(path, params={**query, "limit": 10, "offset": 5})
    assert read_csv(part.content) == whole[5:15]
    assert 'rel="next"' in part.headers["link"]
    assert "format=csv" in part.headers["link"]


@pytest.mark.parametrize(("name", "read"), [("xlsx", _read_xlsx), ("parquet", _read_parquet)])
def test_limit_offset_and_sort_hold_in_every_format(
    read_api: Deployment, name: str, read: Callable[[bytes], list[Row]]
) -> None:
    query = {"start_period": "2020", "sort": "-area,period", "limit": 7, "offset": 3}
    rows = get_items(read_api, f"{NATION}/gaps", **query)
    found = read(_fetch(read_api, f"{NATION}/gaps", name, **query))
    keys = ("indicator", "area", "period", "actual")
    assert [[row[key] or "" for key in keys] for row in rows] == [
        [row[key] or "" for key in keys] for row in found
    ]
    whole = read(_fetch(read_api, f"{NATION}/gaps", name, start_period="2020"))
    total = read_api.client.get(f"{NATION}/gaps", params={"start_period": "2020"}).json()["total"]
    assert len(whole) == total > 1000


@pytest.mark.parametrize("name", MEDIA_TYPES)
def test_a_file_is_named_after_its_table(read_api: Deployment, name: str) -> None:
    found = read_api.client.get(f"{CITY}/gaps", params={"format": name})
    expected = f'attachment; filename="gaps.{ENDINGS[name]}"'
    assert found.headers["content-disposition"] == expected


@pytest.mark.parametrize("name", MEDIA_TYPES)
def test_files_have_head_tags_and_304(read_api: Deployment, name: str) -> None:
    plain = {"Accept-Encoding": "identity"}
    query: Asked = {"params": {"format": name}}
    got = read_api.client.get(f"{NATION}/gaps", **query, headers=plain)
    head = read_api.client.head(f"{NATION}/gaps", **query, headers=plain)
    assert head.content == b""
    for header in ("content-type", "content-length", "content-disposition", "etag"):
        assert head.headers[header] == got.headers[header]
    assert int(got.headers["content-length"]) == len(got.content)
    tag = {"If-None-Match": got.headers["etag"]}
    again = read_api.client.get(f"{NATION}/gaps", **query, headers=tag)
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("name", MEDIA_TYPES)
def test_a_file_as_of_a_revision_is_the_same_bytes_for_ever(api: Deployment, name: str) -> None:
    submit(api, "nanshan", 812.4)
    query: Asked = {"params": {"format": name, "as_of": 1, "area": "nanshan"}}
    before = api.client.get(f"{CITY}/gaps", **query)
    assert "immutable" in before.headers["cache-control"]
    approve(api, submit(api, "nanshan", 900, correction_reason="recounted"))
    api.clock.now = datetime(2027, 5, 6, 7, 8, 9, tzinfo=UTC)
    after = api.client.get(f"{CITY}/gaps", **query)
    assert after.content == before.content
    assert after.headers["etag"] == before.headers["etag"]
    now = api.client.get(f"{CITY}/gaps", params={"format": name, "area": "nanshan"})
    assert now.content != before.content


def test_an_explanation_is_a_column_where_it_is_asked_for(read_api: Deployment) -> None:
    query = {"indicator": REVENUE, "area": "china", "explain": "true"}
    [row] = get_items(read_api, f"{NATION}/gaps", **query)
    expected = to_text(row["explain"])
    assert "formulas.gap: " in expected
    assert '{"' not in expected
    [csv] = read_csv(_fetch(read_api, f"{NATION}/gaps", "csv", **query))
    [xlsx] = _read_xlsx(_fetch(read_api, f"{NATION}/gaps", "xlsx", **query))
    [parquet] = _read_parquet(_fetch(read_api, f"{NATION}/gaps", "parquet", **query))
    assert [csv["explain"], xlsx["explain"], parquet["explain"]] == [expected] * 3
    assert list(csv)[-1] == list(xlsx)[-1] == list(parquet)[-1] == "explain"
    cube = json.loads(_fetch(read_api, f"{NATION}/gaps", "jsonstat", **query))
    assert cube["extension"]["rows"] != {}
    assert row["explain"] in [each["explain"] for each in cube["extension"]["rows"].values()]


def test_completeness_as_a_file_is_the_list_of_what_is_outstanding(read_api: Deployment) -> None:
    query = {"period": "2024-Q4"}
    rows = read_api.client.get(f"{CITY}/completeness", params=query).json()["outstanding"]
    found = _read_xlsx(_fetch(read_api, f"{CITY}/completeness", "xlsx", **query))
    assert len(found) == len(rows) > 10
    for row, cells in zip(rows, found, strict=True):
        found_row = {name: _as_json(cell) or None for name, cell in cells.items() if name in row}
        assert found_row == {name: value or None for name, value in row.items()}
        assert cells["area_name_en"].endswith(("District", "Zone", "Area"))
        assert cells["period_end"] == date(2024, 12, 31)


@pytest.mark.parametrize("name", ["observations", "targets", "gaps", "reconciliation", "tasks"])
def test_a_table_of_codes_and_periods_has_their_names_and_days(
    read_api: Deployment, name: str
) -> None:
    year = {"year": "2025"} if name == "tasks" else {}
    table = read_csv(_fetch(read_api, f"{NATION}/{name}", "csv", **year))
    (revenue, *_) = [row for row in table if (row["area"], row["indicator"]) == ("china", REVENUE)]
    assert (revenue["area_name_zh"], revenue["area_name_en"]) == ("全国", "China")
    assert revenue["indicator_name_zh"] == "规模以上企业软件业务收入"
    first, last = {"Q3": ("07-01", "09-30"), "Q4": ("10-01", "12-31")}[revenue["period"][-2:]]
    year_of = revenue["period"][:4]
    assert (revenue["period_start"], revenue["period_end"]) == (
        f"{year_of}-{first}",
        f"{year_of}-{last}",
    )
    assert all(row["period_start"] == "" for row in table if not row["period"])


def test_columns_beside_others_are_given_where_fields_names_them(read_api: Deployment) -> None:
    query = {"fields": "actual,period_end,flags,reasons", "indicator": REVENUE, "area": "china"}
    [row] = read_csv(_fetch(read_api, f"{NATION}/gaps", "csv", **query, period="2024-Q3"))
    assert list(row) == ["indicator", "area", "period", "period_end", "actual", "reasons", "flags"]
    assert (row["period_end"], row["flags"]) == ("2024-09-30", "ahead; base_restated")
    empty = {"fields": "actual,reasons", "area": "nanshan", "indicator": "value_added"}
    [row] = read_csv(_fetch(read_api, f"{CITY}/gaps", "csv", **empty))
    assert "actual: no_data" in row["reasons"]


def test_a_workbook_says_what_was_asked(read_api: Deployment) -> None:
    content = _fetch(read_api, f"{NATION}/gaps", "xlsx", as_of="3", limit=2, start_period="2020")
    said = {row[0]: row[1] for row in read_sheet(content, 1)}
    assert (said["规划 Plan"], said["截至 As of"]) == ("china-software-2025", "3")
    assert said["版本 Revision"].startswith("3  (")
    assert said["行数 Rows"].startswith("2 / ")


def test_an_empty_table_has_its_header(read_api: Deployment) -> None:
    found = read_api.client.get(f"{CITY}/observations", params={"format": "csv"})
    assert found.content.decode("utf-8-sig").startswith("plan,indicator,indicator_name_zh,")
    assert read_csv(found.content) == []


def test_the_name_of_an_owner_cannot_become_a_formula(api: Deployment) -> None:
    figure = {"indicator": "value_added", "value": 1, "unit": "亿元", "basis": "ytd"}
    body = {"area": "nanshan", "period": "2024-Q4", "figures": [figure]}
    key = api.key("reporter", "nanshan", owner='=HYPERLINK("http://x")')
    assert api.client.post(f"{CITY}/reports", json=body, headers=key).status_code == 201
    written = {"csv": '\'=HYPERLINK("http://x")', "xlsx": '=HYPERLINK("http://x")'}
    for name, read in (("csv", read_csv), ("xlsx", _read_xlsx)):
        found = api.client.get(f"{CITY}/ledger", params={"format": name}, headers=key)
        assert read(found.content)[-1]["actor"] == written[name]


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("", "json"),
        ("*/*", "json"),
        ("application/json", "json"),
        ("application/json; charset=utf-8", "json"),
        ("application/*", "json"),
        ("text/csv", "csv"),
        ("TEXT/CSV", "csv"),
        ("text/*", "csv"),
        ("text/csv, */*", "csv"),
        ("*/*, text/csv", "csv"),
        ("text/csv;q=0.1, application/json", "json"),
        ("application/json;q=0.1, text/csv;q=0.9", "csv"),
        ("*/*;q=0.1, text/csv", "csv"),
        ("text/csv;q=0.5, */*", "json"),
        ("application/json;q=0, */*", "csv"),
        ("text/csv, application/json", "csv"),
        ("application/json, text/csv", "json"),
        ("text/html, application/xhtml+xml, application/xml;q=0.9, */*;q=0.8", "json"),
        ("text/csv;q=high, application/json;q=0.1", "json"),
        (XLSX, "xlsx"),
        (f"{XLSX};q=0.9, text/csv;q=0.8", "xlsx"),
        (f"text/csv;q=0.8, {PARQUET}", "parquet"),
        (f"{JSONSTAT}, application/json;q=0.9", "jsonstat"),
        (f"{JSONSTAT};q=0.5, application/json", "json"),
        ("application/json;q=0, text/csv;q=0, */*", "xlsx"),
        (f"{PARQUET}, {XLSX}", "parquet"),
    ],
)
def test_the_accept_header_chooses_the_format(
    read_api: Deployment, accept: str, expected: str
) -> None:
    found = read_api.client.get(f"{CITY}/gaps", headers={"Accept": accept})
    assert found.headers["content-type"] == {"json": "application/json", **MEDIA_TYPES}[expected]
    name = found.headers.get("content-disposition", "")
    assert (f'"gaps.{ENDINGS[expected]}"' if expected != "json" else "") in name


@pytest.mark.parametrize(
    "accept", ["text/html", "application/xml", "image/*", "application/json;q=0", "json", "*/*;q=0"]
)
def test_a_format_that_there_is_not_is_406(read_api: Deployment, accept: str) -> None:
    found = read_api.client.get(f"{CITY}/gaps", headers={"Accept": accept})
    assert (found.status_code, found.json()["code"]) == (406, "not_acceptable")
    for media_type in ("application/json", "text/csv", XLSX, PARQUET, JSONSTAT):
        assert media_type in found.json()["detail"]


@pytest.mark.parametrize(
    "asked", [{"params": {"format": "jsonstat"}}, {"headers": {"Accept": JSONSTAT}}]
)
@pytest.mark.parametrize("name", ["areas", "ledger", "units"])
def test_a_table_that_is_no_cube_says_what_it_comes_as(
    read_api: Deployment, name: str, asked: Asked
) -> None:
    found = read_api.client.get(f"{NATION}/{name}", **asked)
    assert (found.status_code, found.json()["code"]) == (406, "not_acceptable")
    assert XLSX in found.json()["detail"]
    assert "jsonstat" not in found.json()["detail"]


@pytest.mark.parametrize(
    "asked", [{"params": {"format": "parquet"}}, {"headers": {"Accept": PARQUET}}]
)
def test_parquet_without_its_extra_says_what_to_install(
    api: Deployment, monkeypatch: pytest.MonkeyPatch, asked: Asked
) -> None:
    monkeypatch.setattr(parquet, "IS_INSTALLED", False)
    found = api.client.get(f"{NATION}/gaps", **asked)
    assert (found.status_code, found.json()["code"]) == (406, "format_not_installed")
    assert "'arrow'" in found.json()["detail"]


@pytest.mark.parametrize(
    "path", ["diff?from=1&format=csv", "overview?format=xlsx", "gaps?format=ods"]
)
def test_a_format_where_there_is_none_is_refused(read_api: Deployment, path: str) -> None:
    assert read_api.client.get(f"{NATION}/{path}").status_code == 422


def test_the_description_names_every_format(read_api: Deployment) -> None:
    paths = read_api.client.get("/openapi.json").json()["paths"]
    for name in ("gaps", "areas", "completeness"):
        content = paths[f"/api/v1/plans/{{plan}}/{name}"]["get"]["responses"]["200"]["content"]
        cube = [] if name == "areas" else [JSONSTAT]
        assert list(content) == ["application/json", "text/csv", XLSX, PARQUET, *cube]
    overview = paths["/api/v1/plans/{plan}/overview"]["get"]["responses"]["200"]["content"]
    assert list(overview) == ["application/json"]


@pytest.mark.parametrize("path", CUBES)
def test_a_cube_matches_its_description(read_api: Deployment, path: str) -> None:
    document = read_api.client.get("/openapi.json").json()
    described = document["paths"][path.replace("china-software-2025", "{plan}")]["get"]
    schema = described["responses"]["200"]["content"][JSONSTAT]["schema"]
    found = json.loads(_fetch(read_api, path, "jsonstat"))
    assert (
        list(jsonschema_rs.iter_errors({**schema, "components": document["components"]}, found))
        == []
    )


def test_the_parameter_goes_before_the_header(read_api: Deployment) -> None:
    for name, media_type in (("json", "application/json"), ("csv", "text/csv"), ("xlsx", XLSX)):
        accept = {"Accept": "text/html"}
        found = read_api.client.get(f"{CITY}/areas", params={"format": name}, headers=accept)
        assert found.headers["content-type"].startswith(media_type)


def test_provisional_figures_are_in_the_file_and_marked(deployment: Deployment) -> None:
    submit(deployment, "nanshan", 812.4)
    key = deployment.key("reader")
    query = {"view": "provisional", "format": "csv", "area": "nanshan", "period": "2024"}
    found = deployment.client.get(f"{CITY}/observations", params=query, headers=key)
    (row,) = read_csv(found.content)
    assert (row["value"], row["provisional"], row["recorded_by"]) == ("812.4", "true", "nanshan")
