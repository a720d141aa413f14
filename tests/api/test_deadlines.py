"""Deadlines, extensions and completeness, judged in Asia/Shanghai and by the figures alone."""

from datetime import UTC, datetime
from typing import Any

import pytest

from app.formats.plans.plan_file import read_plan_file
from app.schemas.document.plan import PlanDocument
from app.services.plans.loading import load_plan
from tests.conftest import ROOT, Deployment
from tests.writing import CITY, decide, figure, head, places, report, submit

CLOSING = "/api/v1/plans/closing"


@pytest.fixture
def closing(deployment: Deployment) -> Deployment:
    """A copy of the city plan that closes ten days after a report is due."""
    document = read_plan_file(ROOT / "seeds/plans/shenzhen-software-2025.yaml").model_dump()
    document["plan"]["code"] = "closing"
    document["settings"]["deadlines"] |= {
        "closes_after_days": 10,
        "due_days": {"2024-Q3": "2024-10-18"},
    }
    with deployment.database.write_transaction() as session:
        plan = PlanDocument.model_validate(document)
        load_plan(session, plan, now=datetime(2024, 1, 1, tzinfo=UTC))
    return deployment


def _post(deployment: Deployment, key: dict[str, str], **changed: object) -> Any:
    body = report(figure(), **changed)
    return deployment.client.post(f"{CLOSING}/reports", json=body, headers=key)


def _at(deployment: Deployment, text: str) -> None:
    deployment.clock.now = datetime.fromisoformat(text)


def test_a_report_is_on_time_to_the_end_of_the_due_day_in_shanghai(closing: Deployment) -> None:
    key = closing.key("reporter", "nanshan")
    _at(closing, "2024-10-18T23:59:59+08:00")
    assert _post(closing, key).json()["report"]["late"] is False


def test_after_the_due_day_it_is_late_and_after_closing_it_is_refused(closing: Deployment) -> None:
    key = closing.key("reporter", "nanshan")
    _at(closing, "2024-10-19T00:00:00+08:00")
    late = _post(closing, key)
    assert late.json()["report"]["late"] is True
    _at(closing, "2024-10-29T00:00:00+08:00")
    refused = _post(closing, key, figures=[figure(value=800)], correction_reason="recount")
    assert (refused.status_code, refused.json()["code"]) == (409, "period_closed")
    facts = refused.json()["errors"][0]["facts"]
    assert (facts["since"], facts["due"], facts["days"]) == ("2024-10-29", "2024-10-18", 10)
    assert "dministrator" in refused.json()["errors"][0]["message"]


def test_an_extension_opens_the_period_for_one_area_until_its_day(closing: Deployment) -> None:
    nanshan, futian = closing.key("reporter", "nanshan"), closing.key("reporter", "futian")
    _at(closing, "2024-11-01T09:00:00+08:00")
    body = {"area": "nanshan", "period": "2024-Q3", "until": "2024-11-05", "reason": "flood"}
    administrator = closing.key("administrator", owner="bureau")
    granted = closing.client.post(f"{CLOSING}/extensions", json=body, headers=administrator)
    assert granted.status_code == 201
    assert _post(closing, nanshan).status_code == 201
    assert _post(closing, futian, area="futian").status_code == 409
    _at(closing, "2024-11-06T00:00:00+08:00")
    late = _post(closing, nanshan, figures=[figure(value=800)], correction_reason="recount")
    assert late.json()["errors"][0]["facts"]["extended_until"] == "2024-11-05"
    ledger = closing.client.get(f"{CLOSING}/ledger").json()["items"]
    entry = next(each for each in ledger if each["action"] == "extend")
    assert (entry["actor"], entry["payload"]["reason"]) == ("bureau", "flood")


def _extend(deployment: Deployment, path: str = CLOSING, **body: str) -> Any:
    sent = {"until": "2024-11-05", "reason": "first load", **body}
    key = deployment.key("administrator", owner="bureau")
    return deployment.client.post(f"{path}/extensions", json=sent, headers=key)


def test_one_extension_opens_every_earlier_quarter_for_every_area(closing: Deployment) -> None:
    """A plan that closes its quarters takes its history when it is set up."""
    _at(closing, "2024-11-01T09:00:00+08:00")
    reviewer = closing.key("reviewer")
    history = [
        report(figure(value=500 + place), area=area, period=period)
        for area in ("nanshan", "futian")
        for place, period in enumerate(["2022-Q4", "2023-Q3", "2023-Q4", "2024-Q2"])
    ]
    path = f"{CLOSING}/reports/batch"
    refused = closing.client.post(path, json={"reports": history}, headers=reviewer)
    assert {each["code"] for each in refused.json()["errors"]} == {"period_closed"}
    granted = _extend(closing)
    assert (granted.status_code, granted.json()["area"], granted.json()["period"]) == (
        201,
        None,
        None,
    )
    taken = closing.client.post(path, json={"reports": history}, headers=reviewer)
    assert (taken.status_code, taken.json()["summary"]["created"]) == (201, 8)
    assert {each["late"] for each in taken.json()["reports"]} == {True}
    # What has not ended, or is outside of the plan, stays closed.
    for period in ("2024-Q4", "2020-Q4"):
        early = _post(closing, closing.key("reporter", "nanshan"), period=period)
        assert early.json()["errors"][0]["code"] == "period_not_open"
    _at(closing, "2024-11-06T00:00:00+08:00")
    over = _post(closing, closing.key("reporter", "baoan"), area="baoan", period="2023-Q4")
    assert over.json()["errors"][0]["facts"]["extended_until"] == "2024-11-05"


@pytest.mark.parametrize(
    ("given", "opened"),
    [
        ({"area": "nanshan"}, {("nanshan", "2024-Q2"), ("nanshan", "2024-Q3")}),
        ({"period": "2024-Q3"}, {("nanshan", "2024-Q3"), ("futian", "2024-Q3")}),
    ],
)
def test_an_extension_is_for_all_of_what_it_does_not_name(
    closing: Deployment, given: dict[str, str], opened: set[tuple[str, str]]
) -> None:
    _at(closing, "2024-11-01T09:00:00+08:00")
    assert _extend(closing, **given).status_code == 201
    found = {
        (area, period)
        for area in ("nanshan", "futian")
        for period in ("2024-Q2", "2024-Q3")
        if _post(closing, closing.key("reporter", area), area=area, period=period).status_code
        == 201
    }
    assert found == opened
    rows = closing.client.get(f"{CLOSING}/periods").json()["items"]
    told = {
        (area, row["period"])
        for row in rows
        for area in row["extended_areas"]
        if area in {"nanshan", "futian"} and row["period"] in {"2024-Q2", "2024-Q3"}
    }
    assert told == opened


def test_a_plan_that_never_closes_has_nothing_to_extend(deployment: Deployment) -> None:
    before = head(deployment)
    refused = _extend(deployment, CITY, until="2027-01-01")
    assert (refused.status_code, refused.json()["code"]) == (409, "never_closes")
    assert refused.json()["detail"] == (
        "The plan shenzhen-software-2025 closes no quarter and is not completed, so late reports "
        "are accepted and need no extension."
    )
    assert head(deployment) == before


def test_a_quarter_outside_the_plan_is_not_extended(closing: Deployment) -> None:
    _at(closing, "2024-11-01T09:00:00+08:00")
    refused = _extend(closing, period="2031-Q1")
    assert (refused.status_code, places(refused)[0][0]) == (422, "/period")


def test_a_plan_with_closing_days_is_loaded_with_its_history(closing: Deployment) -> None:
    """Figures of the plan's file are its history, for areas and quarters alike."""
    document = read_plan_file(ROOT / "seeds/plans/shenzhen-software-2025.yaml").model_dump()
    document["plan"]["code"] = "with-history"
    document["settings"]["deadlines"] |= {"closes_after_days": 10}
    source = {"publisher": "Nanshan bureau"}
    place = {"indicator": "value_added", "area": "nanshan", "basis": "ytd", "unit": "亿元"}
    document["observations"] = [
        {**place, "period": period, "value": value, "source": source}
        for period, value in (("2022-Q4", 900), ("2023-Q4", 1000))
    ]
    with closing.database.write_transaction() as session:
        plan = PlanDocument.model_validate(document)
        assert load_plan(session, plan, now=datetime(2024, 11, 1, tzinfo=UTC))
    found = closing.client.get("/api/v1/plans/with-history/observations?area=nanshan").json()
    assert [(each["period"], each["value"]) for each in found["items"]] == [
        ("2022-Q4", 900),
        ("2023-Q4", 1000),
    ]


def test_only_an_administrator_extends_and_only_into_the_future(closing: Deployment) -> None:
    _at(closing, "2024-11-01T09:00:00+08:00")
    body = {"area": "nowhere", "period": "2024-Q3", "until": "2024-10-31", "reason": "flood"}
    path = f"{CLOSING}/extensions"
    assert closing.client.post(path, json=body, headers=closing.key("reviewer")).status_code == 403
    refused = closing.client.post(path, json=body, headers=closing.key("administrator"))
    assert [each["pointer"] for each in refused.json()["errors"]] == ["/area", "/until"]


def test_the_periods_tell_their_state_on_the_day(closing: Deployment) -> None:
    states = {}
    for day in ("2024-09-30", "2024-10-18", "2024-10-28", "2024-10-29"):
        _at(closing, f"{day}T12:00:00+08:00")
        rows = closing.client.get(f"{CLOSING}/periods").json()["items"]
        row = next(each for each in rows if each["period"] == "2024-Q3")
        states[day] = row["state"]
        assert (row["due_on"], row["closes_on"]) == ("2024-10-18", "2024-10-28")
    assert list(states.values()) == ["upcoming", "open", "late", "closed"]


def test_ten_expected_eight_reported_seven_on_time_and_one_twice(deployment: Deployment) -> None:
    """Ten districts are asked about one indicator: 80.00 and 70.00 percent."""
    rows = deployment.client.get(f"{CITY}/areas").json()["items"]
    ten = [area["code"] for area in rows if area["reports"]][:10]
    reviewer = deployment.key("reviewer", owner="city")
    for place, area in enumerate(ten[:8]):
        _at(deployment, "2024-10-10T00:00:00Z" if place else "2024-10-20T00:00:00Z")
        key = deployment.key("reporter", area)
        sent = submit(deployment, key, figure("industrial_space", 100 + place), area=area)
        assert decide(deployment, reviewer, sent, "approve").status_code == 200
    key = deployment.key("reporter", ten[1])
    again = figure("industrial_space", 999)
    sent = submit(deployment, key, again, area=ten[1], correction_reason="recount")
    decide(deployment, reviewer, sent, "approve")
    _at(deployment, "2024-10-25T00:00:00Z")
    query = {"area": ten, "indicator": "industrial_space", "period": "2024-Q3"}
    found = deployment.client.get(f"{CITY}/completeness", params=query).json()
    assert found["total"] == {
        "expected": 10,
        "reported": 8,
        "on_time": 7,
        "overdue": 2,
        "missing_with_reason": 0,
        "reporting_percent": 80,
        "on_time_percent": 70,
    }
    assert [each["area"] for each in found["outstanding"]] == ten[8:]
    assert all(each["overdue"] for each in found["outstanding"])


def test_annual_indicators_are_expected_with_the_fourth_quarter_only(api: Deployment) -> None:
    query = {"indicator": "revenue_10bn_plus", "period": ["2024-Q3", "2024-Q4"]}
    found = api.client.get(f"{CITY}/completeness", params=query).json()
    assert {each["code"]: each["expected"] for each in found["by_period"]} == {"2024-Q4": 11}
    query = {"indicator": "revenue_10bn_plus", "period": "2024-Q3"}
    nothing = api.client.get(f"{CITY}/completeness", params=query).json()["total"]
    assert (nothing["expected"], nothing["reporting_percent"]) == (0, None)


def test_reasons_are_counted_apart_and_what_does_not_apply_is_not_expected(
    deployment: Deployment,
) -> None:
    reviewer = deployment.key("reviewer", owner="city")
    for area, reason in (("nanshan", "withheld"), ("futian", "not_applicable")):
        missing = {"indicator": "value_added", "missing_reason": reason}
        sent = submit(deployment, deployment.key("reporter", area), missing, area=area)
        decide(deployment, reviewer, sent, "approve")
    query = {"indicator": "value_added", "period": "2024-Q3"}
    found = deployment.client.get(f"{CITY}/completeness", params=query).json()
    assert (found["total"]["expected"], found["total"]["missing_with_reason"]) == (10, 1)
    reasons = {each["area"]: each["missing_reason"] for each in found["outstanding"]}
    assert reasons["nanshan"] == "withheld"
    assert "futian" not in reasons


def test_completeness_as_of_a_revision_is_judged_on_that_revisions_day(
    deployment: Deployment,
) -> None:
    _at(deployment, "2026-11-01T00:00:00Z")
    query = {"period": "2024-Q3", "as_of": "1"}
    then = deployment.client.get(f"{CITY}/completeness", params=query)
    assert then.json()["day"] == "2026-03-02"
    assert "immutable" in then.headers["cache-control"]
