"""A plan that follows another: the earlier plan's figures are its history, and never copied."""

from typing import Any

import pytest

from app.errors.plans import EarlierPlanDiffers, EarlierPlanUnknown
from app.services.plans.loading import load_plan
from tests.api.reads import approve, get_items, get_row
from tests.conftest import NOW, Deployment
from tests.small_plan import CODE, SMALL
from tests.successors import CASES, NEXT, NEXT_PLAN, load_both, make_earlier, make_later

FIRST = "2026-Q1"


def _correct(deployment: Deployment, value: float) -> None:
    """Correct what the east reported to the earlier plan for the first quarter of 2025."""
    body = {
        "area": "east",
        "period": "2025-Q1",
        "figures": [{"indicator": "revenue", "value": value, "unit": "亿元", "basis": "ytd"}],
        "correction_reason": "one firm was left out",
    }
    key = deployment.key("reporter", "east", owner="east")
    sent = deployment.client.post(f"{SMALL}/reports", json=body, headers=key)
    assert sent.status_code == 201, sent.text
    approve(deployment, sent.headers["location"])


def _report(deployment: Deployment, indicator: str, value: float, **changed: Any) -> Any:
    unit, basis = {"turnover": ("亿元", "ytd"), "workers": ("人", "since_start")}[indicator]
    figure = {"indicator": indicator, "value": value, "unit": unit, "basis": basis}
    body = {"area": "east", "period": FIRST, "figures": [figure], **changed}
    key = deployment.key("reporter", "east", owner="east")
    return deployment.client.post(f"{NEXT_PLAN}/reports", json=body, headers=key)


@pytest.mark.parametrize("case", CASES["cases"], ids=lambda each: each["derivation"][:30])
def test_the_first_quarter_has_history(deployment: Deployment, case: dict[str, Any]) -> None:
    load_both(deployment)
    row = get_row(deployment, NEXT_PLAN, indicator=case["indicator"], area=case["area"])
    assert row["period"] == FIRST
    for name, wanted in case["expected"].items():
        is_number = isinstance(wanted, float)
        assert row[name] == (pytest.approx(wanted, rel=1e-12) if is_number else wanted), name


def test_an_input_says_which_plan_it_is_of(deployment: Deployment) -> None:
    load_both(deployment)
    row = get_row(deployment, NEXT_PLAN, indicator="turnover", area="east", explain=True)
    inputs = {
        (each["plan"], each["indicator"], each["period"]): each["value"]
        for each in row["explain"]["inputs"]
    }
    assert inputs == {
        (NEXT, "turnover", "2026-Q1"): 30,
        (CODE, "revenue", "2025-Q4"): 120,
        (CODE, "revenue", "2025-Q1"): 24,
        (CODE, "revenue", "2024-Q4"): 100,
        (CODE, "revenue", "2024-Q1"): 20,
    }
    # They are never copied: the new plan lists its own alone.
    listed = get_items(deployment, f"{NEXT_PLAN}/observations")
    assert {each["period"] for each in listed} == {FIRST}
    assert deployment.client.get(NEXT_PLAN).json()["follows"] == CODE


def test_a_row_never_stands_at_a_quarter_of_the_plan_before(deployment: Deployment) -> None:
    load_both(deployment, with_figures=False)
    for indicator in ("turnover", "firms"):
        row = get_row(deployment, NEXT_PLAN, indicator=indicator, area="city")
        assert (row["period"], row["actual"]) == (None, None)


def test_a_correction_of_the_plan_before_is_seen_at_once(deployment: Deployment) -> None:
    load_both(deployment)
    url = f"{NEXT_PLAN}/gaps?indicator=turnover&area=city"
    before = deployment.client.get(url)
    at = before.json()["items"][0]
    known = deployment.client.get(f"{NEXT_PLAN}/ledger/head").json()["revision"]
    assert at["actual"] == 187
    _correct(deployment, 26)
    after = deployment.client.get(url, headers={"If-None-Match": before.headers["etag"]})
    assert (after.status_code, after.json()["items"][0]["actual"]) == (200, 185)
    assert after.json()["items"][0]["revision"] == known + 1
    # What was known before is known for ever.
    frozen = deployment.client.get(f"{url}&as_of={known}")
    assert frozen.json()["items"][0]["actual"] == 187
    assert "immutable" in frozen.headers["cache-control"]
    (entry, *_) = get_items(deployment, f"{NEXT_PLAN}/ledger", sort="-revision")
    assert (entry["action"], entry["payload"]["plan"]) == ("follow", CODE)
    moved = deployment.client.get(f"{NEXT_PLAN}/diff?from={known}&to={known + 1}").json()
    assert ("city", "actual", 187, 185) in {
        (row["area"], row["field"], row["before"], row["after"]) for row in moved["rows"]
    }


def test_what_waits_in_the_plan_before_says_nothing(deployment: Deployment) -> None:
    load_both(deployment)
    url = f"{NEXT_PLAN}/gaps"
    tag = deployment.client.get(url).headers["etag"]
    figure = {"indicator": "firms", "value": 14, "unit": "家", "basis": "level"}
    body = {"area": "east", "period": "2025-Q4", "figures": [figure]}
    body |= {"correction_reason": "two more were found"}
    key = deployment.key("reporter", "east")
    sent = deployment.client.post(f"{SMALL}/reports", json=body, headers=key)
    assert sent.status_code == 201, sent.text
    assert deployment.client.get(url, headers={"If-None-Match": tag}).status_code == 304


def test_checks_look_at_the_plan_before(deployment: Deployment) -> None:
    load_both(deployment, with_figures=False)
    asked = _report(deployment, "turnover", 3000)
    assert (asked.status_code, asked.json()["code"]) == (422, "explanation_required")
    (finding,) = asked.json()["errors"]
    assert finding["code"] == "scale_slip"
    assert finding["facts"]["reference_period"] == "2025-Q1"
    # A total since the new start is no fall from one since the old start.
    assert _report(deployment, "workers", 36).status_code == 201
    assert _report(deployment, "turnover", 30).status_code == 201


def test_a_plan_follows_one_that_is_there_and_measures_the_same(deployment: Deployment) -> None:
    with pytest.raises(EarlierPlanUnknown), deployment.database.write_transaction() as session:
        load_plan(session, make_later(), now=NOW)
    with deployment.database.write_transaction() as session:
        load_plan(session, make_earlier(), now=NOW)
    other = make_later(follows_indicators={"turnover": "workers"})
    with (
        pytest.raises(EarlierPlanDiffers) as refused,
        deployment.database.write_transaction() as session,
    ):
        load_plan(session, other, now=NOW)
    assert refused.value.facts["rule"] == "accumulation"
    unknown = make_later(follows_indicators={"turnover": "sales"})
    with pytest.raises(EarlierPlanDiffers), deployment.database.write_transaction() as session:
        load_plan(session, unknown, now=NOW)


def test_a_plan_that_follows_one_that_follows_has_both_histories(deployment: Deployment) -> None:
    load_both(deployment)
    third = make_later(
        code="small-plan-2035",
        follows=NEXT,
        follows_indicators={},
        start_date="2031-01-01",
        start_year=2031,
        end_year=2035,
    ).model_copy(update={"targets": [], "observations": []})
    with deployment.database.write_transaction() as session:
        assert load_plan(session, third, now=NOW)
    url = "/api/v1/plans/small-plan-2035/gaps?indicator=turnover&area=city&period=2026-Q1"
    assert deployment.client.get(url).json()["items"][0]["actual"] == 187
    _correct(deployment, 26)
    assert deployment.client.get(url).json()["items"][0]["actual"] == 185
