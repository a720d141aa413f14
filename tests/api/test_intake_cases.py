"""The intake's cases: counts that are true, everything found at once, nothing stored by mistake."""

from typing import Any

import httpx2

from tests.conftest import Deployment
from tests.writing import head

CITY = "/api/v1/plans/shenzhen-software-2025"
COLUMNS = "area,period,indicator,value,unit,basis,missing_reason,explanation,correction_reason,note"
CSV = {"content-type": "text/csv"}


def _send(
    deployment: Deployment, key: dict[str, str], rows: list[str], **query: str
) -> httpx2.Response:
    body = "\n".join([COLUMNS, *(row + "," * (9 - row.count(",")) for row in rows)])
    return deployment.client.post(
        f"{CITY}/reports/batch", content=body.encode(), headers=key | CSV, params=query
    )


def _codes(answer: httpx2.Response) -> list[str]:
    body = answer.json()
    return [each["code"] for each in body.get("errors", body.get("findings", []))]


def test_twelve_new_then_six_of_which_four_correct_then_the_same_again(
    deployment: Deployment,
) -> None:
    key = deployment.key("reviewer")
    quarters = [f"2024-Q{n}" for n in range(1, 5)]
    twelve = [
        f"{area},{quarter},industrial_space,{1000 + n},平方米,quarter"
        for area in ("nanshan", "futian", "luohu")
        for n, quarter in enumerate(quarters)
    ]
    first = _send(deployment, key, twelve)
    assert first.status_code == 201
    assert first.json()["summary"] == {
        "created": 12, "updated": 0, "unchanged": 0, "rejected": 0
    }  # fmt: skip
    assert len({each["revision"] for each in first.json()["reports"]}) == 1
    six = [
        f"nanshan,{quarter},industrial_space,1500,平方米,quarter,,,recount" for quarter in quarters
    ]
    six += [f"baoan,{quarter},industrial_space,900,平方米,quarter" for quarter in quarters[:2]]
    second = _send(deployment, key, six)
    assert second.json()["summary"] == {
        "created": 2, "updated": 4, "unchanged": 0, "rejected": 0
    }  # fmt: skip
    before = head(deployment)
    query = {"view": "provisional"}
    seen = deployment.client.get(f"{CITY}/observations", params=query, headers=key)
    assert seen.json()["total"] == 14
    third = _send(deployment, key, six)
    assert (third.status_code, third.json()["applied"]) == (200, False)
    assert third.json()["summary"]["unchanged"] == 6
    assert head(deployment) == before
    again = deployment.client.get(f"{CITY}/observations", params=query, headers=key)
    assert again.headers["etag"] == seen.headers["etag"]


def _eighteen() -> list[str]:
    areas = ["luohu", "futian", "nanshan", "baoan", "longgang", "yantian"]
    rows = [
        f"{area},2024-Q{quarter},value_added,{100 * quarter},亿元,ytd"
        for area in areas
        for quarter in (1, 2, 3)
    ]
    rows[9] = rows[9].replace("亿元", "人")
    rows[10] = rows[10].replace("200", "-200")
    rows[15] = rows[15].replace("value_added", "value_aded")
    rows[16] = rows[16].replace("ytd", "")
    return rows


def test_partial_takes_fourteen_of_eighteen_and_names_the_four(deployment: Deployment) -> None:
    answer = _send(deployment, deployment.key("reviewer"), _eighteen(), mode="partial")
    assert answer.status_code == 207
    summary = answer.json()["summary"]
    assert (summary["created"], summary["rejected"]) == (14, 4)
    assert sorted({each["row"] for each in answer.json()["findings"]}) == [11, 12, 17, 18]


def test_atomic_writes_nothing_and_names_the_same_four(deployment: Deployment) -> None:
    before = head(deployment)
    answer = _send(deployment, deployment.key("reviewer"), _eighteen())
    assert answer.status_code == 422
    assert sorted({each["row"] for each in answer.json()["errors"]}) == [11, 12, 17, 18]
    assert answer.json()["summary"] == {
        "created": 0, "updated": 0, "unchanged": 0, "rejected": 18
    }  # fmt: skip
    assert head(deployment) == before


def test_unknown_indicators_and_districts_come_in_one_answer(deployment: Deployment) -> None:
    rows = [f"nanshan,2024-Q1,unknown{n},1,亿元,ytd" for n in range(3)]
    rows.append("atlantis,2024-Q1,value_added,1,亿元,ytd")
    answer = _send(deployment, deployment.key("reviewer"), rows)
    assert sorted(_codes(answer)) == ["unknown_area", *["unknown_indicator"] * 3]


def test_a_duplicate_in_the_payload_names_both_rows(api: Deployment) -> None:
    row = "nanshan,2024-Q1,value_added,120,亿元,ytd"
    answer = _send(api, api.key("reviewer"), [row, "futian,2024-Q1,value_added,1,亿元,ytd", row])
    assert _codes(answer) == ["duplicate_figure"]
    assert answer.json()["errors"][0]["facts"] == {"first": 2, "second": 4}


def test_a_json_batch_finds_the_duplicate_across_reports(api: Deployment) -> None:
    figure = {"indicator": "value_added", "value": 120, "unit": "亿元", "basis": "ytd"}
    report = {"area": "nanshan", "period": "2024-Q1", "figures": [figure]}
    answer = api.client.post(
        f"{CITY}/reports/batch", json={"reports": [report, report]}, headers=api.key("reviewer")
    )
    assert _codes(answer) == ["duplicate_figure"]
    assert answer.json()["errors"][0]["pointer"] == "/reports/1/figures/0/indicator"


def test_a_running_total_that_falls_must_be_explained_and_the_next_year_starts_again(
    deployment: Deployment,
) -> None:
    key = deployment.key("reporter", "nanshan", owner="nanshan")
    values = {"2024-Q1": 120, "2024-Q2": 260, "2024-Q3": 410, "2024-Q4": 400}
    rows = [f"nanshan,{period},value_added,{value},亿元,ytd" for period, value in values.items()]
    refused = _send(deployment, key, rows)
    assert (refused.status_code, refused.json()["code"]) == (422, "explanation_required")
    assert _codes(refused) == ["running_total_fell"]
    assert refused.json()["errors"][0]["row"] == 5
    rows[3] += ",,two headquarters moved out"
    taken = _send(deployment, key, rows)
    assert taken.status_code == 201
    assert _codes(taken) == ["running_total_fell"]
    kept = deployment.client.get(
        f"{CITY}/reports/{taken.json()['reports'][3]['id']}", headers=deployment.key("reviewer")
    ).json()
    assert kept["figures"][0]["explanation"] == "two headquarters moved out"
    assert kept["queries"] == 1
    next_year = _send(deployment, key, ["nanshan,2025-Q1,value_added,80,亿元,ytd"])
    assert (next_year.status_code, next_year.json()["findings"]) == (201, [])


def test_a_figure_in_the_wrong_unit_is_told_which_unit_it_looks_like(api: Deployment) -> None:
    key = api.key("reporter", "nanshan")
    assert _send(api, key, ["nanshan,2023-Q4,value_added,2600,亿元,ytd"]).status_code == 201
    sent = ["nanshan,2024-Q4,value_added,26000000,亿元,ytd"]
    found = _send(api, key, sent).json()["errors"][0]
    assert found["code"] == "scale_slip"
    assert found["facts"]["factor"] == 10000
    assert "It looks like a figure in 万元" in found["message"]
    found = _send(api, key | {"accept-language": "zh"}, sent).json()["errors"][0]
    assert "万元" in found["message"]


def test_a_needless_explanation_is_accepted_and_kept(api: Deployment) -> None:
    row = "nanshan,2024-Q1,value_added,120,亿元,ytd,,all is well"
    assert _send(api, api.key("reviewer"), [row]).status_code == 201


def test_a_rule_between_indicators_is_asked_about(api: Deployment) -> None:
    plan = "/api/v1/plans/china-software-2025"
    figures = [
        {"indicator": "software_business_revenue", "value": 50000, "unit": "亿元", "basis": "ytd"},
        {"indicator": "software_profit_total", "value": 60000, "unit": "亿元", "basis": "ytd"},
    ]
    body: dict[str, Any] = {"area": "west", "period": "2025-Q3", "figures": figures}
    answer = api.client.post(f"{plan}/reports", json=body, headers=api.key("reviewer"))
    assert "rule_violated" in _codes(answer)
    body["explanations"] = {each["indicator"]: "as published" for each in figures}
    assert (
        api.client.post(f"{plan}/reports", json=body, headers=api.key("reviewer")).status_code
        == 201
    )


def test_every_row_of_another_area_is_forbidden_to_a_reporter(api: Deployment) -> None:
    rows = [f"{area},2024-Q1,value_added,120,亿元,ytd" for area in ("nanshan", "futian")]
    answer = _send(api, api.key("reporter", "nanshan"), rows)
    assert (answer.status_code, answer.json()["code"]) == (403, "area_not_allowed")


def test_a_dry_run_of_a_file_answers_the_same_and_leaves_nothing(deployment: Deployment) -> None:
    key, before = deployment.key("reviewer"), head(deployment)
    rows = ["nanshan,2024-Q1,value_added,120,亿元,ytd"]
    dry = _send(deployment, key, rows, dry_run="true")
    assert (dry.status_code, dry.json()["applied"]) == (200, False)
    assert head(deployment) == before
    real = _send(deployment, key, rows)
    assert real.json() == dry.json() | {"applied": True}
