"""What a figure says beside its value: published growth, at which prices, and how final it is."""

import csv
import io
from collections.abc import Iterator
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from tests.conftest import Deployment
from tests.writing import CITY, Json, decide, figure, nothing_stored, places, submit

FLOW = "SHENZHEN_SOFTWARE_2025_OBS"
PRELIMINARY: Json = {"growth_percent": 11.2, "price_basis": "constant", "obs_status": "P"}
BESIDE = ("published_growth_percent", "price_basis", "obs_status")
HEADER = "area,period,indicator,value,unit,basis,growth_percent,price_basis,obs_status"


def _approve(deployment: Deployment, *sent: Json, **changed: Any) -> Any:
    answer = submit(deployment, deployment.key("reporter", "nanshan"), *sent, **changed)
    assert answer.status_code == 201, answer.text
    approved = decide(deployment, deployment.key("reviewer"), answer, "approve")
    assert approved.status_code == 200, approved.text
    return answer.json()["report"]


def _observations(deployment: Deployment, **query: str) -> list[tuple[Any, ...]]:
    wanted = {"area": "nanshan", "include_history": "true", **query}
    found = deployment.client.get(f"{CITY}/observations", params=wanted).json()["items"]
    return [tuple(each[name] for name in ("value", *BESIDE)) for each in found]


def test_what_is_said_beside_a_figure_is_kept_in_its_history(deployment: Deployment) -> None:
    report = _approve(deployment, figure(**PRELIMINARY))
    assert [report["figures"][0][name] for name in BESIDE] == [11.2, "constant", "P"]
    final: Json = {"growth_percent": 10.9, "price_basis": "constant"}
    _approve(deployment, figure(value=810.1, **final), correction_reason="final figure")
    assert _observations(deployment) == [
        (812.4, 11.2, "constant", "P"),
        (810.1, 10.9, "constant", "A"),
    ]


def test_a_final_figure_of_the_same_value_is_a_correction(deployment: Deployment) -> None:
    _approve(deployment, figure(**PRELIMINARY))
    key, final = deployment.key("reporter", "nanshan"), figure(growth_percent=11.2)
    refused = submit(deployment, key, final)
    assert (refused.status_code, places(refused)) == (
        409,
        [("/figures/0/value", 1, "already_reported")],
    )
    assert refused.json()["errors"][0]["message"] == (
        "value_added: the value has been on record since revision 3, but its status or growth is "
        "different. On record: preliminary figure and 11.2 % growth at constant prices. Now: "
        "normal value and 11.2 % growth. To change it, send a correction_reason."
    )
    _approve(deployment, final, correction_reason="final figure")
    assert [each[-1] for each in _observations(deployment)] == ["P", "A"]


def test_a_figure_sent_again_without_its_growth_is_unchanged(deployment: Deployment) -> None:
    _approve(deployment, figure(**PRELIMINARY | {"obs_status": "A"}))
    again = submit(deployment, deployment.key("reporter", "nanshan"), figure())
    assert (again.status_code, again.json()["summary"]["unchanged"]) == (200, 1)
    other = submit(deployment, deployment.key("reporter", "nanshan"), figure(growth_percent=11.3))
    assert (other.status_code, other.json()["code"]) == (409, "already_reported")


def test_growth_may_be_published_of_a_value_that_is_withheld(deployment: Deployment) -> None:
    sent = {"indicator": "value_added", "missing_reason": "withheld", "growth_percent": -3.5}
    _approve(deployment, sent)
    assert _observations(deployment) == [(None, -3.5, None, None)]


@pytest.mark.parametrize(
    ("changed", "code", "field"),
    [
        ({"growth_percent": "11.2%"}, "growth_invalid", "growth_percent"),
        ({"growth_percent": True}, "growth_invalid", "growth_percent"),
        ({"growth_percent": 1e10}, "growth_invalid", "growth_percent"),
        ({"growth_percent": 0.123456789}, "growth_invalid", "growth_percent"),
        ({"price_basis": "not_stated"}, "price_basis_invalid", "price_basis"),
        ({"price_basis": []}, "price_basis_invalid", "price_basis"),
        ({"obs_status": "p"}, "obs_status_invalid", "obs_status"),
        ({"obs_status": "L"}, "obs_status_invalid", "obs_status"),
        ({"obs_status": ""}, "obs_status_invalid", "obs_status"),
    ],
)
def test_what_says_nothing_beside_a_figure_is_refused(
    api: Deployment, changed: Json, code: str, field: str
) -> None:
    key = api.key("reporter", "nanshan")
    with nothing_stored(api):
        answer = submit(api, key, figure(**changed))
    assert (answer.status_code, places(answer)) == (422, [(f"/figures/0/{field}", 1, code)])


@pytest.mark.parametrize(
    ("status", "prices"),
    [("P", "constant"), ("初步数", "可比价"), ("preliminary figure", "CONSTANT")],
)
def test_a_file_says_it_in_codes_or_in_words(api: Deployment, status: str, prices: str) -> None:
    row = f"nanshan,2024-Q3,value_added,812.4,亿元,ytd,11.2,{prices},{status}"
    headers = api.key("reporter", "nanshan") | {"content-type": "text/csv"}
    content = f"{HEADER}\n{row}\n".encode()
    answer = api.client.post(f"{CITY}/reports/batch", content=content, headers=headers)
    assert answer.status_code == 201, answer.text
    report = answer.json()["reports"][0]["id"]
    found = api.client.get(f"{CITY}/reports/{report}", headers=headers).json()["figures"][0]
    assert [found[name] for name in BESIDE] == [11.2, "constant", "P"]


def test_the_form_has_a_place_for_it(api: Deployment) -> None:
    query = {"area": "nanshan", "period": "2024-Q3"}
    form = api.client.get(f"{CITY}/reports/template", params=query).content
    headings = CalamineWorkbook.from_filelike(io.BytesIO(form)).get_sheet_by_index(0).to_python()[5]
    for said in ("公布增速（%）\nPublished growth (%)", "价格口径\nPrice basis"):
        assert said in headings
    assert "数据状态\nObservation status" in headings


def test_what_rests_on_a_preliminary_figure_is_flagged(deployment: Deployment) -> None:
    _approve(deployment, figure("rd_institutions", 3, obs_status="P"), figure())

    def flags(indicator: str, area: str) -> Any:
        query = {"indicator": indicator, "area": area}
        [row] = deployment.client.get(f"{CITY}/gaps", params=query).json()["items"]
        return row["flags"]

    assert "preliminary_input" in flags("rd_institutions", "nanshan")
    assert "preliminary_input" in flags("rd_institutions", "shenzhen")
    assert "preliminary_input" not in flags("value_added", "nanshan")
    _approve(deployment, figure("rd_institutions", 3), correction_reason="final figure")
    assert "preliminary_input" not in flags("rd_institutions", "shenzhen")


def test_a_row_is_as_final_as_the_least_final_figure_in_it(deployment: Deployment) -> None:
    def row(area: str, **query: str) -> Any:
        asked = {"indicator": "rd_institutions", "area": area, "explain": "true", **query}
        [found] = deployment.client.get(f"{CITY}/gaps", params=asked).json()["items"]
        return found

    assert (row("nanshan")["obs_status"], row("nanshan")["reasons"]["obs_status"]) == (
        None,
        "no_data",
    )
    for status in ("E", "P", "A"):
        report = _approve(
            deployment, figure("rd_institutions", 3, obs_status=status), correction_reason="news"
        )
        for area in ("nanshan", "shenzhen"):
            found = row(area)
            assert found["obs_status"] == status
            assert [each["obs_status"] for each in found["explain"]["inputs"]] == [status]
    assert row("nanshan", as_of=str(report["revision"] - 1))["obs_status"] == "P"
    text = deployment.client.get(f"{CITY}/gaps", params={"area": "nanshan", "format": "csv"}).text
    told = {each["indicator"]: each["obs_status"] for each in _rows(text)}
    assert (told["rd_institutions"], told["value_added"]) == ("A", "")


def test_a_provisional_view_tells_the_status_of_what_awaits_approval(
    deployment: Deployment,
) -> None:
    sent = figure("rd_institutions", 3, obs_status="P", growth_percent=5, price_basis="current")
    answer = submit(deployment, deployment.key("reporter", "nanshan"), sent)
    assert answer.status_code == 201, answer.text
    query = {"indicator": "rd_institutions", "area": "nanshan", "view": "provisional"}
    headers = deployment.key("reader")
    [row] = deployment.client.get(f"{CITY}/gaps", params=query, headers=headers).json()["items"]
    assert (row["obs_status"], row["published_growth_percent"]) == ("P", 5)
    assert "preliminary_input" in row["flags"]


def _rows(text: str) -> Iterator[dict[str, str]]:
    return csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""))


def test_every_format_tells_it(deployment: Deployment) -> None:
    _approve(deployment, figure(**PRELIMINARY), figure("rd_institutions", 3, obs_status="B"))
    found = deployment.client.get(f"{CITY}/observations", params={"format": "csv"})
    assert [[row[name] for name in BESIDE] for row in _rows(found.text)] == [
        ["11.2", "constant", "P"],
        ["", "", "B"],
    ]
    sdmx = deployment.client.get(
        f"/sdmx/v2/data/dataflow/DABIAO/{FLOW}",
        headers={"accept": "application/vnd.sdmx.data+csv;version=2.0.0"},
    )
    columns = ("PUBLISHED_GROWTH_PERCENT", "PRICE_BASIS", "OBS_STATUS")
    assert [[row[name] for name in columns] for row in _rows(sdmx.text)] == [
        ["11.2", "constant", "P"],
        ["", "", "B"],
    ]
    only = deployment.client.get(
        f"/sdmx/v2/data/dataflow/DABIAO/{FLOW}?c[OBS_STATUS]=P",
        headers={"accept": "application/vnd.sdmx.data+csv;version=2.0.0"},
    )
    assert [row["INDICATOR"] for row in _rows(only.text)] == ["value_added"]
