"""The final assessment: how the targets of a plan ended, and how good the record is."""

import io
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from tests.api.reads import CITY, DISTRICTS, NATION, REVENUE
from tests.api.test_briefing import XLSX, Reading
from tests.conftest import Deployment
from tests.small_plan import figures, load_small, since, target

Json = dict[str, Any]
# From 100 to 200 in four years: 25 a year on the way that was planned.
REVENUE_TARGETS = [
    target("revenue", "city", 200, **since(100)),
    target("revenue", "east", 130, **since(60)),
]
EAST = {"2021-Q4": 60, "2022-Q4": 80, "2023-Q4": 95, "2024-Q4": 131, "2025-Q4": 128}
WEST = {"2021-Q4": 40, "2022-Q4": 50, "2023-Q4": 70, "2024-Q4": 75, "2025-Q4": 82}


def _assess(deployment: Deployment, plan: str, **query: Any) -> Json:
    found = deployment.client.get(f"{plan}/assessment", params=query)
    assert found.status_code == 200, found.text
    return dict(found.json())


def _by_target(found: Json) -> dict[tuple[str, str], Json]:
    return {(row["indicator"], row["area"]): row for row in found["targets"]}


def _load(deployment: Deployment, west: Json = WEST) -> str:
    observations = [*figures("revenue", "east", EAST), *figures("revenue", "west", west)]
    return load_small(deployment, targets=REVENUE_TARGETS, observations=observations)


def test_the_national_plan_is_over_and_its_revenue_was_achieved(reads: Deployment) -> None:
    found = _assess(reads, NATION)
    assert (found["period"], found["state"], found["area"]) == ("2025-Q4", "ended", "china")
    assert (found["headline"]["achieved"], found["headline"]["unable_to_assess"]) == (2, 2)
    revenue = _by_target(found)[REVENUE, "china"]
    assert (revenue["actual"], revenue["target"], revenue["obs_status"]) == (154831, 140000, "A")
    assert (revenue["met"], revenue["rating"], revenue["gap"]) == (True, "achieved", -14831)
    # 81,616 in 2020: the fifth roots of 154,831/81,616 and of 140,000/81,616.
    assert revenue["achieved_rate"] == pytest.approx(13.66232161830916, rel=1e-12)
    assert revenue["needed_rate"] == pytest.approx(11.39624351950181, rel=1e-12)
    assert revenue["first_met_period"] == "2025-Q4"
    assert [each["rating"] for each in revenue["rating_history"]] == ["on_track", "achieved"]
    growth = _by_target(found)["software_revenue_growth", "china"]
    assert (growth["met"], growth["needed_rate"]) == (True, 12)
    apps = _by_target(found)["industrial_app_count", "china"]
    assert (apps["met"], apps["reasons"]["met"]) == (None, "not_reported")
    record = found["record"]
    assert (record["reports"], record["on_time_percent"]) == (0, None)
    assert (record["expected"], record["reported"], record["corrections"]) == (225, 81, 0)


def test_the_city_says_of_each_target_why_it_cannot_be_assessed(reads: Deployment) -> None:
    found = _assess(reads, CITY)
    assert (found["state"], found["headline"]["unable_to_assess"]) == ("ended", 7)
    assert {row["reasons"]["met"] for row in found["targets"]} == {"no_data"}
    assert {tuple(row["missing_areas"]) for row in found["targets"]} == {tuple(DISTRICTS)}
    # 4,200 from 2,300 in four years.
    needed = _by_target(found)["value_added", "shenzhen"]["needed_rate"]
    assert needed == pytest.approx(100 * ((4200 / 2300) ** 0.25 - 1), rel=1e-12)
    page = reads.client.get(f"{CITY}/assessment?format=html").text
    assert page.count("无法评价：11 个地区均未报送") == 7


def test_a_plan_of_two_districts_by_hand(deployment: Deployment) -> None:
    found = _assess(deployment, _load(deployment))
    assert found["state"] == "completed"
    city, east = (_by_target(found)["revenue", area] for area in ("city", "east"))
    # 128 + 82 = 210 of 200, which 131 + 75 = 206 had met a year before.
    assert (city["actual"], city["met"], city["gap"]) == (210, True, -10)
    assert (city["achieved_rate"], city["needed_rate"]) == (27.5, 25)
    assert city["first_met_period"] == "2024-Q4"
    # 131 of 130 was enough in 2024, and 128 was not in 2025.
    assert (east["met"], east["gap"], east["first_met_period"]) == (False, 2, "2024-Q4")
    # Of 110 more, the east brought 68 and the west 42.
    assert city["from_period"] == "2021-Q4"
    parts = {part["area"]: part for part in city["contributions"]}
    assert [parts[area]["change"] for area in ("east", "west")] == [68, 42]
    assert parts["east"]["contribution_percent"] == pytest.approx(100 * 68 / 110)
    assert east["contributions"] == []


def test_while_figures_may_come_on_time_there_is_no_assessment(deployment: Deployment) -> None:
    path = _load(deployment, west={k: v for k, v in WEST.items() if k != "2025-Q4"})
    deployment.clock.now = deployment.clock.now.replace(month=1, day=15, hour=15)
    refused = deployment.client.get(f"{path}/assessment", headers={"Accept-Language": "zh"})
    assert (refused.status_code, refused.json()["code"]) == (409, "plan_running")
    assert "2026-01-15" in refused.json()["detail"]
    (awaited,) = refused.json()["errors"]
    assert awaited["code"] == "figure_awaited"
    assert awaited["facts"] == {
        "indicator": "revenue",
        "area": "west",
        "period": "2025-Q4",
        "due_on": "2026-01-15",
    }
    assert deployment.client.get(path).json()["state"] == "running"
    # In Shanghai the next day begins an hour later.
    deployment.clock.now = deployment.clock.now.replace(hour=16)
    found = _assess(deployment, path)
    assert (found["state"], found["day"]) == ("ended", "2026-01-16")
    city = _by_target(found)["revenue", "city"]
    assert (city["met"], city["missing_areas"]) == (None, ["west"])
    assert city["reasons"]["met"] == "partial_coverage"


def test_it_is_as_of_a_revision_and_frozen_by_publishing(deployment: Deployment) -> None:
    path = _load(deployment)
    administrator = deployment.key("administrator")
    named = {"name": "final"}
    sent = deployment.client.post(f"{path}/publications", json=named, headers=administrator)
    assert sent.status_code == 201, sent.text
    before = _assess(deployment, path)
    body = {
        "area": "west",
        "period": "2025-Q4",
        "figures": [{"indicator": "revenue", "value": 0, "unit": "亿元", "basis": "ytd"}],
        "explanations": {"revenue": "a firm moved away"},
        "correction_reason": "one firm was counted twice",
    }
    reporter = deployment.key("reporter", "west", owner="clerk-of-the-west")
    sent = deployment.client.post(f"{path}/reports", json=body, headers=reporter)
    assert sent.status_code == 201, sent.text
    reviewer = deployment.key("reviewer", owner="city-office")
    deployment.client.post(f"{sent.headers['location']}/approve", headers=reviewer)
    after = _assess(deployment, path)
    city = _by_target(after)["revenue", "city"]
    assert (city["actual"], city["met"]) == (128, False)
    (corrected,) = city["restatements"]
    assert (corrected["area"], corrected["before"], corrected["after"]) == ("west", 82, 0)
    assert corrected["reason"] == "one firm was counted twice"
    assert _by_target(after)["revenue", "east"]["restatements"] == []
    record = after["record"]
    assert (record["corrections"], record["reports"]) == (1, 1)
    assert (record["questioned"], record["explained"]) == (1, 1)
    assert _assess(deployment, path, as_of="final")["targets"] == before["targets"]
    frozen = deployment.client.get(f"{path}/assessment?as_of={before['revision']}")
    assert "immutable" in frozen.headers["cache-control"]
    # No account is named in any form.
    for form in ("json", "html"):
        text = deployment.client.get(f"{path}/assessment?format={form}").text
        assert "clerk-of-the-west" not in text
        assert "city-office" not in text


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh", ["终期评估", "已完成", "超过目标值 14,831 亿元", "超过目标值 1.66 个百分点"]),
        ("en", ["Final assessment", "Achieved", "Exceeds the target by 14,831", "percent a year"]),
    ],
)
def test_the_page_says_it_in_words(read_api: Deployment, language: str, words: list[str]) -> None:
    answer = read_api.client.get(f"{NATION}/assessment?format=html&lang={language}")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    for word in (*words, ">154,831<", "13.66", "11.40", "110.59"):
        assert word in answer.text, word
    reading = Reading(answer.text)
    assert reading.open == []
    assert (reading.count("h1"), reading.count("script")) == (1, 0)
    assert reading.count("table") == reading.count("div", **{"class": "scroll"})
    assert len(reading.texts["h2"]) == 6


def test_the_workbook_has_a_sheet_for_each_part(read_api: Deployment) -> None:
    found = read_api.client.get(f"{NATION}/assessment", headers={"Accept": XLSX})
    assert (found.status_code, found.headers["content-type"]) == (200, XLSX)
    assert 'filename="china-software-2025-assessment.xlsx"' in found.headers["content-disposition"]
    book = CalamineWorkbook.from_filelike(io.BytesIO(found.content))
    assert book.sheet_names[:2] == ["完成情况", "年均增速与评价历程"]
    rows = book.get_sheet_by_name("完成情况").to_python()
    (revenue,) = [row for row in rows if row[0] == "规模以上企业软件业务收入"]
    assert revenue[3] == 154831


def test_an_official_assessment_keeps_its_tag_while_figures_wait(api: Deployment) -> None:
    path = _load(api)
    tag = api.client.get(f"{path}/assessment").headers["etag"]
    body = {
        "area": "west",
        "period": "2025-Q3",
        "figures": [{"indicator": "firms", "value": 3, "unit": "家", "basis": "level"}],
    }
    sent = api.client.post(f"{path}/reports", json=body, headers=api.key("reporter", "west"))
    assert sent.status_code in {201, 409}, sent.text
    again = api.client.get(f"{path}/assessment", headers={"If-None-Match": tag})
    assert again.status_code == 304


def test_what_is_not_offered_is_refused(read_api: Deployment) -> None:
    assert read_api.client.get(f"{NATION}/assessment?format=csv").status_code == 422
    assert read_api.client.get(f"{NATION}/assessment?period=2025").status_code == 422
    image = read_api.client.get(f"{NATION}/assessment", headers={"Accept": "image/png"})
    assert image.status_code == 406
    assert read_api.client.get("/api/v1/plans/none/assessment").status_code == 404


def test_its_page_has_no_first_page_of_its_own(reads: Deployment) -> None:
    """The front page of a briefing is upright; an assessment begins with its table."""
    page = reads.client.get(f"{NATION}/assessment?format=html&lang=en").text
    assert "body:has(.front) > header, .front { page: front; }" in page
    assert 'class="front"' not in page
    briefing = reads.client.get(f"{NATION}/briefing?format=html&lang=en").text
    assert briefing.count('<section class="front">') == 1
