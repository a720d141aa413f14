"""SDMX-REST over HTTP: formats, paths, refusals, who may read, and what was known when."""

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from app.database import Database
from app.formats.plans.plan_file import read_plan_file
from app.migration import migrate
from app.services.plans.deployments import mark_demo
from app.services.plans.loading import load_plan
from app.settings import Settings
from tests.api.reads import CITY, DISTRICTS, approve, submit
from tests.conftest import NOW, ROOT, Deployment

FLOW = "CHINA_SOFTWARE_2025_OBS"
GAPS = "CHINA_SOFTWARE_2025_GAP"
CITY_FLOW = "SHENZHEN_SOFTWARE_2025_OBS"
VND = "application/vnd.sdmx."
XML = f"{VND}structure+xml;version=2.1"
XML_3 = f"{VND}structure+xml;version=3.0.0"
XML_DATA_3 = f"{VND}data+xml;version=3.0.0"
JSON = f"{VND}structure+json;version=2.0.0"
JSON_STRUCTURE_1 = f"{VND}structure+json;version=1.0.0"
GENERIC = f"{VND}genericdata+xml;version=2.1"
SPECIFIC = f"{VND}structurespecificdata+xml;version=2.1"
JSON_1, JSON_2 = f"{VND}data+json;version=1.0.0", f"{VND}data+json;version=2.0.0"
DRAFT = f"{VND}draft-sdmx-json+json;version=1.0.0"
CSV_1, CSV_2 = f"{VND}data+csv;version=1.0.0", f"{VND}data+csv;version=2.0.0"
SPECIFIC_3 = "format=structurespecificdata&formatVersion=3.0"
EXPORT = f"/sdmx/v2/data/dataflow/DABIAO/{FLOW}/1.0.0/Q.software_export.china"


def _get(deployment: Deployment, path: str, accept: str = "*/*", **sent: str) -> Any:
    headers = {"Accept": accept, **sent}
    return deployment.client.get(path, headers=headers)


def _rows(deployment: Deployment, path: str) -> list[dict[str, str]]:
    found = _get(deployment, path, CSV_2)
    assert found.status_code == 200, found.text
    return list(csv.DictReader(io.StringIO(found.text, newline="")))


@pytest.mark.parametrize(
    ("path", "accept", "expected"),
    [
        (f"/sdmx/v1/data/{FLOW}", "*/*", GENERIC),
        (f"/sdmx/v1/data/{FLOW}", "", GENERIC),
        (f"/sdmx/v1/data/{FLOW}", "application/xml", GENERIC),
        (f"/sdmx/v1/data/{FLOW}", SPECIFIC, SPECIFIC),
        (f"/sdmx/v1/data/{FLOW}", SPECIFIC.replace(";version", "; version"), SPECIFIC),
        (f"/sdmx/v1/data/{FLOW}", f"{VND}structurespecificdata+xml", SPECIFIC),
        (f"/sdmx/v1/data/{FLOW}", "text/csv", CSV_2),
        (f"/sdmx/v1/data/{FLOW}", CSV_1, CSV_1),
        (f"/sdmx/v1/data/{FLOW}", f"{CSV_1};q=0.4, {SPECIFIC};q=0.5", SPECIFIC),
        (f"/sdmx/v1/data/{FLOW}", f"{CSV_2};labels=id;timeFormat=original", CSV_2),
        (f"/sdmx/v1/data/{FLOW}", f"{CSV_1};labels=both", f"{CSV_1};labels=both"),
        (f"/sdmx/v1/data/{FLOW}", f"{VND}data+csv;labels=both;q=0.9", f"{CSV_2};labels=both"),
        (f"/sdmx/v1/data/{FLOW}", "text/csv;labels=both", f"{CSV_2};labels=both"),
        (
            f"/sdmx/v1/data/{FLOW}",
            f"{VND}data+csv;labels=both;version=1.0.0",
            f"{CSV_1};labels=both",
        ),
        (f"/sdmx/v1/data/{FLOW}", "application/json", JSON_2),
        (f"/sdmx/v1/data/{FLOW}", JSON_1, JSON_1),
        (f"/sdmx/v1/data/{FLOW}?format=jsondata", "*/*", JSON_2),
        (f"/sdmx/v1/data/{FLOW}", f"{VND}draft-sdmx-json+json", DRAFT),
        (f"/sdmx/v2/data/dataflow/DABIAO/{FLOW}?format=jsondata", "*/*", JSON_2),
        (f"/sdmx/v2/data/dataflow/DABIAO/{FLOW}", f"{JSON_1};q=0.9,{CSV_1};q=0.5", JSON_1),
        (f"/sdmx/v1/availableconstraint/{FLOW}", "*/*", XML),
        (f"/sdmx/v1/data/{FLOW}?format=structurespecificdata", CSV_1, SPECIFIC),
        (f"/sdmx/v2/data/dataflow/DABIAO/{FLOW}", "*/*", CSV_2),
        (f"/sdmx/v2/data/dataflow/DABIAO/{FLOW}", "application/xml;q=0.9,*/*;q=0.8", GENERIC),
        (f"/sdmx/v2/data/dataflow/DABIAO/{FLOW}?format=csvdata", "*/*", CSV_2),
        (f"/sdmx/v2/data/dataflow/DABIAO/{FLOW}", f"{VND}data+xml", XML_DATA_3),
        (f"/sdmx/v1/data/{FLOW}", f"{XML_3},{XML_DATA_3}", XML_DATA_3),
        ("/sdmx/v2/structure/dataflow", f"{XML_3},{XML_DATA_3}", XML_3),
        ("/sdmx/v1/dataflow", "*/*", XML),
        ("/sdmx/v1/dataflow", "application/json", JSON),
        ("/sdmx/v1/dataflow?format=jsonstructure", "*/*", JSON),
        ("/sdmx/v2/structure/dataflow", "*/*", JSON),
        ("/sdmx/v2/structure/dataflow", f"{VND}structure+json", JSON),
        ("/sdmx/v2/structure/dataflow", JSON_STRUCTURE_1, JSON_STRUCTURE_1),
        ("/sdmx/v1/dataflow?format=jsonstructure&formatVersion=1.0", JSON, JSON_STRUCTURE_1),
        ("/sdmx/v1/dataflow?format=structure&formatVersion=3.0", "*/*", XML_3),
        ("/sdmx/v1/dataflow?format=structure&formatVersion=2.1", XML_3, XML),
        ("/sdmx/v2/structure/dataflow?formatVersion=3.0.0", "*/*", XML_3),
        (f"/sdmx/v1/data/{FLOW}?{SPECIFIC_3}", "*/*", XML_DATA_3),
        (f"/sdmx/v2/data/dataflow/DABIAO/{FLOW}?{SPECIFIC_3}", CSV_2, XML_DATA_3),
        (f"/sdmx/v1/data/{FLOW}?format=jsondata&formatVersion=1.0.0", "*/*", JSON_1),
        (f"/sdmx/v1/data/{FLOW}?format=csvdata&formatVersion=1.0", "*/*", CSV_1),
        ("/sdmx/v2/structure/dataflow", XML, XML),
        (f"/sdmx/v2/schema/dataflow/DABIAO/{FLOW}", "*/*", JSON),
        (f"/sdmx/v2/availability/dataflow/DABIAO/{FLOW}?format=structure", "*/*", XML),
    ],
)
def test_the_format_is_the_one_asked_for(
    read_api: Deployment, path: str, accept: str, expected: str
) -> None:
    found = _get(read_api, path, accept)
    assert (found.status_code, found.headers["content-type"]) == (200, expected)


@pytest.mark.parametrize(
    ("path", "accept"),
    [
        (f"/sdmx/v1/data/{FLOW}", "text/html"),
        (f"/sdmx/v1/data/{FLOW}", f"{VND}data+json;version=2.1.0"),
        (f"/sdmx/v1/data/{FLOW}", f"{VND}data+csv;version=9.0.0"),
        (f"/sdmx/v1/data/{FLOW}", f"{CSV_1};labels=some"),
        (f"/sdmx/v1/data/{FLOW}?format=structure", "*/*"),
        ("/sdmx/v2/structure/dataflow", f"{VND}structure+xml;version=3.1.0"),
        ("/sdmx/v1/dataflow?format=csvdata", "*/*"),
        ("/sdmx/v1/dataflow?format=jsonstructure&formatVersion=3.0", JSON),
        (f"/sdmx/v1/data/{FLOW}?format=genericdata&formatVersion=3.0", XML_DATA_3),
    ],
)
def test_a_format_that_is_not_there_is_406(read_api: Deployment, path: str, accept: str) -> None:
    found = _get(read_api, path, accept)
    assert (found.status_code, found.headers["content-type"]) == (406, "application/problem+json")
    assert found.json()["code"] == "not_acceptable"
    assert VND in found.json()["detail"]


@pytest.mark.parametrize(
    ("path", "same"),
    [
        (EXPORT, f"{EXPORT}/"),
        (EXPORT, f"/sdmx/v1/data/DABIAO,{FLOW},1.0.0/Q.software_export.china/DABIAO/"),
        (EXPORT, f"/sdmx/v1/data/DABIAO,{FLOW}/.software_export."),
        (EXPORT, f"/sdmx/v1/data/{FLOW}/*.software_export/all"),
        (EXPORT, f"/sdmx/v2/data/*/*/{FLOW}/+/*.software_export"),
        (EXPORT, f"/sdmx/v1/data/DABIAO,{FLOW},1.0/*.software_export.*"),
        (EXPORT, f"/sdmx/v2/data/dataflow/DABIAO/{FLOW}/1/*.software_export.*?c[REF_AREA]=*"),
        (EXPORT, f"/sdmx/v2/data/datastructure/DABIAO/{FLOW}/~?c[INDICATOR]=software_export"),
        (EXPORT, f"/sdmx/v1/data/{FLOW}/Q.software_export.china?startPeriod=2020&endPeriod=2025"),
        (EXPORT, f"{EXPORT}?c[TIME_PERIOD]=ge:2020+le:2025"),
        ("/sdmx/v1/dataflow", "/sdmx/v1/dataflow/"),
        ("/sdmx/v1/dataflow", "/sdmx/v1/dataflow/DABIAO/all/latest/"),
        ("/sdmx/v1/dataflow", "/sdmx/v2/structure/dataflow"),
        ("/sdmx/v2/structure", "/sdmx/v2/structure/*/*/*/~/"),
        ("/sdmx/v1/dataflow", "/sdmx/v1/dataflow/*/*/1.0"),
        ("/sdmx/v1/codelist", "/sdmx/v2/structure/codelist/DABIAO/*/1.0.0"),
        ("/sdmx/v1/agencyscheme", "/sdmx/v2/structure/agencyscheme/SDMX/AGENCIES/1.0.0"),
    ],
)
def test_different_paths_ask_for_the_same(read_api: Deployment, path: str, same: str) -> None:
    accept = CSV_2 if "data/" in path else JSON
    one, other = _get(read_api, path, accept), _get(read_api, same, accept)
    assert (one.status_code, other.status_code) == (200, 200), other.text
    assert one.content == other.content


@pytest.mark.parametrize(
    "path",
    [
        "/sdmx/v1/agencyscheme/OTHER",
        "/sdmx/v1/dataflow/OTHER",
        "/sdmx/v1/dataflow/DABIAO/NO_SUCH_FLOW",
        f"/sdmx/v1/dataflow/DABIAO/{FLOW}/7.0.0",
        "/sdmx/v1/codelist/DABIAO/CL_RATING/latest/perfect",
        "/sdmx/v1/dataflow/a/b/c/d/e",
        "/sdmx/v2/structure/metadataflow",
        "/sdmx/v1/data",
        "/sdmx/v1/data/CHINA_SOFTWARE_2025",
        "/sdmx/v1/data/china_software_2025_OBS",
        "/sdmx/v1/data/NO_SUCH_PLAN_OBS",
        f"/sdmx/v1/data/OTHER,{FLOW}",
        f"/sdmx/v1/data/DABIAO,{FLOW},7.0.0",
        f"/sdmx/v1/data/a,b,c,{FLOW}",
        f"/sdmx/v1/data/{FLOW}/all/OTHER",
        f"/sdmx/v1/data/{FLOW}/all/all/all",
        f"/sdmx/v2/data/provisionagreement/DABIAO/{FLOW}",
        "/sdmx/v2/data/dataflow/DABIAO",
        f"/sdmx/v2/schema/dataflow/DABIAO/{FLOW}/7.0.0",
        f"/sdmx/v1/data/{FLOW}/Q.software_export.east",
        f"/sdmx/v1/data/{FLOW}?startPeriod=2030",
        f"/sdmx/v2/availability/dataflow/DABIAO/{FLOW}/*/Q.software_export.east",
        f"/sdmx/v1/availableconstraint/{FLOW}/Q.software_export.east",
        f"/sdmx/v1/availableconstraint/DABIAO,{FLOW},7.0/all",
    ],
)
def test_what_is_not_there_is_404(read_api: Deployment, path: str) -> None:
    found = _get(read_api, path)
    assert (found.status_code, found.headers["content-type"]) == (404, "application/problem+json")


@pytest.mark.parametrize(
    ("path", "parameter", "words"),
    [
        (f"/sdmx/v1/data/{FLOW}?start_period=2024", "start_period", "There is no parameter"),
        (f"/sdmx/v1/data/{FLOW}?startPeriod=yesterday", "startPeriod", "2024-09"),
        (f"/sdmx/v1/data/{FLOW}?endPeriod=9999-13", "endPeriod", "2024-09"),
        (f"/sdmx/v1/data/{FLOW}?lastNObservations=0", "lastNObservations", "at least 1"),
        (
            f"/sdmx/v1/data/{FLOW}?dimensionAtObservation=FREQ",
            "dimensionAtObservation",
            "Use TIME_PERIOD or AllDimensions",
        ),
        (f"/sdmx/v1/data/{FLOW}?updatedAfter=soon", "updatedAfter", "instant"),
        (
            f"/sdmx/v1/data/{FLOW}?updatedAfter=2026-03-03T00:00:00Z&asOf=2026-03-02T01:00:00Z",
            "updatedAfter",
            "no later than asOf",
        ),
        (f"/sdmx/v1/data/{FLOW}/Q.exports", "key", "software_export"),
        (f"/sdmx/v1/data/{FLOW}/Q.software_export.china.x", "key", "FREQ.INDICATOR.REF_AREA"),
        (f"/sdmx/v1/data/{GAPS}?includeHistory=true", "includeHistory", "no earlier versions"),
        (
            f"/sdmx/v2/data/dataflow/DABIAO/{FLOW}?c[COLOUR]=red",
            "c[COLOUR]",
            "There is no parameter",
        ),
        (f"/sdmx/v2/data/dataflow/DABIAO/{FLOW}?c[RATING]=missed", "c[RATING]", "OBS_STATUS"),
        (f"/sdmx/v2/data/dataflow/DABIAO/{FLOW}?c[REF_AREA]=mars", "c[REF_AREA]", "china"),
        (f"/sdmx/v2/data/dataflow/DABIAO/{FLOW}?c[REF_AREA]=gt:east", "c[REF_AREA]", "eq or ne"),
        (f"/sdmx/v2/data/dataflow/DABIAO/{FLOW}?c[OBS_VALUE]=gt:big", "c[OBS_VALUE]", "number"),
        (f"/sdmx/v2/data/dataflow/DABIAO/{FLOW}?c[OBS_VALUE]=NaN", "c[OBS_VALUE]", "number"),
        (f"/sdmx/v2/data/dataflow/DABIAO/{FLOW}?c[TIME_PERIOD]=ge:x", "c[TIME_PERIOD]", "2024-Q3"),
        ("/sdmx/v1/dataflow?references=cousins", "references", "parentsandsiblings"),
        ("/sdmx/v1/dataflow?detail=little", "detail", "Use full, allstubs"),
        ("/sdmx/v1/dataflow?path=x", "path", "There is no parameter"),
        ("/sdmx/v2/structure?path=x", "path", "There is no parameter"),
    ],
)
def test_what_means_nothing_is_refused(
    read_api: Deployment, path: str, parameter: str, words: str
) -> None:
    found = _get(read_api, path)
    assert found.status_code == 422, found.text
    (error,) = found.json()["errors"]
    assert error["parameter"] == parameter
    assert words in error["message"]


def test_without_a_plan_there_is_no_structure(
    deploy: Callable[..., Deployment], tmp_path: Path
) -> None:
    empty = deploy(f"sqlite:///{tmp_path}/empty.db")
    migrate(empty.database)
    for path in ("v2/structure", "v1/agencyscheme", "v2/structure/dataflow"):
        assert _get(empty, f"/sdmx/{path}").status_code == 404


def test_a_revision_means_nothing_for_the_structures_of_all_plans(read_api: Deployment) -> None:
    found = _get(read_api, "/sdmx/v1/dataflow?asOf=3")
    assert (found.status_code, found.json()["code"]) == (422, "invalid_as_of")
    early = _get(read_api, "/sdmx/v1/dataflow?asOf=2001-01-01T00:00:00Z")
    assert (early.status_code, early.json()["code"]) == (422, "invalid_as_of")
    assert _get(read_api, f"/sdmx/v2/schema/dataflow/DABIAO/{FLOW}?asOf=3").status_code == 200


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("c[TIME_PERIOD]=2024", 4),
        ("c[TIME_PERIOD]=2024-Q1,2024-Q3", 2),
        ("c[TIME_PERIOD]=ge:2023-Q4%2Ble:2024-Q1", 2),
        ("c[TIME_PERIOD]=ge:2023-Q4+lt:2024", 1),
        ("c[TIME_PERIOD]=gt:2024-12-31", 1),
        ("c[TIME_PERIOD]=ne:2024", 14),
        ("c[OBS_VALUE]=584.9", 0),
        ("c[OBS_VALUE]=ge:500", 4),
        ("c[OBS_VALUE]=lt:120,gt:550", 5),
        ("c[OBS_STATUS]=A", 18),
        ("c[OBS_STATUS]=ne:A", 0),
        ("c[FREQ]=A", 0),
        ("c[REF_AREA]=ne:east", 18),
    ],
)
def test_components_are_filtered(read_api: Deployment, query: str, count: int) -> None:
    found = _get(read_api, f"{EXPORT}?{query}", CSV_2)
    rows = list(csv.DictReader(io.StringIO(found.text))) if found.status_code == 200 else []
    assert (len(rows), found.status_code) == (count, 200 if count else 404)


def test_only_what_is_asked_for_is_told(read_api: Deployment) -> None:
    def columns(query: str) -> list[str]:
        found = _get(read_api, f"/sdmx/v2/data/dataflow/DABIAO/{FLOW}?{query}", CSV_2)
        return str(found.text).splitlines()[0].split(",")[3:]

    key = ["FREQ", "INDICATOR", "REF_AREA"]
    assert columns("attributes=none") == [*key, "TIME_PERIOD", "OBS_VALUE"]
    assert columns("attributes=series") == [*key, "TIME_PERIOD", "OBS_VALUE", "UNIT_MEASURE"]
    assert columns("attributes=none&measures=none") == key
    assert columns("attributes=series&measures=none") == [*key, "UNIT_MEASURE"]
    assert "OBS_VALUE" not in (without := columns("measures=none"))
    assert {"TIME_PERIOD", "SOURCE", "REVISION"} <= set(without)
    keys = _rows(read_api, f"/sdmx/v1/data/{FLOW}?detail=serieskeysonly")
    assert len(keys) == 17


def test_names_are_in_the_readers_language_and_in_both(read_api: Deployment) -> None:
    path = "/sdmx/v2/structure/codelist/DABIAO/CL_RATING/~/on_track"
    for language, name in (("zh", "进展顺利"), ("en", "On track")):
        (codelist,) = _get(read_api, path, **{"Accept-Language": language}).json()["data"][
            "codelists"
        ]
        assert codelist["isPartial"] is True
        (code,) = codelist["codes"]
        assert (code["name"], code["names"]) == (name, {"en": "On track", "zh": "进展顺利"})


@pytest.mark.parametrize("accept", [GENERIC, SPECIFIC, XML_DATA_3, CSV_1, CSV_2, JSON_1, JSON_2])
def test_what_was_known_at_a_revision_stays_byte_for_byte(api: Deployment, accept: str) -> None:
    approve(api, submit(api, "nanshan", 800))
    revision = api.client.get(f"{CITY}/ledger/head").json()["revision"]
    then = api.clock.now.isoformat().replace("+00:00", "Z")
    urls = [
        f"/sdmx/v1/data/{flow}?asOf={known}{more}"
        for flow in (CITY_FLOW, CITY_FLOW.replace("OBS", "GAP"))
        for known in (revision, then)
        for more in ("", "&updatedAfter=0")
    ]
    before = {url: _get(api, url, accept) for url in urls}
    api.clock.now += timedelta(days=400)
    corrected = {"correction_reason": "head office moved"}
    approve(api, submit(api, "nanshan", 900, **corrected), submit(api, "futian", 100))
    for url, first in before.items():
        again = _get(api, url, accept)
        assert (first.status_code, again.content) == (200, first.content), url
        is_pinned = f"asOf={revision}" in url
        assert ("immutable" in again.headers["cache-control"]) == is_pinned
    assert _get(api, f"/sdmx/v1/data/{CITY_FLOW}", accept).content not in {
        first.content for first in before.values()
    }


def test_structures_at_an_instant_stay_the_same(api: Deployment) -> None:
    then = api.clock.now.isoformat()[:19]
    path = f"/sdmx/v2/structure/*?asOf={then}"
    before = _get(api, path)
    api.clock.now += timedelta(days=3)
    approve(api, submit(api, "nanshan", 800))
    assert before.status_code == 200
    assert _get(api, path).content == before.content == _get(api, "/sdmx/v2/structure").content


def test_what_awaits_approval_is_not_shown(api: Deployment) -> None:
    report = submit(api, "nanshan", 800)
    key = api.key("administrator")
    path = f"/sdmx/v1/data/{CITY_FLOW}"
    assert _get(api, path, **key).status_code == 404
    approve(api, report)
    assert [row["OBS_VALUE"] for row in _rows(api, path)] == ["800"]


def test_the_sum_is_in_the_gap_table(api: Deployment) -> None:
    approve(api, *(submit(api, area, 100) for area in DISTRICTS))
    path = f"/sdmx/v1/data/{CITY_FLOW.replace('OBS', 'GAP')}/Q.value_added.shenzhen"
    (row,) = _rows(api, path)
    assert (row["TIME_PERIOD"], row["OBS_VALUE"], row["TARGET"]) == ("2024-Q4", "1100", "4200")
    assert (row["AREAS_EXPECTED"], row["AREAS_REPORTED"]) == ("11", "11")
    news = _get(api, f"{path}?updatedAfter={int(row['REVISION']) - 1}", CSV_2)
    assert news.text.splitlines()[1].startswith(f"dataflow,DABIAO:{path.split('/')[4]}(1.0.0),R,")
    assert _get(api, f"{path}?updatedAfter={row['REVISION']}", CSV_2).status_code == 404


def test_closed_reads_need_a_key(deploy: Callable[..., Deployment], sqlite_url: str) -> None:
    closed = deploy(sqlite_url, read_access="key")
    own = closed.key("reader", plan="china-software-2025")
    for path in ("/sdmx/v1/dataflow", EXPORT, f"/sdmx/v2/schema/dataflow/DABIAO/{FLOW}"):
        assert _get(closed, path).status_code == 401, path
        assert _get(closed, path, **own).status_code == 200, path
    assert CITY_FLOW not in _get(closed, "/sdmx/v1/dataflow", **own).text
    assert _get(closed, f"/sdmx/v1/data/{CITY_FLOW}", **own).status_code == 403
    assert CITY_FLOW in _get(closed, "/sdmx/v1/dataflow", **closed.key("reader")).text


def test_head_options_and_etag_work(read_api: Deployment) -> None:
    client = read_api.client
    for path in (EXPORT, "/sdmx/v1/dataflow", "/sdmx/v1/codelist/DABIAO/CL_FREQ/latest/"):
        found = client.get(path)
        assert client.options(path).headers["allow"] == "GET, HEAD, OPTIONS"
        assert client.head(path).headers["content-length"] == found.headers["content-length"]
        tag = {"If-None-Match": found.headers["etag"]}
        assert client.get(path, headers=tag).status_code == 304
        assert client.post(path).status_code == 405


def test_simulated_figures_are_marked_as_a_test(
    deploy: Callable[..., Deployment], tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path}/demo.db"
    database = Database(Settings(database_url=url))
    migrate(database)
    with database.write_transaction() as session:
        mark_demo(session, now=NOW)
        plan = ROOT / "seeds" / "plans" / "china-software-2025.yaml"
        load_plan(session, read_plan_file(plan), now=NOW)
    database.dispose()
    found = _get(deploy(url), f"/sdmx/v1/data/{FLOW}")
    assert "<mes:Test>true</mes:Test>" in found.text
